//! Picking: which frame of a film stands for each step of a clip.
//!
//! Places are those in the view at hand; messages speak of the stream's own count.

use super::refusal::NoClip;
use crate::frame::{Frame, FrameView};

/// Share of a step by which a frame may come late and still count for it: clocks are rounded.
pub(super) const LATE: f64 = 0.01;

/// Newest frame at or before `want_s`, give or take the clock's rounding.
pub(super) fn newest(frames: &[Frame], want_s: f64, step_s: f64) -> Option<usize> {
    frames.partition_point(|f| f.time_s() <= want_s + LATE * step_s).checked_sub(1)
}

/// Place of the frame of each step, oldest first; the last is `at`.
pub(super) fn pick(
    view: &FrameView<'_>,
    at: usize,
    frames: usize,
    step_s: f64,
) -> Result<Vec<usize>, NoClip> {
    let time_s = |i: usize| view.frames[i].time_s();
    let (first_s, end_s) = (time_s(0), time_s(at));
    let need_s = (frames - 1) as f64 * step_s;
    if end_s - need_s < first_s - LATE * step_s {
        return Err(too_short(view, at, frames, step_s));
    }
    let mut picked = vec![at; frames];
    for back in 1..frames {
        let want_s = end_s - back as f64 * step_s;
        let i = newest(view.frames, want_s, step_s).unwrap_or(0).min(at);
        let stale_s = want_s - time_s(i);
        if stale_s > (1.0 + LATE) * step_s {
            let own_s = view.step_s();
            let fix = if own_s > step_s {
                format!("give ‹step› {} or more", rounded(own_s))
            } else {
                "give an ‹at› away from the gap, or a longer ‹step›".into()
            };
            return Err(NoClip::Stale {
                step_s: rounded(step_s),
                want_s: rounded(want_s),
                index: view.first_index + i,
                stale_s: rounded(stale_s),
                fix,
            });
        }
        picked[frames - 1 - back] = i;
    }
    Ok(picked)
}

/// How much older than its step the most belated frame is.
pub(super) fn stalest_s(frames: &[Frame], picked: &[usize], step_s: f64) -> f64 {
    let time_s = |i: usize| frames[i].time_s();
    let end_s = picked.last().map_or(0.0, |&i| time_s(i));
    let steps = picked.iter().rev().enumerate();
    steps.map(|(back, &i)| end_s - back as f64 * step_s - time_s(i)).fold(0.0, f64::max)
}

pub(super) fn too_short(view: &FrameView<'_>, at: usize, frames: usize, step_s: f64) -> NoClip {
    let time_s = |i: usize| view.frames[i].time_s();
    let first_s = time_s(0);
    let need_s = (frames - 1) as f64 * step_s;
    let have_s = time_s(at) - first_s;
    let (own_s, last_s) = (view.step_s(), time_s(view.frames.len() - 1) - first_s);
    let later = view
        .frames
        .iter()
        .position(|f| f.time_s() - first_s >= need_s - LATE * step_s)
        .filter(|&i| i > at);
    let shorter = have_s / (frames - 1).max(1) as f64;
    let fix = match later {
        Some(i) => format!("give ‹at› {} or later", view.first_index + i),
        None if shorter >= own_s && own_s < step_s => {
            format!("give ‹step› {} or less", rounded((shorter * 1000.0).floor() / 1000.0))
        }
        None if last_s / (frames - 1).max(1) as f64 >= own_s && own_s < step_s => {
            format!("give a shorter ‹step› (down to {}) and a later ‹at›", rounded(own_s))
        }
        None => "give a longer film".into(),
    };
    NoClip::TooShort {
        frames,
        step_s: rounded(step_s),
        need_s: rounded(need_s),
        at: view.first_index + at,
        have_s: rounded(have_s),
        have: at + 1,
        fix,
    }
}

/// Rounded to a thousandth, for messages.
pub(super) fn rounded(v: f64) -> f64 {
    (v * 1000.0).round() / 1000.0
}
