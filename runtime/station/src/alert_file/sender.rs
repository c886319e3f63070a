//! Who says what is in a file, and how it is meant.

use crate::alert::Alert;
use crate::config::{CapStatus, Config};

/// A station that writes files of its alerts.
#[derive(Clone, Debug, PartialEq)]
pub struct Sender {
    /// Its name.
    pub station: String,
    /// What it is called among all stations.
    pub name: String,
    /// How its messages are meant, where they are not of a simulator.
    pub status: CapStatus,
}

impl Sender {
    /// The station of `config`.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let (station, status) = (&config.name, config.files.status);
        let name = config.files.sender.clone().unwrap_or_else(|| format!("emberline-{station}"));
        Self { station: config.name.clone(), name, status }
    }

    /// How the messages of an alert are meant: what a simulator shows is never more than an exercise.
    pub(super) fn status_of(&self, alert: &Alert) -> CapStatus {
        if alert.simulated { CapStatus::Exercise } else { self.status }
    }
}
