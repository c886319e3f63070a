//! Asking a running station how it fares, by its page.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer must have come within this.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const BYTES: u64 = 4 << 20;

/// The health of the station whose page is at `address`, as JSON text; `None` where it asks who is there.
///
/// # Errors
/// What the system says where nobody answers, or that what answers is no station.
pub fn health(address: SocketAddr) -> io::Result<Option<String>> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut said = String::new();
    stream.take(BYTES).read_to_string(&mut said)?;
    let (head, body) = said
        .split_once("\r\n\r\n")
        .ok_or_else(|| io::Error::other("what answers there is no station"))?;
    Ok((!head.starts_with("HTTP/1.1 401")).then(|| body.to_owned()))
}
