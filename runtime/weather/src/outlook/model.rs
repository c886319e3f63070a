//! The model file: weights by target, set of inputs, regression and lead, and the errors that they are
//! known by.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::blend::Rules;
use super::hours::{Element, Hours};
use super::predictand::Predictand;
use super::term::{Place, Term};

/// The version of the file that is read.
const FORMAT: u32 = 2;
/// A day's terms look back so far, hours.
const LOOK_BACK_H: usize = 24;
/// Days that the usual day is the mean of.
pub(super) const USUAL_DAYS: usize = 7;
/// Forecasters beside the regressions.
const BESIDES: [&str; 3] = ["persistence", "yesterday", "usual day"];
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
    regressions: Vec<FileRegression>,
    format: u32,
    level: f64,
    leads_h: Vec<u8>,
    record_h: usize,
    record_least: usize,
    blend: Rules,
    targets: BTreeMap<String, Vec<FileSet>>,
    prior: BTreeMap<String, Vec<Vec<f64>>>,
    error: BTreeMap<String, BTreeMap<String, Vec<f64>>>,
    day: BTreeMap<String, Vec<Vec<f64>>>,
}

#[derive(Deserialize)]
struct FileRegression {
    name: String,
    trained_on: String,
}

#[derive(Deserialize)]
struct FileSet {
    set: String,
    terms: Vec<String>,
    /// By regression and lead.
    weights: Vec<Vec<Vec<f64>>>,
}

/// A fitted outlook.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// What each regression was fitted to.
    pub trained_on: Vec<String>,
    /// Who has a say: regressions, persistence, yesterday, the usual day.
    pub forecasters: Vec<String>,
    /// Share of readings that an interval should hold.
    pub level: f64,
    /// Hours ahead, ascending.
    pub leads_h: Vec<u8>,
    /// Hours of the station's own record that count.
    pub(super) record_h: usize,
    /// Errors that make a record.
    pub(super) record_least: usize,
    /// How they are weighted by what they did.
    pub(super) rules: Rules,
    sets: BTreeMap<Predictand, Vec<Set>>,
    prior: BTreeMap<Predictand, Vec<Vec<f64>>>,
    day: BTreeMap<Predictand, Vec<Vec<f64>>>,
}

/// One set of inputs for one quantity, best first.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) name: String,
    /// Of the first target and, where there is one, the second.
    pub(super) regressions: Vec<(Regression, Option<Regression>)>,
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
        if !file.blend.hold() {
            return Err(wrong("blend", "is out of range"));
        }
        if file.regressions.is_empty() {
            return Err(wrong("regressions", "must name at least one"));
        }
        if !(file.level > 0.0 && file.level < 1.0) || file.record_h > RECORD_MAX_H {
            return Err(wrong("level or record_h", "is out of range"));
        }
        let mut sets = BTreeMap::new();
        let mut prior = BTreeMap::new();
        let mut day = BTreeMap::new();
        for predictand in Predictand::ALL {
            sets.insert(predictand, file.sets_of(predictand)?);
            prior.insert(predictand, file.prior_of(predictand)?);
            day.insert(predictand, file.day_of(predictand)?);
        }
        let File { name, regressions, level, leads_h, record_h, record_least, blend, .. } = file;
        let names = regressions.iter().map(|r| r.name.clone());
        let forecasters = names.chain(BESIDES.map(str::to_owned)).collect();
        let trained_on = regressions.into_iter().map(|r| r.trained_on).collect();
        let rules = blend;
        Ok(Self {
            name,
            trained_on,
            forecasters,
            level,
            leads_h,
            record_h,
            record_least,
            rules,
            sets,
            prior,
            day,
        })
    }

    pub(super) fn sets(&self, predictand: Predictand) -> &[Set] {
        self.sets.get(&predictand).map_or(&[], Vec::as_slice)
    }

    /// Weights of the forecasters at the training stations.
    pub(super) fn prior(&self, predictand: Predictand, lead: usize) -> &[f64] {
        self.prior.get(&predictand).map_or(&[], |leads| &leads[lead])
    }

    /// Usual error at each part of the day over that of the whole day.
    pub(super) fn day(&self, predictand: Predictand, lead: usize) -> &[f64] {
        self.day.get(&predictand).map_or(&[], |leads| &leads[lead])
    }

    /// Hours that a whole record looks back.
    pub(super) fn hours_needed(&self) -> usize {
        self.rules.learn_h + (24 * USUAL_DAYS).max(LOOK_BACK_H) + 1
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
            let of = |element| -> Result<Vec<Regression>, ModelError> {
                let found = self.target(element)?.iter().find(|s| s.set == set.set);
                let missing =
                    || wrong(predictand.name(), "a set is not there for both its targets");
                found.ok_or_else(missing)?.regressions(&self.leads_h, self.regressions.len())
            };
            let error = self.error.get(predictand.name()).and_then(|by| by.get(&set.set));
            let whole = |e: &&Vec<f64>| e.len() == self.leads_h.len() && all_positive(e);
            let error = error
                .filter(whole)
                .ok_or_else(|| wrong("error", "must have a number above 0 for each lead"))?;
            let firsts = of(first)?;
            let seconds: Vec<Option<Regression>> = match second {
                Some(element) => of(element)?.into_iter().map(Some).collect(),
                None => vec![None; firsts.len()],
            };
            let regressions = firsts.into_iter().zip(seconds).collect();
            out.push(Set { name: set.set.clone(), regressions, error: error.clone() });
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

    fn prior_of(&self, predictand: Predictand) -> Result<Vec<Vec<f64>>, ModelError> {
        let size = self.regressions.len() + BESIDES.len();
        let shares = |p: &Vec<f64>| {
            let sound = p.iter().all(|w| (0.0..=1.0).contains(w));
            let regressions: f64 = p.iter().take(self.regressions.len()).sum();
            p.len() == size && sound && regressions > 0.0
        };
        let prior = self.prior.get(predictand.name());
        let whole = |p: &&Vec<Vec<f64>>| p.len() == self.leads_h.len() && p.iter().all(shares);
        let missing = || wrong("prior", "must have a weight from 0 to 1 for each forecaster");
        prior.filter(whole).cloned().ok_or_else(missing)
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
    /// All `count` regressions.
    fn regressions(&self, leads_h: &[u8], count: usize) -> Result<Vec<Regression>, ModelError> {
        if self.weights.len() != count {
            return Err(self.bad("must have weights for each regression"));
        }
        self.weights.iter().map(|weights| self.regression(leads_h, weights)).collect()
    }

    fn bad(&self, what: &'static str) -> ModelError {
        ModelError::Content { place: format!("set '{}'", self.set), what }
    }

    fn regression(&self, leads_h: &[u8], weights: &[Vec<f64>]) -> Result<Regression, ModelError> {
        let bad = |what| self.bad(what);
        if weights.len() != leads_h.len() {
            return Err(bad("must have a row of weights for each lead"));
        }
        let mut out = Vec::new();
        for (weights, &lead_h) in weights.iter().zip(leads_h) {
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
