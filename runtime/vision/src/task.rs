//! Tasks: what a model forecasts, and so what a clip must show and what products there are.

use serde::{Deserialize, Serialize};

use crate::frame::Kind;

/// What is forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// How a fire front moves: frames, burn probability, arrival time.
    FireFront,
    /// How any film goes on: frames.
    Frames,
    /// How rain moves: frames and rain rate.
    Rain,
}

impl Task {
    /// Name, as in a card.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FireFront => "fire-front",
            Self::Frames => "frames",
            Self::Rain => "rain",
        }
    }

    /// Kinds of film that it takes.
    #[must_use]
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Self::FireFront => &[Kind::Thermal, Kind::Mask, Kind::Rgb],
            Self::Frames => &[Kind::Thermal],
            Self::Rain => &[Kind::Rain],
        }
    }
}

impl std::fmt::Display for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
