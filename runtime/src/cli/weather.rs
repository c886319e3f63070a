//! What can be typed after `weather`.

use std::path::PathBuf;

use clap::Args;

use emberline::weather::csv::Format;
use emberline::weather::rain_kind::RainKind;
use emberline_fwi::Codes;

use super::choices;
use super::codes;
use super::pick::Pick;
use super::span;

pub(super) const HELP: &str = "\
INPUT is a table of readings, a row a time, whose columns name their units:
  time,temp_c,rh_percent,wind_m_s,wind_from_deg,gust_m_s,pressure_hpa,rain_mm
Other units: temp_f, wind_km_h, wind_kt, wind_mph, pressure_pa, pressure_inhg, rain_in, …
Times end in Z or an offset, or --zone names theirs.

Fire weather is the Canadian index (FFMC, DMC, DC, ISI, BUI, FWI, DSR) from the readings nearest to
noon of standard time, and the rain of the 24 hours before each. Without a state it starts from the
standard values; the drought code then needs about 50 days to settle.

Examples:
  emberline weather station.csv --at 40.78,-73.87
  emberline weather today.csv --at 40.78,-73.87 --fwi-state fire.json --picture today.png
  emberline weather radar/ --at 60.17,24.94
  emberline weather weather.csv.gz --format nyc-flights --station LGA --at 40.78,-73.87 --json";

#[derive(Args, Debug)]
pub(crate) struct WeatherArgs {
    /// Table of readings, .csv or .csv.gz; a store of sensor nodes; or a film of radar frames.
    pub(crate) input: PathBuf,
    /// Latitude and longitude of the station or place in degrees, north and east positive.
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    pub(crate) at: Option<String>,
    /// What the table's columns are called.
    #[arg(long, value_parser = choices::format(), default_value = "emberline")]
    pub(crate) format: Format,
    /// Which station or node, where there are several.
    #[arg(long, value_name = "NAME")]
    pub(crate) station: Option<String>,
    /// Zone of times without an offset: an IANA name, or a rule such as EST5EDT,M3.2.0,M11.1.0.
    #[arg(long, value_name = "ZONE")]
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
    /// What counts as rain, mm/h: a rate whose chance the model tells.
    #[arg(long, value_name = "MM_H", default_value_t = 0.1)]
    pub(crate) rate: f32,
    /// Earlier forecasts of the place to make and to hold against what came.
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(0..=288))]
    pub(crate) checks: u32,
}
