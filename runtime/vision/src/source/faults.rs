//! Faults of a camera in a film: frames that show nothing, frames of something else, and a picture
//! that stands still.

use crate::frame::{Frame, Pixels};
use crate::note::{Moment, Note};

/// A frame whose values span less than this share of the film's usual span shows nothing.
const BLANK_SHARE: f64 = 0.03;
/// Longest run of nearly blank frames that is a shutter and no scene, frames.
const SHUTTER_FRAMES: usize = 5;
/// A value has changed where it differs by more than this share of what tells a frame's values apart.
const STRANGE_BY: f64 = 0.5;
/// A frame of something else differs from both neighbours in this share of its values...
const STRANGE_SHARE: f64 = 0.25;
/// ... and in this many times as many as they differ from each other.
const STRANGE_TIMES: f64 = 4.0;
/// The first and the last frame are something else where more than this share of their values changed...
const END_CHANGED: f64 = 0.6;
/// ... and less than this between their neighbours.
const END_STEADY: f64 = 0.25;
/// Correlation of two frames from which on they show one scene: another gain or offset changes nothing...
const ONE_SCENE: f64 = 0.7;
/// ... and the most of it that a frame of something else has with either of them, as a share.
const OTHER_SCENE: f64 = 0.6;
/// Largest share of a film that can be faults: more is what it looks like.
const FAULTS_MAX: f64 = 0.25;
/// Equal frames at the end from which a camera counts as frozen.
const FROZEN_FRAMES: usize = 3;
/// Values of a frame that are compared.
const SAMPLES: usize = 1 << 12;

/// Leaves out the frames that show nothing or something else; what a person should know of that, and
/// of a picture that stands still, goes into `notes`.
pub(super) fn leave_out(frames: Vec<Frame>, notes: &mut Vec<Note>) -> Vec<Frame> {
    let looks: Vec<Look> = frames.iter().map(|frame| Look::of(&frame.pixels)).collect();
    let (mut left_out, blank) = (vec![false; frames.len()], blank(&looks));
    for &i in &blank {
        left_out[i] = true;
    }
    let strange = strange(&looks, &left_out);
    for &i in &strange {
        left_out[i] = true;
    }
    let count = blank.len() + strange.len();
    let kept = if count as f64 > FAULTS_MAX * frames.len() as f64 {
        frames
    } else {
        let named = |found: &[usize]| {
            found.iter().map(|&i| (i, when(&frames[i]))).collect::<Vec<(usize, Moment)>>()
        };
        if !blank.is_empty() {
            notes.push(Note::FramesBlank { frames: named(&blank) });
        }
        if !strange.is_empty() {
            notes.push(Note::FramesStrange { frames: named(&strange) });
        }
        let here = frames.into_iter().zip(left_out);
        here.filter(|(_, out)| !out).map(|(frame, _)| frame).collect()
    };
    notes.extend(frozen(&kept));
    kept
}

fn when(frame: &Frame) -> Moment {
    Moment { utc: frame.time.utc, elapsed_s: frame.time_s() }
}

/// A frame as far as it is compared.
struct Look {
    least: f32,
    most: f32,
    /// Some of its values, the same places in all frames.
    values: Vec<f32>,
}

impl Look {
    fn of(pixels: &Pixels) -> Self {
        fn all<T: Copy>(values: &ndarray::Array3<T>, real: impl Fn(T) -> f32) -> Look {
            let every = (values.len() / SAMPLES).max(1);
            // A step that shares no factor with most widths, so that all columns are met.
            let every = if every > 1 { every | 1 } else { every };
            let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
            for &v in values {
                least = least.min(real(v));
                most = most.max(real(v));
            }
            let values = values.iter().step_by(every).map(|&v| real(v)).collect();
            Look { least, most, values }
        }
        match pixels {
            Pixels::U8(a) => all(a, f32::from),
            Pixels::U16(a) => all(a, f32::from),
            Pixels::F32(a) => all(a, |v| v),
        }
    }

    fn span(&self) -> f64 {
        f64::from(self.most) - f64::from(self.least)
    }

    /// Mean difference from another frame.
    fn apart(&self, other: &Self) -> f64 {
        let pairs = self.values.iter().zip(&other.values);
        let sum: f64 = pairs.map(|(a, b)| f64::from((a - b).abs())).sum();
        sum / self.values.len().max(1) as f64
    }

    /// Share of its values that differ from another frame's by more than `by`.
    fn changed(&self, other: &Self, by: f64) -> f64 {
        let pairs = self.values.iter().zip(&other.values);
        let n = pairs.filter(|(a, b)| f64::from((*a - *b).abs()) > by).count();
        n as f64 / self.values.len().max(1) as f64
    }

    /// Correlation of its values with another frame's, −1 to 1; 0 where one has a single value.
    fn likeness(&self, other: &Self) -> f64 {
        let mean = |look: &Self| {
            look.values.iter().map(|&v| f64::from(v)).sum::<f64>() / look.values.len().max(1) as f64
        };
        let (mine, theirs) = (mean(self), mean(other));
        let (mut both, mut a2, mut b2) = (0.0, 0.0, 0.0);
        for (&a, &b) in self.values.iter().zip(&other.values) {
            let (a, b) = (f64::from(a) - mine, f64::from(b) - theirs);
            both += a * b;
            a2 += a * a;
            b2 += b * b;
        }
        if a2 > 0.0 && b2 > 0.0 { both / (a2 * b2).sqrt() } else { 0.0 }
    }

    /// Whether `beside` and `beyond` show one scene and this frame another: neither a camera that
    /// changes its gain nor one whose noise hides the scene makes it so.
    fn is_other_than(&self, beside: &Self, beyond: &Self) -> bool {
        let scene = beside.likeness(beyond);
        let mine = self.likeness(beside).max(self.likeness(beyond));
        scene >= ONE_SCENE && mine < OTHER_SCENE * scene
    }

    /// Mean difference of its values from their mean.
    fn contrast(&self) -> f64 {
        let n = self.values.len().max(1) as f64;
        let mean = self.values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        self.values.iter().map(|&v| (f64::from(v) - mean).abs()).sum::<f64>() / n
    }
}

/// Frames of one value, or nearly so, after one that shows something.
fn blank(looks: &[Look]) -> Vec<usize> {
    let mut spans: Vec<f64> = looks.iter().map(Look::span).filter(|s| *s > 0.0).collect();
    spans.sort_by(f64::total_cmp);
    let Some(&usual) = spans.get(spans.len() / 2) else { return Vec::new() };
    let Some(first) = looks.iter().position(|l| l.span() >= BLANK_SHARE * usual) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut i = first;
    while i < looks.len() {
        let run = looks[i..].iter().take_while(|l| l.span() < BLANK_SHARE * usual).count();
        if run == 0 {
            i += 1;
            continue;
        }
        let of_one_value = looks[i..i + run].iter().all(|l| l.span() <= 0.0);
        if of_one_value || run <= SHUTTER_FRAMES {
            found.extend(i..i + run);
        }
        i += run;
    }
    found
}

/// Frames that are unlike the frames before and after them, which are like each other.
fn strange(looks: &[Look], left_out: &[bool]) -> Vec<usize> {
    let seen: Vec<usize> = (0..looks.len()).filter(|&i| !left_out[i]).collect();
    let strange = |t: &&[usize]| {
        let [before, this, after] = [t[0], t[1], t[2]].map(|i| &looks[i]);
        // A part of it may be torn, or all of it be noise like the ground's own: by cells that changed, or
        // by how much all did.
        let by = STRANGE_BY * before.contrast().max(after.contrast());
        let changed = before.changed(this, by).min(this.changed(after, by));
        let apart = before.apart(this).min(this.apart(after));
        let is_far = (changed > STRANGE_SHARE
            && changed > STRANGE_TIMES * before.changed(after, by))
            || (apart > by && apart > STRANGE_TIMES * before.apart(after));
        is_far && this.is_other_than(before, after)
    };
    let mut found: Vec<usize> = seen.windows(3).filter(strange).map(|t| t[1]).collect();
    // At the ends there is one neighbour only: nearly all must have changed, and no more before or after.
    let lone = |end: usize, next: usize, beyond: usize| {
        let [end, next, beyond] = [end, next, beyond].map(|i| &looks[i]);
        let by = STRANGE_BY * next.contrast();
        end.changed(next, by) > END_CHANGED
            && next.changed(beyond, by) < END_STEADY
            && end.is_other_than(next, beyond)
    };
    if let [first, second, third, .., before, beside, last] = seen[..] {
        if lone(first, second, third) {
            found.insert(0, first);
        }
        if lone(last, beside, before) {
            found.push(last);
        }
    }
    found
}

/// A note where the film ends in equal frames.
fn frozen(frames: &[Frame]) -> Option<Note> {
    let (last, before) = frames.split_last()?;
    let same = before.iter().rev().take_while(|f| f.pixels == last.pixels).count();
    let first = &before[before.len() - same..].first()?;
    if same + 1 < FROZEN_FRAMES || Look::of(&last.pixels).span() <= 0.0 {
        return None;
    }
    let (frames_same, of) = (same + 1, frames.len());
    let over_s = last.time_s() - first.time_s();
    Some(Note::CameraFrozen { frames: frames_same, of, over_s })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Elapsed, FrameTime, TimeSource};
    use ndarray::Array3;

    /// A fire that grows from frame to frame on ground that is not even.
    fn fire(t: usize) -> Array3<u16> {
        Array3::from_shape_fn((40, 50, 1), |(y, x, _)| {
            let ground = 3000 + (7 * y + 13 * x) as u16 % 40 + t as u16 % 3;
            let far = (y as i32 - 20).pow(2) + (x as i32 - 25).pow(2);
            if far < (4 + t as i32).pow(2) { 9000 } else { ground }
        })
    }

    fn noise(seed: u16) -> Array3<u16> {
        let mut v = u32::from(seed);
        Array3::from_shape_simple_fn((40, 50, 1), || {
            v = v.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            3000 + (v >> 18) as u16 % 6000
        })
    }

    #[test]
    fn faults_are_left_out_and_named_and_the_rest_stays() {
        let flat = |v: u16| Array3::from_elem((40, 50, 1), v);
        let shutter = || Array3::from_shape_fn((40, 50, 1), |(y, x, _)| 3500 + (y + x) as u16 % 9);
        let torn = |t: usize| {
            let (mut a, b) = (fire(t), noise(5));
            a.slice_mut(ndarray::s![20.., .., ..]).assign(&b.slice(ndarray::s![20.., .., ..]));
            a
        };
        let whole: Vec<Array3<u16>> = (0..12).map(fire).collect();
        let with = |faults: Vec<(usize, Array3<u16>)>| {
            let mut film = whole.clone();
            for (i, a) in faults {
                film[i] = a;
            }
            film
        };
        let frozen = (0..12).map(|t| fire(t.min(3))).collect();
        for (film, out, said) in [
            (whole.clone(), vec![], ""),
            (with(vec![(5, flat(128))]), vec![5], "frame 5 (second 300)"),
            (with(vec![(11, flat(0))]), vec![11], "1 frames of one value"),
            (
                with(vec![(5, shutter()), (6, shutter())]),
                vec![5, 6],
                "frame 5 (second 300), frame 6",
            ),
            (with(vec![(5, noise(1))]), vec![5], "1 frames are unlike"),
            (with(vec![(7, torn(7))]), vec![7], "1 frames are unlike"),
            (with(vec![(11, noise(3))]), vec![11], "1 frames are unlike"),
            (with(vec![(0, flat(6000))]), vec![0], "1 frames are unlike"),
            // A camera that changes its gain for a frame, and one whose noise hides the scene.
            (with(vec![(5, fire(5).mapv(|v| v / 2 + 3000))]), vec![], ""),
            ((0..12).map(|t| noise(7 * t + 1)).collect(), vec![], ""),
            // Nothing burns yet.
            (with(vec![(0, flat(3000)), (1, flat(3000))]), vec![], ""),
            // A film of which half is something else is what it looks like.
            ((0..12).map(|t| if t % 2 == 0 { fire(t) } else { flat(7) }).collect(), vec![], ""),
            (frozen, vec![], "the last 9 frames are the same to the bit, over 480 s"),
        ] {
            let frame = |(i, a): (usize, Array3<u16>)| {
                let time = FrameTime::since_first(Elapsed::counted(i, 60.0), TimeSource::Step);
                Frame::new(Pixels::U16(a), time)
            };
            let frames: Vec<Frame> = film.into_iter().enumerate().map(frame).collect();
            let mut notes = Vec::new();
            let kept = leave_out(frames, &mut notes);
            let gone: Vec<usize> =
                (0..12).filter(|i| kept.iter().all(|f| f.time_s() != 60.0 * *i as f64)).collect();
            let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
            assert_eq!(gone, out, "{notes:?}");
            assert!(
                notes.join("\n").contains(said) && notes.is_empty() == said.is_empty(),
                "{notes:?}"
            );
        }
    }
}
