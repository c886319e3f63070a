//! Checksums: the file `SHA256SUMS` that lies beside what must not change.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

/// SHA-256 of some bytes, as 64 hex digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as hex digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// File names and hashes of a `SHA256SUMS` as `sha256sum` writes it: hash, two spaces, file name.
///
/// # Errors
/// What is wrong with it, in words: no text, or a line that is something else.
pub fn read(bytes: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is no text".to_owned())?;
    let mut out = BTreeMap::new();
    for (k, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let wrong = || format!("line {}: not \"hash  file\"", k + 1);
        let (hash, file) = line.split_once(char::is_whitespace).ok_or_else(wrong)?;
        let file = file.trim_start().trim_start_matches('*');
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        let is_plain =
            !file.is_empty() && !file.contains(['/', '\\', ' ']) && !file.starts_with('.');
        if !is_hash || !is_plain {
            return Err(wrong());
        }
        out.insert(file.to_owned(), hash.to_ascii_lowercase());
    }
    Ok(out)
}
