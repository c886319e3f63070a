//! Time zones by name, as people write them.

use jiff::tz::{Offset, TimeZone};

/// A zone that is not known here.
#[derive(Debug, thiserror::Error)]
#[error(
    "zone '{zone}' is not known here; write Europe/Madrid, an offset as +02:00, or a rule as \
     EST5EDT,M3.2.0,M11.1.0"
)]
pub struct UnknownZone {
    /// As named.
    pub zone: String,
    /// Why it is not known.
    pub source: jiff::Error,
}

/// The zone called `name`: an IANA name, an offset east of Greenwich such as `+02:00`, `-5`, `UTC+1` or
/// `GMT-03:30`, or a POSIX rule such as `EST5EDT,M3.2.0,M11.1.0`.
///
/// `UTC+1` is one hour **east**, as everybody but POSIX has it.
///
/// # Errors
/// [`UnknownZone`] when it is none of these.
pub fn named_zone(name: &str) -> Result<TimeZone, UnknownZone> {
    if let Some(offset) = fixed(name.trim()) {
        return Ok(TimeZone::fixed(offset));
    }
    // POSIX would take UTC+15 for fifteen hours west.
    let is_offset =
        name.get(..3).is_some_and(|n| ["utc", "gmt"].contains(&n.to_lowercase().as_str()))
            && name[3..].trim_start().starts_with(['+', '-']);
    TimeZone::get(name)
        .or_else(|e| if is_offset { Err(e) } else { TimeZone::posix(name).map_err(|_| e) })
        .map_err(|source| UnknownZone { zone: name.to_owned(), source })
}

/// `+02:00`, `+0200`, `+2`, `UTC+1`, `UTC-05:30`; a sign must be there.
fn fixed(name: &str) -> Option<Offset> {
    let behind =
        ["utc", "gmt", "UTC", "GMT", "Utc"].iter().find_map(|word| name.strip_prefix(word));
    let text = behind.unwrap_or(name).trim_start().replace('\u{2212}', "-");
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((h, m)) if m.len() == 2 => (h, m),
        Some(_) => return None,
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let is_number = |t: &str| (1..=2).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) {
        return None;
    }
    let (h, m): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if h > 14 || m > 59 {
        return None;
    }
    Offset::from_seconds(sign * (h * 3600 + m * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn an_offset_is_east_where_its_sign_is_plus() {
        for (name, hours) in [
            ("+02:00", 2.0),
            ("+0200", 2.0),
            ("+2", 2.0),
            ("-05:00", -5.0),
            ("UTC+1", 1.0),
            ("GMT+1", 1.0),
            ("UTC-5", -5.0),
            ("UTC+05:30", 5.5),
            ("Etc/GMT+5", -5.0),
            ("EST5EDT,M3.2.0,M11.1.0", -5.0),
            ("UTC", 0.0),
        ] {
            // Needs the machine's time zone files for the IANA name.
            let Ok(zone) = named_zone(name) else {
                assert!(name.contains('/'), "{name}");
                continue;
            };
            let winter: Timestamp = "2026-01-15T12:00:00Z".parse().unwrap();
            let got = f64::from(zone.to_offset(winter).seconds()) / 3600.0;
            assert!((got - hours).abs() < 1e-9, "{name}: {got}");
        }
        for name in ["UTC+15", "+1:5", "+123", "UTC+", "Mars/Olympus", "+02:60"] {
            assert!(named_zone(name).is_err(), "{name}");
        }
    }
}
