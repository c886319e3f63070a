//! Discovery: cameras of the local network that speak ONVIF answer a call to all of them (WS-Discovery 1.1; ONVIF
//! Core Specification, chapter 7).

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use roxmltree::{Document, Node};

/// Where all cameras of a network listen.
pub const ALL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(239, 255, 255, 250)), 3702);
/// The call is repeated, since a packet may be lost.
const CALLS: u32 = 3;
/// Most cameras that are told.
const CAMERAS: usize = 1000;

/// A camera that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whence it answered.
    pub host: IpAddr,
    /// What it calls itself: maker and model, where it says so.
    pub name: String,
    /// Addresses of its ONVIF service.
    pub services: Vec<String>,
}

/// Calls to `to`, from the network of this machine's address `from`, and waits `span` for answers.
///
/// # Errors
/// What the system says: most often that there is no network.
pub fn discover(to: SocketAddr, from: Ipv4Addr, span: Duration) -> io::Result<Vec<Found>> {
    let socket = UdpSocket::bind((from, 0))?;
    let mut found = BTreeMap::new();
    let until = Instant::now() + span;
    for call in 1..=CALLS {
        socket.send_to(probe(fastrand::u128(..)).as_bytes(), to)?;
        let next = if call == CALLS { until } else { until.min(Instant::now() + span / 8) };
        listen(&socket, next, &mut found)?;
    }
    Ok(found.into_values().collect())
}

fn listen(
    socket: &UdpSocket,
    until: Instant,
    found: &mut BTreeMap<(IpAddr, Vec<String>), Found>,
) -> io::Result<()> {
    let mut packet = vec![0; 1 << 16];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        socket.set_read_timeout(Some(left))?;
        let (bytes, from) = match socket.recv_from(&mut packet) {
            Ok(got) => got,
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return Ok(());
            }
            // A host that is not there says so; others may answer.
            Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => continue,
            Err(e) => return Err(e),
        };
        for camera in answers(&packet[..bytes], from.ip()) {
            if found.len() < CAMERAS {
                found.insert((camera.host, camera.services.clone()), camera);
            }
        }
    }
}

/// The call, with a number of its own.
fn probe(id: u128) -> String {
    let hex = format!("{id:032x}");
    let uuid = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:n="http://www.onvif.org/ver10/network/wsdl"><e:Header><a:MessageID>urn:uuid:{uuid}</a:MessageID><a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></e:Header><e:Body><d:Probe><d:Types>n:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>"#
    )
}

/// The cameras that a packet from `host` tells of; none where it is something else.
fn answers(packet: &[u8], host: IpAddr) -> Vec<Found> {
    let Ok(text) = std::str::from_utf8(packet) else { return Vec::new() };
    let Ok(document) = Document::parse(text.trim_start_matches('\u{feff}').trim()) else {
        return Vec::new();
    };
    let is = |node: &Node<'_, '_>, name: &str| node.tag_name().name() == name;
    let matches = document.descendants().filter(|node| is(node, "ProbeMatch"));
    let camera = |node: Node<'_, '_>| {
        let text = |name: &str| {
            let child = node.children().find(|child| is(child, name));
            child.and_then(|child| child.text()).unwrap_or("")
        };
        let services: Vec<String> =
            text("XAddrs").split_whitespace().filter(|a| is_plain(a)).map(str::to_owned).collect();
        (!services.is_empty()).then(|| Found { host, name: name(text("Scopes")), services })
    };
    matches.filter_map(camera).collect()
}

/// Whether an address can be shown as it is.
fn is_plain(address: &str) -> bool {
    address.starts_with("http")
        && address.len() <= 256
        && address.bytes().all(|b| b.is_ascii_graphic())
}

/// Maker and model from the scopes `onvif://www.onvif.org/name/…` and `…/hardware/…`.
fn name(scopes: &str) -> String {
    let scope = |key: &str| {
        let start = format!("onvif://www.onvif.org/{key}/");
        scopes.split_whitespace().find_map(|scope| Some(plain(scope.strip_prefix(&start)?)))
    };
    let mut parts: Vec<String> = ["name", "hardware"].iter().filter_map(|key| scope(key)).collect();
    parts.dedup();
    parts.join(", ")
}

/// Text of an address in which `%20` is a blank; what no terminal should be given is left out.
fn plain(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, more @ ..] = rest {
        let coded = more.get(..2).filter(|_| *first == b'%');
        let code =
            coded.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &more[2..] } else { more };
    }
    String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(scopes: &str, services: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
             xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><s:Body><d:ProbeMatches>\
             <d:ProbeMatch><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes>\
             <d:XAddrs>{services}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
        )
    }

    #[test]
    fn answers_are_read_and_nothing_else() {
        let scopes = "onvif://www.onvif.org/type/video onvif://www.onvif.org/name/Acme%20Eye \
                      onvif://www.onvif.org/hardware/T-640%1b%zz";
        let host: IpAddr = "192.0.2.21".parse().unwrap();
        let service = "http://192.0.2.21/onvif/device_service";
        for (packet, name, services) in [
            (answer(scopes, service), "Acme Eye, T-640%zz", vec![service]),
            (format!("\u{feff}{}", answer("", service)), "", vec![service]),
            (
                answer("", &format!("{service} http://[2001:db8::1]/x")),
                "",
                vec![service, "http://[2001:db8::1]/x"],
            ),
            (answer(scopes, ""), "", vec![]),
            (answer("", "javascript:alert(1)"), "", vec![]),
            (answer(scopes, service)[..200].to_owned(), "", vec![]),
            (probe(7), "", vec![]),
            ("<a/>".to_owned(), "", vec![]),
            (String::new(), "", vec![]),
        ] {
            let found = answers(packet.as_bytes(), host);
            let want: Vec<Found> = (!services.is_empty())
                .then(|| Found {
                    host,
                    name: name.to_owned(),
                    services: services.iter().map(|&s| s.to_owned()).collect(),
                })
                .into_iter()
                .collect();
            assert_eq!(found, want, "{packet}");
        }
        assert!(answers(&[0xff, 0xfe, 0], host).is_empty());
    }

    #[test]
    fn a_call_is_answered_on_the_network() {
        let camera = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = camera.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let mut call = vec![0; 4096];
            for k in 0..CALLS {
                let (bytes, from) = camera.recv_from(&mut call).unwrap();
                let text = std::str::from_utf8(&call[..bytes]).unwrap();
                let document = Document::parse(text).unwrap();
                assert!(document.descendants().any(|n| n.tag_name().name() == "Probe"));
                let said =
                    if k == 0 { "what?".to_owned() } else { answer("", "http://127.0.0.1/o") };
                camera.send_to(said.as_bytes(), from).unwrap();
            }
        });
        let found = discover(to, Ipv4Addr::LOCALHOST, Duration::from_secs(2)).unwrap();
        thread.join().unwrap();
        assert_eq!(found.len(), 1, "one that answers twice is one: {found:?}");
        assert_eq!(found[0].services, ["http://127.0.0.1/o"]);
    }
}
