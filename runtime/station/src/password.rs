//! Passwords of people who log in to the page: kept as Argon2id hashes (RFC 9106), never as they are.

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};

/// Fewest and most characters of a password.
pub const CHARS: [usize; 2] = [8, 256];

/// The hash of `password`, one line, as it stands in a password file.
///
/// # Errors
/// One line: it is too short or too long; or the system gives no random numbers.
pub fn hash(password: &str) -> Result<String, String> {
    let [least, most] = CHARS;
    if !(least..=most).contains(&password.chars().count()) {
        return Err(format!("a password has {least} to {most} characters"));
    }
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|cause| format!("no hash: {cause}"))
}

/// Whether `line` is such a hash.
#[must_use]
pub fn is_hash(line: &str) -> bool {
    PasswordHash::new(line.trim()).is_ok_and(|hash| hash.algorithm.as_str() == "argon2id")
}

/// Whether `password` is the one of `hash`. It takes tens of milliseconds and 19 MB: nobody guesses fast.
#[must_use]
pub fn verify(hash: &str, password: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash.trim()) else { return false };
    let is_short = password.len() <= 4 * CHARS[1];
    is_short && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash() {
        let one = hash("correct horse").unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, hash("correct horse").unwrap(), "each has a salt of its own");
        assert!(is_hash(&one) && verify(&one, "correct horse") && !verify(&one, "correct Horse"));
        assert!(verify(&format!("{one}\n"), "correct horse"));
        for wrong in ["", "correct horse", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"] {
            assert!(!is_hash(wrong), "{wrong}");
        }
        assert!(hash("short").is_err() && hash(&"x".repeat(257)).is_err());
    }
}
