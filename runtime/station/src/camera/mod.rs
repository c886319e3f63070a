//! Cameras: each read by a thread of its own, which never ends and never waits without a deadline.
//!
//! ```text
//! feed (sim, drop_folder, http, v4l2) ──▶ worker ──▶ camera: frames (ring, tracker) and record ──▶ state
//! ```

mod camera;
mod cameras;
mod drop_folder;
mod feed;
mod frames;
mod http;
mod intake;
mod look;
mod memory;
mod record;
mod sim_feed;
mod state;
#[cfg(target_os = "linux")]
mod v4l2;
mod view;
mod worker;

pub use camera::{Camera, NewestForecast};
pub(crate) use cameras::Cameras;
pub use feed::{Fault, Feed, Got, Shot};
pub use frames::Ending;
pub use http::{NoStream, Part, Splitter};
pub use look::Look;
pub use record::{Forecasts, Taken};
pub use state::{Facts, State};
pub use worker::{Open, Worker};
