//! Cameras whose words the library that reads them fails on.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use emberline_vision::frame::Kind;

use super::RtspFeed;
use crate::camera::feed::{Feed as _, Got};
use crate::config::{CameraConfig, CameraFrom, Transport, When};
use crate::source::Fault;
use crate::sun::Site;

#[test]
fn what_makes_the_reader_of_its_words_fail_is_a_fault_of_the_camera() {
    for lines in [
        // It ends before it says how the medium is coded.
        "m=video 0 RTP/AVP \r\n",
        // A line that is none.
        "m=video 0 RTP/AVP 96\r\nx\r\na=rtpmap:96 H264/90000\r\n",
    ] {
        let fault = fault_of(lines);
        let is_told = !fault.refused && fault.why.contains("makes its reader fail");
        assert!(is_told, "{lines}: {fault:?}");
    }
}

/// What becomes of a camera that describes its media so.
fn fault_of(lines: &'static str) -> Fault {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("rtsp://{}/1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut line, _) = listener.accept().unwrap();
        let (mut head, mut byte) = (String::new(), [0]);
        while !head.ends_with("\r\n\r\n") && line.read(&mut byte).unwrap() > 0 {
            head.push(char::from(byte[0]));
        }
        let number = head.lines().find_map(|line| line.strip_prefix("CSeq: ")).unwrap();
        let body = format!("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n{lines}");
        let length = body.len();
        let head =
            format!("RTSP/1.0 200 OK\r\nCSeq: {number}\r\nContent-Type: application/sdp\r\n");
        let _ = write!(line, "{head}Content-Length: {length}\r\n\r\n{body}");
        std::thread::sleep(Duration::from_secs(60));
    });
    let mut feed = RtspFeed::open(&CameraConfig {
        name: "north".to_owned(),
        from: CameraFrom::Rtsp { address, transport: Transport::Tcp },
        login: None,
        kind: Kind::Thermal,
        every_s: 5.0,
        step_s: 10.0,
        look: When::Always,
        site: Site::default(),
        ground: None,
    })
    .unwrap();
    let began = Instant::now();
    loop {
        match feed.next(Duration::from_millis(50)) {
            Ok(Got::Nothing) => assert!(began.elapsed() < Duration::from_secs(60)),
            Ok(got) => panic!("{got:?}"),
            Err(fault) => return fault,
        }
    }
}
