//! EXIF data: how a camera was held and what its clock said.

use exif::{Exif, In, Reader, Tag, Value};
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::facts::Facts;
use super::stamp::Stamp;
use super::turn::Turn;

/// The facts in `bytes`, which begin as a TIFF file does; none of what is damaged.
pub(super) fn facts(bytes: &[u8]) -> Facts {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_raw(bytes.to_vec());
    let Ok(exif) = read.or_else(|e| e.distill_partial_result(|_| ())) else {
        return Facts::default();
    };
    let number = exif.get_field(Tag::Orientation, In::PRIMARY).and_then(|f| f.value.get_uint(0));
    let turn = number.and_then(|n| u16::try_from(n).ok()).map_or(Turn::UPRIGHT, Turn::of);
    Facts { turn, taken: taken(&exif), ..Facts::default() }
}

/// When the shutter opened: `DateTimeOriginal`, with its fraction and its zone where they are there.
/// `DateTime` is the file's own and no time of a frame.
fn taken(exif: &Exif) -> Option<Stamp> {
    let mut time = exif::DateTime::from_ascii(text(exif, Tag::DateTimeOriginal)?).ok()?;
    if let Some(fraction) = text(exif, Tag::SubSecTimeOriginal) {
        time.parse_subsec(fraction).ok();
    }
    if let Some(offset) =
        text(exif, Tag::OffsetTimeOriginal).or_else(|| text(exif, Tag::OffsetTime))
    {
        time.parse_offset(offset).ok();
    }
    let local = DateTime::new(
        i16::try_from(time.year).ok()?,
        i8::try_from(time.month).ok()?,
        i8::try_from(time.day).ok()?,
        i8::try_from(time.hour).ok()?,
        i8::try_from(time.minute).ok()?,
        i8::try_from(time.second.min(59)).ok()?,
        i32::try_from(time.nanosecond.unwrap_or(0)).ok()?,
    );
    let offset = time.offset.and_then(|m| Offset::from_seconds(60 * i32::from(m)).ok());
    Some(Stamp::new(local.ok()?, offset))
}

fn text(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(parts) => parts.first().map(Vec::as_slice),
        _ => None,
    }
}
