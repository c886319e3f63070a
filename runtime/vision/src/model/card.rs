//! The card: what a model takes, what it gives, and how good it was, as its folder says.

use serde::{Deserialize, Serialize};

use super::ModelError;
use super::drift::DriftLevels;
use super::rates::Rates;
use crate::clip::{Scale, Want};
use crate::frame::Kind;
use crate::front::Front;
use crate::nowcast::Nowcast;
use crate::task::Task;

/// The only card layout this version reads.
pub(super) const SCHEMA: i64 = 1;

/// A model's contract, as written in `card.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Layout of the card; always 1 so far.
    pub schema: i64,
    /// Name without version, as on the command line.
    pub name: String,
    /// Version, 1 is the first.
    pub version: u32,
    /// What it forecasts.
    pub task: Task,
    /// One sentence for a person.
    pub summary: String,
    /// SPDX expression.
    pub licence: String,
    /// ONNX opset of the graphs, 16 to 19.
    pub opset: i64,
    /// What the network takes.
    pub input: Input,
    /// What it gives.
    pub output: Output,
    /// From which probability a cell is said to burn: in a card of the task `fire-front` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// From when on a clip is too unlike the training data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftLevels>,
    /// What is made of its rain: in a card of the task `rain` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nowcast: Option<Nowcast>,
    /// Codebooks of its vector quantization.
    #[serde(default)]
    pub codebook: Vec<Codebook>,
    /// The graph in each precision; `float32` is always there.
    pub precision: Vec<Precision>,
    /// How it was trained, in free words and numbers.
    #[serde(default)]
    pub training: toml::Table,
    /// How it scored, a row each.
    #[serde(default)]
    pub score: Vec<toml::Table>,
}

/// What a network takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Kinds of film it was made for.
    pub kinds: Vec<Kind>,
    /// Frames of a clip.
    pub frames: usize,
    /// Maps of the front: 5 for the task `fire-front`, else 0.
    pub front_channels: usize,
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

/// Which view a codebook belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The coarse view of the whole frame.
    Global,
    /// The fine view.
    Local,
}

/// One codebook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codebook {
    /// Its view.
    pub level: Level,
    /// Entries.
    pub codes: usize,
    /// Numbers an entry.
    pub dim: usize,
    /// Pixels a code covers along a side.
    pub stride: usize,
}

/// What need not be written into a card.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Whether a file lies in the folder itself, by its name.
fn is_plain(file: &str) -> bool {
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
        let syntax = |e: toml::de::Error| {
            let line = e.span().map_or(0, |s| {
                text.get(..s.start).map_or(0, |before| before.matches('\n').count()) + 1
            });
            wrong(format!("line {line}: {}; export the folder again", super::one_line(e.message())))
        };
        let tree: toml::Table = text.parse().map_err(syntax)?;
        match tree.get("schema").and_then(toml::Value::as_integer) {
            Some(SCHEMA) => {}
            found => {
                let found = found.map_or_else(|| "none".to_owned(), |n| n.to_string());
                return Err(wrong(format!(
                    "schema {found}, this version reads {SCHEMA}; use a matching emberline"
                )));
            }
        }
        let card: Self = toml::from_str(text).map_err(syntax)?;
        match card.fault() {
            Some(what) => Err(wrong(format!("{what}; export the folder again"))),
            None => Ok(card),
        }
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

    /// The codebook of a view.
    #[must_use]
    pub fn codebook(&self, level: Level) -> Option<&Codebook> {
        self.codebook.iter().find(|c| c.level == level)
    }

    /// What the model wants to see of a film, `step_s` apart.
    #[must_use]
    pub fn want(&self, step_s: Option<f64>) -> Want {
        Want { task: self.task, scale: self.input.scale, frames: self.input.frames, step_s }
    }

    /// The first value that cannot be, in words.
    fn fault(&self) -> Option<String> {
        let i = &self.input;
        let plain = |s: &str| {
            !s.is_empty()
                && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        let rules: [(bool, &str); 10] = [
            (plain(&self.name), "name: small letters, digits and dashes only"),
            (self.version >= 1, "version: 1 or more"),
            ((16..=19).contains(&self.opset), "opset: 16 to 19"),
            (!i.kinds.is_empty(), "input.kinds: at least one"),
            ((2..=64).contains(&i.frames), "input.frames: 2 to 64"),
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
        ];
        if let Some((_, what)) = rules.iter().find(|(holds, _)| !holds) {
            return Some((*what).to_owned());
        }
        self.task_fault()
            .or_else(|| self.codebook_fault())
            .or_else(|| self.drift_fault())
            .or_else(|| self.precision_fault())
    }

    /// What does not fit the task.
    fn task_fault(&self) -> Option<String> {
        let task = self.task;
        if let Some(kind) = self.input.kinds.iter().find(|k| !task.kinds().contains(k)) {
            return Some(format!("input.kinds: a {task} model takes no {kind}"));
        }
        let maps = if task == Task::FireFront { Front::CHANNELS } else { 0 };
        if self.input.front_channels != maps {
            return Some(format!("input.front_channels: {maps} for the task {task}"));
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

    fn codebook_fault(&self) -> Option<String> {
        for level in [Level::Global, Level::Local] {
            if self.codebook.iter().filter(|c| c.level == level).count() > 1 {
                return Some("codebook: a level twice".to_owned());
            }
        }
        let bad = self.codebook.iter().find(|c| {
            !(1..=65_536).contains(&c.codes)
                || c.dim == 0
                || c.stride == 0
                || !self.input.multiple_px.is_multiple_of(c.stride)
        })?;
        Some(format!(
            "codebook {:?}: codes 1 to 65536, dim above 0, stride a divisor of multiple_px",
            bad.level
        ))
    }

    fn drift_fault(&self) -> Option<String> {
        let levels = self.drift.as_ref()?;
        if !is_plain(&levels.file) || !levels.file.ends_with(".npz") {
            return Some(format!("drift: file {:?} is no plain file name, *.npz", levels.file));
        }
        if let Some(name) = levels.of(Kind::Thermal).fault() {
            return Some(format!("drift.{name}: bits above 0"));
        }
        if let Some(name) = levels.rgb.and_then(|rgb| rgb.fault()) {
            return Some(format!("drift.rgb.{name}: bits above 0"));
        }
        self.codebook.is_empty().then(|| "drift: there must be a codebook".to_owned())
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
        match self.precision("float32") {
            Some(_) => None,
            None => Some("precision: float32 is missing".to_owned()),
        }
    }
}

#[cfg(test)]
#[path = "card_tests.rs"]
pub(crate) mod tests;
