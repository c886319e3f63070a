//! Time zones by name, as people write them.

use jiff::tz::TimeZone;

/// A zone that is not known here.
#[derive(Debug, thiserror::Error)]
#[error(
    "zone '{zone}' is not known here; write Europe/Madrid, or a rule as EST5EDT,M3.2.0,M11.1.0"
)]
pub struct UnknownZone {
    /// As named.
    pub zone: String,
    /// Why it is not known.
    pub source: jiff::Error,
}

/// The zone called `name`: an IANA name, or a POSIX rule such as `EST5EDT,M3.2.0,M11.1.0`.
///
/// # Errors
/// [`UnknownZone`] when it is neither.
pub fn named_zone(name: &str) -> Result<TimeZone, UnknownZone> {
    TimeZone::get(name)
        .or_else(|e| TimeZone::posix(name).map_err(|_| e))
        .map_err(|source| UnknownZone { zone: name.to_owned(), source })
}
