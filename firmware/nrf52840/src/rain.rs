//! Rain: the bucket's contact, watched by a task of its own.
//!
//! The pin's latch remembers a closing while the processor waits for a chip, so that no tip is missed
//! unless two fall into one wait (at most half a second, the erase of a flash sector).

use core::cell::Cell;

use cortex_m::interrupt::{self, Mutex};
use embassy_nrf::gpio::Input;
use emberline_node::RainContact;

use crate::sleep::now_ms;

/// The contact, and tips that nobody has taken yet.
static BUCKET: Mutex<Cell<(RainContact, u32)>> = Mutex::new(Cell::new((RainContact::Unknown, 0)));

/// Watches the contact for ever. It closes to ground.
#[embassy_executor::task]
pub(crate) async fn watch(mut pin: Input<'static>) {
    look(pin.is_low());
    loop {
        pin.wait_for_low().await;
        look(true);
        pin.wait_for_high().await;
        look(false);
    }
}

/// Tips since the last call, and whether the contact is stuck closed.
pub(crate) fn tips() -> (u32, bool) {
    interrupt::free(|free| {
        let bucket = BUCKET.borrow(free);
        let (contact, tips) = bucket.get();
        bucket.set((contact, 0));
        (tips, contact.stuck(now_ms()))
    })
}

fn look(closed: bool) {
    interrupt::free(|free| {
        let bucket = BUCKET.borrow(free);
        let (mut contact, tips) = bucket.get();
        let tipped = contact.look(now_ms(), closed);
        bucket.set((contact, tips.saturating_add(tipped.into())));
    });
}
