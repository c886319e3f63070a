//! Faults of a stream, each on one line: what is wrong with the camera, and what to do. No line holds more of
//! the address than host and port.

use crate::source::Fault;

/// How the library begins its word of a connection that was not made, and of one that broke.
const NOT_MADE: &str = "Unable to connect to RTSP server: ";
const BROKE: [&str; 2] = ["Error reading from RTSP peer: ", "Error receiving UDP packet: "];
/// Longest word of the library that is repeated.
const WORDS_MAX: usize = 160;

/// A fault that passes by itself.
pub(super) fn passing(host: &str, why: &str) -> Fault {
    Fault { refused: false, why: format!("{host}: {why}") }
}

/// That the library which reads a camera's words failed on them.
pub(super) fn of_reader(host: &str) -> Fault {
    passing(host, "what it says makes its reader fail: restart the camera, and report this please")
}

/// One that a person must see to.
pub(super) fn refused(host: &str, why: &str) -> Fault {
    Fault { refused: true, why: format!("{host}: {why}") }
}

/// What a camera's status to a request means; `login` whether a user and password were sent. `None` where
/// the request was granted.
pub(super) fn of_status(host: &str, status: u16, login: bool) -> Option<Fault> {
    Some(match status {
        200..=299 => return None,
        401 | 403 if login => refused(
            host,
            "wrong user or password: correct user and password_file; tried again each 5 minutes",
        ),
        401 | 403 => refused(
            host,
            "it asks for a user: give user and password_file of a viewer of the camera",
        ),
        404 => refused(host, "it has no such stream (404): correct the path of the address"),
        461 => refused(host, "it does not send that way: give the other transport, tcp or udp"),
        453 | 503 => passing(host, "it has no room for one more viewer: close others"),
        300..=399 => refused(host, "it points to another address: give that one"),
        _ => passing(host, &format!("it answers with status {status}: restart the camera")),
    })
}

/// What an error of the library comes to.
pub(super) fn of_error(host: &str, error: &retina::Error, login: bool) -> Fault {
    let told = error.status_code().and_then(|status| of_status(host, status, login));
    told.unwrap_or_else(|| of_words(host, &error.to_string()))
}

/// The same of its words alone.
fn of_words(host: &str, words: &str) -> Fault {
    let line = words.lines().next().unwrap_or("").trim();
    if let Some(cause) = line.strip_prefix(NOT_MADE) {
        let fix = "see that it is on, and that host and port are right";
        return passing(host, &format!("it cannot be reached ({cause}): {fix}"));
    }
    if let Some(cause) = BROKE.iter().find_map(|broke| line.strip_prefix(broke)) {
        return passing(host, &format!("the stream broke ({cause})"));
    }
    // Words about an address may hold what stands in it.
    match line.contains("://") || line.is_empty() {
        true => passing(host, "its answers are not understood: restart the camera"),
        false => {
            let line: String = line.chars().filter(|c| !c.is_control()).take(WORDS_MAX).collect();
            passing(host, &format!("its stream is not understood ({line}): restart the camera"))
        }
    }
}

/// Why none of the streams that a camera offers can be read; each by its medium and the name of its coding.
pub(super) fn no_stream<'a>(
    host: &str,
    offered: impl Iterator<Item = (&'a str, &'a str)>,
) -> Fault {
    let coded: Vec<String> = offered
        .filter(|(media, _)| *media == "video")
        .map(|(_, coding)| match coding {
            "jpeg" => "MJPEG".to_owned(),
            coding => coding.chars().filter(|c| c.is_ascii_alphanumeric()).take(20).collect(),
        })
        .collect();
    match coded[..] {
        [] => refused(host, "it offers no video: correct the path of the address"),
        _ => refused(
            host,
            &format!("its video is {}: set the camera to H.264 or H.265", coded.join(" and ")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_say_what_to_do_and_who_must() {
        for (status, login, refused, words) in [
            (401, true, true, "wrong user or password"),
            (403, true, true, "wrong user or password"),
            (401, false, true, "give user and password_file"),
            (404, false, true, "correct the path"),
            (302, false, true, "another address"),
            (461, false, true, "the other transport"),
            (453, false, false, "no room"),
            (503, false, false, "no room"),
            (500, false, false, "status 500"),
            (454, false, false, "status 454"),
        ] {
            let fault = of_status("192.0.2.9:554", status, login).unwrap();
            assert_eq!(fault.refused, refused, "{status}");
            assert!(fault.why.starts_with("192.0.2.9:554: ") && fault.why.contains(words));
            assert!(!fault.why.contains('\n'), "{}", fault.why);
        }
        assert_eq!(of_status("h:554", 200, true), None);
    }

    #[test]
    fn words_of_the_library_are_one_line_without_an_address() {
        for (words, want) in [
            (
                "Unable to connect to RTSP server: Connection refused (os error 111)",
                "(Connection refused",
            ),
            ("Error reading from RTSP peer: eof\n\nconn: me\nmsg: 0", "the stream broke (eof)"),
            ("bad thing\n\nconn: 10.0.0.1:80(me)->10.0.0.2:554", "not understood (bad thing)"),
            ("bad URL rtsp://h/user=a&password=s3cret", "its answers are not understood"),
            ("", "its answers are not understood"),
        ] {
            let fault = of_words("h:554", words);
            assert!(fault.why.contains(want) && !fault.refused, "{}", fault.why);
            assert!(!fault.why.contains('\n') && !fault.why.contains("s3cret"), "{}", fault.why);
        }
        assert!(of_words("h:554", &"x".repeat(9999)).why.len() < 300);
    }

    #[test]
    fn what_a_camera_offers_instead_is_named() {
        for (offered, want) in [
            (&[("video", "jpeg")][..], "its video is MJPEG: set the camera to H.264 or H.265"),
            (&[("video", "vp8"), ("video", "av1\n")], "its video is vp8 and av1"),
            (&[("audio", "pcmu")], "it offers no video"),
            (&[], "it offers no video"),
        ] {
            let fault = no_stream("h:554", offered.iter().copied());
            assert!(fault.refused && fault.why.contains(want), "{}", fault.why);
        }
    }
}
