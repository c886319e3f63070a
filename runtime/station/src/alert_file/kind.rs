//! What alerts of each cause are in the words of the Common Alerting Protocol.

use crate::alert::{Alert, Phase};

/// A lead up to which it is at once, and up to which it is within the next hour, seconds.
const AT_ONCE_S: f64 = 600.0;
const WITHIN_THE_HOUR_S: f64 = 3600.0;
/// From this chance on it is likely, and below this unlikely: the standard says about 50 % and about 0.
const LIKELY: f64 = 0.5;
const UNLIKELY: f64 = 0.05;

/// A cause of alerts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// What happens.
    pub(super) event: &'static str,
    /// The standard's sort of event.
    pub(super) category: &'static str,
    /// How much it threatens, as far as a station can know: it does not know what stands there.
    pub(super) severity: &'static str,
    /// Whether it was measured, or seen, when it is told.
    is_observed: bool,
}

impl Kind {
    /// That of an alert.
    pub(super) fn of(alert: &Alert) -> Self {
        let (event, category, severity, is_observed) = match alert.when.as_str() {
            "fire-in-view" => ("Fire in view", "Fire", "Moderate", true),
            "front-reaches" => ("Fire front", "Fire", "Severe", false),
            "fwi-reaches" => ("Fire weather", "Fire", "Minor", true),
            "rain-starts" => ("Rain starts", "Met", "Minor", false),
            "rain-stops" => ("Rain stops", "Met", "Minor", false),
            "wind-shift" => ("Wind shift", "Met", "Moderate", true),
            "gust-front" => ("Gust front", "Met", "Moderate", true),
            "dry-air" => ("Dry air", "Met", "Moderate", true),
            "blind" => ("Station sees nothing", "Other", "Unknown", true),
            _ => ("Alert", "Other", "Unknown", false),
        };
        Self { event, category, severity, is_observed }
    }

    /// How soon something must be done.
    pub(super) fn urgency(alert: &Alert) -> &'static str {
        match alert.finding.lead_s {
            _ if alert.phase == Phase::Closed => "Past",
            None => "Unknown",
            Some(lead_s) if lead_s <= AT_ONCE_S => "Immediate",
            Some(lead_s) if lead_s <= WITHIN_THE_HOUR_S => "Expected",
            Some(_) => "Future",
        }
    }

    /// How sure it is.
    pub(super) fn certainty(self, alert: &Alert) -> &'static str {
        let is_now = alert.finding.lead_s.is_some_and(|lead_s| lead_s <= 0.0);
        match alert.finding.probability {
            None if self.is_observed => "Observed",
            None => "Unknown",
            Some(chance) if is_now && chance >= 1.0 => "Observed",
            Some(chance) if chance > LIKELY => "Likely",
            Some(chance) if chance >= UNLIKELY => "Possible",
            Some(_) => "Unlikely",
        }
    }
}
