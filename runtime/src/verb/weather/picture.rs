//! The picture of a station's hours and outlook, as a PNG file of its own.

use std::path::Path;

use anyhow::Context as _;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use emberline::weather::alarm::Alarm;
use emberline::weather::csv::named_zone;
use emberline::weather::outlook::Outlook;
use emberline::weather::reading::Reading;
use emberline::weather::view::View;
use emberline_atomic_file as atomic_file;

use crate::cli::WeatherArgs;

/// Writes `path` whole, over an older picture.
pub(super) fn write(
    path: &Path,
    args: &WeatherArgs,
    readings: &[Reading],
    step: Option<SignedDuration>,
    alarms: &[Alarm],
    outlook: Option<&Outlook>,
) -> anyhow::Result<()> {
    let name = path.display();
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("png")) {
        anyhow::bail!("--picture {name}: only PNG is written; end the name in .png");
    }
    let (Some(first), Some(now)) = (readings.first(), readings.last()) else { return Ok(()) };
    let hours = SignedDuration::from_hours(i64::from(args.hours));
    let from = now.time.checked_sub(hours).map_or(first.time, |t| t.max(first.time));
    let (zone, zone_name) = match &args.zone {
        Some(name) => (named_zone(name)?, name.clone()),
        None => (TimeZone::UTC, "UTC".to_owned()),
    };
    let file = || Path::new(&args.input).file_name().map(|f| f.to_string_lossy().into_owned());
    let title = args.station.clone().or_else(file).unwrap_or_default();
    let view =
        View { title, readings, step, from, now: now.time, alarms, outlook, zone, zone_name };
    let mut png = Vec::new();
    view.png(&mut png).with_context(|| format!("{name}: cannot be drawn"))?;
    // `main` tells the outermost error alone, so that the cause stands in it.
    atomic_file::write(path, &png).map_err(|e| anyhow::anyhow!("{name}: cannot be written: {e}"))
}
