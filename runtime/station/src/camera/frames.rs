//! A camera's newest frames and what all of them have shown: the ring and the tracker, begun anew where the
//! picture's size or the clock changes.

use std::sync::Arc;

use emberline_vision::clip::{ClipOptions, NoClip, RingError, Watched};
use emberline_vision::frame::{Film, Frame, FrameTime, Kind, Pixels};
use emberline_vision::note::Note;
use emberline_vision::product::place::Map;
use emberline_vision::tracker::State;
use jiff::Timestamp;

use super::feed::Shot;
use crate::source::{Ending, Sight};

/// Frames in a row that are not later than the newest: the camera's clock was set back.
const BACK: u32 = 3;

/// What was seen longer ago than this says nothing of what burns now, seconds.
const AWAY_S: f64 = 6.0 * 3600.0;

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
    /// What an earlier run has seen of a fire, until a stream begins.
    earlier: Option<State>,
    /// What a person should know of how the frames are coded.
    notes: Arc<[Note]>,
}

impl Frames {
    pub(super) fn new(kind: Kind, every_s: f64) -> Self {
        let (options, watched, first, earlier) = Default::default();
        Self { kind, every_s, options, watched, first, back: 0, earlier, notes: Arc::default() }
    }

    /// Says what the model wants to see. Where that has changed, frames are gathered anew; what they have shown of a
    /// fire goes on, where it suits.
    pub(super) fn wanted(&mut self, options: ClipOptions) {
        if self.options != Some(options) {
            self.earlier = self.state().or_else(|| self.earlier.take());
            self.options = Some(options);
            self.forget();
        }
    }

    /// The stream that begins goes on from `state`, where that suits it.
    pub(super) fn resume(&mut self, state: State) {
        self.earlier = Some(state);
    }

    /// What all frames so far have shown of a fire, to go on from in another run; `None` where that is nothing.
    pub(super) fn state(&self) -> Option<State> {
        let (watched, begins) = (self.watched.as_ref()?, self.first?);
        let view = watched.ring().view()?;
        let newest = view.frames.last()?;
        let tracker = watched.tracker()?.clone();
        State::standing(tracker, view.grid, begins, newest).ok()
    }

    /// The newest frame, and when it was taken.
    pub(super) fn newest(&self) -> Option<(Timestamp, Arc<Pixels>)> {
        let view = self.watched.as_ref()?.ring().view()?;
        let newest = view.frames.last()?;
        Some((newest.time.utc?, Arc::clone(&newest.pixels)))
    }

    /// What is seen of a fire at the newest frame.
    pub(super) fn sight(&self) -> Option<Sight> {
        let watched = self.watched.as_ref()?;
        let (view, tracker) = (watched.ring().view()?, watched.tracker()?);
        let newest = view.frames.last()?;
        let (mut burnt_cells, mut sum) = (0, [0.0; 2]);
        for ((y, x), _) in tracker.first_burnt_s().indexed_iter().filter(|(_, s)| s.is_finite()) {
            burnt_cells += 1;
            sum = [sum[0] + x as f64 + 0.5, sum[1] + y as f64 + 0.5];
        }
        let middle = (burnt_cells > 0).then(|| sum.map(|v| v / burnt_cells as f64));
        let on_map = |[col, row]: [f64; 2]| Map::of(view.grid).ok()??.lon_lat(col, row).ok();
        let lon_lat = middle.and_then(on_map);
        let is_known = tracker.is_known_fire(newest.time_s());
        let is_fire = is_known && tracker.is_fire() && burnt_cells > 0;
        Some(Sight { taken: newest.time.utc?, is_fire, burnt_cells, middle, lon_lat })
    }

    /// Lets go of all frames.
    pub(super) fn forget(&mut self) {
        (self.watched, self.first, self.back) = (None, None, 0);
    }

    /// Holds this film, oldest first, instead of what there was.
    pub(super) fn hold(&mut self, film: &[Shot]) {
        self.forget();
        for shot in film {
            self.push(shot);
        }
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
        let watched = Watched::new(self.kind, grid, options, self.every_s);
        // Only the first stream can go on from an earlier run; whatever follows it is another scene.
        let earlier = self.earlier.take().filter(|state| self.goes_on(state, shot, options));
        (self.watched, self.first) = match earlier {
            Some(state) => {
                let begins = state.begins();
                (Some(watched.after(state.into_tracker())), Some(begins))
            }
            None => (Some(watched), Some(shot.taken)),
        };
    }

    /// Whether `shot` goes on from `state`.
    fn goes_on(&self, state: &State, shot: &Shot, options: ClipOptions) -> bool {
        let away_s = shot.taken.duration_since(state.until()).as_secs_f64();
        let time = FrameTime::stamped(shot.taken, state.begins(), shot.time_source);
        let frame = Frame { pixels: Arc::clone(&shot.pixels), time, pose: None };
        let step_s = options.step_s.unwrap_or(self.every_s);
        let goes_on = !shot.new_scene && (0.0..=AWAY_S).contains(&away_s);
        goes_on && state.suits(self.kind, &shot.grid, step_s, &frame, false).is_ok()
    }

    /// Since when a fire has been followed, earlier runs included.
    #[cfg(test)]
    fn since(&self) -> Option<Timestamp> {
        self.first
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
        Some(watched.clip()?.map(|clip| Ending { clip, film, decode_s: 0.0 }))
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
        let Ending { clip, film, .. } = frames.ending("north").unwrap().unwrap();
        assert_eq!((clip.frames.dim(), film.frames.len()), ((3, 48, 48), 3));
        assert_eq!(film.start_utc(), Some(shot(-3580, 48, false).taken));
        // The same wish changes nothing, another one begins anew.
        frames.wanted(ClipOptions::fire(3, Some(5.0)));
        assert!(frames.ending("north").is_some());
        let since = frames.since();
        frames.wanted(ClipOptions::fire(4, Some(5.0)));
        assert!(frames.ending("north").is_none());
        assert_eq!(frames.push(&shot(-3565, 48, false)), Pushed::Kept);
        assert_eq!(frames.since(), since, "the fire is still the one that was");
    }

    #[test]
    fn another_run_goes_on_where_this_one_ended() {
        let options = ClipOptions::fire(3, Some(5.0));
        let mut before = Frames::new(Kind::Thermal, 5.0);
        before.wanted(options);
        assert!(before.state().is_none());
        (0..4).for_each(|k| assert_eq!(before.push(&shot(5 * k, 40, false)), Pushed::Kept));
        let state = before.state().unwrap();
        let bytes = state.to_bytes().unwrap();
        for (what, next, goes_on) in [
            ("a little later", shot(40, 40, false), true),
            ("hours later", shot(5 * 3600, 40, false), true),
            ("too late", shot(7 * 3600, 40, false), false),
            ("earlier", shot(10, 40, false), false),
            ("another size", shot(40, 48, false), false),
            ("another scene", shot(40, 40, true), false),
        ] {
            let mut after = Frames::new(Kind::Thermal, 5.0);
            after.resume(State::from_bytes(&bytes).unwrap());
            after.wanted(options);
            assert_eq!(after.push(&next), Pushed::Kept, "{what}");
            let since = if goes_on { shot(0, 40, false).taken } else { next.taken };
            assert_eq!(after.since(), Some(since), "{what}");
        }
        // What had burnt is still burnt.
        let mut after = Frames::new(Kind::Thermal, 5.0);
        after.resume(state);
        after.wanted(options);
        for k in 4..8 {
            assert_eq!(after.push(&shot(5 * k, 40, false)), Pushed::Kept);
            before.push(&shot(5 * k, 40, false));
        }
        let burnt = |frames: &Frames| frames.ending("north").unwrap().unwrap().clip.observed;
        assert_eq!(format!("{:?}", burnt(&after)), format!("{:?}", burnt(&before)));
    }
}
