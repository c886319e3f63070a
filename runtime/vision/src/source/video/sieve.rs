//! The sieve: which decoded pictures become frames, in colour or by their brightness.

use std::collections::VecDeque;

use ndarray::Array3;
use openh264::decoder::DecodedYUV;
use openh264::formats::YUVSource;

use super::mp4::Track;
use super::plan::Plan;
use crate::frame::{Frame, FrameTime, Kind, Pixels, TimeSource};

/// What of a picture is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Red, green, blue.
    Colour,
    /// Brightness alone.
    Brightness,
}

impl Look {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Colour => Kind::Rgb,
            Self::Brightness => Kind::Thermal,
        }
    }
}

/// Takes decoded pictures in the order shown and keeps the planned ones.
pub(super) struct Sieve {
    pub(super) track: Track,
    pub(super) plan: Plan,
    pub(super) look: Look,
    pub(super) seen: usize,
    /// Strongest mean distance from grey of any kept picture, 8 bit.
    pub(super) colour: f64,
    /// Frames that nobody has asked for yet.
    pub(super) kept: VecDeque<Frame>,
}

impl Sieve {
    /// # Errors
    /// What is wrong with the picture.
    pub(super) fn take(&mut self, picture: &DecodedYUV<'_>) -> Result<(), String> {
        let (w, h) = picture.dimensions();
        if (w, h) != (self.track.width, self.track.height) {
            return Err(format!(
                "picture {} is {h}×{w}, the index says {}×{}",
                self.seen, self.track.height, self.track.width
            ));
        }
        let at = self.seen;
        self.seen += 1;
        match self.plan.keep.get(at) {
            None => return Err("more pictures come out of it than its index tells".into()),
            Some(false) => return Ok(()),
            Some(true) => {}
        }
        let pixels = match self.look {
            Look::Colour => {
                let mut rgb = vec![0u8; w * h * 3];
                picture.write_rgb8(&mut rgb);
                Array3::from_shape_vec((h, w, 3), rgb)
            }
            Look::Brightness => {
                let (stride, _, stride_v) = picture.strides();
                let chroma = |plane: &[u8]| {
                    let sum: f64 = (0..h / 2)
                        .flat_map(|y| plane[y * stride_v..].iter().take(w / 2))
                        .map(|&v| (f64::from(v) - 128.0).abs())
                        .sum();
                    sum / (h / 2 * (w / 2)) as f64
                };
                self.colour = self.colour.max(chroma(picture.u()) + chroma(picture.v()));
                let rows = (0..h).flat_map(|y| &picture.y()[y * stride..y * stride + w]);
                Array3::from_shape_vec((h, w, 1), rows.map(|&v| full_range(v)).collect())
            }
        };
        let pixels = Pixels::U8(pixels.map_err(|e| e.to_string())?);
        let time = FrameTime::since_first(self.plan.elapsed(at), TimeSource::Container);
        self.kept.push_back(Frame::new(pixels, time));
        Ok(())
    }
}

/// Video brightness, black at 16 and white at 235, as 0..255.
pub(super) fn full_range(y: u8) -> u8 {
    ((f32::from(y) - 16.0) * 255.0 / 219.0).round().clamp(0.0, 255.0) as u8
}
