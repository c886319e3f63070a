//! Options: what a report is asked for.

use std::path::PathBuf;

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
    /// The PNG file in which the hours and the outlook are drawn.
    pub picture: Option<PathBuf>,
}
