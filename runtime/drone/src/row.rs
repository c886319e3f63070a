//! Rows of `frames.ndjson`: how each frame was laid.

use emberline_vision::frame::Frame;
use jiff::Timestamp;
use serde::Serialize;

/// How one frame was laid.
#[derive(Clone, Debug, Serialize)]
pub struct FrameRow {
    /// Counted from 0.
    pub frame: usize,
    /// Seconds since the first.
    pub time_s: f64,
    /// Wall time, where the film tells it.
    pub time_utc: Option<Timestamp>,
    /// How it was laid.
    #[serde(flatten)]
    pub laid: Laid,
}

/// How a frame was laid on the ground.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Laid {
    /// `first` of a map, `steadied` on it, `telemetry` alone, `lost`, or `no-pose`.
    pub how: &'static str,
    /// Corners of the map that were followed into it and back.
    pub tracks: usize,
    /// Those that agree with one another.
    pub inliers: usize,
    /// How far those are off, root mean square, metres (pixels without a map).
    pub off_m: Option<f64>,
    /// Which map, counted from 1: ground of different ones agrees by telemetry only.
    pub map: usize,
    /// Whether it had a vote for what burns.
    pub counts: bool,
    /// Its pixels that burn.
    pub burning_px: usize,
    /// Row by row, from metres east and north of `drone.json`'s origin on level ground (pixels of the first frame to
    /// the right and down without a map) to this frame's pixels, bending of the lens taken out; `None` over a height
    /// model.
    pub ground_to_pixel: Option<[f64; 9]>,
}

impl FrameRow {
    pub(crate) fn new(index: usize, frame: &Frame, laid: Laid) -> Self {
        Self { frame: index, time_s: frame.time_s(), time_utc: frame.time.utc, laid }
    }
}
