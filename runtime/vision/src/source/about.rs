//! What a source says of itself before its first frame.

use crate::frame::Kind;
use crate::grid::Grid;
use crate::note::Note;

/// Where frames come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// An array of an `.npz` file.
    Npz,
    /// A folder of images.
    Images,
    /// A video file.
    Video,
    /// A FLIR sequence.
    FlirSequence,
    /// Files of a weather radar.
    Radar,
    /// A simulator.
    Simulator,
    /// A camera, or whoever else pushes frames while they are taken.
    Camera,
}

/// What a source says of itself; `None` is what it does not know, or not before its first frame.
#[derive(Clone, Debug)]
pub struct About {
    /// Path or `sim:` address as typed, or the camera's name.
    pub name: String,
    /// Where its frames come from.
    pub origin: Origin,
    /// What the values mean.
    pub kind: Option<Kind>,
    /// Rows, columns and place.
    pub grid: Option<Grid>,
    /// Seconds between frames.
    pub step_s: Option<f64>,
    /// Why its frames may be a radar's though nothing says so.
    pub like_radar: Option<String>,
    /// Whether frames come while they are taken: such a source can keep a reader waiting.
    pub live: bool,
    /// Things a person should know.
    pub notes: Vec<Note>,
}

impl About {
    /// A recorded source that knows no more than its name.
    #[must_use]
    pub fn recorded(name: &str, origin: Origin) -> Self {
        Self {
            name: name.to_owned(),
            origin,
            kind: None,
            grid: None,
            step_s: None,
            like_radar: None,
            live: false,
            notes: Vec::new(),
        }
    }

    /// A camera of this name, whose frames are of one kind and lie on one grid.
    #[must_use]
    pub fn camera(name: &str, kind: Kind, grid: Grid) -> Self {
        Self {
            kind: Some(kind),
            grid: Some(grid),
            live: true,
            ..Self::recorded(name, Origin::Camera)
        }
    }
}
