//! Pictures by hand: a canvas with soft edges, a pen font, and the colours of every product.
//!
//! The same pixels on every machine, which a golden picture can hold, without a font file to license.

mod canvas;
mod font;
pub mod palette;
mod polygon;

pub use canvas::{Canvas, text_width};
pub use polygon::{Polygon, Ring, distance};
