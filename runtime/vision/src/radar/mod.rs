//! Radar: sequences of rain from what weather services give out, in a folder of files or alone: a reader
//! a format, and one a service whose layout is its own.
//!
//! Each file becomes a `Scan` (mm/h, NaN no data, UTC time, place), the scans become a
//! [`Sequence`], and what is missing, repeated, late or set right is in its notes. Unit, projection
//! and time are never guessed.

mod around;
#[cfg(feature = "odim")]
mod cf;
mod clock;
mod content;
mod error;
mod files;
mod format;
mod geotags;
mod geotiff;
mod glance;
#[cfg(feature = "grib")]
mod grib2;
mod ground;
#[cfg(feature = "odim")]
mod hdf5;
pub(crate) mod health;
#[cfg(feature = "odim")]
mod knmi;
mod layout;
mod limits;
mod meteonet;
mod meteoswiss;
#[cfg(feature = "odim")]
mod netcdf;
mod nimrod;
mod no_data;
#[cfg(feature = "odim")]
mod odim;
mod options;
mod packed;
mod pgm;
mod radolan;
mod raster;
mod raw;
mod scan;
mod sequence;
mod stored;
mod tiff_pages;
mod unit;
mod z_r;

#[cfg(test)]
mod tests;

pub use around::{Around, NoSquare};
pub use clock::NameTime;
pub(crate) use clock::whole_minutes;
pub(crate) use content::Content;
pub use error::RadarError;
pub(crate) use geotags::{Crs, GeoTags};
pub use glance::{RadarGlance, is_radar_file, time_in_name};
pub(crate) use ground::{Ground, cells_apart};
pub use no_data::{NoData, NoStoredValue};
pub use options::RadarOptions;
pub use raster::{Raster, read_raster};
pub use sequence::{RainFrame, Sequence, claims};
pub(crate) use tiff_pages::tags_of;
pub use unit::{NoRainUnit, RadarUnit};
pub use z_r::{MARSHALL_PALMER, NoZR, ZR};
