//! Cameras: each read by a thread of its own, which never ends and never waits without a deadline.
//!
//! ```text
//! feed (sim, drop_folder) ──▶ worker ──▶ camera: frames (ring, tracker) and record ──▶ state
//! ```

mod camera;
mod drop_folder;
mod feed;
mod frames;
mod record;
mod sim_feed;
mod worker;

pub use camera::Camera;
pub use feed::{Feed, Got, Shot};
pub use record::Taken;
pub use worker::{Open, Worker, open};
