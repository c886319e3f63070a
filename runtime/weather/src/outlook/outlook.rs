//! The outlook itself: every quantity at every lead, from readings by a model.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::hours::{Element, Hours};
use super::lack::Lack;
use super::model::{Model, Regression, Set};
use super::predictand::Predictand;
use super::predicted::{Predicted, Record, Value};
use super::term::Place;
use crate::derived::{from_deg, rh_percent};
use crate::reading::Reading;

/// Everything that a model forecasts at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outlook {
    /// Name of the model.
    pub model: String,
    /// When, UTC.
    pub issued: Timestamp,
    /// Forecasts, by quantity and lead.
    #[serde(rename = "said")]
    pub predicted: Vec<Predicted>,
    /// Forecasts that cannot be given.
    #[serde(skip)]
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
            Outlook { issued, model: self.name.clone(), predicted: Vec::new(), lacks: Vec::new() };
        for predictand in Predictand::ALL {
            for (i, &lead_h) in self.leads_h.iter().enumerate() {
                let sets = self.sets(predictand);
                let usable = sets.iter().find(|s| forecast(predictand, s, &hours, i, 0).is_some());
                match (usable, sets.last()) {
                    (Some(set), _) => {
                        out.predicted.extend(self.predict(predictand, set, &hours, i, issued))
                    }
                    (None, Some(least)) => {
                        let missing = missing(predictand, least, &hours, i);
                        out.lacks.push(Lack { predictand, lead_h, missing });
                    }
                    (None, None) => {}
                }
            }
        }
        out
    }

    fn predict(
        &self,
        predictand: Predictand,
        set: &Set,
        hours: &Hours,
        lead: usize,
        issued: Timestamp,
    ) -> Option<Predicted> {
        let lead_h = self.leads_h[lead];
        let middle = forecast(predictand, set, hours, lead, 0)?;
        let scale = |back: usize| self.day_scale(predictand, lead, hours.solar_h(back));
        let ahead = usize::from(lead_h);
        let mut errors: Vec<f64> = (ahead..=self.record_h)
            .filter_map(|back| {
                let [a, b] = forecast(predictand, set, hours, lead, back)?;
                let [c, d] = measured(predictand, hours, back - ahead);
                Some((a - c).hypot(b - d) / scale(back)).filter(|e| e.is_finite())
            })
            .collect();
        let (relative, record) = match errors.len() >= self.record_least.max(1) {
            true => (self.quantile(&mut errors), Record::Own(errors.len())),
            false => (set.error[lead], Record::Shipped),
        };
        let half = relative * scale(0);
        let value = match predictand {
            Predictand::WindVector => {
                Value::Wind { towards_m_s: middle, from_deg: from_deg(middle), radius_m_s: half }
            }
            _ => {
                let (least, most) = bounds(predictand);
                let clip = |v: f64| v.clamp(least, most);
                let [value, _] = middle;
                Value::Number { value, low: clip(value - half), high: clip(value + half) }
            }
        };
        let time = issued.checked_add(SignedDuration::from_hours(i64::from(lead_h))).ok()?;
        Some(Predicted { predictand, lead_h, time, inputs: set.name.clone(), record, value })
    }
}

/// Values that there can be.
pub(super) fn bounds(predictand: Predictand) -> (f64, f64) {
    match predictand {
        Predictand::Humidity => (0.0, 100.0),
        Predictand::Wind => (0.0, f64::INFINITY),
        _ => (f64::NEG_INFINITY, f64::INFINITY),
    }
}

/// The forecast of one set, issued `back` hours before the end; the second number is the component
/// towards north, else 0.
fn forecast(
    predictand: Predictand,
    set: &Set,
    hours: &Hours,
    lead: usize,
    back: usize,
) -> Option<[f64; 2]> {
    let (first, second) = predictand.targets();
    let run = |element, regression: &Regression| {
        hours.get(element, back) + regression.change(hours, lead, back)
    };
    let a = run(first, &set.first);
    let b = match (second, &set.second) {
        (Some(element), Some(regression)) => run(element, regression),
        _ => 0.0,
    };
    let out = match predictand {
        Predictand::Humidity => [rh_percent(a, b), 0.0],
        Predictand::Wind => [a.max(0.0), 0.0],
        _ => [a, b],
    };
    // `max` and `min` would make a number of a missing one.
    (a.is_finite() && b.is_finite() && out[0].is_finite()).then_some(out)
}

/// Predictand was measured `back` hours before the end, NaN where nothing was.
fn measured(predictand: Predictand, hours: &Hours, back: usize) -> [f64; 2] {
    match predictand {
        Predictand::Humidity => [hours.get(Element::Humidity, back), 0.0],
        Predictand::WindVector => [hours.get(Element::East, back), hours.get(Element::North, back)],
        _ => [hours.get(predictand.targets().0, back), 0.0],
    }
}

/// Readings that `set` needs and that are not there.
fn missing(predictand: Predictand, set: &Set, hours: &Hours, lead: usize) -> String {
    let (first, second) = predictand.targets();
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
