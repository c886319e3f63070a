//! A camera's record: when its frames came, and how often what was lost.
//!
//! Times are spans since the station began, by the clock that never steps; they come in from outside.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use emberline_vision::frame::{Kind, Pixels};
use jiff::Timestamp;

use super::stream_facts::StreamFacts;
use crate::config::CameraConfig;
use crate::source::{Facts, Fault, Look};

/// The newest frame of a camera.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// When it was taken.
    pub utc: Timestamp,
    /// When it came in.
    pub came: Duration,
    /// Since when the picture has been the same, and in how many frames.
    pub same_since: Duration,
    /// The same, in frames: 1 is a picture that has just changed.
    pub same_frames: u64,
    /// Since when it has been blurred, and in how many frames.
    blurred: Option<(Duration, u64)>,
    hash: u64,
    look: Look,
}

/// What has happened to a camera.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    pub(super) newest: Option<Taken>,
    pub(super) fault: Option<Fault>,
    pub(super) frames: u64,
    pub(super) dropped: BTreeMap<&'static str, u64>,
    pub(super) reconnects: u64,
    /// When it was last moved, and how.
    pub(super) moved: Option<(Duration, String)>,
    /// How often it was moved.
    pub(super) moves: u64,
    /// What its stream told last.
    pub(super) stream: Option<StreamFacts>,
    /// Key pictures that its stream had told when the picture changed last.
    changed_at_key: u64,
}

impl Record {
    /// A frame came.
    pub(super) fn frame(&mut self, pixels: &Pixels, utc: Timestamp, now: Duration) {
        let hash = hash(pixels);
        let same = self.newest.filter(|last| last.hash == hash);
        let look = Look::of(pixels);
        let blurred = self.newest.and_then(|last| last.blurred).unwrap_or((now, 0));
        self.newest = Some(Taken {
            utc,
            came: now,
            same_since: same.map_or(now, |last| last.same_since),
            same_frames: same.map_or(1, |last| last.same_frames + 1),
            blurred: (look == Look::Blurred).then_some((blurred.0, blurred.1 + 1)),
            hash,
            look,
        });
        self.frames += 1;
        self.fault = None;
    }

    /// What the stream of the newest frame told, where it is from one.
    pub(super) fn stream(&mut self, told: Option<&StreamFacts>) {
        let again = match (&self.stream, told) {
            (Some(before), Some(told)) => told.keys < before.keys,
            (before, told) => before.is_some() != told.is_some(),
        };
        self.stream = told.cloned();
        let changed = self.newest.is_some_and(|newest| newest.same_frames == 1);
        if let Some(told) = told.filter(|_| changed || again) {
            self.changed_at_key = told.keys;
        }
    }

    /// What a state follows from at `now`, which is `utc` by the station's wall clock.
    pub(super) fn facts(&self, config: &CameraConfig, now: Duration, utc: Timestamp) -> Facts {
        let newest = self.newest;
        // A mask on which nothing burns is black, and the same for days.
        let picture = newest.filter(|_| config.kind != Kind::Mask);
        let since = |at: Duration| now.saturating_sub(at).as_secs_f64();
        Facts {
            every_s: config.every_s,
            when: config.look,
            is_night: config.site.is_night(utc),
            moved: self.moved.as_ref().map(|(at, how)| (since(*at), how.clone())),
            blurred: picture
                .and_then(|taken| Some((taken.came, taken.blurred?)))
                .map_or((0.0, 0), |(came, (at, n))| (came.saturating_sub(at).as_secs_f64(), n)),
            fault: self.fault.clone(),
            ground: None,
            frame_age_s: newest.map(|taken| match &self.stream {
                // A camera's clock may be off this machine's: that makes no frame old.
                Some(told) => now.saturating_sub(taken.came).as_secs_f64() + told.late_s,
                None => frame_age_s(&taken, now, utc),
            }),
            same: picture.map_or((0.0, 0), |taken| {
                (taken.came.saturating_sub(taken.same_since).as_secs_f64(), taken.same_frames)
            }),
            same_keys: self
                .stream
                .as_ref()
                .map(|told| told.keys.saturating_sub(self.changed_at_key)),
            clock: self.stream.as_ref().and_then(|told| told.clock_trouble.clone()),
            look: picture.map(|taken| taken.look).unwrap_or_default(),
        }
    }
}

/// How old a frame is: since it came, or since it was taken where that is longer.
fn frame_age_s(taken: &Taken, now: Duration, utc: Timestamp) -> f64 {
    let since_came_s = now.saturating_sub(taken.came).as_secs_f64();
    since_came_s.max(utc.duration_since(taken.utc).as_secs_f64())
}

/// A number that differs where two pictures differ.
fn hash(pixels: &Pixels) -> u64 {
    let mut hasher = DefaultHasher::new();
    pixels.shape().hash(&mut hasher);
    match pixels {
        Pixels::U8(values) => match values.as_slice() {
            Some(values) => hasher.write(values),
            None => values.iter().for_each(|v| hasher.write_u8(*v)),
        },
        Pixels::U16(values) => values.iter().for_each(|v| hasher.write_u16(*v)),
        Pixels::F32(values) => values.iter().for_each(|v| hasher.write_u32(v.to_bits())),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::source::State;

    /// A frame each five seconds is expected.
    fn config() -> CameraConfig {
        let text =
            "name = \"a\"\nlat = 1.0\nlon = 1.0\n[[camera]]\nname = \"a\"\nfrom = \"sim:fire\"\n";
        crate::config::Config::parse("s.toml", text).unwrap().cameras.remove(0)
    }

    fn grey(level: u8) -> Pixels {
        Pixels::U8(Array3::from_shape_fn((32, 32, 1), |(y, _, _)| level + y as u8))
    }

    #[test]
    fn a_camera_freezes_is_lost_and_comes_back() {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let mut record = Record::default();
        // Second, what came (a level of grey, or a fault), and the state right after.
        let cut = || Err(Fault { refused: false, why: "cut".to_owned() });
        for (now_s, came, want) in [
            (0, Ok(Some(10)), State::Fresh),
            (10, Ok(Some(20)), State::Fresh),
            (40, Ok(Some(20)), State::Fresh),
            (50, Ok(Some(20)), State::Fresh),
            (55, Ok(Some(20)), State::Fresh),
            (60, Ok(Some(20)), State::Fresh),
            (70, Ok(Some(20)), State::Frozen), // the sixth like it, and a minute
            (75, Ok(Some(21)), State::Fresh),
            (100, Ok(None), State::Late),
            (101, cut(), State::Gone),
            (120, Ok(None), State::Gone),
            (121, Ok(Some(22)), State::Fresh),
            (190, Ok(None), State::Gone),
        ] {
            let now = Duration::from_secs(now_s);
            let utc = start.saturating_add(jiff::SignedDuration::from_secs(now_s as i64)).unwrap();
            match came {
                Ok(Some(level)) => record.frame(&grey(level), utc, now),
                Ok(None) => {}
                Err(fault) => record.fault = Some(fault),
            }
            assert_eq!(State::of(&record.facts(&config(), now, utc)).0, want, "second {now_s}");
        }
        assert_eq!(record.frames, 9);
    }

    #[test]
    fn a_mask_may_be_black_and_the_same_for_days() {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        for (kind, sees) in [(Kind::Thermal, false), (Kind::Mask, true)] {
            let (mut record, config) = (Record::default(), CameraConfig { kind, ..config() });
            let black = Pixels::U8(Array3::zeros((32, 32, 1)));
            for k in 0..40 {
                let since = Duration::from_secs(5 * k);
                let utc = start + jiff::SignedDuration::from_secs(5 * k as i64);
                record.frame(&black, utc, since);
            }
            let (now, utc) =
                (Duration::from_secs(200), start + jiff::SignedDuration::from_secs(200));
            let state = State::of(&record.facts(&config, now, utc)).0;
            assert_eq!(state.is_seeing(), sees, "{kind:?}: {state:?}");
        }
    }

    #[test]
    fn a_stream_is_frozen_over_key_pictures_and_its_clock_makes_no_frame_old() {
        let utc: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let mut record = Record::default();
        // Second, level of grey, key pictures so far, and the state right after.
        for (now_s, level, keys, want) in [
            (0, 10, 1, State::Fresh),
            (30, 10, 2, State::Fresh),
            (90, 10, 3, State::Fresh), // long, and in one key picture and two more
            (95, 10, 4, State::Frozen),
            (96, 10, 1, State::Fresh), // opened again: its key pictures are counted anew
            (97, 10, 4, State::Frozen),
            (98, 11, 5, State::Fresh),
        ] {
            let now = Duration::from_secs(now_s);
            // The camera's clock is a day behind.
            record.frame(&grey(level), utc - Duration::from_secs(86_400), now);
            record.stream(Some(&StreamFacts {
                keys,
                late_s: 2.0,
                clock_offset_s: None,
                clock_trouble: None,
                notes: [].into(),
            }));
            let seldom = CameraConfig { every_s: 30.0, ..config() };
            let facts = record.facts(&seldom, now, utc);
            assert_eq!(State::of(&facts).0, want, "second {now_s}");
            assert_eq!(facts.frame_age_s, Some(2.0));
        }
    }

    #[test]
    fn a_frame_that_was_old_when_it_came_is_old() {
        let mut record = Record::default();
        record.frame(&grey(1), "2026-08-01T12:00:00Z".parse().unwrap(), Duration::from_secs(5));
        let days_later: Timestamp = "2026-08-03T12:00:00Z".parse().unwrap();
        let facts = record.facts(&config(), Duration::from_secs(6), days_later);
        assert_eq!(State::of(&facts).0, State::Gone);
        // A wall clock that was set back makes no frame younger than its coming.
        let before: Timestamp = "1970-01-01T00:00:00Z".parse().unwrap();
        let facts = record.facts(&config(), Duration::from_secs(35), before);
        assert_eq!(facts.frame_age_s, Some(30.0));
    }
}
