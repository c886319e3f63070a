//! An alert as GeoJSON (RFC 7946): its place with all that is known of it, and its forecast's isochrones.

use std::io;

use serde_json::{Value, json};

use super::evidence::Evidence;
use super::kind::Kind;
use super::sender::Sender;
use crate::alert::Alert;

/// The collection.
pub(super) fn write(alert: &Alert, sender: &Sender, evidence: &Evidence) -> io::Result<String> {
    let kind = Kind::of(alert);
    let mut properties = serde_json::to_value(alert)?;
    let at = alert.finding.lon_lat.unwrap_or([alert.station[1], alert.station[0]]);
    for (key, value) in [
        ("what", json!("alert")),
        ("is_place_known", json!(alert.finding.lon_lat.is_some())),
        ("sender", json!(sender.name)),
        ("station_name", json!(sender.station)),
        ("status", json!(sender.status_of(alert).name())),
        ("event", json!(kind.event)),
        ("category", json!(kind.category)),
        ("urgency", json!(Kind::urgency(alert))),
        ("severity", json!(kind.severity)),
        ("certainty", json!(kind.certainty(alert))),
        ("headline", json!(alert.words())),
        ("picture", json!(evidence.picture.as_ref().map(|picture| &picture.file))),
    ] {
        properties[key] = value;
    }
    let point = json!({"type": "Point", "coordinates": at});
    let mut features = vec![feature(&alert.id, &point, &properties)];
    features.extend(evidence.isochrones.iter().enumerate().map(|(k, isochrone)| {
        let shape = json!({"type": "MultiPolygon", "coordinates": isochrone.polygons});
        let mut properties = Value::Object(isochrone.properties.clone());
        (properties["what"], properties["alert"]) = (json!("isochrone"), json!(alert.id));
        feature(&format!("{}-isochrone-{k}", alert.id), &shape, &properties)
    }));
    let all = json!({"type": "FeatureCollection", "notice": alert.notice, "features": features});
    let mut text = serde_json::to_string_pretty(&all)?;
    text.push('\n');
    Ok(text)
}

fn feature(id: &str, geometry: &Value, properties: &Value) -> Value {
    json!({"type": "Feature", "id": id, "geometry": geometry, "properties": properties})
}
