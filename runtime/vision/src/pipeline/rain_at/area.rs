//! An area of ground: the polygons of a GeoJSON file, drawn on a map.

use std::path::Path;

use geojson::{GeoJson, GeometryValue, Position};

use super::error::RainAtError;
use crate::product::place::Map;

/// One or several polygons as rings, holes among them: longitude and latitude in degrees, or column
/// and row of a map.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Area(Vec<Vec<[f64; 2]>>);

impl Area {
    /// The polygons of a file, on `map`.
    pub(super) fn read(file: &Path, map: &Map) -> Result<Self, RainAtError> {
        let name = || file.display().to_string();
        let text = std::fs::read_to_string(file)
            .map_err(|cause| RainAtError::AreaFile { file: name(), cause })?;
        let json: GeoJson = text.parse().map_err(|_| RainAtError::NotGeoJson { file: name() })?;
        let area = Self::of(&json).ok_or_else(|| RainAtError::NoPolygon { file: name() })?;
        area.on(map).ok_or_else(|| RainAtError::NowhereOnMap { file: name() })
    }

    /// The first polygon or polygons there are.
    fn of(json: &GeoJson) -> Option<Self> {
        let of = |value: &GeometryValue| -> Option<Self> {
            let ring = |r: &Vec<Position>| {
                r.iter().map(|p| Some([*p.as_slice().first()?, *p.as_slice().get(1)?])).collect()
            };
            let rings: Option<Vec<_>> = match value {
                GeometryValue::Polygon { coordinates } => coordinates.iter().map(ring).collect(),
                GeometryValue::MultiPolygon { coordinates } => {
                    coordinates.iter().flatten().map(ring).collect()
                }
                _ => None,
            };
            rings.map(Self)
        };
        match json {
            GeoJson::Geometry(g) => of(&g.value),
            GeoJson::Feature(f) => of(&f.geometry.as_ref()?.value),
            GeoJson::FeatureCollection(all) => {
                all.features.iter().find_map(|f| of(&f.geometry.as_ref()?.value))
            }
        }
    }

    /// The same in columns and rows of `map`; `None` where a corner is nowhere on its projection.
    fn on(&self, map: &Map) -> Option<Self> {
        let ring = |r: &Vec<[f64; 2]>| r.iter().map(|p| map.col_row(*p)).collect();
        self.0.iter().map(ring).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Whether a point lies inside an odd number of rings.
    pub(super) fn holds(&self, [x, y]: [f64; 2]) -> bool {
        let crossed = |ring: &Vec<[f64; 2]>| {
            let next = ring.iter().cycle().skip(1);
            let edges = ring.iter().zip(next);
            edges
                .filter(|(a, b)| {
                    (a[1] > y) != (b[1] > y)
                        && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
                })
                .count()
        };
        self.0.iter().map(crossed).sum::<usize>() % 2 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_outside() {
        let square = |a: f64, b: f64| vec![[a, a], [b, a], [b, b], [a, b]];
        let area = Area(vec![square(0.0, 10.0), square(4.0, 6.0)]);
        for (point, want) in
            [([1.0, 1.0], true), ([5.0, 5.0], false), ([11.0, 5.0], false), ([7.0, 5.0], true)]
        {
            assert_eq!(area.holds(point), want, "{point:?}");
        }
    }

    #[test]
    fn the_first_polygons_of_a_file_are_taken() {
        let polygon = r#"{"type":"Polygon","coordinates":[[[0,0],[2,0],[0,2],[0,0]]]}"#;
        let several = polygon
            .replace("Polygon", "MultiPolygon")
            .replace("[[[", "[[[[")
            .replace("]]]", "]]]]");
        let feature = |g: &str| format!(r#"{{"type":"Feature","properties":null,"geometry":{g}}}"#);
        let point = r#"{"type":"Point","coordinates":[1,1]}"#;
        let features = format!(
            r#"{{"type":"FeatureCollection","features":[{},{}]}}"#,
            feature(point),
            feature(polygon)
        );
        let triangle = Area(vec![vec![[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]]);
        for text in [polygon, &several, &feature(polygon), &features] {
            assert_eq!(Area::of(&text.parse().unwrap()), Some(triangle.clone()), "{text}");
        }
        for text in [point, &feature("null")] {
            assert_eq!(Area::of(&text.parse().unwrap()), None, "{text}");
        }
    }
}
