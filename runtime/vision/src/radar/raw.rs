//! What a reader takes out of one radar file.

use jiff::Timestamp;
use ndarray::Array2;

use super::error::RadarError;
use super::options::RadarOptions;
use super::unit::{RadarUnit, is_sum};
use crate::note::Note;

/// What a reader takes out of a file.
#[derive(Debug)]
pub(super) struct Raw {
    /// The file, for messages.
    pub(super) name: String,
    /// Values `[H, W]` in `unit`, row 0 north; NaN no data, [`RadarUnit::dry`] seen and no rain.
    pub(super) values: Array2<f32>,
    pub(super) unit: RadarUnit,
    /// The time that the file itself tells.
    pub(super) utc: Option<Timestamp>,
    pub(super) crs: Option<String>,
    pub(super) transform: Option<[f64; 6]>,
    /// How far each cell can be trusted `[H, W]`, 0 to 1 and NaN untold; read only where asked for.
    pub(super) quality: Option<Array2<f32>>,
    /// Things a person should know of this file.
    pub(super) notes: Vec<Note>,
}

/// As [`settle_unit`], of a file that says its unit in `words`, known or not.
pub(super) fn settle_unit_of(
    name: &str,
    found: Option<RadarUnit>,
    words: Option<&str>,
    options: &RadarOptions,
    notes: &mut Vec<Note>,
) -> Result<RadarUnit, RadarError> {
    match (found, options.unit, words) {
        (None, None, Some(words)) => {
            let why = match is_sum(words) {
                true => "which does not say over what time",
                false => "which is not known as one of rain",
            };
            Err(RadarError::refused(
                name,
                format!("its unit is '{words}', {why}"),
                "say it with ‹unit›: dBZ, mm/h or \"mm in 5 min\"",
            ))
        }
        _ => settle_unit(name, found, options, notes),
    }
}

/// The unit of file `name`, from what it says and what was asked for; never guessed.
pub(super) fn settle_unit(
    name: &str,
    found: Option<RadarUnit>,
    options: &RadarOptions,
    notes: &mut Vec<Note>,
) -> Result<RadarUnit, RadarError> {
    match (found, options.unit) {
        (Some(found), Some(asked)) if found != asked => {
            let (found, text) = (found.to_string(), asked.to_string());
            notes.push(Note::UnitOverridden { found, asked: text });
            Ok(asked)
        }
        (Some(unit), _) | (None, Some(unit)) => Ok(unit),
        (None, None) => {
            let picture = match name.to_ascii_lowercase().ends_with(".pgm") {
                true => "; or ‹kind› thermal where it is a picture of a thermal camera",
                false => "",
            };
            Err(RadarError::refused(
                name,
                "the file does not say what its values are",
                format!("say it with ‹unit›: dBZ, mm/h or \"mm in 5 min\"{picture}"),
            ))
        }
    }
}
