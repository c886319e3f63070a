//! What a person asks of an input beyond its name.

use std::path::PathBuf;

use super::decoder_choice::VideoDecoder;
use super::palette::Palette;
use crate::frame::{Kind, TimeSource};
use crate::radar::RadarOptions;

/// What a person asks of an input beyond its name.
#[derive(Clone, Debug, Default)]
pub struct SourceOptions {
    /// What the values mean, where the person says so.
    pub kind: Option<Kind>,
    /// Name of the array in a `.npz` file; `frames` otherwise.
    pub array: Option<String>,
    /// Wanted seconds between frames: the spacing of inputs that tell none, and how densely the
    /// frames of a video are kept.
    pub step_s: Option<f64>,
    /// Seconds between the frames of an input whose own times are those of playing it, such as a
    /// timelapse, or that has none.
    pub frame_every_s: Option<f64>,
    /// A picture that says which cells are never looked at.
    pub mask: Option<PathBuf>,
    /// How a thermal film shows heat, where the person says so.
    pub palette: Option<Palette>,
    /// Who decodes a video.
    pub decoder: VideoDecoder,
    /// How radar files are read.
    pub radar: RadarOptions,
}

impl SourceOptions {
    /// The kind whose values a video is decoded to, where the person says so: colours where they are to
    /// be made heat of.
    #[cfg(feature = "video")]
    pub(super) fn decoded_kind(&self) -> Option<Kind> {
        match self.palette {
            Some(palette) if palette.has_colour() => Some(Kind::Rgb),
            Some(_) => self.kind.or(Some(Kind::Thermal)),
            None => self.kind,
        }
    }

    /// Seconds between the frames of an input that tells no times, and who says so.
    pub(super) fn step_or_assumed(&self) -> (f64, TimeSource) {
        match self.frame_every_s.or(self.step_s) {
            Some(step_s) => (step_s, TimeSource::Step),
            None => (1.0, TimeSource::Assumed),
        }
    }
}
