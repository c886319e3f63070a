//! A camera's user and password; the password stands in a file or in the environment, never in the
//! configuration.

use std::fmt;
use std::path::PathBuf;

/// A password. Nothing that prints it shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Of these letters.
    #[must_use]
    pub fn new(letters: impl Into<String>) -> Self {
        Self(letters.into())
    }

    /// The letters, for the camera alone.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where a password is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordFrom {
    /// The first line of this file.
    File(PathBuf),
    /// This variable of the environment.
    Environment(String),
}

/// Who the station says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// Its password.
    pub password: PasswordFrom,
}

impl Login {
    /// Reads the password. It is read each time a camera is opened, so that a new one needs no restart.
    ///
    /// # Errors
    /// One line: which file or variable, what is wrong, what to do.
    pub fn password(&self) -> Result<Secret, String> {
        self.password.read()
    }
}

impl PasswordFrom {
    /// Reads it.
    ///
    /// # Errors
    /// One line: which file or variable, what is wrong, what to do.
    pub fn read(&self) -> Result<Secret, String> {
        let (letters, place) = match self {
            Self::File(path) => {
                let place = path.display().to_string();
                let text = std::fs::read_to_string(path)
                    .map_err(|cause| format!("password file {place}: {cause}; write it there"))?;
                (text.lines().next().unwrap_or("").to_owned(), place)
            }
            Self::Environment(name) => {
                let letters = std::env::var(name)
                    .map_err(|_| format!("no password in the environment: set {name}"))?;
                (letters, name.clone())
            }
        };
        if letters.is_empty() {
            return Err(format!("{place} holds no password: write it there, on the first line"));
        }
        Ok(Secret(letters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_read_and_never_shown() {
        let room = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = room.path().join(name);
            std::fs::write(&path, text).unwrap();
            PasswordFrom::File(path)
        };
        for (from, want) in [
            (file("a", "s3cret word\n"), Ok("s3cret word")),
            (file("b", "s3cret word\r\nmore"), Ok("s3cret word")),
            (file("c", "\n"), Err("holds no password")),
            (PasswordFrom::File(room.path().join("none")), Err("write it there")),
            (PasswordFrom::Environment("NO_SUCH_VARIABLE".to_owned()), Err("set NO_SUCH_VARIABLE")),
        ] {
            let login = Login { user: "viewer".to_owned(), password: from };
            match (login.password(), want) {
                (Ok(secret), Ok(want)) => {
                    assert_eq!(secret.letters(), want);
                    assert!(!format!("{secret:?}").contains("s3cret"));
                }
                (Err(line), Err(want)) => assert!(line.contains(want), "{line}"),
                (got, _) => panic!("{login:?}: {got:?}"),
            }
        }
    }
}
