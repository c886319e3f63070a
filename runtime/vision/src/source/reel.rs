//! A reel: frames as read, before it is settled what they mean and when they were taken.

use ndarray::{Array3, Axis};

use super::{Ask, SIDE_PX, SourceError};
use crate::frame::{Elapsed, Film, Frame, FrameTime, Kind, Pixels, TimeSource};
use crate::grid::Grid;
use crate::note::{KindReason, Note};
use jiff::{SignedDuration, Timestamp};

/// Frames of one shape and type, and what the input tells about them.
#[derive(Debug, Default)]
pub(super) struct Reel {
    /// Input as typed, for messages.
    pub(super) name: String,
    /// Frames, oldest first.
    pub(super) pixels: Vec<Pixels>,
    /// Kind that the input itself tells.
    pub(super) kind: Option<Kind>,
    /// Times of the frames after the first, where the input tells them.
    pub(super) times: Option<(Vec<f64>, TimeSource)>,
    /// Seconds between frames, where the input tells that.
    pub(super) dt_s: Option<f64>,
    /// Wall time of the first frame.
    pub(super) start_utc: Option<Timestamp>,
    /// Cell size, reference system and transform, where told.
    pub(super) cell_m: Option<f64>,
    pub(super) crs: Option<String>,
    pub(super) transform: Option<[f64; 6]>,
    /// SHA-256 of the input.
    pub(super) digest: String,
    /// Things a person should know.
    pub(super) notes: Vec<Note>,
}

/// Whether `height` × `width` can be forecast.
pub(super) fn check_sides(name: &str, height: usize, width: usize) -> Result<(), SourceError> {
    if SIDE_PX.contains(&height) && SIDE_PX.contains(&width) {
        return Ok(());
    }
    let (least, most) = (SIDE_PX.start(), SIDE_PX.end());
    Err(SourceError::refused(
        name,
        format!("frames are {height}×{width} pixels"),
        format!("each side must be {least} to {most}: crop or scale them"),
    ))
}

impl Reel {
    /// The film: kind, times and grid settled, or why not.
    pub(super) fn develop(mut self, ask: &Ask) -> Result<Film, SourceError> {
        let Some(first) = self.pixels.first() else {
            return Err(SourceError::refused(
                &self.name,
                "it holds no frames",
                "give at least two frames",
            ));
        };
        let [height, width, _] = first.shape();
        check_sides(&self.name, height, width)?;
        let kind = self.settle_kind(ask)?;
        match kind {
            Kind::Rain => self.refuse_no_rain()?,
            Kind::Thermal | Kind::Mask | Kind::Rgb => self.refuse_not_finite()?,
        }
        let (times, time_source) = self.settle_times(ask);
        let grid =
            Grid { height, width, cell_m: self.cell_m, crs: self.crs, transform: self.transform };
        let frames = self
            .pixels
            .into_iter()
            .zip(times)
            .map(|(pixels, time_s)| {
                let elapsed = Elapsed::from_secs_f64(time_s).unwrap_or_default();
                let since = SignedDuration::try_from_secs_f64(time_s).ok();
                let utc = self.start_utc.zip(since).and_then(|(t, d)| t.checked_add(d).ok());
                Frame::new(pixels, FrameTime { elapsed, utc, source: time_source })
            })
            .collect();
        Ok(Film { kind, frames, grid, name: self.name, digest: self.digest, notes: self.notes })
    }

    fn refuse_not_finite(&self) -> Result<(), SourceError> {
        let (mut frames, mut values, mut first) = (0usize, 0usize, None);
        for (i, pixels) in self.pixels.iter().enumerate() {
            let Pixels::F32(a) = pixels else { return Ok(()) };
            let bad = a.iter().filter(|v| !v.is_finite()).count();
            if bad > 0 {
                first.get_or_insert(i);
                frames += 1;
                values += bad;
            }
        }
        let Some(first) = first else { return Ok(()) };
        Err(SourceError::refused(
            &self.name,
            format!(
                "{values} NaN or infinite values in {frames} frames, the first in frame {first}"
            ),
            "replace them or leave those frames out",
        ))
    }

    /// Refuses frames that are no rain: another type than code or mm/h, or rates that cannot be.
    fn refuse_no_rain(&self) -> Result<(), SourceError> {
        for (i, pixels) in self.pixels.iter().enumerate() {
            let rates = match pixels {
                Pixels::U8(_) => return Ok(()),
                Pixels::U16(_) => {
                    return Err(SourceError::refused(
                        &self.name,
                        "kind rain needs uint8 codes or float32 mm/h, these frames are uint16",
                        "convert them, or say what the values mean with ‹kind›",
                    ));
                }
                Pixels::F32(rates) => rates,
            };
            if let Some(bad) = rates.iter().find(|v| **v < 0.0 || v.is_infinite()) {
                return Err(SourceError::refused(
                    &self.name,
                    format!("frame {i} has a rain rate of {bad} mm/h"),
                    "write NaN where there is no data",
                ));
            }
        }
        Ok(())
    }

    fn settle_kind(&mut self, ask: &Ask) -> Result<Kind, SourceError> {
        if let (Some(asked), Some(told)) = (ask.kind, self.kind)
            && asked != told
        {
            self.notes.push(Note::KindOverridden { found: told, asked });
        }
        let kind = match ask.kind.or(self.kind) {
            Some(kind) => kind,
            None => {
                let (kind, because) = deduce(&self.pixels);
                self.notes.push(Note::KindDeduced { kind, because });
                kind
            }
        };
        let channels = self.pixels[0].shape()[2];
        let eight_bit = matches!(self.pixels[0], Pixels::U8(_));
        match (kind, channels) {
            (Kind::Rgb, 3) if eight_bit => Ok(kind),
            (Kind::Rgb, _) => Err(SourceError::refused(
                &self.name,
                format!(
                    "kind rgb needs 8-bit frames of 3 channels, these have {channels}{}",
                    if eight_bit { "" } else { " of another type" }
                ),
                "give ‹kind› thermal or mask, or convert the frames",
            )),
            (_, 1) => Ok(kind),
            _ if self.all_grey() => {
                for pixels in &mut self.pixels {
                    *pixels = first_channel(pixels);
                }
                self.notes.push(Note::GreyInColour);
                Ok(kind)
            }
            _ => Err(SourceError::refused(
                &self.name,
                format!("kind {kind} needs one channel, these frames have colour"),
                "give ‹kind› rgb, or convert the frames to grey",
            )),
        }
    }

    fn all_grey(&self) -> bool {
        self.pixels.iter().all(|p| match p {
            Pixels::U8(a) => a.lanes(Axis(2)).into_iter().all(|v| v.iter().all(|c| *c == v[0])),
            Pixels::U16(a) => a.lanes(Axis(2)).into_iter().all(|v| v.iter().all(|c| *c == v[0])),
            Pixels::F32(a) => a.lanes(Axis(2)).into_iter().all(|v| v.iter().all(|c| *c == v[0])),
        })
    }

    fn settle_times(&mut self, ask: &Ask) -> (Vec<f64>, TimeSource) {
        let n = self.pixels.len();
        let counted = |dt_s: f64| (0..n).map(|i| i as f64 * dt_s).collect::<Vec<f64>>();
        if let Some((times, source)) = self.times.take() {
            return (times, source);
        }
        if let Some(dt_s) = self.dt_s {
            return (counted(dt_s), TimeSource::Step);
        }
        if let Some(step_s) = ask.step_s {
            self.notes.push(Note::TimesCounted { step_s });
            return (counted(step_s), TimeSource::Step);
        }
        self.notes.push(Note::TimesAssumed);
        (counted(1.0), TimeSource::Assumed)
    }
}

/// The kind that values suggest, and why.
fn deduce(pixels: &[Pixels]) -> (Kind, KindReason) {
    if pixels[0].shape()[2] == 3 && matches!(pixels[0], Pixels::U8(_)) {
        return (Kind::Rgb, KindReason::ThreeChannels);
    }
    let two_valued = |one: f32| {
        pixels.iter().all(|p| match p {
            Pixels::U8(a) => a.iter().all(|&v| v == 0 || f32::from(v) == one),
            Pixels::U16(a) => a.iter().all(|&v| v == 0 || f32::from(v) == one),
            Pixels::F32(a) => a.iter().all(|&v| v == 0.0 || v == one),
        })
    };
    if two_valued(1.0) {
        return (Kind::Mask, KindReason::ZeroAndOne);
    }
    if two_valued(255.0) {
        return (Kind::Mask, KindReason::ZeroAnd255);
    }
    (Kind::Thermal, KindReason::ManyValues)
}

fn first_channel(pixels: &Pixels) -> Pixels {
    fn one<T: Copy>(a: &Array3<T>) -> Array3<T> {
        a.slice(ndarray::s![.., .., 0..1]).to_owned()
    }
    match pixels {
        Pixels::U8(a) => Pixels::U8(one(a)),
        Pixels::U16(a) => Pixels::U16(one(a)),
        Pixels::F32(a) => Pixels::F32(one(a)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reel(values: &[f32], channels: usize) -> Reel {
        let pixels = values
            .iter()
            .map(|&v| Pixels::U8(Array3::from_elem((32, 40, channels), v as u8)))
            .collect();
        Reel { name: "clip".into(), pixels, ..Reel::default() }
    }

    #[test]
    fn settles_what_frames_mean() {
        let asked = |kind| Ask { kind, ..Ask::default() };
        let cases = [
            // Values, channels, asked, told: kind.
            (vec![0.0, 1.0], 1, None, None, Ok(Kind::Mask)),
            (vec![0.0, 255.0], 1, None, None, Ok(Kind::Mask)),
            (vec![0.0, 2.0], 1, None, None, Ok(Kind::Thermal)),
            (vec![9.0, 9.0], 3, None, None, Ok(Kind::Rgb)),
            (vec![0.0, 1.0], 1, None, Some(Kind::Thermal), Ok(Kind::Thermal)),
            (vec![0.0, 7.0], 1, Some(Kind::Mask), Some(Kind::Thermal), Ok(Kind::Mask)),
            (vec![9.0, 9.0], 3, Some(Kind::Thermal), None, Ok(Kind::Thermal)),
            (vec![0.0, 1.0], 1, Some(Kind::Rgb), None, Err("3 channels")),
            (vec![0.0, 1.0], 1, None, Some(Kind::Rain), Ok(Kind::Rain)),
            (vec![], 1, None, None, Err("no frames")),
        ];
        for (values, channels, ask, told, want) in cases {
            let mut r = reel(&values, channels);
            r.kind = told;
            match (r.develop(&asked(ask)), want) {
                (Ok(film), Ok(kind)) => {
                    assert_eq!(film.kind, kind);
                    assert_eq!(
                        film.notes.iter().any(|n| matches!(n, Note::KindDeduced { .. })),
                        ask.or(told).is_none()
                    );
                    assert!(kind == Kind::Rgb || film.frames[0].pixels.shape()[2] == 1);
                }
                (Err(e), Err(why)) => assert!(e.to_string().contains(why), "{e}"),
                (got, want) => panic!("{got:?} is not {want:?}"),
            }
        }
    }

    #[test]
    fn settles_times_and_says_where_they_come_from() {
        let ask = |step_s| Ask { step_s, ..Ask::default() };
        let cases = [
            (None, None, TimeSource::Assumed, 1.0),
            (None, Some(5.0), TimeSource::Step, 5.0),
            (Some(2.0), Some(5.0), TimeSource::Step, 2.0),
        ];
        for (dt_s, asked, source, second) in cases {
            let r = Reel { dt_s, ..reel(&[0.0, 3.0], 1) };
            let film = r.develop(&ask(asked)).unwrap();
            assert_eq!((film.time_source(), film.frames[1].time_s()), (source, second));
            assert_eq!(
                film.notes
                    .iter()
                    .any(|n| matches!(n, Note::TimesCounted { .. } | Note::TimesAssumed)),
                dt_s.is_none()
            );
        }
    }

    #[test]
    fn rain_may_have_no_data_but_no_rate_that_cannot_be() {
        let ask = Ask { kind: Some(Kind::Rain), ..Ask::default() };
        let rates = |v: f32| Pixels::F32(Array3::from_elem((32, 32, 1), v));
        let counts = Pixels::U16(Array3::zeros((32, 32, 1)));
        for (pixels, why) in [
            (rates(f32::NAN), None),
            (rates(3.5), None),
            (rates(-9999.0), Some("a rain rate of -9999 mm/h; write NaN")),
            (rates(f32::INFINITY), Some("a rain rate of inf mm/h")),
            (counts, Some("uint8 codes or float32 mm/h, these frames are uint16")),
        ] {
            let r = Reel { pixels: vec![pixels.clone(), pixels], ..Reel::default() };
            let said = r.develop(&ask).map(|film| film.kind);
            match (said, why) {
                (Ok(kind), None) => assert_eq!(kind, Kind::Rain),
                (Err(e), Some(why)) => assert!(e.to_string().contains(why), "{e}"),
                (got, want) => panic!("{got:?} is not {want:?}"),
            }
        }
    }

    #[test]
    fn refuses_values_that_are_none() {
        let mut a = Array3::<f32>::zeros((32, 32, 1));
        let good = Pixels::F32(a.clone());
        a[[3, 4, 0]] = f32::NAN;
        a[[3, 5, 0]] = f32::INFINITY;
        let r = Reel { pixels: vec![good, Pixels::F32(a)], ..Reel::default() };
        let e = r.develop(&Ask::default()).unwrap_err().to_string();
        assert!(e.contains("2 NaN or infinite values in 1 frames, the first in frame 1"), "{e}");
    }
}
