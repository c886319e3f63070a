//! Options: how a table is to be read.

use super::format::Format;
use super::mapping::Mapping;

/// How a table is to be read.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// What the columns are called; found out where it is not said.
    pub format: Option<Format>,
    /// Which station, where the table has several.
    pub station: Option<String>,
    /// Zone of times without an offset: an IANA name, an offset such as `+02:00`, or a POSIX rule such as
    /// `EST5EDT,M3.2.0,M11.1.0`.
    pub zone: Option<String>,
    /// Which columns are what.
    pub columns: Mapping,
    /// How times are written: a pattern such as `%d.%m.%Y %H:%M`, or a word: `day-first`, `month-first`,
    /// `epoch-s`, `epoch-ms`, `excel`, `matlab`.
    pub time_format: Option<String>,
    /// Longitude of the station, degrees east: rows of a date alone are taken at its noon.
    pub longitude_deg: Option<f64>,
}
