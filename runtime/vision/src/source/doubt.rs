//! Doubt: what looks like weather radar though nothing says so, and is asked about.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::error::SourceError;
use crate::frame::FrameTime;
use crate::grid::Grid;
use crate::radar;

/// Parts of names of radar data, and words.
const PARTS: [&str; 6] = ["precip", "reflectiv", "rainrate", "rainfall", "radar", "dbz"];
const WORDS: [&str; 2] = ["rain", "mmh"];
/// Words of the names of arrays that stand beside a radar's frames and no camera's.
const BESIDE: [&str; 7] = ["db", "mmh", "proj", "proj4", "projdef", "projection", "rain"];
const CELLS: [&str; 2] = ["pixel_km", "cell_km"];
/// Frames of a radar are this far apart at least, and taken at whole minutes.
const APART_S: i64 = 120;
/// Cells from here on are a radar's or a satellite's and no camera's, metres and degrees.
const COARSE_M: f64 = 100.0;
const COARSE_DEGREES: f64 = 0.001;

/// Refuses the input `uri` of which no kind is said where one of `names` is that of rain.
pub(super) fn refuse_named_rain<'a>(
    uri: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<(), SourceError> {
    match names.into_iter().find(|name| names_rain(name)) {
        None => Ok(()),
        Some(name) => Err(SourceError::refused(
            uri,
            format!("'{name}' is a name of rain, and nothing says the kind"),
            "say ‹kind› rain, or thermal where it is a camera's; of radar files ‹unit›",
        )),
    }
}

/// Refuses heat, of which only the values tell the kind, on a map of such large cells.
pub(super) fn refuse_coarse_heat(uri: &str, grid: Option<&Grid>) -> Result<(), SourceError> {
    let Some(t) = grid.and_then(|g| g.transform) else { return Ok(()) };
    let side = t[1].hypot(t[4]);
    let in_degrees = t[0].abs() <= 360.0 && t[3].abs() <= 90.0 && side < 1.0;
    let (coarse, unit) = if in_degrees { (COARSE_DEGREES, "degrees") } else { (COARSE_M, "m") };
    if side < coarse {
        return Ok(());
    }
    Err(ask(uri, &format!("its cells are {side} {unit} wide, as a radar's are")))
}

/// Refuses heat, of which only the values tell the kind, in pictures that look like a radar's for this
/// reason.
pub(super) fn refuse_like_radar(uri: &str, why: Option<&str>) -> Result<(), SourceError> {
    why.map_or(Ok(()), |why| Err(ask(uri, why)))
}

/// Why an archive with arrays of these names beside its frames, which were taken at these times, may be a
/// radar's; `None` where nothing speaks for it.
pub(super) fn like_radar_archive(beside: &[String], times: &[FrameTime]) -> Option<String> {
    let is_told = |name: &&String| {
        let lower = name.to_ascii_lowercase();
        let mut words = lower.split(|c: char| !c.is_alphanumeric());
        CELLS.contains(&lower.as_str())
            || PARTS.iter().any(|part| lower.contains(part))
            || words.any(|word| BESIDE.contains(&word))
    };
    if let Some(name) = beside.iter().find(is_told) {
        return Some(format!("it holds '{name}' beside its frames, as a radar's do"));
    }
    let utc: Vec<Timestamp> = times.iter().map(|t| t.utc).collect::<Option<_>>()?;
    let is_whole = |t: &Timestamp| t.as_second() % 60 == 0 && t.subsec_nanosecond() == 0;
    let least_s = utc.windows(2).map(|p| p[1].as_second() - p[0].as_second()).min()?;
    (utc.iter().all(is_whole) && least_s >= APART_S).then(|| {
        format!("its times are whole minutes, {} min apart, as a radar's are", least_s / 60)
    })
}

fn ask(uri: &str, why: &str) -> SourceError {
    SourceError::refused(
        uri,
        format!("{why}, and nothing says their kind"),
        "say ‹kind› thermal where they hold heat, ‹kind› rain where they are rain, or ‹unit› of radar files",
    )
}

/// Why the pictures `files` may be a radar's; `None` where nothing speaks for it.
pub(super) fn like_radar(files: &[PathBuf]) -> Option<String> {
    let first = files.first()?;
    let tags = radar::tags_of(first);
    let t = tags.as_ref().and_then(|tags| tags.transform);
    if let Some(t) = t.filter(|t| t[1].hypot(t[4]) >= COARSE_M) {
        return Some(format!("its cells are {} m wide, as a radar's are", t[1].hypot(t[4])));
    }
    if tags.is_some_and(|tags| tags.tells_heat()) {
        return None;
    }
    let minutes = radar::whole_minutes(files.iter().map(|f| stem(f)))?;
    Some(match minutes {
        0 => "its name tells a time, as a radar's does".to_owned(),
        minutes => format!("its names tell times {minutes} min apart, as a radar's do"),
    })
}

/// The name of a file without folder and ending.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn names_rain(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    PARTS.iter().any(|part| name.contains(part)) || words.any(|word| WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::TimeSource;

    #[test]
    fn archives_that_look_like_a_radars_are_asked_about() {
        let film = |every_s: i64, first: &str| -> Vec<FrameTime> {
            let first: Timestamp = first.parse().unwrap();
            let at = |k| first + jiff::SignedDuration::from_secs(every_s * k);
            (0..4).map(|k| FrameTime::stamped(at(k), first, TimeSource::Utc)).collect()
        };
        let whole = "2026-08-01T12:00:00Z";
        for (beside, times, asked) in [
            (&["licence", "proj"][..], film(1, whole), true),
            (&["step_db"], film(1, whole), true),
            (&["pixel_km"], film(1, whole), true),
            (&["wind_km_h", "pixel_cm", "source", "env_temp_c"], film(1, whole), false),
            (&[], film(300, whole), true),
            (&[], film(60, whole), false),
            (&[], film(300, "2026-08-01T12:00:07Z"), false),
            (&[], film(300, "2026-08-01T12:00:00.5Z"), false),
        ] {
            let names: Vec<String> = beside.iter().map(|n| (*n).to_owned()).collect();
            assert_eq!(like_radar_archive(&names, &times).is_some(), asked, "{beside:?}");
        }
        assert!(like_radar_archive(&[], &[]).is_none());
    }

    #[test]
    fn names_and_cells_of_radars_are_asked_about() {
        for (name, rain) in [
            ("knmi_rain_2010", true),
            ("PrecipRate_00.00_20190610", true),
            ("radar_1008260140", true),
            ("dBZ", true),
            ("train", false),
            ("terrain_fire", false),
            ("frame0001", false),
        ] {
            assert_eq!(refuse_named_rain("x", [name]).is_err(), rain, "{name}");
        }
        for (transform, asked) in [
            (Some([5e5, 2.0, 0.0, 4e6, 0.0, -2.0]), false),
            (Some([5e5, 1000.0, 0.0, 4e6, 0.0, -1000.0]), true),
            (Some([-97.0, 0.01, 0.0, 40.0, 0.0, -0.01]), true),
            (Some([-97.0, 1e-5, 0.0, 40.0, 0.0, -1e-5]), false),
            (None, false),
        ] {
            let grid = Grid { transform, ..Grid::new(40, 50) };
            assert_eq!(refuse_coarse_heat("x", Some(&grid)).is_err(), asked, "{transform:?}");
        }
    }
}
