//! Streams of pictures: whole, broken, hanging, and lying in their headers.

use super::*;

#[test]
fn a_stream_is_read_by_its_bytes() {
    let jpeg = still("grey.jpg");
    let cut = jpeg[..jpeg.len() / 2].to_vec();
    let part = |body: &[u8]| [&b"--x\r\nContent-Length: 7\r\n\r\n"[..], body, b"\r\n"].concat();
    let head = |says: &str| answer("200 OK", &format!("Content-Type: {says}\r\n"), b"");
    let mixed = "multipart/x-mixed-replace; boundary=nobody-uses-this";
    for (what, says, wants) in [
        (
            "parts",
            vec![head(mixed), part(&jpeg), part(&jpeg)],
            vec![Shot, Shot, Gone("its stream ended")],
        ),
        // As FFmpeg says it.
        (
            "bytes",
            vec![head("application/octet-stream"), part(&jpeg), part(&jpeg)],
            vec![Shot, Shot],
        ),
        (
            "a broken part",
            vec![head(mixed), part(&cut), part(&jpeg)],
            vec![Spoiled("broken or cut"), Shot],
        ),
        (
            "no picture inside",
            vec![head(mixed), part(b"\xff\xd8\xff\xd9")],
            vec![Spoiled("its picture cannot be decoded")],
        ),
        (
            "one picture",
            vec![head("image/jpeg"), jpeg.clone()],
            vec![Shot, Refused("write snapshot = true")],
        ),
        ("a page", vec![head("text/html"), b"<html>".to_vec()], vec![Gone("a web page")]),
        (
            "text",
            vec![head("text/plain"), vec![b'x'; 9_000]],
            vec![Gone("no JPEG picture in 8 kB")],
        ),
        ("nothing", vec![head(mixed)], vec![Gone("its stream ended")]),
        ("404", vec![answer("404 No", "", b"")], vec![Gone("(404)")]),
    ] {
        // Pieces come apart, so that each is seen and none gives way to the next.
        let (taken, pieces) = (Arc::new(AtomicUsize::new(1)), says);
        let go = Arc::clone(&taken);
        let address = serve(move |_, _, stream| {
            for (n, piece) in pieces.iter().enumerate() {
                let began = Instant::now();
                while go.load(Ordering::SeqCst) < n && began.elapsed() < PATIENCE {
                    std::thread::sleep(Duration::from_millis(5));
                }
                let _ = stream.write_all(piece);
            }
        });
        let mut feed = stream(&address, Duration::ZERO, LONG);
        for want in wants {
            // A cut picture is seen to be one when the next begins.
            if matches!(want, Spoiled("broken or cut")) {
                taken.fetch_add(1, Ordering::SeqCst);
                let got = feed.next(LONG);
                match got {
                    Ok(Got::Spoiled(_)) => {}
                    // The whole one that follows has come before it was told.
                    got => held(what, &got, &Shot),
                }
                break;
            }
            held(what, &first(&mut feed), &want);
            taken.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[test]
fn a_stream_that_hangs_or_trickles_is_given_up() {
    let jpeg = still("grey.jpg");
    for (what, pause) in [("it hangs", PATIENCE), ("a byte at a time", Duration::from_millis(50))] {
        let jpeg = jpeg.clone();
        let address = serve(move |_, _, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            let _ = stream.write_all(&jpeg);
            for byte in &jpeg {
                if stream.write_all(&[*byte]).is_err() {
                    return;
                }
                std::thread::sleep(pause);
            }
        });
        let mut feed = stream(&address, Duration::ZERO, SHORT);
        held(what, &first(&mut feed), &Shot);
        held(what, &first(&mut feed), &Gone("no whole picture came within 4 s"));
    }
}

#[test]
fn between_its_times_nothing_of_a_stream_is_decoded() {
    let jpeg = still("grey.jpg");
    // A picture, then a hundred that are none: decoding any of them would be told.
    let address = serve(move |_, _, stream| {
        let _ = stream.write_all(&[&b"HTTP/1.1 200 OK\r\n\r\n"[..], &jpeg].concat());
        std::thread::sleep(Duration::from_millis(500));
        for _ in 0..100 {
            let _ = stream.write_all(b"\xff\xd8\xff\xd9");
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(PATIENCE);
    });
    let mut feed = stream(&address, Duration::from_secs(600), LONG);
    held("the first", &first(&mut feed), &Shot);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(1) {
        assert!(matches!(feed.next(Duration::from_millis(50)), Ok(Got::Nothing)));
    }
}
