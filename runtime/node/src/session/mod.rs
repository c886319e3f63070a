//! A session: one end of one serial line, from its opening on, without any I/O.
//!
//! Bytes and times go in; bytes for the line, notes for people and what was stored come out. It opens no
//! port and asks no clock, so that tests drive it through years and failures in a moment.

mod clock_query;
mod complaints;
mod note;
mod now;
mod output;
mod peer;
#[expect(clippy::module_inception, reason = "the room's noun has a file of its own")]
mod session;
mod text;

#[cfg(test)]
mod tests;

pub use note::{Event, SessionNote};
pub use now::Now;
pub use output::SessionOutput;
pub use peer::Peer;
pub use session::{SILENT, Session};
