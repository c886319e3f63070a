//! A tracker's state: the tracker, the film it is of, and the wall time it stands at.

use jiff::Timestamp;

use super::state_error::StateError;
use super::tracker::Tracker;
use crate::frame::{Elapsed, Frame, FrameTime, Pixels};
use crate::grid::Grid;
use crate::kind::Kind;
use crate::quantile::nth;

/// Steps that differ by less than this share are the same: a film's own is measured.
const SAME_STEP: f64 = 0.01;
/// Backgrounds of one unit are not so many times as large as one another …
const UNIT_FACTOR: f32 = 3.0;
/// … and as far apart.
const UNIT_APART: f32 = 100.0;

/// A tracker that goes on from run to run: a film cut into pieces gives what the whole film gives.
///
/// Frames need wall times; the tracker's own times are seconds since the first frame it was fed with.
#[derive(Clone, Debug)]
pub struct State {
    pub(super) tracker: Tracker,
    pub(super) grid: Grid,
    /// Type of the values, and what is told of their unit.
    pub(super) values: String,
    /// Time of the first frame, and of the newest.
    pub(super) begins: Timestamp,
    pub(super) until: Timestamp,
}

impl State {
    /// The state before a film of `kind` on `grid` whose first frame is `first`, for forecasts with a
    /// step of `step_s`; `black_hot` where the film was read with its values turned over.
    ///
    /// # Errors
    /// [`StateError::NoTimes`] where the frame has no wall time.
    pub fn before(
        kind: Kind,
        grid: &Grid,
        step_s: f64,
        first: &Frame,
        black_hot: bool,
    ) -> Result<Self, StateError> {
        let begins = first.time.utc.ok_or(StateError::NoTimes)?;
        Ok(Self {
            tracker: Tracker::new(kind, [grid.height, grid.width], step_s),
            grid: grid.clone(),
            values: values_of(&first.pixels, black_hot),
            begins,
            until: Timestamp::MIN,
        })
    }

    /// The state of a stream on `grid` that `tracker` has followed up to its frame `newest`; the tracker's times
    /// are seconds since `begins`.
    ///
    /// # Errors
    /// [`StateError::NoTimes`] where the frame has no wall time.
    pub fn standing(
        tracker: Tracker,
        grid: &Grid,
        begins: Timestamp,
        newest: &Frame,
    ) -> Result<Self, StateError> {
        let until = newest.time.utc.ok_or(StateError::NoTimes)?;
        let values = values_of(&newest.pixels, false);
        Ok(Self { tracker, grid: grid.clone(), values, begins, until })
    }

    /// Whether films of `kind` on `grid` can go on from here, the first frame of them `first`, for
    /// forecasts with a step of `step_s`; `black_hot` where the film was read with its values turned over.
    ///
    /// # Errors
    /// [`StateError`] says what does not fit.
    pub fn suits(
        &self,
        kind: Kind,
        grid: &Grid,
        step_s: f64,
        first: &Frame,
        black_hot: bool,
    ) -> Result<(), StateError> {
        let state = &self.tracker;
        if state.kind != kind {
            return Err(StateError::Kind { state: state.kind, film: kind });
        }
        if !self.grid.is_same(grid) {
            let words = |grid: &Grid, other: &Grid| grid_words(grid, other);
            let (state, film) = (words(&self.grid, grid), words(grid, &self.grid));
            return Err(StateError::Grid { state, film });
        }
        let values = values_of(&first.pixels, black_hot);
        if self.values != values {
            return Err(StateError::Values { state: self.values.clone(), film: values });
        }
        self.same_unit(first)?;
        if (state.step_s - step_s).abs() > SAME_STEP * state.step_s {
            return Err(StateError::Step { state_s: state.step_s, film_s: step_s });
        }
        Ok(())
    }

    /// Whether the background of `first` can be in the unit of the state: °C are no kelvin, kelvin no
    /// centikelvin.
    fn same_unit(&self, first: &Frame) -> Result<(), StateError> {
        let wide = !matches!(*first.pixels, Pixels::U8(_)) && self.tracker.kind == Kind::Thermal;
        let Some(state) = self.tracker.levels.background.filter(|_| wide) else { return Ok(()) };
        let film = nth(|| first.pixels.values(), first.pixels.values().count() / 2);
        let (low, high) = (state.abs().min(film.abs()), state.abs().max(film.abs()));
        if high > UNIT_FACTOR * low && (state - film).abs() > UNIT_APART {
            let words = |median: f32| format!("{} around {median}", self.values);
            return Err(StateError::Values { state: words(state), film: words(film) });
        }
        Ok(())
    }

    /// Seconds of the tracker at which `frame` was taken.
    ///
    /// # Errors
    /// [`StateError::NoTimes`].
    pub fn elapsed(&self, frame: &Frame) -> Result<Elapsed, StateError> {
        let utc = frame.time.utc.ok_or(StateError::NoTimes)?;
        Ok(FrameTime::stamped(utc, self.begins, frame.time.source).elapsed)
    }

    /// `frame` with its time in seconds of the tracker.
    ///
    /// # Errors
    /// [`StateError::NoTimes`].
    pub fn timed(&self, frame: &Frame) -> Result<Frame, StateError> {
        let elapsed = self.elapsed(frame)?;
        Ok(Frame { time: FrameTime { elapsed, ..frame.time }, ..frame.clone() })
    }

    /// Takes one more frame into account where it is later than all before; says whether it is.
    ///
    /// # Errors
    /// [`StateError`] of a frame without a wall time or of another size.
    pub fn feed(&mut self, frame: &Frame) -> Result<bool, StateError> {
        let time = frame.time.utc.ok_or(StateError::NoTimes)?;
        if time <= self.until {
            return Ok(false);
        }
        let [height, width, _] = frame.pixels.shape();
        if [height, width] != [self.grid.height, self.grid.width] {
            return Err(StateError::Frame { time });
        }
        self.tracker.feed(&self.timed(frame)?);
        self.until = time;
        Ok(true)
    }

    /// The tracker alone, to go on with a stream in this program.
    #[must_use]
    pub fn into_tracker(self) -> Tracker {
        self.tracker
    }

    /// The tracker.
    #[must_use]
    pub fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    /// Time of the first frame that it was fed with.
    #[must_use]
    pub fn begins(&self) -> Timestamp {
        self.begins
    }

    /// Time of the newest frame that it was fed with.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.until
    }
}

/// Type of the values, whether they are shares, and whether they were turned over.
fn values_of(pixels: &Pixels, black_hot: bool) -> String {
    let share = |v: f32| (0.0..=1.0).contains(&v);
    let values = match pixels {
        Pixels::U8(_) => "8-bit values",
        Pixels::U16(_) => "16-bit values",
        Pixels::F32(v) if v.iter().all(|v| share(*v)) => "real values of 0 to 1",
        Pixels::F32(_) => "real values",
    };
    format!("{values}{}", if black_hot { " read as black-hot" } else { "" })
}

/// The grid in words, as far as it is not `other`.
fn grid_words(grid: &Grid, other: &Grid) -> String {
    if [grid.height, grid.width] != [other.height, other.width] {
        return format!("{} × {} cells", grid.height, grid.width);
    }
    if grid.crs != other.crs {
        return grid.crs.clone().unwrap_or_else(|| "no place on a map".to_owned());
    }
    match (grid.transform, grid.cell_m) {
        (Some(t), _) if grid.transform != other.transform => {
            format!("its corner at {} {} and cells of {} × {}", t[0], t[3], t[1], t[5])
        }
        (None, _) if grid.transform != other.transform => "no place on a map".to_owned(),
        (_, Some(cell_m)) => format!("cells of {cell_m} m"),
        (_, None) => "cells of unknown size".to_owned(),
    }
}
