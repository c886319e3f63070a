//! The line to a receiver: whether it stands, and what became of what was sent.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

#[derive(Clone, Debug)]
struct Inside {
    /// Why it does not stand, where it does not.
    why: Option<String>,
    since: Instant,
    refused: u64,
    note: Option<String>,
}

/// The line to a receiver, shared by its thread and those that ask.
#[derive(Debug)]
pub struct Line {
    receiver: &'static str,
    inside: Mutex<Inside>,
}

/// How a line fares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineHealth {
    /// The receiver: mqtt, webhook or files.
    pub receiver: &'static str,
    /// Whether the last try went well.
    pub stands: bool,
    /// Why not.
    pub why: String,
    /// Since when it is so, seconds.
    pub since_s: f64,
    /// Messages that the receiver did not want, or that became too old.
    pub refused: u64,
    /// What else is to know of it.
    pub note: Option<String>,
}

impl Line {
    /// A line that was not tried yet.
    #[must_use]
    pub fn new(receiver: &'static str) -> Self {
        let why = Some("not tried yet".to_owned());
        let inside = Inside { why, since: Instant::now(), refused: 0, note: None };
        Self { receiver, inside: Mutex::new(inside) }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It stands.
    pub(super) fn up(&self) {
        let mut inside = self.inside();
        if inside.why.take().is_some() {
            inside.since = Instant::now();
            tracing::info!("{}: it can be reached", self.receiver);
        }
    }

    /// It does not, and why.
    pub(super) fn down(&self, why: String) {
        let mut inside = self.inside();
        if inside.why.is_none() {
            inside.since = Instant::now();
        }
        if inside.why.as_ref() != Some(&why) {
            tracing::warn!("{}: {why}", self.receiver);
        }
        inside.why = Some(why);
    }

    /// Something to know of it besides; none any more where not given.
    pub(super) fn note(&self, note: Option<String>) {
        let mut inside = self.inside();
        if let Some(note) = &note
            && inside.note.as_ref() != Some(note)
        {
            tracing::warn!("{}: {note}", self.receiver);
        }
        inside.note = note;
    }

    /// The receiver did not want a message, or it became too old.
    pub(super) fn refused(&self, why: &str) {
        tracing::warn!("{}: a message is given up: {why}", self.receiver);
        self.inside().refused += 1;
    }

    /// How it fares.
    #[must_use]
    pub fn health(&self) -> LineHealth {
        let inside = self.inside();
        LineHealth {
            receiver: self.receiver,
            stands: inside.why.is_none(),
            why: inside.why.clone().unwrap_or_default(),
            since_s: inside.since.elapsed().as_secs_f64(),
            refused: inside.refused,
            note: inside.note.clone(),
        }
    }
}

/// Time until the next try after `faults` in a row: twice as long each time, and a little more by `chance` in 0..1.
pub(super) fn again(faults: u32, longest: Duration, chance: f64) -> Duration {
    let wait = Duration::from_secs(1).saturating_mul(1 << faults.saturating_sub(1).min(12));
    wait.min(longest).mul_f64(1.0 + 0.25 * chance)
}
