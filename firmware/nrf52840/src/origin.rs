//! Origin: which node this is, and why it started.

use embassy_nrf::pac::{FICR, POWER};
use emberline_wire::ResetCause;

/// Left in a register that survives a reset, by a panic.
const PANICKED: u8 = 0x9a;

/// The node's number: both words of the processor's own, folded into one.
pub(crate) fn node_id() -> u32 {
    FICR.deviceid(0).read() ^ FICR.deviceid(1).read()
}

/// Why the node started; the registers are cleared, so that the next start tells its own cause.
pub(crate) fn reset_cause() -> ResetCause {
    let flags = POWER.resetreas().read();
    let left = POWER.gpregret().read().gpregret();
    POWER.resetreas().write_value(flags); // a one clears it
    POWER.gpregret().write(|w| w.set_gpregret(0));
    if flags.dog() {
        ResetCause::Watchdog
    } else if flags.lockup() || flags.sreq() && left == PANICKED {
        ResetCause::Panic
    } else if flags.sreq() {
        ResetCause::Software
    } else if flags.resetpin() {
        ResetCause::Pin
    } else {
        // Power came, or sagged: the processor does not tell these two apart.
        ResetCause::PowerOn
    }
}

/// Starts the node anew and leaves word that it panicked.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    POWER.gpregret().write(|w| w.set_gpregret(PANICKED));
    cortex_m::peripheral::SCB::sys_reset()
}
