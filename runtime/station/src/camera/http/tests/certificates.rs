//! Cameras by `https://`: whose certificates are known, pinned, changed, expired or another's, and that hang.

use std::sync::atomic::AtomicBool;

use rcgen::{CertificateParams, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion, version};

use super::passwords::{header, login};
use super::*;
use crate::config::Certificate::{File, Known, Pinned};
use crate::tls::fingerprint;

/// What a camera shows, and the key that it has.
#[derive(Clone, Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

impl Shown {
    fn of(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let key = ring::sign::any_supported_type(&key).unwrap();
        Self(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key)))
    }

    fn certificate(&self) -> &CertificateDer<'static> {
        &self.0.cert[0]
    }

    fn pin(&self) -> Certificate {
        Pinned(fingerprint(self.certificate()))
    }
}

/// A certificate of `name` from one year to another.
fn params(name: &str, years: [i32; 2]) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    [params.not_before, params.not_after] = years.map(|year| date_time_ymd(year, 1, 1));
    params
}

fn self_signed(name: &str, years: [i32; 2]) -> Shown {
    let key = KeyPair::generate().unwrap();
    Shown::of(&params(name, years).self_signed(&key).unwrap(), &key)
}

const NOW: [i32; 2] = [2020, 2090];

/// A file of PEM.
fn file(room: &tempfile::TempDir, name: &str, certificate: &CertificateDer<'_>) -> Certificate {
    let path = room.path().join(name);
    let body = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, certificate);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
    std::fs::write(&path, format!("Ours\n{pem}")).unwrap();
    File(path)
}

/// Sends byte by byte once it is told to.
struct Slow {
    line: TcpStream,
    is_slow: Arc<AtomicBool>,
}

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.line.read(buffer)
    }
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if !self.is_slow.load(Ordering::SeqCst) {
            return self.line.write(bytes);
        }
        std::thread::sleep(Duration::from_millis(50));
        self.line.write(&bytes[..bytes.len().min(1)])
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A server with TLS that shows this; gives its address.
fn serve_tls(
    shown: &Shown,
    versions: &[&'static SupportedProtocolVersion],
    is_slow: &Arc<AtomicBool>,
    answer: impl Fn(usize, &str, &mut dyn Write) + Send + Sync + 'static,
) -> String {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shown.clone()));
    let (config, is_slow) = (Arc::new(config), Arc::clone(is_slow));
    let wrap = move |line| -> Box<dyn Line> {
        let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
        Box::new(StreamOwned::new(tls, Slow { line, is_slow: Arc::clone(&is_slow) }))
    };
    format!("https://{}", listen(wrap, answer))
}

/// One that answers each request with this.
fn says(shown: &Shown, says: Vec<u8>) -> String {
    let versions = [&version::TLS13, &version::TLS12];
    serve_tls(shown, &versions, &Arc::default(), move |_, _, line| {
        line.write_all(&says).unwrap_or(());
    })
}

fn safe(address: &str, certificate: &Certificate, within: Duration) -> HttpFeed {
    let every = Duration::from_millis(100);
    HttpFeed::open_within(address, None, certificate, true, Kind::Thermal, every, within).unwrap()
}

#[test]
fn certificates_are_taken_or_told() {
    let room = tempfile::tempdir().unwrap();
    let key = KeyPair::generate().unwrap();
    let mut issuer = params("Ours", NOW);
    issuer.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let issuer_file = file(&room, "issuer.pem", issuer.self_signed(&key).unwrap().der());
    let issuer = Issuer::new(issuer, key);
    let issued = |name: &str, years| {
        let key = KeyPair::generate().unwrap();
        Shown::of(&params(name, years).signed_by(&key, &issuer).unwrap(), &key)
    };
    let own = self_signed("camera.local", NOW);
    let other = self_signed("camera.local", NOW);
    let impostor = Shown(Arc::new(CertifiedKey::new(
        vec![own.certificate().clone()],
        Arc::clone(&other.0.key),
    )));
    let old = self_signed("camera.local", [2000, 2001]);
    let own_file = file(&room, "own.pem", own.certificate());
    let not_known = "its certificate is not known (self-signed, or of another name): if ";
    let none_of = "its certificate is none that ";
    for (what, shown, certificate, want) in [
        ("pinned", &own, own.pin(), None),
        ("pinned, though expired", &old, old.pin(), None),
        ("pinned, though issued", &issued("x", NOW), Known, Some(not_known)),
        ("itself in the file", &own, own_file.clone(), None),
        ("issued to this address", &issued("127.0.0.1", NOW), issuer_file.clone(), None),
        ("self-signed", &own, Known, Some(not_known)),
        (
            "of this address, and self-signed",
            &self_signed("127.0.0.1", NOW),
            Known,
            Some(not_known),
        ),
        ("issued to this address, not known", &issued("127.0.0.1", NOW), Known, Some(not_known)),
        ("another pinned", &own, other.pin(), Some("its certificate is another one than")),
        ("another in the file", &other, own_file, Some(none_of)),
        ("issued to another", &issued("192.0.2.1", NOW), issuer_file.clone(), Some(none_of)),
        (
            "expired",
            &issued("127.0.0.1", [2000, 2001]),
            issuer_file.clone(),
            Some("has expired by"),
        ),
        (
            "of the future",
            &issued("127.0.0.1", [2090, 2091]),
            issuer_file,
            Some("is not valid yet"),
        ),
        ("without its key", &impostor, own.pin(), Some("it does not prove that")),
    ] {
        for one in [&version::TLS12, &version::TLS13] {
            let what = format!("{what}, {one:?}");
            let asked = Arc::new(AtomicUsize::new(0));
            let (jpeg, heard) = (still("grey.jpg"), Arc::clone(&asked));
            let address = serve_tls(shown, &[one], &Arc::default(), move |_, _, line| {
                heard.fetch_add(1, Ordering::SeqCst);
                line.write_all(&whole(&jpeg)).unwrap_or(());
            });
            let got = first(&mut safe(&address, &certificate, LONG));
            let Some(want) = want else {
                held(&what, &got, &Shot);
                continue;
            };
            held(&what, &got, &Refused(want));
            assert_eq!(asked.load(Ordering::SeqCst), 0, "{what}: it was asked");
            let why = got.unwrap_err().why;
            let print = fingerprint(shown.certificate());
            let fix =
                format!(": if {print} is the camera's own, write certificate_sha256 = \"{print}\"");
            assert!(!why.contains('\n'), "{what}: {why}");
            assert!(what.starts_with("without") || why.ends_with(&fix), "{what}: {why}");
        }
    }
}

#[test]
fn files_of_certificates_that_cannot_be_read_are_told() {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("some.pem");
    for (what, text, want) in [
        ("none", None, "some.pem: No such file"),
        ("empty", Some(String::new()), "holds no certificate: write it as PEM"),
        ("broken", Some("-----BEGIN CERTIFICATE-----\nAAAA\n".to_owned()), "holds no certificate"),
        ("long", Some("x".repeat((1 << 20) + 1)), "over 1 MB"),
    ] {
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let opened =
            HttpFeed::open("https://cam/", None, &File(path.clone()), true, Kind::Rgb, SHORT);
        let fault = opened.unwrap_err();
        assert!(fault.refused && fault.why.contains(want), "{what}: {fault:?}");
    }
}

#[test]
fn answers_with_tls_are_read_as_those_without() {
    let (own, jpeg) = (self_signed("camera.local", NOW), still("grey.jpg"));
    let short = format!("Content-Length: {}\r\n", 2 * jpeg.len());
    for (what, answered, want) in [
        ("until it hangs up", answer("200 OK", "", &jpeg), Shot),
        ("cut short", answer("200 OK", &short, &jpeg), Spoiled("cut short")),
        ("404", answer("404 No", "Content-Length: 0\r\n", b""), Gone("(404)")),
        ("no HTTP", b"SSH-2.0-dropbear\r\n\r\n".to_vec(), Gone("does not speak HTTP")),
        ("it hangs up", b"".to_vec(), Gone("hung up before it answered")),
        (
            "on to http://",
            answer("302 Found", "Location: http://127.0.0.1/\r\n\r\n", b""),
            Refused("from https:// to http://"),
        ),
    ] {
        let address = says(&own, answered);
        held(what, &first(&mut safe(&address, &own.pin(), LONG)), &want);
    }
}

#[test]
fn what_is_no_tls_is_told() {
    let alert = |description: u8| vec![21, 3, 1, 0, 2, 2, description];
    for (what, bytes, want) in [
        ("HTTP", b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), Gone("it does not speak TLS")),
        ("SSH", b"SSH-2.0-dropbear\r\n".to_vec(), Gone("it does not speak TLS")),
        ("TLS 1.0", alert(70), Refused("renew its firmware")),
        ("no cipher in common", alert(40), Refused("renew its firmware")),
        ("it wants one too", alert(116), Refused("a certificate of this station")),
        ("it hangs up", Vec::new(), Gone("hung up before it answered")),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("https://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for mut line in listener.incoming().flatten() {
                // What it was greeted with is read, so that what it says is not lost with it.
                let _ = line.read(&mut [0; 4096]);
                let _ = line.write_all(&bytes);
            }
        });
        held(what, &first(&mut safe(&address, &Known, LONG)), &want);
    }
    // TLS where none is asked for.
    let address = says(&self_signed("camera.local", NOW), Vec::new());
    let address = address.replace("https:", "http:");
    held("http:// to TLS", &first(&mut snapshot(&address, None, LONG)), &Gone(""));
}

#[test]
fn a_greeting_that_does_not_end_is_ended() {
    for (what, trickles) in [("silence", false), ("a byte at a time", true)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("https://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut line, _) = listener.accept().unwrap();
            let _ =
                line.write_all(if trickles { &[22, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc] } else { &[] });
            while !trickles || line.write_all(&[3]).is_ok() {
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let got = first(&mut safe(&address, &Known, SHORT));
        held(what, &got, &Gone("no answer of 127.0.0.1"));
        held(what, &got, &Gone("in time (within 4 s)"));
    }
}

#[test]
fn a_stream_with_tls_is_read_and_one_that_trickles_given_up() {
    let (own, jpeg) = (self_signed("camera.local", NOW), still("grey.jpg"));
    let is_slow = Arc::new(AtomicBool::new(false));
    let slows = Arc::clone(&is_slow);
    let address = serve_tls(&own, &[&version::TLS13], &is_slow, move |_, _, line| {
        let mixed = "Content-Type: multipart/x-mixed-replace; boundary=x\r\n";
        let _ = line.write_all(&answer("200 OK", mixed, b""));
        for n in 0..3 {
            let _ = line.write_all(&[&b"--x\r\n\r\n"[..], &jpeg].concat());
            std::thread::sleep(Duration::from_secs(1));
            slows.store(n == 1, Ordering::SeqCst);
        }
    });
    let mut feed = HttpFeed::open_within(
        &address,
        None,
        &own.pin(),
        false,
        Kind::Thermal,
        Duration::ZERO,
        SHORT,
    )
    .unwrap();
    held("the first", &first(&mut feed), &Shot);
    held("the second", &first(&mut feed), &Shot);
    held("the third", &first(&mut feed), &Gone("no whole picture came within 4 s"));
}

#[test]
fn a_password_goes_along_to_https_of_its_host_alone() {
    let room = tempfile::tempdir().unwrap();
    let own = self_signed("camera.local", NOW);
    let wants = "WWW-Authenticate: Basic realm=\"c\"\r\nContent-Length: 0\r\n";
    let told = Arc::new(AtomicUsize::new(0));
    let (jpeg, heard) = (still("grey.jpg"), Arc::clone(&told));
    let versions = [&version::TLS13];
    let to = serve_tls(&own, &versions, &Arc::default(), move |_, head, line| {
        let says = match header(head, "authorization: ") {
            Some("Basic dmlld2VyOnMzY3JldA==") => whole(&jpeg),
            Some(_) => answer("403 No", "", b""),
            None => answer("401 No", wants, b""),
        };
        heard.fetch_add(usize::from(header(head, "authorization: ").is_some()), Ordering::SeqCst);
        let _ = line.write_all(&says);
    });
    let from = serve(move |_, head, line| {
        assert_eq!(header(head, "authorization: "), None);
        let to = format!("Location: {to}/now.jpg\r\nContent-Length: 0\r\n");
        let _ = line.write_all(&answer("301 Moved", &to, b""));
    });
    let login = login(&room, "s3cret");
    for (certificate, want) in [
        (own.pin(), Shot),
        (Known, Refused("own, write from = \"https://…\" and certificate_sha256 = ")),
    ] {
        let before = told.load(Ordering::SeqCst);
        let every = Duration::from_secs(600);
        let feed = HttpFeed::open_within(
            &from,
            Some(&login),
            &certificate,
            true,
            Kind::Thermal,
            every,
            LONG,
        );
        let mut feed = feed.unwrap();
        let got = first(&mut feed);
        held("redirected", &got, &want);
        assert!(!format!("{got:?} {feed:?}").contains("s3cret"));
        let times = told.load(Ordering::SeqCst) - before;
        assert_eq!(times, usize::from(got.is_ok()), "{want:?}");
    }
}
