//! Pose lines: one pose a line, as JSON or as a table with a header, for whatever has no reader of its own.
//!
//! ```text
//! {"t":"2026-08-02T14:31:07.2Z","lat":40.1,"lon":-105.2,"alt_msl_m":1720.5,"yaw_deg":10,"pitch_deg":-90}
//! ```

mod key;
mod ndjson;
mod row;
mod rows;
mod table;

pub(crate) use ndjson::read as read_ndjson;
pub use ndjson::{Line, LineError, line};
pub(crate) use table::{is_table, read as read_table};
