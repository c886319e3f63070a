//! Dividers: two resistors that bring a battery's voltage down to what a converter takes.

/// Two resistors, from the battery to the pin and from the pin to ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divider {
    /// Between battery and pin, kΩ.
    pub upper_kohm: u32,
    /// Between pin and ground, kΩ; not 0.
    pub lower_kohm: u32,
    /// Highest voltage that the converter can tell from more, mV.
    pub full_mv: u32,
}

impl Divider {
    /// Less than this on the battery is no battery: the divider is not connected, mV.
    pub const LEAST_MV: u16 = 500;

    /// The battery's voltage, mV, rounded to the nearest, from that of the pin. `None` when the pin is at
    /// the end of what the converter can tell, and when there is no battery.
    pub fn battery_mv(&self, pin_mv: u32) -> Option<u16> {
        if pin_mv >= self.full_mv || self.lower_kohm == 0 {
            return None;
        }
        let (upper, lower) = (u64::from(self.upper_kohm), u64::from(self.lower_kohm));
        let battery_mv = (u64::from(pin_mv) * (upper + lower) + lower / 2) / lower;
        u16::try_from(battery_mv).ok().filter(|mv| *mv >= Self::LEAST_MV)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: Ohm's law by hand.
    #[test]
    fn the_pin_tells_the_battery() {
        let halves = Divider { upper_kohm: 100, lower_kohm: 100, full_mv: 3_600 };
        let lead = Divider { upper_kohm: 330, lower_kohm: 100, full_mv: 3_600 };
        let none = Divider { upper_kohm: 100, lower_kohm: 0, full_mv: 3_600 };
        let steep = Divider { upper_kohm: 10_000, lower_kohm: 100, full_mv: 3_600 };
        for (divider, pin_mv, want) in [
            (halves, 1_850, Some(3_700)),
            (lead, 2_930, Some(12_599)), // 2.93 V · 4.3
            (halves, 3_599, Some(7_198)),
            (halves, 3_600, None), // that or more
            (halves, 249, None),   // nothing is connected
            (halves, 250, Some(500)),
            (none, 1_000, None),
            (steep, 3_000, None), // 303 V: more than the wire carries
        ] {
            assert_eq!(divider.battery_mv(pin_mv), want, "{divider:?} {pin_mv}");
        }
    }
}
