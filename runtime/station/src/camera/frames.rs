//! A camera's newest frames and what all of them have shown: the ring and the tracker, begun anew where the
//! picture's size or the clock changes.

use std::sync::Arc;

use emberline_vision::clip::{Clip, ClipOptions, NoClip, RingError, Watched};
use emberline_vision::frame::{Film, Frame, FrameTime, Kind};
use emberline_vision::note::Note;
use jiff::Timestamp;

use super::feed::Shot;

/// Frames in a row that are not later than the newest: the camera's clock was set back.
const BACK: u32 = 3;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// It follows those before.
    Kept,
    /// It is the first of a new stream, and why there is one.
    Anew(&'static str),
    /// It does not follow, and is dropped.
    OutOfOrder,
}

/// A clip that ends at the newest frame, and the frames at hand as a film, for what is said of the input.
#[derive(Debug)]
pub struct Ending {
    /// What a model sees.
    pub clip: Clip,
    /// The frames that the ring holds.
    pub film: Film,
}

/// The frames of a camera.
#[derive(Debug)]
pub(super) struct Frames {
    kind: Kind,
    every_s: f64,
    /// What the model wants to see; nothing is held until that is known.
    options: Option<ClipOptions>,
    watched: Option<Watched>,
    /// Wall time of the stream's first frame.
    first: Option<Timestamp>,
    back: u32,
    /// What a person should know of how the frames are coded.
    notes: Arc<[Note]>,
}

impl Frames {
    pub(super) fn new(kind: Kind, every_s: f64) -> Self {
        Self {
            kind,
            every_s,
            options: None,
            watched: None,
            first: None,
            back: 0,
            notes: Arc::default(),
        }
    }

    /// Says what the model wants to see. Where that has changed, the stream begins anew.
    pub(super) fn wanted(&mut self, options: ClipOptions) {
        if self.options != Some(options) {
            self.options = Some(options);
            self.forget();
        }
    }

    /// Lets go of all frames.
    pub(super) fn forget(&mut self) {
        (self.watched, self.first, self.back) = (None, None, 0);
    }

    /// Takes a frame in.
    pub(super) fn push(&mut self, shot: &Shot) -> Pushed {
        self.notes = shot.stream.as_ref().map(|told| Arc::clone(&told.notes)).unwrap_or_default();
        let Some(options) = self.options else { return Pushed::Kept };
        let mut anew = None;
        if shot.new_scene && self.watched.is_some() {
            anew = Some("another scene or another clock");
        }
        if self.watched.is_none() || anew.is_some() {
            self.begin(shot, options);
        }
        match self.try_push(shot) {
            Ok(()) => {}
            Err(RingError::Late { .. }) => {
                self.back += 1;
                if self.back < BACK {
                    return Pushed::OutOfOrder;
                }
                anew = Some("its clock was set back");
                self.begin(shot, options);
                let _ = self.try_push(shot);
            }
            Err(_) => {
                anew = Some("its picture has another size or type");
                self.begin(shot, options);
                let _ = self.try_push(shot);
            }
        }
        self.back = 0;
        anew.map_or(Pushed::Kept, Pushed::Anew)
    }

    fn begin(&mut self, shot: &Shot, options: ClipOptions) {
        let grid = Some(shot.grid.clone());
        self.watched = Some(Watched::new(self.kind, grid, options, self.every_s));
        self.first = Some(shot.taken);
    }

    fn try_push(&mut self, shot: &Shot) -> Result<(), RingError> {
        let (Some(watched), Some(first)) = (&mut self.watched, self.first) else { return Ok(()) };
        let time = FrameTime::stamped(shot.taken, first, shot.time_source);
        let pixels = Arc::clone(&shot.pixels);
        watched.push(Frame { pixels, time, pose: None })
    }

    /// The clip that ends at the newest frame; `None` before the first. `name` is the camera's.
    pub(super) fn ending(&self, name: &str) -> Option<Result<Ending, NoClip>> {
        let watched = self.watched.as_ref()?;
        let view = watched.ring().view()?;
        let film = Film {
            kind: view.kind,
            frames: view.frames.to_vec(),
            grid: view.grid.clone(),
            name: name.to_owned(),
            digest: String::new(),
            notes: self.notes.to_vec(),
        };
        Some(watched.clip()?.map(|clip| Ending { clip, film }))
    }
}

#[cfg(test)]
mod tests {
    use emberline_vision::frame::{Pixels, TimeSource};
    use emberline_vision::grid::Grid;
    use jiff::SignedDuration;
    use ndarray::Array3;

    use super::*;

    fn shot(second: i64, side: usize, new_scene: bool) -> Shot {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let fire = |(y, x, _): (usize, usize, usize)| {
            if (8..20).contains(&y) && (4..8 + second.unsigned_abs() as usize % 20).contains(&x) {
                220
            } else {
                ((y * 7 + x * 3) % 20) as u8
            }
        };
        Shot {
            pixels: Arc::new(Pixels::U8(Array3::from_shape_fn((side, side, 1), fire))),
            grid: Grid::new(side, side),
            taken: start.saturating_add(SignedDuration::from_secs(second)).unwrap(),
            time_source: TimeSource::Host,
            new_scene,
            stream: None,
        }
    }

    #[test]
    fn streams_begin_anew_where_they_must() {
        let mut frames = Frames::new(Kind::Thermal, 5.0);
        assert_eq!(frames.push(&shot(0, 40, true)), Pushed::Kept);
        assert!(frames.ending("north").is_none(), "nobody has said what a model wants");
        frames.wanted(ClipOptions::fire(3, Some(5.0)));
        for (what, shot, want, count) in [
            ("first", shot(5, 40, true), Pushed::Kept, 1),
            ("next", shot(10, 40, false), Pushed::Kept, 2),
            ("again", shot(10, 40, false), Pushed::OutOfOrder, 2),
            ("next", shot(15, 40, false), Pushed::Kept, 3),
            ("size", shot(20, 48, false), Pushed::Anew("its picture has another size or type"), 1),
            ("next", shot(25, 48, false), Pushed::Kept, 2),
            ("back", shot(-3600, 48, false), Pushed::OutOfOrder, 2),
            ("back", shot(-3595, 48, false), Pushed::OutOfOrder, 2),
            ("back", shot(-3590, 48, false), Pushed::Anew("its clock was set back"), 1),
            ("next", shot(-3585, 48, false), Pushed::Kept, 2),
            ("scene", shot(-3580, 48, true), Pushed::Anew("another scene or another clock"), 1),
            ("next", shot(-3575, 48, false), Pushed::Kept, 2),
            ("next", shot(-3570, 48, false), Pushed::Kept, 3),
        ] {
            assert_eq!(frames.push(&shot), want, "{what}");
            let held = frames.watched.as_ref().unwrap().ring().view().unwrap().frames.len();
            assert_eq!(held, count, "{what}");
        }
        let Ending { clip, film } = frames.ending("north").unwrap().unwrap();
        assert_eq!((clip.frames.dim(), film.frames.len()), ((3, 48, 48), 3));
        assert_eq!(film.start_utc(), Some(shot(-3580, 48, false).taken));
        // The same wish changes nothing, another one begins anew.
        frames.wanted(ClipOptions::fire(3, Some(5.0)));
        assert!(frames.ending("north").is_some());
        frames.wanted(ClipOptions::fire(4, Some(5.0)));
        assert!(frames.ending("north").is_none());
    }
}
