//! Digests of inputs: SHA-256 over the bytes that were read, in the order they were read.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// SHA-256 of what has been added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest(Sha256);

impl Digest {
    /// Of one text.
    pub(crate) fn of_text(text: &str) -> Self {
        Self(Sha256::new_with_prefix(text))
    }

    /// Of one file.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let mut sum = Self::default();
        sum.add_file(path)?;
        Ok(sum)
    }

    /// Adds bytes.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds the bytes of a file.
    pub(crate) fn add_file(&mut self, path: &Path) -> io::Result<()> {
        let mut file = File::open(path)?;
        let mut part = vec![0u8; 1 << 16];
        loop {
            match file.read(&mut part) {
                Ok(0) => return Ok(()),
                Ok(n) => self.0.update(&part[..n]),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// In hexadecimal digits.
    pub(crate) fn hex(self) -> String {
        self.0.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_files_and_texts_count_alike() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        // FIPS 180-2, appendix B.1.
        let want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let mut parts = Digest::default();
        parts.add(b"a");
        parts.add(b"bc");
        for sum in [parts, Digest::of_text("abc"), Digest::of_file(&path).unwrap()] {
            assert_eq!(sum.hex(), want);
        }
        assert!(Digest::of_file(&dir.path().join("nothing")).is_err());
    }
}
