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
    /// Rain rate, mm/s, the same as kg m-2 s-1.
    MmS,
    /// Rain rate, inches an hour.
    InH,
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
            Self::MmS => f.write_str("mm/s"),
            Self::InH => f.write_str("in/h"),
            Self::AccumulationMm { minutes } => write!(f, "mm in {minutes} min"),
        }
    }
}

/// A text that is no unit of rain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' {}", if is_sum(.text) {
    "does not say over what time: write mm in 5 min, or the minutes that hold"
} else {
    "is no unit of rain: write dBZ, mm/h or mm in 5 min"
})]
pub struct NoRainUnit {
    /// What was written.
    pub text: String,
}

/// Millimetres as files write them, without blanks; a kilogram a square metre is one.
const MILLIMETRES: [&str; 8] =
    ["mm", "kg.m-2", "kgm-2", "kgm^-2", "kgm**-2", "kg/m2", "kg/m^2", "kg/m**2"];
/// An hour and a second as divisors.
const AN_HOUR: [&str; 11] =
    ["/h", "/hr", "/hour", "perhour", "perh", "h-1", "hr-1", "hour-1", "h^-1", "h**-1", "hr^-1"];
const A_SECOND: [&str; 6] = ["/s", "/sec", "persecond", "s-1", "s^-1", "s**-1"];

/// Whether a text is a unit of fallen rain that names no time it fell in.
pub(super) fn is_sum(text: &str) -> bool {
    MILLIMETRES.contains(&&*plain(text))
}

/// A text in small letters without blanks.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase()
}

/// A unit as files and people write it: `dBZ`, `mm/h`, `kg m-2 s-1`, `in/hr`, `mm in 5 min`, `mm/5min`.
impl std::str::FromStr for RadarUnit {
    type Err = NoRainUnit;

    fn from_str(text: &str) -> Result<Self, NoRainUnit> {
        let plain = plain(text);
        match plain.as_str() {
            "dbz" | "dbzh" => return Ok(Self::DbZ),
            // As GDAL has it from GRIB.
            "kg/(m^2s)" => return Ok(Self::MmS),
            _ => {}
        }
        if let Some(by) = plain.strip_prefix("inches").or(plain.strip_prefix("in"))
            && AN_HOUR.contains(&by)
        {
            return Ok(Self::InH);
        }
        // The longest first: kg m-2 s-1 begins with kg m-2.
        for unit in MILLIMETRES {
            let Some(by) = plain.strip_prefix(unit) else { continue };
            let by = by.trim_start_matches(['.', '*']);
            match by {
                by if AN_HOUR.contains(&by) => return Ok(Self::MmH),
                by if A_SECOND.contains(&by) => return Ok(Self::MmS),
                _ => {}
            }
            let minutes = ["in", "per", "/"].iter().find_map(|p| by.strip_prefix(p));
            let minutes = minutes.and_then(|m| {
                let m = ["minutes", "mins", "min"].iter().find_map(|end| m.strip_suffix(end))?;
                if m.is_empty() { Some(1.0) } else { m.parse::<f64>().ok() }
            });
            if let Some(minutes) = minutes.filter(|m| m.is_finite() && *m > 0.0) {
                return Ok(Self::AccumulationMm { minutes });
            }
        }
        Err(NoRainUnit { text: text.to_owned() })
    }
}

impl RadarUnit {
    /// The value of a cell that was seen and has no rain.
    #[must_use]
    pub fn dry(self) -> f32 {
        match self {
            Self::DbZ => f32::NEG_INFINITY,
            Self::MmH | Self::MmS | Self::InH | Self::AccumulationMm { .. } => 0.0,
        }
    }

    /// Rain rate in mm/h of a value in this unit.
    #[must_use]
    pub fn mm_h(self, value: f32, z_r: ZR) -> f32 {
        match self {
            Self::DbZ => z_r.mm_h(value),
            Self::MmH => value,
            Self::MmS => (f64::from(value) * 3600.0) as f32,
            Self::InH => (f64::from(value) * 25.4) as f32,
            Self::AccumulationMm { minutes } => (f64::from(value) * 60.0 / minutes) as f32,
        }
    }

    /// What is done to the values.
    pub(super) fn note(self, z_r: ZR) -> Note {
        match self {
            Self::DbZ => Note::ReflectivityAsRain { z_r: z_r.to_string() },
            Self::MmH => Note::RatesInMmH,
            Self::MmS | Self::InH => Note::RatesConverted { unit: self.to_string() },
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
            (RadarUnit::MmS, MARSHALL_PALMER, 0.001, 3.6),
            (RadarUnit::InH, MARSHALL_PALMER, 0.5, 12.7),
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
    fn sums_without_a_time_are_told_from_what_is_no_rain() {
        for (text, why) in [
            ("kg m-2", "does not say over what time"),
            ("mm", "write mm in 5 min"),
            ("kelvin", "is no unit of rain"),
        ] {
            let e = text.parse::<RadarUnit>().unwrap_err().to_string();
            assert!(e.contains(why), "{e}");
        }
    }

    #[test]
    fn units_are_read_as_they_are_written() {
        for (text, want) in [
            ("dBZ", Some(RadarUnit::DbZ)),
            ("mm/h", Some(RadarUnit::MmH)),
            ("mm h-1", Some(RadarUnit::MmH)),
            ("mm hr-1", Some(RadarUnit::MmH)),
            ("mm/hr", Some(RadarUnit::MmH)),
            ("mm per hour", Some(RadarUnit::MmH)),
            ("mm h**-1", Some(RadarUnit::MmH)),
            ("mm.h-1", Some(RadarUnit::MmH)),
            ("kg m-2 h-1", Some(RadarUnit::MmH)),
            ("kg m-2 s-1", Some(RadarUnit::MmS)),
            ("kg m^-2 s^-1", Some(RadarUnit::MmS)),
            ("kg/m^2/s", Some(RadarUnit::MmS)),
            ("kg.m-2.s-1", Some(RadarUnit::MmS)),
            ("mm s-1", Some(RadarUnit::MmS)),
            ("kg/(m^2 s)", Some(RadarUnit::MmS)),
            ("in/hr", Some(RadarUnit::InH)),
            ("inches per hour", Some(RadarUnit::InH)),
            ("mm/5min", Some(RadarUnit::AccumulationMm { minutes: 5.0 })),
            ("mm / 10 min", Some(RadarUnit::AccumulationMm { minutes: 10.0 })),
            ("mm per 5 minutes", Some(RadarUnit::AccumulationMm { minutes: 5.0 })),
            ("kg m-2 in 5 min", Some(RadarUnit::AccumulationMm { minutes: 5.0 })),
            ("mm/min", Some(RadarUnit::AccumulationMm { minutes: 1.0 })),
            ("kg m-2", None),
            ("in", None),
            ("min", None),
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
