//! What the tests share: a node in a folder of its own, and a gateway at its line.
#![allow(dead_code)] // not each test uses all of it

use emberline_rig::{Chips, Emulated, Failed, Line, Peer, Plan};
use tempfile::TempDir;

/// A running node and its folder.
pub(crate) struct Bench {
    pub(crate) node: Emulated,
    pub(crate) room: TempDir,
}

impl Bench {
    /// A node that takes a reading each half second, as `change` has it.
    pub(crate) fn new(change: impl FnOnce(Plan) -> Plan) -> (Self, Peer) {
        Self::with(Chips::default(), change)
    }

    /// The same with chips that have their troubles already.
    pub(crate) fn with(chips: Chips, change: impl FnOnce(Plan) -> Plan) -> (Self, Peer) {
        let room = tempfile::Builder::new()
            .prefix("node")
            .tempdir()
            .expect("a folder for temporary files");
        let plan = change(Plan::new(room.path()).reading_ms(500));
        let node = or_say(Emulated::start_with(plan, chips));
        let peer = Peer::new(Line::new(&node.uart()));
        (Self { node, room }, peer)
    }
}

/// The bench's own failure in one line: most often that tests/node did not run.
pub(crate) fn or_say<T>(result: Result<T, Failed>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
