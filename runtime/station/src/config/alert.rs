//! Alerts in the configuration: what somebody wants to be told, and when it is quiet.

use std::time::Duration;

use emberline_vision::pipeline::rain_at::LatLon;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::check::Check;
use super::error::ConfigError;
use super::quantity;
use super::text::AlertText;
use crate::alert::Shape;

/// How long it must be so, and not be so, unless told.
const HOLD: Duration = Duration::ZERO;
const CLEAR: Duration = Duration::from_secs(600);
/// How far ahead and how likely the front must reach a line, unless told.
const WITHIN: &str = "10min";
const PROBABILITY: f64 = 0.5;
/// What counts as rain unless told, mm/h.
const RATE_MM_H: f64 = 0.5;
/// Most alerts.
pub(crate) const ALERTS: usize = 64;

/// What an alert is about.
#[derive(Clone, Debug, PartialEq)]
pub enum AlertWhen {
    /// A fire is in view of a camera.
    FireInView,
    /// The front reaches what somebody drew on a camera's picture.
    FrontReaches {
        /// What was drawn.
        shape: Shape,
        /// Within so many seconds.
        within_s: f64,
        /// With this probability or more, 0..1.
        probability: f64,
    },
    /// Rain starts at a place of a radar.
    RainStarts {
        /// Where.
        at: LatLon,
        /// What counts as rain.
        rate_mm_h: f32,
    },
    /// Rain stops there.
    RainStops {
        /// Where.
        at: LatLon,
        /// What counts as rain.
        rate_mm_h: f32,
    },
    /// The wind turned.
    WindShift,
    /// Strong wind came at once.
    GustFront,
    /// The air became dry.
    DryAir,
    /// The fire weather index of the day reaches a value.
    FwiReaches {
        /// The least.
        least: f64,
    },
    /// The station is blind.
    Blind,
}

/// Their words.
const WHENS: [&str; 9] = [
    "fire-in-view",
    "front-reaches",
    "rain-starts",
    "rain-stops",
    "wind-shift",
    "gust-front",
    "dry-air",
    "fwi-reaches",
    "blind",
];

impl AlertWhen {
    /// Its word, as it stands in the file.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::FireInView => "fire-in-view",
            Self::FrontReaches { .. } => "front-reaches",
            Self::RainStarts { .. } => "rain-starts",
            Self::RainStops { .. } => "rain-stops",
            Self::WindShift => "wind-shift",
            Self::GustFront => "gust-front",
            Self::DryAir => "dry-air",
            Self::FwiReaches { .. } => "fwi-reaches",
            Self::Blind => "blind",
        }
    }
}

/// Hours of each day, UTC, in which nobody is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// Minutes of the day at which they begin and end.
    from_to_min: [u16; 2],
}

impl Quiet {
    /// Hours such as `22:00-06:00`.
    fn parse(text: &str) -> Option<Self> {
        let minute = |text: &str| {
            let (hours, minutes) = text.trim().split_once(':')?;
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            (hours < 24 && minutes < 60).then_some(60 * hours + minutes)
        };
        let (from, to) = text.split_once('-')?;
        let from_to_min = [minute(from)?, minute(to)?];
        (from_to_min[0] != from_to_min[1]).then_some(Self { from_to_min })
    }

    fn text(self) -> String {
        let [from, to] = self.from_to_min.map(|min| format!("{:02}:{:02}", min / 60, min % 60));
        format!("{from}-{to}")
    }

    /// Whether it is quiet at `utc`.
    #[must_use]
    pub fn holds(self, utc: Timestamp) -> bool {
        let at = utc.to_zoned(TimeZone::UTC);
        let minute = 60 * at.hour().unsigned_abs() as u16 + at.minute().unsigned_abs() as u16;
        let [from, to] = self.from_to_min;
        match from < to {
            true => (from..to).contains(&minute),
            false => minute >= from || minute < to,
        }
    }
}

/// An alert that somebody wants.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertConfig {
    /// What it is called: small letters, digits and dashes.
    pub name: String,
    /// What it is about.
    pub when: AlertWhen,
    /// Of which camera, radar, table or node; of all where not given.
    pub of: Option<String>,
    /// How long it must be so before it is raised.
    pub hold: Duration,
    /// How long it must not be so before it is over.
    pub clear: Duration,
    /// When nobody is woken.
    pub quiet: Option<Quiet>,
}

impl AlertConfig {
    pub(super) fn text(&self) -> AlertText {
        let mut text = AlertText {
            name: Some(self.name.clone()),
            when: Some(self.when.name().to_owned()),
            of: self.of.clone(),
            hold: Some(format!("{}s", self.hold.as_secs_f64())),
            clear: Some(format!("{}s", self.clear.as_secs_f64())),
            quiet: self.quiet.map(Quiet::text),
            ..AlertText::default()
        };
        match &self.when {
            AlertWhen::FrontReaches { shape, within_s, probability } => {
                let points = Some(shape.points().to_vec());
                (text.line, text.area) =
                    if shape.is_area() { (None, points) } else { (points, None) };
                text.within = Some(format!("{within_s}s"));
                text.probability = Some(*probability);
            }
            AlertWhen::RainStarts { at, rate_mm_h } | AlertWhen::RainStops { at, rate_mm_h } => {
                text.at = Some(format!("{},{}", at.lat_deg, at.lon_deg));
                text.rate_mm_h = Some(f64::from(*rate_mm_h));
            }
            AlertWhen::FwiReaches { least } => text.least = Some(*least),
            _ => {}
        }
        text
    }
}

impl Check<'_> {
    /// The `k`-th alert of the file, of a station at `[lat, lon]` whose sources are called `names`.
    pub(super) fn alert(
        &self,
        k: usize,
        text: &AlertText,
        [lat_deg, lon_deg]: [f64; 2],
        names: &[String],
    ) -> Result<AlertConfig, ConfigError> {
        let nth = format!("name of alert {}", k + 1);
        let name = self.need(text.name.clone(), &nth, "name = \"road\"")?;
        let name = self.name(name, &nth)?;
        let place = |key: &str| format!("alert {name}: {key}");
        let when = self.need(text.when.clone(), &place("when"), "when = \"fire-in-view\"")?;
        if !WHENS.contains(&when.as_str()) {
            let fix = format!("give one of {}", WHENS.join(", "));
            return self.value(&place("when"), "no such cause", &fix);
        }
        let at = match text.at.as_deref().map(str::parse) {
            None => LatLon { lat_deg, lon_deg },
            Some(Ok(at)) => at,
            Some(Err(_)) => {
                let fix = "give \"60.17,24.94\": degrees north, degrees east";
                return self.value(&place("at"), "no place", fix);
            }
        };
        let rate_mm_h = text.rate_mm_h.unwrap_or(RATE_MM_H);
        let rate_mm_h = self.number(rate_mm_h, [0.1, 100.0], &place("rate_mm_h"))? as f32;
        let allowed: &[&str] = match when.as_str() {
            "front-reaches" => &["line", "area", "within", "probability"],
            "rain-starts" | "rain-stops" => &["at", "rate_mm_h"],
            "fwi-reaches" => &["least"],
            _ => &[],
        };
        let keys = [
            ("line", text.line.is_some()),
            ("area", text.area.is_some()),
            ("within", text.within.is_some()),
            ("probability", text.probability.is_some()),
            ("at", text.at.is_some()),
            ("rate_mm_h", text.rate_mm_h.is_some()),
            ("least", text.least.is_some()),
        ];
        if let Some((key, _)) = keys.iter().find(|(key, is)| *is && !allowed.contains(key)) {
            let what = format!("{when} has no such key");
            return self.value(&place(key), &what, "leave it out, or give another when");
        }
        let when = match when.as_str() {
            "fire-in-view" => AlertWhen::FireInView,
            "front-reaches" => self.front_reaches(&name, text)?,
            "rain-starts" => AlertWhen::RainStarts { at, rate_mm_h },
            "rain-stops" => AlertWhen::RainStops { at, rate_mm_h },
            "wind-shift" => AlertWhen::WindShift,
            "gust-front" => AlertWhen::GustFront,
            "dry-air" => AlertWhen::DryAir,
            "fwi-reaches" => {
                let least = self.need(text.least, &place("least"), "least = 30")?;
                AlertWhen::FwiReaches { least: self.number(least, [0.0, 200.0], &place("least"))? }
            }
            _ => AlertWhen::Blind,
        };
        if let Some(of) = &text.of
            && !names.contains(of)
            && !of.starts_with("weather")
        {
            let fix = format!("give one of {}", names.join(", "));
            return self.value(&place("of"), "no such source", &fix);
        }
        // Columns and rows are those of one camera's picture.
        if matches!(when, AlertWhen::FrontReaches { .. }) && text.of.is_none() && names.len() > 1 {
            let fix = format!("give the camera that it is drawn for: one of {}", names.join(", "));
            return self.value(&place("of"), "it is missing", &fix);
        }
        let span = |text: Option<&str>, usual, key: &str| match text.map(quantity::any_span) {
            None => Ok(usual),
            Some(Some(span)) => Ok(span),
            Some(None) => self.value(&place(key), "no span of time", "give \"30s\" or \"10min\""),
        };
        let hold = span(text.hold.as_deref(), HOLD, "hold")?;
        let clear = span(text.clear.as_deref(), CLEAR, "clear")?;
        let quiet = text.quiet.as_deref().map(Quiet::parse);
        if quiet == Some(None) {
            let fix = "give \"22:00-06:00\", in UTC";
            return self.value(&place("quiet"), "no hours of a day", fix);
        }
        Ok(AlertConfig { name, when, of: text.of.clone(), hold, clear, quiet: quiet.flatten() })
    }

    /// Refuses a line or area of a source that is not among those whose columns and rows stay where they are.
    pub(super) fn stays(
        &self,
        alert: &AlertConfig,
        names: &[String],
        still: &[&str],
    ) -> Result<(), ConfigError> {
        let of = alert.of.as_ref().or(names.first());
        match (&alert.when, of) {
            (AlertWhen::FrontReaches { .. }, Some(of)) if !still.contains(&of.as_str()) => {
                let what = format!("the ground of {of} moves below its columns and rows");
                let fix = "give when = \"fire-in-view\", or another camera";
                self.value(&format!("alert {}: of", alert.name), &what, fix)
            }
            _ => Ok(()),
        }
    }

    fn front_reaches(&self, name: &str, text: &AlertText) -> Result<AlertWhen, ConfigError> {
        let place = |key: &str| format!("alert {name}: {key}");
        let (points, is_area) = match (&text.line, &text.area) {
            (Some(line), None) => (line, false),
            (None, Some(area)) => (area, true),
            _ => {
                let fix = "give line = [[10, 200], [320, 180]] in columns and rows of the picture, or area";
                return self.value(&place("line"), "one line or one area is needed", fix);
            }
        };
        let Some(shape) = Shape::new(points.clone(), is_area) else {
            let fix = "give 1 to 200 points of a line, 3 to 200 of an area, each [column, row]";
            let key = if is_area { "area" } else { "line" };
            return self.value(&place(key), "no points of a picture", fix);
        };
        let Some(within) = quantity::span(text.within.as_deref().unwrap_or(WITHIN)) else {
            return self.value(&place("within"), "no span of time", "give \"10min\"");
        };
        let probability = text.probability.unwrap_or(PROBABILITY);
        let probability = self.number(probability, [0.01, 0.99], &place("probability"))?;
        Ok(AlertWhen::FrontReaches { shape, within_s: within.as_secs_f64(), probability })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_go_over_midnight() {
        let at = |hour: i64, minute: i64| {
            Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(60 * hour + minute)
        };
        for (text, quiet, loud) in [
            ("22:00-06:00", [at(22, 0), at(3, 0), at(5, 59)], [at(6, 0), at(21, 59)]),
            ("08:30-09:00", [at(8, 30), at(8, 31), at(8, 59)], [at(9, 0), at(8, 29)]),
        ] {
            let hours = Quiet::parse(text).unwrap();
            assert_eq!(hours.text(), text);
            assert!(quiet.iter().all(|at| hours.holds(*at)), "{text}");
            assert!(!loud.iter().any(|at| hours.holds(*at)), "{text}");
        }
        for text in ["", "22-06", "24:00-06:00", "22:00", "06:00-06:00", "22:60-06:00"] {
            assert_eq!(Quiet::parse(text), None, "{text}");
        }
    }
}
