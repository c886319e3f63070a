//! Addresses of simulators, `sim:fire?seed=7&frames=20`: what they say, and what they cannot say.

use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::frame::BYTES_MAX;
use crate::source::error::SourceError;

/// One address, taken apart.
pub(super) struct Query<'a> {
    /// All of it, for messages.
    uri: &'a str,
    /// What is simulated.
    pub(super) what: &'a str,
    /// What follows the question mark.
    settings: &'a str,
}

impl<'a> Query<'a> {
    /// The address `uri`, of which `address` is what follows `sim:`.
    pub(super) fn of(uri: &'a str, address: &'a str) -> Self {
        let (what, settings) = address.split_once('?').unwrap_or((address, ""));
        Self { uri, what, settings }
    }

    /// Keys and values in their order.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.settings.split('&').filter(|p| !p.is_empty());
        pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    }

    /// The number that `key` is set to.
    pub(super) fn number<T: FromStr>(&self, key: &str, value: &str) -> Result<T, SourceError> {
        let wrong = |_| self.refused(format!("'{value}' is no value for {key}"), "give a number");
        value.parse().map_err(wrong)
    }

    /// Refuses a value that is out of range.
    pub(super) fn check(
        &self,
        key: &str,
        value: f64,
        range: RangeInclusive<f64>,
    ) -> Result<(), SourceError> {
        if range.contains(&value) {
            return Ok(());
        }
        let fix = format!("give {} to {}", range.start(), range.end());
        Err(self.refused(format!("{key} is {value}"), fix))
    }

    /// Refuses frames that are too small or too large.
    pub(super) fn check_sides(&self, height: usize, width: usize) -> Result<(), SourceError> {
        SourceError::check_sides(self.uri, height, width)
    }

    /// Refuses a film of one byte a cell that is too large.
    pub(super) fn check_bytes(
        &self,
        frames: usize,
        height: usize,
        width: usize,
    ) -> Result<(), SourceError> {
        if (frames * height * width) as u64 > BYTES_MAX {
            return Err(self.refused("over 8 GiB of frames", "ask for fewer"));
        }
        Ok(())
    }

    /// A key that the simulator does not have.
    pub(super) fn unknown(&self, key: &str, known: &str) -> SourceError {
        self.refused(format!("sim:{} has no '{key}'", self.what), format!("it knows {known}"))
    }

    pub(super) fn refused(&self, what: impl Into<String>, fix: impl Into<String>) -> SourceError {
        SourceError::refused(self.uri, what, fix)
    }
}
