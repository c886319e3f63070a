//! A frame: what one camera or radar saw at one moment, in the unit it came in.

use jiff::Timestamp;
use ndarray::{Array2, Array3};
use serde::{Deserialize, Serialize};

use crate::grid::Grid;

/// What the values of a frame mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Intensity, larger is hotter; any camera span.
    Thermal,
    /// 0 unburnt, anything else burning or burnt.
    Mask,
    /// 8-bit colour, red first.
    Rgb,
    /// Rain rate: the 8-bit code of the contract, or mm/h with NaN for no data.
    Rain,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Thermal => "thermal",
            Self::Mask => "mask",
            Self::Rgb => "rgb",
            Self::Rain => "rain",
        })
    }
}

/// The values of one frame `[H, W, C]`, row 0 on top, kept in the type they came in.
#[derive(Clone, Debug, PartialEq)]
pub enum Pixels {
    /// 8 bit a channel.
    U8(Array3<u8>),
    /// 16 bit a channel: raw counts of a thermal camera, mostly.
    U16(Array3<u16>),
    /// Real values in the source's own unit.
    F32(Array3<f32>),
}

impl Pixels {
    /// Rows, columns, channels.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        let (h, w, c) = match self {
            Self::U8(a) => a.dim(),
            Self::U16(a) => a.dim(),
            Self::F32(a) => a.dim(),
        };
        [h, w, c]
    }

    /// The first channel as real values `[H, W]` in the source's unit.
    #[must_use]
    pub fn first_channel(&self) -> Array2<f32> {
        use ndarray::{Axis, s};
        match self {
            Self::U8(a) => a.slice(s![.., .., 0]).mapv(f32::from),
            Self::U16(a) => a.slice(s![.., .., 0]).mapv(f32::from),
            Self::F32(a) => a.index_axis(Axis(2), 0).to_owned(),
        }
    }
}

/// One frame of a source.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What was seen.
    pub pixels: Pixels,
    /// Seconds since the source's first frame.
    pub time_s: f64,
}

/// Where the times of a film come from; said in every forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeSource {
    /// `time_utc` in the file.
    Utc,
    /// `dt_s` in the file or on the command line, frames counted.
    Step,
    /// The video container's own presentation times.
    Container,
    /// Times in the names of the files.
    Name,
    /// Nothing told the step: one frame is one second, and the forecast warns.
    Assumed,
    /// A simulator made the frames.
    Simulated,
}

/// A recorded input, whole: frames in time order on one grid.
#[derive(Clone, Debug)]
pub struct Film {
    /// What the values mean.
    pub kind: Kind,
    /// Frames, oldest first, all of one shape and one value type.
    pub frames: Vec<Frame>,
    /// Where the frames lie.
    pub grid: Grid,
    /// Where `time_s` comes from.
    pub time_source: TimeSource,
    /// Wall time of the first frame, where the file tells it.
    pub start_utc: Option<Timestamp>,
    /// What was read: path or `sim:` address, as typed.
    pub name: String,
    /// SHA-256 of the input's bytes (files in name order), hex; of the address for simulators.
    pub digest: String,
    /// Things a person should know about this input, a line each.
    pub notes: Vec<String>,
}

impl Film {
    /// The usual distance between frames, seconds: the median of the differences.
    #[must_use]
    pub fn step_s(&self) -> f64 {
        let mut d: Vec<f64> = self.frames.windows(2).map(|p| p[1].time_s - p[0].time_s).collect();
        if d.is_empty() {
            return 1.0;
        }
        d.sort_by(f64::total_cmp);
        d[d.len() / 2]
    }
}
