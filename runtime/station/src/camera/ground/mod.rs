//! The ground of a camera: its frames laid on a map as they come, by telemetry that is listened to or by where it
//! stands; what is forecast from are films of the ground.
//!
//! ```text
//! frames ─────────────▶ laying ──▶ begun (surveyor) ──▶ a film of masks at each step's end
//! telemetry ──▶ line ─────▲                                 told: what ails it
//! ```

mod begun;
mod laying;
mod line;
mod told;

pub(super) use laying::Laying;
pub(super) use told::Told;
