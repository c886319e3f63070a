//! Discovery: what Home Assistant is told of the station, so that its fires, states and alerts appear there by
//! themselves (MQTT discovery of devices, since Home Assistant 2024.11).

use std::collections::BTreeMap;

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

/// What Home Assistant was told of: its components, each with its platform.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeMap<String, Value>);

impl Told {
    /// What there is. What there was before is named with its platform alone: so it is taken away.
    pub(super) fn config(&mut self, health: &Health, alerts: &[String], pictures: bool) -> Value {
        let mut config = config(health, alerts, pictures);
        if let Some(components) = config["components"].as_object_mut() {
            for (key, component) in components.iter() {
                self.0.insert(key.clone(), component["platform"].clone());
            }
            for (key, platform) in &self.0 {
                let gone = || json!({"platform": platform});
                components.entry(key.clone()).or_insert_with(gone);
            }
        }
        config
    }
}

fn config(health: &Health, alerts: &[String], pictures: bool) -> Value {
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
        let name = &source.name;
        let key = format!("{}_{}", source.sort, id(name));
        add(
            format!("{key}_state"),
            format!("{name} {}", source.sort),
            json!({"platform": "sensor", "device_class": "enum", "options": states,
                   "state_topic": format!("emberline/{station}/source/{name}"),
                   "value_template": "{{ value_json.state }}", "entity_category": "diagnostic"}),
        );
        if pictures {
            add(
                format!("{key}_picture"),
                format!("{name} forecast"),
                json!({"platform": "image", "content_type": "image/png",
                       "image_topic": format!("emberline/{station}/picture/{name}")}),
            );
        }
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
        // A word that it does not know would leave all as it was.
        "availability": [{"topic": format!("emberline/{station}/available"),
                          "value_template": "{{ 'online' if value == 'online' else 'offline' }}"}],
        "components": components,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::camera::Camera;
    use crate::config::Config;
    use crate::source::Source;
    use crate::store::StoreFacts;

    fn health(cameras: &[&str]) -> Health {
        let mut text = "name = \"a-b\"\nlat = 1.0\nlon = 2.0\n".to_owned();
        for camera in cameras {
            text += &format!("[[camera]]\nname = \"{camera}\"\nfrom = \"sim:fire\"\n");
        }
        let config = Config::parse("s.toml", &text).unwrap();
        let cameras: Vec<Camera> = config.cameras.iter().cloned().map(Camera::new).collect();
        let of = cameras.iter().map(|camera| camera as &dyn Source);
        let store = StoreFacts::default();
        Health::of("a-b", of, store, &config.forecast, Duration::ZERO, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn names_that_are_alike_have_ids_of_their_own_and_what_is_gone_is_taken_away() {
        let mut told = Told::default();
        let rules =
            |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let keys = |config: &Value| {
            let components = config["components"].as_object().unwrap();
            let is_gone = |c: &Value| c.as_object().unwrap().len() == 1;
            let (gone, there): (Vec<_>, Vec<_>) =
                components.iter().map(|(k, c)| (k.clone(), c)).partition(|(_, c)| is_gone(c));
            let mut ids: Vec<_> = there.iter().map(|(_, c)| c["unique_id"].to_string()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), there.len(), "{config}");
            let names = |all: Vec<(String, &Value)>| all.into_iter().map(|(k, _)| k).collect();
            let (there, gone): (Vec<String>, Vec<String>) = (names(there), names(gone));
            (there.len(), gone)
        };
        let both = told.config(&health(&["alert-x", "y"]), &rules(&["x-fire", "fire"]), true);
        assert_eq!(keys(&both), (9, vec![]), "{both}");
        assert_eq!(
            both["components"]["camera_y_picture"]["image_topic"],
            "emberline/a-b/picture/y"
        );
        let one = told.config(&health(&["alert-x"]), &rules(&["fire"]), false);
        let gone = ["alert_x_fire", "camera_alert_x_picture", "camera_y_fire", "camera_y_picture"];
        let gone: Vec<String> =
            gone.iter().chain(&["camera_y_state"]).map(|key| (*key).to_owned()).collect();
        assert_eq!(keys(&one), (4, gone), "{one}");
        assert_eq!(one["components"]["camera_y_picture"], json!({"platform": "image"}));
        assert_eq!(told.config(&health(&["alert-x"]), &rules(&["fire"]), false), one);
        let again = told.config(&health(&["alert-x", "y"]), &rules(&["fire"]), true);
        assert_eq!(keys(&again), (8, vec!["alert_x_fire".to_owned()]), "{again}");
    }
}
