//! A stream that is watched: its newest frames, and what all its frames so far have shown of a fire.

use super::clip::Clip;
use super::options::ClipOptions;
use super::refusal::NoClip;
use super::ring::{Ring, RingBounds, RingError};
use crate::frame::{Frame, Kind};
use crate::grid::Grid;
use crate::task::Task;
use crate::tracker::Tracker;

/// The ring of a stream with a tracker that sees every frame, those that the ring has let go of included.
#[derive(Clone, Debug)]
pub struct Watched {
    kind: Kind,
    options: ClipOptions,
    step_s: f64,
    ring: Ring,
    /// Of fire films, from the first frame on.
    tracker: Option<Tracker>,
}

impl Watched {
    /// A stream without frames, of this kind and, where that is known, on this grid, with a frame every
    /// `source_step_s` seconds; clips of it are as `options` say.
    #[must_use]
    pub fn new(kind: Kind, grid: Option<Grid>, options: ClipOptions, source_step_s: f64) -> Self {
        let step_s = options.step_s.unwrap_or(source_step_s);
        let ring = Ring::new(kind, grid, RingBounds::for_clip(&options, source_step_s));
        Self { kind, options, step_s, ring, tracker: None }
    }

    /// The same, where `tracker` has followed the stream up to here: its times are the stream's.
    #[must_use]
    pub fn after(self, tracker: Tracker) -> Self {
        Self { tracker: Some(tracker), ..self }
    }

    /// Takes the next frame of the stream in.
    ///
    /// # Errors
    /// [`RingError`] when the frame does not follow the one before; it is not taken in.
    pub fn push(&mut self, frame: Frame) -> Result<(), RingError> {
        let seen = frame.clone();
        self.ring.push(frame)?;
        if self.options.task == Task::FireFront {
            let [height, width, _] = seen.pixels.shape();
            let start = || Tracker::new(self.kind, [height, width], self.step_s);
            self.tracker.get_or_insert_with(start).feed(&seen);
        }
        Ok(())
    }

    /// The clip that ends at the newest frame; `None` before the first.
    ///
    /// # Errors
    /// [`NoClip`] as of [`Clip::ending`].
    pub fn clip(&self) -> Option<Result<Clip, NoClip>> {
        let (view, newest) = self.ring.view().zip(self.ring.newest())?;
        let frame = view.get(newest)?;
        let tracker = self.tracker.as_ref().map(|tracker| tracker.with(frame));
        Some(Clip::ending_after(view, newest, &self.options, tracker.as_deref()))
    }

    /// The newest frames.
    #[must_use]
    pub fn ring(&self) -> &Ring {
        &self.ring
    }

    /// What all frames so far have shown of a fire.
    #[must_use]
    pub fn tracker(&self) -> Option<&Tracker> {
        self.tracker.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, Axis};

    use super::*;
    use crate::clip::Observed;
    use crate::frame::{Elapsed, Film, FrameTime, Pixels, TimeSource};

    const FRAMES: usize = 90;

    /// A fire that runs to the right and is cold after six frames, with or without warm rocks below.
    fn frame(k: usize, every_s: f64, rocks: bool) -> Frame {
        let grey = Array3::from_shape_fn((40, 64, 1), |(y, x, _)| {
            let burning = (8..20).contains(&y) && (k / 2..k / 2 + 4).contains(&x);
            let base = ((7 * y + 13 * x) % 9) as u8;
            base + match () {
                () if burning => 230,
                () if rocks && y > 33 => 130,
                () => 15,
            }
        });
        let time = FrameTime::since_first(Elapsed::counted(k, every_s), TimeSource::Host);
        Frame::new(Pixels::U8(grey), time)
    }

    #[test]
    fn a_stream_longer_than_its_ring_has_the_burnt_ground_of_the_whole_film() {
        for (every_s, step_s, rocks) in
            [(10.0, 10.0, true), (10.0, 10.0, false), (10.0, 25.0, true), (1.0, 8.0, true)]
        {
            let film = Film {
                kind: Kind::Thermal,
                frames: (0..FRAMES).map(|k| frame(k, every_s, rocks)).collect(),
                grid: Grid::new(40, 64),
                name: "made-up".into(),
                digest: String::new(),
                notes: Vec::new(),
            };
            let options = ClipOptions::fire(4, Some(step_s));
            let mut watched = Watched::new(film.kind, None, options, every_s);
            assert!(watched.clip().is_none());
            let mut clips = 0;
            for (at, frame) in film.frames.iter().enumerate() {
                watched.push(frame.clone()).unwrap();
                let ours = watched.clip().unwrap();
                let (Ok(ours), Ok(all)) = (ours, Clip::ending(&film, at, &options)) else {
                    continue;
                };
                let (Observed::Fire(ours), Observed::Fire(all)) = (ours.observed, all.observed)
                else {
                    panic!("a fire");
                };
                assert_eq!(ours.burnt, all.burnt, "{every_s} s, step {step_s} s, frame {at}");
                assert_eq!(ours.is_known_fire, all.is_known_fire);
                clips += 1;
                if at + 1 == FRAMES {
                    let view = watched.ring().view().unwrap();
                    assert!(view.first_index > 0, "the ring has let go of frames");
                    let burnt = ours.burnt.index_axis(Axis(0), 3);
                    assert!(burnt[[12, 1]], "what burnt first is remembered");
                }
            }
            assert!(clips > 20, "{clips}");
        }
    }
}
