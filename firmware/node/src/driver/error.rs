//! Faults of the bus, named as the wire names them.

use embedded_hal::i2c::{Error, ErrorKind};
use emberline_wire::{Chip, ChipFault, Fault};

/// Why a driver gave nothing.
pub type DriverError = ChipFault;

/// `fault` of `chip` at `address`.
pub(crate) fn fault(chip: Chip, address: u8, fault: Fault) -> DriverError {
    ChipFault { chip, address, fault }
}

/// What the bus says.
pub(crate) fn from_bus<E: Error>(error: &E) -> Fault {
    match error.kind() {
        ErrorKind::NoAcknowledge(_) => Fault::NoAnswer,
        ErrorKind::ArbitrationLoss | ErrorKind::Bus => Fault::StuckBus,
        _ => Fault::Bus,
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal::i2c::NoAcknowledgeSource;

    use super::*;

    #[test]
    fn each_trouble_of_the_bus_has_its_fault() {
        for (kind, want) in [
            (ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address), Fault::NoAnswer),
            (ErrorKind::ArbitrationLoss, Fault::StuckBus),
            (ErrorKind::Bus, Fault::StuckBus),
            (ErrorKind::Overrun, Fault::Bus),
            (ErrorKind::Other, Fault::Bus),
        ] {
            assert_eq!(from_bus(&kind), want, "{kind:?}");
        }
    }
}
