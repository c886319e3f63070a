//! The outbox: what the station says to others, numbered, on the disk before it is sent, and sent until it has arrived.

mod day_file;
mod message;
#[expect(clippy::module_inception, reason = "the room's noun: what waits to be sent")]
mod outbox;
mod reader;

pub use message::Message;
pub use outbox::{Outbox, OutboxFacts};
pub use reader::Reader;
