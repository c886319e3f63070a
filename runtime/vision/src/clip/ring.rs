//! The ring: the newest frames of a stream, so that one of any length runs in constant memory.

use super::options::ClipOptions;
use crate::frame::{Frame, FrameView, Kind};
use crate::grid::Grid;

/// Most bytes of frames that a ring holds unless told otherwise.
const BYTES: u64 = 1 << 30;

/// How much of a stream is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingBounds {
    /// Most frames.
    pub frames: usize,
    /// Most bytes of their values.
    pub bytes: u64,
}

impl RingBounds {
    /// What a clip of `options` needs of a stream with a frame every `source_step_s` seconds: the
    /// clip, the step before it, and two frames for clocks that are not even; at most a gibibyte.
    #[must_use]
    pub fn for_clip(options: &ClipOptions, source_step_s: f64) -> Self {
        let step_s = options.step_s.unwrap_or(source_step_s);
        let a_step = (step_s / source_step_s).ceil().max(1.0);
        let a_step = if a_step.is_finite() { a_step as usize } else { 1 };
        let frames = options.frames.saturating_add(1).saturating_mul(a_step).saturating_add(2);
        Self { frames, bytes: BYTES }
    }
}

/// Why a frame does not go into a ring.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RingError {
    /// Another size or type than the frames before.
    #[error("frame {index} has another size or type than the one before")]
    Unlike {
        /// Index of the frame in the stream.
        index: usize,
    },
    /// Not later than the newest frame.
    #[error("frame {index} is not later than the one before")]
    Late {
        /// Index of the frame in the stream.
        index: usize,
    },
}

/// The newest frames of a stream.
#[derive(Clone, Debug)]
pub struct Ring {
    kind: Kind,
    /// Settled by the first frame where the source does not tell it.
    grid: Option<Grid>,
    bounds: RingBounds,
    frames: Vec<Frame>,
    /// Index in the stream of the first of them.
    first_index: usize,
    bytes: u64,
}

impl Ring {
    /// A ring without frames, for a stream of this kind and, where that is known, on this grid.
    #[must_use]
    pub fn new(kind: Kind, grid: Option<Grid>, bounds: RingBounds) -> Self {
        Self { kind, grid, bounds, frames: Vec::new(), first_index: 0, bytes: 0 }
    }

    /// Takes the next frame of the stream in, and lets go of the oldest that are too much; the
    /// newest always stays.
    ///
    /// # Errors
    /// [`RingError`] when the frame does not follow the one before; it is not taken in, and counts
    /// in no index.
    pub fn push(&mut self, frame: Frame) -> Result<(), RingError> {
        let index = self.first_index + self.frames.len();
        if let Some(last) = self.frames.last() {
            let like = std::mem::discriminant(&*last.pixels)
                == std::mem::discriminant(&*frame.pixels)
                && last.pixels.shape() == frame.pixels.shape();
            if !like {
                return Err(RingError::Unlike { index });
            }
            if frame.time.elapsed <= last.time.elapsed {
                return Err(RingError::Late { index });
            }
        }
        let [height, width, _] = frame.pixels.shape();
        self.grid.get_or_insert_with(|| Grid::new(height, width));
        self.bytes += frame.pixels.bytes();
        self.frames.push(frame);
        let (mut old, most) = (0, self.bounds.frames.max(1));
        while self.frames.len() - old > 1
            && (self.frames.len() - old > most || self.bytes > self.bounds.bytes)
        {
            self.bytes -= self.frames[old].pixels.bytes();
            old += 1;
        }
        self.frames.drain(..old);
        self.first_index += old;
        Ok(())
    }

    /// The frames at hand; `None` before the first.
    #[must_use]
    pub fn view(&self) -> Option<FrameView<'_>> {
        let grid = self.grid.as_ref().filter(|_| !self.frames.is_empty())?;
        let (frames, first_index) = (self.frames.as_slice(), self.first_index);
        Some(FrameView { kind: self.kind, grid, frames, first_index })
    }

    /// Index in the stream of the newest frame.
    #[must_use]
    pub fn newest(&self) -> Option<usize> {
        (self.first_index + self.frames.len()).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::clip::{Clip, NoClip};
    use crate::frame::{Elapsed, Film, FrameTime, Pixels, TimeSource};

    fn frame(i: usize) -> Frame {
        let grey = Array3::from_shape_fn((32, 40, 1), |(y, x, _)| {
            if (8..24).contains(&y) && (4..8 + i % 24).contains(&x) { 200 } else { 20 }
        });
        let time = FrameTime::since_first(Elapsed::counted(i, 10.0), TimeSource::Host);
        Frame::new(Pixels::U8(grey), time)
    }

    #[test]
    fn the_newest_frames_stay() {
        let bytes = 32 * 40;
        for (bounds, kept) in [
            (RingBounds { frames: 5, bytes: u64::MAX }, 5),
            (RingBounds { frames: 50, bytes: 3 * bytes + 7 }, 3),
            (RingBounds { frames: 50, bytes: 0 }, 1),
            (RingBounds { frames: 0, bytes: u64::MAX }, 1),
        ] {
            let mut ring = Ring::new(Kind::Thermal, None, bounds);
            assert!(ring.view().is_none() && ring.newest().is_none());
            for i in 0..20 {
                ring.push(frame(i)).unwrap();
                let view = ring.view().unwrap();
                assert_eq!(view.frames.len(), kept.min(i + 1), "{bounds:?}");
                assert_eq!(view.first_index + view.frames.len(), i + 1);
                assert_eq!(view.get(i).unwrap().time_s(), i as f64 * 10.0);
                assert_eq!(ring.newest(), Some(i));
            }
            assert_eq!(*ring.view().unwrap().grid, Grid::new(32, 40));
        }
    }

    #[test]
    fn a_clip_of_the_ring_is_that_of_the_whole_film() {
        let film = Film {
            kind: Kind::Thermal,
            frames: (0..60).map(frame).collect(),
            grid: Grid::new(32, 40),
            name: "made-up".into(),
            digest: String::new(),
            notes: Vec::new(),
        };
        let options = ClipOptions::fire(6, Some(25.0));
        let bounds = RingBounds::for_clip(&options, film.step_s());
        assert_eq!(bounds.frames, 7 * 3 + 2);
        let mut ring = Ring::new(film.kind, Some(film.grid.clone()), bounds);
        for (at, frame) in film.frames.iter().enumerate() {
            ring.push(frame.clone()).unwrap();
            let ours = Clip::ending(ring.view().unwrap(), at, &options);
            match (ours, Clip::ending(&film, at, &options)) {
                (Ok(ours), Ok(all)) => {
                    assert_eq!((ours.frames, ours.picked), (all.frames, all.picked));
                    assert_eq!((ours.end, ours.end_utc), (all.end, all.end_utc));
                    assert_eq!(ours.pixels, all.pixels);
                }
                (Err(NoClip::TooShort { .. }), Err(NoClip::TooShort { .. })) if at < 13 => {}
                (ours, all) => panic!("{at}: {ours:?} is not {all:?}"),
            }
        }
        let gone = Clip::ending(ring.view().unwrap(), 3, &options).unwrap_err().to_string();
        assert_eq!(gone, "frame 3 is not in the film: ‹at› counts from 37 to 59");
    }

    #[test]
    fn frames_that_do_not_follow_are_refused_and_the_rest_stays() {
        let mut ring = Ring::new(Kind::Thermal, None, RingBounds { frames: 5, bytes: u64::MAX });
        ring.push(frame(1)).unwrap();
        assert_eq!(ring.push(frame(1)), Err(RingError::Late { index: 1 }));
        assert_eq!(ring.push(frame(0)), Err(RingError::Late { index: 1 }));
        let small = Pixels::U8(Array3::zeros((32, 32, 1)));
        let deep = Pixels::U16(Array3::zeros((32, 40, 1)));
        for pixels in [small, deep] {
            let other = Frame::new(pixels, frame(2).time);
            assert_eq!(ring.push(other), Err(RingError::Unlike { index: 1 }));
        }
        ring.push(frame(2)).unwrap();
        assert_eq!(ring.newest(), Some(1));
    }
}
