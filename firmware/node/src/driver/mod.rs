//! Drivers: one chip a file, behind the traits of embedded-hal 1.0.
//!
//! A driver gives integers in the unit of the wire, or a [`DriverError`] that a technician can act on.
//! It never gives an old value for a new one.

mod amg88xx;
mod at24c;
mod bme280;
mod bme280_compensation;
mod ds1338;
mod error;
#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
pub(crate) mod fake_flash;
mod mlx90640;
mod nor_flash;
mod sht4x;
mod tmp105;

pub use amg88xx::Amg88xx;
pub use at24c::{At24c, Part};
pub use bme280::Bme280;
pub use bme280_compensation::Bme280Reading;
pub use ds1338::{Ds1338, EARLIEST_UNIX_S, LATEST_UNIX_S};
pub use error::DriverError;
pub use mlx90640::Mlx90640;
#[cfg(test)]
pub(crate) use mlx90640::tests as mlx90640_tests;
pub use nor_flash::{FlashPart, NorFlash};
pub use sht4x::{Sht4x, Sht4xReading};
pub use tmp105::Tmp105;
