//! `isochrones.geojson`: where the front stands now and at each lead, for any map (RFC 7946).
//!
//! One feature a time, each a MultiPolygon of the area said to burn or have burnt. WGS 84 longitude
//! and latitude where the grid is on the map; else pixel coordinates, which the file then says.

use std::io::{self, Write};

use geojson::{Feature, Geometry, GeometryValue, JsonObject, Position};
use serde_json::{Value, json};

use super::facts::{Facts, NOTICE};
use super::moment::Moment;
use super::parts::Fire;
use super::place::Map;
use super::rings::Rings;
use crate::clip::Clip;
use crate::forecast::Forecast;

/// Writes the collection, one feature in memory at a time.
pub(crate) fn write(
    sink: &mut impl Write,
    map: Option<&Map>,
    facts: &Facts,
    clip: &Clip,
    f: &Forecast,
    fire: Fire<'_>,
) -> io::Result<()> {
    let rings = Rings::of(map, f.grid.cell_m).map_err(io::Error::other)?;
    let cells = Cells::of(map, f.grid.cell_m, f.grid.height).map_err(io::Error::other)?;
    writeln!(sink, "{{\"type\":\"FeatureCollection\",")?;
    for (key, value) in members(map, facts, f).as_object().into_iter().flatten() {
        writeln!(sink, "{}:{value},", Value::from(key.as_str()))?;
    }
    writeln!(sink, "\"features\":[")?;
    for (k, moment) in Moment::all(f, fire).enumerate() {
        let mut properties = json!({
            "lead_s": moment.lead_s,
            "lead_min": (moment.lead_s / 60.0 * 1e4).round() / 1e4,
            "observed": moment.is_observed,
            "probability": moment.probability,
        });
        facts.add_times(&mut properties, moment.lead_s, clip.step_s);
        if let Some(place_error_m) = f.grid.place_error_m {
            properties["place_error_m"] = json!(place_error_m);
        }
        if k > 0 {
            sink.write_all(b",\n")?;
        }
        serde_json::to_writer(&mut *sink, &feature(&rings, &cells, &moment, properties)?)?;
    }
    writeln!(sink, "\n]}}")
}

/// What a file of fronts says of itself.
pub(super) fn members(map: Option<&Map>, facts: &Facts, f: &Forecast) -> Value {
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
    members
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

/// Area of a cell of each row, and its property's name.
struct Cells {
    area: Vec<f64>,
    name: &'static str,
}

impl Cells {
    fn of(
        map: Option<&Map>,
        cell_m: Option<f64>,
        height: usize,
    ) -> Result<Self, super::error::ProductError> {
        Ok(match (map, cell_m) {
            (Some(map), _) => Self { area: map.cell_m2_by_row()?, name: "area_m2" },
            (None, Some(cell_m)) => Self { area: vec![cell_m * cell_m; height], name: "area_m2" },
            (None, None) => Self { area: vec![1.0; height], name: "area_px" },
        })
    }
}

fn feature(
    rings: &Rings<'_>,
    cells: &Cells,
    moment: &Moment,
    mut properties: Value,
) -> io::Result<Feature> {
    let rows = moment.burnt.rows();
    let by_row: Vec<usize> = rows.into_iter().map(|r| r.iter().filter(|b| **b).count()).collect();
    let total: f64 = by_row.iter().zip(&cells.area).map(|(n, a)| *n as f64 * a).sum();
    properties["cells"] = by_row.iter().sum::<usize>().into();
    properties[cells.name] = ((total * 100.0).round() / 100.0).into();
    let polygons = rings.polygons(&moment.areas).map_err(io::Error::other)?;
    if let Some((area_m2, perimeter_m)) = rings.measured(&polygons) {
        properties["area_ha"] = significant(area_m2 / 1e4).into();
        properties["perimeter_m"] = significant(perimeter_m).into();
    }
    let position = |ring: &Vec<[f64; 2]>| ring.iter().map(|p| Position::from(*p)).collect();
    let coordinates = polygons.iter().map(|p| p.iter().map(position).collect()).collect();
    let properties: Option<JsonObject> = properties.as_object().cloned();
    Ok(Feature {
        geometry: Some(Geometry::new(GeometryValue::MultiPolygon { coordinates })),
        properties,
        bbox: None,
        id: None,
        foreign_members: None,
    })
}

/// A number with six digits that count: a thousandth of a percent.
pub(super) fn significant(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use geojson::FeatureCollection;

    use super::super::outline::doubled_area;
    use super::super::trial::Trial;
    use super::*;
    use emberline_picture::Ring;

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
