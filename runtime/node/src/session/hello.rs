//! Hellos: who is at the other end, and what its memory says against the store.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use emberline_wire as wire;

use super::{Asking, Now, Peer, Session, Turn};
use crate::folder::FolderError;
use crate::id::{LogId, NodeId};
use crate::line::{self, Line, Why};
use crate::thermal::Thermal;

impl Session<'_> {
    /// A node says who it is: at its start, when it is asked, and every few seconds.
    pub(super) fn hello(
        &mut self,
        hello: &wire::Hello,
        now: Now,
        turn: &mut Turn,
    ) -> Result<(), FolderError> {
        let (node, log) = (NodeId::new(hello.node_id), LogId::new(hello.log));
        let known = self.peer.as_ref().map(|p| (p.node, p.hello.log, p.hello.boot));
        let same_start = known == Some((node, hello.log, hello.boot));
        if let Some(other) = self.store.claim(node, &self.port, now.since) {
            turn.said.push(format!(
                "{}: a node of this number also answers on {other}: give one of them another number",
                self.store.names().call(node)
            ));
        }
        if same_start && let Some(peer) = &mut self.peer {
            peer.hello = *hello;
        } else {
            self.commit(turn);
            let (folder, notes) = self.store.node(node)?;
            turn.said.extend(notes);
            let thermal =
                Thermal::open(folder.lock().unwrap_or_else(PoisonError::into_inner).path());
            let clock = Asking {
                since: now.since,
                answered: false,
                next: now.since,
                open: None,
                token: self.peer.as_ref().map_or(0, |p| p.clock.token),
            };
            self.peer = Some(Peer {
                node,
                hello: *hello,
                status: None,
                folder,
                clock,
                chip_set: None,
                thermal,
                statuses: 0,
                complained: BTreeMap::new(),
            });
            self.first_hello(hello, now, turn);
        }
        let end = self.end(log);
        if hello.acked_seq > end {
            let gap = line::Gap {
                node,
                log,
                first_seq: end + 1,
                last_seq: hello.acked_seq,
                why: Why::AcknowledgedElsewhere,
                received: now.utc,
            };
            turn.said.push(format!(
                "{}: {} readings ({} to {}) were acknowledged before and are not in this store",
                self.name(),
                gap.last_seq - end,
                gap.first_seq,
                gap.last_seq
            ));
            self.pending.push(Line::Gap(gap));
        }
        Ok(())
    }

    /// The first Hello of a start.
    fn first_hello(&mut self, hello: &wire::Hello, now: Now, turn: &mut Turn) {
        let Some(folder) = self.folder() else { return };
        let (node, log) = (folder.node(), LogId::new(hello.log));
        let contents = folder.contents();
        let is_new_start = contents.boot != Some((log, hello.boot));
        let old_log = contents.log.filter(|old| *old != log).map(|old| (old, contents.end(old)));
        let gone_back = hello.next_seq <= contents.end(log);
        drop(folder);
        let wire::Firmware { major, minor, patch } = hello.firmware;
        let start = line::Start {
            node,
            log,
            boot: hello.boot,
            reset_cause: line::reset_cause(hello.reset_cause).to_owned(),
            firmware: format!("{major}.{minor}.{patch}"),
            sensors: line::sensor_names(hello.sensors),
            received: now.utc,
        };
        let waiting = hello.next_seq.saturating_sub(hello.oldest_seq);
        turn.said.push(format!(
            "{}: firmware {}, start {} ({}), sensors {}, {waiting} readings waiting",
            self.name(),
            start.firmware,
            start.boot,
            start.reset_cause,
            if start.sensors.is_empty() { "none".to_owned() } else { start.sensors.join(" ") },
        ));
        if let Some((old, end)) = old_log {
            turn.said.push(format!(
                "{}: its memory is new (log {log}, before {old}): what it took after reading {end} and \
                 did not send is lost",
                self.name()
            ));
        }
        if gone_back {
            turn.said.push(format!(
                "{}: its memory has gone back to reading {}, and {} are stored: what it takes until then \
                 has numbers that were used, and is not stored; empty its memory",
                self.name(),
                hello.next_seq,
                self.end(log)
            ));
        }
        if is_new_start {
            self.pending.push(Line::Start(start));
        }
    }
}
