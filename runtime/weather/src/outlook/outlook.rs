//! The outlook itself: every quantity at every lead, from readings by a model.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::blend::{Column, Hour, Pair};
use super::hours::{Element, Hours};
use super::lack::Lack;
use super::model::{Model, Regression, Set, USUAL_DAYS};
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
                let usable =
                    sets.iter().find(|s| regressions(predictand, s, &hours, i, 0).is_some());
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
        let ahead = usize::from(lead_h);
        let day = self.day(predictand, lead);
        let hour = |back: usize| {
            let part = (hours.solar_h(back) * day.len() as f64 / 24.0) as usize;
            let part = part.min(day.len().saturating_sub(1));
            let came = match back.checked_sub(ahead) {
                Some(then) => measured(predictand, hours, then),
                None => [f64::NAN; 2],
            };
            let said = forecasters(predictand, set, hours, lead, ahead, back);
            Hour { said, came, part, scale: day.get(part).copied().unwrap_or(1.0) }
        };
        let past: Vec<Hour> = (0..=self.rules.learn_h).rev().map(hour).collect();
        let column = Column {
            rules: &self.rules,
            lead_h: ahead,
            parts: day.len(),
            prior: self.prior(predictand, lead),
            error: set.error[lead],
            record_h: self.record_h,
            record_least: self.record_least,
            level: self.level,
        };
        let told = column.tell(&past);
        let (middle, half) = (told.said, told.half);
        let record = match told.own {
            0 => Record::Shipped,
            n => Record::Own(n),
        };
        let weights = self.forecasters.iter().cloned().zip(told.weights);
        let weights = weights
            .map(|(name, w)| (name, (w * 1000.0).round() / 1000.0))
            .filter(|(_, w)| *w > 0.0)
            .collect();
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
        let inputs = set.name.clone();
        Some(Predicted { predictand, lead_h, time, inputs, weights, record, value })
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

/// What each forecaster says, issued `back` hours before the end: the regressions of `set`, persistence,
/// yesterday, and the usual day.
fn forecasters(
    predictand: Predictand,
    set: &Set,
    hours: &Hours,
    lead: usize,
    ahead: usize,
    back: usize,
) -> Vec<Pair> {
    let missing = || vec![[f64::NAN; 2]; set.regressions.len()];
    let mut said = regressions(predictand, set, hours, lead, back).unwrap_or_else(missing);
    said.push(measured(predictand, hours, back));
    said.push(measured(predictand, hours, back + 24 - ahead));
    said.push(usual_day(predictand, hours, ahead, back));
    said
}

/// The value `back` hours before the end, and the mean change of the same hours over the days before it.
fn usual_day(predictand: Predictand, hours: &Hours, ahead: usize, back: usize) -> Pair {
    let (mut sum, mut count) = ([0.0; 2], 0.0);
    for day in 1..=USUAL_DAYS {
        let from = measured(predictand, hours, back + 24 * day);
        let to = measured(predictand, hours, back + 24 * day - ahead);
        let change = [to[0] - from[0], to[1] - from[1]];
        if change.iter().all(|v| v.is_finite()) {
            sum = [sum[0] + change[0], sum[1] + change[1]];
            count += 1.0;
        }
    }
    let now = measured(predictand, hours, back);
    let (least, most) = bounds(predictand);
    // Without a day before, 0 / 0 is NaN, and stays it.
    let within = |v: f64| v.clamp(least, most);
    match predictand {
        Predictand::WindVector => [now[0] + sum[0] / count, now[1] + sum[1] / count],
        _ => [within(now[0] + sum[0] / count), now[1]],
    }
}

/// The forecasts of every regression of one set, issued `back` hours before the end; the second number is
/// the component towards north, else 0. `None` where one lacks a reading.
fn regressions(
    predictand: Predictand,
    set: &Set,
    hours: &Hours,
    lead: usize,
    back: usize,
) -> Option<Vec<Pair>> {
    set.regressions.iter().map(|r| regression(predictand, r, hours, lead, back)).collect()
}

fn regression(
    predictand: Predictand,
    (of_first, of_second): &(Regression, Option<Regression>),
    hours: &Hours,
    lead: usize,
    back: usize,
) -> Option<Pair> {
    let (first, second) = predictand.targets();
    let run = |element, regression: &Regression| {
        hours.get(element, back) + regression.change(hours, lead, back)
    };
    let a = run(first, of_first);
    let b = match (second, of_second) {
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
    let mut places: Vec<Place> = set
        .regressions
        .iter()
        .flat_map(|(first, second)| [Some(first), second.as_ref()])
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
