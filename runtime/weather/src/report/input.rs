//! The input of a report: readings of one station, wherever they come from.

use std::path::Path;
use std::sync::Arc;

use super::note::Note;
use crate::series::Series;
use crate::table::{self, TableError, TableOptions};

/// Readings of one station.
#[derive(Clone, Debug)]
pub struct Input {
    /// What people call the table or store that they are from.
    pub name: String,
    /// The readings.
    pub series: Series,
    /// What a person should know of them, besides the notes of the series.
    pub notes: Vec<Note>,
    /// Latitude and longitude, degrees, where whoever brought the readings knows them.
    pub place: Option<[f64; 2]>,
}

impl Input {
    /// The readings of a table.
    ///
    /// # Errors
    /// As [`table::read`].
    pub fn from_table(path: &Path, options: &TableOptions) -> Result<Self, TableError> {
        let table = table::read(path, options)?;
        let notes = table.notes.into_iter().map(|note| Note::Source(Arc::new(note))).collect();
        let name = path.display().to_string();
        Ok(Self { name, series: table.series, notes, place: table.place })
    }
}
