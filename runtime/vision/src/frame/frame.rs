//! One frame: its pixels, in the unit they came in, when they were taken and from where.

use std::sync::Arc;

use super::pixels::Pixels;
use super::pose::Pose;
use super::time::FrameTime;

/// One frame of a source.
///
/// The pixels are shared: a clip and its products keep the frames they use while the stream goes on.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What was seen.
    pub pixels: Arc<Pixels>,
    /// When.
    pub time: FrameTime,
    /// Where the camera was and how it looked, where that is known.
    pub pose: Option<Pose>,
}

impl Frame {
    /// A frame whose camera's place is not known.
    #[must_use]
    pub fn new(pixels: Pixels, time: FrameTime) -> Self {
        Self { pixels: Arc::new(pixels), time, pose: None }
    }

    /// Seconds since the source's first frame.
    #[must_use]
    pub fn time_s(&self) -> f64 {
        self.time.elapsed.as_secs_f64()
    }
}
