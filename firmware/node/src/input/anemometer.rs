//! Anemometers that close a contact: closings into metres a second.

/// What a cup anemometer does: speed = closings a second × slope + offset, and 0 when it stands still.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anemometer {
    /// Metres a second for one closing a second.
    pub m_s_per_hz: f32,
    /// Speed at which the cups begin to turn, m/s; 0 if the maker names none.
    pub offset_m_s: f32,
}

impl Anemometer {
    /// Davis 6410: V = P · 2.25/T, V in miles an hour (Davis Instruments, *Anemometer 6410*
    /// specification sheet: 1,600 turns an hour are 1 mile an hour).
    pub const DAVIS_6410: Self = Self { m_s_per_hz: 2.25 * 0.447_04, offset_m_s: 0.0 };
    /// Argent 80422 (SparkFun SEN-08942 and SEN-15901): 2.4 km/h for one closing a second (Argent Data
    /// Systems, *Weather Sensor Assembly p/n 80422*).
    pub const ARGENT_80422: Self = Self { m_s_per_hz: 2.4 / 3.6, offset_m_s: 0.0 };

    /// The speed when the contact closed `closings` times in `over_ms`; `None` over no time at all. One
    /// closing more or less in a second is [`Self::m_s_per_hz`]: that is the step of one sample, and the
    /// mean of n samples is n times finer.
    pub fn m_s(&self, closings: u32, over_ms: u32) -> Option<f32> {
        match (closings, over_ms) {
            (_, 0) => None,
            (0, _) => Some(0.0),
            (closings, over_ms) => {
                let hz = closings as f32 * 1_000.0 / over_ms as f32;
                Some(hz * self.m_s_per_hz + self.offset_m_s)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: the makers' own rules. Davis: closings in 2.25 s are miles an hour, 10 mph = 4.4704
    /// m/s. Argent: one a second is 2.4 km/h.
    #[test]
    fn closings_become_the_makers_speeds() {
        let reed = Anemometer { m_s_per_hz: 0.765, offset_m_s: 0.35 };
        for (cups, closings, over_ms, want) in [
            (Anemometer::DAVIS_6410, 10, 2_250, Some(4.4704)),
            (Anemometer::DAVIS_6410, 1_600, 3_600_000, Some(0.447_04)),
            (Anemometer::ARGENT_80422, 1, 1_000, Some(0.666_67)),
            (Anemometer::ARGENT_80422, 30, 2_000, Some(10.0)),
            (reed, 20, 1_000, Some(15.65)),
            (reed, 0, 1_000, Some(0.0)), // cups that stand still are a calm, not the offset
            (reed, 5, 0, None),
        ] {
            let got = cups.m_s(closings, over_ms);
            let near = match (got, want) {
                (Some(got), Some(want)) => (got - want).abs() < 1e-4 * (1.0 + want),
                (got, want) => got == want,
            };
            assert!(near, "{closings} in {over_ms} ms: {got:?}, not {want:?}");
        }
    }
}
