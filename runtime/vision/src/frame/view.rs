//! A view of frames that someone else keeps: a whole film, or the newest part of a stream.

use super::frame::Frame;
use crate::grid::Grid;
use crate::kind::Kind;

/// Frames in time order on one grid; all of one shape and one value type.
#[derive(Clone, Copy, Debug)]
pub struct FrameView<'a> {
    /// What the values mean.
    pub kind: Kind,
    /// Where the frames lie.
    pub grid: &'a Grid,
    /// Frames, oldest first.
    pub frames: &'a [Frame],
    /// Index in the stream of the first of them: 0 in a film.
    pub first_index: usize,
}

impl<'a> FrameView<'a> {
    /// Frame `index` of the stream, where it is in view.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&'a Frame> {
        self.frames.get(index.checked_sub(self.first_index)?)
    }

    /// The usual distance between frames, seconds: the median of the differences; 1 of a lone frame.
    #[must_use]
    pub fn step_s(&self) -> f64 {
        let between = |p: &[Frame]| p[1].time.elapsed - p[0].time.elapsed;
        let mut d: Vec<f64> = self.frames.windows(2).map(between).collect();
        if d.is_empty() {
            return 1.0;
        }
        d.sort_by(f64::total_cmp);
        d[d.len() / 2]
    }
}
