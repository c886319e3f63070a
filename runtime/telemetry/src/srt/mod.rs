//! Subtitles of DJI (`.SRT`): a line of telemetry for each frame or second of a film.

mod cue;
mod field;
mod reader;

pub(crate) use cue::is_subtitles;
pub(crate) use reader::read;
