//! Samples: what one row or message of telemetry says; a message rarely says everything.

use super::rotation::Rotation;

/// One row of telemetry; what it does not say is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// Seconds: since 1970 UTC where the telemetry has wall times, since the film's first frame otherwise.
    pub time_s: f64,
    /// Where the camera was.
    pub place: Option<Place>,
    /// How high it was.
    pub heights: Heights,
    /// How the camera looked.
    pub rotation: Option<Rotation>,
    /// What it saw at once.
    pub lens: Lens,
    /// How well the place is known.
    pub accuracy: Accuracy,
}

/// A place, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub lat_deg: f64,
    /// Degrees east.
    pub lon_deg: f64,
}

/// Heights of the camera, metres; they differ by tens of metres, and none stands for another.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heights {
    /// Above the ground below.
    pub above_ground_m: Option<f64>,
    /// Above the place of take-off.
    pub above_takeoff_m: Option<f64>,
    /// Above mean sea level.
    pub msl_m: Option<f64>,
    /// Above the ellipsoid of WGS 84.
    pub ellipsoid_m: Option<f64>,
}

/// Fields of view of the whole picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lens {
    /// From the left edge to the right, degrees.
    pub hfov_deg: Option<f64>,
    /// From top to bottom, degrees.
    pub vfov_deg: Option<f64>,
}

/// One standard deviation each, as the telemetry claims it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accuracy {
    /// Of the place, metres.
    pub horizontal_m: Option<f64>,
    /// Of the height, metres.
    pub vertical_m: Option<f64>,
    /// Of the heading, degrees.
    pub yaw_deg: Option<f64>,
}
