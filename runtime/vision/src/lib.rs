//! emberline forecasts how a fire front moves in the next minutes, on the device that sees it; with
//! other models, how rain or any other film goes on.
//!
//! Data flows one way, and a room knows only the rooms to its left:
//!
//! ```text
//! source ──▶ film ──▶ clip ──▶ model | baseline ──▶ forecast ──▶ product
//!                              (ort, tract)          score
//! ```

pub mod baseline;
pub mod burnt;
pub mod clip;
mod digest;
pub mod extrapolation;
pub mod forecast;
pub mod frame;
pub mod front;
pub mod grid;
pub mod heat;
pub mod kind;
pub mod memory;
pub mod model;
pub mod motion;
mod natural;
pub mod note;
pub mod nowcast;
mod npy_header;
pub mod pipeline;
pub mod product;
mod projection;
pub mod quantile;
pub mod radar;
pub mod rain_rate;
pub mod score;
pub mod source;
mod summed_area;
pub mod task;
pub mod tracker;
