//! Cameras: each read by a thread of its own, which never ends and never waits without a deadline.
//!
//! ```text
//! feed (sim, drop_folder, rtsp, http, v4l2) ──▶ worker ──▶ camera: frames (ring, tracker), view and record ──▶ state
//!                                                            └─▶ ground, where frames are laid on it, ──▶ frames
//! ```

mod camera;
mod drop_folder;
mod feed;
mod frames;
mod ground;
mod http;
mod intake;
mod memory;
mod record;
#[cfg(feature = "video")]
mod rtsp;
mod sim_feed;
mod stream_facts;
#[cfg(target_os = "linux")]
mod v4l2;
mod view;
mod worker;

pub use camera::Camera;
pub use feed::{Feed, Got, Shot};
pub use http::{NoStream, Part, Splitter};
pub(crate) use memory::Memory;
pub use record::Taken;
pub use stream_facts::StreamFacts;
#[doc(hidden)]
pub use worker::open;
pub use worker::{Open, Worker};
