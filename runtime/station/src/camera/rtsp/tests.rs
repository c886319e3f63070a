//! Cameras whose words the library that reads them fails on.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use emberline_vision::frame::Kind;

use super::RtspFeed;
use crate::camera::feed::{Feed as _, Got};
use crate::config::{CameraConfig, CameraFrom, Transport, When};
use crate::sun::Site;

#[test]
fn what_makes_the_reader_of_its_words_fail_is_a_fault_of_the_camera() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("rtsp://{}/1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut line, _) = listener.accept().unwrap();
        let (mut head, mut byte) = (String::new(), [0]);
        while !head.ends_with("\r\n\r\n") && line.read(&mut byte).unwrap() > 0 {
            head.push(char::from(byte[0]));
        }
        let number = head.lines().find_map(|line| line.strip_prefix("CSeq: ")).unwrap();
        // The line of the medium ends before it says how it is coded.
        let body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP \r\n";
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
    })
    .unwrap();
    let began = Instant::now();
    let fault = loop {
        match feed.next(Duration::from_millis(50)) {
            Ok(Got::Nothing) => assert!(began.elapsed() < Duration::from_secs(60)),
            Ok(got) => panic!("{got:?}"),
            Err(fault) => break fault,
        }
    };
    assert!(!fault.refused && fault.why.contains("makes its reader fail"), "{fault:?}");
}
