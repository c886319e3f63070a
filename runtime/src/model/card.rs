//! The card: what a model takes, what it gives, and how good it was, as its folder says.

use serde::{Deserialize, Serialize};

use super::ModelError;
use crate::frame::Kind;
use crate::front::Front;

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
    /// What it forecasts; this version knows `fire-front`.
    pub task: String,
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
    /// From which probability a cell is said to burn.
    pub decision: Decision,
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
    /// Maps of the front; 5 in this version.
    pub front_channels: usize,
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

    /// The entry of a precision, by name.
    #[must_use]
    pub fn precision(&self, name: &str) -> Option<&Precision> {
        self.precision.iter().find(|p| p.name == name)
    }

    /// The codebook of a view.
    #[must_use]
    pub fn codebook(&self, level: Level) -> Option<&Codebook> {
        self.codebook.iter().find(|c| c.level == level)
    }

    /// The first value that cannot be, in words.
    fn fault(&self) -> Option<String> {
        let i = &self.input;
        let plain = |s: &str| {
            !s.is_empty()
                && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        let rules: [(bool, &str); 14] = [
            (plain(&self.name), "name: small letters, digits and dashes only"),
            (self.version >= 1, "version: 1 or more"),
            (self.task == "fire-front", "task: this version knows fire-front only"),
            ((16..=19).contains(&self.opset), "opset: 16 to 19"),
            (!i.kinds.is_empty(), "input.kinds: at least one"),
            (!i.kinds.contains(&Kind::Rain), "input.kinds: a fire-front model takes no rain"),
            ((2..=64).contains(&i.frames), "input.frames: 2 to 64"),
            (i.front_channels == Front::CHANNELS, "input.front_channels: this version gives 5"),
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
                self.decision.threshold > 0.0 && self.decision.threshold < 1.0,
                "decision.threshold: between 0 and 1",
            ),
        ];
        if let Some((_, what)) = rules.iter().find(|(holds, _)| !holds) {
            return Some((*what).to_owned());
        }
        self.codebook_fault().or_else(|| self.precision_fault())
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

    fn precision_fault(&self) -> Option<String> {
        for p in &self.precision {
            if p.file.is_empty() || p.file.contains(['/', '\\']) || p.file.starts_with('.') {
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
pub(crate) mod tests {
    use super::*;

    /// A card that is right in every way.
    pub(crate) const GOOD: &str = r#"schema = 1
name = "fire"
version = 1
task = "fire-front"
summary = "s"
licence = "MIT OR Apache-2.0"
opset = 17
[input]
kinds = ["thermal", "mask", "rgb"]
frames = 10
front_channels = 5
multiple_px = 8
min_px = 32
max_px = 4096
tile_px = 256
overlap_px = 64
step_s = [0.02, 7200.0]
[output]
leads = 20
[decision]
threshold = 0.4
chosen_on = "c"
[[codebook]]
level = "global"
codes = 256
dim = 16
stride = 4
[[precision]]
name = "float32"
file = "model.onnx"
sha256 = "00"
loss = "reference"
[training]
seeds = 3
"#;

    #[test]
    fn a_card_says_what_is_wrong_with_it() {
        struct Case {
            from: &'static str,
            to: &'static str,
            want: &'static str,
        }
        for Case { from, to, want } in [
            Case { from: "schema = 1", to: "schema = 2", want: "schema 2, this version reads 1" },
            Case { from: "schema = 1\n", to: "", want: "schema none" },
            Case { from: "opset = 17", to: "opset = 20", want: "opset: 16 to 19" },
            Case { from: "summary", to: "sumary", want: "line 5: unknown field `sumary`" },
            Case { from: "frames = 10", to: "frames = 10\nfps = 3", want: "unknown field `fps`" },
            Case { from: "leads = 20", to: "leads = 0", want: "output.leads" },
            Case { from: "threshold = 0.4", to: "threshold = 1.4", want: "decision.threshold" },
            Case { from: "threshold = 0.4", to: "threshold = nan", want: "decision.threshold" },
            Case { from: "fire-front", to: "rain", want: "fire-front only" },
            Case { from: "multiple_px = 8", to: "multiple_px = 0", want: "input.multiple_px" },
            Case { from: "overlap_px = 64", to: "overlap_px = 160", want: "input.overlap_px" },
            Case { from: "[0.02, 7200.0]", to: "[5.0, 1.0]", want: "input.step_s" },
            Case { from: "\"mask\"", to: "\"rain\"", want: "takes no rain" },
            Case { from: "\"mask\"", to: "\"radar\"", want: "unknown variant `radar`" },
            Case { from: "model.onnx", to: "../model.onnx", want: "no plain file name" },
            Case { from: "\"float32\"", to: "\"int8\"", want: "float32 is missing" },
            Case { from: "stride = 4", to: "stride = 3", want: "stride a divisor" },
            Case { from: "[output]", to: "[output", want: "line 18" },
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from} is not in the card");
            let said = Card::parse("m", &text).expect_err(to).to_string();
            assert!(said.contains(want), "{to}: {said}");
            assert!(!said.contains('\n'), "{said}");
            assert!(said.starts_with("model m: card.toml: "), "{said}");
        }
    }

    #[test]
    fn a_good_card_is_read() -> Result<(), ModelError> {
        let card = Card::parse("m", GOOD)?;
        assert_eq!(card.id(), "fire-v1");
        assert_eq!(card.codebook(Level::Global).map(|c| c.stride), Some(4));
        assert_eq!(card.codebook(Level::Local), None);
        Ok(())
    }
}
