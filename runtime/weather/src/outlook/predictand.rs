//! Predictands: the quantities that are forecast.

use serde::Serialize;

use super::hours::Element;

/// What is forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Predictand {
    /// Air temperature, °C.
    #[serde(rename = "temp_c")]
    Temp,
    /// Relative humidity, %: from the temperature and the dew point forecast.
    #[serde(rename = "rh_percent")]
    Humidity,
    /// Wind speed, m/s.
    #[serde(rename = "wind_m_s")]
    Wind,
    /// Wind as a vector, for its direction.
    #[serde(rename = "wind_vector")]
    WindVector,
    /// Pressure, hPa.
    #[serde(rename = "pressure_hpa")]
    Pressure,
}

impl Predictand {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Temp, Self::Humidity, Self::Wind, Self::WindVector, Self::Pressure];

    /// Name in the model file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Temp => "temp_c",
            Self::Humidity => "rh_percent",
            Self::Wind => "wind_m_s",
            Self::WindVector => "wind_vector",
            Self::Pressure => "pressure_hpa",
        }
    }

    /// The regressions that it is made of.
    pub(super) fn targets(self) -> (Element, Option<Element>) {
        match self {
            Self::Temp => (Element::Temp, None),
            Self::Humidity => (Element::Temp, Some(Element::Dew)),
            Self::Wind => (Element::Wind, None),
            Self::WindVector => (Element::East, Some(Element::North)),
            Self::Pressure => (Element::Pressure, None),
        }
    }
}
