//! A row: its values by key, and the sample that they make if they agree.

use std::collections::BTreeMap;

use emberline_georeference::pose::{Accuracy, Heights, Lens, Rotation, Sample};

use super::key::Key;
use crate::clock::Clock;
use crate::utc::{self, NoTime};
use crate::{fov, place};

/// Seconds of a film that is longer than any: what is larger counts from 1970.
const MOST_FILM_S: f64 = 1e8;

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Number(f64),
    Text(String),
    Numbers(Vec<f64>),
}

/// The values of a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row(pub(crate) BTreeMap<Key, Value>);

impl Row {
    /// The sample, and from when its time counts.
    pub(crate) fn sample(&self) -> Result<(Clock, Sample), String> {
        let (clock, time_s) = self.time()?;
        let place = match (self.within(Key::Lat, 90.0)?, self.within(Key::Lon, 360.0)?) {
            (Some(lat), Some(lon)) => match place::checked(lat, lon) {
                Some(place) => Some(place),
                None => {
                    return Err(format!(
                        "{lat}, {lon} is no place: leave lat and lon out where there is no fix"
                    ));
                }
            },
            (None, None) => None,
            (Some(_), None) => return Err("lat without lon".to_owned()),
            (None, Some(_)) => return Err("lon without lat".to_owned()),
        };
        let sample = Sample {
            time_s,
            place,
            heights: Heights {
                above_ground_m: self.number(Key::AboveGround)?,
                above_takeoff_m: self.number(Key::AboveTakeoff)?,
                msl_m: self.number(Key::Msl)?,
                ellipsoid_m: self.number(Key::Ellipsoid)?,
            },
            rotation: self.rotation()?,
            lens: Lens { hfov_deg: self.fov(Key::Hfov)?, vfov_deg: self.fov(Key::Vfov)? },
            accuracy: Accuracy {
                horizontal_m: self.at_least_0(Key::HorizontalAccuracy)?,
                vertical_m: self.at_least_0(Key::VerticalAccuracy)?,
                yaw_deg: self.at_least_0(Key::YawAccuracy)?,
            },
        };
        if place.is_none() && sample.heights != Heights::default() {
            return Err("a height without lat and lon".to_owned());
        }
        if sample == (Sample { time_s, ..Sample::default() }) {
            return Err("nothing but a time".to_owned());
        }
        Ok((clock, sample))
    }

    fn time(&self) -> Result<(Clock, f64), String> {
        match (self.0.get(&Key::Time), self.number(Key::FilmTime)?) {
            (Some(_), Some(_)) => Err("both t and time_s: write one".to_owned()),
            (None, None) => {
                Err("no time: write t, such as \"2026-08-02T14:31:07Z\", or time_s".to_owned())
            }
            (None, Some(s)) if s.abs() < MOST_FILM_S => Ok((Clock::FilmStart, s)),
            (None, Some(s)) => Err(format!(
                "time_s {s} counts from the film's first picture: write t, such as {}, for times of day",
                jiff::Timestamp::from_second(s as i64)
                    .map_or_else(|_| "\"2026-08-02T14:31:07Z\"".to_owned(), |t| format!("\"{t}\""))
            )),
            (Some(Value::Text(text)), None) => match utc::of_text(text) {
                Ok(s) => Ok((Clock::Utc, s)),
                Err(NoTime::NoZone) => {
                    let text = text.trim().replace(' ', "T");
                    Err(format!(
                        "t has no zone: write \"{text}Z\" if it is UTC, else such as \"{text}+02:00\""
                    ))
                }
                Err(NoTime::NotATime) => {
                    let text: String = text.chars().take(40).collect();
                    Err(format!("t `{text}` is no time: write such as \"2026-08-02T14:31:07.2Z\""))
                }
            },
            (Some(_), None) => {
                Err("t is no text: write such as \"2026-08-02T14:31:07.2Z\"".to_owned())
            }
        }
    }

    fn rotation(&self) -> Result<Option<Rotation>, String> {
        let angles = [
            self.within(Key::Yaw, 360.0)?,
            self.within(Key::Pitch, 90.0)?,
            self.within(Key::Roll, 360.0)?,
        ];
        let quaternion = self.quaternion()?;
        match (angles, quaternion) {
            ([None, None, None], None) => Ok(None),
            ([None, None, None], Some(q)) => Rotation::from_body_quaternion(q)
                .map(Some)
                .ok_or_else(|| "q is no rotation: all 0".to_owned()),
            ([Some(yaw), Some(pitch), roll], None) => {
                Ok(Rotation::from_yaw_pitch_roll_deg(yaw, pitch, roll.unwrap_or(0.0)))
            }
            (_, None) => {
                Err("a camera's angles want yaw_deg and pitch_deg (roll_deg is 0 if left out)"
                    .to_owned())
            }
            (_, Some(_)) => Err("both q and angles: write one".to_owned()),
        }
    }

    fn quaternion(&self) -> Result<Option<[f64; 4]>, String> {
        let parts = [Key::Qw, Key::Qx, Key::Qy, Key::Qz].map(|key| self.number(key));
        let [w, x, y, z] = parts;
        let apart = [w?, x?, y?, z?];
        match (self.0.get(&Key::Quaternion), apart) {
            (None, [None, None, None, None]) => Ok(None),
            (None, [Some(w), Some(x), Some(y), Some(z)]) => Ok(Some([w, x, y, z])),
            (Some(Value::Numbers(q)), [None, None, None, None]) => match q[..] {
                [w, x, y, z] => Ok(Some([w, x, y, z])),
                _ => Err(format!("q of {} numbers: write [w,x,y,z]", q.len())),
            },
            (None, _) => Err("qw, qx, qy, qz: all four".to_owned()),
            (Some(_), _) => Err("q: write [w,x,y,z]".to_owned()),
        }
    }

    fn number(&self, key: Key) -> Result<Option<f64>, String> {
        match self.0.get(&key) {
            None => Ok(None),
            Some(Value::Number(v)) if v.is_finite() => Ok(Some(*v)),
            Some(_) => Err(format!("{} is no number", key.name())),
        }
    }

    fn within(&self, key: Key, most: f64) -> Result<Option<f64>, String> {
        match self.number(key)? {
            Some(v) if v.abs() > most => {
                let hint =
                    if key == Key::Lat { " (are lat and lon the wrong way round?)" } else { "" };
                Err(format!("{} {v} is beyond {most}{hint}", key.name()))
            }
            v => Ok(v),
        }
    }

    fn fov(&self, key: Key) -> Result<Option<f64>, String> {
        match self.number(key)? {
            Some(v) if fov::plausible(v).is_none() => {
                Err(format!("{} {v} is no field of view", key.name()))
            }
            v => Ok(v),
        }
    }

    fn at_least_0(&self, key: Key) -> Result<Option<f64>, String> {
        match self.number(key)? {
            Some(v) if v < 0.0 => Err(format!("{} {v} is below 0", key.name())),
            v => Ok(v),
        }
    }
}
