//! What follows from readings by formula: dew point, vapour pressure deficit, mean wind, pressure
//! tendency.

use jiff::{SignedDuration, Timestamp};

use crate::reading::Reading;
use crate::series::nearest;

/// Magnus coefficients over water: Alduchov and Eskridge (1996), J. Appl. Meteorol. 35, eq. 21.
const MAGNUS: (f64, f64, f64) = (6.1094, 17.625, 243.04);

/// Over how long a pressure tendency is taken; the usual one of weather reports.
pub const TENDENCY: SignedDuration = SignedDuration::from_hours(3);
/// How far a reading may lie from the time at which it is wanted.
pub const NEAR: SignedDuration = SignedDuration::from_mins(10);

/// A mean wind slower than this, m/s, has no direction.
const LEAST_VECTOR_M_S: f64 = 0.1;

/// Vapour pressure at saturation over water, hPa; −40..50 °C, to 0.4 % (Alduchov and Eskridge).
#[must_use]
pub fn saturation_hpa(temp_c: f64) -> f64 {
    let (a, b, c) = MAGNUS;
    a * (b * temp_c / (c + temp_c)).exp()
}

/// Dew point over water, °C; `None` at a humidity of 0 %.
#[must_use]
pub fn dew_point_c(temp_c: f64, rh_percent: f64) -> Option<f64> {
    if rh_percent <= 0.0 || !temp_c.is_finite() {
        return None;
    }
    let (_, b, c) = MAGNUS;
    let g = (rh_percent / 100.0).ln() + b * temp_c / (c + temp_c);
    Some(c * g / (b - g))
}

/// Relative humidity of a dew point, %; a dew point above the temperature counts as saturation.
#[must_use]
pub fn rh_percent(temp_c: f64, dew_point_c: f64) -> f64 {
    100.0 * saturation_hpa(dew_point_c.min(temp_c)) / saturation_hpa(temp_c)
}

/// Vapour pressure deficit, hPa: what the air could still take up.
#[must_use]
pub fn deficit_hpa(temp_c: f64, rh_percent: f64) -> f64 {
    saturation_hpa(temp_c) * (1.0 - rh_percent / 100.0)
}

/// Wind of a reading as components towards east and north, m/s; calm needs no direction.
#[must_use]
pub fn wind_vector(reading: &Reading) -> Option<[f64; 2]> {
    match (reading.wind_m_s?, reading.wind_from_deg) {
        (0.0, _) => Some([0.0, 0.0]),
        (speed, Some(from)) => {
            let (sin, cos) = from.to_radians().sin_cos();
            Some([-speed * sin, -speed * cos])
        }
        _ => None,
    }
}

/// Where a wind with components towards east and north comes from, degrees in 0..360.
#[must_use]
pub fn from_deg([east, north]: [f64; 2]) -> Option<f64> {
    (east.hypot(north) >= LEAST_VECTOR_M_S)
        .then(|| (-east).atan2(-north).to_degrees().rem_euclid(360.0))
}

/// The wind of several readings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanWind {
    /// Mean of the speeds, m/s.
    pub speed_m_s: f64,
    /// Length of the mean of the vectors, m/s; at most the mean of the speeds.
    pub vector_m_s: f64,
    /// Where the mean vector comes from, degrees; `None` below 0.1 m/s.
    pub from_deg: Option<f64>,
    /// Vector over speed: 1 steady, 0 from everywhere; `None` when calm.
    pub steadiness: Option<f64>,
    /// Highest gust reported, m/s.
    pub gust_m_s: Option<f64>,
    /// Readings that had speed and direction.
    pub readings: usize,
}

/// Mean wind of readings; those without speed or direction do not count, and `None` when none does.
#[must_use]
pub fn mean_wind<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Option<MeanWind> {
    let (mut n, mut speed, mut east, mut north) = (0, 0.0, 0.0, 0.0);
    let mut gust: Option<f64> = None;
    for r in readings {
        gust = [gust, r.gust_m_s].into_iter().flatten().reduce(f64::max);
        if let (Some([e, v]), Some(s)) = (wind_vector(r), r.wind_m_s) {
            (n, speed, east, north) = (n + 1, speed + s, east + e, north + v);
        }
    }
    if n == 0 {
        return None;
    }
    let [speed, east, north] = [speed, east, north].map(|sum| sum / n as f64);
    let vector_m_s = east.hypot(north);
    Some(MeanWind {
        speed_m_s: speed,
        vector_m_s,
        from_deg: from_deg([east, north]),
        steadiness: (speed > 0.0).then(|| vector_m_s / speed),
        gust_m_s: gust,
        readings: n,
    })
}

/// Turn from one direction to another, degrees in −180..=180; clockwise (veering) is positive.
#[must_use]
pub fn turn_deg(from: f64, to: f64) -> f64 {
    let turn = (to - from).rem_euclid(360.0);
    if turn > 180.0 { turn - 360.0 } else { turn }
}

/// Change of pressure over the 3 hours to `at`, hPa; `None` without a pressure near both ends.
#[must_use]
pub fn tendency_hpa(readings: &[Reading], at: Timestamp) -> Option<f64> {
    let now = nearest(readings, at, NEAR)?;
    let then = nearest(readings, now.time.checked_sub(TENDENCY).ok()?, NEAR)?;
    Some(now.pressure_hpa? - then.pressure_hpa?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn humid_air_agrees_with_a_longer_formula() {
        // Oracle: Hyland and Wexler (1983) over water, turned round by bisection.
        for (temp_c, hpa) in [(0.0, 6.112), (10.0, 12.280), (20.0, 23.388), (30.0, 42.460)] {
            let got = saturation_hpa(temp_c);
            assert!((got / hpa - 1.0).abs() < 0.004, "{temp_c}: {got}");
        }
        // Temperature, humidity, dew point, deficit.
        for (temp_c, rh, dew_c, vpd_hpa) in [
            (3.9, 59.37, -3.294, 3.282),
            (25.0, 50.0, 13.864, 15.846),
            (35.0, 15.0, 4.528, 47.836),
            (-10.0, 40.0, -21.060, 1.719),
        ] {
            let dew = dew_point_c(temp_c, rh).unwrap();
            assert!((dew - dew_c).abs() < 0.05, "{temp_c} {rh}: {dew}");
            let got = deficit_hpa(temp_c, rh);
            assert!((got / vpd_hpa - 1.0).abs() < 0.004, "{temp_c} {rh}: {got}");
            assert!((rh_percent(temp_c, dew) - rh).abs() < 1e-9);
        }
        assert_eq!(dew_point_c(20.0, 0.0), None);
        assert_eq!(rh_percent(10.0, 12.0), 100.0);
    }

    fn blowing(rows: &[(f64, Option<f64>)]) -> Vec<Reading> {
        let new = |&(wind, from): &(f64, Option<f64>)| Reading {
            wind_m_s: Some(wind),
            wind_from_deg: from,
            ..Reading::new(Timestamp::UNIX_EPOCH)
        };
        rows.iter().map(new).collect()
    }

    #[test]
    fn wind_is_a_vector_mean() {
        struct Case {
            rows: &'static [(f64, Option<f64>)],
            want: Option<(f64, f64, Option<f64>)>,
        }
        for Case { rows, want } in [
            // Over north the arithmetic mean would be south.
            Case {
                rows: &[(4.0, Some(350.0)), (4.0, Some(10.0))],
                want: Some((4.0, 3.94, Some(0.0))),
            },
            Case { rows: &[(4.0, Some(0.0)), (4.0, Some(180.0))], want: Some((4.0, 0.0, None)) },
            Case { rows: &[(2.0, Some(360.0)), (0.0, None)], want: Some((1.0, 1.0, Some(0.0))) },
            // Light and variable: the direction is not known, so the reading does not count.
            Case { rows: &[(6.0, Some(90.0)), (1.5, None)], want: Some((6.0, 6.0, Some(90.0))) },
            Case { rows: &[(1.5, None)], want: None },
            Case { rows: &[], want: None },
        ] {
            let got = mean_wind(&blowing(rows));
            assert_eq!(got.is_some(), want.is_some(), "{rows:?}");
            let (Some(got), Some((speed, vector, from))) = (got, want) else { continue };
            assert!((got.speed_m_s - speed).abs() < 1e-9 && (got.vector_m_s - vector).abs() < 0.01);
            assert_eq!(got.from_deg.is_some(), from.is_some(), "{rows:?}");
            if let (Some(a), Some(b)) = (got.from_deg, from) {
                assert!(turn_deg(a, b).abs() < 1e-6, "{rows:?}: {a}");
            }
        }
    }

    #[test]
    fn turns_take_the_short_way() {
        for (from, to, want) in
            [(350.0, 10.0, 20.0), (10.0, 350.0, -20.0), (0.0, 180.0, 180.0), (270.0, 0.0, 90.0)]
        {
            assert_eq!(turn_deg(from, to), want);
        }
    }

    #[test]
    fn tendency_needs_both_ends() {
        let at = |min: i64, hpa| Reading {
            pressure_hpa: hpa,
            ..Reading::new(Timestamp::from_second(min * 60).unwrap())
        };
        let now = Timestamp::from_second(180 * 60).unwrap();
        for (rows, want) in [
            (vec![at(0, Some(1010.0)), at(180, Some(1007.5))], Some(-2.5)),
            (vec![at(8, Some(1010.0)), at(180, Some(1007.5))], Some(-2.5)),
            (vec![at(30, Some(1010.0)), at(180, Some(1007.5))], None),
            (vec![at(0, None), at(180, Some(1007.5))], None),
            (vec![at(0, Some(1010.0))], None),
        ] {
            assert_eq!(tendency_hpa(&rows, now), want, "{rows:?}");
        }
    }
}
