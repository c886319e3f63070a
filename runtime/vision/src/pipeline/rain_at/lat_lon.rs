//! Latitude and longitude as a person writes them.

use std::str::FromStr;

/// A point on the Earth, degrees, north and east positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatLon {
    /// −90 to 90.
    pub lat_deg: f64,
    /// −180 to 180, or 0 to 360 as some maps have it.
    pub lon_deg: f64,
}

/// A text is no latitude and longitude.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("‹at› {text}: not LAT,LON in degrees, as 40.78,-73.87")]
pub struct NotLatLon {
    /// As written.
    pub text: String,
}

impl FromStr for LatLon {
    type Err = NotLatLon;

    /// Reads `40.78,-73.87`.
    fn from_str(text: &str) -> Result<Self, NotLatLon> {
        let number = |t: &str, most: f64| -> Option<f64> {
            t.trim().parse().ok().filter(|v: &f64| v.abs() <= most)
        };
        let both = text.split_once(',');
        both.and_then(|(lat, lon)| {
            Some(Self { lat_deg: number(lat, 90.0)?, lon_deg: number(lon, 360.0)? })
        })
        .ok_or_else(|| NotLatLon { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_two_numbers_in_range() {
        let want = LatLon { lat_deg: 40.78, lon_deg: -73.87 };
        assert_eq!("40.78, -73.87".parse(), Ok(want));
        for bad in ["", "40.78", "91,0", "0,361", "a,b", "nan,0"] {
            let error = bad.parse::<LatLon>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("‹at› {bad}: not LAT,LON in degrees, as 40.78,-73.87")
            );
        }
    }
}
