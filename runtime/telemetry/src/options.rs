//! Options: what a caller knows of a telemetry that it does not tell itself.

/// What a caller knows of a telemetry.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// The MAVLink system that is followed; the first autopilot that is heard otherwise.
    pub system: Option<u8>,
    /// The component whose gimbal angles are taken; the first that is heard otherwise.
    pub gimbal: Option<u8>,
    /// From where a gimbal's yaw counts.
    pub yaw: Yaw,
    /// How the camera is fixed to the body. With it a gimbal's angles are left out.
    pub mount: Option<Mount>,
    /// From where `Camera:Pitch` of a still counts.
    pub camera_pitch: CameraPitch,
}

/// From where the yaw of a gimbal counts. Firmware sets its flags wrongly at times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Yaw {
    /// As its flags say.
    #[default]
    Auto,
    /// From true north.
    Earth,
    /// From the vehicle's heading.
    Vehicle,
}

/// Angles of a camera that is fixed to a body; all 0 looks ahead along its nose.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mount {
    /// Clockwise from the nose, seen from above.
    pub yaw_deg: f64,
    /// Upwards; −90 looks down through the belly.
    pub pitch_deg: f64,
    /// Clockwise about the line of sight.
    pub roll_deg: f64,
}

/// From where `Camera:Pitch` counts in the XMP data of stills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CameraPitch {
    /// Nobody knows: left out.
    #[default]
    Unknown,
    /// From the horizon, −90 straight down.
    FromHorizon,
    /// From straight down, 90 at the horizon.
    FromNadir,
}
