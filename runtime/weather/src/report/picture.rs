//! The picture of a report, as a file of its own.

use std::path::Path;

use emberline_atomic_file as atomic_file;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::error::ReportError;
use super::options::WeatherOptions;
use crate::alarm::Alarm;
use crate::outlook::Outlook;
use crate::picture::{View, write_png};
use crate::reading::Reading;
use crate::zone::named_zone;

/// What is drawn.
pub(super) struct Drawn<'a> {
    /// What people call the input.
    pub(super) name: &'a str,
    pub(super) readings: &'a [Reading],
    pub(super) step: Option<SignedDuration>,
    pub(super) alarms: &'a [Alarm],
    pub(super) outlook: Option<&'a Outlook>,
}

/// Writes the picture `path` whole, over an older one.
pub(super) fn write(
    path: &Path,
    drawn: &Drawn<'_>,
    options: &WeatherOptions,
) -> Result<(), ReportError> {
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("png")) {
        return Err(ReportError::NotPng { path: path.to_owned() });
    }
    let Drawn { name, readings, step, alarms, outlook } = *drawn;
    let (Some(first), Some(now)) = (readings.first(), readings.last()) else { return Ok(()) };
    let hours = SignedDuration::from_hours(i64::from(options.hours));
    let from = now.time.checked_sub(hours).map_or(first.time, |t| t.max(first.time));
    let (zone, zone_name) = match &options.zone {
        Some(name) => (named_zone(name)?, name.clone()),
        None => (TimeZone::UTC, "UTC".to_owned()),
    };
    let file = || Path::new(name).file_name().map(|f| f.to_string_lossy().into_owned());
    let title = options.station.clone().or_else(file).unwrap_or_default();
    let now = now.time;
    let view = View { title, readings, step, from, now, alarms, outlook, zone, zone_name };
    let mut png = Vec::new();
    let path = || path.to_owned();
    write_png(&view, &mut png).map_err(|source| ReportError::Drawing { path: path(), source })?;
    atomic_file::write(&path(), &png).map_err(|cause| ReportError::Writing { path: path(), cause })
}
