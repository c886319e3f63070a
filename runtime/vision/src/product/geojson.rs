//! `isochrones.geojson`: where the front stands now and at each lead, for any map (RFC 7946).
//!
//! One feature a time, each a MultiPolygon of the area said to burn or have burnt. WGS 84 longitude
//! and latitude where the grid is on the map; else pixel coordinates, which the file then says.

use std::io::{self, Write};

use geojson::{Feature, Geometry, GeometryValue, JsonObject, Position};
use ndarray::Array2;
use serde_json::{Value, json};

use super::facts::{Facts, NOTICE};
use super::outline::{doubled_area, outlines, simplified};
use super::parts::Fire;
use super::place::Map;
use crate::clip::Clip;
use crate::forecast::Forecast;
use emberline_picture::{Polygon, Ring};

/// How far a point may lie from the line that replaces it, in cells: below what [`outlines`] keeps
/// between two lines, so that none cross.
const TOLERANCE_CELLS: f64 = 0.01;

/// Writes the collection, one feature in memory at a time.
pub(crate) fn write(
    sink: &mut impl Write,
    map: Option<&Map>,
    facts: &Facts,
    clip: &Clip,
    f: &Forecast,
    fire: Fire<'_>,
) -> io::Result<()> {
    let frame = Frame::of(map, f.grid.cell_m, f.grid.height).map_err(io::Error::other)?;
    let mut members = json!({
        "emberline:notice": NOTICE,
        "emberline:model": facts.maker,
        "emberline:issue_time": facts.issue.map(|t| t.to_string()),
        "emberline:coordinates": if map.is_some() { "WGS 84 longitude, latitude" } else { "pixel" },
        "emberline:grid": { "height": f.grid.height, "width": f.grid.width, "cell_m": f.grid.cell_m },
    });
    if let Some(masked) = &f.grid.masked {
        members["emberline:cells_masked"] = json!(masked.iter().filter(|m| **m).count());
    }
    writeln!(sink, "{{\"type\":\"FeatureCollection\",")?;
    for (key, value) in members.as_object().into_iter().flatten() {
        writeln!(sink, "{}:{value},", Value::from(key.as_str()))?;
    }
    writeln!(sink, "\"features\":[")?;
    let Fire { burning, burn } = fire;
    let burnt_now = burning.now();
    let now = burnt_now.mapv(|b| f32::from(u8::from(b)));
    let mut first = json!({ "lead_s": 0.0, "lead_min": 0.0, "observed": true, "probability": 1.0 });
    facts.add_times(&mut first, 0.0, clip.step_s);
    let feature = frame.feature(&outlines(&now.view(), 0.5), &burnt_now, first)?;
    serde_json::to_writer(&mut *sink, &feature)?;
    for (l, &lead_s) in f.lead_s.iter().enumerate() {
        let p = burn.probability.index_axis(ndarray::Axis(0), l);
        let mut properties = json!({
            "lead_s": lead_s,
            "lead_min": (lead_s / 60.0 * 1e4).round() / 1e4,
            "observed": false,
            // Through its decimal form: 0.3, not 0.30000001192092896.
            "probability": burn.threshold.to_string().parse::<f64>().unwrap_or(burn.threshold.into()),
        });
        facts.add_times(&mut properties, lead_s, clip.step_s);
        let feature = frame.feature(&outlines(&p, burn.threshold), &burn.by(l), properties)?;
        sink.write_all(b",\n")?;
        serde_json::to_writer(&mut *sink, &feature)?;
    }
    writeln!(sink, "\n]}}")
}

impl Facts {
    fn add_times(&self, properties: &mut Value, lead_s: f64, step_s: f64) {
        properties["step_s"] = step_s.into();
        properties["model"] = self.maker.as_str().into();
        if let (Some(issue), Some(valid)) = (self.issue, self.valid(lead_s)) {
            properties["issue_time"] = issue.to_string().into();
            properties["valid_time"] = valid.to_string().into();
        }
    }
}

/// Coordinates and areas of the file.
struct Frame<'a> {
    map: Option<&'a Map>,
    /// Area of a cell of each row, and its property's name.
    cell_area: Vec<f64>,
    area_name: &'static str,
    decimals: i32,
}

impl<'a> Frame<'a> {
    fn of(
        map: Option<&'a Map>,
        cell_m: Option<f64>,
        height: usize,
    ) -> Result<Self, super::error::ProductError> {
        let Some(map) = map else {
            let (area, area_name) = match cell_m {
                Some(cell_m) => (cell_m * cell_m, "area_m2"),
                None => (1.0, "area_px"),
            };
            return Ok(Self { map: None, cell_area: vec![area; height], area_name, decimals: 3 });
        };
        let cell_area = map.cell_m2_by_row()?;
        // A thousandth of a cell, a centimetre at most (a degree is 111 km).
        let cell_m = cell_area.iter().copied().fold(f64::INFINITY, f64::min).sqrt();
        let decimals = (111_000.0 / (cell_m / 1000.0)).log10().ceil().clamp(7.0, 12.0) as i32;
        Ok(Self { map: Some(map), cell_area, area_name: "area_m2", decimals })
    }

    fn feature(
        &self,
        area: &[Polygon],
        burnt: &Array2<bool>,
        mut properties: Value,
    ) -> io::Result<Feature> {
        let cells = burnt.iter().filter(|b| **b).count();
        let per_row = burnt.rows().into_iter().map(|r| r.iter().filter(|b| **b).count() as f64);
        let total: f64 = per_row.zip(&self.cell_area).map(|(n, a)| n * a).sum();
        properties["cells"] = cells.into();
        properties[self.area_name] = ((total * 100.0).round() / 100.0).into();
        let polygons = area.iter().filter_map(|p| self.polygon(p).transpose());
        let coordinates = polygons.collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
        let value = GeometryValue::MultiPolygon { coordinates };
        let properties: Option<JsonObject> = properties.as_object().cloned();
        Ok(Feature {
            geometry: Some(Geometry::new(value)),
            properties,
            bbox: None,
            id: None,
            foreign_members: None,
        })
    }

    /// Closed rings, the outer one counter-clockwise in the file's numbers, holes clockwise.
    fn polygon(
        &self,
        p: &Polygon,
    ) -> Result<Option<Vec<Vec<Position>>>, super::error::ProductError> {
        let mut out = Vec::with_capacity(1 + p.holes.len());
        for (i, ring) in p.rings().enumerate() {
            let mut ring = self.ring(ring)?;
            if ring.len() < 3 {
                if i == 0 {
                    return Ok(None);
                }
                continue;
            }
            if (doubled_area(&ring) > 0.0) != (i == 0) {
                ring.reverse();
            }
            ring.push(ring[0]);
            out.push(ring.into_iter().map(Position::from).collect());
        }
        Ok(Some(out))
    }

    fn ring(&self, ring: &Ring) -> Result<Ring, super::error::ProductError> {
        let tenth = 10f64.powi(self.decimals);
        let mut out: Ring = Vec::new();
        for [col, row] in simplified(ring, TOLERANCE_CELLS) {
            let [x, y] = match self.map {
                Some(map) => map.lon_lat(col, row)?,
                None => [col, row],
            };
            // Whole turns away from the first point: a fire on the 180th meridian stays in one piece.
            let turn = match (self.map, out.first()) {
                (Some(_), Some(first)) => 360.0 * ((first[0] - x) / 360.0).round(),
                _ => 0.0,
            };
            let point = [((x + turn) * tenth).round() / tenth, (y * tenth).round() / tenth];
            if out.last() != Some(&point) {
                out.push(point);
            }
        }
        while out.len() > 1 && out.first() == out.last() {
            out.pop();
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use geojson::FeatureCollection;

    use super::super::trial::Trial;
    use super::*;

    fn written(trial: &Trial) -> FeatureCollection {
        let facts = Facts::of(&trial.clip, &trial.forecast, &trial.provenance);
        let map = Map::of(&trial.forecast.grid).unwrap();
        let mut text = Vec::new();
        write(&mut text, map.as_ref(), &facts, &trial.clip, &trial.forecast, trial.fire()).unwrap();
        String::from_utf8(text).unwrap().parse().unwrap()
    }

    fn rings(feature: &Feature) -> Vec<Vec<Ring>> {
        let Some(GeometryValue::MultiPolygon { coordinates }) =
            feature.geometry.as_ref().map(|g| &g.value)
        else {
            panic!("not a MultiPolygon")
        };
        let ring = |r: &Vec<Position>| r.iter().map(|p| [p[0], p[1]]).collect();
        coordinates.iter().map(|p| p.iter().map(ring).collect()).collect()
    }

    #[test]
    fn rings_are_closed_and_follow_the_right_hand_rule() {
        // Validity itself: shapely, tests/golden/product_check.py.
        let utm = [5e5, 30.0, 0.0, 42e5, 0.0, -30.0];
        for trial in [
            Trial::ellipse(40, 60, 3),
            Trial::ellipse(40, 60, 3).speckled(),
            Trial::ellipse(40, 60, 3).speckled().on("EPSG:32611", utm, None),
        ] {
            let collection = written(&trial);
            assert_eq!(collection.features.len(), 4);
            for polygon in collection.features.iter().flat_map(rings) {
                for (i, ring) in polygon.iter().enumerate() {
                    assert!(ring.len() >= 4 && ring.first() == ring.last());
                    assert_eq!(doubled_area(ring) > 0.0, i == 0);
                }
            }
        }
    }

    #[test]
    fn a_file_says_which_coordinates_and_times_it_holds() {
        let members = |c: &FeatureCollection| c.foreign_members.clone().unwrap();
        let pixel = written(&Trial::ellipse(40, 60, 2));
        assert_eq!(members(&pixel)["emberline:coordinates"], "pixel");
        let properties = pixel.features[2].properties.clone().unwrap();
        assert_eq!(properties["lead_min"], 2.0);
        assert_eq!(properties["probability"], 0.5);
        assert_eq!(properties["valid_time"], "2026-08-03T14:07:30Z");
        assert!(properties["area_px"].as_f64().unwrap() > 0.0);
        let degrees = [23.5, 3e-4, 0.0, 38.1, 0.0, -3e-4];
        let on_a_map = written(&Trial::ellipse(40, 60, 2).on("EPSG:4326", degrees, None));
        assert_eq!(members(&on_a_map)["emberline:coordinates"], "WGS 84 longitude, latitude");
        assert!(on_a_map.features[2].properties.as_ref().unwrap().contains_key("area_m2"));
    }

    #[test]
    fn a_fire_on_the_180th_meridian_stays_in_one_piece() {
        // The meridian is at easting 358571 there (pyproj 3.7.2), 22 cells from the left: within the
        // ellipse.
        let at = [357_911.0, 30.0, 0.0, 7_213_000.0, 0.0, -30.0];
        for feature in written(&Trial::ellipse(64, 64, 2).on("EPSG:32601", at, None)).features {
            for ring in rings(&feature).concat() {
                let lon = ring.iter().map(|p| p[0]);
                let wide = lon.clone().fold(f64::MIN, f64::max) - lon.fold(f64::MAX, f64::min);
                assert!(wide < 0.1, "{wide}");
                let beyond = ring.iter().filter(|p| p[0].abs() > 180.0).count();
                assert!(beyond > 0 && beyond < ring.len());
            }
        }
    }
}
