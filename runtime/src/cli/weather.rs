//! What can be typed after `weather`.

use std::path::PathBuf;

use clap::Args;

use emberline::weather::rain_kind::RainKind;
use emberline::weather::table::{Format, Mapped};
use emberline_fwi::Codes;

use super::choices;
use super::codes;
use super::pick::Pick;
use super::span;

pub(super) const HELP: &str = "\
INPUT is a table of readings, a row a time (CSV, TSV, text, JSON; .gz; - is the standard input), or a
folder of such tables of one station. Columns name their units, in their names or in a row of their own:
  time,temp_c,rh_percent,wind_m_s,wind_from_deg,gust_m_s,pressure_hpa,rain_mm
  Date;Time;Temperature (°F);Humidity (%);Wind Speed (mph);Daily Rain (in)
What stations and services export is known by its columns (docs/station.md lists it); where a unit or a
time is not clear, the error says what to type: --column temp_f=4, --time-format day-first, --zone +02:00.

Fire weather is the Canadian index (FFMC, DMC, DC, ISI, BUI, FWI, DSR) from the readings nearest to
noon of standard time, and the rain of the 24 hours before each. Without a state it starts from the
standard values; the drought code then needs about 50 days to settle.

Examples:
  emberline weather station.csv --at 40.78,-73.87
  emberline weather today.csv --at 40.78,-73.87 --fwi-state fire.json --picture today.png
  emberline weather export.csv --at 47.37,8.54 --zone +01:00 --column temp_c=\"Temp out\" --column rain_day_mm=9
  emberline weather days/ --at 40.78,-73.87
  emberline weather radar/ --at 60.17,24.94
  emberline weather weather.csv.gz --station LGA --at 40.78,-73.87 --json";

#[derive(Args, Debug)]
pub(crate) struct WeatherArgs {
    /// Table of readings, or a folder of them; a store of sensor nodes; or a film of radar frames.
    pub(crate) input: PathBuf,
    /// Latitude and longitude of the station or place in degrees, north and east positive.
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    pub(crate) at: Option<String>,
    /// What the table's columns are called [default: found out].
    #[arg(long, value_parser = choices::format())]
    pub(crate) format: Option<Format>,
    /// Which column of the table is what, by its name or number: temp_f=4, rain_day_mm="Rain today",
    /// ignore=7.
    #[arg(long, value_name = "NAME=COLUMN")]
    pub(crate) column: Vec<Mapped>,
    /// The same from a file: TOML with a table [columns].
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) columns: Option<PathBuf>,
    /// How the table's times are written: %d.%m.%Y %H:%M, or day-first, month-first, epoch-s, epoch-ms,
    /// excel, matlab.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) time_format: Option<String>,
    /// Which station or node, where there are several.
    #[arg(long, value_name = "NAME")]
    pub(crate) station: Option<String>,
    /// Zone of times without an offset: an IANA name, an offset east such as +02:00 or UTC+2, or a rule such
    /// as EST5EDT,M3.2.0,M11.1.0.
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub(crate) zone: Option<String>,
    /// Hours before the last reading whose alarms are told, and that the picture shows.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub(crate) hours: u32,
    /// What fire weather keeps from one run to the next: read where it is there, written at the end.
    #[arg(long, value_name = "FILE.json", requires = "at")]
    pub(crate) fwi_state: Option<PathBuf>,
    /// Codes of the evening before the first noon instead of the standard values, where there is no state
    /// yet: after a dry winter say.
    #[arg(long, value_name = "FFMC,DMC,DC", requires = "at", value_parser = codes::codes)]
    pub(crate) fwi_start: Option<Codes>,
    /// The same for the DC after a winter: last autumn's DC and the rain and melted snow since, mm; then
    /// the shares of both that count [default: 0.75 of either].
    #[arg(long, value_name = "DC,MM[,A,B]", requires = "at", conflicts_with = "fwi_start", value_parser = codes::after_winter)]
    pub(crate) fwi_winter: Option<Codes>,
    /// What the numbers of rain are, where they are not what they look like.
    #[arg(long, value_parser = choices::rain())]
    pub(crate) rain: Option<RainKind>,
    /// Also draw the hours and the outlook.
    #[arg(long, value_name = "FILE.png")]
    pub(crate) picture: Option<PathBuf>,
    /// Print JSON on stdout instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) radar: WeatherRadar,
    #[command(flatten)]
    pub(crate) pick: Pick,
}

/// Of radar frames: what is asked of them.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Rain from radar frames")]
pub(crate) struct WeatherRadar {
    /// An area instead of a place: GeoJSON with one polygon, longitude and latitude.
    #[arg(long, value_name = "FILE", conflicts_with = "at")]
    pub(crate) area: Option<PathBuf>,
    /// Time between leads of rain: 5min, 10min [default: that between the frames].
    #[arg(long, value_name = "TIME", value_parser = span::seconds)]
    pub(crate) every: Option<f64>,
    /// What counts as rain, mm/h: a rate whose chance the model tells; less than 0.5 is drizzle.
    #[arg(long, value_name = "MM_H", default_value_t = 0.5)]
    pub(crate) rate: f32,
    /// Earlier forecasts of the place to make and to hold against what came.
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(0..=288))]
    pub(crate) checks: u32,
}
