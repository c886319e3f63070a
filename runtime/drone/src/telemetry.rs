//! TEMPORARY
use std::path::Path;

use emberline_georeference::pose::{Flight, Heights, Lens, Place, Rotation, Sample};

use crate::refusal::Refusal;
use crate::track::{Clock, Track};

pub fn read(path: &Path, offset_s: f64) -> Result<Track, Refusal> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Refusal::new(format!("{}: {e}", path.display()), "give the telemetry's file")
    })?;
    let mut samples = Vec::new();
    for line in text.lines() {
        let v: serde_json::Value =
            serde_json::from_str(line).map_err(|e| Refusal::new(e.to_string(), "x"))?;
        let f = |k: &str| v[k].as_f64();
        let t: jiff::Timestamp =
            v["t"].as_str().unwrap_or("").parse().map_err(|_| Refusal::new("bad time", "x"))?;
        let rotation = match v["q"].as_array() {
            Some(q) => Rotation::from_body_quaternion(
                [0, 1, 2, 3].map(|k| q[k].as_f64().unwrap_or(f64::NAN)),
            ),
            None => f("yaw_deg").and_then(|y| {
                Rotation::from_yaw_pitch_roll_deg(y, f("pitch_deg")?, f("roll_deg").unwrap_or(0.0))
            }),
        };
        samples.push(Sample {
            time_s: t.as_nanosecond() as f64 * 1e-9,
            place: f("lat").and_then(|lat_deg| Some(Place { lat_deg, lon_deg: f("lon")? })),
            heights: Heights {
                above_ground_m: f("alt_agl_m"),
                msl_m: f("alt_msl_m"),
                ..Heights::default()
            },
            rotation,
            lens: Lens { hfov_deg: f("hfov_deg"), vfov_deg: None },
            ..Sample::default()
        });
    }
    let flight = Flight::new(&samples)
        .map_err(|e| Refusal::new(format!("{}: {e}", path.display()), "give another file"))?;
    Ok(Track { flight, clock: Clock::Utc, offset_s })
}
