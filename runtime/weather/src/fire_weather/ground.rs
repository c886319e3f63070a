//! The ground as far as noons tell: frozen, once it was below freezing for three of them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Noons in a row that freeze the ground, or thaw it.
const NOONS: u32 = 3;
/// Noons above this thaw it, °C: those around freezing leave the snow where it is.
const THAWS_C: f64 = 5.0;

/// How the ground is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Noons in a row below 0 °C, and the first of them.
    cold: u32,
    cold_since: Option<Date>,
    /// Noons in a row above 5 °C.
    warm: u32,
    /// Since when it is frozen.
    frozen_since: Option<Date>,
}

impl Ground {
    /// Takes the temperature of a noon.
    pub(super) fn take(&mut self, day: Date, temp_c: f64) {
        match temp_c < 0.0 {
            true => {
                self.cold_since = self.cold_since.or(Some(day));
                self.cold += 1;
            }
            false => (self.cold, self.cold_since) = (0, None),
        }
        self.warm = if temp_c > THAWS_C { self.warm + 1 } else { 0 };
        if self.cold >= NOONS {
            self.frozen_since = self.frozen_since.or(self.cold_since);
        }
        if self.warm >= NOONS {
            self.frozen_since = None;
        }
    }

    /// Since when it is frozen, if it is.
    #[must_use]
    pub fn frozen_since(&self) -> Option<Date> {
        self.frozen_since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_noons_freeze_the_ground_and_three_thaw_it() {
        let first: Date = "2026-01-01".parse().unwrap();
        for (noons, want) in [
            (&[-20.0; 5][..], Some(0)),
            (&[-1.0, -1.0], None),
            (&[1.0, -1.0, -2.0, -3.0, 2.0], Some(1)),
            (&[-1.0, -1.0, 0.0, -1.0, -1.0], None),
            (&[-1.0, -1.0, -1.0, 3.0, 3.0, 3.0, 3.0], Some(0)),
            (&[-1.0, -1.0, -1.0, 6.0, 7.0, 8.0], None),
        ] {
            let (mut ground, mut day) = (Ground::default(), first);
            for temp_c in noons {
                ground.take(day, *temp_c);
                day = day.tomorrow().unwrap();
            }
            let since = ground.frozen_since().map(|d| (d - first).get_days());
            assert_eq!(since, want, "{noons:?}");
        }
    }
}
