//! Cameras that are video devices of this machine (Linux): USB, CSI, thermal cores of 16 bit.

mod device;
mod format;
mod raw;
mod v4l2_feed;

pub(super) use v4l2_feed::V4l2Feed;
