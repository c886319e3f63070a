//! Geodesy: places of the Earth and metres of a map.

mod utm;

pub use utm::{Local, Utm, UtmError};
