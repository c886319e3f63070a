//! Deep colour: pictures of three 16-bit channels, as some thermal cameras store their grey.

use ndarray::{Array3, Axis, s};

use crate::frame::Pixels;
use crate::source::error::SourceError;

/// One of three equal channels; real colour of 16 bit is refused.
pub(super) fn grey(name: &str, channels: &Array3<u16>) -> Result<Pixels, SourceError> {
    if channels.lanes(Axis(2)).into_iter().all(|v| v.iter().all(|c| *c == v[0])) {
        return Ok(Pixels::U16(channels.slice(s![.., .., 0..1]).to_owned()));
    }
    Err(SourceError::refused(
        name,
        "it is colour of 16 bit",
        format!("colour has 8 bit: magick \"{name}\" -depth 8 colour.png"),
    ))
}
