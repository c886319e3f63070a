//! Where on the ground: poses and pictures of a moving or a mast camera become a fixed grid of the ground.
//!
//! ```text
//! telemetry ──▶ pose (at a frame's time) ──▶ camera ──▶ ray, homography ──▶ map of cold ground ──▶ steady ground
//! ```

pub mod budget;
pub mod camera;
pub mod gather;
pub mod geodesy;
pub mod ground;
pub mod lattice;
pub mod plane;
pub mod pose;
pub mod steady;
