//! Thermal images of one node: what the parts that it sends become, and why there is no image.

mod no_image;
#[expect(clippy::module_inception, reason = "the room's noun has a file of its own")]
mod thermal;

#[cfg(test)]
mod tests;

pub use no_image::NoImage;
pub use thermal::{TempsC, Thermal, ThermalOutput};
