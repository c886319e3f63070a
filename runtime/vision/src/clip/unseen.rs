//! What a radar saw around a clip: where it has no data, and the frames that show how rain moves.

use std::sync::OnceLock;

use ndarray::{Array2, Array3, Axis, Zip};

use crate::motion::MotionField;
use crate::motion::lucas_kanade::{TimedRain, rain_motion_between};

/// A frame as a radar saw it.
#[derive(Clone, Debug)]
pub struct RadarFrame {
    /// How long before the clip's end, seconds.
    pub age_s: f64,
    /// Shares of rain `[H, W]` in 0..1 (`crate::rain_rate`); NaN is no data.
    pub shares: Array2<f32>,
}

/// Where a radar has no data, and how rain moves.
#[derive(Clone, Debug)]
pub struct Unseen {
    /// No data in each frame `[T, H, W]`.
    pub no_data: Array3<bool>,
    /// The newest frames that were seen, oldest first, each with its own age: four minutes apart or more, of
    /// the last quarter of an hour, two at least where there are two; none is made up. Motion is seen in
    /// them.
    pub newest: Vec<RadarFrame>,
    /// Seconds in which motion is told.
    step_s: f64,
    motion: OnceLock<MotionField>,
}

impl Unseen {
    /// The same, of frames `newest`; motion is told in cells a `step_s`.
    #[must_use]
    pub fn new(no_data: Array3<bool>, newest: Vec<RadarFrame>, step_s: f64) -> Self {
        Self { no_data, newest, step_s, motion: OnceLock::new() }
    }

    /// No data in frames `[T, H, W]` of which no more is known than their shares of rain, `step_s` apart.
    #[must_use]
    pub fn of_frames(no_data: Array3<bool>, frames: &Array3<f32>, step_s: f64) -> Self {
        let last = frames.len_of(Axis(0));
        let seen = frames.outer_iter().zip(no_data.outer_iter()).enumerate();
        let newest = seen.map(|(k, (shares, none))| RadarFrame {
            age_s: (last - 1 - k) as f64 * step_s,
            shares: Zip::from(&shares).and(&none).map_collect(|v, none| match none {
                true => f32::NAN,
                false => *v,
            }),
        });
        let newest = newest.collect();
        Self::new(no_data, newest, step_s)
    }

    /// The same motion, with no data in other frames `[T, H, W]`.
    #[must_use]
    pub(super) fn with_no_data(self, no_data: Array3<bool>) -> Self {
        Self { no_data, ..self }
    }

    /// No data at the last frame `[H, W]`.
    #[must_use]
    pub fn now(&self) -> Array2<bool> {
        self.no_data.index_axis(Axis(0), self.no_data.dim().0 - 1).to_owned()
    }

    /// How rain moves at the end, cells a step of the clip, from the ages of the newest frames: found when
    /// it is first asked for.
    #[must_use]
    pub fn motion(&self) -> &MotionField {
        self.motion.get_or_init(|| {
            let (_, h, w) = self.no_data.dim();
            let timed = self.newest.iter();
            let timed = timed.map(|f| TimedRain { shares: f.shares.view(), time_s: -f.age_s });
            let timed: Vec<TimedRain<'_>> = timed.collect();
            rain_motion_between(&timed, self.step_s, (h, w))
        })
    }
}
