//! Rules: why a value is not there.

/// Why a value is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It was not measured.
    Missing,
    /// Outside the range of [`super::Limit`].
    Range,
    /// Further from the last good value than its step, and the next did not confirm it.
    Step,
    /// Unchanged for longer than it may.
    Stuck,
    /// A gust below the mean wind of the same reading.
    BelowWind,
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Range => "range",
            Self::Step => "step",
            Self::Stuck => "stuck",
            Self::BelowWind => "gust below wind",
        })
    }
}
