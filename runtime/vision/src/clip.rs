//! Clips: the last `T` frames of one film on the model's time step, as intensity in 0..1.
//!
//! A clip takes the newest frame at or before each step and never invents one. How a film's unit
//! became intensity is kept, so that a forecast can be given back in the input's unit. What a clip
//! shows besides (what burns, where a radar saw nothing) depends on what is to be forecast.

use ndarray::{Array3, Axis};

use crate::frame::{Film, Kind};
use crate::grid::Grid;
use crate::task::Task;

mod pick;
mod shown;
mod unit;

pub use pick::NoClip;
use pick::{LATE, newest, said, stalest_s};
pub use shown::{Burning, Shown, Unseen};
pub use unit::{Scale, Span, Unit, beyond_full};

/// What a model wants to see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Want {
    /// What is to be forecast.
    pub task: Task,
    /// How values become intensity.
    pub scale: Scale,
    /// Frames of the clip.
    pub frames: usize,
    /// Seconds between them; the film's own step where `None`.
    pub step_s: Option<f64>,
}

impl Want {
    /// `frames` frames for a forecast of fire, intensity as found in the film.
    #[must_use]
    pub fn fire(frames: usize, step_s: Option<f64>) -> Self {
        Self { task: Task::FireFront, scale: Scale::Film, frames, step_s }
    }
}

/// Evenly spaced frames that end at the last frame a forecast may see.
#[derive(Clone, Debug)]
pub struct Clip {
    /// What the input was.
    pub kind: Kind,
    /// Intensity `[T, H, W]` in 0..1, oldest first.
    pub frames: Array3<f32>,
    /// What is known of each frame besides.
    pub shown: Shown,
    /// How intensity is given back in the input's unit.
    pub unit: Unit,
    /// Seconds between frames.
    pub step_s: f64,
    /// Film time of the last frame, seconds.
    pub end_s: f64,
    /// Index in the film of each frame used.
    pub picked: Vec<usize>,
    /// Where the frames lie.
    pub grid: Grid,
    /// Things a person should know, a line each.
    pub notes: Vec<String>,
}

/// What the film shows after a clip's end, on the clip's step and scale.
#[derive(Clone, Debug)]
pub struct Truth {
    /// Seconds after the clip's end, one a lead.
    pub lead_s: Vec<f64>,
    /// Intensity `[L, H, W]` in 0..1.
    pub frames: Array3<f32>,
    /// What is known of each frame besides; the clip's own burnt area included.
    pub shown: Shown,
    /// Index in the film of each frame.
    pub picked: Vec<usize>,
}

impl Clip {
    /// The clip that ends at frame `at` of `film`, as a model wants it.
    ///
    /// Each step takes the newest frame at or before it, late by at most a hundredth of the step.
    ///
    /// # Errors
    /// [`NoClip`] when the film is too short, has a gap of more than a step, or is of a kind that
    /// the task is not about.
    pub fn ending(film: &Film, at: usize, want: &Want) -> Result<Self, NoClip> {
        if !want.task.kinds().contains(&film.kind) {
            return Err(NoClip::Kind { kind: film.kind, task: want.task });
        }
        let last = film.frames.len().saturating_sub(1);
        if at > last || film.frames.is_empty() {
            return Err(NoClip::At { at, last });
        }
        let step_s = want.step_s.unwrap_or_else(|| film.step_s());
        if !(step_s.is_finite() && step_s > 0.0) {
            return Err(NoClip::Step { step_s });
        }
        let mut notes = Vec::new();
        let picked = pick::pick(film, at, want.frames.max(1), step_s)?;
        let repeats = picked.windows(2).filter(|p| p[0] == p[1]).count();
        if repeats > 0 {
            notes.push(format!(
                "{repeats} of {} steps repeat the frame before: the film is slower than {step_s} s \
                 at times",
                want.frames
            ));
        }
        let stale_s = stalest_s(film, &picked, step_s);
        if stale_s > 0.1 * step_s {
            notes.push(format!("frames are up to {} s older than their step", said(stale_s)));
        }
        let unit = Unit::of(film, &picked, want.scale, &mut notes);
        let mut frames = unit::intensities(film, &picked, unit);
        let shown = match want.task {
            Task::FireFront => Shown::Fire(Burning::of(film.kind, &frames, &mut notes)),
            Task::Frames => Shown::Film,
            Task::Rain => {
                let mut unseen = Unseen::take(&mut frames);
                let more = pick::pick(film, at, want.frames.max(1) + 1, step_s).ok();
                // A frame that is also the clip's first shows no motion.
                let first = more.map(|more| more[0]).filter(|first| *first != picked[0]);
                unseen.earlier = first.map(|first| {
                    let frame = unit::intensities(film, &[first], unit);
                    frame.index_axis_move(Axis(0), 0)
                });
                Shown::Rain(unseen)
            }
        };
        Ok(Self {
            kind: film.kind,
            frames,
            shown,
            unit,
            step_s,
            end_s: film.frames[at].time_s,
            picked,
            grid: film.grid.clone(),
            notes,
        })
    }

    /// What `film` shows after this clip at up to `leads` further steps: fewer where it ends or has
    /// a gap. `film` is the one this clip was taken from.
    #[must_use]
    pub fn truth(&self, film: &Film, leads: usize) -> Truth {
        let mut picked = Vec::new();
        let film_end_s = film.frames.last().map_or(self.end_s, |f| f.time_s);
        for lead in 1..=leads {
            let want_s = self.end_s + lead as f64 * self.step_s;
            if want_s > film_end_s + LATE * self.step_s {
                break;
            }
            let Some(i) = newest(film, want_s, self.step_s) else { break };
            // A frame as old as the step before shows nothing of this one.
            if want_s - film.frames[i].time_s >= (1.0 - LATE) * self.step_s {
                break;
            }
            picked.push(i);
        }
        let mut frames = unit::intensities(film, &picked, self.unit);
        let shown = match &self.shown {
            Shown::Fire(burning) => Shown::Fire(burning.after(self.kind, &frames)),
            Shown::Film => Shown::Film,
            Shown::Rain(_) => Shown::Rain(Unseen::take(&mut frames)),
        };
        let lead_s = (1..=picked.len()).map(|l| l as f64 * self.step_s).collect();
        Truth { lead_s, frames, shown, picked }
    }
}

#[cfg(test)]
mod tests;
