//! Motion: how each cell of a film moves from one frame to the next.

pub mod farneback;
pub mod lucas_kanade;
