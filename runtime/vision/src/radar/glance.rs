//! A glance at one radar file: when its frames are of and how they lie, for who chooses among files that come one by
//! one.

use std::path::Path;

use jiff::Timestamp;

use super::clock;
use super::error::RadarError;
use super::files;
use super::format::{Format, Found};
use super::layout::Layout;
use super::options::RadarOptions;
use super::sequence::{check_sides, stamps, utc};

/// What is known of a radar file once it was read.
#[derive(Clone, Debug)]
pub struct RadarGlance {
    name: String,
    frames: usize,
    newest: Timestamp,
    format: Format,
    layout: Layout,
}

impl RadarGlance {
    /// Reads the file `path`; `None` where it is no radar file, or holds a forecast.
    ///
    /// # Errors
    /// [`RadarError`] as of a film, and of frames that tell no time.
    pub fn at(path: &Path, options: &RadarOptions) -> Result<Option<Self>, RadarError> {
        let Some(format) = Format::of(path) else { return Ok(None) };
        let name = path.display().to_string();
        let bytes = files::read(path)?;
        let Found::Scans(scans) = format.scans(&name, &bytes, options)? else { return Ok(None) };
        scans.iter().try_for_each(check_sides)?;
        stamps(&scans, false)?;
        let newest = scans.iter().filter_map(utc).max();
        let (Some(first), Some(newest)) = (scans.first(), newest) else { return Ok(None) };
        let layout = Layout::of(first);
        for scan in &scans {
            layout.agrees_with(&Layout::of(scan))?;
        }
        Ok(Some(Self { name, frames: scans.len(), newest, format, layout }))
    }

    /// Time of its newest frame.
    #[must_use]
    pub fn newest(&self) -> Timestamp {
        self.newest
    }

    /// How many frames it holds.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Whether frames of `other` can stand in one film with those of this file.
    ///
    /// # Errors
    /// [`RadarError::Refused`] says how `other` differs.
    pub fn goes_with(&self, other: &Self) -> Result<(), RadarError> {
        if self.format != other.format {
            return Err(RadarError::refused(
                &other.name,
                format!(
                    "it is {}, but {} is {}",
                    other.format.name(),
                    self.name,
                    self.format.name()
                ),
                "put frames of one format into a folder",
            ));
        }
        self.layout.agrees_with(&other.layout).map(|_| ())
    }
}

/// Whether a file may be a radar's, by its name or first bytes.
#[must_use]
pub fn is_radar_file(path: &Path) -> bool {
    Format::of(path).is_some()
}

/// The time that the name of a file tells for sure.
#[must_use]
pub fn time_in_name(name: &str) -> Option<Timestamp> {
    clock::of_name(name, None).ok().flatten().map(|(utc, _)| utc)
}
