//! Rain frames: a film of radar at the times a clip wants, whatever its own are.
//!
//! A radar's frames may come at any pace, late, or not at all. Where there is one near a time it is taken;
//! else the two around it are carried there along the motion of the rain and weighed by how near they
//! are. Motion is seen in frames as they came, with their own ages.

use ndarray::{Array2, Array3, ArrayRef2, Axis, Zip};

use super::pick::{rounded, too_short};
use super::refusal::NoClip;
use super::unit::{Unit, intensities};
use super::unseen::{RadarFrame, Unseen};
use crate::extrapolation::{Inflow, extrapolate};
use crate::frame::{Frame, FrameView, Pixels};
use crate::motion::MotionField;
use crate::note::Note;

/// Share of a step by which a frame may be away from a time and still stand for it.
const NEAR: f64 = 0.1;
/// Longest time between two frames that is bridged, seconds: rain is another one after more.
pub(super) const BRIDGED_S: f64 = 1800.0;
/// Seconds between two frames in which motion is seen, at least: in less, rain moves by noise.
const PAIR_S: f64 = 234.0;
/// Age up to which frames tell how rain moves now, seconds; the newest two do whatever their age.
const SPAN_S: f64 = 930.0;

/// The frame of `view` that stands for the time `want_s`, up to the one at `last`: the nearest, where it
/// is near enough.
pub(super) fn near(frames: &[Frame], last: usize, want_s: f64, step_s: f64) -> Option<usize> {
    let after = frames[..=last].partition_point(|f| f.time_s() < want_s);
    let away = |i: &usize| (frames[*i].time_s() - want_s).abs();
    let around = [after.checked_sub(1), (after <= last).then_some(after)];
    let nearest = around.into_iter().flatten().min_by(|a, b| away(a).total_cmp(&away(b)))?;
    (away(&nearest) <= NEAR * step_s + 1e-6).then_some(nearest)
}

/// Frames of rain at the times a clip wants.
pub(super) struct RainFrames {
    /// Shares of rain `[T, H, W]`, 0 where there is no data, oldest first.
    pub(super) frames: Array3<f32>,
    /// Where there is none, and what shows the motion.
    pub(super) unseen: Unseen,
    /// Place in the view of the frame that stands for each time; of one that is interpolated, that of the
    /// frame before it.
    pub(super) picked: Vec<usize>,
}

impl RainFrames {
    /// `count` frames `step_s` apart that end at the frame at `at`.
    ///
    /// # Errors
    /// [`NoClip`] where the film begins too late, or has a gap of more than half an hour there.
    pub(super) fn ending(
        view: &FrameView<'_>,
        at: usize,
        count: usize,
        step_s: f64,
        unit: Unit,
        notes: &mut Vec<Note>,
    ) -> Result<Self, NoClip> {
        let reader = Reader { view, at, step_s, unit };
        let newest = reader.newest();
        let (h, w) = (view.grid.height, view.grid.width);
        let mut frames = Array3::zeros((count, h, w));
        let mut picked = vec![at; count];
        // What is between frames needs the motion, which is seen once.
        let unseen = Unseen::new(Array3::from_elem((1, h, w), false), newest, step_s);
        let mut between = 0;
        for (back, mut frame) in frames.axis_iter_mut(Axis(0)).rev().enumerate() {
            let (shares, place, is_between) = reader.at(back, count, &unseen)?;
            frame.assign(&shares);
            picked[count - 1 - back] = place;
            between += usize::from(is_between);
        }
        if between > 0 {
            notes.push(Note::FramesInterpolated { frames: between, step_s: rounded(step_s) });
        }
        let no_data = frames.mapv(f32::is_nan);
        frames.mapv_inplace(|v| if v.is_nan() { 0.0 } else { v });
        Ok(Self { frames, unseen: unseen.with_no_data(no_data), picked })
    }
}

/// A film as rain.
struct Reader<'a> {
    view: &'a FrameView<'a>,
    at: usize,
    step_s: f64,
    unit: Unit,
}

impl Reader<'_> {
    fn time_s(&self, i: usize) -> f64 {
        self.view.frames[i].time_s()
    }

    fn shares(&self, i: usize) -> Array2<f32> {
        let one = [std::sync::Arc::clone(&self.view.frames[i].pixels)];
        let shape = [self.view.grid.height, self.view.grid.width];
        intensities(self.view.kind, &one, shape, self.unit).index_axis_move(Axis(0), 0)
    }

    /// Whether a radar saw anything in a frame.
    fn is_seen(&self, i: usize) -> bool {
        match &*self.view.frames[i].pixels {
            Pixels::F32(a) => a.iter().any(|v| !v.is_nan()),
            Pixels::U8(a) => a.iter().any(|v| *v != u8::MAX),
            Pixels::U16(_) => true,
        }
    }

    /// The newest frames that motion is seen in, oldest first: some minutes apart, whatever the step.
    fn newest(&self) -> Vec<RadarFrame> {
        let seen = |before: usize| (0..before).rev().filter(|&i| self.is_seen(i));
        let mut chosen: Vec<usize> = seen(self.at + 1).take(1).collect();
        let age_s = |i: usize| self.time_s(self.at) - self.time_s(i);
        while let Some(&newer) = chosen.last() {
            let apart_s = |i: usize| self.time_s(newer) - self.time_s(i);
            let mut near = seen(newer).take_while(|i| apart_s(*i) <= BRIDGED_S).peekable();
            let next = match (chosen.len(), near.peek().copied()) {
                // A short pair is better than none.
                (1, Some(nearest)) => near
                    .clone()
                    .find(|i| apart_s(*i) >= PAIR_S)
                    .or_else(|| near.last())
                    .or(Some(nearest)),
                _ => near.find(|i| apart_s(*i) >= PAIR_S).filter(|i| age_s(*i) <= SPAN_S),
            };
            let Some(next) = next else { break };
            chosen.push(next);
        }
        let frame = |i: &usize| RadarFrame { age_s: age_s(*i), shares: self.shares(*i) };
        chosen.iter().rev().map(frame).collect()
    }

    /// Shares `[H, W]` at `back` steps before the end, with the place of the frame and whether it lies
    /// between two.
    fn at(
        &self,
        back: usize,
        count: usize,
        unseen: &Unseen,
    ) -> Result<(Array2<f32>, usize, bool), NoClip> {
        let want_s = self.time_s(self.at) - back as f64 * self.step_s;
        let frames = self.view.frames;
        if back == 0 {
            return Ok((self.shares(self.at), self.at, false));
        }
        if let Some(i) = near(frames, self.at, want_s, self.step_s).filter(|&i| self.is_seen(i)) {
            return Ok((self.shares(i), i, false));
        }
        let after = frames[..=self.at].partition_point(|f| f.time_s() < want_s);
        let before = (0..after).rev().find(|&i| self.is_seen(i));
        let Some(before) = before else {
            return Err(too_short(self.view, self.at, count, self.step_s));
        };
        let after = (after..=self.at).find(|&i| self.is_seen(i)).unwrap_or(self.at);
        let gap_s = self.time_s(after) - self.time_s(before);
        if gap_s > BRIDGED_S {
            return Err(NoClip::Stale {
                step_s: rounded(BRIDGED_S),
                want_s: rounded(want_s),
                index: self.view.first_index + before,
                stale_s: rounded(gap_s),
                fix: "give an ‹at› away from the gap".to_owned(),
            });
        }
        let steps = |from: usize, to: usize| (self.time_s(to) - self.time_s(from)) / self.step_s;
        let since = (want_s - self.time_s(before)) / self.step_s;
        let shares = between(
            [&self.shares(before), &self.shares(after)],
            [since, steps(before, after) - since],
            unseen.motion(),
        );
        Ok((shares, before, true))
    }
}

/// The frame `[H, W]` so many steps after the first and before the second of two, along `motion` (cells a
/// step): each is carried there, and they are weighed by how near they are.
fn between(
    [before, after]: [&ArrayRef2<f32>; 2],
    steps: [f64; 2],
    motion: &MotionField,
) -> Array2<f32> {
    let carried = |frame: &ArrayRef2<f32>, steps: f64| {
        extrapolate(frame, &motion.times(steps as f32), 1, Inflow::NoData)
            .index_axis_move(Axis(0), 0)
    };
    let [mut out, later] = [carried(before, steps[0]), carried(after, -steps[1])];
    let weight = (steps[0] / (steps[0] + steps[1])) as f32;
    Zip::from(&mut out).and(&later).and(before).for_each(|out, later, before| {
        *out = match (out.is_nan(), later.is_nan()) {
            (false, false) => *out + weight * (*later - *out),
            (false, true) => *out,
            (true, false) => *later,
            (true, true) => *before,
        };
    });
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ndarray::Array3;

    use super::*;
    use crate::frame::{Elapsed, FrameTime, TimeSource};
    use crate::grid::Grid;
    use crate::kind::Kind;

    const SIDES: [usize; 2] = [160, 200];

    /// Numbers of 0..1 that look random, one a knot of a lattice.
    fn knot(y: i64, x: i64) -> f64 {
        let mixed = (y.wrapping_mul(73_856_093) ^ x.wrapping_mul(19_349_663)) as u32;
        let mixed = (mixed ^ (mixed >> 13)).wrapping_mul(2_246_822_519);
        f64::from((mixed ^ (mixed >> 15)) >> 8) / f64::from(1u32 << 24)
    }

    /// A field that never repeats, smooth over so many cells.
    fn field(y: f64, x: f64, cells: f64) -> f64 {
        let ((y, x), smooth) = ((y / cells, x / cells), |f: f64| f * f * (3.0 - 2.0 * f));
        let (fy, fx) = (smooth(y - y.floor()), smooth(x - x.floor()));
        let at = |dy: i64, dx: i64| knot(y.floor() as i64 + dy, x.floor() as i64 + dx);
        let row = |dy: i64| at(dy, 0) + fx * (at(dy, 1) - at(dy, 0));
        row(0) + fy * (row(1) - row(0))
    }

    /// Showers that move so many cells a minute, down and right, at the minutes `at_min`.
    fn frames(at_min: &[f64], cells_min: [f64; 2]) -> Vec<Frame> {
        let frame = |min: f64| {
            let cells = Array3::from_shape_fn((SIDES[0], SIDES[1], 1), |(y, x, _)| {
                let (y, x) = (y as f64 - cells_min[0] * min, x as f64 - cells_min[1] * min);
                let rain = 0.6 * field(y, x, 31.0) + 0.4 * field(y + 500.0, x, 11.0);
                (500.0 * (rain - 0.4)).clamp(0.0, 254.0) as u8
            });
            let elapsed = Elapsed::from_secs_f64(60.0 * min).unwrap();
            Frame::new(Pixels::U8(cells), FrameTime::since_first(elapsed, TimeSource::Step))
        };
        at_min.iter().map(|min| frame(*min)).collect()
    }

    fn seen(frames: &[Frame], step_s: f64) -> Result<RainFrames, NoClip> {
        let grid = Grid::new(SIDES[0], SIDES[1]);
        let view = FrameView { kind: Kind::Rain, grid: &grid, frames, first_index: 0 };
        let mut notes = Vec::new();
        RainFrames::ending(&view, frames.len() - 1, 2, step_s, Unit::RainCode, &mut notes)
    }

    /// Middle motion, cells a minute, down and right.
    fn motion(seen: &RainFrames, step_s: f64) -> [f64; 2] {
        let motion = seen.unseen.motion();
        [&motion.down_px, &motion.right_px].map(|a| f64::from(a[[80, 100]]) * 60.0 / step_s)
    }

    #[test]
    fn whatever_frames_are_missing_rain_moves_as_fast_as_it_does() {
        let speed = [0.4, 0.7];
        for (step_min, jitter_min) in [(5.0, 0.0), (5.0, 0.4), (10.0, 0.0), (2.0, 0.0), (15.0, 0.0)]
        {
            let count = (60.0 / step_min) as usize;
            let at: Vec<f64> = (0..=count)
                .map(|k| k as f64 * step_min + jitter_min * (((k * 7) % 5) as f64 - 2.0) / 2.0)
                .collect();
            // Any of the newest eight frames but the last may be missing, one or two of them.
            let newest = count.saturating_sub(8)..count;
            for missing in newest.clone().flat_map(|a| newest.clone().map(move |b| [a, b])) {
                let kept: Vec<f64> =
                    (0..=count).filter(|k| !missing.contains(k)).map(|k| at[k]).collect();
                let last_two = kept[kept.len() - 1] - kept[kept.len() - 2];
                let got = seen(&frames(&kept, speed), 300.0);
                if last_two * 60.0 > BRIDGED_S {
                    assert!(matches!(got, Err(NoClip::Stale { .. })), "{step_min} {missing:?}");
                    continue;
                }
                let got = got.unwrap();
                let found = motion(&got, 300.0);
                let off = (found[0] - speed[0]).hypot(found[1] - speed[1]);
                let share = off / f64::hypot(speed[0], speed[1]);
                assert!(share < 0.02, "{step_min} {jitter_min} {missing:?}: {found:?}");
                // What is interpolated is what would have been seen.
                let end = kept[kept.len() - 1];
                let truth = frames(&[end - 5.0], speed);
                let Pixels::U8(truth) = &*truth[0].pixels else { panic!("codes") };
                let inner = |a: &Array2<f32>| a.slice(ndarray::s![40..120, 50..150]).to_owned();
                let truth = truth.index_axis(Axis(2), 0).mapv(|v| f32::from(v) / 254.0);
                let first = got.frames.index_axis(Axis(0), 0).to_owned();
                let off = (&inner(&first) - &inner(&truth)).mapv(f32::abs).mean().unwrap();
                assert!(off < 0.02, "{step_min} {jitter_min} {missing:?}: {off}");
            }
        }
    }

    #[test]
    fn a_frame_in_which_no_radar_saw_anything_is_none() {
        let speed = [0.0, 1.0];
        let mut film = frames(&[0.0, 5.0, 10.0, 15.0, 20.0], speed);
        let none = Array3::from_elem((SIDES[0], SIDES[1], 1), 255u8);
        film[3].pixels = Arc::new(Pixels::U8(none));
        let got = seen(&film, 300.0).unwrap();
        assert!(!got.unseen.no_data.iter().any(|none| *none));
        let ages: Vec<f64> = got.unseen.newest.iter().map(|f| f.age_s).collect();
        assert_eq!(ages, [900.0, 600.0, 0.0]);
        assert!((motion(&got, 300.0)[1] - 1.0).abs() < 0.02);
    }

    #[test]
    fn a_film_that_begins_too_late_or_has_a_hole_is_refused() {
        let speed = [0.0, 1.0];
        assert!(matches!(seen(&frames(&[0.0], speed), 300.0), Err(NoClip::TooShort { .. })));
        let got = seen(&frames(&[0.0, 5.0, 45.0], speed), 300.0);
        assert!(matches!(got, Err(NoClip::Stale { .. })), "{:?}", got.err());
    }
}
