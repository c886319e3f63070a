//! What can be typed after `drone`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use emberline::drone::telemetry;
use jiff::Timestamp;

use super::cot::CotPick;
use super::forecast::utc;
use super::pick::Pick;
use super::span;

pub(super) const HELP: &str = "\
FILM is a film as `emberline forecast` takes it: .mp4, .npz, a folder of pictures; or a simulated flight,
sim:drone?path=hover|patrol|orbit|mower&seconds=300&noise=1&height_m=100&seed=7.
The telemetry is a .tlog or .bin of MAVLink, MPEG-TS with KLV, DJI's .SRT, pose lines (.ndjson, .csv).
A camera that stands still is told by its --camera file: [mast], or four [[point]]s.

OUTPUT holds ground.npz (burnt ground, step by step, north up in UTM), drone.json, frames.ndjson and all
that `emberline forecast` writes. Look first at OUTPUT/overlay.png.

Examples:
  emberline drone sim:drone out                     a first look: no film, no telemetry
  emberline drone flight.mp4 out --pose flight.tlog --hfov 57
  emberline drone DJI_0042.MP4 out --pose DJI_0042.SRT --nadir --hfov 61
  emberline drone flight.mp4 out --pose flight.ndjson --dem heights.tif
  emberline drone mast.mp4 out --camera mast.toml
  emberline drone flight.mp4 out --pose none        in pixels, on no map";

/// Whether pictures are laid on a map of the ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Steady {
    /// On a map of the cold ground, as the telemetry predicts.
    Auto,
    /// As the telemetry has it.
    Off,
}

/// From where the yaw of a gimbal counts; firmware says it wrongly at times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Yaw {
    /// As its messages say.
    Auto,
    /// From true north.
    Earth,
    /// From the vehicle's heading.
    Vehicle,
}

impl From<Yaw> for telemetry::Yaw {
    fn from(yaw: Yaw) -> Self {
        match yaw {
            Yaw::Auto => Self::Auto,
            Yaw::Earth => Self::Earth,
            Yaw::Vehicle => Self::Vehicle,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct DroneArgs {
    /// Film of the flight.
    pub(crate) film: String,
    /// Folder to write.
    pub(crate) output: PathBuf,
    /// Telemetry of the flight, or none [needed but for a camera file that says where a camera stands].
    #[arg(long, value_name = "FILE|none")]
    pub(crate) pose: Option<PathBuf>,
    /// Seconds to add to a frame's time before its pose is looked up: 0.1 where the telemetry is a tenth late.
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0, allow_negative_numbers = true)]
    pub(crate) pose_offset: f64,
    /// Camera file: lens, distortion, mast, points of the ground.
    #[arg(long, value_name = "FILE")]
    pub(crate) camera: Option<PathBuf>,
    /// What the camera sees from left to right, degrees; counts before all that is told otherwise.
    #[arg(long, value_name = "DEGREES")]
    pub(crate) hfov: Option<f64>,
    /// The camera looks straight down, and heads where it flies: for telemetry without angles.
    #[arg(long)]
    pub(crate) nadir: bool,
    /// From where the yaw of a MAVLink gimbal counts.
    #[arg(long, value_enum, default_value_t = Yaw::Auto)]
    pub(crate) yaw: Yaw,
    /// How the camera is fixed to the body, degrees: 0,-90,0 looks straight down. A gimbal's angles do not count then.
    #[arg(long, value_name = "YAW,PITCH,ROLL", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) mount: Option<Vec<f64>>,
    /// The MAVLink vehicle to follow [default: the first autopilot that is heard].
    #[arg(long, value_name = "ID")]
    pub(crate) system: Option<u8>,
    /// Degrees to turn the telemetry's headings by, clockwise.
    #[arg(long, value_name = "DEGREES", default_value_t = 0.0, allow_negative_numbers = true)]
    pub(crate) yaw_offset: f64,
    /// Height of level ground, metres above sea level.
    #[arg(long, value_name = "METRES", conflicts_with = "dem", allow_negative_numbers = true)]
    pub(crate) ground_m: Option<f64>,
    /// Heights of the ground above sea level: a GeoTIFF.
    #[arg(long, value_name = "FILE")]
    pub(crate) dem: Option<PathBuf>,
    /// Side of the ground's cells, metres [default: about two pixels].
    #[arg(long, value_name = "METRES")]
    pub(crate) cell: Option<f64>,
    /// Time between frames that are laid on the ground [default: 1s].
    #[arg(long, value_name = "TIME", value_parser = span::seconds)]
    pub(crate) every: Option<f64>,
    /// Whether pictures are laid on a map of the ground.
    #[arg(long, value_enum, default_value_t = Steady::Auto)]
    pub(crate) steady: Steady,
    /// Forecast though too few of the newest frames fit the map of the ground.
    #[arg(long)]
    pub(crate) force: bool,
    /// Put the flight on the ground, and forecast nothing.
    #[arg(long)]
    pub(crate) no_forecast: bool,
    /// Print drone.json on stdout.
    #[arg(long)]
    pub(crate) json: bool,
    /// Wall time of the film's first frame, such as 2026-08-01T12:00:00Z, where the film tells none.
    #[arg(long, value_name = "TIME", value_parser = utc)]
    pub(crate) start_utc: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) tak: CotPick,
    #[command(flatten)]
    pub(crate) pick: Pick,
}
