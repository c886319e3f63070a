//! The peer: the node at the other end of a line, as far as one session knows it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use emberline_wire as wire;

use super::clock_query::ClockQuery;
use super::complaints::Complaints;
use super::now::Now;
use crate::folder::NodeFolder;
use crate::id::{LogId, NodeId};
use crate::thermal::Thermal;

/// The node at the other end, in one of its starts.
#[derive(Debug)]
pub struct Peer {
    /// Its number.
    pub node: NodeId,
    /// Its last introduction.
    pub hello: wire::Hello,
    /// Its last report of its health.
    pub status: Option<wire::Status>,
    folder: Arc<Mutex<NodeFolder>>,
    pub(super) clock: ClockQuery,
    /// When its clock chip was last set.
    pub(super) chip_set: Option<Duration>,
    pub(super) thermal: Thermal,
    pub(super) complaints: Complaints,
}

impl Peer {
    /// A node that introduces itself with `hello`, and its `folder` in the store.
    pub(super) fn new(
        hello: &wire::Hello,
        folder: Arc<Mutex<NodeFolder>>,
        clock_token: u16,
        now: Now,
    ) -> Self {
        let thermal = Thermal::open(folder.lock().unwrap_or_else(PoisonError::into_inner).path());
        Self {
            node: NodeId::new(hello.node_id),
            hello: *hello,
            status: None,
            folder,
            clock: ClockQuery::new(now.since, clock_token),
            chip_set: None,
            thermal,
            complaints: Complaints::default(),
        }
    }

    /// The log that it writes now.
    pub(super) fn log(&self) -> LogId {
        LogId::new(self.hello.log)
    }

    /// Its folder in the store, for this thread alone.
    pub(super) fn folder(&self) -> MutexGuard<'_, NodeFolder> {
        self.folder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
