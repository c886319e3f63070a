//! Options: how a table is to be read.

use super::format::Format;

/// How a table is to be read.
#[derive(Clone, Debug, Default)]
pub struct CsvOptions {
    /// What the columns are called.
    pub format: Format,
    /// Which station, where the table has several.
    pub station: Option<String>,
    /// Zone of times without an offset: an IANA name, or a POSIX rule such as
    /// `EST5EDT,M3.2.0,M11.1.0`.
    pub zone: Option<String>,
}
