//! Readings from a table: `.csv` or `.csv.gz`, one row a time.
//!
//! The header's names decide what the columns are and in which unit; a column of weather that names
//! no unit is refused. So is a time that names neither UTC nor an offset, unless a zone is given.

mod column;
mod error;
mod format;
mod options;
mod sniff;
mod table;
mod time;

#[cfg(test)]
mod tests;

pub use error::CsvError;
pub use format::Format;
pub use options::CsvOptions;
pub use table::{read, read_from};
