//! Hours: readings at whole hours before a moment, as the outlook wants them.

use jiff::{SignedDuration, Timestamp};

use crate::derived::{NEAR, dew_point_c, wind_vector};
use crate::reading::Reading;
use crate::series::nearest;

/// What the outlook is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Element {
    Temp,
    Dew,
    Wind,
    East,
    North,
    Pressure,
    Humidity,
}

impl Element {
    /// Names in the model file.
    const NAMES: [(&'static str, Self); 7] = [
        ("temp_c", Self::Temp),
        ("dew_c", Self::Dew),
        ("wind_m_s", Self::Wind),
        ("wind_u", Self::East),
        ("wind_v", Self::North),
        ("pressure_hpa", Self::Pressure),
        ("rh_percent", Self::Humidity),
    ];

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(n, _)| *n == name).map(|(_, e)| *e)
    }

    /// What must be measured for it.
    pub(super) fn measured(self) -> &'static str {
        match self {
            Self::Temp => "temp_c",
            Self::Dew => "temp_c and rh_percent",
            Self::Wind => "wind_m_s",
            Self::East | Self::North => "wind_m_s and wind_from_deg",
            Self::Pressure => "pressure_hpa",
            Self::Humidity => "rh_percent",
        }
    }
}

/// Elements of the readings nearest to `end`, an hour before it, two hours before it …
#[derive(Debug)]
pub(super) struct Hours {
    end_h: f64,
    longitude_deg: f64,
    /// `[hours back][element]`, NaN where there is none.
    rows: Vec<[f64; 7]>,
}

impl Hours {
    /// `count` hours back from `end`; readings within 10 minutes of the hour count.
    pub(super) fn new(
        readings: &[Reading],
        end: Timestamp,
        longitude_deg: f64,
        count: usize,
    ) -> Self {
        let at = |back: usize| {
            let time = end.checked_sub(SignedDuration::from_hours(back as i64)).ok()?;
            nearest(readings, time, NEAR)
        };
        let rows = (0..count).map(|back| at(back).map_or([f64::NAN; 7], elements)).collect();
        Self { end_h: end.as_second() as f64 / 3600.0, longitude_deg, rows }
    }

    /// An element `back` hours before `end`, NaN where there is none.
    pub(super) fn get(&self, element: Element, back: usize) -> f64 {
        self.rows.get(back).map_or(f64::NAN, |row| row[element as usize])
    }

    /// Mean solar time `back` hours before `end`, hours in 0..24.
    pub(super) fn solar_h(&self, back: usize) -> f64 {
        (self.end_h - back as f64 + self.longitude_deg / 15.0).rem_euclid(24.0)
    }
}

fn elements(r: &Reading) -> [f64; 7] {
    let dew = r.temp_c.zip(r.rh_percent).and_then(|(t, rh)| dew_point_c(t, rh));
    let [east, north] = wind_vector(r).unwrap_or([f64::NAN; 2]);
    let or_nan = |v: Option<f64>| v.unwrap_or(f64::NAN);
    [
        or_nan(r.temp_c),
        or_nan(dew),
        or_nan(r.wind_m_s),
        east,
        north,
        or_nan(r.pressure_hpa),
        or_nan(r.rh_percent),
    ]
}
