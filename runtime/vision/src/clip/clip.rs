//! A clip: evenly spaced frames of a film, and what a forecast needs to know of them.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use ndarray::{Array3, Axis};

use super::observed::{Burning, Observed};
use super::options::ClipOptions;
use super::pace::Pace;
use super::pick::{LATE, newest, pick, rounded, stalest_s};
use super::rain_frames::{RainFrames, near};
use super::refusal::NoClip;
use super::truth::Truth;
use super::unit::{Unit, intensities};
use super::unseen::Unseen;
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
    /// Steps of that length from one lead of a forecast to the next: 1, or more of rain.
    pub lead_steps: usize,
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
        let pace = Pace::of(options.task, view.step_s(), options.step_s, options.range_s);
        let step_s = pace.step_s;
        if !(step_s.is_finite() && step_s > 0.0) {
            return Err(NoClip::Step { step_s });
        }
        if options.task == Task::Rain {
            return Self::of_rain(&view, place, pace, options);
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
        let frames = intensities(view.kind, &pixels, shape, unit);
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
            Task::Frames | Task::Rain => Observed::Film,
        };
        Ok(Self {
            kind: view.kind,
            frames,
            pixels,
            observed,
            unit,
            step_s,
            lead_steps: 1,
            end: last_frame.time.elapsed,
            end_utc: last_frame.time.utc,
            picked: picked.iter().map(|&i| first + i).collect(),
            grid: view.grid.clone(),
            notes,
        })
    }

    /// The clip of rain that ends at the frame at `place` of `view`.
    fn of_rain(
        view: &FrameView<'_>,
        place: usize,
        pace: Pace,
        options: &ClipOptions,
    ) -> Result<Self, NoClip> {
        let mut notes = Vec::new();
        let last = &view.frames[place];
        let unit = Unit::of(view.kind, &[Arc::clone(&last.pixels)], options.scale, &mut Vec::new());
        let count = options.frames.max(1);
        let seen = RainFrames::ending(view, place, count, pace.step_s, unit, &mut notes)?;
        let pixels: Vec<Arc<Pixels>> =
            seen.picked.iter().map(|&i| Arc::clone(&view.frames[i].pixels)).collect();
        // What a person should know of the values.
        Unit::of(view.kind, &pixels, options.scale, &mut notes);
        Ok(Self {
            kind: view.kind,
            frames: seen.frames,
            pixels,
            observed: Observed::Rain(seen.unseen),
            unit,
            step_s: pace.step_s,
            lead_steps: pace.lead_steps,
            end: last.time.elapsed,
            end_utc: last.time.utc,
            picked: seen.picked.iter().map(|&i| view.first_index + i).collect(),
            grid: view.grid.clone(),
            notes,
        })
    }

    /// Seconds from the last frame to lead `lead` (1 is the first) of a forecast.
    #[must_use]
    pub fn lead_s(&self, lead: usize) -> f64 {
        (lead * self.lead_steps) as f64 * self.step_s
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
        if let Observed::Rain(_) = self.observed {
            return self.truth_of_rain(&view, leads);
        }
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
        let frames = intensities(view.kind, &pixels, shape, self.unit);
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
            Observed::Film | Observed::Rain(_) => Observed::Film,
        };
        let lead_s = (1..=picked.len()).map(|l| l as f64 * self.step_s).collect();
        let picked = picked.into_iter().map(|i| view.first_index + i).collect();
        Truth { lead_s, frames, observed, picked, unseen_leads: 0 }
    }
    /// What a radar shows at the leads after this clip; no data at those at which it has no frame.
    fn truth_of_rain(&self, view: &FrameView<'_>, leads: usize) -> Truth {
        let last = view.frames.len().saturating_sub(1);
        let at =
            |lead: usize| near(view.frames, last, self.end_s() + self.lead_s(lead), self.step_s);
        let places: Vec<Option<usize>> = (1..=leads).map(at).collect();
        let seen = places.iter().rposition(Option::is_some).map_or(0, |l| l + 1);
        let places = &places[..seen];
        let (h, w) = (view.grid.height, view.grid.width);
        let mut frames = Array3::from_elem((seen, h, w), f32::NAN);
        for (mut frame, place) in frames.outer_iter_mut().zip(places) {
            let Some(i) = *place else { continue };
            let one = [Arc::clone(&view.frames[i].pixels)];
            frame.assign(&intensities(view.kind, &one, [h, w], self.unit).index_axis(Axis(0), 0));
        }
        let no_data = frames.mapv(f32::is_nan);
        frames.mapv_inplace(|v| if v.is_nan() { 0.0 } else { v });
        Truth {
            lead_s: (1..=seen).map(|lead| self.lead_s(lead)).collect(),
            observed: Observed::Rain(Unseen::new(no_data, Vec::new(), self.step_s)),
            picked: places.iter().flatten().map(|i| view.first_index + i).collect(),
            unseen_leads: places.iter().filter(|place| place.is_none()).count(),
            frames,
        }
    }
}
