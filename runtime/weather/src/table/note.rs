//! Notes of a table: what a person should know of how its columns and cells were understood.

use std::fmt;

use crate::rain_kind::RainKind;

/// How columns and cells of a table were understood.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableNote {
    /// Units are those of a format, since the columns do not name them.
    Format {
        /// Its word.
        word: &'static str,
    },
    /// Rain that is no rain since the last row.
    Rain {
        /// The column.
        column: String,
        /// What it is.
        kind: RainKind,
    },
    /// Humidity told as a share of 1.
    Fraction {
        /// The column.
        column: String,
    },
    /// Humidity just above 100 %, taken as 100.
    Saturated {
        /// How many values.
        values: usize,
    },
    /// Rain just below 0, taken as none.
    NoiseOfRain {
        /// How many values.
        values: usize,
    },
    /// Rain too little to be measured, taken as none.
    Trace {
        /// How many values.
        values: usize,
    },
    /// Humidity worked out from temperature and dew point.
    FromDewPoint {
        /// The column of the dew point.
        column: String,
    },
    /// Dates whose day comes first, because a number above 12 stands there.
    DayFirst {
        /// A date that proves it.
        proof: String,
    },
    /// Dates whose month comes first, because a number above 12 stands behind it.
    MonthFirst {
        /// A date that proves it.
        proof: String,
    },
    /// Rows of a date alone.
    Daily {
        /// How many.
        rows: usize,
    },
    /// States of sensors that change one at a time, put together every ten minutes.
    Held {
        /// How many states.
        states: usize,
    },
    /// A file of a folder that is no table.
    NotATable {
        /// How many.
        files: usize,
        /// The first.
        first: String,
    },
    /// Which place the table says it is of.
    Place {
        /// Latitude, as written.
        latitude: String,
        /// Longitude, as written.
        longitude: String,
    },
}

impl TableNote {
    /// Adds a note of one more file: what was said already is counted on, or said once.
    pub(super) fn add_to(self, notes: &mut Vec<Self>) {
        for note in notes.iter_mut() {
            match (note, &self) {
                (Self::Saturated { values: all }, Self::Saturated { values })
                | (Self::NoiseOfRain { values: all }, Self::NoiseOfRain { values })
                | (Self::Trace { values: all }, Self::Trace { values })
                | (Self::Daily { rows: all }, Self::Daily { rows: values })
                | (Self::Held { states: all }, Self::Held { states: values }) => {
                    *all += values;
                    return;
                }
                (Self::DayFirst { .. }, Self::DayFirst { .. })
                | (Self::MonthFirst { .. }, Self::MonthFirst { .. }) => return,
                (said, new) if said == new => return,
                _ => {}
            }
        }
        notes.push(self);
    }
}

impl fmt::Display for TableNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = |n: usize| if n == 1 { "" } else { "s" };
        match self {
            Self::Format { word } => {
                write!(f, "units are those of the format {word}, by its columns")
            }
            Self::Rain { column, kind } => write!(f, "column '{column}' is read as {kind}"),
            Self::Fraction { column } => {
                write!(f, "column '{column}' holds nothing above 1: read as a share, 1 for 100 %")
            }
            Self::Saturated { values } => {
                write!(
                    f,
                    "{values} value{} of humidity above 100 %, to 105, taken as 100",
                    s(*values)
                )
            }
            Self::NoiseOfRain { values } => {
                write!(f, "{values} value{} of rain just below 0 taken as 0", s(*values))
            }
            Self::Trace { values } => {
                write!(f, "{values} trace{} of rain, too little to measure, taken as 0", s(*values))
            }
            Self::FromDewPoint { column } => {
                write!(
                    f,
                    "humidity is worked out from the temperature and the dew point '{column}'"
                )
            }
            Self::DayFirst { proof } => write!(f, "dates are read day first, by '{proof}'"),
            Self::MonthFirst { proof } => write!(f, "dates are read month first, by '{proof}'"),
            Self::Daily { rows } => write!(
                f,
                "{rows} row{} of a date alone: read at noon of standard time, with the rain of the 24 h before",
                s(*rows)
            ),
            Self::Held { states } => write!(
                f,
                "{states} states that change one at a time: put together every 10 min, each held until the \
                 next, for 2 h at most"
            ),
            Self::NotATable { files, first } => {
                write!(
                    f,
                    "{files} file{} of the folder not read, no table by name (first: {first})",
                    s(*files)
                )
            }
            Self::Place { latitude, longitude } => {
                write!(f, "the table says it is of {latitude},{longitude}: ‹at› is that")
            }
        }
    }
}
