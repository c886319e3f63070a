//! A row of the state's file: a reading of the last days as one line of text, exact to the last digit.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::reading::Reading;

/// What a reading is of that fire weather needs; the fields are in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row(Reading);

impl Row {
    /// A reading without what fire weather does not need.
    pub(super) fn of(r: &Reading) -> Self {
        let Reading { time, temp_c, rh_percent, wind_m_s, rain_mm, .. } = *r;
        Self(Reading { temp_c, rh_percent, wind_m_s, rain_mm, ..Reading::new(time) })
    }

    /// The reading.
    pub(super) fn reading(&self) -> &Reading {
        &self.0
    }

    /// Sets its rain.
    pub(super) fn set_rain_mm(&mut self, mm: Option<f64>) {
        self.0.rain_mm = mm;
    }

    fn values(&self) -> [Option<f64>; 4] {
        [self.0.temp_c, self.0.rh_percent, self.0.wind_m_s, self.0.rain_mm]
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.time)?;
        for value in self.values() {
            match value {
                // The shortest text that is read as the same number.
                Some(v) => write!(f, " {v}")?,
                None => f.write_str(" -")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Row {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("'{text}' is no time with °C, %, m/s and mm");
        let mut cells = text.split(' ');
        let time: Timestamp = cells.next().and_then(|t| t.parse().ok()).ok_or_else(bad)?;
        let mut values = [None; 4];
        for value in &mut values {
            *value = match cells.next().ok_or_else(bad)? {
                "-" => None,
                cell => Some(cell.parse().map_err(|_| bad())?),
            };
        }
        let [temp_c, rh_percent, wind_m_s, rain_mm] = values;
        let row = Reading { temp_c, rh_percent, wind_m_s, rain_mm, ..Reading::new(time) };
        cells.next().is_none().then_some(Self(row)).ok_or_else(bad)
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_it_was() {
        let time = "2026-08-01T12:00:00.25Z".parse().unwrap();
        for (temp_c, rain_mm) in
            [(Some(0.1 + 0.2), None), (Some(-17.777_777_777_777_78), Some(1e-7))]
        {
            let reading = Reading { temp_c, rain_mm, wind_m_s: Some(0.0), ..Reading::new(time) };
            let row = Row::of(&reading);
            assert_eq!(row.to_string().parse(), Ok(row), "{row}");
        }
        for bad in ["", "2026-08-01T12:00:00Z 1 2 3", "2026-08-01T12:00:00Z 1 2 3 4 5", "x 1 2 3 4"]
        {
            assert!(bad.parse::<Row>().is_err(), "{bad}");
        }
    }
}
