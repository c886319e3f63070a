//! `spread.geojson`: how fast and which way the front goes, at points along it (RFC 7946).

use std::io::{self, Write};

use serde_json::{Value, json};

use super::facts::Facts;
use super::geojson::{members, significant};
use super::place::Map;
use super::spread::Spread;
use crate::forecast::Forecast;

/// Writes the collection: one point a feature, where the rate is known.
pub(crate) fn write(
    sink: &mut impl Write,
    map: Option<&Map>,
    facts: &Facts,
    f: &Forecast,
    spread: &Spread,
) -> io::Result<()> {
    writeln!(sink, "{{\"type\":\"FeatureCollection\",")?;
    let mut members = members(map, facts, f);
    members["emberline:points_without_rate"] = json!(spread.unknown);
    for (key, value) in members.as_object().into_iter().flatten() {
        writeln!(sink, "{}:{value},", Value::from(key.as_str()))?;
    }
    writeln!(sink, "\"features\":[")?;
    for (k, point) in spread.points.iter().enumerate() {
        let [x, y] = match map {
            Some(map) => map.lon_lat(point.at[0], point.at[1]).map_err(io::Error::other)?,
            None => point.at,
        };
        // A centimetre, or a thousandth of a pixel.
        let tenth = if map.is_some() { 1e7 } else { 1e3 };
        let at = [x, y].map(|v| (v * tenth).round() / tenth);
        let mut properties = json!({ "spread_rate_m_min": significant(point.m_min) });
        properties[towards(map.is_some())] = tenth_deg(point.towards_deg).into();
        let geometry = json!({ "type": "Point", "coordinates": at });
        let feature = json!({ "type": "Feature", "geometry": geometry, "properties": properties });
        write!(sink, "{}{feature}", if k > 0 { ",\n" } else { "" })?;
    }
    writeln!(sink, "\n]}}")
}

/// For `forecast.json`: the front in a few numbers.
pub(crate) fn summary(spread: &Spread, is_on_a_map: bool) -> Value {
    let mut told = json!({ "points": spread.points.len(), "points_without_rate": spread.unknown });
    if let Some(all) = spread.summary() {
        told["median_m_min"] = significant(all.median_m_min).into();
        told["p90_m_min"] = significant(all.p90_m_min).into();
        told[format!("head_{}", towards(is_on_a_map)).replace("spread_", "")] =
            json!(all.head_towards_deg.map(tenth_deg));
    }
    told
}

/// From true north on a map, else from the picture's top.
fn towards(is_on_a_map: bool) -> &'static str {
    if is_on_a_map { "spread_towards_deg" } else { "spread_towards_picture_deg" }
}

fn tenth_deg(deg: f64) -> f64 {
    (deg * 10.0).round() / 10.0 % 360.0
}
