//! The fire tracker: what burns and what has burnt, followed from a film's first frame on.
//!
//! Ground that burnt and cooled looks like ground that never burnt; only memory tells them apart. Each
//! frame is fed once and kept as three maps, so that a stream of months takes the memory of one frame.
//!
//! ```text
//! frame ──▶ levels: background, top, core, warm ──▶ ever a core, ever warm
//!                                                     └─▶ shape: warm ground that touches a core,
//!                                                         closed, filled, smoothed ──▶ first burnt
//! ```
//!
//! **Hysteresis**: rocks and roads rarely become as hot as the core of a fire, and neither do a fire's
//! edges, but the edges touch cores (Canny 1986). Levels are contrasts above the background, as shares
//! of the film's own running top: a camera's gain and offset cancel out.
//!
//! **Clutter**: where much warm ground is joined to no core, a scene holds rocks, roads or roofs, and
//! warm ground counts close to cores only. Where nearly all of it is, only the fire is warm, and all
//! ground that is joined to a core counts.
//!
//! **Evidence**: where a camera's gain is automatic, and in colour, the hottest thing in view looks like a
//! fire whatever it is. What is told of a fire then says whether it stands clear and moves on, or flickers.
//!
//! The shares and radii were chosen on two drone films of 208 × 120 cells and 15 s between frames;
//! docs/tracker.md has what they reach, beside a memory without hysteresis, and the command.
//!
//! A [`State`] is a tracker with the wall time it stands at, kept in a file from run to run.

mod evidence;
mod floor;
mod levels;
mod shape;
mod state;
mod state_error;
mod state_file;
mod tracker;

#[cfg(test)]
mod state_tests;
#[cfg(test)]
mod tests;

pub use state::State;
pub use state_error::StateError;
pub use tracker::Tracker;
