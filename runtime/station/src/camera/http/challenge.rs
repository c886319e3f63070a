//! Challenges: how a camera wants to be told the password, and the answer to that.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use digest_auth::{AuthContext, WwwAuthenticateHeader};

use crate::config::Secret;

/// How the password is told.
#[derive(Clone, Debug)]
pub(super) enum Challenge {
    /// As it is.
    Basic,
    /// Hashed with what the camera sends and how often it was told.
    Digest(Box<WwwAuthenticateHeader>),
}

impl Challenge {
    /// The better one of those in a camera's headers; none where none is known.
    pub(super) fn of<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut basic = None;
        for header in headers {
            let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
            if scheme.eq_ignore_ascii_case("digest") {
                if let Ok(challenge) = digest_auth::parse(rest) {
                    return Some(Self::Digest(Box::new(challenge)));
                }
            } else if scheme.eq_ignore_ascii_case("basic") {
                basic = Some(Self::Basic);
            }
        }
        basic
    }

    /// The header that answers it for `target`; none where it cannot be answered.
    pub(super) fn answer(&mut self, user: &str, password: &Secret, target: &str) -> Option<String> {
        match self {
            Self::Basic => {
                let both = format!("{user}:{}", password.letters());
                Some(format!("Basic {}", BASE64_STANDARD.encode(both)))
            }
            Self::Digest(challenge) => {
                let context = AuthContext::new(user, password.letters(), target);
                Some(challenge.respond(&context).ok()?.to_header_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_challenge_is_answered() {
        let digest = "digest realm=\"cam\", nonce=\"n1\", qop=\"auth\"";
        for (headers, want) in [
            (vec!["Basic realm=\"cam\""], Some("Basic dmlld2VyOnMzY3JldA==")),
            (
                vec!["Basic realm=\"cam\"", digest],
                Some("Digest username=\"viewer\", realm=\"cam\""),
            ),
            (vec![digest, "Basic realm=\"cam\""], Some("Digest username=\"viewer\"")),
            (vec!["Digest realm=\"cam\", nonce=\"n\", algorithm=SHA-256"], Some("Digest username")),
            (vec!["Digest realm=\"cam\""], None),
            (vec!["Digest nonce=\"n\", algorithm=ROT13"], None),
            (vec!["Bearer"], None),
            (vec![], None),
        ] {
            let challenge = Challenge::of(headers.iter().copied());
            let secret = Secret::new("s3cret");
            let answer = challenge.and_then(|mut c| c.answer("viewer", &secret, "/now.jpg"));
            match want {
                Some(want) => assert!(answer.clone().unwrap().starts_with(want), "{answer:?}"),
                None => assert_eq!(answer, None),
            }
        }
    }
}
