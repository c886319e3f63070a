//! Windows: networks that see the last frames of one tile and say its next ones.
//!
//! A family that is a [`Window`] has the rest for nothing: films of any size as tiles, leads beyond the
//! network's own by rollout, burn probability that never falls, rain with extrapolation blended in, and
//! members of an ensemble where it takes noise ([`Windowed`]).

mod fire_front;
mod frames;
mod interface;
mod rain;
mod rollout;
mod tiles;
mod windowed;

pub use interface::{Noise, Window, WindowInput, WindowOutput};
pub use windowed::Windowed;
