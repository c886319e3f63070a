//! Films: recorded inputs, whole.

use jiff::Timestamp;

use super::frame::Frame;
use super::time::TimeSource;
use super::view::FrameView;
use crate::grid::Grid;
use crate::kind::Kind;
use crate::note::Note;

/// A recorded input, whole: frames in time order on one grid.
#[derive(Clone, Debug)]
pub struct Film {
    /// What the values mean.
    pub kind: Kind,
    /// Frames, oldest first, all of one shape and one value type.
    pub frames: Vec<Frame>,
    /// Where the frames lie.
    pub grid: Grid,
    /// What was read: path or `sim:` address, as typed.
    pub name: String,
    /// SHA-256 of the input's bytes (files in name order), hex; of the address for simulators.
    pub digest: String,
    /// Things a person should know about this input.
    pub notes: Vec<Note>,
}

impl Film {
    /// Where the times of the frames come from.
    #[must_use]
    pub fn time_source(&self) -> TimeSource {
        self.frames.first().map_or(TimeSource::Assumed, |frame| frame.time.source)
    }

    /// Wall time of the first frame, where the source tells it.
    #[must_use]
    pub fn start_utc(&self) -> Option<Timestamp> {
        self.frames.first()?.time.utc
    }

    /// The usual distance between frames, seconds: the median of the differences.
    #[must_use]
    pub fn step_s(&self) -> f64 {
        self.view().step_s()
    }

    /// All frames.
    #[must_use]
    pub fn view(&self) -> FrameView<'_> {
        self.into()
    }
}

impl<'a> From<&'a Film> for FrameView<'a> {
    fn from(film: &'a Film) -> Self {
        Self { kind: film.kind, grid: &film.grid, frames: &film.frames, first_index: 0 }
    }
}
