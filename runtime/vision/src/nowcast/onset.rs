//! Onset: when rain begins or ends at a place, and whether that came true.

use serde::Serialize;

/// Chance from which a change is forecast.
const LIKELY: f64 = 0.5;
/// How far leads are from being fully dependent, 0 to 1, where it is dry and where it rains: chosen on eight
/// events for rain of 0.5 mm/h, where statements then come true as often as they say, by event to four
/// points (docs/nowcast.md).
const APART_DRY: f64 = 0.2;
const APART_WET: f64 = 0.3;
/// Most that a single lead counts as chance of a change.
const CHANCE_MOST: f64 = 0.995;
/// Share of the chance of a change that lies in its span of leads, at least.
const SPAN_SHARE: f64 = 0.8;

/// What is forecast of rain at a place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "says", rename_all = "kebab-case")]
pub enum Onset {
    /// It does not rain and will not within the horizon.
    StaysDry {
        /// That it stays dry, 0..1.
        chance: f64,
    },
    /// It does not rain and will begin to.
    Starts {
        /// First and last lead (1 is the first) in which it begins: in the step that ends there.
        leads: [usize; 2],
        /// That it begins in one of these, 0..1.
        chance: f64,
    },
    /// It rains and will go on.
    GoesOn {
        /// That it goes on, 0..1.
        chance: f64,
    },
    /// It rains and will end.
    Stops {
        /// First and last lead by which it is over.
        leads: [usize; 2],
        /// That it ends in one of these, 0..1.
        chance: f64,
    },
}

impl Onset {
    /// Onset from the chance of rain at each lead, `wet` 0..1, at a place where it `rains` now.
    ///
    /// The chance that no change has come by a lead lies between two bounds: leads that are fully
    /// dependent (one less the largest chance so far) and independent ones (the product of what each
    /// leaves). It is taken as their weighted geometric mean, 0.2 of the way to the second where it is
    /// dry and 0.3 where it rains. Of the spans of leads that hold four fifths of the chance of a change
    /// the shortest is given, of these the likeliest.
    #[must_use]
    pub fn of(wet: &[f64], rains: bool) -> Self {
        let mut by = Vec::with_capacity(wet.len());
        let (mut largest, mut ln_never, mut most) = (0.0f64, 0.0f64, 0.0f64);
        let apart = if rains { APART_WET } else { APART_DRY };
        for p in wet {
            let change = (if rains { 1.0 - p } else { *p }).min(CHANCE_MOST);
            largest = largest.max(change);
            ln_never += (1.0 - change).ln();
            most = 1.0 - (1.0 - largest).powf(1.0 - apart) * (apart * ln_never).exp();
            by.push(most);
        }
        if most < LIKELY {
            let chance = 1.0 - most;
            return if rains { Self::GoesOn { chance } } else { Self::StaysDry { chance } };
        }
        let before = |l: usize| if l == 0 { 0.0 } else { by[l - 1] };
        let mut best = ([1, by.len()], most);
        for length in 1..=by.len() {
            let mut found = false;
            for first in 0..=by.len() - length {
                let chance = by[first + length - 1] - before(first);
                let better = !found || chance > best.1;
                if chance >= SPAN_SHARE * most && better {
                    best = ([first + 1, first + length], chance);
                    found = true;
                }
            }
            if found {
                break;
            }
        }
        let (leads, chance) = best;
        if rains { Self::Stops { leads, chance } } else { Self::Starts { leads, chance } }
    }

    /// Chance that it comes true, 0..1.
    #[must_use]
    pub fn chance(&self) -> f64 {
        match self {
            Self::StaysDry { chance }
            | Self::GoesOn { chance }
            | Self::Starts { chance, .. }
            | Self::Stops { chance, .. } => *chance,
        }
    }

    /// Whether it came true: `came` is whether it rained at each lead.
    #[must_use]
    pub fn came_true(&self, came: &[bool]) -> bool {
        let first = |wet: bool| came.iter().position(|c| *c == wet).map(|l| l + 1);
        let within = |lead: Option<usize>, [a, b]: [usize; 2]| {
            lead.is_some_and(|lead| (a..=b).contains(&lead))
        };
        match self {
            Self::StaysDry { .. } => first(true).is_none(),
            Self::GoesOn { .. } => first(false).is_none(),
            Self::Starts { leads, .. } => within(first(true), *leads),
            Self::Stops { leads, .. } => within(first(false), *leads),
        }
    }

    /// In words, for `leads` steps of `step_min` minutes and rain of `rate_mm_h` or more.
    #[must_use]
    pub fn words(&self, leads: usize, step_min: f64, rate_mm_h: f64) -> String {
        let rain = format!("rain of {rate_mm_h} mm/h or more");
        let minutes = |lead: usize| (lead as f64 * step_min).round();
        let percent = |chance: f64| (100.0 * chance).round();
        let span = |[a, b]: [usize; 2]| format!("in {}–{} min", minutes(a - 1), minutes(b));
        match *self {
            Self::StaysDry { chance } => {
                format!("no {rain} in the next {} min, {} %", minutes(leads), percent(chance))
            }
            Self::GoesOn { chance } => {
                format!("{rain} goes on for {} min, {} %", minutes(leads), percent(chance))
            }
            Self::Starts { leads, chance } => {
                format!("{rain} starts {}, {} %", span(leads), percent(chance))
            }
            Self::Stops { leads, chance } => {
                format!("{rain} stops {}, {} %", span(leads), percent(chance))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_onset_follows_from_the_chances() {
        for (wet, rains, want) in [
            (&[0.0, 0.1, 0.2, 0.1][..], false, "no rain in the next 20 min, 77 %"),
            (&[0.0, 0.05, 0.1, 0.8], false, "rain starts in 15–20 min, 70 %"),
            (&[0.0, 0.05, 0.5, 0.9], false, "rain starts in 10–20 min, 86 %"),
            (&[0.2, 0.4, 0.6, 0.8], false, "rain starts in 0–20 min, 86 %"),
            (&[0.9, 0.8, 0.7, 0.9], true, "rain goes on for 20 min, 61 %"),
            (&[0.9, 0.9, 0.1, 0.2], true, "rain stops in 10–15 min, 78 %"),
            // Rain that has come stays come.
            (&[0.9, 0.1, 0.1, 0.1], false, "rain starts in 0–5 min, 90 %"),
        ] {
            let said = Onset::of(wet, rains).words(wet.len(), 5.0, 0.5);
            assert_eq!(said.replace(" of 0.5 mm/h or more", ""), want, "{wet:?}");
        }
    }

    #[test]
    fn an_onset_comes_true_or_not() {
        let (y, n) = (true, false);
        for (onset, came, right) in [
            (Onset::StaysDry { chance: 0.9 }, [n, n, n], true),
            (Onset::StaysDry { chance: 0.9 }, [n, n, y], false),
            (Onset::Starts { leads: [2, 3], chance: 0.8 }, [n, n, y], true),
            (Onset::Starts { leads: [2, 3], chance: 0.8 }, [y, y, y], false),
            (Onset::Starts { leads: [2, 3], chance: 0.8 }, [n, n, n], false),
            (Onset::GoesOn { chance: 0.9 }, [y, y, y], true),
            (Onset::GoesOn { chance: 0.9 }, [y, n, y], false),
            (Onset::Stops { leads: [1, 2], chance: 0.9 }, [y, n, y], true),
            (Onset::Stops { leads: [1, 2], chance: 0.9 }, [y, y, n], false),
        ] {
            assert_eq!(onset.came_true(&came), right, "{onset:?} {came:?}");
        }
    }
}
