//! How radar files are read, beyond what they tell themselves.

use super::around::Around;
use super::clock::NameTime;
use super::no_data::NoData;
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
    /// The stored values that mean no data; goes before what a file says.
    pub no_data: Option<NoData>,
    /// The projection, `EPSG:3067` or a PROJ string; goes before what a file says.
    pub crs: Option<String>,
    /// The quantity of an ODIM file that is read, such as `DBZH`.
    pub quantity: Option<String>,
    /// Cells of a lower quality than this, 0 to 1, are taken as no data.
    pub least_quality: Option<f32>,
    /// Which of two times in a file's name is the frame's; asked about otherwise.
    pub name_time: Option<NameTime>,
    /// The part of the map that is kept; all of it otherwise.
    pub around: Option<Around>,
}
