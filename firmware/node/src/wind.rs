//! Wind: samples of an anemometer and a vane into a vector mean, a scalar mean and a gust.
//!
//! Mean direction and speed are those of the mean wind vector, so that 350° and 10° make 0° and not 180°.
//! The gust is the highest mean over three seconds, as WMO-No. 8 (2018), volume I, chapter 5 defines it.

use emberline_wire::Wind;

use crate::angle::sin_cos_deg;

/// Samples in a gust. One sample a second makes it the 3 s of the definition.
const GUST_SAMPLES: usize = 3;
/// Below this the mean wind has no direction, m/s: most vanes do not move in less.
pub const CALM_M_S: f32 = 0.3;
/// No sample above this is taken, m/s: what is measured then is a fault. The strongest gust on record is
/// 113 m/s (Barrow Island, 1996).
pub const MOST_M_S: f32 = 120.0;

/// Collects one sample a second from one reading to the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct WindAccumulator {
    samples: u32,
    /// Sum of the wind's parts towards east and north, m/s.
    east: f32,
    north: f32,
    speed: f32,
    gust: f32,
    /// The last speeds, newest first; a gust may begin before the reading does.
    last: [Option<f32>; GUST_SAMPLES],
}

impl WindAccumulator {
    /// Nothing was sampled yet.
    pub const fn new() -> Self {
        Self {
            samples: 0,
            east: 0.0,
            north: 0.0,
            speed: 0.0,
            gust: 0.0,
            last: [None; GUST_SAMPLES],
        }
    }

    /// Takes the speed, m/s, and where the wind comes from, degrees clockwise from north, over one
    /// second. A speed that is no number, negative or over [`MOST_M_S`], and a direction that is no
    /// number, count as [`Self::missed`].
    pub fn sample(&mut self, speed_m_s: f32, from_deg: f32) {
        if !(0.0..=MOST_M_S).contains(&speed_m_s) || !from_deg.is_finite() {
            return self.missed();
        }
        let (sin, cos) = sin_cos_deg(from_deg);
        self.samples += 1;
        self.speed += speed_m_s;
        self.east -= speed_m_s * sin;
        self.north -= speed_m_s * cos;
        self.push(Some(speed_m_s));
        if let [Some(a), Some(b), Some(c)] = self.last {
            self.gust = self.gust.max((a + b + c) / 3.0);
        }
    }

    /// A second without a sample: no gust reaches over it.
    pub fn missed(&mut self) {
        self.push(None);
    }

    /// The wind since the last call, and begins anew. `None` if there was no sample. With fewer than
    /// three samples in a row the gust is the scalar mean.
    pub fn take(&mut self) -> Option<Wind> {
        let Self { samples, east, north, speed, gust, last } = *self;
        *self = Self { last, ..Self::new() };
        if samples == 0 {
            return None;
        }
        let n = samples as f32;
        let vector = libm::sqrtf(east * east + north * north) / n;
        let scalar = speed / n;
        let from_deg = (vector >= CALM_M_S).then(|| {
            let deg = libm::atan2f(-east, -north).to_degrees();
            libm::roundf(deg + 360.0) as u16 % 360
        });
        Some(Wind {
            vector_m_s_e2: e2(vector),
            from_deg,
            scalar_m_s_e2: e2(scalar),
            gust_m_s_e2: e2(gust.max(scalar)),
        })
    }

    fn push(&mut self, speed: Option<f32>) {
        self.last.rotate_right(1);
        self.last[0] = speed;
    }
}

/// Hundredths, rounded to the nearest.
fn e2(m_s: f32) -> u16 {
    libm::roundf(m_s * 100.0) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(samples: &[(f32, f32)]) -> Option<Wind> {
        let mut wind = WindAccumulator::new();
        samples.iter().for_each(|(speed, from)| wind.sample(*speed, *from));
        wind.take()
    }

    #[test]
    fn the_mean_is_that_of_the_vectors() {
        for (samples, vector, from, scalar) in [
            (&[(5.0, 350.0), (5.0, 10.0)][..], 492, Some(0), 500), // 5·cos 10°
            (&[(4.0, 90.0), (4.0, 180.0)], 283, Some(135), 400),
            (&[(3.0, 359.7), (3.0, 359.8)], 300, Some(0), 300), // never 360
            (&[(6.0, 225.0), (2.0, 225.0)], 400, Some(225), 400),
            (&[(5.0, 0.0), (5.0, 180.0)], 0, None, 500), // from all sides
            (&[(0.0, 77.0), (0.0, 77.0)], 0, None, 0),   // a calm: the vane rests somewhere
            (&[(0.2, 77.0)], 20, None, 20),
        ] {
            let got = mean(samples).unwrap();
            assert_eq!(
                (got.vector_m_s_e2, got.from_deg, got.scalar_m_s_e2),
                (vector, from, scalar),
                "{samples:?}"
            );
        }
    }

    #[test]
    fn a_gust_lasts_three_seconds() {
        let steady = [(2.0, 0.0); 5];
        let burst = [(2.0, 0.0), (12.0, 0.0), (2.0, 0.0), (2.0, 0.0)];
        for (samples, gust) in [(&steady[..], 200), (&burst, 533), (&[(7.0, 0.0)], 700)] {
            assert_eq!(mean(samples).unwrap().gust_m_s_e2, gust, "{samples:?}");
        }
    }

    #[test]
    fn a_gust_may_begin_in_the_reading_before() {
        let mut wind = WindAccumulator::new();
        [2.0, 9.0, 9.0].iter().for_each(|speed| wind.sample(*speed, 0.0));
        assert_eq!(wind.take().unwrap().gust_m_s_e2, 667);
        wind.sample(9.0, 0.0);
        assert_eq!(wind.take().unwrap().gust_m_s_e2, 900);
        wind.missed();
        [3.0, 3.0].iter().for_each(|speed| wind.sample(*speed, 0.0));
        assert_eq!(wind.take().unwrap().gust_m_s_e2, 300); // none over the missed second
    }

    #[test]
    fn faults_are_no_wind() {
        let faults = [(f32::NAN, 0.0), (-1.0, 0.0), (400.0, 0.0), (5.0, f32::INFINITY)];
        assert_eq!(mean(&faults), None);
        assert_eq!(mean(&[]), None);
    }
}
