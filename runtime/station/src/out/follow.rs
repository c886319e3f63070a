//! Following the outbox: each message in its order, once the one before it is done with.

use std::time::Duration;

use emberline_vision::pipeline::Stop;

use super::line::Line;
use crate::outbox::{Message, Outbox, Reader};

/// Between two looks at a message that is being written.
pub(super) const SOON: Duration = Duration::from_millis(50);
/// Longest wait at a time: so soon is a stop heard.
pub(super) const WAIT: Duration = Duration::from_millis(500);

/// Hands each message that the receiver `name` has not had to `deliver`, until that gives false or the station stops;
/// `between` is done before each look.
pub(super) fn follow(
    (name, line): (&str, &Line),
    outbox: &Outbox,
    stop: &Stop,
    mut between: impl FnMut(),
    mut deliver: impl FnMut(&Message) -> bool,
) {
    let mut last = outbox.arrived(name);
    let mut reader = Reader::new(last);
    while !stop.is_set() {
        between();
        outbox.wait(last, WAIT);
        match reader.next(outbox) {
            Ok(Some(message)) => {
                if !deliver(&message) {
                    return;
                }
                last = message.seq;
                outbox.has_arrived(name, last);
            }
            // It is being written.
            Ok(None) => std::thread::sleep(SOON),
            Err(cause) => {
                line.down(format!("the outbox cannot be read: {cause}"));
                std::thread::sleep(WAIT);
            }
        }
    }
}
