//! Shape: how a memory is divided into the journal and the ring of readings.

use crate::{memory::Kind, slot::SLOT};

/// Slots of the journal in a memory that needs no erasing: writes are spread over this many.
const JOURNAL_SLOTS: u32 = 8;
/// The smallest ring, slots.
const MIN_RING: u32 = 4;

/// Where things lie, in slots. The journal comes first, then the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Slots that are erased together; 1 if nothing needs erasing.
    pub(crate) unit: u32,
    pub(crate) erases: bool,
    pub(crate) journal: u32,
    pub(crate) ring: u32,
}

impl Shape {
    /// How `capacity` bytes are divided, or how many are needed at least.
    pub(crate) fn new(kind: Kind, capacity: u32) -> Result<Self, u32> {
        let slot = SLOT as u32;
        let (unit, erases) = match kind {
            Kind::Bytes => (1, false),
            Kind::Erase { unit } => ((unit / slot).max(1), true),
        };
        let journal = if erases { 2 * unit } else { JOURNAL_SLOTS };
        let ring = (capacity / slot).saturating_sub(journal) / unit * unit;
        let least = if erases { 2 * unit } else { 0 }.max(MIN_RING);
        let exact = match kind {
            Kind::Bytes => true,
            Kind::Erase { unit } => unit % slot == 0 && unit > 0,
        };
        if ring < least || !exact {
            return Err((journal + least) * slot);
        }
        Ok(Self { unit, erases, journal, ring })
    }

    /// Address of a slot of the journal.
    pub(crate) fn journal_at(&self, slot: u32) -> u32 {
        slot * SLOT as u32
    }

    /// Address of the slot of reading `seq`, from 1.
    pub(crate) fn ring_at(&self, seq: u32) -> u32 {
        (self.journal + self.place(seq)) * SLOT as u32
    }

    /// Whether reading `seq` is the first in its unit: the unit is erased before it is written.
    pub(crate) fn opens_unit(&self, seq: u32) -> bool {
        self.place(seq).is_multiple_of(self.unit)
    }

    /// The lowest number that can still be in the ring when `next` is the next one.
    pub(crate) fn kept_from(&self, next: u32) -> u32 {
        if next <= 1 {
            return 1;
        }
        let last = next - 1;
        let unit_start = last - self.place(last) % self.unit;
        (unit_start + self.unit).saturating_sub(self.ring).max(1)
    }

    fn place(&self, seq: u32) -> u32 {
        seq.wrapping_sub(1) % self.ring
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_is_divided() {
        let flash = Kind::Erase { unit: 4_096 };
        for (kind, capacity, want) in [
            (Kind::Bytes, 32_768, Ok((8, 504))), // AT24C256, FM24W256
            (Kind::Bytes, 767, Err(768)),
            (flash, 4_194_304, Ok((128, 65_408))), // 4 MiB of NOR flash
            (flash, 3 * 4_096, Err(4 * 4_096)),
            (Kind::Erase { unit: 100 }, 65_536, Err(6 * 64)), // not whole slots
        ] {
            let got = Shape::new(kind, capacity).map(|shape| (shape.journal, shape.ring));
            assert_eq!(got, want, "{kind:?} {capacity}");
        }
    }

    #[test]
    fn the_ring_keeps_all_but_the_unit_being_written() {
        let shape = Shape { unit: 4, erases: true, journal: 8, ring: 12 };
        for (next, want) in [(1, 1), (2, 1), (13, 1), (14, 5), (17, 5), (18, 9)] {
            assert_eq!(shape.kept_from(next), want, "next {next}");
        }
        let bytes = Shape { unit: 1, erases: false, journal: 8, ring: 12 };
        for (next, want) in [(1, 1), (13, 1), (14, 2), (100, 88)] {
            assert_eq!(bytes.kept_from(next), want, "next {next}");
        }
    }
}
