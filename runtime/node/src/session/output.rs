//! The output of a session for one input.

use super::note::SessionNote;
use crate::line::Line;

/// What is to be done after a session was given something.
#[derive(Debug, Default)]
pub struct SessionOutput {
    /// Bytes to send over the line.
    pub send: Vec<u8>,
    /// What a person should know, each thing once.
    pub notes: Vec<SessionNote>,
    /// What was stored, and is on the disk.
    pub stored: Vec<Line>,
}
