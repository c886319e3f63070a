//! Options: what a report is asked for.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::rain_kind::RainKind;

/// What a report is asked for.
#[derive(Clone, Debug, Default)]
pub struct WeatherOptions {
    /// Latitude and longitude of the station, degrees, north and east positive. Without it there is no
    /// outlook and no fire weather.
    pub place: Option<[f64; 2]>,
    /// What the station is called.
    pub station: Option<String>,
    /// The station's zone, for standard time and for the picture: an IANA name, or a POSIX rule.
    pub zone: Option<String>,
    /// Hours before the last reading whose alarms are reported, and that the picture shows.
    pub hours: u32,
    /// The file in which fire weather keeps its state from one run to the next.
    pub fwi_state: Option<PathBuf>,
    /// FFMC, DMC and DC of the evening before the first noon, where there is no state yet: instead of the
    /// standard values, after a dry winter say.
    pub fwi_start: Option<[f64; 3]>,
    /// What the numbers of rain are, whatever they are called and look like.
    pub rain: Option<RainKind>,
    /// Now, by this machine's clock; later readings are left out. `None` believes every reading.
    pub now: Option<Timestamp>,
    /// The PNG file in which the hours and the outlook are drawn.
    pub picture: Option<PathBuf>,
}
