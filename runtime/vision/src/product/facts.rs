//! Facts that every product says in the same words: who made the forecast, for when, for which times.

use jiff::{SignedDuration, Timestamp};

use crate::clip::Clip;
use crate::forecast::{Forecast, Provenance};
use crate::grid::Grid;

/// Said in every picture and every map file.
pub(crate) const NOTICE: &str = "experimental nowcast - not for evacuation decisions";

/// What a person should do before trusting a shape on a map.
pub(crate) const CONFIRM: &str = "experimental: confirm by eye";

/// How well the place of a grid is known, for a person: one standard deviation.
pub(crate) fn place_words(grid: &Grid) -> String {
    let known = grid.place_error_m.map(|m| format!("place ± {} m", short(m)));
    known.unwrap_or_else(|| "place error not known".to_owned())
}

/// What a reader of any product needs to know about a forecast.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// Model or method, with its version where told.
    pub(crate) maker: String,
    /// Wall time of the last frame seen, where the film tells it.
    pub(crate) issue: Option<Timestamp>,
    /// Film time of the last frame seen, seconds.
    pub(crate) issue_s: f64,
    /// Longest lead, seconds.
    pub(crate) horizon_s: f64,
}

impl Facts {
    /// Gathers the facts.
    pub(crate) fn of(clip: &Clip, forecast: &Forecast, from: &Provenance) -> Self {
        Self {
            maker: format!("{} v{}", from.model.name, from.model.version),
            issue: clip.end_utc,
            issue_s: clip.end_s(),
            horizon_s: forecast.lead_s.last().copied().unwrap_or(0.0),
        }
    }

    /// Wall time at `lead_s` after the last frame, where the film tells it.
    pub(crate) fn valid(&self, lead_s: f64) -> Option<Timestamp> {
        let lead = SignedDuration::try_from_secs_f64(lead_s).ok()?;
        self.issue?.checked_add(lead).ok()
    }

    /// The last frame's time for a person: UTC to the second, else film time.
    pub(crate) fn issue_words(&self) -> String {
        match self.issue {
            Some(t) => t.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            None => format!("at {} s (film time)", short(self.issue_s)),
        }
    }

    /// A lead for a person, in the unit that suits the horizon: `+45 s`, `+3.5 min`, `+2 h`.
    pub(crate) fn lead_words(&self, lead_s: f64) -> String {
        let (unit, name) = match self.horizon_s {
            h if h < 180.0 => (1.0, "s"),
            h if h < 3.0 * 3600.0 => (60.0, "min"),
            _ => (3600.0, "h"),
        };
        let sign = if lead_s < 0.0 { "-" } else { "+" };
        format!("{sign}{} {name}", short(lead_s.abs() / unit))
    }
}

/// A number with as few decimals as tell it apart: at most two below 10, one below 100.
pub(crate) fn short(value: f64) -> String {
    let digits = match value.abs() {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    let s = format!("{value:.digits$}");
    if s.contains('.') { s.trim_end_matches('0').trim_end_matches('.').to_owned() } else { s }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_are_told_in_a_unit_that_suits_the_horizon() {
        let facts =
            |horizon_s| Facts { maker: String::new(), issue: None, issue_s: 0.0, horizon_s };
        for (horizon_s, lead_s, want) in [
            (60.0, 5.0, "+5 s"),
            (60.0, 2.5, "+2.5 s"),
            (2.0, 0.04, "+0.04 s"),
            (600.0, 210.0, "+3.5 min"),
            (600.0, -60.0, "-1 min"),
            (7200.0, 7200.0, "+120 min"),
            (21_600.0, 5400.0, "+1.5 h"),
            (600.0, 0.0, "+0 min"),
        ] {
            assert_eq!(facts(horizon_s).lead_words(lead_s), want);
        }
    }
}
