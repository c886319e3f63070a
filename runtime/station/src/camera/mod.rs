//! Cameras: each read by a thread of its own, which never ends and never waits without a deadline.
//!
//! ```text
//! feed (sim, drop_folder) ──▶ worker ──▶ camera: frames (ring, tracker) and record ──▶ state
//! ```

mod camera;
mod cameras;
mod drop_folder;
mod feed;
mod frames;
mod look;
mod memory;
mod record;
mod sim_feed;
mod state;
mod view;
mod worker;

pub use camera::{Camera, NewestForecast};
pub(crate) use cameras::Cameras;
pub use feed::{Fault, Feed, Got, Shot};
pub use frames::Ending;
pub use look::Look;
pub use record::{Forecasts, Taken};
pub use state::{Facts, State};
pub use worker::{Open, Worker};
