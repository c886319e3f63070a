//! The text of a configuration: its sections and keys as they stand in the file. What is said of them here is
//! what `config schema` tells an editor.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A field station of emberline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields, extend("required" = ["name", "lat", "lon"]))]
pub(super) struct ConfigText {
    /// What it is called: small letters, digits and dashes.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,32}$"))]
    pub(super) name: Option<String>,
    /// Where it stands, degrees north.
    #[schemars(range(min = -90, max = 90))]
    pub(super) lat: Option<f64>,
    /// Where it stands, degrees east.
    #[schemars(range(min = -180, max = 180))]
    pub(super) lon: Option<f64>,
    /// Folder of what it keeps (usual: /var/lib/emberline).
    pub(super) data: Option<String>,
    /// What it sees scenes through; at least one of these or of radar.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) camera: Vec<CameraText>,
    /// What it sees rain through.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) radar: Vec<RadarText>,
    /// Sensor nodes on serial lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nodes: Option<NodesText>,
    /// Outlook and fire weather, from readings of nodes or a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) weather: Option<WeatherText>,
    /// What somebody wants to be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) alert: Vec<AlertText>,
    /// A broker that is told what the station says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mqtt: Option<MqttText>,
    /// A server that is told of alerts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) webhook: Option<WebhookText>,
    /// Files of alerts, for other programs.
    pub(super) files: FilesText,
    /// What is forecast.
    pub(super) forecast: ForecastText,
    /// What it may ask of its machine.
    pub(super) budget: BudgetText,
    /// How much is kept: the oldest goes first, the first limit that is reached counts.
    pub(super) keep: KeepText,
    /// Who may log in to its page; whoever is at the machine where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) user: Vec<UserText>,
    /// Its page.
    pub(super) web: WebText,
}

/// A camera.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields, extend("required" = ["name", "from"]))]
pub(super) struct CameraText {
    /// What it is called: small letters, digits and dashes.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,32}$"))]
    pub(super) name: Option<String>,
    /// Where its frames come from: rtsp://, http://, https://, file:///folder/, /dev/video0 or sim:fire; no password in it.
    pub(super) from: Option<String>,
    /// Who it is asked as, where it wants to know.
    pub(super) user: Option<String>,
    /// File whose first line is the password.
    pub(super) password_file: Option<String>,
    /// Variable of the environment that holds the password.
    pub(super) password_env: Option<String>,
    /// What carries the packets of rtsp:// (usual: tcp).
    #[schemars(extend("enum" = ["tcp", "udp"]))]
    pub(super) transport: Option<String>,
    /// Whether each picture of http:// or https:// is asked for by itself (usual: false: a stream).
    pub(super) snapshot: Option<bool>,
    /// SHA-256 of the one certificate that a camera by https:// may show (usual: any that well-known issuers vouch
    /// for).
    #[schemars(regex(pattern = "^([0-9A-Fa-f]{64}|([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})$"))]
    pub(super) certificate_sha256: Option<String>,
    /// File (PEM) of the certificate of a camera by https://, or of those that vouch for it.
    pub(super) certificate_file: Option<String>,
    /// What its values mean.
    #[schemars(extend("enum" = ["thermal", "rgb", "mask"]))]
    pub(super) kind: Option<String>,
    /// Seconds between the frames that are taken (usual: 5).
    #[schemars(range(min = 0.1, max = 3600))]
    pub(super) every_s: Option<f64>,
    /// Seconds between the frames that a model sees (usual: twice every_s).
    #[schemars(range(max = 7200))]
    pub(super) step_s: Option<f64>,
    /// When it is looked at, by the sun over the station (usual: always).
    #[schemars(extend("enum" = ["always", "day", "night"]))]
    pub(super) look: Option<String>,
    /// Where it is and how it looks, where its frames are laid on the ground: a drone's, or one on a mast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ground: Option<GroundText>,
}

/// `[camera.ground]`: a camera whose frames are laid on the ground.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub(super) struct GroundText {
    /// Where its telemetry comes from: udp:14550, udp:0.0.0.0:14550 or serial:/dev/ttyACM0:57600 (a camera that stands
    /// still has none).
    pub(super) pose: Option<String>,
    /// Camera file: lens, and the place of a camera that stands still (`[mast]` or four `[[point]]`s).
    pub(super) camera: Option<String>,
    /// Field of view from left to right, degrees (usual: as camera file or telemetry say).
    #[schemars(range(min = 1, max = 179))]
    pub(super) hfov_deg: Option<f64>,
    /// Height of the ground, metres above sea level, where telemetry's heights count from there.
    pub(super) ground_m: Option<f64>,
    /// Height model: a GeoTIFF of metres above sea level.
    pub(super) dem: Option<String>,
    /// Side of the ground's cells, metres (usual: as fine as the pictures have it).
    pub(super) cell_m: Option<f64>,
    /// Time between films of the ground, which is what the model sees (usual: 30s).
    pub(super) step: Option<String>,
    /// From where a gimbal's yaw counts (usual: auto: as its flags say).
    #[schemars(extend("enum" = ["auto", "earth", "vehicle"]))]
    pub(super) yaw: Option<String>,
    /// Degrees by which headings are turned, clockwise (usual: 0).
    pub(super) yaw_offset_deg: Option<f64>,
    /// Seconds to add to a frame's time before its pose is looked up (usual: 0).
    pub(super) pose_offset_s: Option<f64>,
    /// Whether the camera looks straight down and heads where it flies: for telemetry without angles (usual: false).
    pub(super) nadir: Option<bool>,
    /// Whether frames are laid on a map of the cold ground, and not by telemetry alone (usual: true).
    pub(super) steady: Option<bool>,
}

/// A radar: a folder that somebody fills with its files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields, extend("required" = ["name", "from"]))]
pub(super) struct RadarText {
    /// What it is called: small letters, digits and dashes.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,32}$"))]
    pub(super) name: Option<String>,
    /// The folder: file:///data/radar/.
    pub(super) from: Option<String>,
    /// Seconds between frames (usual: 300).
    pub(super) every_s: Option<f64>,
    /// How far nowcasts reach, such as 60min (usual: as far as the model's usually do).
    pub(super) until: Option<String>,
    /// Places of which it is said when rain starts or stops, as lat,lon (usual: where the station stands).
    pub(super) at: Option<Vec<String>>,
    /// Unit of the values, where files do not say it.
    pub(super) unit: Option<String>,
    /// Rain from reflectivity, where files do not say it.
    pub(super) zr: Option<String>,
    /// Value of cells without data, where files do not say it.
    pub(super) no_data: Option<String>,
    /// Projection, where files do not say it.
    pub(super) crs: Option<String>,
    /// Which quantity of a file that holds several.
    pub(super) quantity: Option<String>,
    /// Least quality, 0 to 1, of cells that count.
    pub(super) quality: Option<f64>,
    /// Which of two times a name tells.
    pub(super) name_time: Option<String>,
    /// Which part of a large map.
    pub(super) around: Option<String>,
}

/// An alert: what somebody wants to be told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields, extend("required" = ["name", "when"]))]
pub(super) struct AlertText {
    /// What it is called: small letters, digits and dashes.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,32}$"))]
    pub(super) name: Option<String>,
    /// What it is about.
    #[schemars(extend("enum" = ["fire-in-view", "front-reaches", "rain-starts", "rain-stops", "wind-shift", "gust-front", "dry-air", "fwi-reaches", "blind"]))]
    pub(super) when: Option<String>,
    /// Of which camera, radar, table (weather) or node (weather-NAME) (usual: all).
    pub(super) of: Option<String>,
    /// How long it must be so before it is raised, such as 30s (usual: 0s).
    pub(super) hold: Option<String>,
    /// How long it must not be so before it is over (usual: 10min).
    pub(super) clear: Option<String>,
    /// Hours of each day, UTC, in which nobody is woken, such as 22:00-06:00 (usual: none).
    pub(super) quiet: Option<String>,
    /// Of front-reaches: a line on the picture, its points as column and row.
    pub(super) line: Option<Vec<[f64; 2]>>,
    /// Of front-reaches: an area on the picture, its corners as column and row.
    pub(super) area: Option<Vec<[f64; 2]>>,
    /// Of front-reaches: within which time (usual: 10min).
    pub(super) within: Option<String>,
    /// Of front-reaches: with which probability or more (usual: 0.5).
    #[schemars(range(min = 0.01, max = 0.99))]
    pub(super) probability: Option<f64>,
    /// Of rain-starts and rain-stops: the place, as lat,lon (usual: where the station stands).
    pub(super) at: Option<String>,
    /// Of rain-starts and rain-stops: what counts as rain, mm/h, one of the forecast's rates (usual: 0.5).
    pub(super) rate_mm_h: Option<f64>,
    /// Of fwi-reaches: the least fire weather index.
    #[schemars(range(min = 0, max = 200))]
    pub(super) least: Option<f64>,
}

/// `[mqtt]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields, extend("required" = ["broker"]))]
pub(super) struct MqttText {
    /// The broker: mqtt://192.0.2.2:1883, or mqtts://192.0.2.2:8883 with TLS.
    pub(super) broker: Option<String>,
    /// Who the station says it is, where the broker wants to know.
    pub(super) user: Option<String>,
    /// File whose first line is the password.
    pub(super) password_file: Option<String>,
    /// Variable of the environment that holds the password.
    pub(super) password_env: Option<String>,
    /// SHA-256 of the one certificate that a broker by mqtts:// may show (usual: any that well-known issuers vouch
    /// for).
    #[schemars(regex(pattern = "^([0-9A-Fa-f]{64}|([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})$"))]
    pub(super) certificate_sha256: Option<String>,
    /// File (PEM) of the certificate of a broker by mqtts://, or of those that vouch for it.
    pub(super) certificate_file: Option<String>,
    /// Whether Home Assistant is told what there is (usual: false).
    pub(super) home_assistant: Option<bool>,
    /// Whether the pictures of forecasts are sent (usual: as home_assistant).
    pub(super) pictures: Option<bool>,
}

/// `[webhook]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields, extend("required" = ["url"]))]
pub(super) struct WebhookText {
    /// The server's address: http://192.0.2.3/alerts, or https:// with TLS.
    pub(super) url: Option<String>,
    /// SHA-256 of the one certificate that a server by https:// may show (usual: any that well-known issuers vouch
    /// for).
    #[schemars(regex(pattern = "^([0-9A-Fa-f]{64}|([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})$"))]
    pub(super) certificate_sha256: Option<String>,
    /// File (PEM) of the certificate of a server by https://, or of those that vouch for it.
    pub(super) certificate_file: Option<String>,
    /// Of which phases of alerts it is told: raised, acknowledged, closed (usual: raised and closed).
    pub(super) on: Option<Vec<String>>,
    /// File whose first line is the secret that signs what is sent.
    pub(super) secret_file: Option<String>,
    /// Variable of the environment that holds that secret.
    pub(super) secret_env: Option<String>,
}

/// `[files]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub(super) struct FilesText {
    /// Whether each alert is written as CAP, KML and GeoJSON (usual: false).
    pub(super) alerts: Option<bool>,
    /// Where, below the data folder unless it begins with a slash (usual: alerts).
    pub(super) folder: Option<String>,
    /// Who says so, a name that no other station has, such as ridge.example (usual: emberline- and the station's name).
    pub(super) sender: Option<String>,
    /// What its messages are to those who get them (usual: test: they disregard it). Those of a simulated camera are an exercise.
    #[schemars(extend("enum" = ["test", "exercise", "actual"]))]
    pub(super) cap_status: Option<String>,
}

/// `[nodes]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub(super) struct NodesText {
    /// Serial ports, by path or by udev's name.
    pub(super) ports: Option<Vec<String>>,
    /// Bits a second.
    pub(super) baud: Option<u32>,
    /// Seconds between readings of a node.
    pub(super) every_s: Option<f64>,
}

/// `[weather]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub(super) struct WeatherText {
    /// A table that a weather station's program writes on: file:///data/station.csv.
    pub(super) table: Option<String>,
    /// Which station of the table, where it has several.
    pub(super) station: Option<String>,
    /// Zone of its times, where it does not say it.
    pub(super) zone: Option<String>,
    /// Seconds between two looks at the readings.
    pub(super) every_s: Option<f64>,
}

/// `[forecast]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub(super) struct ForecastText {
    /// Model by name or folder (usual: the usual one of the kind).
    pub(super) model: Option<String>,
    /// What runs it (usual: auto).
    pub(super) engine: Option<String>,
    /// Seconds between two forecasts of a camera, at least (usual: 60).
    #[schemars(range(min = 1, max = 86400))]
    pub(super) every_s: Option<f64>,
    /// The same where the fire has changed since the last (usual: 15, or every_s where that is less).
    #[schemars(range(min = 1, max = 86400))]
    pub(super) on_change_s: Option<f64>,
    /// How many leads (usual: the model's own number).
    #[schemars(range(min = 1, max = 1000))]
    pub(super) leads: Option<u32>,
}

/// `[budget]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub(super) struct BudgetText {
    /// Cores that a model may take (usual: all).
    #[schemars(range(min = 1, max = 1024))]
    pub(super) cores: Option<u32>,
    /// Above this temperature no forecast is made, °C (usual: 95).
    #[schemars(range(min = 30, max = 150))]
    pub(super) max_temp_c: Option<f64>,
    /// With less memory left than this no forecast is made, such as 200MB (usual: 64MB).
    pub(super) min_memory: Option<String>,
}

/// `[keep]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub(super) struct KeepText {
    /// How old a forecast or frame may become, such as 12h (usual: 30d).
    pub(super) max_age: Option<String>,
    /// Most bytes of all forecasts and frames, such as 500MB (usual: 50GB).
    pub(super) max_bytes: Option<String>,
    /// What is left free on the disk, such as 2GB or 5% (usual: 5%).
    pub(super) min_free: Option<String>,
    /// How often a forecast is kept with its arrays, such as 0s for all (usual: 1h).
    pub(super) whole_every: Option<String>,
    /// How often a frame of each camera is kept as it came, such as 10s, or never (usual: 10min).
    pub(super) frames_every: Option<String>,
    /// How old a forecast may become that somebody will ask about, such as 90d (usual: 365d).
    pub(super) evidence_age: Option<String>,
}

/// `[web]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub(super) struct WebText {
    /// Address and port (usual: 127.0.0.1:8085, which is for this machine alone; others need a user).
    pub(super) listen: Option<String>,
    /// Names that it is asked for by, besides addresses and localhost (usual: none).
    pub(super) names: Option<Vec<String>>,
    /// Folder of map tiles, ZOOM/COLUMN/ROW.png in Web Mercator (usual: none).
    pub(super) tiles: Option<String>,
}

/// `[[user]]`: somebody who may log in to the page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields, extend("required" = ["name", "role"]))]
pub(super) struct UserText {
    /// What they are called: small letters, digits and dashes.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,32}$"))]
    pub(super) name: Option<String>,
    /// What they may do.
    #[schemars(extend("enum" = ["read-only", "operator"]))]
    pub(super) role: Option<String>,
    /// File whose first line is the hash of the password, as `emberline config password` makes it.
    pub(super) password_file: Option<String>,
    /// Variable of the environment that holds that hash.
    pub(super) password_env: Option<String>,
}
