//! Certificates: which one a camera, a broker or a server may show that is spoken to with TLS.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::check::Check;
use super::error::ConfigError;

/// Bytes of a fingerprint.
const BYTES: usize = 32;

/// SHA-256 of a certificate as it is sent (DER): no two have the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; BYTES]);

impl Fingerprint {
    /// Of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; BYTES]) -> Self {
        Self(bytes)
    }
}

impl FromStr for Fingerprint {
    type Err = ();

    /// Reads 64 hexadecimal digits, large or small, with a colon between each two or without any.
    fn from_str(text: &str) -> Result<Self, ()> {
        let has_colons = text.contains(':');
        let digits = text.as_bytes();
        let step = if has_colons { 3 } else { 2 };
        if digits.len() != BYTES * step - usize::from(has_colons) {
            return Err(());
        }
        let mut bytes = [0; BYTES];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(step)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16).ok_or(());
            *byte = u8::try_from(16 * digit(0)? + digit(1)?).map_err(|_| ())?;
            if pair.get(2).is_some_and(|between| *between != b':') {
                return Err(());
            }
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    /// As browsers and `openssl` write it: `AB:CD:…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, byte) in self.0.iter().enumerate() {
            write!(f, "{}{byte:02X}", if k == 0 { "" } else { ":" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Which certificate somebody may show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Certificate {
    /// One of its name, that a well-known issuer vouches for, on these days.
    #[default]
    Known,
    /// This one, whatever its name and its days.
    Pinned(Fingerprint),
    /// One in this file (PEM), or one of its name that one in the file vouches for.
    File(PathBuf),
}

impl Certificate {
    /// `certificate_sha256` and `certificate_file`, as they stand in the file.
    pub(super) fn text(&self) -> (Option<String>, Option<String>) {
        match self {
            Self::Known => (None, None),
            Self::Pinned(fingerprint) => (Some(fingerprint.to_string()), None),
            Self::File(path) => (None, Some(path.display().to_string())),
        }
    }
}

impl Check<'_> {
    /// Which certificate may be shown where `certificate_sha256` and `certificate_file` say so; `needs` is how an
    /// address with TLS begins, and `is_so` whether this one does.
    pub(super) fn certificate(
        &self,
        place: &dyn Fn(&str) -> String,
        (needs, is_so): (&str, bool),
        sha256: &Option<String>,
        file: &Option<String>,
    ) -> Result<Certificate, ConfigError> {
        let (key, certificate) = match (sha256, file) {
            (None, None) => return Ok(Certificate::Known),
            (Some(_), Some(_)) => {
                let fix = "leave one of them out";
                return self.value(
                    &place("certificate_file"),
                    "there is a certificate_sha256 too",
                    fix,
                );
            }
            (Some(digits), None) => {
                let key = "certificate_sha256";
                let Ok(fingerprint) = digits.parse() else {
                    let fix = "give its 64 digits, as the station's page or ‹openssl x509 -noout \
                               -fingerprint -sha256› tells them";
                    return self.value(&place(key), "no SHA-256 of a certificate", fix);
                };
                (key, Certificate::Pinned(fingerprint))
            }
            (None, Some(path)) => {
                let key = "certificate_file";
                if !path.starts_with('/') {
                    let fix = "give the whole path: \"/etc/emberline/their.pem\"";
                    return self.value(&place(key), "no path from the root on", fix);
                }
                (key, Certificate::File(path.into()))
            }
        };
        match is_so {
            true => Ok(certificate),
            false => self.value(&place(key), &format!("only {needs} has one"), "leave it out"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_they_are_written() {
        let colons = (0..32).map(|k| format!("{:02X}", 7 * k)).collect::<Vec<_>>().join(":");
        let plain = colons.replace(':', "");
        let want: Fingerprint = colons.parse().unwrap();
        assert_eq!((want.to_string(), format!("{want:?}")), (colons.clone(), colons.clone()));
        for text in [&plain, &plain.to_lowercase(), &colons.to_lowercase()] {
            assert_eq!(text.parse(), Ok(want), "{text}");
        }
        for text in [
            "",
            "AB",
            &plain[1..],
            &format!("{plain}00"),
            &colons[3..],
            &format!("{colons}:"),
            &colons.replace(':', "-"),
            &colons.replacen(':', "0", 1),
            &plain.replacen('0', "g", 1),
            &plain.replacen("00", "ä", 1),
        ] {
            assert_eq!(text.parse::<Fingerprint>(), Err(()), "{text}");
        }
    }
}
