//! The table `[physicnet]` of a card: views, codebooks, and what drift is measured with.

use serde::{Deserialize, Serialize};

use crate::frame::Kind;
use crate::front::Front;
use crate::model::card::{Card, is_plain};
use crate::task::Task;

/// Outputs that hold codes, coarse and fine; also their names in products.
pub(super) const CODES: [&str; 2] = ["codes_global", "codes_local"];
/// Views of their codebooks, in the same order.
pub(super) const LEVELS: [Level; 2] = [Level::Global, Level::Local];

/// What only a card of this family holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhysicNetCard {
    /// Maps of the front, see `Front::channels`: 5 or 6 for the task `fire-front`, else 0.
    pub front_channels: usize,
    /// From when on a clip is too unlike the training data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftLevels>,
    /// Codebooks of its vector quantization.
    #[serde(default)]
    pub codebook: Vec<Codebook>,
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

/// From when on a clip is too unlike the training data: table `[physicnet.drift]` of a card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftLevels {
    /// File in the folder that says what codes do in training: `drift.npz`.
    pub file: String,
    /// Level of `codes_bits`, the divergence from training's use of codes, above which films are unlike;
    /// above 0.
    pub codes_bits: f64,
    /// Level of the mean surprise of a code's step to the next frame, above 0.
    pub all_bits: f64,
    /// Level of the same over steps that change the code, above 0.
    pub change_bits: f64,
    /// How the levels were found, in words.
    pub measured: String,
    /// Levels for films in colour, whose intensity is rougher; without, those above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rgb: Option<DriftBits>,
}

/// A level for each signal, bits above 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftBits {
    /// Level of the divergence of the use of codes.
    pub codes_bits: f64,
    /// Level of the mean surprise of all steps.
    pub all_bits: f64,
    /// Level of that of steps that change the code.
    pub change_bits: f64,
}

impl DriftLevels {
    /// The levels for films of this kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> DriftBits {
        let DriftLevels { codes_bits, all_bits, change_bits, .. } = *self;
        let all = DriftBits { codes_bits, all_bits, change_bits };
        self.rgb.filter(|_| kind == Kind::Rgb).unwrap_or(all)
    }
}

impl DriftBits {
    /// Name of a level that is no number of bits above 0.
    fn fault(&self) -> Option<&'static str> {
        let each = [
            ("codes_bits", self.codes_bits),
            ("all_bits", self.all_bits),
            ("change_bits", self.change_bits),
        ];
        each.into_iter().find(|(_, bits)| !(bits.is_finite() && *bits > 0.0)).map(|(name, _)| name)
    }
}

impl PhysicNetCard {
    /// The table of `card`, checked.
    ///
    /// # Errors
    /// The first value that cannot be, in words.
    pub fn of(card: &Card) -> Result<Self, String> {
        let own: Self = card.own()?;
        match own.fault(card) {
            Some(what) => Err(format!("physicnet.{what}")),
            None => Ok(own),
        }
    }

    /// The codebook of a view.
    #[must_use]
    pub fn codebook(&self, level: Level) -> Option<&Codebook> {
        self.codebook.iter().find(|c| c.level == level)
    }

    /// What it says, a line each for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(drift) = &self.drift {
            lines.push(format!(
                "warns where codes differ by more than {} bits, their steps surprise by more than {} \
                 bits, or their changes by more than {} ({})",
                drift.codes_bits, drift.all_bits, drift.change_bits, drift.measured
            ));
            lines.extend(drift.rgb.map(|rgb| {
                let DriftBits { codes_bits, all_bits, change_bits } = rgb;
                format!("in colour: {codes_bits}, {all_bits} and {change_bits} bits")
            }));
        }
        lines.extend(self.codebook.iter().map(|book| {
            let level = match book.level {
                Level::Global => "global",
                Level::Local => "local",
            };
            format!(
                "codebook {level}: {} codes of {} numbers, one for {} x {} px",
                book.codes, book.dim, book.stride, book.stride
            )
        }));
        lines
    }

    fn fault(&self, card: &Card) -> Option<String> {
        let maps = if card.task == Task::FireFront { Front::CHANNELS } else { 0..=0 };
        if !maps.contains(&self.front_channels) {
            let maps = maps.map(|n| n.to_string()).collect::<Vec<_>>().join(" or ");
            return Some(format!("front_channels: {maps} for the task {}", card.task));
        }
        self.codebook_fault(card).or_else(|| self.drift_fault())
    }

    fn codebook_fault(&self, card: &Card) -> Option<String> {
        for level in [Level::Global, Level::Local] {
            if self.codebook.iter().filter(|c| c.level == level).count() > 1 {
                return Some("codebook: a level twice".to_owned());
            }
        }
        let bad = self.codebook.iter().find(|c| {
            !(1..=65_536).contains(&c.codes)
                || c.dim == 0
                || c.stride == 0
                || !card.input.multiple_px.is_multiple_of(c.stride)
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::card::tests::{GOOD, plain};

    fn own(text: &str) -> Result<PhysicNetCard, String> {
        PhysicNetCard::of(&Card::parse("m", text).expect("a card but for its own table"))
    }

    #[test]
    fn a_good_table_is_read() {
        let card = own(GOOD).expect("a good card");
        assert_eq!(card.codebook(Level::Global).map(|c| c.stride), Some(4));
        assert_eq!((card.codebook(Level::Local), card.front_channels), (None, 5));
        for (task, kind) in [("frames", "thermal"), ("rain", "rain")] {
            let good = plain(task, kind);
            assert_eq!(own(&good).map(|c| c.front_channels), Ok(0));
            let front = own(&good.replace("front_channels = 0", "front_channels = 5"));
            let want = format!("physicnet.front_channels: 0 for the task {task}");
            assert_eq!(front, Err(want));
        }
    }

    #[test]
    fn a_table_says_what_is_wrong_with_it() {
        for (from, to, want) in [
            ("stride = 4", "stride = 3", "stride a divisor"),
            ("stride = 4", "stride = 4\nuse = [0.5, 0.5]", "unknown field `use`"),
            (
                "front_channels = 5",
                "front_channels = 0",
                "front_channels: 5 or 6 for the task fire-front",
            ),
            ("front_channels = 5\n", "", "physicnet: missing field `front_channels`"),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from}");
            let refused = own(&text).expect_err(to);
            assert!(refused.contains(want) && !refused.contains('\n'), "{to}: {refused}");
        }
    }

    #[test]
    fn a_card_that_can_tell_drift_has_a_level_for_each_signal() {
        let good = GOOD.to_owned()
            + "[physicnet.drift]\nfile = \"drift.npz\"\ncodes_bits = 0.4\nall_bits = 2.5\n\
               change_bits = 6.0\nmeasured = \"m\"\n";
        let levels = own(&good).expect("a good card").drift.expect("levels");
        assert_eq!((levels.codes_bits, levels.all_bits, levels.change_bits), (0.4, 2.5, 6.0));
        assert_eq!(levels.of(Kind::Rgb), levels.of(Kind::Mask));
        let colour = good.clone()
            + "[physicnet.drift.rgb]\ncodes_bits = 0.6\nall_bits = 3.5\nchange_bits = 7.0\n";
        let levels = own(&colour).expect("a good card").drift.expect("levels");
        assert_eq!((levels.of(Kind::Rgb).all_bits, levels.of(Kind::Thermal).all_bits), (3.5, 2.5));
        let refused = own(&colour.replace("3.5", "0.0")).expect_err("no level");
        assert!(refused.contains("drift.rgb.all_bits: bits above 0"), "{refused}");
        for (from, to, want) in [
            ("codes_bits = 0.4", "codes_bits = 0.0", "drift.codes_bits: bits above 0"),
            ("all_bits = 2.5", "all_bits = nan", "drift.all_bits"),
            ("all_bits = 2.5", "all_bits = inf", "drift.all_bits"),
            ("change_bits = 6.0", "change_bits = -1.0", "drift.change_bits"),
            ("change_bits = 6.0\n", "", "missing field `change_bits`"),
            ("measured = \"m\"", "", "missing field `measured`"),
            ("measured", "warn_above = 0.4\nmeasured", "unknown field `warn_above`"),
            ("drift.npz", "../drift.npz", "no plain file name"),
            ("drift.npz", "drift.json", "no plain file name, *.npz"),
            (
                "[[physicnet.codebook]]\nlevel = \"global\"\ncodes = 256\ndim = 16\nstride = 4\n",
                "",
                "drift: there must be a codebook",
            ),
        ] {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good, "{from}");
            let refused = own(&text).expect_err(to);
            assert!(refused.contains(want) && !refused.contains('\n'), "{to}: {refused}");
        }
    }
}
