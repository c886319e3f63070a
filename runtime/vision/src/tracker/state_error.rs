//! Why a tracker's state cannot be taken up, kept or used, and what to do about it.

use jiff::Timestamp;

use crate::kind::Kind;
use crate::task::Task;

/// Why a state cannot be taken up, kept or used; the message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The file is there and cannot be read.
    #[error("cannot be read: {0}")]
    Read(std::io::Error),
    /// The file cannot be written.
    #[error("cannot be written: {0}; the forecast itself is in its folder")]
    Write(std::io::Error),
    /// There is no folder for the file, or it is a folder itself.
    #[error("{what}; give a file in a folder that exists")]
    NoPlace {
        /// What is there instead.
        what: &'static str,
    },
    /// It is no state of ours, or not whole.
    #[error("no state of a fire, or a damaged one ({why}); move it away to start anew")]
    Damaged {
        /// What is wrong.
        why: String,
    },
    /// It was written by another version.
    #[error(
        "state of schema {schema} by {made_by}, this program knows {known}; use that program, or move it \
         away to start anew"
    )]
    Schema {
        /// Its schema.
        schema: u32,
        /// The schema that is read.
        known: u32,
        /// What wrote it.
        made_by: String,
    },
    /// It is of another kind of film.
    #[error(
        "state of a {state} film, this one is {film}; say the right ‹kind›, or give each film a ‹state› of \
         its own"
    )]
    Kind {
        /// Kind of the state.
        state: Kind,
        /// Kind of the film.
        film: Kind,
    },
    /// It is of values of another type or unit.
    #[error(
        "state of {state}, this film has {film}; convert the film to the same values, say the same \
         ‹palette›, or give each film a ‹state› of its own"
    )]
    Values {
        /// Values of the state.
        state: String,
        /// Values of the film.
        film: String,
    },
    /// It is of another size or place.
    #[error(
        "state of {state}, this film has {film}; give each camera and view a ‹state› of its own"
    )]
    Grid {
        /// Grid of the state.
        state: String,
        /// Grid of the film.
        film: String,
    },
    /// It is of another step.
    #[error(
        "state of a step of {state_s} s, this forecast has one of {film_s} s; give ‹step› {state_s}, or \
         another ‹state›"
    )]
    Step {
        /// Step of the state, seconds.
        state_s: f64,
        /// Step of the forecast, seconds.
        film_s: f64,
    },
    /// Nobody knows when the film was taken.
    #[error(
        "the film tells no wall times, so its place after the frames of a state is not known; give \
         ‹start-utc› 2026-08-01T12:00:00Z, the time of its first frame"
    )]
    NoTimes,
    /// The film was taken before the state.
    #[error(
        "state of frames up to {until}, the last frame to be seen is of {ends}; give a film that goes on, a \
         later ‹at›, or another ‹state›"
    )]
    Earlier {
        /// Newest frame that the state knows.
        until: Timestamp,
        /// Last frame that the forecast may see.
        ends: Timestamp,
    },
    /// A frame that is not of the state's film.
    #[error("frame of {time} has another size than the frames before")]
    Frame {
        /// Its time.
        time: Timestamp,
    },
    /// What is forecast needs no memory.
    #[error("a forecast of {task} keeps no state; leave ‹state› out")]
    Task {
        /// What is forecast.
        task: Task,
    },
}
