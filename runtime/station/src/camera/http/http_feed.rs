//! A camera by HTTP: a thread of its own fetches, so that no answer that does not come holds the camera's thread.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use emberline_vision::frame::Kind;

use super::client::{Client, Within};
use super::slot::{Fetched, Slot};
use super::{snapshot, stream};
use crate::camera::feed::{Feed, Got};
use crate::camera::intake::Intake;
use crate::config::{Certificate, Login};
use crate::source::Fault;

/// A picture may take this long, and a step of the camera's besides, though no longer than [`LONGEST`].
const PATIENCE: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(60);
/// After a picture of a stream that cannot be used, the next one is looked at so soon.
const SOON: Duration = Duration::from_secs(1);

/// Pictures of a camera by HTTP.
#[derive(Debug)]
pub(in crate::camera) struct HttpFeed {
    slot: Arc<Slot>,
    thread: JoinHandle<()>,
    /// How long nothing is taken from a stream after a picture.
    rest: Duration,
    due: Instant,
    intake: Intake,
}

impl HttpFeed {
    /// Begins to ask at `address`: for a picture each `every` where it is a `snapshot`, else once for a stream.
    pub(in crate::camera) fn open(
        address: &str,
        login: Option<&Login>,
        certificate: &Certificate,
        snapshot: bool,
        kind: Kind,
        every: Duration,
    ) -> Result<Self, Fault> {
        let span = (PATIENCE + every).min(LONGEST);
        Self::open_within(address, login, certificate, snapshot, kind, every, span)
    }

    /// The same, where a picture may take `span`.
    pub(super) fn open_within(
        address: &str,
        login: Option<&Login>,
        certificate: &Certificate,
        snapshot: bool,
        kind: Kind,
        every: Duration,
        span: Duration,
    ) -> Result<Self, Fault> {
        let within = if snapshot { Within::Whole(span) } else { Within::Each(span) };
        let client = Client::new(address, login, certificate, within)?;
        let slot = Arc::new(Slot::default());
        let theirs = Arc::clone(&slot);
        let thread =
            std::thread::Builder::new().name("http".to_owned()).spawn(move || match snapshot {
                true => snapshot::fetch(client, &theirs, every),
                false => stream::fetch(client, &theirs),
            });
        let thread = thread.map_err(|cause| Fault {
            refused: false,
            why: format!("no thread for its pictures: {cause}"),
        })?;
        let rest = if snapshot { Duration::ZERO } else { every };
        Ok(Self { slot, thread, rest, due: Instant::now(), intake: Intake::new(kind) })
    }
}

impl Feed for HttpFeed {
    fn next(&mut self, wait: Duration) -> Result<Got, Fault> {
        let got = match self.slot.take(self.due, wait)? {
            Some(Fetched::Body(body)) => self.intake.encoded(&body.bytes, body.came)?,
            Some(Fetched::Spoiled(why)) => self.intake.spoiled(why)?,
            None if self.thread.is_finished() && self.slot.is_empty() => {
                let why = "its reader failed: please report it".to_owned();
                return Err(Fault { refused: false, why });
            }
            None => return Ok(Got::Nothing),
        };
        let rest = if matches!(got, Got::Spoiled(_)) { self.rest.min(SOON) } else { self.rest };
        self.due = (self.due + rest).max(Instant::now());
        Ok(got)
    }
}

impl Drop for HttpFeed {
    /// The thread ends by the next deadline at the latest; nobody waits for it.
    fn drop(&mut self) {
        self.slot.stop();
    }
}
