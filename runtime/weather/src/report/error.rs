//! Why there is no report.

use std::io;
use std::path::PathBuf;

use emberline_fwi::Refused;
use jiff::Timestamp;

use crate::fire_weather::MemoryError;
use crate::outlook::{ClockDoubt, ModelError};
use crate::rain::RainDoubt;
use crate::zone::UnknownZone;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// There is no reading.
    #[error("{name}: holds no readings; give a table with rows")]
    Empty {
        /// What people call the input.
        name: String,
    },
    /// Every reading is later than now.
    #[error(
        "{name}: every reading is later than now ({first} and on, now is {now} by this machine's clock); set \
         right whichever clock is wrong"
    )]
    AllAhead {
        /// What people call the input.
        name: String,
        /// The first reading.
        first: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// Its rain looks like something else than rain since the last row.
    #[error("{name}: {doubt}")]
    Rain {
        /// What people call the input.
        name: String,
        /// What is doubtful, and what to say.
        doubt: RainDoubt,
    },
    /// Its days are warm at the wrong time, and nobody named a zone.
    #[error("{name}: {doubt}: set it right, or give ‹zone› UTC to take the times as they are")]
    Clock {
        /// What people call the input.
        name: String,
        /// What is doubtful.
        doubt: ClockDoubt,
    },
    /// The model of the outlook cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The zone is not known.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// The state of fire weather cannot be read or written.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// The fire weather index refuses the place or a day.
    #[error(transparent)]
    FireWeather(#[from] Refused),
    /// The picture would not be PNG.
    #[error("‹picture› {}: only PNG is written; end the name in .png", path.display())]
    NotPng {
        /// As named.
        path: PathBuf,
    },
    /// The picture cannot be made.
    #[error("{}: cannot be drawn", path.display())]
    Drawing {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The picture cannot be written.
    #[error("{}: cannot be written: {cause}", path.display())]
    Writing {
        /// The file.
        path: PathBuf,
        /// Why; it stands in the message.
        cause: io::Error,
    },
}
