//! Units of radar files: reflectivity, rain rate or accumulation, and how each becomes mm/h.

use std::fmt;

use super::z_r::ZR;
use crate::note::Note;

/// What the numbers of a radar file are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RadarUnit {
    /// Reflectivity, decibels of mm⁶/m³.
    DbZ,
    /// Rain rate, mm/h.
    MmH,
    /// Rain fallen in the minutes before the frame's time, mm; read as the mean rate over them.
    AccumulationMm {
        /// Length of the interval.
        minutes: f64,
    },
}

impl fmt::Display for RadarUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DbZ => f.write_str("dBZ"),
            Self::MmH => f.write_str("mm/h"),
            Self::AccumulationMm { minutes } => write!(f, "mm in {minutes} min"),
        }
    }
}

/// A text that is no unit of rain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no unit of rain: write dBZ, mm/h or mm in 5 min")]
pub struct NoRainUnit {
    /// What was written.
    pub text: String,
}

/// A unit as files and people write it: `dBZ`, `mm/h`, `mm in 5 min`.
impl std::str::FromStr for RadarUnit {
    type Err = NoRainUnit;

    fn from_str(text: &str) -> Result<Self, NoRainUnit> {
        let plain: String =
            text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        match plain.as_str() {
            "dbz" | "dbzh" => return Ok(Self::DbZ),
            "mm/h" | "mm/hr" | "mm/hour" | "mmh-1" | "mmhr-1" | "mmh^-1" | "mmh**-1" => {
                return Ok(Self::MmH);
            }
            _ => {}
        }
        let minutes = plain.strip_prefix("mmin").and_then(|m| m.strip_suffix("min"));
        match minutes.and_then(|m| m.parse::<f64>().ok()) {
            Some(minutes) if minutes.is_finite() && minutes > 0.0 => {
                Ok(Self::AccumulationMm { minutes })
            }
            _ => Err(NoRainUnit { text: text.to_owned() }),
        }
    }
}

impl RadarUnit {
    /// The value of a cell that was seen and has no rain.
    #[must_use]
    pub fn dry(self) -> f32 {
        match self {
            Self::DbZ => f32::NEG_INFINITY,
            Self::MmH | Self::AccumulationMm { .. } => 0.0,
        }
    }

    /// Rain rate in mm/h of a value in this unit.
    #[must_use]
    pub fn mm_h(self, value: f32, z_r: ZR) -> f32 {
        match self {
            Self::DbZ => z_r.mm_h(value),
            Self::MmH => value,
            Self::AccumulationMm { minutes } => (f64::from(value) * 60.0 / minutes) as f32,
        }
    }

    /// What is done to the values.
    pub(super) fn note(self, z_r: ZR) -> Note {
        match self {
            Self::DbZ => Note::ReflectivityAsRain { z_r: z_r.to_string() },
            Self::MmH => Note::RatesInMmH,
            Self::AccumulationMm { minutes } => Note::AccumulationAsRate { minutes },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radar::MARSHALL_PALMER;

    #[test]
    fn rates_are_those_of_pysteps() {
        // Oracle: pysteps 1.21.5, utils.conversion.to_rainrate with zr_a, zr_b (tests/golden/radar.py).
        let fmi = ZR { a: 223.0, b: 1.53 };
        for (unit, z_r, value, want) in [
            (RadarUnit::DbZ, MARSHALL_PALMER, -32.0, 3.646_332_4e-4),
            (RadarUnit::DbZ, MARSHALL_PALMER, 0.0, 3.646_332_4e-2),
            (RadarUnit::DbZ, MARSHALL_PALMER, 20.0, 0.648_419_8),
            (RadarUnit::DbZ, MARSHALL_PALMER, 23.0, 0.998_518_8),
            (RadarUnit::DbZ, MARSHALL_PALMER, 40.0, 11.530_715),
            (RadarUnit::DbZ, fmi, 23.0, 0.929_882_8),
            (RadarUnit::DbZ, MARSHALL_PALMER, f32::NEG_INFINITY, 0.0),
            (RadarUnit::MmH, MARSHALL_PALMER, 7.5, 7.5),
            (RadarUnit::AccumulationMm { minutes: 5.0 }, MARSHALL_PALMER, 0.5, 6.0),
            (RadarUnit::AccumulationMm { minutes: 60.0 }, MARSHALL_PALMER, 0.5, 0.5),
        ] {
            let got = unit.mm_h(value, z_r);
            assert!((got - want).abs() <= 1e-6 * want, "{unit} {value}: {got} for {want}");
        }
        assert!(RadarUnit::DbZ.mm_h(f32::NAN, MARSHALL_PALMER).is_nan());
        assert_eq!(RadarUnit::DbZ.mm_h(RadarUnit::DbZ.dry(), MARSHALL_PALMER), 0.0);
    }

    #[test]
    fn units_are_read_as_they_are_written() {
        for (text, want) in [
            ("dBZ", Some(RadarUnit::DbZ)),
            ("mm/h", Some(RadarUnit::MmH)),
            ("mm h-1", Some(RadarUnit::MmH)),
            ("mm in 5 min", Some(RadarUnit::AccumulationMm { minutes: 5.0 })),
            ("mm", None),
            ("mm in 0 min", None),
            ("mm in inf min", None),
            ("kelvin", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok(), want, "{text}");
        }
    }
}
