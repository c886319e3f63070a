//! A place on a map: a point or an area, as it is named.

use std::path::PathBuf;

/// Where rain is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Latitude and longitude in degrees, as a person writes them: `60.17,24.94`.
    Point(String),
    /// The polygons of a GeoJSON file, longitude and latitude in degrees.
    Area(PathBuf),
}

impl Place {
    /// What it is called, with the cells of an area.
    pub(super) fn words(&self, cells: usize) -> String {
        match self {
            Self::Point(text) => text.clone(),
            Self::Area(file) => format!("{} ({cells} cells)", file.display()),
        }
    }
}
