//! A series: the readings of one station in order of time, and notes on what was done to get there.

mod filler;
mod note;
#[expect(clippy::module_inception, reason = "the room's noun has a file of its own")]
mod series;

pub(crate) use filler::drop_fillers;
pub use note::{SeriesNote, SeriesNoteKind, SeriesNotes};
pub use series::{Series, nearest};
