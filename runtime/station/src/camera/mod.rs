//! Cameras: each read by a thread of its own, which never ends and never waits without a deadline.
//!
//! ```text
//! feed (sim, drop_folder, rtsp) ──▶ worker ──▶ camera: frames (ring, tracker) and record ──▶ state
//! ```

mod camera;
mod drop_folder;
mod feed;
mod frames;
mod look;
mod record;
#[cfg(feature = "video")]
mod rtsp;
mod sim_feed;
mod state;
mod stream_facts;
mod worker;

pub use camera::{Camera, NewestForecast};
pub use feed::{Fault, Feed, Got, Shot};
pub use frames::Ending;
pub use look::Look;
pub use record::{Forecasts, Taken};
pub use state::{Facts, State};
pub use stream_facts::StreamFacts;
pub use worker::{Open, Worker, open};
