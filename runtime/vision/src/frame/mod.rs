//! Frames: what one camera or radar saw at one moment, when, and from where; and films of them.

mod film;
#[expect(clippy::module_inception, reason = "the room's noun has a file of its own")]
mod frame;
mod kind;
mod pixels;
mod pose;
mod time;
mod view;

pub use film::Film;
pub use frame::Frame;
pub use kind::Kind;
pub use pixels::Pixels;
pub use pose::{Attitude, Pose, Position};
pub use time::{Elapsed, FrameTime, TimeSource};
pub use view::FrameView;
