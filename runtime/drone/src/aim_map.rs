//! The map of a flight: UTM with an origin near the first place.

use emberline_georeference::geodesy::{Local, Utm};
use emberline_georeference::pose::Place;

use crate::refusal::Refusal;

/// Metres that the map's origin is rounded to, so that cells of any size begin at whole ones.
const ROUND_M: f64 = 10.0;

/// A map with its origin: what ground coordinates count from.
#[derive(Debug)]
pub(crate) struct Map {
    utm: Utm,
    /// East and north of the origin, metres.
    pub(crate) origin_m: [f64; 2],
}

impl Map {
    pub(crate) fn around(place: Place) -> Result<Self, Refusal> {
        let utm = Utm::around(place)?;
        let origin_m = utm.project(place)?.map(|v| (v / ROUND_M).floor() * ROUND_M);
        Ok(Self { utm, origin_m })
    }

    /// East and north of a place, metres from the origin.
    pub(crate) fn at(&self, place: Place) -> Result<[f64; 2], Refusal> {
        let [east, north] = self.utm.project(place)?;
        Ok([east - self.origin_m[0], north - self.origin_m[1]])
    }

    /// The place at metres from the origin.
    pub(crate) fn place(&self, at_m: [f64; 2]) -> Option<Place> {
        self.utm.place([at_m[0] + self.origin_m[0], at_m[1] + self.origin_m[1]]).ok()
    }

    /// How the map lies at a place.
    pub(crate) fn local(&self, place: Place) -> Result<Local, Refusal> {
        Ok(self.utm.local(place)?)
    }

    /// As `EPSG:32633`.
    pub(crate) fn crs(&self) -> String {
        self.utm.crs()
    }
}
