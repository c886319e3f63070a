//! Faults: which chips gave nothing in a round, and why; one fault a chip, the first.

use crate::driver::DriverError;

/// More chips than this are not reported at once: a node with so many dead ones has one cause, its bus.
const MOST: usize = 4;

/// Faults of one round, in the order in which they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults([Option<DriverError>; MOST]);

impl Faults {
    /// Takes a fault, if there is none of its chip yet and there is room.
    pub(crate) fn add(&mut self, fault: DriverError) {
        let same = |known: &DriverError| (known.chip, known.address) == (fault.chip, fault.address);
        for place in &mut self.0 {
            match place {
                Some(known) if same(known) => return,
                Some(_) => {}
                None => {
                    *place = Some(fault);
                    return;
                }
            }
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &DriverError> {
        self.0.iter().flatten()
    }

    /// The fault at place `i`, from 0.
    pub(crate) fn get(&self, i: usize) -> Option<DriverError> {
        self.0.get(i).copied().flatten()
    }

    /// Whether it holds a fault that `before` does not.
    pub(crate) fn has_news(&self, before: &Self) -> bool {
        self.iter().any(|fault| before.iter().all(|known| known != fault))
    }
}

#[cfg(test)]
mod tests {
    use emberline_wire::{Chip, Fault};

    use super::*;

    #[test]
    fn there_is_one_fault_a_chip_and_a_most() {
        let fault = |address, fault| DriverError { chip: Chip::Sht4x, address, fault };
        let mut faults = Faults::default();
        for address in 0..6 {
            faults.add(fault(address, Fault::NoAnswer));
            faults.add(fault(address, Fault::Crc));
        }
        assert_eq!(faults.iter().count(), MOST);
        assert!(faults.iter().all(|f| f.fault == Fault::NoAnswer));
        assert_eq!((faults.get(3), faults.get(MOST)), (Some(fault(3, Fault::NoAnswer)), None));
        let mut fewer = Faults::default();
        fewer.add(fault(1, Fault::NoAnswer));
        assert!(faults.has_news(&fewer) && !fewer.has_news(&faults));
        assert!(!Faults::default().has_news(&fewer));
    }
}
