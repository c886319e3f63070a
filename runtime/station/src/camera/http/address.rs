//! Addresses of cameras by HTTP: read, filled with user and password where they stand in them, and followed.

use ureq::http::Uri;

use crate::config::Secret;

/// What stands in an address for the user and the password.
const USER: &str = "{user}";
const PASSWORD: &str = "{password}";

/// Where a picture is asked for. It may hold a password: messages tell the host alone.
#[derive(Clone, PartialEq)]
pub(super) struct Address {
    uri: Uri,
}

impl Address {
    /// The address `text`, with `login` in place of what stands for it.
    ///
    /// # Errors
    /// What is wrong, and what to do.
    pub(super) fn new(text: &str, login: Option<&(String, Secret)>) -> Result<Self, &'static str> {
        let mut text = text.to_owned();
        if let Some((user, password)) = login {
            text = text.replace(USER, &encoded(user));
            text = text.replace(PASSWORD, &encoded(password.letters()));
        }
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        const FIX: &str = "it is no address: give http://host/path, or https://";
        let uri: Uri = text.split('#').next().unwrap_or("").parse().map_err(|_| FIX)?;
        let host = uri.authority().ok_or(FIX)?;
        match uri.scheme_str() {
            Some("http" | "https") if host.host().is_empty() => Err(FIX),
            Some("http" | "https") if host.as_str().contains('@') => {
                Err("the address holds a user")
            }
            Some("http" | "https") => Ok(Self { uri }),
            _ => Err(FIX),
        }
    }

    /// Where the answer of this address sends on to.
    ///
    /// # Errors
    /// As [`Address::new`].
    pub(super) fn follow(&self, location: &str) -> Result<Self, &'static str> {
        let to = self.leads_to(location)?;
        match self.is_https() && !to.is_https() {
            true => Err("from https:// to http://, where anybody may answer: give that itself"),
            false => Ok(to),
        }
    }

    fn leads_to(&self, location: &str) -> Result<Self, &'static str> {
        let scheme = self.uri.scheme_str().unwrap_or("http");
        let host = self.uri.authority().map_or("", |host| host.as_str());
        let path = self.uri.path();
        if location.split(['/', '?', '#']).next().is_some_and(|scheme| scheme.ends_with(':')) {
            return Self::parse(location);
        }
        Self::parse(&match location.as_bytes() {
            [b'/', b'/', ..] => format!("{scheme}:{location}"),
            [b'/', ..] => format!("{scheme}://{host}{location}"),
            [b'?', ..] => format!("{scheme}://{host}{path}{location}"),
            _ => {
                let folder = &path[..path.rfind('/').map_or(0, |at| at + 1)];
                format!("{scheme}://{host}{folder}{location}")
            }
        })
    }

    /// Host and port.
    pub(super) fn host(&self) -> &str {
        self.uri.authority().map_or("", |host| host.as_str())
    }

    /// Whether it is asked with TLS.
    pub(super) fn is_https(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// Whether it is answered by the host and port of `camera`; or by that host with TLS, where the camera is asked
    /// without: who answers there shows a certificate.
    pub(super) fn is_of(&self, camera: &Self) -> bool {
        let host = |at: &Self| at.uri.host().map(str::to_ascii_lowercase);
        let port = |at: &Self| at.uri.port_u16().unwrap_or(if at.is_https() { 443 } else { 80 });
        host(self) == host(camera)
            && match (camera.is_https(), self.is_https()) {
                (false, true) => true,
                (true, false) => false,
                _ => port(self) == port(camera),
            }
    }

    /// What is asked for of the host.
    pub(super) fn target(&self) -> &str {
        self.uri.path_and_query().map_or("/", |target| target.as_str())
    }

    /// Whether these letters stand in it.
    pub(super) fn tells(&self, secret: &Secret) -> bool {
        let target = self.target();
        target.contains(secret.letters()) || target.contains(&encoded(secret.letters()))
    }

    pub(super) fn uri(&self) -> Uri {
        self.uri.clone()
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({})", self.host())
    }
}

/// `text` as it stands in an address.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_filled_and_followed() {
        let login = ("a b".to_owned(), Secret::new("p&w"));
        let at = |text| Address::new(text, Some(&login)).unwrap();
        let from = at("http://Cam:8080/cgi/now.jpg?u={user}&p={password}");
        assert_eq!(from.target(), "/cgi/now.jpg?u=a%20b&p=p%26w");
        assert!(from.tells(&login.1) && !format!("{from:?}").contains("p%26w"));
        for (location, want) in [
            ("/x.jpg", Ok(("cam:8080", "/x.jpg", true))),
            ("x.jpg?n=1#top", Ok(("cam:8080", "/cgi/x.jpg?n=1", true))),
            ("?n=1", Ok(("cam:8080", "/cgi/now.jpg?n=1", true))),
            ("//other/x", Ok(("other", "/x", false))),
            ("http://cam:8080/y", Ok(("cam:8080", "/y", true))),
            ("http://cam/y", Ok(("cam", "/y", false))),
            ("http://other:8080", Ok(("other:8080", "/", false))),
            ("https://cam:8443/y", Ok(("cam:8443", "/y", true))),
            ("https://other/y", Ok(("other", "/y", false))),
            ("http://u:p@cam:8080/y", Err("holds a user")),
            ("ftp://cam/y", Err("no address")),
            ("http://", Err("no address")),
        ] {
            match (from.follow(location), want) {
                (Ok(to), Ok((host, target, same))) => {
                    assert!(to.host().eq_ignore_ascii_case(host), "{location}: {to:?}");
                    assert_eq!((to.target(), to.is_of(&from)), (target, same), "{location}");
                }
                (Err(e), Err(why)) => assert!(e.contains(why), "{location}: {e}"),
                (got, _) => panic!("{location}: {got:?}"),
            }
        }
        let safe = at("https://cam/a/b");
        assert_eq!(safe.follow("c").unwrap(), at("https://cam/a/c"));
        assert_eq!(safe.follow("//other/c").unwrap(), at("https://other/c"));
        assert!(safe.follow("http://cam/a/c").unwrap_err().contains("give that itself"));
        for (one, other, want) in [
            ("http://cam:80/", "http://cam/x", true),
            ("https://cam:443/", "https://cam/x", true),
            ("https://cam:8443/", "https://cam/x", false),
            ("https://cam/", "http://cam/x", true),
            ("http://cam/", "https://cam/x", false),
            ("http://cam:443/", "https://cam/x", false),
        ] {
            assert_eq!(at(one).is_of(&at(other)), want, "{one} {other}");
        }
    }
}
