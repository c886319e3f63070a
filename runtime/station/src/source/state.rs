//! The state of a source: one word, and why, from what is known of it at a moment.

use super::fault::Fault;
use super::look::Look;
use crate::config::When;

/// Nothing for so long, or twice as long as makes it late, is gone.
const GONE_S: f64 = 60.0;
/// The same picture for so long and so often is frozen.
const FROZEN_S: f64 = 60.0;
const FROZEN_FRAMES: u64 = 6;
/// So long it is told that a camera was moved.
const MOVED_S: f64 = 60.0;
/// Blurred for so long and so often is out of focus.
const BLURRED_S: f64 = 60.0;
const BLURRED_FRAMES: u64 = 6;
/// The same of a stream, in its key pictures and frames: only key pictures prove life, since a still scene
/// may be the same to the bit between two of them.
const FROZEN_KEYS: u64 = 3;
const FROZEN_STREAM_FRAMES: u64 = 3;

/// What a source is worth at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Its newest frame is young.
    Fresh,
    /// Its newest frame is older than that.
    Late,
    /// No frame at all, or none for long.
    Gone,
    /// Somebody must do something first.
    Refused,
    /// It sends one picture again and again.
    Frozen,
    /// Its picture is black.
    Dark,
    /// Its picture is white.
    White,
    /// It was moved a moment ago: what is seen is another view.
    Moved,
    /// It is night, and it is looked at by day.
    Night,
    /// It is day, and it is looked at by night.
    Day,
    /// Its picture shows no fine detail.
    Blurred,
    /// Its clock cannot be believed.
    Clock,
    /// Nothing tells where it was and how it looked.
    NoPose,
    /// Its frames do not fit the map of the ground.
    Unsteady,
    /// What it showed of the ground is no film that can be forecast from.
    NoGround,
}

/// What the state of a source follows from.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Seconds between frames as configured.
    pub every_s: f64,
    /// Why it is not open, where it is not.
    pub fault: Option<Fault>,
    /// How old the newest frame is, seconds; none before the first.
    pub frame_age_s: Option<f64>,
    /// For how long, seconds, and in how many frames the picture has been the same.
    pub same: (f64, u64),
    /// In how many key pictures of its stream, where it is one.
    pub same_keys: Option<u64>,
    /// Why its clock is not believed, where it tells the time and is not.
    pub clock: Option<String>,
    /// How the newest frame looks.
    pub look: Look,
    /// For how long, seconds, and in how many frames it has been blurred.
    pub blurred: (f64, u64),
    /// How long ago it was moved, seconds, and how, where that is known.
    pub moved: Option<(f64, String)>,
    /// Why nothing can be forecast of the ground that it is laid on, where that is so.
    pub ground: Option<(State, String)>,
    /// When it is looked at.
    pub when: When,
    /// Whether it is night, where that is known.
    pub is_night: Option<bool>,
}

impl State {
    /// All states.
    pub const ALL: [Self; 15] = [
        Self::Fresh,
        Self::Late,
        Self::Gone,
        Self::Refused,
        Self::Frozen,
        Self::Dark,
        Self::White,
        Self::Moved,
        Self::Night,
        Self::Day,
        Self::Blurred,
        Self::Clock,
        Self::NoPose,
        Self::Unsteady,
        Self::NoGround,
    ];

    /// Its word on the page and in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Late => "late",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Frozen => "frozen",
            Self::Dark => "dark",
            Self::White => "white",
            Self::Moved => "moved",
            Self::Night => "night",
            Self::Day => "day",
            Self::Blurred => "blurred",
            Self::Clock => "clock",
            Self::NoPose => "no-pose",
            Self::Unsteady => "unsteady",
            Self::NoGround => "no-ground",
        }
    }

    /// Whether a forecast is made in it.
    #[must_use]
    pub fn is_seeing(self) -> bool {
        matches!(self, Self::Fresh | Self::Late | Self::Blurred | Self::Clock)
    }

    /// Whether nothing is to be seen because nobody asked for it: no fault.
    #[must_use]
    pub fn is_resting(self) -> bool {
        matches!(self, Self::Night | Self::Day)
    }

    /// The state that follows from `facts`, and why where it is not fresh.
    #[must_use]
    pub fn of(facts: &Facts) -> (Self, String) {
        let late_s = 3.0 * facts.every_s + 10.0;
        let gone_s = GONE_S.max(2.0 * late_s);
        let (same_s, same_frames) = facts.same;
        let is_often = match facts.same_keys {
            Some(keys) => keys >= FROZEN_KEYS && same_frames >= FROZEN_STREAM_FRAMES,
            None => same_frames >= FROZEN_FRAMES,
        };
        match (&facts.fault, facts.frame_age_s) {
            (Some(Fault { refused: true, why }), _) => (Self::Refused, why.clone()),
            (Some(fault), _) => (Self::Gone, fault.why.clone()),
            (None, None) => (Self::Gone, "no frame yet".to_owned()),
            (None, Some(age_s)) if age_s >= gone_s => (
                Self::Gone,
                format!("no frame for {age_s:.0} s: look after the camera and its line"),
            ),
            _ if facts.when == When::Day && facts.is_night == Some(true) => {
                (Self::Night, "it is looked at by day".to_owned())
            }
            _ if facts.when == When::Night && facts.is_night == Some(false) => {
                (Self::Day, "it is looked at by night".to_owned())
            }
            _ if same_s >= FROZEN_S && is_often => {
                let why = format!("the same picture for {same_s:.0} s: restart the camera");
                (Self::Frozen, why)
            }
            _ if facts.look == Look::Dark && facts.is_night == Some(true) => {
                let why = "the picture is black, and it is night: switch its infrared light on, or set look = \
                           \"day\"";
                (Self::Dark, why.to_owned())
            }
            _ if facts.look == Look::Dark => (Self::Dark, "the picture is black".to_owned()),
            _ if facts.look == Look::White => (Self::White, "the picture is white".to_owned()),
            _ if let Some((state, why)) = &facts.ground => (*state, why.clone()),
            _ if let Some((ago_s, how)) = &facts.moved
                && *ago_s < MOVED_S =>
            {
                (Self::Moved, format!("{how} {ago_s:.0} s ago: it begins anew"))
            }
            (None, Some(age_s)) if age_s >= late_s => {
                (Self::Late, format!("the newest frame is {age_s:.0} s old"))
            }
            _ if facts.blurred.0 >= BLURRED_S && facts.blurred.1 >= BLURRED_FRAMES => {
                let why = "no fine detail in the picture: look after focus and lens".to_owned();
                (Self::Blurred, why)
            }
            _ => match &facts.clock {
                Some(why) => (Self::Clock, why.clone()),
                None => (Self::Fresh, String::new()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(age_s: f64) -> Facts {
        Facts { every_s: 5.0, frame_age_s: Some(age_s), ..Facts::default() }
    }

    #[test]
    fn states_follow_from_facts() {
        let clock = || Some("its clock jumped".to_owned());
        let fault = |refused| Some(Fault { refused, why: "no route".to_owned() });
        for (what, facts, want) in [
            ("nothing yet", Facts { every_s: 5.0, ..Facts::default() }, State::Gone),
            ("young", seen(24.9), State::Fresh),
            ("older", seen(25.0), State::Late),
            ("old", seen(59.9), State::Late),
            ("nothing for a minute", seen(60.0), State::Gone),
            ("a slow camera", Facts { every_s: 300.0, ..seen(900.0) }, State::Fresh),
            ("a slow camera, late", Facts { every_s: 300.0, ..seen(1000.0) }, State::Late),
            ("a slow camera, gone", Facts { every_s: 300.0, ..seen(1820.0) }, State::Gone),
            (
                "lost, though its frame is young",
                Facts { fault: fault(false), ..seen(1.0) },
                State::Gone,
            ),
            ("refused", Facts { fault: fault(true), ..seen(1.0) }, State::Refused),
            ("the same for a while", Facts { same: (59.0, 60), ..seen(1.0) }, State::Fresh),
            ("the same for long", Facts { same: (60.0, 6), ..seen(1.0) }, State::Frozen),
            ("the same, but few frames", Facts { same: (900.0, 5), ..seen(1.0) }, State::Fresh),
            (
                "a stream, the same between key pictures",
                Facts { same: (90.0, 90), same_keys: Some(2), ..seen(1.0) },
                State::Fresh,
            ),
            (
                "a stream, the same over key pictures",
                Facts { same: (60.0, 3), same_keys: Some(3), ..seen(1.0) },
                State::Frozen,
            ),
            ("its clock jumped", Facts { clock: clock(), ..seen(1.0) }, State::Clock),
            (
                "its clock jumped, and it is late",
                Facts { clock: clock(), ..seen(30.0) },
                State::Late,
            ),
            ("black", Facts { look: Look::Dark, ..seen(1.0) }, State::Dark),
            ("white", Facts { look: Look::White, ..seen(1.0) }, State::White),
            (
                "frozen and black",
                Facts { look: Look::Dark, same: (90.0, 9), ..seen(1.0) },
                State::Frozen,
            ),
            (
                "night",
                Facts { when: When::Day, is_night: Some(true), same: (90.0, 9), ..seen(1.0) },
                State::Night,
            ),
            ("day", Facts { when: When::Day, is_night: Some(false), ..seen(1.0) }, State::Fresh),
            (
                "resting",
                Facts { when: When::Night, is_night: Some(false), ..seen(1.0) },
                State::Day,
            ),
            ("no clock", Facts { when: When::Day, is_night: None, ..seen(1.0) }, State::Fresh),
            (
                "lost in the night",
                Facts { when: When::Day, is_night: Some(true), ..seen(99.0) },
                State::Gone,
            ),
            (
                "no infrared",
                Facts { look: Look::Dark, is_night: Some(true), ..seen(1.0) },
                State::Dark,
            ),
            (
                "moved",
                Facts { moved: Some((5.0, "it turned".to_owned())), ..seen(1.0) },
                State::Moved,
            ),
            (
                "once",
                Facts { moved: Some((60.0, "it turned".to_owned())), ..seen(1.0) },
                State::Fresh,
            ),
            ("blurred", Facts { blurred: (60.0, 6), ..seen(1.0) }, State::Blurred),
            ("for a moment", Facts { blurred: (30.0, 30), ..seen(1.0) }, State::Fresh),
            (
                "no telemetry",
                Facts { ground: Some((State::NoPose, "none".to_owned())), ..seen(1.0) },
                State::NoPose,
            ),
            (
                "no telemetry, and nothing to see",
                Facts {
                    look: Look::Dark,
                    ground: Some((State::NoPose, "none".to_owned())),
                    ..seen(1.0)
                },
                State::Dark,
            ),
            ("frozen, then gone", Facts { same: (90.0, 9), ..seen(99.0) }, State::Gone),
        ] {
            let (state, why) = State::of(&facts);
            assert_eq!(state, want, "{what}");
            assert_eq!(why.is_empty(), want == State::Fresh, "{what}: {why}");
            let seeing = matches!(want, State::Fresh | State::Late | State::Blurred | State::Clock);
            assert_eq!(state.is_seeing(), seeing, "{what}");
        }
    }
}
