//! What others are told of a forecast.

use emberline_vision::forecast::{Predicted, Provenance};
use serde_json::{Map, Value, json};

use crate::alert::Made;
use crate::source::NewestForecast;

/// Larger isochrones are not sent along: they lie in the forecast's folder.
const ISOCHRONES: usize = 64 << 10;

/// The message of a forecast.
pub(crate) fn body(made: &Made<'_>, newest: &NewestForecast, provenance: &Provenance) -> Value {
    let mut body = Map::new();
    let mut add = |key: &str, value: Value| drop(body.insert(key.to_owned(), value));
    add("source", json!(made.source));
    add("sort", json!(made.sort.name()));
    add("issued", json!(newest.issued));
    add("took_s", json!(newest.took_s));
    let model = format!("{}-v{}", provenance.model.name, provenance.model.version);
    add("model", json!(model));
    add("model_sha256", json!(provenance.model.sha256));
    add("engine", json!(provenance.engine));
    add("words", json!(newest.words()));
    add("lead_s", json!(made.forecast.lead_s));
    match &made.forecast.predicted {
        Predicted::Fire(burn) => {
            let count = |lead: usize| burn.by(lead).iter().filter(|burnt| **burnt).count();
            let leads = made.forecast.lead_s.len();
            add("fire_in_view", json!(made.sight.is_some_and(|sight| sight.is_fire)));
            add("burnt_now_cells", json!(made.sight.map(|sight| sight.burnt_cells)));
            add("burnt_cells", json!((0..leads).map(count).collect::<Vec<_>>()));
            add("threshold", json!(burn.threshold));
            add("cell_m", json!(made.forecast.grid.cell_m));
        }
        Predicted::Rain(_) => add("places", json!(newest.places)),
        Predicted::Film => {}
    }
    let isochrones = newest.folder.as_ref().map(|folder| folder.join("isochrones.geojson"));
    let isochrones = isochrones.and_then(|file| std::fs::read(file).ok());
    if let Some(bytes) = isochrones.filter(|bytes| bytes.len() <= ISOCHRONES)
        && let Ok(geojson) = serde_json::from_slice(&bytes)
    {
        add("isochrones", geojson);
    }
    add("notice", json!(crate::alert::NOTICE));
    Value::Object(body)
}
