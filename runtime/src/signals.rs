//! Signals: the first SIGINT or SIGTERM calls the work off in order, the second ends it at once; SIGHUP asks a
//! station to read its file again.
//!
//! What was begun is dropped: an output folder is there whole or not at all, and nothing is left
//! beside it. The program then ends by the signal itself, so that whoever sent it sees that.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use emberline::pipeline::Stop;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// The signal that called the work off, 0 for none.
static RECEIVED: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

/// The flag that signals set; from now on the first one is no longer deadly.
pub(crate) fn stop() -> Stop {
    static STOP: OnceLock<Stop> = OnceLock::new();
    STOP.get_or_init(|| {
        let stop = Stop::default();
        let received = Arc::clone(RECEIVED.get_or_init(Arc::default));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the second signal finds the flag set and ends the program by itself.
            // A signal that cannot be handled keeps its own way.
            let _ = flag::register_conditional_default(signal, stop.flag());
            let _ = flag::register(signal, stop.flag());
            let number = usize::try_from(signal).unwrap_or_default();
            let _ = flag::register_usize(signal, Arc::clone(&received), number);
        }
        stop
    })
    .clone()
}

/// The flag that SIGHUP sets, which then no longer ends the program.
pub(crate) fn reload() -> Arc<AtomicBool> {
    let asked = Arc::default();
    // A signal that cannot be handled keeps its own way.
    #[cfg(unix)]
    let _ = flag::register(signal_hook::consts::SIGHUP, Arc::clone(&asked));
    asked
}

/// Ends the program by the signal that called its work off, where one did.
pub(crate) fn end_by_signal() {
    let received = RECEIVED.get().map_or(0, |signal| signal.load(Ordering::Relaxed));
    if let Ok(signal) = i32::try_from(received)
        && signal != 0
    {
        let _ = low_level::emulate_default_handler(signal);
    }
}
