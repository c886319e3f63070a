//! Baselines of frames and of rain: nothing changes, or all moves on as it moved.

use ndarray::{Array3, ArrayRef2, Axis, s};

use super::certain::{certain_forecast, short_flow};
use crate::clip::{Clip, Observed};
use crate::extrapolation::{Inflow, extrapolate};
use crate::forecast::{Forecast, Predicted, Rain};
use crate::motion::farneback::flow_at_end;
use crate::motion::lucas_kanade::rain_motion;
use crate::motion::{MotionField, bilinear};
use crate::task::Task;

/// A forecaster of frames and rain without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramesBaseline {
    /// The last frame again.
    Persistence,
    /// The last frame carried along the paths of its optical flow.
    OpticalFlow,
    /// Of rain: the last frame carried along the motion of its corners, dry where it flows in.
    LucasKanade,
}

impl FramesBaseline {
    /// Those of a task, simplest first.
    #[must_use]
    pub fn of(task: Task) -> &'static [Self] {
        match task {
            Task::Rain => &[Self::Persistence, Self::OpticalFlow, Self::LucasKanade],
            Task::FireFront | Task::Frames => &[Self::Persistence, Self::OpticalFlow],
        }
    }

    /// Name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Persistence => "persistence",
            Self::OpticalFlow => "optical-flow",
            Self::LucasKanade => "lucas-kanade",
        }
    }

    /// Forecast for `leads` steps after the clip; of rain, its rate too, where the clip shows rain.
    #[must_use]
    pub fn forecast(self, clip: &Clip, leads: usize) -> Forecast {
        let (t, h, w) = clip.frames.dim();
        let every = clip.lead_steps.max(1);
        let mut frames = Array3::zeros((leads * every, h, w));
        let mut notes = Vec::new();
        if let Some(last) = t.checked_sub(1) {
            let now = clip.frames.index_axis(Axis(0), last);
            match self {
                Self::Persistence => frames.outer_iter_mut().for_each(|mut f| f.assign(&now)),
                Self::OpticalFlow => {
                    carry(&now, &flow_at_end(&clip.frames), &mut frames);
                    notes = short_flow(last);
                }
                Self::LucasKanade => {
                    let (motion, seen) = match &clip.observed {
                        Observed::Rain(unseen) => (unseen.motion().clone(), unseen.newest.len()),
                        Observed::Fire(_) | Observed::Film => (rain_motion(&clip.frames), t),
                    };
                    frames = extrapolate(&now, &motion, leads * every, Inflow::Dry);
                    notes = short_flow(seen.saturating_sub(1));
                }
            }
            frames = frames.slice(s![every - 1..;every, .., ..]).to_owned();
        }
        let predicted = match &clip.observed {
            Observed::Rain(unseen) => Predicted::Rain(Rain::of(&frames, &unseen.now())),
            Observed::Fire(_) | Observed::Film => Predicted::Film,
        };
        certain_forecast(clip, frames, predicted, notes)
    }
}

/// Carries `now` along `flow` into each of `frames`: from each cell its path is followed back a step
/// a lead, with the flow where the path is (semi-Lagrangian). The border repeats.
fn carry(now: &ArrayRef2<f32>, flow: &MotionField, frames: &mut Array3<f32>) {
    let (h, w) = now.dim();
    for (y, x) in (0..h).flat_map(|y| (0..w).map(move |x| (y, x))) {
        let mut at = [y as f32, x as f32];
        for mut frame in frames.outer_iter_mut() {
            at = flow.step_back(at);
            frame[[y, x]] = bilinear::border_repeats(now, at[0], at[1]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clip::{Span, Unit, Unseen};
    use crate::frame::{Elapsed, Kind};
    use crate::grid::Grid;

    /// A soft blob that moves 2 px right and 1 px down a frame, and stands at (24, 30) at the last.
    fn clip(frames: usize) -> Clip {
        let blob = |t: f32, y: usize, x: usize| {
            let (dy, dx) = (y as f32 - 24.0 - t, x as f32 - 30.0 - 2.0 * t);
            0.9 * (-(dy * dy + dx * dx) / 60.0).exp()
        };
        let last = frames as f32 - 1.0;
        Clip {
            kind: Kind::Rain,
            frames: Array3::from_shape_fn((frames, 64, 80), |(t, y, x)| {
                blob(t as f32 - last, y, x)
            }),
            observed: Observed::Film,
            unit: Unit::Span(Span { zero: 0.0, one: 1.0 }),
            step_s: 300.0,
            lead_steps: 1,
            end: Elapsed::ZERO,
            end_utc: None,
            pixels: Vec::new(),
            picked: (0..frames).collect(),
            grid: Grid::new(64, 80),
            notes: Vec::new(),
        }
    }

    /// Where the middle of what is bright lies.
    fn middle(frame: &ArrayRef2<f32>) -> [f32; 2] {
        let (mut sum, mut at) = (0.0, [0.0, 0.0]);
        for ((y, x), v) in frame.indexed_iter() {
            sum += v;
            at = [at[0] + v * y as f32, at[1] + v * x as f32];
        }
        at.map(|v| v / sum)
    }

    #[test]
    fn what_moves_goes_on_and_persistence_stays() {
        let clip = clip(5);
        let still = FramesBaseline::Persistence.forecast(&clip, 3);
        let moved = FramesBaseline::OpticalFlow.forecast(&clip, 3);
        assert!(moved.notes.is_empty() && matches!(moved.predicted, Predicted::Film));
        for l in 0..3 {
            assert_eq!(still.member(0).index_axis(Axis(0), l), clip.frames.index_axis(Axis(0), 4));
            let [y, x] = middle(&moved.member(0).index_axis(Axis(0), l));
            let lead = (l + 1) as f32;
            assert!((y - 24.0 - lead).abs() < 0.5, "lead {lead}: row {y}");
            assert!((x - 30.0 - 2.0 * lead).abs() < 0.4 * lead, "lead {lead}: column {x}");
        }
    }

    #[test]
    fn paths_turn_where_the_flow_does() {
        // All moves right, in the left half by 1 px a frame, in the right half by 3.
        let right_px =
            ndarray::Array2::from_shape_fn((1, 40), |(_, x)| if x < 20 { 1.0 } else { 3.0 });
        let flow = MotionField { down_px: ndarray::Array2::zeros((1, 40)), right_px };
        let now = ndarray::Array2::from_shape_fn((1, 40), |(_, x)| x as f32);
        let mut frames = Array3::zeros((3, 1, 40));
        carry(&now, &flow, &mut frames);
        // From column 22: back 3 to 19, then by 1 to 18 and 17.
        let path: Vec<f32> = (0..3).map(|l| frames[[l, 0, 22]]).collect();
        assert_eq!(path, [19.0, 18.0, 17.0]);
        assert_eq!(frames[[2, 0, 1]], 0.0, "the border repeats");
    }

    #[test]
    fn rain_has_rates_and_no_data_where_the_last_frame_has_none() {
        let mut clip = clip(2);
        let no_data = Array3::from_shape_fn((2, 64, 80), |(t, _, x)| t == 1 && x == 7);
        clip.observed = Observed::Rain(Unseen::of_frames(no_data, &clip.frames, clip.step_s));
        for baseline in FramesBaseline::of(Task::Rain) {
            let f = baseline.forecast(&clip, 2);
            assert_eq!(f.notes.len(), usize::from(*baseline != FramesBaseline::Persistence));
            let Predicted::Rain(rain) = &f.predicted else { panic!("{baseline:?}: no rain") };
            for ((l, y, x), v) in rain.mm_h.indexed_iter() {
                assert_eq!(v.is_nan(), x == 7, "{l} {y} {x}");
                assert!(v.is_nan() || *v == crate::rain_rate::mm_h(f.frames[[0, l, y, x]]));
            }
        }
    }
}
