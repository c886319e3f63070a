//! A station's configuration: read, held against what can be, and written out again with its defaults.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use emberline_engine::EngineKind;

use super::alert::{ALERTS, AlertConfig};
use super::camera::{CameraConfig, CameraFrom};
use super::check::Check;
use super::error::ConfigError;
use super::files::FilesConfig;
use super::keys;
use super::out::{MqttConfig, WebhookConfig};
use super::quantity;
use super::radar::RadarConfig;
use super::readings::{NodesConfig, WeatherConfig};
use super::text::{BudgetText, CameraText, ConfigText, FilesText, ForecastText, KeepText, WebText};
use super::web::{USERS, UserConfig, WebConfig};
use crate::sun::Site;

/// Where products lie unless told.
const DATA: &str = "/var/lib/emberline";
/// Seconds between forecasts unless told, and where the fire has changed.
const FORECAST_EVERY_S: f64 = 60.0;
const ON_CHANGE_S: f64 = 15.0;
/// What is asked of the machine unless told. Boards slow down by themselves from 85 to 100 °C.
const MAX_TEMP_C: f64 = 95.0;
const MIN_MEMORY: &str = "64MB";
/// What stands for no frames at all.
const NEVER: &str = "never";
/// What is kept unless told.
const MAX_AGE: &str = "30d";
const MAX_BYTES: &str = "50GB";
const MIN_FREE: &str = "5%";
const WHOLE_EVERY: &str = "1h";
const FRAMES_EVERY: &str = "10min";
const EVIDENCE_AGE: &str = "365d";
/// The simulated fire of `sim:` alone: cells of half a metre, so that it moves while one looks.
const SIM_FIRE: &str = "sim:fire?cell_m=0.5&frames=1000";

/// A station.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// What it is called: small letters, digits and dashes.
    pub name: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// Folder of its products and its lock.
    pub data: PathBuf,
    /// What it sees scenes through; at least one of these or of `radars`.
    pub cameras: Vec<CameraConfig>,
    /// What it sees rain through.
    pub radars: Vec<RadarConfig>,
    /// Sensor nodes, where there are any.
    pub nodes: Option<NodesConfig>,
    /// Weather from readings, where there are any.
    pub weather: Option<WeatherConfig>,
    /// What somebody wants to be told.
    pub alerts: Vec<AlertConfig>,
    /// A broker that is told what it says.
    pub mqtt: Option<MqttConfig>,
    /// A server that is told of alerts.
    pub webhook: Option<WebhookConfig>,
    /// Files of alerts.
    pub files: FilesConfig,
    /// What it forecasts.
    pub forecast: ForecastConfig,
    /// What it may ask of its machine.
    pub budget: BudgetConfig,
    /// How much it keeps.
    pub keep: KeepConfig,
    /// Who may log in to its page; whoever is at the machine where there are none.
    pub users: Vec<UserConfig>,
    /// Its page.
    pub web: WebConfig,
}

/// What is forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastConfig {
    /// Model by name or folder; the usual one of a camera's kind where not given.
    pub model: Option<String>,
    /// What runs it.
    pub engine: EngineKind,
    /// Seconds between two forecasts of a camera, at least.
    pub every_s: f64,
    /// The same where the fire has changed since the last.
    pub on_change_s: f64,
    /// Leads; the model's own number where not given.
    pub leads: Option<NonZeroU32>,
}

/// What the station may ask of its machine.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetConfig {
    /// Cores that a model may take; all where not given.
    pub cores: Option<NonZeroU32>,
    /// Above this temperature no forecast is made, °C.
    pub max_temp_c: f64,
    /// With less memory left than this, bytes, no forecast is made.
    pub min_memory: u64,
}

/// How much is kept; the first limit that is reached counts.
#[derive(Clone, Debug, PartialEq)]
pub struct KeepConfig {
    /// How old a forecast or frame may become.
    pub max_age: Duration,
    /// Most bytes of all forecasts and frames.
    pub max_bytes: u64,
    /// What is left free on the disk in any case.
    pub min_free: MinFree,
    /// How often a forecast is kept with its arrays: others are kept without, in a fiftieth of the space.
    pub whole_every: Duration,
    /// How often a frame of each camera is kept as it came; never where not given.
    pub frames_every: Option<Duration>,
    /// How old a forecast may become that somebody will ask about.
    pub evidence_age: Duration,
}

/// Space that is left free.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MinFree {
    /// So many bytes.
    Bytes(u64),
    /// This share, in 0..1, of the file system.
    Share(f64),
}

impl Config {
    /// Reads the file `path`; no camera is opened.
    ///
    /// # Errors
    /// [`ConfigError`] names file, key and what to write.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|e| ConfigError::Unreadable { file: file.clone(), cause: e.to_string() })?;
        Self::parse(&file, &text)
    }

    /// The configuration that stands in `text`; `file` is its name in messages.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let syntax = |cause: toml::de::Error| {
            let before = cause.span().and_then(|span| text.get(..span.start)).unwrap_or("");
            let what = cause.message().split_whitespace().collect::<Vec<_>>().join(" ");
            let line = 1 + before.matches('\n').count();
            ConfigError::Syntax { file: file.to_owned(), line, what }
        };
        keys::check(file, &toml::from_str(text).map_err(syntax)?)?;
        Check { file }.config(toml::from_str(text).map_err(syntax)?)
    }

    /// A station that looks at a simulator and keeps its products in `data`: `address` is `sim:` alone or
    /// a whole one.
    ///
    /// # Errors
    /// [`ConfigError`] of an address that means no simulator.
    pub fn simulated(address: &str, data: &Path) -> Result<Self, ConfigError> {
        let camera = CameraText {
            name: Some("sim".to_owned()),
            from: Some(if address == "sim:" { SIM_FIRE } else { address }.to_owned()),
            every_s: Some(1.0),
            ..CameraText::default()
        };
        let text = ConfigText {
            name: Some("sim".to_owned()),
            lat: Some(40.0175),
            lon: Some(-105.2797),
            data: Some(data.display().to_string()),
            camera: vec![camera],
            radar: Vec::new(),
            nodes: None,
            weather: None,
            alert: Vec::new(),
            mqtt: None,
            webhook: None,
            files: FilesText::default(),
            forecast: ForecastText { every_s: Some(10.0), ..ForecastText::default() },
            budget: BudgetText::default(),
            keep: KeepText {
                max_bytes: Some("1GB".to_owned()),
                // A first try on a full disk is no reason to see nothing.
                min_free: Some("100MB".to_owned()),
                ..KeepText::default()
            },
            user: Vec::new(),
            web: WebText::default(),
        };
        Check { file: address }.config(text)
    }

    /// What may stand in a file, as JSON Schema (draft 2020-12).
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(ConfigText).to_value()
    }

    /// The same as [`Config::to_toml`], without users, and without what follows a `?` in an address, which may
    /// be a key: to send along with a question.
    #[must_use]
    pub fn without_secrets(&self) -> String {
        let mut config = self.clone();
        for camera in &mut config.cameras {
            if let CameraFrom::Rtsp { address, .. } | CameraFrom::Http { address, .. } =
                &mut camera.from
                && let Some((plain, _)) = address.split_once('?')
            {
                *address = format!("{plain}?(left-out)");
            }
            if let Some(login) = &mut camera.login {
                login.user = "(left out)".to_owned();
            }
        }
        if let Some(login) = config.mqtt.as_mut().and_then(|mqtt| mqtt.login.as_mut()) {
            login.user = "(left out)".to_owned();
        }
        for (k, user) in config.users.iter_mut().enumerate() {
            user.name = format!("left-out-{}", k + 1);
        }
        if let Some(webhook) = &mut config.webhook {
            // Paths of such services are keys.
            let (scheme, rest) = webhook.url.split_once("://").unwrap_or(("http", ""));
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            webhook.url = format!("{scheme}://{host}/(left-out)");
        }
        config.to_toml()
    }

    /// The whole configuration as TOML, defaults written out.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let text =
            ConfigText {
                name: Some(self.name.clone()),
                lat: Some(self.lat),
                lon: Some(self.lon),
                data: Some(self.data.display().to_string()),
                camera: self.cameras.iter().map(CameraConfig::text).collect(),
                radar: self.radars.iter().map(RadarConfig::text).collect(),
                nodes: self.nodes.as_ref().map(NodesConfig::text),
                weather: self.weather.as_ref().map(WeatherConfig::text),
                alert: self.alerts.iter().map(AlertConfig::text).collect(),
                mqtt: self.mqtt.as_ref().map(MqttConfig::text),
                webhook: self.webhook.as_ref().map(WebhookConfig::text),
                files: self.files.text(),
                forecast: ForecastText {
                    model: self.forecast.model.clone(),
                    engine: Some(self.forecast.engine.name().to_owned()),
                    every_s: Some(self.forecast.every_s),
                    on_change_s: Some(self.forecast.on_change_s),
                    leads: self.forecast.leads.map(NonZeroU32::get),
                },
                budget: BudgetText {
                    cores: self.budget.cores.map(NonZeroU32::get),
                    max_temp_c: Some(self.budget.max_temp_c),
                    min_memory: Some(format!("{}kB", self.budget.min_memory as f64 / 1e3)),
                },
                keep: KeepText {
                    max_age: Some(format!("{}s", self.keep.max_age.as_secs_f64())),
                    max_bytes: Some(format!("{}kB", self.keep.max_bytes as f64 / 1e3)),
                    min_free: Some(match self.keep.min_free {
                        MinFree::Bytes(bytes) => format!("{}kB", bytes as f64 / 1e3),
                        MinFree::Share(share) => format!("{}%", share * 100.0),
                    }),
                    whole_every: Some(format!("{}s", self.keep.whole_every.as_secs_f64())),
                    frames_every: Some(self.keep.frames_every.map_or_else(
                        || NEVER.to_owned(),
                        |every| format!("{}s", every.as_secs_f64()),
                    )),
                    evidence_age: Some(format!("{}s", self.keep.evidence_age.as_secs_f64())),
                },
                user: self.users.iter().map(UserConfig::text).collect(),
                web: self.web.text(),
            };
        toml::to_string(&text).expect("names, numbers and tables are TOML")
    }
}

impl Check<'_> {
    fn config(&self, text: ConfigText) -> Result<Config, ConfigError> {
        let name = self.need(text.name, "name", "name = \"ridge\"")?;
        let lat = self.need(text.lat, "lat", "lat = 40.0175 (degrees north)")?;
        let lon = self.need(text.lon, "lon", "lon = -105.2797 (degrees east)")?;
        let lat = self.number(lat, [-90.0, 90.0], "lat")?;
        let lon = self.number(lon, [-180.0, 180.0], "lon")?;
        let site = Site { lat, lon };
        let mut cameras: Vec<CameraConfig> = Vec::new();
        for (k, camera) in text.camera.iter().enumerate() {
            let camera = self.camera(site, k, camera)?;
            if cameras.iter().any(|c| c.name == camera.name) {
                let place = format!("camera {}", camera.name);
                return self.value(&place, "two have this name", "give each its own");
            }
            cameras.push(camera);
        }
        let (lat, lon) =
            (self.number(lat, [-90.0, 90.0], "lat")?, self.number(lon, [-180.0, 180.0], "lon")?);
        let mut radars: Vec<RadarConfig> = Vec::new();
        for (k, radar) in text.radar.into_iter().enumerate() {
            let radar = self.radar(k, radar, [lat, lon])?;
            // Their forecasts lie in folders of these names.
            let mut names = cameras.iter().map(|c| &c.name).chain(radars.iter().map(|r| &r.name));
            if names.any(|name| *name == radar.name) {
                let place = format!("radar {}", radar.name);
                return self.value(&place, "two have this name", "give each its own");
            }
            radars.push(radar);
        }
        if cameras.is_empty() && radars.is_empty() {
            let example = "[[camera]] with name, from and kind, or [[radar]] with name and from";
            return self.need(None, "a camera or radar", example);
        }
        // Reports of the weather lie beside forecasts, in folders of this name.
        let mut names = cameras.iter().map(|c| &c.name).chain(radars.iter().map(|r| &r.name));
        let has_readings = text.nodes.is_some() || text.weather.is_some();
        if has_readings && names.any(|name| name == "weather" || name.starts_with("weather-")) {
            let fix = "give the camera or radar another one";
            return self.value("weather", "a camera or radar has a name of the weather's", fix);
        }
        let nodes = text.nodes.map(|nodes| self.nodes(nodes)).transpose()?;
        // Who has nodes or a table wants to know the weather.
        let weather = match (text.weather, &nodes) {
            (None, None) => None,
            (weather, _) => Some(self.weather(weather.unwrap_or_default())?),
        };
        if nodes.is_none() && weather.as_ref().is_some_and(|weather| weather.table.is_none()) {
            let example = "table = \"file:///srv/weather.csv\", or [nodes] with ports";
            return self.need(None, "weather.table", example);
        }
        let names: Vec<String> = cameras
            .iter()
            .map(|c| &c.name)
            .chain(radars.iter().map(|r| &r.name))
            .cloned()
            .collect();
        if text.alert.len() > ALERTS {
            return self.value("alert", "too many", "give 64 at most");
        }
        let mut alerts: Vec<AlertConfig> = Vec::new();
        for (k, alert) in text.alert.iter().enumerate() {
            let alert = self.alert(k, alert, [lat, lon], &names)?;
            let still: Vec<&str> = (cameras.iter().filter(|c| c.ground.is_none()))
                .map(|c| c.name.as_str())
                .chain(radars.iter().map(|r| r.name.as_str()))
                .collect();
            self.stays(&alert, &names, &still)?;
            if alerts.iter().any(|a| a.name == alert.name) {
                let place = format!("alert {}", alert.name);
                return self.value(&place, "two have this name", "give each its own");
            }
            alerts.push(alert);
        }
        if text.user.len() > USERS {
            return self.value("user", "too many", "give 32 at most");
        }
        let mut users: Vec<UserConfig> = Vec::new();
        for (k, user) in text.user.iter().enumerate() {
            let user = self.user(k, user)?;
            if users.iter().any(|u| u.name == user.name) {
                let place = format!("user {}", user.name);
                return self.value(&place, "two have this name", "give each its own");
            }
            users.push(user);
        }
        let data = text.data.unwrap_or_else(|| DATA.to_owned());
        if data.is_empty() {
            return self.value("data", "an empty path", "give a folder");
        }
        Ok(Config {
            name: self.name(name, "name")?,
            lat,
            lon,
            data: data.into(),
            cameras,
            radars,
            nodes,
            weather,
            alerts,
            mqtt: text.mqtt.as_ref().map(|mqtt| self.mqtt(mqtt)).transpose()?,
            webhook: text.webhook.as_ref().map(|webhook| self.webhook(webhook)).transpose()?,
            files: self.files(&text.files)?,
            forecast: self.forecast(text.forecast)?,
            budget: self.budget(&text.budget)?,
            keep: self.keep(&text.keep)?,
            web: self.web(&text.web, &users)?,
            users,
        })
    }

    fn forecast(&self, text: ForecastText) -> Result<ForecastConfig, ConfigError> {
        let asked = text.engine.as_deref().unwrap_or("auto");
        let all = [EngineKind::Auto].into_iter().chain(EngineKind::ALL);
        let Some(engine) = all.clone().find(|engine| engine.name() == asked) else {
            let names: Vec<&str> = all.map(EngineKind::name).collect();
            let fix = format!("give one of {}", names.join(", "));
            return self.value("forecast.engine", "no such engine", &fix);
        };
        let every_s = text.every_s.unwrap_or(FORECAST_EVERY_S);
        let every_s = self.number(every_s, [1.0, 86_400.0], "forecast.every_s")?;
        let on_change_s = text.on_change_s.unwrap_or(ON_CHANGE_S.min(every_s));
        let on_change_s = self.number(on_change_s, [1.0, every_s], "forecast.on_change_s")?;
        let leads = match text.leads {
            None => None,
            Some(leads) => match NonZeroU32::new(leads).filter(|n| n.get() <= 1000) {
                None => {
                    let what = format!("{leads} cannot be");
                    return self.value("forecast.leads", &what, "give 1 to 1000");
                }
                leads => leads,
            },
        };
        Ok(ForecastConfig { model: text.model, engine, every_s, on_change_s, leads })
    }

    fn budget(&self, text: &BudgetText) -> Result<BudgetConfig, ConfigError> {
        let cores = match text.cores.map(NonZeroU32::new) {
            Some(None) => return self.value("budget.cores", "0 cannot be", "give 1 or more"),
            Some(cores) => cores,
            None => None,
        };
        let max_temp_c = text.max_temp_c.unwrap_or(MAX_TEMP_C);
        let max_temp_c = self.number(max_temp_c, [30.0, 150.0], "budget.max_temp_c")?;
        let least = text.min_memory.as_deref().unwrap_or(MIN_MEMORY);
        let Some(min_memory) = quantity::bytes(least) else {
            return self.value("budget.min_memory", "no size", "give \"200MB\"");
        };
        Ok(BudgetConfig { cores, max_temp_c, min_memory })
    }

    fn keep(&self, text: &KeepText) -> Result<KeepConfig, ConfigError> {
        let age = text.max_age.as_deref().unwrap_or(MAX_AGE);
        let Some(max_age) = quantity::span(age) else {
            return self.value("keep.max_age", "no span of time", "give \"30d\" or \"12h\"");
        };
        let Some(max_bytes) = quantity::bytes(text.max_bytes.as_deref().unwrap_or(MAX_BYTES))
        else {
            return self.value("keep.max_bytes", "no size", "give \"50GB\" or \"500MB\"");
        };
        let free = text.min_free.as_deref().unwrap_or(MIN_FREE);
        let min_free = quantity::share(free)
            .map(MinFree::Share)
            .or_else(|| quantity::bytes(free).map(MinFree::Bytes));
        let Some(min_free) = min_free else {
            return self.value("keep.min_free", "no share and no size", "give \"5%\" or \"2GB\"");
        };
        let whole = text.whole_every.as_deref().unwrap_or(WHOLE_EVERY);
        let Some(whole_every) = quantity::any_span(whole) else {
            let fix = "give \"1h\", or \"0s\" for every forecast";
            return self.value("keep.whole_every", "no span of time", fix);
        };
        let frames = text.frames_every.as_deref().unwrap_or(FRAMES_EVERY);
        let frames_every = quantity::span(frames);
        if frames_every.is_none() && frames != NEVER {
            let fix = "give \"10min\", or \"never\"";
            return self.value("keep.frames_every", "no span of time", fix);
        }
        let age = text.evidence_age.as_deref().unwrap_or(EVIDENCE_AGE);
        let Some(evidence_age) = quantity::span(age) else {
            return self.value("keep.evidence_age", "no span of time", "give \"365d\"");
        };
        Ok(KeepConfig { max_age, max_bytes, min_free, whole_every, frames_every, evidence_age })
    }
}
