//! Rain: closings of a tipping bucket's contact into tips, each counted once.
//!
//! A contact bounces when it closes, and closes once for each tip. Nothing here knows how much water one
//! tip is: that is the gateway's business, and so no reading is half converted.

/// A contact must have been open for this long before it tips again, ms. A bucket of 0.2 mm that tips
/// each 100 ms would measure 7,200 mm/h, so nothing is lost.
pub const DEBOUNCE_MS: u64 = 100;
/// A contact that is closed for longer than this is stuck, ms: the magnet rests before the reed.
pub const STUCK_MS: u64 = 10_000;

/// The contact of a bucket.
#[derive(Clone, Copy, Debug, Default)]
pub enum RainContact {
    /// Nobody looked yet.
    #[default]
    Unknown,
    /// Open since it was last seen closed at this time, ms of uptime; `None` if it never was.
    Open(Option<u64>),
    /// Closed since this time, ms of uptime.
    Closed(u64),
}

impl RainContact {
    /// Takes the state of the contact at `now_ms` of uptime; gives whether the bucket tipped. Call it
    /// at each change of the contact, or each 10 ms. A contact that is closed when it is first looked at
    /// is no tip: the node may have restarted during one.
    pub fn look(&mut self, now_ms: u64, closed: bool) -> bool {
        let before = *self;
        *self = match (before, closed) {
            (Self::Closed(since), true) => Self::Closed(since),
            (_, true) => Self::Closed(now_ms),
            (Self::Closed(_), false) => Self::Open(Some(now_ms)),
            (Self::Open(since), false) => Self::Open(since),
            (Self::Unknown, false) => Self::Open(None),
        };
        match before {
            Self::Open(None) => closed,
            Self::Open(Some(since)) => closed && now_ms >= since + DEBOUNCE_MS,
            Self::Unknown | Self::Closed(_) => false,
        }
    }

    /// Whether the contact is stuck closed: then rain is missing, not zero.
    pub fn stuck(&self, now_ms: u64) -> bool {
        matches!(self, Self::Closed(since) if now_ms >= since + STUCK_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tip_counts_once() {
        for (what, states, want) in [
            ("one tip", &[(0, false), (500, true), (620, false)][..], 1),
            ("bounces", &[(0, false), (500, true), (502, false), (503, true), (505, false)], 1),
            ("bounces when it opens", &[(0, false), (500, true), (620, false), (622, true)], 1),
            ("two tips", &[(0, false), (500, true), (620, false), (900, true)], 2),
            ("restarted during a tip", &[(0, true), (50, false), (400, true)], 1),
            ("stays closed", &[(0, false), (500, true), (9_000, true), (20_000, true)], 1),
        ] {
            let mut contact = RainContact::default();
            let tips = states.iter().filter(|(ms, closed)| contact.look(*ms, *closed)).count();
            assert_eq!(tips, want, "{what}");
        }
    }

    #[test]
    fn a_magnet_that_rests_before_the_reed_is_told() {
        let mut contact = RainContact::default();
        contact.look(0, false);
        contact.look(1_000, true);
        assert!(!contact.stuck(5_000));
        assert!(contact.stuck(11_000));
        contact.look(11_500, false);
        assert!(!contact.stuck(30_000));
    }
}
