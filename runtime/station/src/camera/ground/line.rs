//! The line of telemetry: listened to while the camera is watched, the flight that it tells, and what ails it.

use std::time::{Duration, Instant};

use emberline_drone::telemetry::{Live, Note, Options};
use emberline_drone::{Sample, Track};
use jiff::Timestamp;

use crate::config::{GroundConfig, PoseFrom, spelled};

/// A line that cannot be opened is tried again after this.
const AGAIN: Duration = Duration::from_secs(2);
/// Without a place for so long, telemetry is gone.
const GONE: Duration = Duration::from_secs(5);
/// Seconds of a flight that are held, and seconds off this machine's clock beyond which a sample is left out.
const HELD_S: f64 = 60.0;
const MOST_OFF_S: f64 = 60.0;
/// Seconds by which clocks may differ without a word.
const OFF_S: f64 = 2.0;
/// Seconds by which a sample is older than the newest, and samples in a row that are, after which the newest was wrong.
const OLD_S: f64 = 1.0;
const MOST_OLD: u32 = 20;
/// So long it is told that a place jumped.
const JUMPED: Duration = Duration::from_secs(60);

/// A line of telemetry.
#[derive(Debug)]
pub(super) struct Line {
    from: PoseFrom,
    options: Options,
    offset_s: f64,
    live: Option<Live>,
    /// When it was last tried to open it, and why it is not open.
    tried: Option<Instant>,
    fault: Option<String>,
    track: Track,
    newest_s: Option<f64>,
    /// When a place came last, by both clocks.
    placed: Option<(Instant, Timestamp)>,
    /// Seconds that the vehicle's clock is ahead of this machine's.
    ahead_s: Option<f64>,
    /// Samples in a row that are older than the newest, and all that were of quite another time.
    old: u32,
    other_time: u64,
    /// When a place jumped last, and how often so far.
    jumped: Option<(Instant, usize)>,
}

impl Line {
    pub(super) fn new(from: PoseFrom, config: &GroundConfig) -> Self {
        let options = Options { yaw: config.yaw, ..Options::default() };
        let offset_s = config.pose_offset_s;
        let track = Track::live(offset_s);
        let (live, tried, fault, newest_s, placed, ahead_s, jumped) = Default::default();
        let (old, other_time) = (0, 0);
        Self {
            from,
            options,
            offset_s,
            live,
            tried,
            fault,
            track,
            newest_s,
            placed,
            ahead_s,
            old,
            other_time,
            jumped,
        }
    }

    /// The flight so far.
    pub(super) fn track(&self) -> &Track {
        &self.track
    }

    /// Whether telemetry has come that is as new as a frame of `taken`: before that, its pose would be a guess.
    pub(super) fn has_reached(&self, taken: Timestamp) -> bool {
        self.newest_s.is_some_and(|newest_s| newest_s >= seconds(taken) + self.offset_s)
    }

    /// Takes what has come; opens the line where it is not open.
    pub(super) fn listen(&mut self, now: Instant, utc: Timestamp) {
        if self.live.is_none() && self.tried.is_none_or(|at| now - at >= AGAIN) {
            self.tried = Some(now);
            match Live::open(&self.from.address, self.options) {
                Ok(live) => (self.live, self.fault) = (Some(live), None),
                Err(cause) => self.fault = Some(cause.to_string()),
            }
        }
        let Some(live) = &self.live else { return };
        self.fault = live.state().fault;
        for sample in live.take() {
            self.take(&sample, now, utc);
        }
        if let Some(newest_s) = self.newest_s {
            self.track.flight.forget_before(newest_s - HELD_S);
        }
        let jumps = self.track.flight.jumps();
        if jumps > self.jumped.map_or(0, |(_, before)| before) {
            self.jumped = Some((now, jumps));
        }
    }

    fn take(&mut self, sample: &Sample, now: Instant, utc: Timestamp) {
        let ahead_s = sample.time_s - seconds(utc);
        self.ahead_s = Some(ahead_s).filter(|s| s.is_finite()).or(self.ahead_s);
        // One sample of next year would make all others old.
        let is_of_now = (ahead_s - self.offset_s).abs() <= MOST_OFF_S;
        if !is_of_now {
            self.other_time += 1;
            return;
        }
        match self.newest_s {
            Some(newest_s) if sample.time_s < newest_s - OLD_S => self.old += 1,
            _ => self.old = 0,
        }
        if self.old >= MOST_OLD {
            (self.track, self.newest_s, self.old) = (Track::live(self.offset_s), None, 0);
            self.jumped = None;
        }
        let places = self.track.flight.counts()[0];
        self.track.flight.push(sample);
        self.newest_s = Some(self.newest_s.map_or(sample.time_s, |s| s.max(sample.time_s)));
        if self.track.flight.counts()[0] > places {
            self.placed = Some((now, utc));
        }
    }

    /// Why frames have no poses, where that is so, and when the last place came.
    pub(super) fn trouble(&self, now: Instant) -> Option<(String, Option<Timestamp>)> {
        self.why(now).map(|why| (why, self.placed.map(|(_, utc)| utc)))
    }

    fn why(&self, now: Instant) -> Option<String> {
        let written = &self.from.written;
        if let Some(fault) = &self.fault {
            return Some(fault.clone());
        }
        match self.placed {
            Some((at, _)) if now.saturating_duration_since(at) < GONE => None,
            _ if self.is_other_time(now) => {
                let ahead_s = self.ahead_s.unwrap_or_default();
                Some(format!("{written}: {}", self.clock_words(ahead_s)))
            }
            Some(_) => Some(format!(
                "{written}: no place comes any more: look after the vehicle and its link"
            )),
            None => Some(match self.live.as_ref().map(Live::state) {
                Some(state) if state.heard.is_some() => {
                    let note = state.notes.iter().rev().find_map(words);
                    let usual = || "the vehicle has no fix yet, or sends no position".to_owned();
                    let note = note.unwrap_or_else(usual);
                    format!("{written}: telemetry comes and tells no place: {note}")
                }
                _ => format!("{written}: no telemetry yet: start it, or correct pose"),
            }),
        }
    }

    /// Whether samples come, and all of them of quite another time.
    fn is_other_time(&self, now: Instant) -> bool {
        let heard = self.live.as_ref().and_then(|live| live.state().heard);
        self.ahead_s.is_some_and(|s| (s - self.offset_s).abs() > MOST_OFF_S)
            && heard.is_some_and(|at| now.saturating_duration_since(at) < GONE)
    }

    fn clock_words(&self, ahead_s: f64) -> String {
        format!(
            "the vehicle's clock is {ahead_s:+.1} s off this machine's: set one of them, or write pose_offset_s = \
             {ahead_s:.1}"
        )
    }

    /// What a person should know of it.
    pub(super) fn notes(&self, now: Instant) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(ahead_s) = self.ahead_s.filter(|s| (s - self.offset_s).abs() > OFF_S) {
            notes.push(self.clock_words(ahead_s));
        }
        if let Some((at, jumps)) = self.jumped
            && now.saturating_duration_since(at) < JUMPED
        {
            notes.push(format!("{jumps} places are left out: no drone gets there so fast"));
        }
        let state = self.live.as_ref().map(Live::state).unwrap_or_default();
        notes.extend(state.notes.iter().filter_map(words));
        notes
    }

    /// What came and is of no use.
    pub(super) fn left_out(&self) -> Vec<(&'static str, u64)> {
        let counts = self.live.as_ref().map(|live| live.state().counts).unwrap_or_default();
        [
            ("telemetry-bad", counts.bad + counts.bad_checksum),
            ("telemetry-garbage-bytes", counts.garbage_bytes),
            ("telemetry-other-vehicle", counts.other_vehicle),
            ("telemetry-other-time", self.other_time + counts.no_time),
            ("telemetry-jump", self.jumped.map_or(0, |(_, jumps)| jumps as u64)),
        ]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .collect()
    }
}

/// What a note says, where that is more than what all goes by: lines that are bad are counted.
fn words(note: &Note) -> Option<String> {
    match note {
        Note::Vehicle { others, .. } if others.is_empty() => None,
        Note::BadRows { .. } => None,
        Note::NoAngles => {
            let words = "how the camera looks is not told: let the gimbal tell it, or write nadir = true if it looks \
                         straight down";
            Some(words.to_owned())
        }
        _ => Some(spelled(&note.to_string())),
    }
}

fn seconds(utc: Timestamp) -> f64 {
    utc.as_nanosecond() as f64 * 1e-9
}

#[cfg(test)]
mod tests {
    use emberline_drone::Sample;

    use super::*;
    use crate::config::Config;

    fn line(more: &str) -> Line {
        let text = format!(
            "name = \"a\"\nlat = 1.0\nlon = 1.0\n[[camera]]\nname = \"a\"\nfrom = \"sim:fire\"\n[camera.ground]\n\
             pose = \"udp:14550\"\n{more}"
        );
        let config = Config::parse("s.toml", &text).unwrap().cameras.remove(0).ground.unwrap();
        Line::new(config.pose.clone().unwrap(), &config)
    }

    /// A pose line as it comes at `utc` from a vehicle whose clock is `ahead_s` ahead.
    fn sample(utc: Timestamp, ahead_s: f64, lat: f64) -> Sample {
        let at = utc + jiff::SignedDuration::from_secs_f64(ahead_s);
        let text = format!("{{\"t\":\"{at}\",\"lat\":{lat},\"lon\":10}}");
        emberline_drone::telemetry::lines::line(&text).unwrap().sample
    }

    #[test]
    fn clocks_that_differ_are_told_and_lies_about_time_do_no_harm() {
        let start: Timestamp = "2026-08-02T14:31:07Z".parse().unwrap();
        let began = Instant::now();
        for (what, more, ahead_s, is_noted, is_taken) in [
            ("as it should be", "", 0.3, false, true),
            ("a little ahead", "", 3.0, true, true),
            ("the same, and known", "pose_offset_s = 3.0\n", 3.0, false, true),
            ("by far", "", -900.0, true, false),
            ("by far, and known", "pose_offset_s = -900.0\n", -900.0, false, true),
        ] {
            let mut line = line(more);
            line.take(&sample(start, ahead_s, 40.0), began, start);
            assert_eq!(line.track().flight.counts()[0] == 1, is_taken, "{what}");
            let notes = line.notes(began);
            assert_eq!(notes.len(), usize::from(is_noted), "{what}: {notes:?}");
            assert!(notes.iter().all(|n| n.contains(&format!("pose_offset_s = {ahead_s:.1}"))));
            let just_before = start - jiff::SignedDuration::from_millis(10);
            assert_eq!(line.has_reached(just_before), is_taken, "{what}");
            assert_eq!(line.trouble(began).is_none(), is_taken, "{what}");
        }
        // One sample of next century, one of a minute ahead: those that follow are taken all the same.
        let mut line = line("");
        line.take(&sample(start, 3e9, 40.0), began, start);
        line.take(&sample(start, 59.0, 40.0), began, start);
        assert_eq!((line.other_time, line.track().flight.counts()[0]), (1, 1));
        for k in 0..30 {
            let utc = start + jiff::SignedDuration::from_millis(200 * k);
            line.take(&sample(utc, 0.0, 40.0), began, utc);
        }
        let last = start + jiff::SignedDuration::from_millis(200 * 29);
        let pose = line.track().flight.at(seconds(last));
        assert!(pose.place.is_some(), "the vehicle's own clock is believed again");
        // Nothing for a while.
        let (why, since) = line.trouble(began + GONE).unwrap();
        assert!(why.contains("no place comes any more"), "{why}");
        assert_eq!(since, Some(last));
    }
}
