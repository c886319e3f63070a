//! The web: page, health, metrics and newest pictures on this machine's own address; read only.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use emberline_vision::pipeline::Stop;

use crate::health::Health;
use crate::metrics;
use crate::page::page;

/// A request must have come, and an answer be taken, within this.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes of a request's head, and most of its lines.
const HEAD_BYTES: usize = 8192;
const HEAD_LINES: usize = 64;
/// Most clients at a time; others are told to come back.
const CLIENTS: usize = 32;
/// How often it is looked for new clients.
const LOOK: Duration = Duration::from_millis(20);

/// What is shown.
pub trait Shown: Send + Sync {
    /// How the station fares now.
    fn health(&self) -> Health;
    /// Folder of the newest forecast of the source of this name.
    fn newest(&self, source: &str) -> Option<PathBuf>;
}

/// An answer.
#[derive(Debug, PartialEq)]
struct Answer {
    status: &'static str,
    kind: &'static str,
    body: Vec<u8>,
}

impl Answer {
    fn new(status: &'static str, kind: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, kind, body: body.into() }
    }

    fn plain(status: &'static str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", format!("{status}\n"))
    }
}

/// Takes the address `listen`; port 0 is any that is free.
///
/// # Errors
/// What the system says, most often that another program has it.
pub fn listen(listen: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Answers clients until it is stopped; each has a thread, and none waits for another.
pub fn serve(listener: &TcpListener, shown: &Arc<dyn Shown>, stop: &Stop) {
    let clients = Arc::new(AtomicUsize::new(0));
    while !stop.is_set() {
        let Ok((stream, _)) = listener.accept() else {
            std::thread::sleep(LOOK);
            continue;
        };
        if clients.load(Ordering::Relaxed) >= CLIENTS {
            let _ = answer(stream, &Answer::plain("503 Service Unavailable"), false);
            continue;
        }
        clients.fetch_add(1, Ordering::Relaxed);
        let (shown, count) = (Arc::clone(shown), Arc::clone(&clients));
        let client = std::thread::Builder::new().name("client".to_owned());
        let client = client.spawn(move || {
            // Whatever becomes of this client, its place is free again.
            let _place = Place(count);
            let _ = talk(stream, &*shown);
        });
        if client.is_err() {
            tracing::warn!("web: no thread for a client");
        }
    }
}

/// A client's place among those that are served.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn talk(mut stream: TcpStream, shown: &dyn Shown) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    let until = Instant::now() + PATIENCE;
    let mut head = Vec::new();
    let mut part = [0; 1024];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        stream.set_read_timeout(Some(left))?;
        let got = stream.read(&mut part)?;
        if got == 0 {
            return Ok(());
        }
        head.extend_from_slice(&part[..got]);
        if let Some((said, with_body)) = respond(&head, shown) {
            return answer(stream, &said, with_body);
        }
    }
}

/// The answer to a request of these bytes and whether its body is wanted; `None` while more is to come.
fn respond(head: &[u8], shown: &dyn Shown) -> Option<(Answer, bool)> {
    let mut lines = [httparse::EMPTY_HEADER; HEAD_LINES];
    let mut request = httparse::Request::new(&mut lines);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) if head.len() < HEAD_BYTES => return None,
        _ => return Some((Answer::plain("400 Bad Request"), true)),
    }
    let path = request.path.unwrap_or("/");
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    match request.method {
        Some("GET") => Some((find(path, shown), true)),
        Some("HEAD") => Some((find(path, shown), false)),
        _ => Some((Answer::plain("405 Method Not Allowed"), true)),
    }
}

fn find(path: &str, shown: &dyn Shown) -> Answer {
    match path {
        "/" => Answer::new("200 OK", "text/html; charset=utf-8", page(&shown.health())),
        "/healthz" => {
            let health = shown.health();
            let status = if health.blind { "503 Service Unavailable" } else { "200 OK" };
            let json = serde_json::to_vec_pretty(&health).unwrap_or_default();
            Answer::new(status, "application/json", json)
        }
        "/metrics" => {
            let kind = "text/plain; version=0.0.4; charset=utf-8";
            Answer::new("200 OK", kind, metrics::text(&shown.health()))
        }
        _ => {
            // A camera's name is looked up; no path is ever made of what was asked.
            let camera =
                path.strip_prefix("/forecast/").and_then(|p| p.strip_suffix("/overlay.png"));
            let folder = camera.and_then(|camera| shown.newest(camera));
            match folder.and_then(|folder| std::fs::read(folder.join("overlay.png")).ok()) {
                Some(png) => Answer::new("200 OK", "image/png", png),
                None => Answer::plain("404 Not Found"),
            }
        }
    }
}

fn answer(mut stream: TcpStream, said: &Answer, with_body: bool) -> io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = format!(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        said.status,
        said.kind,
        said.body.len()
    );
    stream.write_all(head.as_bytes())?;
    if with_body {
        stream.write_all(&said.body)?;
    }
    stream.flush()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::camera::Camera;
    use crate::config::Config;
    use crate::source::Source;
    use crate::store::StoreFacts;

    /// A station that has seen nothing yet, the camera of which is called `sim`.
    struct Blind(PathBuf);

    impl Shown for Blind {
        fn health(&self) -> Health {
            let config = Config::simulated("sim:", &self.0).unwrap();
            let camera = Camera::new(config.cameras[0].clone());
            let sources = std::iter::once(&camera as &dyn Source);
            let (now, utc) = (Duration::ZERO, Timestamp::UNIX_EPOCH);
            Health::of("ri<dge", sources, StoreFacts::default(), &config.forecast, now, utc)
        }

        fn newest(&self, source: &str) -> Option<PathBuf> {
            (source == "sim").then(|| self.0.clone())
        }
    }

    #[test]
    fn requests_are_answered() {
        let room = tempfile::tempdir().unwrap();
        std::fs::write(room.path().join("overlay.png"), b"picture").unwrap();
        let shown = Blind(room.path().to_owned());
        let long = format!("GET /{} HTTP/1.1\r\n", "a".repeat(HEAD_BYTES));
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(HEAD_LINES + 1));
        for (request, want) in [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Some("200 OK")),
            ("GET /?a=b HTTP/1.1\r\n\r\n", Some("200 OK")),
            ("HEAD /metrics HTTP/1.0\r\n\r\n", Some("200 OK")),
            ("GET /healthz HTTP/1.1\r\n\r\n", Some("503 Service Unavailable")),
            ("GET /forecast/sim/overlay.png?17 HTTP/1.1\r\n\r\n", Some("200 OK")),
            ("GET /forecast/../overlay.png HTTP/1.1\r\n\r\n", Some("404 Not Found")),
            ("GET /forecast//overlay.png HTTP/1.1\r\n\r\n", Some("404 Not Found")),
            ("GET /overlay.png HTTP/1.1\r\n\r\n", Some("404 Not Found")),
            ("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n", Some("405 Method Not Allowed")),
            ("GET / HTTP/1.1\r\nHost:", None),
            ("", None),
            ("\u{1}\u{2}\r\n\r\n", Some("400 Bad Request")),
            (&long, Some("400 Bad Request")),
            (&many, Some("400 Bad Request")),
        ] {
            let said = respond(request.as_bytes(), &shown).map(|(answer, _)| answer.status);
            assert_eq!(said, want, "{request}");
        }
        let body = |path: &str| String::from_utf8(find(path, &shown).body).unwrap();
        assert!(body("/").contains("ri&lt;dge") && body("/").contains("sim: gone: no frame yet"));
        assert_eq!(body("/forecast/sim/overlay.png"), "picture");
        let metrics = body("/metrics");
        for want in [
            "# TYPE emberline_frames_total counter\nemberline_frames_total{source=\"sim\"} 0\n",
            "emberline_source_state{source=\"sim\",state=\"gone\"} 1\n",
            "emberline_source_state{source=\"sim\",state=\"fresh\"} 0\n",
            "emberline_blind 1\n",
        ] {
            assert!(metrics.contains(want), "{want} in\n{metrics}");
        }
    }
}
