//! Readings from a table, in whichever layout stations and services write it: a row a time.
//!
//! ```text
//! bytes ─▶ text (encoding, lines) ─▶ head (names, units) ─▶ grid ─▶ columns ─▶ reader ─▶ table
//!                     json | metar | isd | long ────────────▲         ▲ times, clock, stamp
//!                                                     name, format, unit
//! ```
//!
//! Names decide what the columns are and in which unit: their own, those of a row of units, or those of a
//! format that is known by its columns. A column of weather whose unit nobody names is asked about; so is a
//! time that names neither UTC nor an offset, and a date whose day and month may be changed over.

mod cell;
mod clock;
mod columns;
mod error;
mod format;
mod grid;
mod head;
mod isd;
mod json;
mod long;
mod mapping;
mod meaning;
mod metar;
mod name;
mod note;
mod options;
mod reader;
mod sniff;
mod stamp;
mod table;
mod text;
mod times;
mod unit;
mod words;

#[cfg(test)]
mod tests;

pub use error::TableError;
pub use format::Format;
pub use mapping::{Mapped, Mapping, MappingError};
pub use note::TableNote;
pub use options::TableOptions;
pub use table::{Table, is_table, read, read_from};
