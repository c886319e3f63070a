//! Rain and wind from contacts: looked at each millisecond, counted until the loop takes them.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use emberline_node::RainContact;

use crate::{gpio, raw::Shared};

/// One closing of the anemometer a second is 2.4 km/h (Fine Offset WH-SP-WS01).
const M_S_FOR_ONE_A_SECOND: f32 = 2.4 / 3.6;

static RAIN: Shared<RainContact> = Shared::new(RainContact::Unknown);
static TIPS: AtomicU32 = AtomicU32::new(0);
static TURNS: AtomicU32 = AtomicU32::new(0);
static WIND_CLOSED: AtomicBool = AtomicBool::new(false);

/// SysTick: looks at the contacts.
pub(crate) fn look(now_ms: u64) {
    let contacts = gpio::contacts();
    let mut rain = RAIN.get();
    if rain.look(now_ms, contacts.rain) {
        TIPS.fetch_add(1, Relaxed);
    }
    RAIN.set(rain);
    if contacts.wind && !WIND_CLOSED.swap(contacts.wind, Relaxed) {
        TURNS.fetch_add(1, Relaxed);
    } else {
        WIND_CLOSED.store(contacts.wind, Relaxed);
    }
}

/// Tips of the bucket since the last call.
pub(crate) fn tips() -> u32 {
    TIPS.swap(0, Relaxed)
}

/// Whether the bucket's contact is stuck: then rain is missing, not zero.
pub(crate) fn rain_stuck(now_ms: u64) -> bool {
    RAIN.get().stuck(now_ms)
}

/// Speed of the wind in the `elapsed_ms` since the last call, m/s.
pub(crate) fn speed_m_s(elapsed_ms: u32) -> f32 {
    let turns = TURNS.swap(0, Relaxed);
    turns as f32 * 1_000.0 / elapsed_ms.max(1) as f32 * M_S_FOR_ONE_A_SECOND
}

/// Where the wind comes from, degrees clockwise from north: one contact, or between two neighbours.
/// No number when no contact is closed, or contacts that are no neighbours: a cable, or a vane that hangs.
pub(crate) fn from_deg() -> f32 {
    let closed = gpio::contacts().vane;
    for i in 0..8_u32 {
        let one = 1_u8.rotate_left(i);
        let two = 3_u8.rotate_left(i);
        if closed == one || closed == two {
            let half = if closed == two { 22.5 } else { 0.0 };
            return i as f32 * 45.0 + half;
        }
    }
    f32::NAN
}
