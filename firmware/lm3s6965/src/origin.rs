//! Origin: which node this is, from what the board's maker wrote into the chip.

use crate::raw::SYSTEM;

/// The node's number: the last four bytes of the address that the board's maker wrote into
/// its two user words (on this chip the Ethernet address, on others a unique number).
pub(crate) fn node_id() -> u32 {
    const USER0: usize = 0x1e0;
    const USER1: usize = 0x1e4;
    let [_, _, b, _] = SYSTEM.read(USER0).to_le_bytes();
    let [c, d, e, _] = SYSTEM.read(USER1).to_le_bytes();
    u32::from_be_bytes([b, c, d, e])
}
