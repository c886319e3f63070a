//! Wind vanes: a voltage into where the wind comes from, or why it tells nothing.
//!
//! Each kind is wired so that a cut wire and a short circuit give voltages that no direction has: a vane
//! that lost its cable must not point north. The voltage is taken as a share of the supply that feeds the
//! vane, in 1/10,000, so that the supply does not matter.

/// Shares below this are a short circuit, 1/10,000.
const SHORT_E4: u16 = 300;
/// Shares above this are a cut wire, 1/10,000.
const OPEN_E4: u16 = 9_700;

/// Why a vane tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaneFault {
    /// A wire is cut, or the plug is out.
    Open,
    /// Two wires touch, or there is water in the plug.
    Short,
}

impl core::fmt::Display for VaneFault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Open => "wind vane: no connection: check its plug and cable",
            Self::Short => "wind vane: short circuit: look for water in the plug",
        })
    }
}

impl core::error::Error for VaneFault {}

/// How a vane is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Vane {
    /// A potentiometer of one turn between two equal resistors: it gives `least_e4` of the supply just
    /// east of north and `most_e4` just west of it.
    Potentiometer {
        /// Share at 0°, 1/10,000; above 300.
        least_e4: u16,
        /// Share at 360°, 1/10,000; below 9,700.
        most_e4: u16,
    },
    /// Resistors of which the vane's magnet connects one or two, below a resistor to the supply.
    Steps {
        /// That resistor, Ω.
        pull_up_ohm: u32,
        /// Direction, degrees, and resistance, Ω, of each step.
        steps: &'static [(f32, u32)],
    },
}

/// The sixteen steps of the Argent 80422 vane (SparkFun SEN-08942 and SEN-15901): Argent Data Systems,
/// *Weather Sensor Assembly p/n 80422*.
pub const ARGENT_80422: [(f32, u32); 16] = [
    (0.0, 33_000),
    (22.5, 6_570),
    (45.0, 8_200),
    (67.5, 891),
    (90.0, 1_000),
    (112.5, 688),
    (135.0, 2_200),
    (157.5, 1_410),
    (180.0, 3_900),
    (202.5, 3_140),
    (225.0, 16_000),
    (247.5, 14_120),
    (270.0, 120_000),
    (292.5, 42_120),
    (315.0, 64_900),
    (337.5, 21_880),
];

impl Vane {
    /// A Davis 6410 between two resistors of 1 kΩ: its potentiometer has 20 kΩ.
    pub const DAVIS_6410: Self = Self::Potentiometer { least_e4: 455, most_e4: 9_545 };
    /// An Argent 80422 below 10 kΩ.
    pub const ARGENT_80422: Self =
        Self::Steps { pull_up_ohm: 10_000, steps: ARGENT_80422.as_slice() };

    /// Where the wind comes from, degrees clockwise from the vane's own north, 0 to below 360. `share_e4`
    /// is the vane's voltage in 1/10,000 of its supply.
    ///
    /// # Errors
    /// [`VaneFault::Open`] and [`VaneFault::Short`].
    pub fn from_deg(&self, share_e4: u16) -> Result<f32, VaneFault> {
        match share_e4 {
            ..SHORT_E4 => return Err(VaneFault::Short),
            share if share > OPEN_E4 => return Err(VaneFault::Open),
            _ => {}
        }
        match *self {
            Self::Potentiometer { least_e4, most_e4 } => {
                let turn = f32::from(most_e4.saturating_sub(least_e4).max(1));
                let part = f32::from(share_e4.saturating_sub(least_e4)) / turn;
                Ok(if part < 1.0 { part * 360.0 } else { 0.0 })
            }
            Self::Steps { pull_up_ohm, steps } => {
                let off = |ohm: u32| share_of(ohm, pull_up_ohm).abs_diff(share_e4);
                let nearest = steps.iter().min_by_key(|(_, ohm)| off(*ohm));
                nearest.map(|(deg, _)| *deg).ok_or(VaneFault::Open)
            }
        }
    }
}

/// Share of the supply over `ohm` below `pull_up_ohm`, 1/10,000.
fn share_of(ohm: u32, pull_up_ohm: u32) -> u16 {
    let (ohm, all) = (u64::from(ohm), u64::from(ohm) + u64::from(pull_up_ohm));
    (ohm * 10_000 / all.max(1)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: the voltages that the maker's sheet gives for 5 V and 10 kΩ. At 315° it says 4.78 V,
    /// which 64.9 kΩ cannot give; 4.33 V is what its own resistance gives.
    #[test]
    fn each_step_of_the_argent_vane_is_found_by_its_voltage() {
        for (want, volts) in [
            (0.0, 3.84_f32),
            (22.5, 1.98),
            (45.0, 2.25),
            (67.5, 0.41),
            (90.0, 0.45),
            (112.5, 0.32),
            (135.0, 0.90),
            (157.5, 0.62),
            (180.0, 1.40),
            (202.5, 1.19),
            (225.0, 3.08),
            (247.5, 2.93),
            (270.0, 4.62),
            (292.5, 4.04),
            (315.0, 4.33),
            (337.5, 3.43),
        ] {
            let share_e4 = (volts / 5.0 * 10_000.0) as u16;
            assert_eq!(Vane::ARGENT_80422.from_deg(share_e4), Ok(want), "{volts} V");
        }
    }

    /// Expected: 20 kΩ between 1 kΩ and 1 kΩ, by hand.
    #[test]
    fn a_potentiometer_turns_evenly() {
        for (share_e4, want) in
            [(455, 0.0), (2_727, 90.0), (5_000, 180.0), (7_272, 270.0), (9_544, 360.0)]
        {
            let got = Vane::DAVIS_6410.from_deg(share_e4).unwrap();
            assert!((got - want).abs() < 0.1, "{share_e4}: {got}");
        }
        // A little beyond the ends, by the tolerance of the resistors, is north.
        assert_eq!(Vane::DAVIS_6410.from_deg(400), Ok(0.0));
        assert_eq!(Vane::DAVIS_6410.from_deg(9_600), Ok(0.0));
    }

    #[test]
    fn a_vane_without_a_cable_points_nowhere() {
        for vane in [Vane::DAVIS_6410, Vane::ARGENT_80422] {
            for (share_e4, want) in [
                (0, VaneFault::Short),
                (299, VaneFault::Short),
                (9_701, VaneFault::Open),
                (10_000, VaneFault::Open),
                (u16::MAX, VaneFault::Open),
            ] {
                assert_eq!(vane.from_deg(share_e4), Err(want), "{vane:?} {share_e4}");
            }
        }
        let empty = Vane::Steps { pull_up_ohm: 10_000, steps: &[] };
        assert_eq!(empty.from_deg(5_000), Err(VaneFault::Open));
    }

    /// A resistor of 1 % and a converter of 12 bits must not change the step.
    #[test]
    fn neighbouring_steps_are_further_apart_than_the_tolerances() {
        let mut shares = ARGENT_80422.map(|(_, ohm)| share_of(ohm, 10_000));
        shares.sort_unstable();
        let least = shares.windows(2).map(|two| two[1] - two[0]).min();
        assert_eq!(least, Some(91)); // 891 and 1,000 Ω; two 1 % resistors move a share by at most 50
        assert!(shares[0] > 2 * SHORT_E4 && shares[15] < OPEN_E4 - 400);
    }
}
