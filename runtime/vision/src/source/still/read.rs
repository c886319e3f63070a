//! Reading: the pictures in one file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::facts::Facts;
use super::format::Format;
use super::still::Still;
use super::{jpeg, pgm, png, tiff};
use crate::source::error::SourceError;

/// Bytes of a file in which a JPEG tells when it was taken.
const HEAD_BYTES: u64 = 1 << 17;

/// The pictures in the file `path` of these bytes, at least one; of radiometric ones the picture that
/// is shown where `as_shown`, else its raw values.
///
/// # Errors
/// [`SourceError`] names the file and what to do about it.
pub(in crate::source) fn read(
    path: &Path,
    bytes: &[u8],
    as_shown: bool,
) -> Result<Vec<Still>, SourceError> {
    let name = path.display().to_string();
    match Format::of(bytes) {
        Some(Format::Png) => Ok(vec![png::read(&name, bytes)?]),
        Some(Format::Jpeg) => Ok(vec![jpeg::read(&name, bytes, as_shown)?]),
        Some(Format::Tiff) => tiff::read(&name, bytes),
        Some(Format::Pgm) => Ok(vec![pgm::read(&name, bytes)?]),
        Some(Format::Other(what)) => Err(SourceError::refused(
            &name,
            format!("it is {what}, whatever its name says"),
            format!("make a PNG of it: magick \"{name}\" picture.png"),
        )),
        None if bytes.is_empty() => Err(SourceError::undecodable(&name, "the file is empty")),
        None => Err(SourceError::undecodable(&name, "it is no PNG, JPEG or TIFF")),
    }
}

/// What a file of these `bytes` says besides its pixels; nothing where it cannot be read.
pub(in crate::source) fn facts(bytes: &[u8]) -> Facts {
    match Format::of(bytes) {
        Some(Format::Png) => png::facts_of(bytes),
        Some(Format::Jpeg) => jpeg::peek(bytes),
        Some(Format::Tiff) => tiff::facts_of(bytes),
        _ => Facts::default(),
    }
}

/// What the file `path` says besides its pixels; nothing where it cannot be read.
pub(in crate::source) fn peek(path: &Path) -> Facts {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    match read.ok().and_then(|_| Format::of(&head)) {
        Some(Format::Png) => png::peek(path),
        Some(Format::Jpeg) => jpeg::peek(&head),
        Some(Format::Tiff) => tiff::peek(path),
        _ => Facts::default(),
    }
}
