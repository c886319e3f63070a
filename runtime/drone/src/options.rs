//! What is asked of a flight that is put on the ground.

use crate::camera_file::CameraFile;
use crate::heights::Ground;

/// What is asked of a flight that is put on the ground.
#[derive(Clone, Debug)]
pub struct SurveyOptions {
    /// Lens, and place of a camera that stands still.
    pub camera: CameraFile,
    /// Field of view from left to right, degrees; counts before all that is told otherwise.
    pub hfov_deg: Option<f64>,
    /// What is known of the ground.
    pub ground: Ground,
    /// Side of the ground's cells, metres; by what a pixel covers where not given.
    pub cell_m: Option<f64>,
    /// Seconds between films of the ground.
    pub step_s: f64,
    /// Off: pictures are laid as telemetry has them.
    pub is_steady: bool,
    /// Degrees that the telemetry's headings are turned by, clockwise.
    pub yaw_offset_deg: f64,
    /// The camera looks straight down and heads where it flies: for telemetry without angles.
    pub is_nadir: bool,
    /// Films of the ground that are kept; all of a recorded flight, some of a live one.
    pub kept_steps: Option<usize>,
}
