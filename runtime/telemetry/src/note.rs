//! Notes: what a person should know of a telemetry, worded in one place.

use std::fmt;

/// Notes of one telemetry that are kept; there are never so many kinds.
const MOST_NOTES: usize = 32;

/// What a person should know of a telemetry.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// This vehicle was taken; others that were heard.
    Vehicle {
        /// Its system id.
        system: u8,
        /// The others.
        others: Vec<u8>,
    },
    /// Places without a heartbeat of an autopilot.
    NoVehicle {
        /// System ids that were heard.
        heard: Vec<u8>,
    },
    /// The vehicle never told the time of day.
    NoWallTime,
    /// The recorder's clock stands for the vehicle's, which told none.
    RecorderTime,
    /// The vehicle's clock was set while it flew.
    ClockJumped {
        /// Seconds forward.
        by_s: f64,
    },
    /// The vehicle started again.
    Restarted,
    /// The gimbal has a clock of its own; its angles are dated by when they came.
    GimbalClock,
    /// Angles of a gimbal were left out, since mount angles were given.
    GimbalIgnored,
    /// Angles of a second gimbal were left out.
    OtherGimbal {
        /// The one that was taken.
        taken: u8,
        /// The one that was not.
        other: u8,
    },
    /// No angles of a camera, and no mount angles.
    NoAngles,
    /// A camera's orientation in `CAMERA_FOV_STATUS` whose frame nobody tells.
    OrientationFrame,
    /// Two fields of view that differ; none was taken.
    LensesDiffer {
        /// Degrees.
        hfov_deg: [f64; 2],
    },
    /// A field of view from a focal length for 35 mm film.
    From35mm,
    /// A focal length that cannot be turned into a field of view for certain.
    FocalLengthUnclear,
    /// A height whose zero is not told was left out.
    HeightUnclear,
    /// Places were told as latitude, longitude where longitude comes first elsewhere.
    LatitudeFirst,
    /// The height above sea level of a barometer.
    BarometricHeight,
    /// Camera angles whose zero is not told were left out.
    CameraPitchUnclear,
    /// The telemetry's own sum of leap seconds was told and not applied.
    LeapSeconds {
        /// As told.
        told_s: i64,
    },
    /// More than one stream of sets; all were read.
    Streams {
        /// How many.
        count: usize,
    },
    /// Bad rows, the first of them.
    BadRows {
        /// How many.
        count: u64,
        /// Line or row, and why.
        first: Vec<(u64, String)>,
    },
    /// Times are local and no zone is told.
    LocalTime,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vehicle { system, others } if others.is_empty() => {
                write!(f, "vehicle {system}")
            }
            Self::Vehicle { system, others } => write!(
                f,
                "vehicle {system}, the first that was heard; left out: {}; ‹system› names another",
                ids(others)
            ),
            Self::NoVehicle { heard } => write!(
                f,
                "no autopilot was heard; name one of these as ‹system›: {}",
                ids(heard)
            ),
            Self::NoWallTime => f.write_str(
                "the vehicle never told the time of day (SYSTEM_TIME), as it does once it has a fix",
            ),
            Self::RecorderTime => f.write_str(
                "the vehicle told no time of day: times are those of the computer that recorded it",
            ),
            Self::ClockJumped { by_s } => {
                write!(f, "the vehicle's clock was set by {by_s:+.1} s while it ran")
            }
            Self::Restarted => f.write_str("the vehicle started again while it was heard"),
            Self::GimbalClock => f.write_str(
                "the gimbal counts time by itself: its angles have the time at which they came",
            ),
            Self::GimbalIgnored => f.write_str("‹mount› is given: the gimbal's angles are left out"),
            Self::OtherGimbal { taken, other } => write!(
                f,
                "two gimbals: component {taken} is taken, {other} left out; ‹gimbal› names one"
            ),
            Self::NoAngles => f.write_str(
                "how the camera looks is not told: give ‹mount› if it is fixed to the body",
            ),
            Self::OrientationFrame => f.write_str(
                "CAMERA_FOV_STATUS tells angles, not from where: ‹yaw› earth or vehicle says it",
            ),
            Self::LensesDiffer { hfov_deg: [a, b] } => {
                write!(f, "fields of view of {a:.1} and {b:.1} degrees: none taken; give ‹hfov›")
            }
            Self::From35mm => f.write_str(
                "field of view from a focal length for 35 mm film: right to some per cent",
            ),
            Self::FocalLengthUnclear => {
                f.write_str("a focal length without a film size: no field of view; give ‹hfov›")
            }
            Self::HeightUnclear => {
                f.write_str("a height that does not say from where it counts is left out")
            }
            Self::LatitudeFirst => f.write_str(
                "GPS(…) has latitude first here: the second number would be no latitude",
            ),
            Self::BarometricHeight => f.write_str(
                "heights above sea level by barometer or without datum: off by tens of metres at times",
            ),
            Self::CameraPitchUnclear => f.write_str(
                "Camera:Pitch counts from the horizon or from straight down, by maker: \
                 left out; ‹camera_pitch› says which",
            ),
            Self::LeapSeconds { told_s } => {
                write!(f, "tag 136 tells {told_s} leap seconds: times are taken as they stand")
            }
            Self::Streams { count } => write!(f, "{count} streams of metadata, all read"),
            Self::BadRows { count, first } => {
                write!(f, "{count} bad")?;
                first.iter().try_for_each(|(line, why)| write!(f, "; line {line}: {why}"))
            }
            Self::LocalTime => f.write_str(
                "times are local without a zone: samples count from the film's start; \
                 ‹utc_offset› dates them",
            ),
        }
    }
}

fn ids(ids: &[u8]) -> String {
    let ids: Vec<String> = ids.iter().map(u8::to_string).collect();
    if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
}

/// Notes, each kind once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Vec<Note>);

impl Notes {
    /// Adds one; a note of the same kind that is there stays.
    pub(crate) fn add(&mut self, note: Note) {
        let kind = std::mem::discriminant(&note);
        let is_new = self.0.iter().all(|n| std::mem::discriminant(n) != kind);
        if is_new && self.0.len() < MOST_NOTES {
            self.0.push(note);
        }
    }

    pub(crate) fn list(&self) -> Vec<Note> {
        self.0.clone()
    }
}
