//! EXIF data: place, height, time and focal length as the standard has them.

use exif::{Exif, In, Rational, Reader, Tag, Value};

use crate::utc;

/// What EXIF data says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ExifData {
    pub(crate) lat_lon_deg: Option<(f64, f64)>,
    pub(crate) msl_m: Option<f64>,
    pub(crate) ellipsoid_m: Option<f64>,
    /// Seconds since 1970.
    pub(crate) utc_s: Option<f64>,
    /// The local time, where no zone is told.
    pub(crate) local: Option<String>,
    /// Millimetres, as they would be for 35 mm film; `None` where the picture is zoomed by computing.
    pub(crate) focal_35mm: Option<f64>,
    /// Millimetres of the lens itself.
    pub(crate) focal_mm: Option<f64>,
    /// Whether a focal length is told, of use or not.
    pub(crate) tells_focal: bool,
}

/// Reads EXIF data; what is damaged in it is not there.
pub(crate) fn read(bytes: &[u8]) -> ExifData {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_raw(bytes.to_vec());
    let Ok(exif) = read.or_else(|e| e.distill_partial_result(|_| ())) else {
        return ExifData::default();
    };
    let side = |value, reference, minus: u8| {
        let [d, m, s] = rationals(&exif, value)?[..] else { return None };
        let deg = d + m / 60.0 + s / 3600.0;
        let is_minus = ascii(&exif, reference)?.first()?.eq_ignore_ascii_case(&minus);
        Some(if is_minus { -deg } else { deg })
    };
    let first = |tag| {
        let all = rationals(&exif, tag);
        all.and_then(|v| v.first().copied()).filter(|v| v.is_finite())
    };
    let height = first(Tag::GPSAltitude);
    // 0 and 1: above and below sea level; 2 and 3: the ellipsoid.
    let (msl_m, ellipsoid_m) = match byte(&exif, Tag::GPSAltitudeRef).unwrap_or(0) {
        0 => (height, None),
        1 => (height.map(|m| -m), None),
        2 => (None, height),
        3 => (None, height.map(|m| -m)),
        _ => (None, None),
    };
    let local = taken(&exif);
    let zone = ascii(&exif, Tag::OffsetTimeOriginal).and_then(|b| std::str::from_utf8(b).ok());
    let zoned = local.as_ref().zip(zone).map(|(t, zone)| format!("{t}{}", zone.trim()));
    let utc_s = by_satellite(&exif).or_else(|| utc::of_text(&zoned?).ok());
    // 0 says that there is no such zoom.
    let zoomed = first(Tag::DigitalZoomRatio).is_some_and(|z| z != 0.0 && z != 1.0);
    let focal_35mm = exif
        .get_field(Tag::FocalLengthIn35mmFilm, In::PRIMARY)
        .and_then(|f| f.value.get_uint(0))
        .map(f64::from)
        .filter(|mm| *mm > 0.0);
    ExifData {
        lat_lon_deg: side(Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S').zip(side(
            Tag::GPSLongitude,
            Tag::GPSLongitudeRef,
            b'W',
        )),
        msl_m,
        ellipsoid_m,
        local: if utc_s.is_some() { None } else { local },
        utc_s,
        focal_35mm: focal_35mm.filter(|_| !zoomed),
        focal_mm: first(Tag::FocalLength).filter(|mm| *mm > 0.0),
        tells_focal: focal_35mm.is_some(),
    }
}

/// The time that satellites tell, UTC.
fn by_satellite(exif: &Exif) -> Option<f64> {
    let date = std::str::from_utf8(ascii(exif, Tag::GPSDateStamp)?).ok()?.trim().replace(':', "-");
    let [h, m, s] = rationals(exif, Tag::GPSTimeStamp)?[..] else { return None };
    if !(0.0..24.0).contains(&h) || !(0.0..60.0).contains(&m) || !(0.0..61.0).contains(&s) {
        return None;
    }
    let midnight = utc::of_text(&format!("{date}T00:00:00Z")).ok()?;
    utc::plausible(midnight + h * 3600.0 + m * 60.0 + s)
}

/// When the picture was taken, by the camera's own clock.
fn taken(exif: &Exif) -> Option<String> {
    let time = exif::DateTime::from_ascii(ascii(exif, Tag::DateTimeOriginal)?).ok()?;
    let part = ascii(exif, Tag::SubSecTimeOriginal).and_then(|b| std::str::from_utf8(b).ok());
    let part: String = part.unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    let point = if part.is_empty() { "" } else { "." };
    let text = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{point}{part}",
        time.year, time.month, time.day, time.hour, time.minute, time.second
    );
    text.parse::<jiff::civil::DateTime>().ok().map(|_| text)
}

fn rationals(exif: &Exif, tag: Tag) -> Option<Vec<f64>> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Rational(all) => Some(all.iter().map(Rational::to_f64).collect()),
        _ => None,
    }
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(all) => all.first().map(Vec::as_slice),
        _ => None,
    }
}

fn byte(exif: &Exif, tag: Tag) -> Option<u8> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Byte(all) => all.first().copied(),
        _ => None,
    }
}
