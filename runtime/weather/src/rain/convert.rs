//! The turning of numbers of each kind into rain since the last number.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::numbers::{Numbers, usual_step};
use crate::rain_kind::RainKind;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// A sum that falls by no more, mm, trembles.
const TREMBLE_MM: f64 = 0.3;
/// A rate stands for no more than this where readings are missing, in usual steps.
const RATE_STEPS: i32 = 2;

/// Rain since the last number, mm, of each; `None` where it is not known. `before` is the last number of
/// the run before and `reset` when these last fell back, `lately` the rain of the 24 hours before the
/// first, number by number.
pub(super) fn increments(
    kind: RainKind,
    numbers: Numbers<'_>,
    before: Option<(Timestamp, f64)>,
    reset: Option<Timestamp>,
    lately: Numbers<'_>,
) -> Vec<Option<f64>> {
    let before = before.filter(|(t, _)| numbers.first().is_some_and(|(first, _)| t < first));
    let rain = match kind {
        RainKind::Increment | RainKind::Unknown => numbers.iter().map(|n| Some(n.1)).collect(),
        RainKind::SinceMidnight => sums(numbers, before, true, reset),
        RainKind::Total => sums(numbers, before, false, reset),
        RainKind::Rolling24h => rolling(numbers, before, lately),
        RainKind::SinceHour => hours(numbers, before),
        RainKind::Rate => rates(numbers, before),
    };
    // Differences of 0.2 mm are not to become 0.19999999999998863 mm.
    rain.into_iter().map(|mm| mm.map(|mm| (mm * 1e6).round() / 1e6)).collect()
}

/// Of a sum that climbs and falls back to 0, each day or now and then.
fn sums(
    numbers: Numbers<'_>,
    before: Option<(Timestamp, f64)>,
    daily: bool,
    reset: Option<Timestamp>,
) -> Vec<Option<f64>> {
    let resets = Resets(reset.into_iter().chain(falls(numbers)).collect());
    let mut last = before;
    let mut out = Vec::with_capacity(numbers.len());
    for &(time, mm) in numbers {
        out.push(match last {
            // Of a day's sum 0 tells that nothing fell.
            None => Some(0.0).filter(|_| daily && mm == 0.0),
            Some((was_at, _)) if daily && resets.lie_between(was_at, time) => Some(mm),
            // On which day it fell is not known.
            Some((was_at, _)) if time.duration_since(was_at) > DAY => None,
            Some((_, was)) if mm >= was => Some(mm - was),
            Some((_, was)) if was - mm <= TREMBLE_MM && mm > was / 2.0 => Some(0.0),
            Some(_) => Some(mm),
        });
        last = Some((time, mm));
    }
    out
}

/// When numbers fell back.
pub(super) fn falls(numbers: Numbers<'_>) -> impl Iterator<Item = Timestamp> {
    numbers.windows(2).filter(|p| p[1].1 < p[0].1).map(|p| p[1].0)
}

/// When a day's sum fell back.
struct Resets(Vec<Timestamp>);

impl Resets {
    /// Whether one must lie after one time and up to another, though the sum may not show it: by the
    /// hours of the day of the resets before and after it, for clocks are put forward and back.
    fn lie_between(&self, from: Timestamp, to: Timestamp) -> bool {
        let apart = to.duration_since(from);
        if apart >= DAY {
            return true;
        }
        let after = self.0.partition_point(|t| *t <= from);
        let next = self.0.get(after);
        let around = [after.checked_sub(1).and_then(|i| self.0.get(i)), next];
        let holds =
            |t: &Timestamp| (to.as_second() - t.as_second()).rem_euclid(86_400) < apart.as_secs();
        next.is_some_and(|t| *t <= to)
            || around.iter().flatten().count() > 0 && around.into_iter().flatten().all(holds)
    }
}

/// Of the sum of the last 24 hours: what the sum of those before does not explain.
fn rolling(
    numbers: Numbers<'_>,
    before: Option<(Timestamp, f64)>,
    lately: Numbers<'_>,
) -> Vec<Option<f64>> {
    let Some(&(begin, first)) = numbers.first() else { return Vec::new() };
    let known: Vec<(Timestamp, f64)> = lately.iter().filter(|n| n.0 < begin).copied().collect();
    let has_day =
        before.is_some() && known.first().is_some_and(|n| begin.duration_since(n.0) >= DAY / 2);
    let mut fell: Vec<(Timestamp, f64)> = if has_day { known } else { Vec::new() };
    // Rain of before the first number, whose hour is not known: it goes as the sum falls.
    let mut left = if has_day { 0.0 } else { first };
    let (mut from, mut sum) = (0, fell.iter().map(|n| n.1).sum::<f64>());
    let mut out = Vec::with_capacity(numbers.len());
    for (i, &(time, mm)) in numbers.iter().enumerate() {
        while fell.get(from).is_some_and(|n| time.duration_since(n.0) >= DAY) {
            sum -= fell[from].1;
            from += 1;
        }
        if time.duration_since(begin) >= DAY {
            left = 0.0;
        }
        let news = (mm - sum - left).max(0.0);
        let news = if news < 1e-6 { 0.0 } else { news };
        left = f64::min(left, (mm - sum - news).max(0.0));
        fell.push((time, news));
        sum += news;
        out.push(Some(news).filter(|_| has_day || i > 0));
    }
    out
}

/// How badly numbers fit the last 24 hours: what they fall short of what fell in these, over all that fell.
pub(super) fn rolling_misfit(numbers: Numbers<'_>) -> f64 {
    let Some(&(begin, _)) = numbers.first() else { return f64::INFINITY };
    let rain = rolling(numbers, None, &[]);
    let (mut from, mut sum, mut all, mut short) = (0, 0.0, 0.0, 0.0);
    for (i, &(time, mm)) in numbers.iter().enumerate() {
        while time.duration_since(numbers[from].0) >= DAY {
            sum -= rain[from].unwrap_or(0.0);
            from += 1;
        }
        sum += rain[i].unwrap_or(0.0);
        all += rain[i].unwrap_or(0.0);
        if time.duration_since(begin) >= DAY {
            short += (mm - sum).abs();
        } else {
            short += (sum - mm).max(0.0);
        }
    }
    if all > 0.0 { short / all } else { f64::INFINITY }
}

/// Of sums that begin anew with each hourly report.
fn hours(numbers: Numbers<'_>, before: Option<(Timestamp, f64)>) -> Vec<Option<f64>> {
    let minute = minute_of_report(numbers).unwrap_or(0);
    // The report itself ends its hour.
    let hour = |t: Timestamp| (t.as_second() - 60 * minute - 1).div_euclid(3600);
    let mut last = before;
    let mut out = Vec::with_capacity(numbers.len());
    for &(time, mm) in numbers {
        out.push(Some(match last {
            Some((was_at, was)) if hour(was_at) == hour(time) && mm >= was => mm - was,
            _ => mm,
        }));
        last = Some((time, mm));
    }
    out
}

/// The minute of the hour whose report ends an hour's sum: that before which sums are largest and after
/// which they fall; else the minute of most reports.
pub(super) fn minute_of_report(numbers: Numbers<'_>) -> Option<i64> {
    let minute = |t: Timestamp| t.as_second().div_euclid(60).rem_euclid(60);
    let most = |minutes: &mut dyn Iterator<Item = i64>| {
        let mut of: BTreeMap<i64, usize> = BTreeMap::new();
        minutes.for_each(|m| *of.entry(m).or_default() += 1);
        of.into_iter().max_by_key(|(_, n)| *n)
    };
    let mut falls = numbers.windows(2).filter(|p| p[1].1 < p[0].1).map(|p| minute(p[0].0));
    match most(&mut falls) {
        Some((minute, n)) if n >= 3 => Some(minute),
        _ => most(&mut numbers.iter().map(|n| minute(n.0))).map(|(minute, _)| minute),
    }
}

/// Of rates, mm/h: each for the time since the last number.
fn rates(numbers: Numbers<'_>, before: Option<(Timestamp, f64)>) -> Vec<Option<f64>> {
    let usual = usual_step(numbers);
    let mut last = before.map(|(t, _)| t);
    let mut out = Vec::with_capacity(numbers.len());
    for &(time, mm_h) in numbers {
        let since = last.map(|t| time.duration_since(t));
        let lasted = match (since, usual) {
            (Some(since), Some(usual)) if since > usual * RATE_STEPS => Some(usual),
            (since, usual) => since.or(usual),
        };
        out.push(lasted.map(|d| mm_h * d.as_secs_f64() / 3600.0));
        last = Some(time);
    }
    out
}
