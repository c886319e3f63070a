//! Clips: the last `T` frames of one film on the model's time step, as fire intensity in 0..1.
//!
//! A clip takes the newest frame at or before each step and never invents one. How a film's unit
//! became intensity is kept, so that a forecast can be given back in the input's unit.

use ndarray::{Array2, Array3, Axis};

use crate::burnt::{CONTRAST_MIN, Contrast, Holes, accumulate, nth, quantile};
use crate::frame::{Film, Kind, Pixels};
use crate::grid::Grid;
use crate::heat::flame_intensity;

/// Share of a step by which a frame may come late and still count for it: clocks are rounded.
const LATE: f64 = 0.01;

/// How input values became intensity: `intensity = (value − zero) / (one − zero)`, clamped to 0..1.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Span {
    /// Input value that is intensity 0.
    pub zero: f32,
    /// Input value that is intensity 1.
    pub one: f32,
}

/// Evenly spaced frames that end at the last frame a forecast may see.
#[derive(Clone, Debug)]
pub struct Clip {
    /// What the input was.
    pub kind: Kind,
    /// Intensity `[T, H, W]` in 0..1, oldest first.
    pub frames: Array3<f32>,
    /// Burning or burnt by each frame `[T, H, W]`: never shrinks within the clip.
    pub burnt: Array3<bool>,
    /// Input unit to intensity.
    pub span: Span,
    /// Intensity from which a pixel counts as burning.
    pub hot: f32,
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

/// Why a film gives no clip.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NoClip {
    /// The wanted last frame is not in the film.
    #[error("frame {at} is not in the film: --at counts from 0 to {last}")]
    At {
        /// Frame asked for.
        at: usize,
        /// Index of the film's last frame.
        last: usize,
    },
    /// A step that is no length of time.
    #[error("a step of {step_s} s is no step: --step needs a number above 0")]
    Step {
        /// Seconds asked for.
        step_s: f64,
    },
    /// The film begins too late.
    #[error(
        "{frames} frames {step_s} s apart need {need_s} s of film up to frame {at}, there are \
         {have_s} s ({have} frames): {fix}"
    )]
    TooShort {
        /// Frames of a clip.
        frames: usize,
        /// Seconds between them.
        step_s: f64,
        /// Seconds a clip spans.
        need_s: f64,
        /// Last frame it may see.
        at: usize,
        /// Seconds from the film's first frame to that one.
        have_s: f64,
        /// Frames up to that one, itself counted.
        have: usize,
        /// What to do.
        fix: String,
    },
    /// No frame near a step.
    #[error(
        "no frame within {step_s} s before second {want_s}: the newest, frame {index}, is \
         {stale_s} s old; {fix}"
    )]
    Stale {
        /// Seconds between frames of the clip.
        step_s: f64,
        /// Film time of the step.
        want_s: f64,
        /// Newest frame at or before it.
        index: usize,
        /// How much older that frame is.
        stale_s: f64,
        /// What to do.
        fix: String,
    },
    /// Rain has no fire in it.
    #[error("{name}: a rain film has no burning front; rain comes with the rain model")]
    Rain {
        /// The film.
        name: String,
    },
}

/// What the film shows after a clip's end, on the clip's step and scale.
#[derive(Clone, Debug)]
pub struct Truth {
    /// Seconds after the clip's end, one a lead.
    pub lead_s: Vec<f64>,
    /// Intensity `[L, H, W]` in 0..1.
    pub frames: Array3<f32>,
    /// Burning or burnt by each lead `[L, H, W]`, the clip's own burnt area included.
    pub burnt: Array3<bool>,
    /// Index in the film of each frame.
    pub picked: Vec<usize>,
}

impl Clip {
    /// The clip of `frames` frames that ends at frame `at` of `film`, `step_s` apart (the film's own
    /// step where `None`).
    ///
    /// Each step takes the newest frame at or before it, late by at most a hundredth of the step.
    ///
    /// # Errors
    /// [`NoClip`] when the film is too short, has a gap of more than a step, or holds no fire kind.
    pub fn ending(
        film: &Film,
        at: usize,
        frames: usize,
        step_s: Option<f64>,
    ) -> Result<Self, NoClip> {
        if film.kind == Kind::Rain {
            return Err(NoClip::Rain { name: film.name.clone() });
        }
        let last = film.frames.len().saturating_sub(1);
        if at > last || film.frames.is_empty() {
            return Err(NoClip::At { at, last });
        }
        let step_s = step_s.unwrap_or_else(|| film.step_s());
        if !(step_s.is_finite() && step_s > 0.0) {
            return Err(NoClip::Step { step_s });
        }
        let mut notes = Vec::new();
        let picked = pick(film, at, frames.max(1), step_s)?;
        let repeats = picked.windows(2).filter(|p| p[0] == p[1]).count();
        if repeats > 0 {
            notes.push(format!(
                "{repeats} of {frames} steps repeat the frame before: the film is slower than \
                 {step_s} s at times"
            ));
        }
        let stale_s = stalest_s(film, &picked, step_s);
        if stale_s > 0.1 * step_s {
            notes.push(format!("frames are up to {} s older than their step", said(stale_s)));
        }
        let span = span(film, &picked, &mut notes);
        let values = intensities(film, &picked, span);
        let (hot, burnt) = burnt_by(film.kind, &values, &mut notes);
        let end_s = film.frames[at].time_s;
        let grid = film.grid.clone();
        Ok(Self {
            kind: film.kind,
            frames: values,
            burnt,
            span,
            hot,
            step_s,
            end_s,
            picked,
            grid,
            notes,
        })
    }

    /// Burning or burnt at the last frame `[H, W]`.
    #[must_use]
    pub fn burnt_now(&self) -> Array2<bool> {
        self.burnt.index_axis(Axis(0), self.burnt.dim().0 - 1).to_owned()
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
        let frames = intensities(film, &picked, self.span);
        let now = self.burnt_now();
        let hot = if now.iter().any(|&b| b) {
            self.hot
        } else {
            // No fire seen yet: fire is what would have counted as one.
            self.hot.max((Contrast::of(&self.frames).background + CONTRAST_MIN) as f32)
        };
        let burnt = accumulate(&frames, Some(now), hot, holes(self.kind));
        let lead_s = (1..=picked.len()).map(|l| l as f64 * self.step_s).collect();
        Truth { lead_s, frames, burnt, picked }
    }
}

/// Newest frame at or before `want_s`, give or take the clock's rounding.
fn newest(film: &Film, want_s: f64, step_s: f64) -> Option<usize> {
    film.frames.partition_point(|f| f.time_s <= want_s + LATE * step_s).checked_sub(1)
}

/// Index of the frame of each step, oldest first.
fn pick(film: &Film, at: usize, frames: usize, step_s: f64) -> Result<Vec<usize>, NoClip> {
    let (first_s, end_s) = (film.frames[0].time_s, film.frames[at].time_s);
    let need_s = (frames - 1) as f64 * step_s;
    if end_s - need_s < first_s - LATE * step_s {
        return Err(too_short(film, at, frames, step_s));
    }
    let mut picked = vec![at; frames];
    for back in 1..frames {
        let want_s = end_s - back as f64 * step_s;
        let i = newest(film, want_s, step_s).unwrap_or(0).min(at);
        let stale_s = want_s - film.frames[i].time_s;
        if stale_s > (1.0 + LATE) * step_s {
            let own_s = film.step_s();
            let fix = if own_s > step_s {
                format!("give --step {} or more", said(own_s))
            } else {
                "give an --at away from the gap, or a longer --step".into()
            };
            return Err(NoClip::Stale {
                step_s: said(step_s),
                want_s: said(want_s),
                index: i,
                stale_s: said(stale_s),
                fix,
            });
        }
        picked[frames - 1 - back] = i;
    }
    Ok(picked)
}

/// How much older than its step the most belated frame is.
fn stalest_s(film: &Film, picked: &[usize], step_s: f64) -> f64 {
    let time_s = |i: usize| film.frames[i].time_s;
    let end_s = picked.last().map_or(0.0, |&i| time_s(i));
    let steps = picked.iter().rev().enumerate();
    steps.map(|(back, &i)| end_s - back as f64 * step_s - time_s(i)).fold(0.0, f64::max)
}

fn too_short(film: &Film, at: usize, frames: usize, step_s: f64) -> NoClip {
    let first_s = film.frames[0].time_s;
    let need_s = (frames - 1) as f64 * step_s;
    let have_s = film.frames[at].time_s - first_s;
    let (own_s, last_s) = (film.step_s(), film.frames[film.frames.len() - 1].time_s - first_s);
    let later = film
        .frames
        .iter()
        .position(|f| f.time_s - first_s >= need_s - LATE * step_s)
        .filter(|&i| i > at);
    let shorter = have_s / (frames - 1).max(1) as f64;
    let fix = match later {
        Some(i) => format!("give --at {i} or later"),
        None if shorter >= own_s && own_s < step_s => {
            format!("give --step {} or less", said((shorter * 1000.0).floor() / 1000.0))
        }
        None if last_s / (frames - 1).max(1) as f64 >= own_s && own_s < step_s => {
            format!("give a shorter --step (down to {}) and a later --at", said(own_s))
        }
        None => "give a longer film".into(),
    };
    NoClip::TooShort {
        frames,
        step_s: said(step_s),
        need_s: said(need_s),
        at,
        have_s: said(have_s),
        have: at + 1,
        fix,
    }
}

/// Rounded to a thousandth, for messages.
fn said(v: f64) -> f64 {
    (v * 1000.0).round() / 1000.0
}

/// How the values of the picked frames become intensity.
fn span(film: &Film, picked: &[usize], notes: &mut Vec<String>) -> Span {
    let frame = |i: usize| &film.frames[i].pixels;
    let all = || picked.iter().flat_map(|&i| values(frame(i)));
    let n = picked.len() * film.grid.height * film.grid.width;
    match (film.kind, frame(picked[0])) {
        (Kind::Rgb, _) => {
            notes.push("intensity is how flame-like a pixel's colour is, 0 to 1".into());
            Span { zero: 0.0, one: 1.0 }
        }
        (Kind::Mask, _) => {
            let most = nth(all, n.saturating_sub(1));
            Span { zero: 0.0, one: if most > 0.0 { most } else { 1.0 } }
        }
        (_, Pixels::U8(_)) => Span { zero: 0.0, one: 255.0 },
        (_, pixels) => {
            let (least, most) = (nth(all, 0), nth(all, n.saturating_sub(1)));
            if matches!(pixels, Pixels::F32(_)) && least >= 0.0 && most <= 1.0 {
                return Span { zero: 0.0, one: 1.0 };
            }
            if least >= most {
                notes.push(format!("all values of the clip are {least}: nothing to see"));
                return Span { zero: least, one: least + least.abs().max(1.0) };
            }
            let low = quantile(all, n, 0.01);
            let zero = if low < most { low } else { least };
            notes.push(format!(
                "intensity 0 is {zero} (1st percentile of the clip) and 1 is {most} (its maximum), \
                 in the input's unit"
            ));
            Span { zero, one: most }
        }
    }
}

/// First-channel values of a frame, as stored.
fn values(pixels: &Pixels) -> Box<dyn Iterator<Item = f32> + '_> {
    match pixels {
        Pixels::U8(a) => Box::new(a.index_axis(Axis(2), 0).into_iter().map(|&v| f32::from(v))),
        Pixels::U16(a) => Box::new(a.index_axis(Axis(2), 0).into_iter().map(|&v| f32::from(v))),
        Pixels::F32(a) => Box::new(a.index_axis(Axis(2), 0).into_iter().copied()),
    }
}

/// Intensity `[T, H, W]` of the picked frames.
fn intensities(film: &Film, picked: &[usize], span: Span) -> Array3<f32> {
    let mut out = Array3::zeros((picked.len(), film.grid.height, film.grid.width));
    for (&i, mut to) in picked.iter().zip(out.axis_iter_mut(Axis(0))) {
        match (film.kind, &film.frames[i].pixels) {
            (Kind::Rgb, Pixels::U8(rgb)) => to.assign(&flame_intensity(rgb)),
            (Kind::Mask, pixels) => {
                to.iter_mut().zip(values(pixels)).for_each(|(t, v)| *t = f32::from(v != 0.0));
            }
            (_, pixels) => to.iter_mut().zip(values(pixels)).for_each(|(t, v)| {
                *t = ((v - span.zero) / (span.one - span.zero)).clamp(0.0, 1.0);
            }),
        }
    }
    out
}

fn holes(kind: Kind) -> Holes {
    if kind == Kind::Mask { Holes::Keep } else { Holes::Close }
}

/// Intensity from which a pixel burns, and what has burnt by each frame.
fn burnt_by(kind: Kind, frames: &Array3<f32>, notes: &mut Vec<String>) -> (f32, Array3<bool>) {
    if kind == Kind::Mask {
        let burnt = accumulate(frames, None, 0.5, Holes::Keep);
        if !burnt.iter().any(|&b| b) {
            notes.push("no fire in view: the mask is empty".into());
        }
        return (0.5, burnt);
    }
    let contrast = Contrast::of(frames);
    if !contrast.is_fire() {
        notes.push(format!(
            "no fire in view: the hottest pixels are {:.2} above the background, fire is {CONTRAST_MIN}",
            contrast.peak - contrast.background
        ));
        return (contrast.hot(), Array3::from_elem(frames.dim(), false));
    }
    if kind == Kind::Rgb {
        notes.push("ground that burnt before the clip began is not known from colour".into());
    }
    (contrast.hot(), accumulate(frames, None, contrast.hot(), Holes::Close))
}

#[cfg(test)]
#[path = "clip_tests.rs"]
mod tests;
