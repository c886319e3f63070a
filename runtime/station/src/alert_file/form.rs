//! The forms of an alert's file.

use std::io;

use super::evidence::Evidence;
use super::sender::Sender;
use super::{cap, geojson, kml};
use crate::alert::Alert;

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The Common Alerting Protocol 1.2 of OASIS: a message for each phase.
    Cap,
    /// KML 2.2 of OGC: place and isochrones, for a globe or map.
    Kml,
    /// GeoJSON (RFC 7946): the same, for a program.
    GeoJson,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cap, Self::Kml, Self::GeoJson];

    /// The ending of its address: cap, kml or geojson.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Cap => "cap",
            Self::Kml => "kml",
            Self::GeoJson => "geojson",
        }
    }

    /// The form of this ending.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.ending() == ending)
    }

    /// What the web calls it.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Cap => "application/cap+xml",
            Self::Kml => "application/vnd.google-earth.kml+xml",
            Self::GeoJson => "application/geo+json",
        }
    }

    /// The file's name for `alert`: `ID.PHASE.cap.xml`, `ID.kml`, `ID.geojson`.
    #[must_use]
    pub fn name(self, alert: &Alert) -> String {
        match self {
            Self::Cap => format!("{}.{}.cap.xml", alert.id, alert.phase.name()),
            Self::Kml | Self::GeoJson => format!("{}.{}", alert.id, self.ending()),
        }
    }

    /// The file of `alert` as it is now.
    ///
    /// # Errors
    /// Never, as far as we know: writing to memory does not fail.
    pub fn write(self, alert: &Alert, sender: &Sender, evidence: &Evidence) -> io::Result<String> {
        match self {
            Self::Cap => cap::write(alert, sender, evidence),
            Self::Kml => kml::write(alert, sender, evidence),
            Self::GeoJson => geojson::write(alert, sender, evidence),
        }
    }
}
