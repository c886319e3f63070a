//! Intake: what becomes of a picture that came from a camera: a frame with its time, or why it cannot be used.

use std::sync::Arc;

use emberline_vision::frame::{Film, Kind, Pixels, TimeSource};
use emberline_vision::source::{SourceError, decode_picture, settle_picture};
use jiff::Timestamp;

use super::feed::{Got, Shot};
use crate::source::Fault;

/// So many in a row that cannot be used are a fault of the camera.
const SPOILED: u32 = 6;
/// A time that the picture tells and the host's clock may differ by this.
const AGREE_S: f64 = 600.0;

/// Takes in the pictures of one camera.
#[derive(Debug)]
pub(super) struct Intake {
    kind: Kind,
    spoiled: u32,
    /// The newest time that a picture told, and when it first came.
    told: Option<(Timestamp, Timestamp)>,
}

impl Intake {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, spoiled: 0, told: None }
    }

    /// A PNG, JPEG, TIFF or PGM that came at `came`.
    pub(super) fn encoded(&mut self, bytes: &[u8], came: Timestamp) -> Result<Got, Fault> {
        let film = decode_picture("its picture", bytes, self.kind);
        self.picture(film, came)
    }

    /// The values of a picture that came at `came`.
    pub(super) fn values(&mut self, pixels: Pixels, came: Timestamp) -> Result<Got, Fault> {
        let film = settle_picture("its picture", pixels, self.kind);
        self.picture(film, came)
    }

    /// One that cannot be used, as such things happen.
    pub(super) fn spoiled(&mut self, why: String) -> Result<Got, Fault> {
        self.unusable(why, false)
    }

    fn picture(&mut self, film: Result<Film, SourceError>, came: Timestamp) -> Result<Got, Fault> {
        let film = match film {
            Ok(film) => film,
            Err(SourceError::Refused { what, fix, .. }) => {
                return self.unusable(format!("{what}; {}", in_words_of_a_station(&fix)), true);
            }
            Err(SourceError::Damaged { what, .. }) => {
                return self.unusable(format!("its picture {what}"), false);
            }
            Err(cause) => return self.unusable(cause.to_string(), false),
        };
        let Some(frame) = film.frames.into_iter().next() else {
            return self.unusable("its picture shows nothing".to_owned(), false);
        };
        self.spoiled = 0;
        let (taken, time_source) = self.when(frame.time.utc, frame.time.source, came);
        let (pixels, grid) = (Arc::clone(&frame.pixels), film.grid);
        Ok(Got::Shot(Box::new(Shot {
            pixels,
            grid,
            taken,
            time_source,
            new_scene: false,
            stream: None,
        })))
    }

    /// Six in a row are told as a fault, with the last reason: a camera that sends nothing else is no camera.
    fn unusable(&mut self, why: String, refused: bool) -> Result<Got, Fault> {
        self.spoiled += 1;
        if self.spoiled < SPOILED {
            return Ok(Got::Spoiled(why));
        }
        let why = format!("none of {SPOILED} pictures in a row can be used: {why}");
        Err(Fault { refused, why })
    }

    /// When a picture was taken that tells `utc` and came at `came`.
    ///
    /// A camera that sends one picture again and again sends its time again too. It shows that picture now: the
    /// time goes on as the host's does, so that what is frozen is seen to be.
    fn when(
        &mut self,
        utc: Option<Timestamp>,
        source: TimeSource,
        came: Timestamp,
    ) -> (Timestamp, TimeSource) {
        let near = |told: &Timestamp| came.duration_since(*told).as_secs_f64().abs() <= AGREE_S;
        let Some(utc) = utc.filter(near) else {
            self.told = None;
            return (came, TimeSource::Host);
        };
        let first_came = match self.told {
            Some((told, first_came)) if told == utc => first_came,
            _ => came,
        };
        self.told = Some((utc, first_came));
        (utc.saturating_add(came.duration_since(first_came)).unwrap_or(utc), source)
    }
}

/// `fix` as a configuration says it.
fn in_words_of_a_station(fix: &str) -> String {
    if fix.contains("‹palette›") {
        let fix =
            "set the camera to grey (white-hot), or kind = \"rgb\" if it is no thermal camera";
        return fix.to_owned();
    }
    let mut fix = fix.to_owned();
    for kind in ["rgb", "thermal", "mask"] {
        fix = fix.replace(&format!("‹kind› {kind}"), &format!("kind = \"{kind}\""));
    }
    fix.replace(['‹', '›'], "")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use ndarray::Array3;

    use super::*;

    #[test]
    fn times_that_pictures_tell_are_believed_within_reason() {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let at = |s: i64| start.saturating_add(SignedDuration::from_secs(s)).unwrap();
        let mut intake = Intake::new(Kind::Thermal);
        // What a picture tells, when it came, and when it was taken; seconds.
        for (told, came, want, source) in [
            (Some(-2), 0, -2, TimeSource::Exif),
            (Some(3), 5, 3, TimeSource::Exif),
            (Some(3), 10, 8, TimeSource::Exif), // the same picture again
            (Some(3), 15, 13, TimeSource::Exif),
            (Some(18), 20, 18, TimeSource::Exif),
            (None, 25, 25, TimeSource::Host),
            (Some(-3600), 30, 30, TimeSource::Host), // a clock that is wrong
            (Some(3600), 35, 35, TimeSource::Host),
            (Some(39), 40, 39, TimeSource::Exif),
        ] {
            let got = intake.when(told.map(at), TimeSource::Exif, at(came));
            assert_eq!(got, (at(want), source), "{told:?} {came}");
        }
    }

    #[test]
    fn six_in_a_row_that_cannot_be_used_are_a_fault() {
        let flat = |side| Pixels::U8(Array3::from_shape_fn((side, side, 1), |(y, ..)| y as u8));
        let mut intake = Intake::new(Kind::Thermal);
        for side in [8, 8, 8, 8, 8, 40, 8, 8, 8, 8, 8] {
            let got = intake.values(flat(side), Timestamp::UNIX_EPOCH).unwrap();
            assert_eq!(matches!(got, Got::Shot(_)), side == 40);
        }
        let fault = intake.values(flat(8), Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(
            fault.refused && fault.why.contains("frames are 8×8 pixels; each side"),
            "{fault:?}"
        );
        let fault = intake.spoiled("cut".to_owned()).unwrap_err();
        assert!(!fault.refused, "{fault:?}");
    }

    #[test]
    fn what_to_do_is_said_in_words_of_a_station() {
        for (fix, want) in [
            ("give ‹kind› thermal or mask", "give kind = \"thermal\" or mask"),
            ("hide them by a ‹mask›", "hide them by a mask"),
            ("say ‹palette› hot|rainbow, or ‹kind› rgb", "set the camera to grey"),
        ] {
            assert!(in_words_of_a_station(fix).starts_with(want), "{fix}");
        }
    }
}
