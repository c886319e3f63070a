//! Units of radar files: reflectivity, rain rate or accumulation, and how each becomes mm/h.

use std::fmt;

use super::{Ask, SourceError};
use crate::note::Note;

/// What the numbers of a radar file are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
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

/// How reflectivity becomes rain: Z = `a` · R^`b`, Z in mm⁶/m³, R in mm/h.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZR {
    /// Factor.
    pub a: f64,
    /// Exponent.
    pub b: f64,
}

/// Marshall and Palmer (1948): Z = 200 R^1.6, the usual one for steady rain.
pub const MARSHALL_PALMER: ZR = ZR { a: 200.0, b: 1.6 };

impl Default for ZR {
    fn default() -> Self {
        MARSHALL_PALMER
    }
}

impl ZR {
    /// Rain rate in mm/h of a reflectivity in dBZ; 0 of −∞ dBZ (no echo), NaN of NaN.
    #[must_use]
    pub fn mm_h(self, dbz: f32) -> f32 {
        let log2_z = f64::from(dbz) / 10.0 * std::f64::consts::LOG2_10;
        ((log2_z - self.a.log2()) / self.b).exp2() as f32
    }
}

impl fmt::Display for ZR {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if *self == MARSHALL_PALMER { " (Marshall–Palmer)" } else { "" };
        write!(f, "Z = {} R^{}{name}", self.a, self.b)
    }
}

/// Factor and exponent as people write them: `200,1.6`.
impl std::str::FromStr for ZR {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |t: &str| t.trim().parse::<f64>().ok().filter(|v| v.is_finite() && *v > 0.0);
        let both = text.split_once(',').and_then(|(a, b)| number(a).zip(number(b)));
        both.map(|(a, b)| Self { a, b })
            .ok_or_else(|| format!("'{text}' is no Z = a R^b: write a,b such as 200,1.6"))
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DbZ => f.write_str("dBZ"),
            Self::MmH => f.write_str("mm/h"),
            Self::AccumulationMm { minutes } => write!(f, "mm in {minutes} min"),
        }
    }
}

/// A unit as files and people write it: `dBZ`, `mm/h`, `mm in 5 min`.
impl std::str::FromStr for Unit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
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
            _ => Err(format!("'{text}' is no unit of rain: write dBZ, mm/h or mm in 5 min")),
        }
    }
}

impl Unit {
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

/// The unit of file `name`, from what it tells and what was asked; never guessed.
pub(super) fn settle(
    name: &str,
    told: Option<Unit>,
    ask: &Ask,
    notes: &mut Vec<Note>,
) -> Result<Unit, SourceError> {
    match (told, ask.unit) {
        (Some(told), Some(asked)) if told != asked => {
            let (found, asked_unit) = (told.to_string(), asked.to_string());
            notes.push(Note::UnitOverridden { found, asked: asked_unit });
            Ok(asked)
        }
        (Some(unit), _) | (None, Some(unit)) => Ok(unit),
        (None, None) => Err(SourceError::refused(
            name,
            "the file does not say what its values are",
            "say it with ‹unit›: dBZ, mm/h or \"mm in 5 min\"",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_pysteps() {
        // Oracle: pysteps 1.21.5, utils.conversion.to_rainrate with zr_a, zr_b (tests/golden/radar.py).
        let fmi = ZR { a: 223.0, b: 1.53 };
        for (unit, z_r, value, want) in [
            (Unit::DbZ, MARSHALL_PALMER, -32.0, 3.646_332_4e-4),
            (Unit::DbZ, MARSHALL_PALMER, 0.0, 3.646_332_4e-2),
            (Unit::DbZ, MARSHALL_PALMER, 20.0, 0.648_419_8),
            (Unit::DbZ, MARSHALL_PALMER, 23.0, 0.998_518_8),
            (Unit::DbZ, MARSHALL_PALMER, 40.0, 11.530_715),
            (Unit::DbZ, fmi, 23.0, 0.929_882_8),
            (Unit::DbZ, MARSHALL_PALMER, f32::NEG_INFINITY, 0.0),
            (Unit::MmH, MARSHALL_PALMER, 7.5, 7.5),
            (Unit::AccumulationMm { minutes: 5.0 }, MARSHALL_PALMER, 0.5, 6.0),
            (Unit::AccumulationMm { minutes: 60.0 }, MARSHALL_PALMER, 0.5, 0.5),
        ] {
            let said = unit.mm_h(value, z_r);
            assert!((said - want).abs() <= 1e-6 * want, "{unit} {value}: {said} for {want}");
        }
        assert!(Unit::DbZ.mm_h(f32::NAN, MARSHALL_PALMER).is_nan());
        assert_eq!(Unit::DbZ.mm_h(Unit::DbZ.dry(), MARSHALL_PALMER), 0.0);
    }

    #[test]
    fn units_are_read_as_they_are_written() {
        for (text, want) in [
            ("dBZ", Some(Unit::DbZ)),
            ("mm/h", Some(Unit::MmH)),
            ("mm h-1", Some(Unit::MmH)),
            ("mm in 5 min", Some(Unit::AccumulationMm { minutes: 5.0 })),
            ("mm", None),
            ("mm in 0 min", None),
            ("mm in inf min", None),
            ("kelvin", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok(), want, "{text}");
        }
        assert_eq!("223, 1.53".parse(), Ok(ZR { a: 223.0, b: 1.53 }));
        for text in ["", "200", "0,1.6", "200,nan", "200,1.6,2"] {
            assert!(text.parse::<ZR>().is_err(), "{text}");
        }
    }
}
