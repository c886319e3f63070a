//! The reader of subtitles: cues in, samples from the film's start out.

use emberline_georeference::pose::{Heights, Lens, Rotation, Sample};

use super::cue::{Cue, cues};
use super::field::{local_time, metres, number, three, written};
use crate::counts::Counts;
use crate::note::{Note, Notes};
use crate::{fov, place};

/// Width and height of a 35 mm frame; films of drones take in its width.
const FRAME_MM: f64 = 36.0;

/// What subtitles say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subtitles {
    /// Times count from the film's start.
    pub(crate) samples: Vec<Sample>,
    /// The first local time and when it was, seconds from the film's start.
    pub(crate) local: Option<(f64, String)>,
    pub(crate) notes: Vec<Note>,
    pub(crate) counts: Counts,
}

/// In which order `GPS(…)` has its two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    LongitudeFirst,
    LatitudeFirst,
}

/// Reads a file of subtitles.
pub(crate) fn read(text: &str) -> Subtitles {
    let mut notes = Notes::default();
    let mut out = Subtitles {
        counts: Counts { bytes: text.len() as u64, ..Counts::default() },
        ..Subtitles::default()
    };
    // DJI has longitude first; a second number that cannot be a latitude says otherwise, for the whole file.
    let turned = |c: Cue<'_>| brackets(c.text).is_some_and(|[_, second, _]| second.abs() > 90.0);
    let order = if cues(text).any(turned) { Order::LatitudeFirst } else { Order::LongitudeFirst };
    if order == Order::LatitudeFirst {
        notes.add(Note::LatitudeFirst);
    }
    for cue in cues(text) {
        out.counts.read += 1;
        if out.local.is_none() {
            out.local = local_time(cue.text).map(|local| (cue.from_s, local));
        }
        match sample(cue, order, &mut notes, &mut out.counts) {
            Some(sample) => out.samples.push(sample),
            None => out.counts.of_no_use += 1,
        }
    }
    if out.local.is_some() {
        notes.add(Note::LocalTime);
    }
    if !out.samples.is_empty() && out.samples.iter().all(|s| s.rotation.is_none()) {
        notes.add(Note::NoAngles);
    }
    out.notes = notes.list();
    out
}

/// What stands in `GPS(…)` or `RTK (…)`; the third number counts satellites, or is a height without a datum.
fn brackets(text: &str) -> Option<[f64; 3]> {
    three(text, "GPS").or_else(|| three(text, "RTK"))
}

fn sample(cue: Cue<'_>, order: Order, notes: &mut Notes, counts: &mut Counts) -> Option<Sample> {
    let text = cue.text;
    let named = number(text, "latitude")
        .zip(number(text, "longitude").or_else(|| number(text, "longtitude")));
    let bracketed = brackets(text).map(|[a, b, _]| match order {
        Order::LongitudeFirst => (b, a),
        Order::LatitudeFirst => (a, b),
    });
    let told = named.or(bracketed);
    let place = told.and_then(|(lat, lon)| place::checked(lat, lon));
    counts.no_fix += u64::from(told.is_some() && place.is_none());
    let above_takeoff_m =
        number(text, "rel_alt").or_else(|| number(text, "BAROMETER")).or_else(|| metres(text, "H"));
    let msl_m = number(text, "abs_alt");
    if number(text, "altitude").is_some() {
        notes.add(Note::HeightUnclear);
    }
    if msl_m.is_some() {
        notes.add(Note::BarometricHeight);
    }
    let heights = Heights { above_takeoff_m, msl_m, ..Heights::default() };
    let sample = Sample {
        time_s: cue.from_s,
        place,
        heights: if place.is_some() { heights } else { Heights::default() },
        rotation: rotation(text),
        lens: Lens { hfov_deg: hfov(text, notes), vfov_deg: None },
        ..Sample::default()
    };
    (sample != Sample { time_s: cue.from_s, ..Sample::default() }).then_some(sample)
}

/// The gimbal's angles, from north.
fn rotation(text: &str) -> Option<Rotation> {
    let named = || {
        Some([
            number(text, "gb_yaw")?,
            number(text, "gb_pitch")?,
            number(text, "gb_roll").unwrap_or(0.0),
        ])
    };
    let bracketed = || three(text, "G.PRY").map(|[pitch, roll, yaw]| [yaw, pitch, roll]);
    let [yaw, pitch, roll] = named().or_else(bracketed)?;
    Rotation::from_yaw_pitch_roll_deg(yaw, pitch, roll)
}

/// The field of view where the focal length is one for 35 mm film: `24.00` is, `240` counts tenths or something else.
fn hfov(text: &str, notes: &mut Notes) -> Option<f64> {
    let focal = written(text, "focal_len")?;
    // A digital zoom of 1 is written 1.00 or 10000.
    let zoomed = number(text, "dzoom_ratio").is_some_and(|z| z != 1.0 && z != 10_000.0);
    let certain = focal.contains('.') && !zoomed;
    let Some(focal_mm) = focal.parse::<f64>().ok().filter(|f| certain && (8.0..2000.0).contains(f))
    else {
        notes.add(Note::FocalLengthUnclear);
        return None;
    };
    notes.add(Note::From35mm);
    fov::of_focal_length(FRAME_MM, focal_mm)
}

#[cfg(test)]
mod tests;
