//! The journal: the few numbers of a log that change in place, written so that a power cut loses none.
//!
//! Each change is a new slot with a higher generation; the newest whole slot counts. The unit that holds
//! the newest is never erased, so a cut while the next one is written leaves the newest.

use crate::{
    memory::Memory,
    shape::Shape,
    slot::{Reader, SLOT, Writer},
};

/// First byte of a journal slot, version 1.
const KIND: u8 = 2;

/// What a log remembers besides its readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    generation: u32,
    /// The log's number.
    pub(crate) log: u32,
    /// Starts since the log began.
    pub(crate) boot: u32,
    /// Everything up to here is at the gateway.
    pub(crate) acked: u32,
    /// The next reading has this number or, if the journal is behind, a higher one.
    pub(crate) next: u32,
    /// Tips of the bucket since the log began.
    pub(crate) rain_tips: u32,
}

impl State {
    /// The state of a log that begins.
    pub(crate) fn fresh(log: u32) -> Self {
        Self { generation: 0, log, boot: 0, acked: 0, next: 1, rain_tips: 0 }
    }

    fn to_slot(self) -> [u8; SLOT] {
        let mut slot = Writer::new(KIND);
        let Self { generation, log, boot, acked, next, rain_tips } = self;
        for field in [generation, log, boot, acked, next, rain_tips] {
            slot.put(field.to_le_bytes());
        }
        slot.sealed()
    }

    fn from_slot(slot: &[u8; SLOT]) -> Option<Self> {
        let mut slot = Reader::new(KIND, slot)?;
        Some(Self {
            generation: slot.u32(),
            log: slot.u32(),
            boot: slot.u32(),
            acked: slot.u32(),
            next: slot.u32(),
            rain_tips: slot.u32(),
        })
    }
}

/// Where the newest state lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Journal {
    newest: Option<u32>,
}

impl Journal {
    /// The newest state in `memory`, if there is one.
    pub(crate) fn open<M: Memory>(
        memory: &mut M,
        shape: &Shape,
    ) -> Result<(Self, Option<State>), M::Error> {
        let mut newest: Option<(u32, State)> = None;
        for slot in 0..shape.journal {
            let mut bytes = [0; SLOT];
            memory.read(shape.journal_at(slot), &mut bytes)?;
            let Some(state) = State::from_slot(&bytes) else { continue };
            let newer = newest.is_none_or(|(_, best)| {
                // Generations may wrap; all in one journal lie close together.
                state.generation.wrapping_sub(best.generation) as i32 > 0
            });
            if newer {
                newest = Some((slot, state));
            }
        }
        Ok((Self { newest: newest.map(|(slot, _)| slot) }, newest.map(|(_, state)| state)))
    }

    /// Writes `state` as the newest and gives it its generation.
    pub(crate) fn save<M: Memory>(
        &mut self,
        memory: &mut M,
        shape: &Shape,
        state: &mut State,
    ) -> Result<(), M::Error> {
        let slot = self.free_slot(memory, shape)?;
        if shape.erases && slot.is_multiple_of(shape.unit) {
            memory.erase(shape.journal_at(slot))?;
        }
        let next = State { generation: state.generation.wrapping_add(1), ..*state };
        memory.write(shape.journal_at(slot), &next.to_slot())?;
        *state = next;
        self.newest = Some(slot);
        Ok(())
    }

    /// The slot for the next state: after the newest in its unit, or the first of the next unit. Where
    /// nothing is erased it lies in the other half, so that no page of an EEPROM holds both.
    fn free_slot<M: Memory>(&self, memory: &mut M, shape: &Shape) -> Result<u32, M::Error> {
        let Some(newest) = self.newest else { return Ok(0) };
        if !shape.erases {
            let half = shape.journal / 2;
            return Ok(if newest < half { newest + half } else { (newest + 1 - half) % half });
        }
        let next_unit = (newest / shape.unit + 1) * shape.unit;
        for slot in newest + 1..next_unit {
            let mut bytes = [0; SLOT];
            memory.read(shape.journal_at(slot), &mut bytes)?;
            if bytes == [0xff; SLOT] {
                return Ok(slot);
            }
        }
        Ok(next_unit % shape.journal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Kind, fake::Fake};

    #[test]
    fn no_page_of_256_bytes_holds_the_newest_two() {
        let mut fake = Fake::new(Kind::Bytes, 4_096);
        let shape = Shape::new(fake.kind, 4_096).unwrap();
        let mut memory = &mut fake;
        let (mut journal, _) = Journal::open(&mut memory, &shape).unwrap();
        let mut state = State::fresh(7);
        let mut slots = std::vec::Vec::new();
        for boot in 1..=16 {
            state.boot = boot;
            journal.save(&mut memory, &shape, &mut state).unwrap();
            slots.extend(journal.newest);
            assert_eq!(Journal::open(&mut memory, &shape).unwrap().1, Some(state));
        }
        assert_eq!(slots[..9], [0, 4, 1, 5, 2, 6, 3, 7, 0]);
        assert!(slots.windows(2).all(|two| two[0] / 4 != two[1] / 4), "{slots:?}");
    }
}
