//! Outlook: temperature, humidity, wind and pressure in the next 1 to 6 hours, from the station's own
//! readings.
//!
//! For each lead a ridge regression of the change on what was measured: changes over 1 to 24 hours,
//! the same hours a day ago, the time of day, wind, pressure tendency. Intervals hold 80 % of the
//! errors that the same regression made at this station in the 30 days before; a station without such a
//! record has those of the training stations, and that is said. `export/` fits it, and
//! docs/station.md has the scores.

mod model;

use jiff::{SignedDuration, Timestamp};

use crate::derived::{from_deg, rh_percent};
use crate::hours::{Element, Hours};
use crate::reading::Reading;
use crate::term::Place;
use model::{Regression, Set};

pub use model::{Model, ModelError};

/// What is forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Air temperature, °C.
    Temp,
    /// Relative humidity, %: from the temperature and the dew point forecast.
    Humidity,
    /// Wind speed, m/s.
    Wind,
    /// Wind as a vector, for its direction.
    WindVector,
    /// Pressure, hPa.
    Pressure,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Temp, Self::Humidity, Self::Wind, Self::WindVector, Self::Pressure];

    /// Name in the model file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Temp => "temp_c",
            Self::Humidity => "rh_percent",
            Self::Wind => "wind_m_s",
            Self::WindVector => "wind_vector",
            Self::Pressure => "pressure_hpa",
        }
    }

    /// The regressions that it is made of.
    fn targets(self) -> (Element, Option<Element>) {
        match self {
            Self::Temp => (Element::Temp, None),
            Self::Humidity => (Element::Temp, Some(Element::Dew)),
            Self::Wind => (Element::Wind, None),
            Self::WindVector => (Element::East, Some(Element::North)),
            Self::Pressure => (Element::Pressure, None),
        }
    }
}

/// A value with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// One number, in the unit of [`What`].
    Number {
        /// Most likely.
        value: f64,
        /// Lower end of the 80 % interval.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// A vector.
    Wind {
        /// Components towards east and north, m/s.
        towards_m_s: [f64; 2],
        /// Where it comes from, degrees; `None` below 0.1 m/s.
        from_deg: Option<f64>,
        /// Radius of the circle that holds the wind with 80 %, m/s.
        radius_m_s: f64,
    },
}

/// Whose errors an interval is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// This station's own, so many.
    Own {
        /// Errors counted.
        errors: usize,
    },
    /// The training stations': there are too few of this one's.
    Shipped,
}

/// A forecast of one quantity at one lead.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Of what.
    pub what: What,
    /// Hours ahead.
    pub lead_h: u8,
    /// For when.
    pub time: Timestamp,
    /// The forecast.
    pub value: Value,
    /// Which inputs were there: `all`, `no pressure`, `first day` …
    pub inputs: String,
    /// Whose errors the interval is of.
    pub record: Record,
}

/// A forecast that cannot be given, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Of what.
    pub what: What,
    /// Hours ahead.
    pub lead_h: u8,
    /// Readings that would be enough and are missing, as `wind_m_s now, 3 h ago`.
    pub missing: String,
}

impl std::fmt::Display for Lack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, lead_h, missing) = (self.what.name(), self.lead_h, &self.missing);
        write!(f, "no outlook of {what} for {lead_h} h: missing {missing}")
    }
}

/// What a model says at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// When, UTC.
    pub issued: Timestamp,
    /// Name of the model.
    pub model: String,
    /// Forecasts, by quantity and lead.
    pub said: Vec<Said>,
    /// Forecasts that cannot be given.
    pub lacks: Vec<Lack>,
}

impl Model {
    /// The outlook at `issued`, from readings in order of time after quality control; later ones are
    /// not looked at. `longitude_deg` is east of Greenwich, for the time of day.
    #[must_use]
    pub fn outlook(&self, readings: &[Reading], issued: Timestamp, longitude_deg: f64) -> Outlook {
        let past = &readings[..readings.partition_point(|r| r.time <= issued)];
        let hours = Hours::new(past, issued, longitude_deg, self.hours_needed());
        let mut out =
            Outlook { issued, model: self.name.clone(), said: Vec::new(), lacks: Vec::new() };
        for what in What::ALL {
            for (i, &lead_h) in self.leads_h.iter().enumerate() {
                let sets = self.sets(what);
                let usable = sets.iter().find(|s| said(what, s, &hours, i, 0).is_some());
                match (usable, sets.last()) {
                    (Some(set), _) => out.said.extend(self.say(what, set, &hours, i, issued)),
                    (None, Some(least)) => {
                        let missing = missing(what, least, &hours, i);
                        out.lacks.push(Lack { what, lead_h, missing });
                    }
                    (None, None) => {}
                }
            }
        }
        out
    }

    fn say(
        &self,
        what: What,
        set: &Set,
        hours: &Hours,
        lead: usize,
        issued: Timestamp,
    ) -> Option<Said> {
        let lead_h = self.leads_h[lead];
        let middle = said(what, set, hours, lead, 0)?;
        let scale = |back: usize| self.day_scale(what, lead, hours.solar_h(back));
        let ahead = usize::from(lead_h);
        let mut errors: Vec<f64> = (ahead..=self.record_h)
            .filter_map(|back| {
                let [a, b] = said(what, set, hours, lead, back)?;
                let [c, d] = came(what, hours, back - ahead);
                Some((a - c).hypot(b - d) / scale(back)).filter(|e| e.is_finite())
            })
            .collect();
        let (relative, record) = match errors.len() >= self.record_least.max(1) {
            true => (self.quantile(&mut errors), Record::Own { errors: errors.len() }),
            false => (set.error[lead], Record::Shipped),
        };
        let half = relative * scale(0);
        let value = match what {
            What::WindVector => {
                Value::Wind { towards_m_s: middle, from_deg: from_deg(middle), radius_m_s: half }
            }
            _ => {
                let (least, most) = bounds(what);
                let clip = |v: f64| v.clamp(least, most);
                let [value, _] = middle;
                Value::Number { value, low: clip(value - half), high: clip(value + half) }
            }
        };
        let time = issued.checked_add(SignedDuration::from_hours(i64::from(lead_h))).ok()?;
        Some(Said { what, lead_h, time, value, inputs: set.name.clone(), record })
    }
}

/// Values that there can be.
fn bounds(what: What) -> (f64, f64) {
    match what {
        What::Humidity => (0.0, 100.0),
        What::Wind => (0.0, f64::INFINITY),
        _ => (f64::NEG_INFINITY, f64::INFINITY),
    }
}

/// The forecast of one set, issued `back` hours before the end; the second number is the component
/// towards north, else 0.
fn said(what: What, set: &Set, hours: &Hours, lead: usize, back: usize) -> Option<[f64; 2]> {
    let (first, second) = what.targets();
    let run = |element, regression: &Regression| {
        hours.get(element, back) + regression.change(hours, lead, back)
    };
    let a = run(first, &set.first);
    let b = match (second, &set.second) {
        (Some(element), Some(regression)) => run(element, regression),
        _ => 0.0,
    };
    let out = match what {
        What::Humidity => [rh_percent(a, b), 0.0],
        What::Wind => [a.max(0.0), 0.0],
        _ => [a, b],
    };
    // `max` and `min` would make a number of a missing one.
    (a.is_finite() && b.is_finite() && out[0].is_finite()).then_some(out)
}

/// What was measured `back` hours before the end, NaN where nothing was.
fn came(what: What, hours: &Hours, back: usize) -> [f64; 2] {
    match what {
        What::Humidity => [hours.get(Element::Humidity, back), 0.0],
        What::WindVector => [hours.get(Element::East, back), hours.get(Element::North, back)],
        _ => [hours.get(what.targets().0, back), 0.0],
    }
}

/// Readings that `set` needs and that are not there.
fn missing(what: What, set: &Set, hours: &Hours, lead: usize) -> String {
    let (first, second) = what.targets();
    let mut places: Vec<Place> = [Some(&set.first), set.second.as_ref()]
        .into_iter()
        .flatten()
        .flat_map(|r| r.places(lead))
        .chain(
            [Some(first), second].into_iter().flatten().map(|element| Place { element, back_h: 0 }),
        )
        .filter(|p| hours.get(p.element, p.back_h).is_nan())
        .collect();
    places.sort_unstable();
    let mut of: Vec<(&str, Vec<usize>)> = Vec::new();
    for p in places {
        match of.iter_mut().find(|(name, _)| *name == p.element.measured()) {
            Some((_, backs)) => backs.push(p.back_h),
            None => of.push((p.element.measured(), vec![p.back_h])),
        }
    }
    let when = |back: usize| match back {
        0 => "now".to_owned(),
        h => format!("{h} h ago"),
    };
    let line = |(name, mut backs): (&str, Vec<usize>)| {
        backs.sort_unstable();
        backs.dedup();
        format!("{name} {}", backs.into_iter().map(when).collect::<Vec<_>>().join(", "))
    };
    of.into_iter().map(line).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
