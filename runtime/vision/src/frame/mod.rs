//! Frames: what one camera or radar saw at one moment, when, and from where; and films of them.

mod film;
mod frame;
mod limits;
mod pixels;
mod pose;
mod time;
mod view;

pub use film::Film;
pub use frame::Frame;
pub use limits::{BYTES_MAX, SIDE_PX, sides_fit};
pub use pixels::Pixels;
pub use pose::{Attitude, Pose, Position};
pub use time::{Elapsed, FrameTime, TimeSource};
pub use view::FrameView;

pub use crate::kind::Kind;
