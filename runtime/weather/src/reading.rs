//! A reading: what a station measured at one moment, whatever brought it here.

use jiff::Timestamp;

/// What a station measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantity {
    /// Air temperature, °C.
    Temp,
    /// Relative humidity, %.
    Humidity,
    /// Mean wind speed, m/s.
    Wind,
    /// Where the wind comes from, degrees clockwise from north.
    WindFrom,
    /// Highest wind since the last reading, m/s.
    Gust,
    /// Pressure at the station or at sea level, hPa; only its changes are used.
    Pressure,
    /// Rain since the last reading, mm.
    Rain,
}

impl Quantity {
    /// All of them, in the order of their index.
    pub const ALL: [Self; 7] = [
        Self::Temp,
        Self::Humidity,
        Self::Wind,
        Self::WindFrom,
        Self::Gust,
        Self::Pressure,
        Self::Rain,
    ];

    /// Place in [`Quantity::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// Name with its unit, as columns and fields have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Temp => "temp_c",
            Self::Humidity => "rh_percent",
            Self::Wind => "wind_m_s",
            Self::WindFrom => "wind_from_deg",
            Self::Gust => "gust_m_s",
            Self::Pressure => "pressure_hpa",
            Self::Rain => "rain_mm",
        }
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// One set of measurements; what was not measured, or failed a check, is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// When, UTC.
    pub time: Timestamp,
    /// Air temperature, °C.
    pub temp_c: Option<f64>,
    /// Relative humidity, %.
    pub rh_percent: Option<f64>,
    /// Mean wind speed, m/s.
    pub wind_m_s: Option<f64>,
    /// Where the wind comes from, degrees clockwise from north; 0 and 360 are both north.
    pub wind_from_deg: Option<f64>,
    /// Highest wind since the last reading, m/s. Airports report it only when it stands out.
    pub gust_m_s: Option<f64>,
    /// Pressure, hPa.
    pub pressure_hpa: Option<f64>,
    /// Rain since the last reading, mm.
    pub rain_mm: Option<f64>,
}

impl Reading {
    /// A reading of nothing yet.
    #[must_use]
    pub fn new(time: Timestamp) -> Self {
        Self {
            time,
            temp_c: None,
            rh_percent: None,
            wind_m_s: None,
            wind_from_deg: None,
            gust_m_s: None,
            pressure_hpa: None,
            rain_mm: None,
        }
    }

    /// The value of one quantity.
    #[must_use]
    pub fn get(&self, quantity: Quantity) -> Option<f64> {
        match quantity {
            Quantity::Temp => self.temp_c,
            Quantity::Humidity => self.rh_percent,
            Quantity::Wind => self.wind_m_s,
            Quantity::WindFrom => self.wind_from_deg,
            Quantity::Gust => self.gust_m_s,
            Quantity::Pressure => self.pressure_hpa,
            Quantity::Rain => self.rain_mm,
        }
    }

    /// Sets the value of one quantity.
    pub fn set(&mut self, quantity: Quantity, value: Option<f64>) {
        *match quantity {
            Quantity::Temp => &mut self.temp_c,
            Quantity::Humidity => &mut self.rh_percent,
            Quantity::Wind => &mut self.wind_m_s,
            Quantity::WindFrom => &mut self.wind_from_deg,
            Quantity::Gust => &mut self.gust_m_s,
            Quantity::Pressure => &mut self.pressure_hpa,
            Quantity::Rain => &mut self.rain_mm,
        } = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantity_has_its_own_field() {
        let mut r = Reading::new(Timestamp::UNIX_EPOCH);
        for (i, q) in Quantity::ALL.into_iter().enumerate() {
            assert_eq!(q.index(), i);
            r.set(q, Some(i as f64));
        }
        for (i, q) in Quantity::ALL.into_iter().enumerate() {
            assert_eq!(r.get(q), Some(i as f64), "{q}");
        }
    }
}
