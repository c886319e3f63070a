//! Poses: where the camera was and how it looked when a frame was taken.
//!
//! Nothing fills a pose yet: cameras stand still, and radar frames carry their place in their grid.
//! It is there for moving cameras, whose telemetry tells it frame by frame.

/// Where a camera was and how it looked; what is not known is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pose {
    /// Where it was.
    pub position: Option<Position>,
    /// How it looked.
    pub attitude: Option<Attitude>,
}

/// A place on or above the Earth, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Degrees north.
    pub lat_deg: f64,
    /// Degrees east.
    pub lon_deg: f64,
    /// Metres above the ellipsoid, where that is known.
    pub altitude_m: Option<f64>,
}

/// How a camera looked, as rotations in this order: yaw, pitch, roll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attitude {
    /// Degrees clockwise from true north.
    pub yaw_deg: f64,
    /// Degrees above the horizon; straight down is −90.
    pub pitch_deg: f64,
    /// Degrees clockwise about the line of sight.
    pub roll_deg: f64,
}
