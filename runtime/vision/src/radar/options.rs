//! How radar files are read, beyond what they tell themselves.

use super::around::Around;
use super::unit::RadarUnit;
use super::z_r::ZR;

/// What a person says about radar files beyond what they tell themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RadarOptions {
    /// What the values are; goes before what a file says.
    pub unit: Option<RadarUnit>,
    /// How reflectivity becomes rain.
    pub z_r: ZR,
    /// Gain and offset of stored values; goes before what a file says.
    pub scale: Option<[f64; 2]>,
    /// The stored value that means no data; goes before what a file says.
    pub no_data: Option<f64>,
    /// The projection, `EPSG:3067` or a PROJ string; goes before what a file says.
    pub crs: Option<String>,
    /// The quantity of an ODIM file that is read, such as `DBZH`.
    pub quantity: Option<String>,
    /// Cells of a lower quality than this, 0 to 1, are taken as no data.
    pub least_quality: Option<f32>,
    /// The part of the map that is kept; all of it otherwise.
    pub around: Option<Around>,
}
