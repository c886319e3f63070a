//! A clip: evenly spaced frames of a film, and what a forecast needs to know of them.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use ndarray::{Array3, Axis};

use super::observed::{Burning, Observed, Unseen};
use super::options::ClipOptions;
use super::pick::{LATE, newest, pick, rounded, stalest_s};
use super::refusal::NoClip;
use super::truth::Truth;
use super::unit::{Unit, intensities};
use crate::frame::{Elapsed, FrameView, Kind, Pixels};
use crate::grid::Grid;
use crate::note::Note;
use crate::task::Task;
use crate::tracker::Tracker;

/// Evenly spaced frames that end at the last frame a forecast may see.
#[derive(Clone, Debug)]
pub struct Clip {
    /// What the input was.
    pub kind: Kind,
    /// Intensity `[T, H, W]` in 0..1, oldest first.
    pub frames: Array3<f32>,
    /// The frames as they came, one for each of `frames`.
    pub pixels: Vec<Arc<Pixels>>,
    /// What is known of each frame besides.
    pub observed: Observed,
    /// How intensity is given back in the input's unit.
    pub unit: Unit,
    /// Seconds between frames.
    pub step_s: f64,
    /// Time of the last frame since the stream's first.
    pub end: Elapsed,
    /// Wall time of the last frame, where the source tells it.
    pub end_utc: Option<Timestamp>,
    /// Index in the film or stream of each frame used.
    pub picked: Vec<usize>,
    /// Where the frames lie.
    pub grid: Grid,
    /// Things a person should know.
    pub notes: Vec<Note>,
}

impl Clip {
    /// The clip that ends at frame `at` of a film or stream, as a model wants it.
    ///
    /// Each step takes the newest frame at or before it, late by at most a hundredth of the step. Of a
    /// fire, what has burnt is followed from the first frame in view on; see [`Clip::ending_after`].
    ///
    /// # Errors
    /// [`NoClip`] when the film is too short, has a gap of more than a step, or is of a kind that
    /// the task is not about.
    pub fn ending<'a>(
        view: impl Into<FrameView<'a>>,
        at: usize,
        options: &ClipOptions,
    ) -> Result<Self, NoClip> {
        Self::ending_after(view, at, options, None)
    }

    /// The same, where `tracker` has followed the film or stream up to frame `at` at least: a stream
    /// whose first frames are gone, or many clips of one film.
    ///
    /// # Errors
    /// As [`Clip::ending`].
    pub fn ending_after<'a>(
        view: impl Into<FrameView<'a>>,
        at: usize,
        options: &ClipOptions,
        tracker: Option<&Tracker>,
    ) -> Result<Self, NoClip> {
        let view: FrameView<'_> = view.into();
        if !options.task.kinds().contains(&view.kind) {
            return Err(NoClip::Kind { kind: view.kind, task: options.task });
        }
        let first = view.first_index;
        let last_frame = view.get(at);
        let Some(last_frame) = last_frame else {
            let last = first + view.frames.len().saturating_sub(1);
            return Err(NoClip::At { at, first, last });
        };
        let place = at - first;
        let step_s = options.step_s.unwrap_or_else(|| view.step_s());
        if !(step_s.is_finite() && step_s > 0.0) {
            return Err(NoClip::Step { step_s });
        }
        let mut notes = Vec::new();
        let picked = pick(&view, place, options.frames.max(1), step_s)?;
        let repeats = picked.windows(2).filter(|p| p[0] == p[1]).count();
        if repeats > 0 {
            notes.push(Note::StepsRepeat { repeats, of: options.frames, step_s });
        }
        let stale_s = stalest_s(view.frames, &picked, step_s);
        if stale_s > 0.1 * step_s {
            notes.push(Note::FramesStale { stale_s: rounded(stale_s) });
        }
        let pixels: Vec<Arc<Pixels>> =
            picked.iter().map(|&i| Arc::clone(&view.frames[i].pixels)).collect();
        let unit = Unit::of(view.kind, &pixels, options.scale, &mut notes);
        let shape = [view.grid.height, view.grid.width];
        let mut frames = intensities(view.kind, &pixels, shape, unit);
        let observed = match options.task {
            Task::FireFront => {
                let followed = match tracker {
                    Some(tracker) => Cow::Borrowed(tracker),
                    None => Cow::Owned(Tracker::follow(&view, place, step_s)),
                };
                let time_s: Vec<f64> = picked.iter().map(|&i| view.frames[i].time_s()).collect();
                let mut burning =
                    Burning::of(view.kind, &frames, &time_s, step_s, &followed, &mut notes);
                burning.hide_masked(view.grid);
                Observed::Fire(burning)
            }
            Task::Frames => Observed::Film,
            Task::Rain => {
                let mut unseen = Unseen::take(&mut frames);
                let more = pick(&view, place, options.frames.max(1) + 1, step_s).ok();
                // A frame that is also the clip's first shows no motion.
                let earlier = more.map(|more| more[0]).filter(|earlier| *earlier != picked[0]);
                unseen.earlier = earlier.map(|earlier| {
                    let one = [Arc::clone(&view.frames[earlier].pixels)];
                    intensities(view.kind, &one, shape, unit).index_axis_move(Axis(0), 0)
                });
                Observed::Rain(unseen)
            }
        };
        Ok(Self {
            kind: view.kind,
            frames,
            pixels,
            observed,
            unit,
            step_s,
            end: last_frame.time.elapsed,
            end_utc: last_frame.time.utc,
            picked: picked.iter().map(|&i| first + i).collect(),
            grid: view.grid.clone(),
            notes,
        })
    }

    /// Time of the last frame since the stream's first, seconds.
    #[must_use]
    pub fn end_s(&self) -> f64 {
        self.end.as_secs_f64()
    }

    /// What the film shows after this clip at up to `leads` further steps: fewer where it ends or
    /// has a gap. The film or stream is the one this clip was taken from.
    #[must_use]
    pub fn truth<'a>(&self, view: impl Into<FrameView<'a>>, leads: usize) -> Truth {
        self.truth_after(view, leads, None)
    }

    /// The same, where `tracker` has followed the film up to these steps at least.
    #[must_use]
    pub fn truth_after<'a>(
        &self,
        view: impl Into<FrameView<'a>>,
        leads: usize,
        tracker: Option<&Tracker>,
    ) -> Truth {
        let view: FrameView<'_> = view.into();
        let mut picked = Vec::new();
        let end_s = self.end_s();
        let film_end_s = view.frames.last().map_or(end_s, |f| f.time_s());
        for lead in 1..=leads {
            let want_s = end_s + lead as f64 * self.step_s;
            if want_s > film_end_s + LATE * self.step_s {
                break;
            }
            let Some(i) = newest(view.frames, want_s, self.step_s) else { break };
            // A frame as old as the step before shows nothing of this one.
            if want_s - view.frames[i].time_s() >= (1.0 - LATE) * self.step_s {
                break;
            }
            picked.push(i);
        }
        let pixels: Vec<Arc<Pixels>> =
            picked.iter().map(|&i| Arc::clone(&view.frames[i].pixels)).collect();
        let shape = [view.grid.height, view.grid.width];
        let mut frames = intensities(view.kind, &pixels, shape, self.unit);
        let observed = match &self.observed {
            Observed::Fire(burning) => {
                let followed = match tracker {
                    Some(tracker) => Cow::Borrowed(tracker),
                    None => {
                        let last = picked.last().copied().unwrap_or(0);
                        Cow::Owned(Tracker::follow(&view, last, self.step_s))
                    }
                };
                let time_s: Vec<f64> = picked.iter().map(|&i| view.frames[i].time_s()).collect();
                let mut after = burning.after(self.kind, &frames, &time_s, end_s, &followed);
                after.hide_masked(view.grid);
                Observed::Fire(after)
            }
            Observed::Film => Observed::Film,
            Observed::Rain(_) => Observed::Rain(Unseen::take(&mut frames)),
        };
        let lead_s = (1..=picked.len()).map(|l| l as f64 * self.step_s).collect();
        let picked = picked.into_iter().map(|i| view.first_index + i).collect();
        Truth { lead_s, frames, observed, picked }
    }
}
