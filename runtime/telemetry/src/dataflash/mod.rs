//! DataFlash: ArduPilot's own logs (`.bin`), which describe their messages themselves.

mod format;
mod message;
mod reader;

pub(crate) use message::is_log;
pub(crate) use reader::read;
