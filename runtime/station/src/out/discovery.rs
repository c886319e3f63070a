//! Discovery: what Home Assistant is told of the station, so that its fires, states and alerts appear there by
//! themselves (MQTT discovery of devices, since Home Assistant 2024.11).

use serde_json::{Map, Value, json};

use crate::health::Health;
use crate::source::{Sort, State};

/// Topic of the message, and topic and payload by which Home Assistant says that it is born.
pub(super) fn topic(station: &str) -> String {
    format!("homeassistant/device/emberline_{}/config", id(station))
}
pub(super) const BIRTH: &str = "homeassistant/status";
pub(super) const BORN: &[u8] = b"online";

/// A name as Home Assistant takes it in an id.
fn id(name: &str) -> String {
    name.replace('-', "_")
}

/// What there is.
pub(super) fn config(health: &Health, alerts: &[String]) -> Value {
    let station = &health.station;
    let node = format!("emberline_{}", id(station));
    let mut components = Map::new();
    let mut add = |key: String, name: String, more: Value| {
        let mut component = json!({"unique_id": format!("{node}_{key}"), "name": name});
        if let (Some(all), Some(more)) = (component.as_object_mut(), more.as_object()) {
            all.extend(more.clone());
        }
        components.insert(key, component);
    };
    let states: Vec<&str> = State::ALL.iter().map(|state| state.name()).collect();
    for source in &health.sources {
        let (name, key) = (&source.name, id(&source.name));
        add(
            format!("{key}_state"),
            format!("{name} {}", source.sort),
            json!({"platform": "sensor", "device_class": "enum", "options": states,
                   "state_topic": format!("emberline/{station}/source/{name}"),
                   "value_template": "{{ value_json.state }}", "entity_category": "diagnostic"}),
        );
        if source.sort == Sort::Camera.name() {
            // A station that says nothing for so long is no station without a fire.
            let expires = (3.0 * source.promised_s + 60.0).ceil() as u64;
            add(
                format!("{key}_fire"),
                format!("{name} fire"),
                json!({"platform": "binary_sensor", "device_class": "heat",
                       "state_topic": format!("emberline/{station}/forecast/{name}"),
                       "value_template": "{{ 'ON' if value_json.fire_in_view else 'OFF' }}",
                       "expire_after": expires}),
            );
        }
    }
    for rule in alerts {
        add(
            format!("alert_{}", id(rule)),
            format!("alert {rule}"),
            json!({"platform": "binary_sensor", "device_class": "safety",
                   "state_topic": format!("emberline/{station}/alerts"),
                   "value_template": format!("{{{{ 'ON' if '{rule}' in value_json.open else 'OFF' }}}}")}),
        );
    }
    add(
        "blind".to_owned(),
        "blind".to_owned(),
        json!({"platform": "binary_sensor", "device_class": "problem",
               "state_topic": format!("emberline/{station}/status"),
               "value_template": "{{ 'ON' if value_json.blind else 'OFF' }}"}),
    );
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "device": {"identifiers": [node], "name": station, "manufacturer": "emberline", "sw_version": version},
        "origin": {"name": "emberline", "sw_version": version},
        "availability": [{"topic": format!("emberline/{station}/available")}],
        "components": components,
    })
}
