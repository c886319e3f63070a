//! Rain since the last row, whatever the station counts: a sum that climbs, the last 24 hours, or a rate.
//!
//! What a column holds is known from its name, from its shape, or from the run before; where the shape says
//! one thing and the name another, the shape is followed and told, and where it only raises a doubt,
//! the reader is asked. Nothing is invented: rain whose hour is not known is missing.

mod convert;
mod gauge;
mod note;
mod numbers;
mod shape;
mod taken;

#[cfg(test)]
mod tests;

pub use gauge::Gauge;
pub use note::RainNote;
pub use shape::RainDoubt;
pub use taken::{Taken, take};
