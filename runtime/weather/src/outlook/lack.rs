//! A forecast that cannot be given, and which readings are missing for it.

use std::fmt;

use super::predictand::Predictand;

/// A forecast that cannot be given, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Of what.
    pub predictand: Predictand,
    /// Hours ahead.
    pub lead_h: u8,
    /// Readings that would be enough and are missing, as `wind_m_s now, 3 h ago`.
    pub missing: String,
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, lead_h, missing) = (self.predictand.name(), self.lead_h, &self.missing);
        write!(f, "no outlook of {what} for {lead_h} h: missing {missing}")
    }
}
