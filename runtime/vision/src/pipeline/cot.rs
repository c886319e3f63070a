//! Where Cursor on Target goes: a multicast group or host by UDP, or a server by TCP.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{
    IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs, UdpSocket,
};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// A server that takes no connection, or no bytes, for so long is given up.
const WITHIN: Duration = Duration::from_secs(10);
/// So long what a server says is heard after the last event, before the line is closed: closed at once, it might
/// lose what is on its way.
const AFTER: Duration = Duration::from_millis(500);

/// How events travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// A datagram each.
    Udp,
    /// One after the other.
    Tcp,
}

/// Who is sent the events of a forecast: `udp:239.2.3.1:6969`, `tcp:HOST:8087`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CotTo {
    by: By,
    host: String,
    port: u16,
}

/// Why events were not sent.
#[derive(Debug, thiserror::Error)]
#[error(
    "‹cot› {to}: cannot be sent: {cause}; see that the host and the network are there, or leave ‹cot› out"
)]
pub struct CotFault {
    /// To whom.
    to: CotTo,
    /// What the system said.
    cause: io::Error,
}

impl FromStr for CotTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("{text:?}: give udp:239.2.3.1:6969 or tcp:192.0.2.4:8087");
        let (by, rest) = match text.split_once(':') {
            Some(("udp", rest)) => (By::Udp, rest),
            Some(("tcp", rest)) => (By::Tcp, rest),
            _ => return Err(refused()),
        };
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (host, port) = rest.rsplit_once(':').ok_or_else(refused)?;
        let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(refused)?;
        let plain = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let is_host = match plain {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.chars().all(is_name),
        };
        if !is_host {
            return Err(refused());
        }
        Ok(Self { by, host: plain.unwrap_or(host).to_owned(), port })
    }
}

impl fmt::Display for CotTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match self.by {
            By::Udp => "udp",
            By::Tcp => "tcp",
        };
        match self.host.contains(':') {
            true => write!(f, "{by}:[{}]:{}", self.host, self.port),
            false => write!(f, "{by}:{}:{}", self.host, self.port),
        }
    }
}

impl CotTo {
    /// Sends `events`, each a whole document, in their order. By UDP nobody says whether they arrived; to a group
    /// they reach the network that this machine is in, and no further.
    ///
    /// # Errors
    /// [`CotFault`], with what the system said.
    pub fn send(&self, events: &[String]) -> Result<(), CotFault> {
        let sent = match self.by {
            By::Udp => self.udp(events),
            By::Tcp => self.tcp(events),
        };
        sent.map_err(|cause| CotFault { to: self.clone(), cause })
    }

    fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let found: Vec<SocketAddr> = (self.host.as_str(), self.port).to_socket_addrs()?.collect();
        match found.is_empty() {
            true => Err(io::Error::new(io::ErrorKind::NotFound, "the host has no address")),
            false => Ok(found),
        }
    }

    fn udp(&self, events: &[String]) -> io::Result<()> {
        let to = self.addresses()?[0];
        let any: IpAddr = match to.is_ipv4() {
            true => Ipv4Addr::UNSPECIFIED.into(),
            false => Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind((any, 0))?;
        if to.is_ipv4() && to.ip().is_multicast() {
            socket.set_multicast_ttl_v4(1)?;
        }
        for event in events {
            socket.send_to(event.as_bytes(), to)?;
        }
        Ok(())
    }

    fn tcp(&self, events: &[String]) -> io::Result<()> {
        let mut refused = None;
        for to in self.addresses()? {
            match TcpStream::connect_timeout(&to, WITHIN) {
                Ok(line) => return hand_over(line, events),
                Err(cause) => refused = Some(cause),
            }
        }
        Err(refused.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
    }
}

fn hand_over(mut line: TcpStream, events: &[String]) -> io::Result<()> {
    line.set_write_timeout(Some(WITHIN))?;
    events.iter().try_for_each(|event| line.write_all(event.as_bytes()))?;
    line.shutdown(Shutdown::Write)?;
    let until = Instant::now() + AFTER;
    let mut heard = [0; 4096];
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|d| !d.is_zero()) {
        line.set_read_timeout(Some(left))?;
        match line.read(&mut heard) {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn where_it_goes_is_read_and_told_alike() {
        for (typed, want) in [
            ("udp:239.2.3.1:6969", Some("udp:239.2.3.1:6969")),
            ("udp://239.2.3.1:6969", Some("udp:239.2.3.1:6969")),
            ("tcp:tak.example:8087", Some("tcp:tak.example:8087")),
            ("tcp:[::1]:8087", Some("tcp:[::1]:8087")),
            ("239.2.3.1:6969", None),
            ("udp:239.2.3.1", None),
            ("udp:239.2.3.1:0", None),
            ("udp:239.2.3.1:70000", None),
            ("tls:host:8089", None),
            ("tcp::8087", None),
            ("tcp:::1:8087", None),
            ("tcp:a b:8087", None),
            ("", None),
        ] {
            let read = typed.parse::<CotTo>().map(|to| to.to_string());
            assert_eq!(read.as_ref().ok().map(String::as_str), want, "{typed}: {read:?}");
        }
    }

    #[test]
    fn a_datagram_each_arrives_and_one_after_the_other_by_tcp() {
        let events = ["<event uid=\"a\"/>".to_owned(), "<event uid=\"b\"/>".to_owned()];
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(WITHIN)).unwrap();
        let to: CotTo = format!("udp:{}", socket.local_addr().unwrap()).parse().unwrap();
        to.send(&events).unwrap();
        for want in &events {
            let mut heard = [0; 100];
            let n = socket.recv(&mut heard).unwrap();
            assert_eq!(&heard[..n], want.as_bytes());
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to: CotTo = format!("tcp:{}", listener.local_addr().unwrap()).parse().unwrap();
        let server = std::thread::spawn(move || {
            let mut text = String::new();
            listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
            text
        });
        to.send(&events).unwrap();
        assert_eq!(server.join().unwrap(), events.concat());
        let fault = to.send(&events).unwrap_err().to_string();
        assert!(fault.contains("cannot be sent") && fault.lines().count() == 1, "{fault}");
    }
}
