//! Z–R relations: how reflectivity becomes rain.

use std::fmt;

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

/// A text that is no Z–R relation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no Z = a R^b: write a,b such as 200,1.6")]
pub struct NoZR {
    /// What was written.
    pub text: String,
}

/// Factor and exponent as people write them: `200,1.6`.
impl std::str::FromStr for ZR {
    type Err = NoZR;

    fn from_str(text: &str) -> Result<Self, NoZR> {
        let number = |t: &str| t.trim().parse::<f64>().ok().filter(|v| v.is_finite() && *v > 0.0);
        let both = text.split_once(',').and_then(|(a, b)| number(a).zip(number(b)));
        both.map(|(a, b)| Self { a, b }).ok_or_else(|| NoZR { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_read_as_they_are_written() {
        assert_eq!("223, 1.53".parse(), Ok(ZR { a: 223.0, b: 1.53 }));
        for text in ["", "200", "0,1.6", "200,nan", "200,1.6,2"] {
            assert!(text.parse::<ZR>().is_err(), "{text}");
        }
        assert_eq!(ZR::default().to_string(), "Z = 200 R^1.6 (Marshall–Palmer)");
        assert_eq!(ZR { a: 223.0, b: 1.53 }.to_string(), "Z = 223 R^1.53");
    }
}
