//! What a drone or a mast camera sees, put on the ground: films of the air become films of the ground, which are
//! forecast as any other.
//!
//! ```text
//! frames ──▶ made small and straight ──▶ laid on the map of the ground ──▶ votes, step by step ──▶ a film of masks
//! telemetry ──▶ pose at each frame ────────────▲
//! ```

mod aim;
mod aim_map;
mod camera_file;
mod dem;
mod fly;
mod heat;
mod heights;
mod options;
mod picture;
mod refusal;
mod row;
mod sim;
mod survey;
mod surveyor;
mod track;

pub use camera_file::{CameraFile, LensTable, MastTable, PointTable};
pub use dem::HeightFile;
pub use fly::{Flown, FlyError, FlyOptions, fly};
pub use heights::{Datum, Ground};
pub use options::SurveyOptions;
pub use picture::span;
pub use refusal::Refusal;
pub use row::{FrameRow, Laid};
pub use sim::{Path, SimDrone};
pub use survey::{FrameCounts, SpotFacts, Survey, SurveyFacts, Timings};
pub use surveyor::Surveyor;
pub use track::Track;

pub use emberline_georeference::pose::Sample;
pub use emberline_telemetry as telemetry;
