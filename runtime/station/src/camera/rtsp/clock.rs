//! The camera's clock, as the sender reports of its stream tell it, and when it is believed.

use emberline_vision::frame::TimeSource;
use jiff::{SignedDuration, Timestamp};

/// Two reports in a row that differ by no more agree.
const AGREE_S: f64 = 0.5;
/// A camera's clock that is off this machine's by more is not believed.
const NEAR_S: f64 = 600.0;

/// What is wrong with a camera's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Trouble {
    /// It was set by so many seconds, forward where positive.
    Jumped { by_s: f64 },
    /// It is off this machine's clock by so many seconds, ahead where positive.
    Off { by_s: f64 },
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = "times are this machine's";
        match self {
            Self::Jumped { by_s } => write!(f, "its clock jumped by {}: {time}", span(*by_s)),
            Self::Off { by_s } => {
                let fix = "set the time server of both";
                write!(f, "its clock is off this machine's by {}: {time}; {fix}", span(*by_s))
            }
        }
    }
}

/// So many seconds for a reader, with their sign.
fn span(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "+" };
    let all = seconds.abs().round() as u64;
    let (d, h, m, s) = (all / 86_400, all / 3600 % 24, all / 60 % 60, all % 60);
    match (d, h, m) {
        (0, 0, 0) => format!("{sign}{:.1} s", seconds.abs()),
        (0, 0, m) => format!("{sign}{m} min {s} s"),
        (0, h, m) => format!("{sign}{h} h {m} min"),
        (d, h, _) => format!("{sign}{d} d {h} h"),
    }
}

/// When a picture was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Told {
    pub(super) taken: Timestamp,
    pub(super) source: TimeSource,
    /// How much later it came than the promptest before it, seconds: an encoder that falls behind.
    pub(super) late_s: f64,
}

/// A camera's clock. Seconds of the stream are those of the camera's picture clock since it began.
#[derive(Clone, Debug, Default)]
pub(super) struct CameraClock {
    /// What the last report comes to: the time of the stream's second 0, Unix seconds.
    last: Option<f64>,
    /// The same, where it is believed.
    believed: Option<f64>,
    /// How far the camera's clock is ahead of this machine's, seconds.
    offset_s: Option<f64>,
    trouble: Option<Trouble>,
    /// Least time from taking a picture to its coming, since the clock is believed; both clocks differ.
    promptest_s: Option<f64>,
}

/// Unix seconds.
fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

impl CameraClock {
    /// Takes in a sender report: at the second `stream_s` of the stream the camera's clock showed
    /// `camera_s`; it came at `came`.
    pub(super) fn report(&mut self, stream_s: f64, camera_s: f64, came: Timestamp) {
        let zero = camera_s - stream_s;
        let off_s = camera_s - seconds(came);
        let by_s = self.last.map(|last| zero - last);
        self.last = Some(zero);
        self.offset_s = Some(off_s);
        let agrees = by_s.is_some_and(|by_s| by_s.abs() <= AGREE_S);
        self.believed = match (agrees, off_s.abs() <= NEAR_S) {
            (true, true) => {
                self.trouble = None;
                Some(zero)
            }
            (true, false) => {
                self.trouble = Some(Trouble::Off { by_s: off_s });
                None
            }
            (false, _) => {
                self.trouble = by_s.map(|by_s| Trouble::Jumped { by_s }).or(self.trouble);
                None
            }
        };
        if self.believed.is_none() {
            self.promptest_s = None;
        }
    }

    /// When the picture of the second `stream_s` was taken, which came at `came`.
    pub(super) fn told(&mut self, stream_s: f64, came: Timestamp) -> Told {
        let host = Told { taken: came, source: TimeSource::Host, late_s: 0.0 };
        let Some(zero) = self.believed else { return host };
        let on_its_way_s = seconds(came) - (zero + stream_s);
        // Whatever a report said, the picture's own time has to make sense too.
        if on_its_way_s.is_nan() || on_its_way_s.abs() > 2.0 * NEAR_S {
            return host;
        }
        let taken = SignedDuration::try_from_secs_f64(-on_its_way_s).ok();
        let Some(taken) = taken.and_then(|back| came.checked_add(back).ok()) else { return host };
        let promptest_s = self.promptest_s.map_or(on_its_way_s, |s| s.min(on_its_way_s));
        self.promptest_s = Some(promptest_s);
        let late_s = on_its_way_s - promptest_s;
        Told { taken, source: TimeSource::CameraNtp, late_s }
    }

    /// How far the camera's clock is ahead of this machine's, seconds, by its last report.
    pub(super) fn offset_s(&self) -> Option<f64> {
        self.offset_s
    }

    /// What is wrong with it.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_is_believed_once_two_reports_agree_and_until_its_clock_jumps() {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let after = |s: f64| start + SignedDuration::try_from_secs_f64(s).unwrap();
        let mut clock = CameraClock::default();
        let (hour, epoch) = (3600.0, -seconds(start));
        let none: fn(Option<Trouble>) -> bool = |t| t.is_none();
        let jumped: fn(Option<Trouble>) -> bool = |t| matches!(t, Some(Trouble::Jumped { .. }));
        let off: fn(Option<Trouble>) -> bool = |t| matches!(t, Some(Trouble::Off { .. }));
        // Second of the stream, by how much the camera's clock is ahead then, who tells the time, trouble.
        for (at_s, ahead_s, camera, trouble) in [
            (1.0, 2.0, false, none), // one report alone
            (6.0, 2.1, true, none),
            (11.0, 2.4, true, none),     // it drifts
            (16.0, hour, false, jumped), // an hour forward
            (21.0, hour, false, off),    // and there it stays
            (26.0, 2.4, false, jumped),  // back
            (31.0, 2.4, true, none),
            (36.0, 2.4 - hour, false, jumped), // an hour back
            (41.0, 2.4 - hour, false, off),
            (46.0, epoch, false, jumped), // 1970
            (51.0, epoch, false, off),
            (56.0, 599.0, false, jumped),
            (61.0, 599.0, true, none), // set within ten minutes: that is the camera's word
            (66.0, 0.0, false, jumped),
            (71.0, 9.0, false, jumped), // it runs wild
            (76.0, 0.0, false, jumped),
            (81.0, 0.0, true, none),
        ] {
            let came = after(at_s);
            clock.report(at_s, seconds(came) + ahead_s, came);
            // A picture taken then comes 0.2 s later.
            let told = clock.told(at_s, after(at_s + 0.2));
            let (want, source) = match camera {
                true => (after(at_s + ahead_s), TimeSource::CameraNtp),
                false => (after(at_s + 0.2), TimeSource::Host),
            };
            assert_eq!(told.source, source, "second {at_s}");
            assert!((told.taken.duration_since(want)).as_secs_f64().abs() < 1e-3, "second {at_s}");
            assert!(trouble(clock.trouble()), "second {at_s}: {:?}", clock.trouble());
            assert!((clock.offset_s().unwrap() - ahead_s).abs() < 1e-3);
        }
    }

    #[test]
    fn pictures_that_an_encoder_held_back_are_as_old_as_they_are() {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let after = |s: f64| start + SignedDuration::try_from_secs_f64(s).unwrap();
        let mut clock = CameraClock::default();
        // Its clock is five minutes behind: that alone makes no picture old.
        for s in [0.0, 5.0] {
            clock.report(s, seconds(after(s)) - 300.0, after(s));
        }
        for (taken_s, came_s, late_s) in
            [(6.0, 6.3, 0.0), (7.0, 7.1, 0.0), (8.0, 16.1, 8.0), (17.0, 17.2, 0.1)]
        {
            let told = clock.told(taken_s, after(came_s));
            assert_eq!(told.source, TimeSource::CameraNtp);
            assert!((told.late_s - late_s).abs() < 1e-3, "{taken_s}: {told:?}");
        }
        // A stream whose own seconds run away.
        assert_eq!(clock.told(9e9, after(20.0)).source, TimeSource::Host);
        assert_eq!(clock.told(f64::NAN, after(20.0)).source, TimeSource::Host);
    }

    #[test]
    fn troubles_are_said_for_a_reader() {
        for (trouble, want) in [
            (Trouble::Jumped { by_s: -3600.2 }, "jumped by -1 h 0 min"),
            (Trouble::Jumped { by_s: 0.61 }, "jumped by +0.6 s"),
            (Trouble::Off { by_s: 754.0 }, "by +12 min 34 s"),
            (Trouble::Off { by_s: -1.8e9 }, "by -20833 d 8 h"),
        ] {
            let line = trouble.to_string();
            assert!(line.contains(want), "{line}");
        }
    }
}
