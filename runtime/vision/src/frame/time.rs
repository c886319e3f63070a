//! Times of frames: how long after the first, the wall time where it is known, and who tells it.

use std::cmp::Ordering;
use std::ops::Sub;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Time since a source's first frame, by one steady clock.
///
/// Held in seconds and not in nanoseconds: video containers count in ticks of their own, such as
/// 1/30000 s, which a whole number of nanoseconds would round.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Elapsed {
    /// Finite, and never the negative zero, so that order and equality agree.
    secs: f64,
}

impl Elapsed {
    /// The time of the first frame.
    pub const ZERO: Self = Self { secs: 0.0 };

    /// `secs` seconds after the first frame; `None` where that is no finite number.
    #[must_use]
    pub fn from_secs_f64(secs: f64) -> Option<Self> {
        secs.is_finite().then_some(Self { secs: secs + 0.0 })
    }

    /// The frame `index` of a film with a frame every `step_s` seconds; 0 where that is not finite.
    #[must_use]
    pub fn counted(index: usize, step_s: f64) -> Self {
        Self::from_secs_f64(index as f64 * step_s).unwrap_or_default()
    }

    /// Seconds since the first frame.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.secs
    }
}

impl From<Duration> for Elapsed {
    fn from(since: Duration) -> Self {
        Self { secs: since.as_secs_f64() }
    }
}

/// Seconds from `earlier` to this time.
impl Sub for Elapsed {
    type Output = f64;

    fn sub(self, earlier: Self) -> f64 {
        self.secs - earlier.secs
    }
}

impl Eq for Elapsed {}

impl Ord for Elapsed {
    fn cmp(&self, other: &Self) -> Ordering {
        self.secs.total_cmp(&other.secs)
    }
}

impl PartialOrd for Elapsed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Where the time of a frame comes from; stands in every forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeSource {
    /// `time_utc` in the file.
    Utc,
    /// `dt_s` in the file or a step that a person gave, frames counted.
    Step,
    /// The video container's own presentation times.
    Container,
    /// Times in the names of the files.
    Name,
    /// Nothing tells the step: one frame is one second, and the forecast warns.
    Assumed,
    /// A simulator made the frames.
    Simulated,
    /// The EXIF data of each image.
    Exif,
    /// The camera's own clock.
    CameraClock,
    /// The camera's own clock, as the sender reports of its stream tell it.
    CameraNtp,
    /// The clock of the computer that took the frame in.
    Host,
}

/// When a frame was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameTime {
    /// Time since the source's first frame.
    pub elapsed: Elapsed,
    /// Wall time, where the source tells it.
    pub utc: Option<Timestamp>,
    /// Who tells it.
    pub source: TimeSource,
}

impl FrameTime {
    /// A time without a wall time.
    #[must_use]
    pub fn since_first(elapsed: Elapsed, source: TimeSource) -> Self {
        Self { elapsed, utc: None, source }
    }

    /// The wall time `utc`, in a stream whose first frame is of the wall time `first`.
    #[must_use]
    pub fn stamped(utc: Timestamp, first: Timestamp, source: TimeSource) -> Self {
        let elapsed = Elapsed { secs: utc.duration_since(first).as_secs_f64() };
        Self { elapsed, utc: Some(utc), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn elapsed_times_are_finite_and_ordered() {
        let at = |secs: f64| Elapsed::from_secs_f64(secs).unwrap();
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Elapsed::from_secs_f64(bad), None);
        }
        assert_eq!(at(-0.0).cmp(&Elapsed::ZERO), Ordering::Equal);
        assert!(at(1.0) < at(1.5) && at(-1.0) < Elapsed::ZERO);
        assert_eq!(at(90.5) - at(30.0), 60.5);
        assert_eq!(Elapsed::from(Duration::from_millis(1500)), at(1.5));
        // A tick of a video of 30000/1001 pictures a second is kept to the last bit.
        assert_eq!(at(1001.0 / 30000.0).as_secs_f64().to_bits(), (1001.0f64 / 30000.0).to_bits());
        assert_eq!(Elapsed::counted(3, 0.1), at(0.1 * 3.0));
    }

    #[test]
    fn a_stamp_is_the_first_stamp_and_what_has_elapsed() {
        let first: Timestamp = "2016-09-28T17:00:00.25Z".parse().unwrap();
        for later in ["2016-09-28T17:00:00.25Z", "2016-09-28T17:05:00.123456Z", "2016-10-20T00:00Z"]
        {
            let utc: Timestamp = later.parse().unwrap();
            let time = FrameTime::stamped(utc, first, TimeSource::Utc);
            let since = SignedDuration::try_from_secs_f64(time.elapsed.as_secs_f64()).unwrap();
            assert_eq!(first.checked_add(since).ok(), time.utc, "{later}");
        }
    }

    #[test]
    fn names_of_time_sources_are_those_of_the_files() {
        for (source, name) in [
            (TimeSource::Utc, "utc"),
            (TimeSource::Step, "step"),
            (TimeSource::Container, "container"),
            (TimeSource::Name, "name"),
            (TimeSource::Assumed, "assumed"),
            (TimeSource::Simulated, "simulated"),
            (TimeSource::Exif, "exif"),
            (TimeSource::CameraClock, "camera-clock"),
            (TimeSource::CameraNtp, "camera-ntp"),
            (TimeSource::Host, "host"),
        ] {
            assert_eq!(serde_json::to_value(source).unwrap(), name);
        }
    }
}
