//! Passwords: told as a camera wants them, to it alone.

use std::sync::Mutex;

use super::*;
use crate::config::PasswordFrom;

pub(super) fn login(room: &tempfile::TempDir, password: &str) -> Login {
    let path = room.path().join(password);
    std::fs::write(&path, password).unwrap();
    Login { user: "viewer".to_owned(), password: PasswordFrom::File(path) }
}

/// The value of a header.
pub(super) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.to_lowercase().starts_with(name).then(|| &line[name.len()..]))
}

/// A camera that wants its password by `scheme`, and which of the passwords that it was told were right; it changes
/// its nonce after each two of those.
fn guarded(scheme: &'static str) -> (String, Arc<Mutex<Vec<bool>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (heard, jpeg) = (Arc::clone(&told), still("grey.jpg"));
    let address = serve(move |_, head, stream| {
        let mut heard = heard.lock().unwrap();
        let nonce = format!("nonce{}", heard.iter().filter(|right| **right).count() / 2);
        let right = header(head, "authorization: ").map(|said| match said.split_once(' ') {
            Some(("Basic", both)) => both == "dmlld2VyOnMzY3JldA==",
            Some(("Digest", _)) => {
                let mut said = digest_auth::AuthorizationHeader::parse(said).unwrap();
                let (response, is_new) = (said.response.clone(), said.nonce == nonce);
                assert_eq!(said.uri, "/now.jpg?n=1");
                let target = said.uri.clone();
                said.digest(&digest_auth::AuthContext::new("viewer", "s3cret", target));
                is_new && said.response == response
            }
            _ => panic!("{said}"),
        });
        heard.extend(right);
        let says = if right == Some(true) {
            whole(&jpeg)
        } else {
            let realm = format!("realm=\"cam\", nonce=\"{nonce}\", qop=\"auth\"");
            let wants = format!("WWW-Authenticate: {scheme} {realm}\r\nContent-Length: 0\r\n");
            answer("401 Unauthorized", &wants, b"")
        };
        drop(heard);
        let _ = stream.write_all(&says);
    });
    (format!("{address}/now.jpg?n=1"), told)
}

#[test]
fn passwords_are_told_as_the_camera_wants_and_a_wrong_one_once() {
    let room = tempfile::tempdir().unwrap();
    for scheme in ["Basic", "Digest"] {
        let (address, told) = guarded(scheme);
        let mut feed = snapshot(&address, Some(&login(&room, "s3cret")), LONG);
        for _ in 0..4 {
            held(scheme, &first(&mut feed), &Shot);
        }
        let told = told.lock().unwrap().clone();
        // Each old nonce is told once, and the new one after it.
        assert!(told.iter().filter(|right| **right).count() >= 4, "{told:?}");
        assert!(told.windows(2).all(|two| two[0] || two[1]), "{told:?}");

        let (address, told) = guarded(scheme);
        let mut feed = snapshot(&address, Some(&login(&room, "wr0ng")), LONG);
        let got = first(&mut feed);
        held(scheme, &got, &Refused("wrong user or password (401)"));
        assert!(!format!("{got:?} {feed:?}").contains("wr0ng"));
        assert_eq!(*told.lock().unwrap(), [false], "{scheme}");
    }
}

#[test]
fn no_other_host_is_told_the_password() {
    let room = tempfile::tempdir().unwrap();
    let told = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&told);
    let other = serve(move |_, head, stream| {
        *heard.lock().unwrap() += head;
        let wants = "WWW-Authenticate: Basic realm=\"c\"\r\nContent-Length: 0\r\n";
        let _ = stream.write_all(&answer("401 No", wants, b""));
    });
    for (to, want) in [
        (format!("{other}/x"), "another host, which asks for a password"),
        (format!("{other}/x?p=s3cret"), "sends the password to another host"),
    ] {
        let own = serve(move |_, head, stream| {
            let says = match header(head, "authorization: ") {
                Some(_) => {
                    answer("302 Found", &format!("Location: {to}\r\nContent-Length: 0\r\n"), b"")
                }
                None => answer(
                    "401 No",
                    "WWW-Authenticate: Basic realm=\"c\"\r\nContent-Length: 0\r\n",
                    b"",
                ),
            };
            let _ = stream.write_all(&says);
        });
        held(
            want,
            &first(&mut snapshot(&own, Some(&login(&room, "s3cret")), LONG)),
            &Refused(want),
        );
    }
    let told = told.lock().unwrap().to_lowercase();
    assert!(
        told.contains("get /x ") && !told.contains("authorization") && !told.contains("s3cret")
    );
}
