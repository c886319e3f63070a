//! What lies on the disk beside an alert: its picture, and its forecast's isochrones where they lie on a map.

use std::fs;
use std::path::{Component, Path};

use geojson::{FeatureCollection, GeometryValue, JsonObject};

use crate::alert::Alert;

/// Largest picture and isochrones that are read, bytes.
const PICTURE_BYTES: u64 = 8_000_000;
const ISOCHRONES_BYTES: u64 = 32_000_000;
/// What the file of isochrones says of its coordinates where they are degrees.
const DEGREES: &str = "WGS 84 longitude, latitude";

/// Rings of a polygon, each closed, the outer one first: degrees east and north.
pub type Rings = Vec<Vec<[f64; 2]>>;

/// What shows an alert.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Its picture: the forecast drawn over the frame, or the frame that raised it.
    pub picture: Option<Picture>,
    /// Where its forecast says the front is, by lead; none where that lies on no map.
    pub isochrones: Vec<Isochrone>,
}

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its file, below the data folder.
    pub file: String,
    /// What it is, as the web says it.
    pub mime: &'static str,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// What is said to have burnt by a lead.
#[derive(Clone, Debug, PartialEq)]
pub struct Isochrone {
    /// The lead; 0 is what has burnt.
    pub lead_s: f64,
    /// The areas.
    pub polygons: Vec<Rings>,
    /// What else the forecast says of it.
    pub properties: JsonObject,
}

impl Evidence {
    /// What lies beside `alert` in the data folder: what is not there is left out.
    #[must_use]
    pub fn read(data: &Path, alert: &Alert) -> Self {
        let below = |path: &str| {
            // Only what a station writes is looked at.
            let is_plain = Path::new(path).components().all(|c| matches!(c, Component::Normal(_)));
            is_plain.then(|| data.join(path))
        };
        let forecast = alert.forecast.as_deref();
        let overlay = forecast.map(|folder| format!("{folder}/overlay.png"));
        let pictures = overlay.iter().chain(&alert.frame).filter_map(|file| {
            let bytes = limited(&below(file)?, PICTURE_BYTES)?;
            Some(Picture { file: file.clone(), mime: mime(file)?, bytes })
        });
        let folder = forecast.and_then(below);
        let isochrones = folder.and_then(|folder| {
            isochrones(&limited(&folder.join("isochrones.geojson"), ISOCHRONES_BYTES)?)
        });
        let picture = { pictures }.next();
        Self { picture, isochrones: isochrones.unwrap_or_default() }
    }

    /// What has burnt by the first of the leads that is `lead_s` or later.
    pub(super) fn by(&self, lead_s: f64) -> Option<&Isochrone> {
        // Leads are whole seconds, or halves.
        self.isochrones.iter().find(|isochrone| isochrone.lead_s >= lead_s - 0.01)
    }
}

fn limited(path: &Path, most: u64) -> Option<Vec<u8>> {
    let is_small = fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() <= most);
    is_small.then(|| fs::read(path).ok()).flatten()
}

/// What the web calls a picture, by the ending of its name.
fn mime(file: &str) -> Option<&'static str> {
    Some(match file.rsplit_once('.')?.1 {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "tif" | "tiff" => "image/tiff",
        _ => return None,
    })
}

/// The isochrones of a file, by lead; `None` where they lie on no map, or it is no such file.
pub(super) fn isochrones(bytes: &[u8]) -> Option<Vec<Isochrone>> {
    let all: FeatureCollection = serde_json::from_slice(bytes).ok()?;
    let coordinates = all.foreign_members.as_ref()?.get("emberline:coordinates")?;
    if coordinates != DEGREES {
        return None;
    }
    let mut found: Vec<Isochrone> = all
        .features
        .into_iter()
        .filter_map(|feature| {
            let properties = feature.properties?;
            let GeometryValue::MultiPolygon { coordinates } = feature.geometry?.value else {
                return None;
            };
            let polygons = coordinates.iter().map(|polygon| {
                polygon.iter().map(|ring| ring.iter().map(|at| point(at.as_slice())).collect())
            });
            let polygons = polygons.map(Iterator::collect).collect::<Option<Vec<Rings>>>()?;
            Some(Isochrone { lead_s: properties.get("lead_s")?.as_f64()?, polygons, properties })
        })
        .collect();
    found.sort_by(|a, b| a.lead_s.total_cmp(&b.lead_s));
    Some(found)
}

fn point(at: &[f64]) -> Option<[f64; 2]> {
    let at = [*at.first()?, *at.get(1)?];
    (at.iter().all(|v| v.is_finite()) && at[1].abs() <= 90.0).then_some(at)
}

/// Whether a polygon lies within the map's edges: one that crosses the 180th meridian has numbers beyond it.
pub(super) fn is_within(polygon: &Rings) -> bool {
    polygon.iter().flatten().all(|[lon, _]| lon.abs() <= 180.0)
}
