//! Faults: which chips a node complains of, told once each, and told again when they answer.

use emberline_wire as wire;

use super::{Now, Session, Turn};
use crate::contents::{Faults, apply};
use crate::line::{self, Line};

/// A chip that was not complained of for so many reports of the node is well. Each complaint comes again
/// with each report, so that a bad line has to lose it so often in a row.
const WELL_AFTER: u32 = 3;

impl Session<'_> {
    /// The node complains of a chip.
    pub(super) fn fault(&mut self, fault: &wire::ChipFault, now: Now, turn: &mut Turn) {
        let chip = format!("{} at 0x{:02x}", fault.chip, fault.address);
        let what = fault.to_string();
        let Some(peer) = &mut self.peer else { return };
        peer.complained.insert(chip.clone(), peer.statuses);
        if self.faults().get(&chip) != Some(&what) {
            turn.said.push(format!("{}: {what}", self.name()));
            self.note(Some(chip), Some(what), now);
        }
    }

    /// The node says how it fares; `well` is that no sensor failed.
    pub(super) fn fares(&mut self, well: bool, now: Now, turn: &mut Turn) {
        let faults = self.faults();
        let Some(peer) = &mut self.peer else { return };
        peer.statuses += 1;
        let quiet =
            |chip: &String| peer.statuses > peer.complained.get(chip).unwrap_or(&0) + WELL_AFTER;
        let again: Vec<String> = faults.keys().filter(|chip| quiet(chip)).cloned().collect();
        if well && !faults.is_empty() {
            turn.said.push(format!("{}: every chip answers again", self.name()));
            self.note(None, None, now);
            return;
        }
        for chip in again {
            turn.said.push(format!("{}: {chip} answers again", self.name()));
            self.note(Some(chip), None, now);
        }
    }

    fn note(&mut self, chip: Option<String>, what: Option<String>, now: Now) {
        let Some(node) = self.peer.as_ref().map(|p| p.node) else { return };
        self.pending.push(Line::Fault(line::Fault { node, chip, what, received: now.utc }));
    }

    /// What is wrong, stored or about to be.
    fn faults(&self) -> Faults {
        let mut faults = self.folder().map_or_else(Faults::new, |f| f.contents().faults.clone());
        for line in &self.pending {
            if let Line::Fault(fault) = line {
                apply(&mut faults, fault);
            }
        }
        faults
    }
}
