//! Plans: which pictures of a video are kept, and when each is shown.

use super::timeline::Timeline;

/// Seconds between kept frames where nobody asks.
const STEP_S: f64 = 0.5;

/// Which pictures are kept.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// By place in the order decoded: seconds since the film's first picture, of what is kept.
    kept_s: Vec<Option<f64>>,
    /// How many pictures the film has.
    pub(super) of: usize,
    /// Every how many pictures one is kept, where not all are.
    pub(super) every: Option<usize>,
    /// Seconds between kept pictures as a rule; `None` of a single picture.
    pub(super) step_s: Option<f64>,
}

impl Plan {
    /// Keeps the last picture, and the newest at or before each step back from it. The step is a
    /// whole number of pictures, so that kept frames are evenly spaced.
    pub(super) fn of(timeline: &Timeline, pictures: usize, step_s: Option<f64>) -> Self {
        let times = &timeline.times;
        let mut gaps: Vec<f64> = times.windows(2).map(|p| p[1] - p[0]).collect();
        gaps.sort_by(f64::total_cmp);
        let usual_s = gaps.get(gaps.len() / 2).copied();
        let each_s = usual_s.unwrap_or(STEP_S);
        let ratio = step_s.unwrap_or(STEP_S) / each_s;
        // Rather a little longer than asked than uneven: 0.5 s of 25 pictures a second is 13.
        let near = ratio.round();
        let n = if (ratio - near).abs() <= 0.01 * ratio { near } else { ratio.ceil() };
        let mut kept_s = vec![None; pictures];
        let keep = |k: usize, kept_s: &mut Vec<Option<f64>>| {
            kept_s[timeline.order[k]] = Some(times[k]);
        };
        if n < 2.0 {
            (0..times.len()).for_each(|k| keep(k, &mut kept_s));
            return Self { kept_s, of: times.len(), every: None, step_s: usual_s };
        }
        let step_s = n * each_s;
        // Steps back from the end to a picture; it is the newest of a step where a whole number lies
        // between it and the next.
        let end_s = times.last().copied().unwrap_or(0.0);
        let back = |t: f64| ((end_s - t) / step_s + 0.01).floor();
        let next = times.iter().skip(1).map(|&t| back(t)).chain([-1.0]);
        for (k, next) in next.enumerate().take(times.len()) {
            if back(times[k]) > next {
                keep(k, &mut kept_s);
            }
        }
        Self { kept_s, of: times.len(), every: Some(n as usize), step_s: Some(step_s) }
    }

    /// How many pictures are kept.
    pub(super) fn kept(&self) -> usize {
        self.kept_s.iter().flatten().count()
    }

    /// When the picture at this place in the order decoded is shown, in seconds since the film's
    /// first; `None` where it is not kept.
    pub(super) fn kept_s(&self, at: usize) -> Option<f64> {
        self.kept_s.get(at).copied().flatten()
    }
}
