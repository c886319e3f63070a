//! Why there is no answer about rain at a place.

use super::lat_lon::{LatLon, NotLatLon};

/// Why there is no answer about rain at a place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RainAtError {
    /// The model gives rates only.
    #[error("model {model}: tells no chances of rain; use ‹model› rain")]
    NoChances {
        /// Name and version.
        model: String,
    },
    /// The film is on no map.
    #[error("{input}: the frames do not tell where they lie; give ‹crs›, or files that do")]
    NotOnMap {
        /// As it was named.
        input: String,
    },
    /// No place was given.
    #[error("{input}: rain where? give ‹at› LAT,LON, or ‹area› FILE")]
    NoPlace {
        /// As it was named.
        input: String,
    },
    /// The place's text is no place.
    #[error(transparent)]
    NotLatLon(#[from] NotLatLon),
    /// The point lies off the map.
    #[error("‹at› {},{}: the place is not on this map; give one that is", .at.lat_deg, .at.lon_deg)]
    OffMap {
        /// The point.
        at: LatLon,
    },
    /// The area's file cannot be read.
    #[error("‹area› {file}: {cause}; give a GeoJSON file")]
    AreaFile {
        /// As it was named.
        file: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The area's file is not GeoJSON.
    #[error("‹area› {file}: not GeoJSON; give one polygon in degrees")]
    NotGeoJson {
        /// As it was named.
        file: String,
    },
    /// The area's file has nothing with an inside.
    #[error("‹area› {file}: holds no polygon; give a Polygon or MultiPolygon")]
    NoPolygon {
        /// As it was named.
        file: String,
    },
    /// The map's projection has no such point.
    #[error("‹area› {file}: a corner is nowhere on this map's projection")]
    NowhereOnMap {
        /// As it was named.
        file: String,
    },
    /// The area lies between the centres of cells, or off the map.
    #[error("‹area› {file}: no cell of this map has its centre in it; give a larger area, or ‹at›")]
    NoCell {
        /// As it was named.
        file: String,
    },
    /// A forecast came without chances.
    #[error("input {input}: no chances were told of it")]
    ForecastWithoutChances {
        /// The film's name.
        input: String,
    },
    /// The model gives no chance of that rate.
    #[error("‹rate› {rate_mm_h}: chances are told of {known} mm/h")]
    UnknownRate {
        /// As asked for.
        rate_mm_h: f32,
        /// Rates with a chance.
        known: String,
    },
    /// The radar sees nothing of the place.
    #[error("input {input}: the radar has no data there")]
    NoData {
        /// The film's name.
        input: String,
    },
}
