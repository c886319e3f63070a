//! The input of a report: readings of one station, wherever they come from.

use std::path::Path;

use super::note::Note;
use crate::csv::{self, CsvError, CsvOptions};
use crate::series::Series;

/// Readings of one station.
#[derive(Clone, Debug)]
pub struct Input {
    /// What people call the table or store that they are from.
    pub name: String,
    /// The readings.
    pub series: Series,
    /// What a person should know of them, besides the notes of the series.
    pub notes: Vec<Note>,
}

impl Input {
    /// The readings of a table.
    ///
    /// # Errors
    /// As [`csv::read`].
    pub fn from_table(path: &Path, options: &CsvOptions) -> Result<Self, CsvError> {
        let series = csv::read(path, options)?;
        Ok(Self { name: path.display().to_string(), series, notes: Vec::new() })
    }
}
