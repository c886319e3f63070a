//! Snapshot cameras that answer, lie, trickle, hang up and stand still.

use emberline_vision::clip::ClipOptions;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::camera::Camera;
use crate::camera::intake::Intake;
use crate::config::{CameraConfig, CameraFrom, When};
use crate::source::{Source as _, State};

#[test]
fn each_lie_of_a_snapshot_camera_is_one_clear_line() {
    let jpeg = still("grey.jpg");
    let cut = &jpeg[..jpeg.len() / 2];
    let short = format!("Content-Length: {}\r\n", jpeg.len());
    let see =
        |to: &str| answer("302 Found", &format!("Location: {to}\r\nContent-Length: 0\r\n"), b"");
    for (what, says, want) in [
        ("a JPEG", whole(&jpeg), Shot),
        ("a PNG", whole(&still("grey_16.png")), Shot),
        ("until it hangs up", answer("200 OK", "", &jpeg), Shot),
        ("HTTP 1.0", [&b"HTTP/1.0 200 OK\r\n\r\n"[..], &jpeg].concat(), Shot),
        (
            "401",
            answer("401 No", "WWW-Authenticate: Basic realm=\"c\"\r\n", b""),
            Refused("user ="),
        ),
        ("403", answer("403 No", "Content-Length: 0\r\n", b""), Refused("(403)")),
        ("404", answer("404 No", "Content-Length: 0\r\n", b""), Gone("(404)")),
        ("405", answer("405 No", "Content-Length: 0\r\n", b""), Gone("405")),
        ("500", answer("500 No", "Content-Length: 0\r\n", b""), Gone("(500)")),
        ("503", answer("503 Busy", "Content-Length: 4\r\n", b"busy"), Gone("(503)")),
        ("nothing", whole(b""), Gone("an empty answer")),
        ("204", answer("204 No", "", b""), Gone("an empty answer")),
        ("a page", whole(b"\n <!DOCTYPE html><html>"), Gone("a web page")),
        ("text", whole(b"no picture"), Spoiled("it is no PNG, JPEG or TIFF")),
        ("half a JPEG", whole(cut), Spoiled("cannot be decoded")),
        ("half of what it says", answer("200 OK", &short, cut), Spoiled("cut short")),
        ("colour", whole(&still("colour.png")), Spoiled("kind = \"rgb\"")),
        (
            "a stream",
            answer("200 OK", "Content-Type: multipart/x-mixed-replace\r\n", b""),
            Refused("a stream"),
        ),
        ("redirects to itself", see("/"), Gone("without end")),
        ("redirects to https", see("https://127.0.0.1:1/"), Gone("127.0.0.1:1 refuses")),
        (
            "redirects to nowhere",
            see("http://127.0.0.1:1/"),
            Gone("127.0.0.1:1 refuses the connection"),
        ),
        ("no HTTP", b"SSH-2.0-dropbear\r\n\r\n".to_vec(), Gone("does not speak HTTP")),
        ("it hangs up", b"".to_vec(), Gone("hung up before it answered")),
        (
            "a long head",
            answer("200 OK", &format!("X: {}\r\n", "x".repeat(20_000)), b""),
            Gone("headers"),
        ),
    ] {
        let address = serve(move |_, _, stream| stream.write_all(&says).unwrap_or(()));
        held(what, &first(&mut snapshot(&format!("{address}/now.jpg"), None, LONG)), &want);
    }
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut feed = snapshot(&format!("http://{closed}/"), None, LONG);
    held("nobody there", &first(&mut feed), &Gone("refuses the connection"));
    assert!(
        HttpFeed::open("http://", None, &Certificate::Known, true, Kind::Rgb, SHORT)
            .unwrap_err()
            .refused
    );
}

#[test]
fn a_snapshot_that_does_not_end_is_ended() {
    let jpeg = still("grey.jpg");
    let trickle = serve(move |_, _, stream| {
        let said = whole(&jpeg);
        let (head, body) = said.split_at(said.len() - jpeg.len());
        let _ = stream.write_all(head);
        for byte in body {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    held(
        "a byte at a time",
        &first(&mut snapshot(&trickle, None, SHORT)),
        &Gone("not whole within 4 s"),
    );
    let silent = serve(|_, _, _| std::thread::sleep(PATIENCE));
    held("no answer", &first(&mut snapshot(&silent, None, SHORT)), &Gone("in time (within 4 s)"));
    let endless = serve(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[7; 65_536]).is_ok() {}
    });
    held("no end", &first(&mut snapshot(&endless, None, LONG)), &Gone("over 32 MB"));
}

#[test]
fn pictures_follow_each_other_and_a_redirect_is_followed() {
    let [jpeg, png] = [still("grey.jpg"), still("grey.png")];
    let address = serve(move |n, head, stream| {
        let says = match head.split(' ').nth(1) {
            Some("/first") => {
                answer("301 Moved", "Location: second?n=1\r\nContent-Length: 0\r\n", b"")
            }
            Some("/second?n=1") if n > 4 => whole(&png),
            Some("/second?n=1") => whole(&jpeg),
            other => panic!("{other:?}"),
        };
        let _ = stream.write_all(&says);
    });
    let mut feed = snapshot(&format!("{address}/first"), None, LONG);
    let mut taken = Vec::new();
    for _ in 0..4 {
        let Ok(Got::Shot(shot)) = first(&mut feed) else { panic!("no shot") };
        taken.push(shot.taken);
    }
    assert!(taken.is_sorted_by(|a, b| a < b), "{taken:?}");
}

#[test]
fn a_picture_sent_again_and_again_is_frozen_though_it_tells_a_time() {
    let start: Timestamp = "2026-08-01T10:00:00Z".parse().unwrap();
    for stamped in [false, true] {
        let (jpeg, mut intake) = (still("grey.jpg"), Intake::new(Kind::Thermal));
        let jpeg = if stamped { with_exif_time(&jpeg) } else { jpeg };
        let camera = Camera::new(CameraConfig {
            name: "north".to_owned(),
            from: CameraFrom::Http {
                address: "http://cam/".to_owned(),
                snapshot: true,
                certificate: Certificate::Known,
            },
            login: None,
            kind: Kind::Thermal,
            every_s: 5.0,
            step_s: 10.0,
            look: When::Always,
            site: crate::sun::Site::default(),
            ground: None,
        });
        camera.wanted(ClipOptions::fire(3, Some(10.0)));
        for n in 0..=12 {
            let now = Duration::from_secs(5 * n);
            let utc = start.saturating_add(SignedDuration::from_secs(5 * n as i64 + 1)).unwrap();
            let Ok(Got::Shot(shot)) = intake.encoded(&jpeg, utc) else { panic!("no shot") };
            camera.frame(&shot, now);
            let want = if n < 12 { State::Fresh } else { State::Frozen };
            assert_eq!(camera.state(now, utc).0, want, "{stamped} {n}");
        }
        let came = camera.came(Duration::from_secs(60), start);
        assert_eq!((came.frames, came.dropped.len()), (13, 0), "{stamped}");
    }
}

/// The JPEG with EXIF data that say `2026:08:01 12:00:00` at `+02:00`.
fn with_exif_time(jpeg: &[u8]) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, n: u32, value: u32| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &n.to_be_bytes(), &value.to_be_bytes()]
            .concat()
    };
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01".to_vec();
    exif.extend(entry(34665, 4, 1, 26));
    exif.extend([0; 4]);
    exif.extend([0, 2]);
    exif.extend(entry(36867, 2, 20, 56));
    exif.extend(entry(36881, 2, 7, 76));
    exif.extend([0; 4]);
    exif.extend(b"2026:08:01 12:00:00\0+02:00\0");
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, &exif, &jpeg[2..]].concat()
}
