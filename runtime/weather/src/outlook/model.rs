//! The model file: weights by target, set of inputs and lead, and the errors that it is known by.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::hours::{Element, Hours};
use super::predictand::Predictand;
use super::term::{Place, Term};

/// The version of the file that is read.
const FORMAT: u32 = 1;
/// A day's terms look back so far, hours.
const LOOK_BACK_H: usize = 24;
/// Longest lead and record that are taken, hours.
const LEAD_MAX_H: u8 = 24;
const RECORD_MAX_H: usize = 24 * 366;

/// Why a model file is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// It is no such file.
    #[error("station outlook: not a model file: {cause}; write it with train station")]
    Json {
        /// Why; it stands in the message.
        cause: serde_json::Error,
    },
    /// Another version.
    #[error("station outlook: file has format {0}, this program reads {FORMAT}; fit it anew")]
    Format(u32),
    /// Something does not fit together.
    #[error("station outlook: {place}: {what}; fit it anew")]
    Content {
        /// Where in the file.
        place: String,
        /// Predictand is wrong.
        what: &'static str,
    },
}

#[derive(Deserialize)]
struct File {
    name: String,
    trained_on: String,
    format: u32,
    level: f64,
    leads_h: Vec<u8>,
    record_h: usize,
    record_least: usize,
    targets: BTreeMap<String, Vec<FileSet>>,
    error: BTreeMap<String, BTreeMap<String, Vec<f64>>>,
    day: BTreeMap<String, Vec<Vec<f64>>>,
}

#[derive(Deserialize)]
struct FileSet {
    set: String,
    terms: Vec<String>,
    weights: Vec<Vec<f64>>,
}

/// A fitted outlook.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Predictand it was fitted to.
    pub trained_on: String,
    /// Share of readings that an interval should hold.
    pub level: f64,
    /// Hours ahead, ascending.
    pub leads_h: Vec<u8>,
    /// Hours of the station's own record that count.
    pub(super) record_h: usize,
    /// Errors that make a record.
    pub(super) record_least: usize,
    sets: BTreeMap<Predictand, Vec<Set>>,
    day: BTreeMap<Predictand, Vec<Vec<f64>>>,
}

/// One set of inputs for one quantity, best first.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) name: String,
    pub(super) first: Regression,
    pub(super) second: Option<Regression>,
    /// Relative error that the shipped record has, by lead.
    pub(super) error: Vec<f64>,
}

/// Constant, terms and weights, by lead.
#[derive(Clone, Debug)]
pub(super) struct Regression(Vec<(f64, Vec<(Term, f64)>)>);

impl Regression {
    /// The change to lead number `lead`, issued `back` hours before the end; NaN if anything is
    /// missing.
    pub(super) fn change(&self, hours: &Hours, lead: usize, back: usize) -> f64 {
        let (constant, terms) = &self.0[lead];
        constant + terms.iter().map(|(term, w)| w * term.value(hours, back)).sum::<f64>()
    }

    /// Readings that it needs.
    pub(super) fn places(&self, lead: usize) -> impl Iterator<Item = Place> {
        self.0[lead].1.iter().flat_map(|(term, _)| term.places())
    }
}

impl Model {
    /// The model that comes with the program.
    ///
    /// # Errors
    /// Never, as a test shows; [`ModelError`] all the same, for it is read like any other.
    pub fn builtin() -> Result<Self, ModelError> {
        Self::read(include_str!("../outlook.json"))
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError`] with what is wrong in it.
    pub fn read(text: &str) -> Result<Self, ModelError> {
        let file: File = serde_json::from_str(text).map_err(|cause| ModelError::Json { cause })?;
        if file.format != FORMAT {
            return Err(ModelError::Format(file.format));
        }
        let leads = &file.leads_h;
        let rising = leads.windows(2).all(|p| p[0] < p[1]);
        if leads.is_empty() || !rising || leads[0] == 0 || leads.iter().any(|&h| h > LEAD_MAX_H) {
            return Err(wrong("leads_h", "must rise from at least 1 to at most 24"));
        }
        if !(file.level > 0.0 && file.level < 1.0) || file.record_h > RECORD_MAX_H {
            return Err(wrong("level or record_h", "is out of range"));
        }
        let mut sets = BTreeMap::new();
        let mut day = BTreeMap::new();
        for predictand in Predictand::ALL {
            sets.insert(predictand, file.sets_of(predictand)?);
            day.insert(predictand, file.day_of(predictand)?);
        }
        let File { name, trained_on, level, leads_h, record_h, record_least, .. } = file;
        Ok(Self { name, trained_on, level, leads_h, record_h, record_least, sets, day })
    }

    pub(super) fn sets(&self, predictand: Predictand) -> &[Set] {
        self.sets.get(&predictand).map_or(&[], Vec::as_slice)
    }

    /// Usual error at a time of day over that of the whole day.
    pub(super) fn day_scale(&self, predictand: Predictand, lead: usize, solar_h: f64) -> f64 {
        let parts = self.day.get(&predictand).map_or(&[][..], |leads| &leads[lead]);
        let part = (solar_h * parts.len() as f64 / 24.0) as usize;
        parts.get(part.min(parts.len().saturating_sub(1))).copied().unwrap_or(1.0)
    }

    /// Hours that a whole record looks back.
    pub(super) fn hours_needed(&self) -> usize {
        self.record_h + LOOK_BACK_H + 1
    }

    /// Split-conformal quantile: the ⌈(n + 1) · level⌉-th smallest of at least one error.
    pub(super) fn quantile(&self, errors: &mut [f64]) -> f64 {
        errors.sort_unstable_by(f64::total_cmp);
        let k = ((errors.len() + 1) as f64 * self.level).ceil() as usize;
        errors[k.clamp(1, errors.len()) - 1]
    }
}

impl File {
    /// Sets that both regressions of `predictand` have, best first.
    fn sets_of(&self, predictand: Predictand) -> Result<Vec<Set>, ModelError> {
        let (first, second) = predictand.targets();
        // Of two, the second is never fitted with more sets than the first.
        let lead_target = self.target(second.unwrap_or(first))?;
        let mut out = Vec::new();
        for set in lead_target {
            let of = |element| -> Result<Regression, ModelError> {
                let found = self.target(element)?.iter().find(|s| s.set == set.set);
                let missing =
                    || wrong(predictand.name(), "a set is not there for both its targets");
                found.ok_or_else(missing)?.regression(&self.leads_h)
            };
            let error = self.error.get(predictand.name()).and_then(|by| by.get(&set.set));
            let whole = |e: &&Vec<f64>| e.len() == self.leads_h.len() && all_positive(e);
            let error = error
                .filter(whole)
                .ok_or_else(|| wrong("error", "must have a number above 0 for each lead"))?;
            out.push(Set {
                name: set.set.clone(),
                first: of(first)?,
                second: second.map(of).transpose()?,
                error: error.clone(),
            });
        }
        match out.is_empty() {
            true => Err(wrong(predictand.name(), "has no set of inputs")),
            false => Ok(out),
        }
    }

    fn target(&self, element: Element) -> Result<&[FileSet], ModelError> {
        let found = self.targets.iter().find(|(name, _)| Element::of(name) == Some(element));
        let missing =
            || wrong("targets", "one of temp_c, dew_c, wind_*, pressure_hpa is not there");
        found.map(|(_, sets)| sets.as_slice()).ok_or_else(missing)
    }

    fn day_of(&self, predictand: Predictand) -> Result<Vec<Vec<f64>>, ModelError> {
        let whole = |d: &&Vec<Vec<f64>>| {
            d.len() == self.leads_h.len() && d.iter().all(|p| !p.is_empty() && all_positive(p))
        };
        let day = self.day.get(predictand.name()).filter(whole);
        day.cloned().ok_or_else(|| wrong("day", "must have numbers above 0 for each lead"))
    }
}

impl FileSet {
    fn regression(&self, leads_h: &[u8]) -> Result<Regression, ModelError> {
        let bad = |what| ModelError::Content { place: format!("set '{}'", self.set), what };
        if self.weights.len() != leads_h.len() {
            return Err(bad("must have a row of weights for each lead"));
        }
        let mut out = Vec::new();
        for (weights, &lead_h) in self.weights.iter().zip(leads_h) {
            let Some((&constant, weights)) = weights.split_first() else {
                return Err(bad("has a row without weights"));
            };
            if weights.len() != self.terms.len() {
                return Err(bad("must have a constant and a weight for each term"));
            }
            let mut terms = Vec::new();
            for (text, &w) in self.terms.iter().zip(weights) {
                let term = Term::parse(text, usize::from(lead_h));
                let term = term.ok_or_else(|| ModelError::Content {
                    place: format!("set '{}', term '{text}'", self.set),
                    what: "cannot be read, or looks into the future",
                })?;
                if term.places().any(|p| p.back_h > LOOK_BACK_H) {
                    return Err(bad("looks back more than 24 h"));
                }
                terms.push((term, w));
            }
            out.push((constant, terms));
        }
        Ok(Regression(out))
    }
}

fn all_positive(values: &[f64]) -> bool {
    values.iter().all(|&v| v > 0.0 && v.is_finite())
}

fn wrong(place: &str, what: &'static str) -> ModelError {
    ModelError::Content { place: place.to_owned(), what }
}
