//! Keys: which there are, and which one was meant.

use toml::{Table, Value};

use super::error::ConfigError;

/// Sections and their keys; the first is the file's top.
pub(super) const KEYS: [(&str, &[&str]); 15] = [
    ("", TOP),
    ("camera", CAMERA),
    ("camera.ground", GROUND),
    ("radar", RADAR),
    ("alert", ALERT),
    ("mqtt", MQTT),
    ("webhook", WEBHOOK),
    ("files", &["alerts", "folder", "sender", "cap_status"]),
    ("nodes", &["ports", "baud", "every_s"]),
    ("weather", &["table", "station", "zone", "every_s"]),
    ("forecast", &["model", "engine", "every_s", "on_change_s", "leads"]),
    ("budget", &["cores", "max_temp_c", "min_memory"]),
    ("keep", &["max_age", "max_bytes", "min_free", "whole_every", "frames_every", "evidence_age"]),
    ("user", &["name", "role", "password_file", "password_env"]),
    ("web", &["listen", "names", "tiles"]),
];
const TOP: &[&str] = &[
    "name", "lat", "lon", "data", "camera", "radar", "alert", "nodes", "weather", "mqtt",
    "webhook", "files", "forecast", "budget", "keep", "user", "web",
];
const MQTT: &[&str] = &[
    "broker",
    "user",
    "password_file",
    "password_env",
    "certificate_sha256",
    "certificate_file",
    "home_assistant",
    "pictures",
];
const WEBHOOK: &[&str] =
    &["url", "certificate_sha256", "certificate_file", "on", "secret_file", "secret_env"];
const ALERT: &[&str] = &[
    "name",
    "when",
    "of",
    "hold",
    "clear",
    "quiet",
    "line",
    "area",
    "within",
    "probability",
    "at",
    "rate_mm_h",
    "least",
];
const CAMERA: &[&str] = &[
    "name",
    "from",
    "user",
    "password_file",
    "password_env",
    "transport",
    "snapshot",
    "certificate_sha256",
    "certificate_file",
    "kind",
    "every_s",
    "step_s",
    "look",
    "ground",
];
const GROUND: &[&str] = &[
    "pose",
    "camera",
    "hfov_deg",
    "ground_m",
    "dem",
    "cell_m",
    "step",
    "yaw",
    "yaw_offset_deg",
    "pose_offset_s",
    "nadir",
    "steady",
];
const RADAR: &[&str] = &[
    "name",
    "from",
    "every_s",
    "until",
    "at",
    "unit",
    "zr",
    "no_data",
    "crs",
    "quantity",
    "quality",
    "name_time",
    "around",
];
/// Likeness from which a key may be a slip for another.
const LIKE: f64 = 0.75;

/// Refuses the first key of `table` that there is not.
pub(super) fn check(file: &str, table: &Table) -> Result<(), ConfigError> {
    section(file, "", table, None)?;
    for (name, _) in &KEYS[1..] {
        // A section within one of many has both names.
        let (name, part) = name.split_once('.').map_or((*name, None), |(n, part)| (n, Some(part)));
        match table.get(name) {
            Some(Value::Table(inner)) => section(file, name, inner, part)?,
            Some(Value::Array(all)) => {
                for inner in all.iter().filter_map(Value::as_table) {
                    section(file, name, inner, part)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Refuses the first key that there is not of a section, or of the part of it that is called `part`.
fn section(file: &str, name: &str, table: &Table, part: Option<&str>) -> Result<(), ConfigError> {
    let of = table.get("name").and_then(Value::as_str);
    let (whole, before, table) = match part {
        None => (name.to_owned(), String::new(), table),
        Some(part) => match table.get(part).and_then(Value::as_table) {
            Some(inner) => (format!("{name}.{part}"), format!("{part}."), inner),
            None => return Ok(()),
        },
    };
    let known = KEYS.iter().find(|(section, _)| *section == whole).map_or(&[][..], |(_, k)| k);
    let Some(key) = table.keys().find(|key| !known.contains(&key.as_str())) else { return Ok(()) };
    let place = match (name, of) {
        ("", _) => key.clone(),
        ("camera" | "radar" | "alert" | "user", Some(of)) => format!("{name} {of}: {before}{key}"),
        _ => format!("{name}.{before}{key}"),
    };
    let near = known.iter().map(|k| (strsim::jaro_winkler(k, key), *k));
    let near = near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(like, _)| *like >= LIKE);
    let fix = match near {
        Some((_, near)) => format!("write {near}, or leave it out"),
        None => format!("there are {}", known.join(", ")),
    };
    Err(ConfigError::UnknownKey { file: file.to_owned(), place, fix })
}
