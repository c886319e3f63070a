//! Cameras that answer, lie, trickle and hang up: servers on this machine, read by the real feed.

mod certificates;
mod passwords;
mod snapshots;
mod streams;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use emberline_vision::frame::Kind;

use super::http_feed::HttpFeed;
use crate::camera::feed::{Feed as _, Got};
use crate::config::{Certificate, Login};
use crate::source::Fault;

/// Nothing here takes longer on any machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// The deadline of pictures that come, and of those that do not.
const LONG: Duration = Duration::from_secs(50);
const SHORT: Duration = Duration::from_secs(4);

/// A connection, with TLS or without.
trait Line: Read + Write + Send {}
impl<T: Read + Write + Send> Line for T {}

/// A server that hands each request's number and head to `answer`; gives its address.
fn serve(answer: impl Fn(usize, &str, &mut dyn Write) + Send + Sync + 'static) -> String {
    format!("http://{}", listen(|stream| -> Box<dyn Line> { Box::new(stream) }, answer))
}

/// One whose connections are made of those of the socket.
fn listen(
    wrap: impl Fn(TcpStream) -> Box<dyn Line> + Send + 'static,
    answer: impl Fn(usize, &str, &mut dyn Write) + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (answer, count) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = wrap(stream);
            let (answer, count) = (Arc::clone(&answer), Arc::clone(&count));
            std::thread::spawn(move || {
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") {
                    if stream.read(&mut byte).unwrap_or(0) == 0 {
                        return;
                    }
                    head.push(byte[0]);
                }
                let head = String::from_utf8(head).unwrap();
                answer(count.fetch_add(1, Ordering::SeqCst), &head, &mut stream);
            });
        }
    });
    address
}

fn still(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/source/stills");
    std::fs::read(folder.join(name)).unwrap()
}

/// An answer with this status line, headers and body.
fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn whole(body: &[u8]) -> Vec<u8> {
    answer("200 OK", &format!("Content-Length: {}\r\n", body.len()), body)
}

/// The first of `feed` that is not nothing.
fn first(feed: &mut HttpFeed) -> Result<Got, Fault> {
    let began = Instant::now();
    loop {
        match feed.next(Duration::from_millis(50)) {
            Ok(Got::Nothing) => assert!(began.elapsed() < PATIENCE, "nothing comes"),
            got => return got,
        }
    }
}

/// What is to come of a camera.
#[derive(Debug)]
enum Want {
    Shot,
    Spoiled(&'static str),
    Gone(&'static str),
    Refused(&'static str),
}
use Want::{Gone, Refused, Shot, Spoiled};

fn held(what: &str, got: &Result<Got, Fault>, want: &Want) {
    let is_so = match (got, want) {
        (Ok(Got::Shot(_)), Shot) => true,
        (Ok(Got::Spoiled(line)), Spoiled(why)) => line.contains(why) && !line.contains('\n'),
        (Err(fault), Gone(why)) => !fault.refused && fault.why.contains(why),
        (Err(fault), Refused(why)) => fault.refused && fault.why.contains(why),
        _ => false,
    };
    assert!(is_so, "{what}: {got:?}, wanted {want:?}");
}

fn snapshot(address: &str, login: Option<&Login>, within: Duration) -> HttpFeed {
    let every = Duration::from_millis(100);
    HttpFeed::open_within(address, login, &Certificate::Known, true, Kind::Thermal, every, within)
        .unwrap()
}

fn stream(address: &str, every: Duration, within: Duration) -> HttpFeed {
    HttpFeed::open_within(address, None, &Certificate::Known, false, Kind::Thermal, every, within)
        .unwrap()
}
