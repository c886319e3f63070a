//! The weather of a station: the newest report of each node or table in one line, shared with those that ask.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use emberline_weather::outlook::{Predictand, Predicted, Value};
use emberline_weather::report::WeatherReport;
use jiff::Timestamp;
use serde::Serialize;

use crate::source::{Facts, Fault, State};

/// How the weather of a node or table fares.
#[derive(Clone, Debug, Serialize)]
pub struct WeatherHealth {
    /// Folder of its reports in the store.
    pub name: String,
    /// What people call where its readings come from.
    pub of: String,
    /// Its state: fresh, late, gone or refused.
    pub state: &'static str,
    /// Why, where it is not fresh.
    pub why: String,
    /// Age of the newest reading, seconds.
    pub reading_age_s: Option<f64>,
    /// The newest report, in a line.
    pub words: Option<String>,
    /// What is to come, in words and numbers.
    pub outlook: Vec<OutlookLine>,
    /// What a person should know to trust it or not.
    pub notes: Vec<String>,
    /// Reports made.
    pub reports: u64,
    /// Whether a station that lacks it is blind.
    #[serde(skip)]
    pub is_promised: bool,
}

/// A quantity at a lead.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutlookLine {
    /// Hours ahead.
    pub lead_h: u8,
    /// Of what.
    pub what: &'static str,
    /// Its value, with its unit.
    pub value: String,
    /// What holds it with 80 %.
    pub interval: String,
}

#[derive(Clone, Debug, Default)]
struct One {
    of: String,
    every_s: f64,
    is_promised: bool,
    fault: Option<Fault>,
    newest: Option<Timestamp>,
    words: Option<String>,
    outlook: Vec<OutlookLine>,
    notes: Vec<String>,
    reports: u64,
}

/// The weather of a station.
#[derive(Debug, Default)]
pub struct Weather(Mutex<BTreeMap<String, One>>);

impl Weather {
    fn inside(&self) -> MutexGuard<'_, BTreeMap<String, One>> {
        // A thread that panicked with it left it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that the readings of `of` are looked for, `every_s` seconds apart; without them the station is
    /// blind where they are promised.
    pub(super) fn expect(&self, name: &str, of: &str, every_s: f64, is_promised: bool) {
        let mut inside = self.inside();
        let one = inside.entry(name.to_owned()).or_default();
        (one.of, one.every_s, one.is_promised) = (of.to_owned(), every_s, is_promised);
    }

    /// A report was made.
    pub(super) fn reported(&self, name: &str, report: &WeatherReport, notes: Vec<String>) {
        let mut inside = self.inside();
        let one = inside.entry(name.to_owned()).or_default();
        (one.fault, one.newest) = (None, Some(report.now.time));
        (one.words, one.outlook, one.notes) = (Some(words(report)), outlook(report), notes);
        one.reports += 1;
    }

    /// There is no report.
    pub(super) fn lost(&self, name: &str, fault: Fault) {
        let mut inside = self.inside();
        let one = inside.entry(name.to_owned()).or_default();
        if one.fault.as_ref() != Some(&fault) {
            tracing::warn!("{name}: {}", fault.why);
        }
        one.fault = Some(fault);
    }

    /// How it fares, at `utc`.
    #[must_use]
    pub fn health(&self, utc: Timestamp) -> Vec<WeatherHealth> {
        self.inside().iter().map(|(name, one)| one.health(name, utc)).collect()
    }
}

impl One {
    fn health(&self, name: &str, utc: Timestamp) -> WeatherHealth {
        let age_s = self.newest.map(|newest| utc.duration_since(newest).as_secs_f64());
        let facts = Facts {
            every_s: self.every_s,
            fault: self.fault.clone(),
            frame_age_s: age_s,
            ..Facts::default()
        };
        let (state, why) = State::of(&facts);
        let why = match (state, &self.fault, age_s) {
            (State::Gone, None, None) => "no reading yet".to_owned(),
            (State::Gone | State::Late, None, Some(age_s)) => {
                format!("the newest reading is {age_s:.0} s old")
            }
            _ => why,
        };
        WeatherHealth {
            name: name.to_owned(),
            of: self.of.clone(),
            state: state.name(),
            why,
            reading_age_s: age_s,
            words: self.words.clone(),
            outlook: self.outlook.clone(),
            notes: self.notes.clone(),
            reports: self.reports,
            is_promised: self.is_promised,
        }
    }
}

impl WeatherHealth {
    /// Why the station does not know the weather that it should.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let lacks = [State::Gone, State::Refused].iter().any(|s| s.name() == self.state);
        let Self { name, state, why, .. } = self;
        (self.is_promised && lacks).then(|| format!("{name}: {state}: {why}"))
    }
}

/// What a report says is to come.
fn outlook(report: &WeatherReport) -> Vec<OutlookLine> {
    let all = report.outlook.iter().flat_map(|outlook| &outlook.predicted);
    let line = |one: &Predicted| {
        let (what, unit) = match one.predictand {
            Predictand::Temp => ("temperature", "°C"),
            Predictand::Humidity => ("humidity", "%"),
            Predictand::Wind => ("wind", "m/s"),
            Predictand::WindVector => ("wind from", "°"),
            Predictand::Pressure => ("pressure", "hPa"),
        };
        let (value, interval) = match one.value {
            Value::Number { value, low, high } => {
                (format!("{value:.1} {unit}"), format!("{low:.1} to {high:.1} {unit}"))
            }
            Value::Wind { from_deg, radius_m_s, .. } => {
                (format!("{:.0} °", from_deg?), format!("a circle of {radius_m_s:.1} m/s"))
            }
        };
        Some(OutlookLine { lead_h: one.lead_h, what, value, interval })
    };
    let mut lines: Vec<OutlookLine> = all.filter_map(line).collect();
    lines.sort_by_key(|line| line.lead_h);
    lines
}

/// A report in one line.
fn words(report: &WeatherReport) -> String {
    let now = &report.now;
    let mut parts = Vec::new();
    let mut add = |value: Option<f64>, digits: usize, unit: &str| {
        parts.extend(value.map(|v| format!("{v:.digits$} {unit}")));
    };
    add(now.temp_c, 1, "°C");
    add(now.rh_percent, 0, "% humidity");
    add(now.wind_m_s, 1, "m/s wind");
    add(now.rain_mm, 1, "mm rain");
    if parts.is_empty() {
        parts.push("no value passed".to_owned());
    }
    if let Some(alarm) = report.alarms.last() {
        parts.push(format!("{} alarm(s), the last: {alarm}", report.alarms.len()));
    }
    match &report.fire_weather {
        Some(fire) => {
            parts.push(format!("fire weather index {:.1} of {}", fire.indices.fwi, fire.date));
        }
        None => parts.push("no fire weather index yet".to_owned()),
    }
    let predicted = report.outlook.iter().flat_map(|outlook| &outlook.predicted);
    for one in predicted {
        if let (Predictand::Temp, Value::Number { value, low, high }) = (one.predictand, &one.value)
        {
            parts.push(format!("in {} h {value:.1} °C [{low:.1}, {high:.1}]", one.lead_h));
        }
    }
    parts.join(", ")
}
