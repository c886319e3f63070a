//! A simulator as a source: frames that are painted when they are asked for.

use crate::digest::Digest;
use crate::frame::{Elapsed, Frame, FrameTime, Pixels, TimeSource};
use crate::grid::Grid;
use crate::note::Note;
use crate::source::about::{About, Origin};
use crate::source::deadline::Deadline;
use crate::source::error::SourceError;
use crate::source::source::{Closing, Next, Source};

/// What draws the frames of a simulation, in their order.
pub(super) trait Painter: Send {
    /// Frame `index`.
    fn paint(&mut self, index: usize) -> Pixels;
}

/// A simulation, frame by frame.
pub(super) struct Simulator {
    about: About,
    painter: Box<dyn Painter>,
    /// The next frame, and how many there are.
    at: usize,
    frames: usize,
    step_s: f64,
    digest: String,
}

impl Simulator {
    /// What a simulation of `what` says of itself, but for its kind.
    pub(super) fn about(
        uri: &str,
        what: &'static str,
        address: String,
        [height, width]: [usize; 2],
        cell_m: f64,
    ) -> About {
        let grid = Grid {
            cell_m: Some(cell_m),
            crs: Some("EPSG:32611".into()),
            transform: Some([500_000.0, cell_m, 0.0, 4_100_000.0, 0.0, -cell_m]),
            ..Grid::new(height, width)
        };
        About {
            grid: Some(grid),
            notes: vec![Note::Simulated { what, address }],
            ..About::recorded(uri, Origin::Simulator)
        }
    }

    /// `frames` frames, `step_s` seconds apart; the digest is that of the whole `address`.
    pub(super) fn new(
        about: About,
        address: &str,
        frames: usize,
        step_s: f64,
        painter: Box<dyn Painter>,
    ) -> Self {
        let about = About { step_s: Some(step_s), ..about };
        let digest = Digest::of_text(address).hex();
        Self { about, painter, at: 0, frames, step_s, digest }
    }
}

impl Source for Simulator {
    fn about(&self) -> &About {
        &self.about
    }

    fn next(&mut self, _: Deadline) -> Result<Next, SourceError> {
        if self.at == self.frames {
            return Ok(Next::End);
        }
        let elapsed = Elapsed::counted(self.at, self.step_s);
        let time = FrameTime::since_first(elapsed, TimeSource::Simulated);
        let frame = Frame::new(self.painter.paint(self.at), time);
        self.at += 1;
        Ok(Next::Frame(frame))
    }

    fn finish(self: Box<Self>) -> Closing {
        Closing { digest: Some(self.digest), notes: Vec::new() }
    }
}
