//! Sums of wind over all readings so far: the mean of a window is the difference of two of them.

use crate::derived::{MeanWind, from_deg, wind_vector};
use crate::reading::Reading;

/// Sums over all readings so far that have speed and direction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WindSum {
    readings: usize,
    speed: f64,
    east: f64,
    north: f64,
}

impl WindSum {
    /// With one reading more.
    pub(super) fn after(before: Option<&Self>, reading: &Reading) -> Self {
        let mut sum = before.copied().unwrap_or_default();
        if let (Some([east, north]), Some(speed)) = (wind_vector(reading), reading.wind_m_s) {
            sum.readings += 1;
            sum.speed += speed;
            sum.east += east;
            sum.north += north;
        }
        sum
    }

    /// The mean since another sum, without its gust; `None` when no reading counts.
    pub(super) fn mean_since(self, before: Self) -> Option<MeanWind> {
        let readings = self.readings - before.readings;
        if readings == 0 {
            return None;
        }
        let over = |now: f64, before: f64| (now - before) / readings as f64;
        let speed_m_s = over(self.speed, before.speed);
        let vector = [over(self.east, before.east), over(self.north, before.north)];
        let vector_m_s = vector[0].hypot(vector[1]);
        Some(MeanWind {
            speed_m_s,
            vector_m_s,
            from_deg: from_deg(vector),
            steadiness: (speed_m_s > 0.0).then(|| vector_m_s / speed_m_s),
            gust_m_s: None,
            readings,
        })
    }
}
