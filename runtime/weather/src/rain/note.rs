//! Notes on rain: what the numbers of a station were taken for, where that is not what they are called.

use std::fmt;

use crate::rain_kind::RainKind;

/// One thing that a person should know.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RainNote {
    /// The numbers have the shape of another kind than they are called, and are taken for that.
    Shape {
        /// What they are taken for.
        kind: RainKind,
        /// What the shape is: `it climbs and falls back to 0`.
        seen: &'static str,
    },
    /// The run before found what they are.
    AsBefore {
        /// What they are taken for.
        kind: RainKind,
    },
    /// Nothing says what they are.
    TakenForIncrements,
    /// Blank cells were taken for dry ones.
    BlankIsDry {
        /// How many.
        blank: usize,
        /// Of how many readings.
        readings: usize,
    },
}

impl fmt::Display for RainNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape { kind, seen } => write!(
                f,
                "rain_mm: {seen}, so it is taken for {kind} and turned into rain since the last row; if \
                 it is not, say what it is with ‹rain›"
            ),
            Self::AsBefore { kind } => write!(
                f,
                "rain_mm: taken for {kind}, as in the run before; if it is not, say what it is with ‹rain›"
            ),
            Self::TakenForIncrements => f.write_str(
                "rain_mm: nothing says whether it is rain since the last row, a total or a rate; it is taken \
                 for rain since the last row: say it with ‹rain›",
            ),
            Self::BlankIsDry { blank, readings } => write!(
                f,
                "rain_mm: {blank} of {readings} blank and none is 0, so blank is taken for dry"
            ),
        }
    }
}
