//! A radar in the configuration: the folder of its files, and what they do not tell themselves.

use std::path::PathBuf;
use std::str::FromStr;

use emberline_vision::pipeline::rain_at::LatLon;
use emberline_vision::radar::{NameTime, RadarOptions};

use super::check::Check;
use super::error::ConfigError;
use super::quantity;
use super::text::RadarText;

/// Seconds between frames, unless told.
const FRAME_EVERY_S: f64 = 300.0;
/// Most places of which it is said when rain starts.
const PLACES: usize = 16;
/// Words of choices, as they stand in the file.
const NAME_TIMES: [(&str, NameTime); 2] = [("first", NameTime::First), ("last", NameTime::Last)];

/// A radar.
#[derive(Clone, Debug, PartialEq)]
pub struct RadarConfig {
    /// What it is called: small letters, digits and dashes.
    pub name: String,
    /// The folder that somebody fills with its files.
    pub folder: PathBuf,
    /// Seconds between frames.
    pub every_s: f64,
    /// How far its forecasts reach, seconds; as far as the model's usually do where not given.
    pub until_s: Option<f64>,
    /// Where it is said when rain starts or stops.
    pub places: Vec<LatLon>,
    /// How its files are read.
    pub options: RadarOptions,
    /// The same as it stands in the file.
    typed: RadarText,
}

impl RadarConfig {
    /// As it stands in the file, defaults written out.
    pub(super) fn text(&self) -> RadarText {
        let place = |at: &LatLon| format!("{},{}", at.lat_deg, at.lon_deg);
        RadarText {
            name: Some(self.name.clone()),
            from: Some(format!("file://{}", self.folder.display())),
            every_s: Some(self.every_s),
            until: self.until_s.map(|until_s| format!("{until_s}s")),
            at: Some(self.places.iter().map(place).collect()),
            ..self.typed.clone()
        }
    }
}

impl Check<'_> {
    /// The `k`-th radar of the file, of a station at `[lat, lon]`.
    pub(super) fn radar(
        &self,
        k: usize,
        text: RadarText,
        [lat_deg, lon_deg]: [f64; 2],
    ) -> Result<RadarConfig, ConfigError> {
        let name =
            self.need(text.name.clone(), &format!("name of radar {}", k + 1), "name = \"fmi\"")?;
        let name = self.name(name, &format!("name of radar {}", k + 1))?;
        let place = |key: &str| format!("radar {name}: {key}");
        let from =
            self.need(text.from.clone(), &place("from"), "from = \"file:///data/radar/\"")?;
        let Some(folder) = from
            .strip_prefix("file://")
            .filter(|path| path.starts_with('/') && !path.trim_end_matches('/').is_empty())
        else {
            let fix = "give the whole path of the folder that is filled: file:///data/radar/";
            return self.value(&place("from"), "no folder of radar files", fix);
        };
        let every_s = text.every_s.unwrap_or(FRAME_EVERY_S);
        let every_s = self.number(every_s, [30.0, 3600.0], &place("every_s"))?;
        let until_s = match text.until.as_deref().map(quantity::span) {
            None => None,
            Some(Some(until)) => Some(until.as_secs_f64()),
            Some(None) => {
                return self.value(&place("until"), "no span of time", "give \"60min\" or \"2h\"");
            }
        };
        let places = match &text.at {
            None => vec![LatLon { lat_deg, lon_deg }],
            Some(all) if all.len() > PLACES => {
                return self.value(&place("at"), "too many places", "give 16 at most");
            }
            Some(all) => all
                .iter()
                .map(|at| at.parse().or_else(|_| self.no_place(&place("at"))))
                .collect::<Result<_, _>>()?,
        };
        let options = RadarOptions {
            unit: self.read(text.unit.as_deref(), &place("unit"))?,
            z_r: self.read(text.zr.as_deref(), &place("zr"))?.unwrap_or_default(),
            scale: None,
            no_data: self.read(text.no_data.as_deref(), &place("no_data"))?,
            crs: text.crs.clone(),
            quantity: text.quantity.clone(),
            least_quality: match text.quality {
                Some(least) => Some(self.number(least, [0.0, 1.0], &place("quality"))? as f32),
                None => None,
            },
            name_time: self.choice(text.name_time.as_deref(), &NAME_TIMES, &place("name_time"))?,
            around: self.read(text.around.as_deref(), &place("around"))?,
        };
        let folder = folder.into();
        let typed =
            RadarText { name: None, from: None, every_s: None, until: None, at: None, ..text };
        Ok(RadarConfig { name, folder, every_s, until_s, places, options, typed })
    }

    fn no_place<T>(&self, place: &str) -> Result<T, ConfigError> {
        self.value(place, "no place", "give [\"60.17,24.94\"]: degrees north, degrees east")
    }

    /// What is written as the program's own flags take it.
    fn read<T: FromStr>(&self, text: Option<&str>, place: &str) -> Result<Option<T>, ConfigError>
    where
        T::Err: std::fmt::Display,
    {
        match text.map(str::parse) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(cause)) => {
                let said = T::Err::to_string(&cause);
                let (what, fix) = said.split_once(": ").unwrap_or((&said, "see docs/radar.md"));
                self.value(place, what, fix)
            }
        }
    }
}
