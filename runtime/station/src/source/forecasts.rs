//! What became of a source's forecasts: how many there were, the newest, and why one was withheld.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use emberline_vision::pipeline::Summary;
use jiff::Timestamp;

use super::fronts::Fronts;

/// The newest forecast from a source.
#[derive(Clone, Debug)]
pub struct NewestForecast {
    /// Time of the last frame that it saw.
    pub issued: Timestamp,
    /// When it was done, since the station began.
    pub done: Duration,
    /// Seconds that it took.
    pub took_s: f64,
    /// What it comes to.
    pub summary: Summary,
    /// What it says of places, a line each.
    pub places: Vec<String>,
    /// Its folder, where it could be written.
    pub folder: Option<PathBuf>,
    /// Where the front stands and will, of a fire.
    pub fronts: Option<Arc<Fronts>>,
}

impl NewestForecast {
    /// What it comes to, on one line.
    #[must_use]
    pub fn words(&self) -> String {
        let lines = std::iter::once(self.summary.to_string()).chain(self.places.iter().cloned());
        lines.collect::<Vec<_>>().join("; ")
    }
}

/// What became of forecasts.
#[derive(Clone, Debug, Default)]
pub struct Forecasts {
    /// How many were made.
    pub made: u64,
    /// How many were withheld, by reason.
    pub withheld: BTreeMap<&'static str, u64>,
    /// Why the last one was withheld, where it was.
    pub why_withheld: Option<String>,
    /// The newest.
    pub newest: Option<NewestForecast>,
}

/// A record that the forecaster writes and the outputs read.
#[derive(Debug, Default)]
pub struct ForecastLog(Mutex<Forecasts>);

impl ForecastLog {
    fn inside(&self) -> MutexGuard<'_, Forecasts> {
        // A thread that panicked with it left it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of it as it is now.
    #[must_use]
    pub fn read(&self) -> Forecasts {
        self.inside().clone()
    }

    /// A forecast was made.
    pub fn made(&self, newest: NewestForecast) {
        let mut inside = self.inside();
        inside.newest = Some(newest);
        inside.made += 1;
        inside.why_withheld = None;
    }

    /// A forecast of the source `name` was withheld; `reason` is a word, for counting.
    pub fn withheld(&self, name: &str, reason: &'static str, why: String) {
        let mut inside = self.inside();
        *inside.withheld.entry(reason).or_default() += 1;
        if inside.why_withheld.as_ref() != Some(&why) {
            tracing::info!("{name}: no forecast: {why}");
        }
        inside.why_withheld = Some(why);
    }
}
