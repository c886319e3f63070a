//! Picking: which frame of a film stands for each step of a clip, and why there is none.

use crate::frame::{Film, Kind};
use crate::task::Task;

/// Share of a step by which a frame may come late and still count for it: clocks are rounded.
pub(super) const LATE: f64 = 0.01;

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
    /// The film shows something else than is to be forecast.
    #[error("a {kind} film shows nothing for a forecast of {task}; use another --model or --kind")]
    Kind {
        /// What the film is.
        kind: Kind,
        /// What is to be forecast.
        task: Task,
    },
}

/// Newest frame at or before `want_s`, give or take the clock's rounding.
pub(super) fn newest(film: &Film, want_s: f64, step_s: f64) -> Option<usize> {
    film.frames.partition_point(|f| f.time_s <= want_s + LATE * step_s).checked_sub(1)
}

/// Index of the frame of each step, oldest first.
pub(super) fn pick(
    film: &Film,
    at: usize,
    frames: usize,
    step_s: f64,
) -> Result<Vec<usize>, NoClip> {
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
pub(super) fn stalest_s(film: &Film, picked: &[usize], step_s: f64) -> f64 {
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
pub(super) fn said(v: f64) -> f64 {
    (v * 1000.0).round() / 1000.0
}
