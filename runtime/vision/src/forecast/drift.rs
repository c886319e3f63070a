//! Drift: how far a clip is from what a model was trained on.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

/// How far a clip is from what a model was trained on, by signals of the model's family.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// Largest of the signals, each as a multiple of its level in the card.
    pub ratio: f64,
    /// What was measured, in the family's own order.
    pub signals: Vec<Signal>,
    /// Whether the forecast warns: the ratio is above 1.
    pub warned: bool,
}

/// One signal of drift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal {
    /// Its name with its unit: `codes_bits`.
    pub name: &'static str,
    /// Its value in that unit.
    pub value: f64,
}

impl Serialize for Drift {
    /// Ratio, signals by name, whether it warns.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.signals.len() + 2))?;
        map.serialize_entry("ratio", &self.ratio)?;
        for Signal { name, value } in &self.signals {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("warned", &self.warned)?;
        map.end()
    }
}
