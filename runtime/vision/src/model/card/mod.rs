//! The card: what a model takes, what it gives, and how good it was, as its folder says.

use serde::{Deserialize, Serialize};

use emberline_engine::{REFERENCE_PRECISION, one_line};

use super::error::ModelError;
use super::rates::Rates;
use crate::clip::{ClipOptions, Scale};
use crate::frame::Kind;
use crate::nowcast::Nowcast;
use crate::task::Task;

/// The only card layout this version reads.
const SCHEMA: i64 = 2;
/// The layout before, which `emberline_export` rewrites.
const SCHEMA_BEFORE: i64 = 1;

/// A model's contract, as written in `card.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Layout of the card: 2.
    pub schema: i64,
    /// Name without version, as on the command line.
    pub name: String,
    /// Version, 1 is the first.
    pub version: u32,
    /// What it forecasts.
    pub task: Task,
    /// Which family of networks it is of, by name; the table of that name is the family's own.
    pub family: String,
    /// One sentence for a person.
    pub summary: String,
    /// SPDX expression.
    pub licence: String,
    /// ONNX opset of the graphs, 16 to 19, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opset: Option<i64>,
    /// What the network takes.
    pub input: Input,
    /// What it gives.
    pub output: Output,
    /// From which probability a cell is said to burn: in a card of the task `fire-front` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// What is made of its rain: in a card of the task `rain` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nowcast: Option<Nowcast>,
    /// The graph in each precision; `float32` is always there.
    pub precision: Vec<Precision>,
    /// How it was trained, in free words and numbers.
    #[serde(default)]
    pub training: toml::Table,
    /// How it scored, a row each.
    #[serde(default)]
    pub score: Vec<toml::Table>,
    /// The family's own table, as written.
    #[serde(skip)]
    pub own: toml::Table,
}

/// What a network takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Kinds of film it was made for.
    pub kinds: Vec<Kind>,
    /// Frames of a clip.
    pub frames: usize,
    /// Which values are intensity 0 and 1; rain has its own scale whatever is said here.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scale: Scale,
    /// Sides are padded to a multiple of this.
    pub multiple_px: usize,
    /// Smallest side the network takes; smaller ones are padded.
    pub min_px: usize,
    /// Largest side of a film.
    pub max_px: usize,
    /// Side above which a film is cut into tiles.
    pub tile_px: usize,
    /// How far neighbouring tiles overlap.
    pub overlap_px: usize,
    /// Shortest and longest step between frames, seconds.
    pub step_s: [f64; 2],
}

/// What a network gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Leads it forecasts at once, one step apart.
    pub leads: usize,
    /// How far it usually forecasts, seconds, whatever the step; so many leads where not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon_s: Option<f64>,
    /// Where a forecast's rates come from, the network where not told: in a card of the task `rain`
    /// only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<Rates>,
}

/// From which probability a cell is said to burn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Probability in 0..1.
    pub threshold: f32,
    /// The data it was chosen on.
    pub chosen_on: String,
}

/// What need not be written into a card.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Whether a file lies in the folder itself, by its name.
pub(super) fn is_plain(file: &str) -> bool {
    !file.is_empty() && !file.contains(['/', '\\']) && !file.starts_with('.')
}

/// The graph in one precision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Precision {
    /// `float32`, `int8`, …
    pub name: String,
    /// File in the folder.
    pub file: String,
    /// Its hash, hex.
    pub sha256: String,
    /// What the precision costs, in words: `reference` for float32.
    pub loss: String,
}

impl Card {
    /// Reads and checks the text of a `card.toml`; `model` names the folder in errors.
    ///
    /// # Errors
    /// [`ModelError::Card`] for another schema, unknown or missing fields, and values that cannot be.
    pub fn parse(model: &str, text: &str) -> Result<Self, ModelError> {
        let wrong = |what: String| ModelError::Card { model: model.to_owned(), what };
        let at = |span: Option<std::ops::Range<usize>>, message: &str| {
            let line = span.map_or(0, |s| {
                text.get(..s.start).map_or(0, |before| before.matches('\n').count()) + 1
            });
            wrong(format!("line {line}: {}; export the folder again", one_line(message)))
        };
        let tree: toml::Table =
            text.parse().map_err(|e: toml::de::Error| at(e.span(), e.message()))?;
        match tree.get("schema").and_then(toml::Value::as_integer) {
            Some(SCHEMA) => {}
            Some(SCHEMA_BEFORE) => {
                return Err(wrong(format!(
                    "schema {SCHEMA_BEFORE}, this version reads {SCHEMA}; rewrite it with python -m \
                     emberline_export onnx upgrade FOLDER"
                )));
            }
            found => {
                let found = found.map_or_else(|| "none".to_owned(), |n| n.to_string());
                return Err(wrong(format!(
                    "schema {found}, this version reads {SCHEMA}; use a matching emberline"
                )));
            }
        }
        // The family's own table is taken out before the rest is read, and is the family's to check.
        let Some(family) = tree.get("family").and_then(toml::Value::as_str) else {
            return Err(wrong("family: its name is missing; export the folder again".to_owned()));
        };
        let own = tree.get(family).and_then(toml::Value::as_table).cloned().unwrap_or_default();
        let mut card: Self = toml::from_str(&without(text, family))
            .map_err(|e: toml::de::Error| at(e.span(), e.message()))?;
        card.own = own;
        match card.fault() {
            Some(what) => Err(wrong(format!("{what}; export the folder again"))),
            None => Ok(card),
        }
    }

    /// The family's own table, read into its type.
    ///
    /// # Errors
    /// What is wrong with it, in words that begin with the table's name.
    pub fn own<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        let read = T::deserialize(toml::Value::Table(self.own.clone()));
        read.map_err(|e: toml::de::Error| format!("{}: {}", self.family, one_line(e.message())))
    }

    /// `fire-v1`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}-v{}", self.name, self.version)
    }

    /// A side between the smallest and the largest tile that stands for common ones.
    #[must_use]
    pub fn usual_px(&self) -> usize {
        128.clamp(self.input.min_px, self.input.tile_px).next_multiple_of(self.input.multiple_px)
    }

    /// The entry of a precision, by name.
    #[must_use]
    pub fn precision(&self, name: &str) -> Option<&Precision> {
        self.precision.iter().find(|p| p.name == name)
    }

    /// Where the rates of a forecast come from, in a card of the task `rain`.
    #[must_use]
    pub fn rates(&self) -> Option<Rates> {
        (self.task == Task::Rain).then(|| self.output.rates.unwrap_or_default())
    }

    /// What the model wants to see of a film, `step_s` apart.
    #[must_use]
    pub fn want(&self, step_s: Option<f64>) -> ClipOptions {
        let Input { scale, frames, step_s: range_s, .. } = self.input;
        ClipOptions { task: self.task, scale, frames, step_s, range_s }
    }

    /// The first value that cannot be, in words.
    fn fault(&self) -> Option<String> {
        let i = &self.input;
        let plain = |s: &str| {
            !s.is_empty()
                && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        let rules: [(bool, &str); 11] = [
            (plain(&self.name), "name: small letters, digits and dashes only"),
            (self.version >= 1, "version: 1 or more"),
            (self.opset.is_none_or(|opset| (16..=19).contains(&opset)), "opset: 16 to 19"),
            (!i.kinds.is_empty(), "input.kinds: at least one"),
            ((1..=64).contains(&i.frames), "input.frames: 1 to 64"),
            ((1..=64).contains(&i.multiple_px), "input.multiple_px: 1 to 64"),
            (
                i.multiple_px >= 1
                    && i.min_px >= i.multiple_px
                    && i.min_px.is_multiple_of(i.multiple_px)
                    && i.tile_px.is_multiple_of(i.multiple_px)
                    && i.overlap_px.is_multiple_of(i.multiple_px)
                    && i.min_px <= i.tile_px
                    && i.tile_px <= 1024
                    && i.max_px <= 4096,
                "input: min_px, tile_px and overlap_px are multiples of multiple_px, \
                 min_px <= tile_px <= 1024, max_px <= 4096",
            ),
            (i.overlap_px * 2 <= i.tile_px, "input.overlap_px: at most half of tile_px"),
            (
                i.step_s.iter().all(|s| s.is_finite() && *s > 0.0) && i.step_s[0] <= i.step_s[1],
                "input.step_s: two seconds, above 0, shortest first",
            ),
            ((1..=100).contains(&self.output.leads), "output.leads: 1 to 100"),
            (
                self.output.horizon_s.is_none_or(|s| s > 0.0 && s <= 86_400.0),
                "output.horizon_s: above 0, a day at most",
            ),
        ];
        if let Some((_, what)) = rules.iter().find(|(holds, _)| !holds) {
            return Some((*what).to_owned());
        }
        self.task_fault().or_else(|| self.precision_fault())
    }

    /// What does not fit the task.
    fn task_fault(&self) -> Option<String> {
        let task = self.task;
        if let Some(kind) = self.input.kinds.iter().find(|k| !task.kinds().contains(k)) {
            return Some(format!("input.kinds: a {task} model takes no {kind}"));
        }
        if self.output.rates.is_some() && task != Task::Rain {
            return Some(format!("output.rates: no rates in the task {task}"));
        }
        match &self.nowcast {
            Some(_) if task != Task::Rain => {
                return Some(format!("nowcast: no rain in the task {task}"));
            }
            Some(nowcast) => {
                if let Some(what) = nowcast.fault() {
                    return Some(what);
                }
            }
            None => {}
        }
        match (&self.decision, task) {
            (None, Task::FireFront) => {
                Some("decision: missing, a fire-front model needs it".into())
            }
            (Some(d), Task::FireFront) if !(d.threshold > 0.0 && d.threshold < 1.0) => {
                Some("decision.threshold: between 0 and 1".into())
            }
            (Some(_), Task::Frames | Task::Rain) => {
                Some(format!("decision: nothing to decide in the task {task}"))
            }
            _ => None,
        }
    }

    fn precision_fault(&self) -> Option<String> {
        for p in &self.precision {
            if !is_plain(&p.file) {
                return Some(format!(
                    "precision {}: file {:?} is no plain file name",
                    p.name, p.file
                ));
            }
        }
        match self.precision(REFERENCE_PRECISION) {
            Some(_) => None,
            None => Some("precision: float32 is missing".to_owned()),
        }
    }
}

/// `text` with the tables of `family` made blank, so that lines keep their numbers.
fn without(text: &str, family: &str) -> String {
    let mut inside = false;
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        if let Some(header) = line.trim_start().strip_prefix('[') {
            let name = header.trim_start_matches('[').trim_start();
            let rest = name.strip_prefix(family);
            inside = rest.is_some_and(|r| r.starts_with([']', '.', ' ']));
        }
        if !inside {
            out += line;
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
pub(crate) mod tests;
