//! A reader of the outbox: one message after the other, for a receiver that is sent them in order.

use std::io;

use super::day_file::DayFile;
use super::message::Message;
use super::outbox::Outbox;

/// Where a receiver has got to.
#[derive(Debug)]
pub struct Reader {
    /// Number of the last message that was handed out.
    last: u64,
    /// The file it was in, and the byte after it.
    at: Option<(DayFile, u64)>,
}

impl Reader {
    /// Reads what follows the message `last`.
    #[must_use]
    pub fn new(last: u64) -> Self {
        Self { last, at: None }
    }

    /// The next message; `None` where there is none yet.
    ///
    /// # Errors
    /// What the file system says; it may be asked again.
    pub fn next(&mut self, outbox: &Outbox) -> io::Result<Option<Message>> {
        let (place, held) = outbox.place(self.last + 1);
        let Some((mut file, mut from)) = self.at.take().or(place.map(|file| (file, 0))) else {
            return Ok(self.hand_out(held));
        };
        loop {
            let mut found = None;
            let read = file.each(from, |message, end| {
                from = end;
                if message.seq > self.last {
                    found = Some(message);
                }
                found.is_none()
            });
            match read {
                Ok(()) => {}
                // The limit has deleted it meanwhile.
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
                Err(cause) => return Err(cause),
            }
            let next = match found {
                Some(_) => None,
                None => outbox.next_file(file.first),
            };
            if let Some(next) = next {
                (file, from) = (next, 0);
                continue;
            }
            self.at = Some((file, from));
            return Ok(self.hand_out(found.or(held)));
        }
    }

    fn hand_out(&mut self, message: Option<Message>) -> Option<Message> {
        if let Some(message) = &message {
            self.last = message.seq;
        }
        message
    }
}
