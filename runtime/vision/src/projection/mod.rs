//! Projections taken apart: read from PROJ strings and GeoTIFF keys, told as GeoTIFF keys, CF attributes
//! and WKT.
//!
//! | file | holds |
//! |---|---|
//! | `projection` | a PROJ string as method, numbers, ellipsoid, datum and unit |
//! | `method` | which methods there are, and what each and its numbers are called in the four languages |
//! | `words` | a PROJ string's words and numbers |
//! | `geokeys` | GeoTIFF keys, both ways |
//! | `cf`, `wkt` | attributes of a NetCDF grid mapping, and WKT 2 |

mod cf;
mod geokeys;
mod method;
mod projection;
mod wkt;
mod words;

pub(crate) use cf::Attribute;
pub(crate) use geokeys::{GeoKeys, Key, proj_of_keys};
pub(crate) use projection::{LEAST_AXIS_M, Projection};
