//! What is observed beyond intensities, for the task at hand: what burns, or where no radar saw.

use ndarray::{Array2, Array3, Axis, Zip};

use super::unseen::Unseen;
use crate::burnt::{CONTRAST_MIN, Contrast, Holes, accumulate, burnt_for};
use crate::frame::Kind;
use crate::grid::Grid;
use crate::note::Note;
use crate::quantile::nth;
use crate::task::Task;
use crate::tracker::Tracker;

/// What is known of each frame besides its intensity.
#[derive(Clone, Debug)]
pub enum Observed {
    /// A fire: what burns.
    Fire(Burning),
    /// Any film: nothing else.
    Film,
    /// Rain: where the radar saw nothing.
    Rain(Unseen),
}

impl Observed {
    /// The task that this is for.
    #[must_use]
    pub fn task(&self) -> Task {
        match self {
            Self::Fire(_) => Task::FireFront,
            Self::Film => Task::Frames,
            Self::Rain(_) => Task::Rain,
        }
    }

    /// What burns, where fire is to be forecast.
    #[must_use]
    pub fn fire(&self) -> Option<&Burning> {
        match self {
            Self::Fire(burning) => Some(burning),
            Self::Film | Self::Rain(_) => None,
        }
    }
}

/// Least intensity of what has burnt where a fire is shown alone. Of .5, .65, 1 and what is seen, this gave
/// the best forecasts from two drone films; all were within .02 of F1.
const SHOWN: f32 = 0.65;

/// What burns in the frames of a clip.
#[derive(Clone, Debug)]
pub struct Burning {
    /// Burning or burnt by each frame `[T, H, W]`, as seen since the film began: it never shrinks.
    pub burnt: Array3<bool>,
    /// Intensity from which a pixel counts as burning.
    pub hot: f32,
    /// For how many steps each cell `[H, W]` that is burnt at the last frame has been so, since the
    /// film began: 1 for one that burns since the last frame; 0 where it is not burnt.
    pub burnt_for: Array2<f32>,
    /// Whether more than the fire is warm in view, see [`Note::SceneCluttered`].
    pub cluttered: bool,
    /// Whether what burns is known to be a fire; else it may be the hottest rock, roof or lamp in view.
    pub is_known_fire: bool,
}

impl Burning {
    /// What burns, where no more is known than burnt masks `[T, H, W]` that never shrink.
    #[must_use]
    pub fn seen(burnt: Array3<bool>, hot: f32) -> Self {
        let burnt_for = burnt_for(&burnt);
        Self { burnt, hot, burnt_for, cluttered: false, is_known_fire: true }
    }

    /// The same, of cells that are burnt from the first mask on as long as `tracker` has known them so
    /// before the time `end_s` of the last one, in steps of `step_s`.
    fn remembered(mut self, tracker: &Tracker, end_s: f64, step_s: f64) -> Self {
        let whole = self.burnt.dim().0 as f32;
        Zip::from(&mut self.burnt_for).and(tracker.first_burnt_s()).for_each(|steps, first_s| {
            if *steps >= whole {
                *steps = steps.max(((end_s - first_s) / step_s) as f32 + 1.0);
            }
        });
        self
    }

    /// Burning or burnt at the last frame `[H, W]`.
    #[must_use]
    pub fn now(&self) -> Array2<bool> {
        self.burnt.index_axis(Axis(0), self.burnt.dim().0 - 1).to_owned()
    }

    /// `frames` `[T, H, W]` in which only what has burnt by each is warmer than its background: rocks, roads
    /// and roofs that are warm, too, would be taken for fire. The background is the median; what has
    /// burnt is at least `SHOWN`, .65.
    #[must_use]
    pub fn alone(&self, frames: &Array3<f32>) -> Array3<f32> {
        let mut alone = frames.clone();
        for (mut frame, burnt) in alone.outer_iter_mut().zip(self.burnt.outer_iter()) {
            let n = frame.len();
            let background = nth(|| frame.iter().copied(), n / 2);
            frame.zip_mut_with(&burnt, |v, burnt| {
                *v = if *burnt { v.max(SHOWN) } else { background };
            });
        }
        alone
    }

    /// For how many steps each cell `[H, W]` has been burnt at the end of masks `burnt` `[T, H, W]`, which
    /// end `done` steps after these.
    #[must_use]
    pub fn burnt_for_at(&self, burnt: &Array3<bool>, done: usize) -> Array2<f32> {
        let whole = burnt.dim().0 as f32;
        let mut steps = burnt_for(burnt);
        steps.zip_mut_with(&self.burnt_for, |steps, before| {
            if *steps >= whole && *before > 0.0 {
                *steps = steps.max(before + done as f32);
            }
        });
        steps
    }

    /// Cells that are never looked at do not burn.
    pub(super) fn hide_masked(&mut self, grid: &Grid) {
        self.burnt.outer_iter_mut().for_each(|mask| grid.hide(mask, false));
        grid.hide(self.burnt_for.view_mut(), 0.0);
    }

    /// What burns in `frames` `[T, H, W]` of intensity at the times `time_s`, `step_s` apart, of a film
    /// that `tracker` has followed up to the last of them at least.
    ///
    /// Where the scene is cluttered, it is what the tracker has seen burn. Where only the fire is warm,
    /// it is what is at least half as hot as the fire, and what the tracker had seen burn before.
    pub(super) fn of(
        kind: Kind,
        frames: &Array3<f32>,
        time_s: &[f64],
        step_s: f64,
        tracker: &Tracker,
        notes: &mut Vec<Note>,
    ) -> Self {
        let end_s = time_s.last().copied().unwrap_or(0.0);
        let before = || Some(tracker.burnt_before(time_s.first().copied().unwrap_or(0.0)));
        if kind == Kind::Mask {
            let burnt = accumulate(frames, before(), 0.5, Holes::Keep);
            if !burnt.iter().any(|&b| b) {
                notes.push(Note::MaskEmpty);
            }
            return Self::seen(burnt, 0.5).remembered(tracker, end_s, step_s);
        }
        let contrast = Contrast::of(frames);
        let hot = contrast.hot();
        let none = || Array3::from_elem(frames.dim(), false);
        if !contrast.is_fire() || !tracker.is_fire() {
            let [contrast, least] = if tracker.is_fire() {
                [contrast.peak - contrast.background, CONTRAST_MIN]
            } else {
                tracker.contrast()
            };
            notes.push(Note::NoFire { contrast, least });
            return Self::seen(none(), hot);
        }
        let is_cluttered = tracker.is_cluttered(end_s);
        let is_known_fire = tracker.is_known_fire(end_s);
        let burnt = if is_cluttered {
            notes.push(Note::SceneCluttered);
            burnt_by(time_s, tracker, frames.dim())
        } else {
            if kind == Kind::Rgb {
                notes.push(Note::EarlierBurnUnknown);
            }
            accumulate(frames, before(), hot, Holes::Close)
        };
        if !is_known_fire {
            notes.push(if kind == Kind::Rgb { Note::ColourNoFire } else { Note::HotGroundNoFire });
        }
        let seen = Self::seen(burnt, hot).remembered(tracker, end_s, step_s);
        Self { is_known_fire, cluttered: is_cluttered, ..seen }
    }

    /// What burns in the `frames` that follow, at the times `time_s`.
    pub(super) fn after(
        &self,
        kind: Kind,
        frames: &Array3<f32>,
        time_s: &[f64],
        end_s: f64,
        tracker: &Tracker,
    ) -> Self {
        let now = self.now();
        if kind != Kind::Mask && tracker.is_cluttered(end_s) {
            let mut burnt = burnt_by(time_s, tracker, frames.dim());
            burnt.outer_iter_mut().for_each(|mut mask| mask.zip_mut_with(&now, |b, now| *b |= now));
            return Self { is_known_fire: self.is_known_fire, ..Self::seen(burnt, self.hot) };
        }
        let hot = if now.iter().any(|&b| b) {
            self.hot
        } else {
            // No fire seen yet: fire is what would have counted as one.
            self.hot.max((Contrast::of(frames).background + CONTRAST_MIN) as f32)
        };
        let holes = if kind == Kind::Mask { Holes::Keep } else { Holes::Close };
        let burnt = accumulate(frames, Some(now), hot, holes);
        Self { is_known_fire: self.is_known_fire, ..Self::seen(burnt, hot) }
    }
}

/// What `tracker` has seen burn by each of the times.
fn burnt_by(time_s: &[f64], tracker: &Tracker, dim: (usize, usize, usize)) -> Array3<bool> {
    let mut burnt = Array3::from_elem(dim, false);
    for (mut mask, time_s) in burnt.outer_iter_mut().zip(time_s) {
        mask.assign(&tracker.burnt_by(*time_s));
    }
    burnt
}
