//! Plans: which pictures of a video are kept, and when each is shown.

use super::mp4::Track;
use crate::frame::Elapsed;

/// Seconds between kept frames where nobody asks.
const STEP_S: f64 = 0.5;

/// Which pictures are kept.
#[derive(Debug)]
pub(super) struct Plan {
    /// Seconds of each picture since the first, in the order shown.
    times: Vec<f64>,
    /// Whether each of them is kept.
    pub(super) keep: Vec<bool>,
    /// Every how many pictures one is kept, where not all are.
    pub(super) every: Option<usize>,
    /// Seconds between kept pictures as a rule; `None` of a single picture.
    pub(super) step_s: Option<f64>,
}

impl Plan {
    /// Keeps the last picture, and the newest at or before each step back from it. The step is a
    /// whole number of pictures, so that kept frames are evenly spaced.
    ///
    /// # Errors
    /// What is wrong with the times.
    pub(super) fn of(track: &Track, step_s: Option<f64>) -> Result<Self, String> {
        let mut shown: Vec<i64> = track.samples.iter().map(|s| s.shown).collect();
        shown.sort_unstable();
        if shown.windows(2).any(|p| p[0] == p[1]) {
            return Err("two pictures have the same time".into());
        }
        let seconds = |t: i64| t.wrapping_sub(shown[0]) as f64 / f64::from(track.ticks_s);
        let times: Vec<f64> = shown.iter().map(|&t| seconds(t)).collect();
        let mut gaps: Vec<f64> = times.windows(2).map(|p| p[1] - p[0]).collect();
        gaps.sort_by(f64::total_cmp);
        let usual_s = gaps.get(gaps.len() / 2).copied();
        let each_s = usual_s.unwrap_or(STEP_S);
        let ratio = step_s.unwrap_or(STEP_S) / each_s;
        // Rather a little longer than asked than uneven: 0.5 s of 25 pictures a second is 13.
        let near = ratio.round();
        let n = if (ratio - near).abs() <= 0.01 * ratio { near } else { ratio.ceil() };
        if n < 2.0 {
            let keep = vec![true; times.len()];
            return Ok(Self { times, keep, every: None, step_s: usual_s });
        }
        let step_s = n * each_s;
        // Steps back from the end to a picture; it is the newest of a step where a whole number lies
        // between it and the next.
        let end_s = times[times.len() - 1];
        let back = |t: f64| ((end_s - t) / step_s + 0.01).floor();
        let next = times.iter().skip(1).map(|&t| back(t)).chain([-1.0]);
        let keep = times.iter().zip(next).map(|(&t, next)| back(t) > next).collect();
        Ok(Self { times, keep, every: Some(n as usize), step_s: Some(step_s) })
    }

    /// How many pictures are kept.
    pub(super) fn kept(&self) -> usize {
        self.keep.iter().filter(|&&k| k).count()
    }

    /// When picture `at` is shown, since the first that is kept.
    pub(super) fn elapsed(&self, at: usize) -> Elapsed {
        let first = self.keep.iter().position(|&k| k).unwrap_or(0);
        let since_s = self.times.get(at).zip(self.times.get(first)).map_or(0.0, |(t, f)| t - f);
        Elapsed::from_secs_f64(since_s).unwrap_or_default()
    }
}
