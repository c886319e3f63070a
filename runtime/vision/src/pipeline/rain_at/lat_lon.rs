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

    /// Reads `40.78,-73.87`, and as people write it elsewhere: `40.78 -73.87`, `40,78; -73,87`,
    /// `40.78N, 73.87W`.
    fn from_str(text: &str) -> Result<Self, NotLatLon> {
        read(text).ok_or_else(|| NotLatLon { text: text.to_owned() })
    }
}

fn read(text: &str) -> Option<LatLon> {
    let text = text.trim();
    // Between decimal commas stands a semicolon, between decimal points a comma, or nothing but space.
    let split = [';', ','].into_iter().find_map(|c| text.split_once(c));
    let (a, b) = match split {
        Some((first, second)) => (angle(first)?, angle(second)?),
        None => {
            // A space may also stand before the letter of a side.
            let spaces = text.match_indices(char::is_whitespace);
            let mut parts = spaces.map(|(at, _)| text.split_at(at));
            parts.find_map(|(first, second)| Some((angle(first)?, angle(second)?)))?
        }
    };
    let (lat, lon) = match (a.1, b.1) {
        (None | Some('N' | 'S'), None | Some('E' | 'W')) => (a.0, b.0),
        (Some('E' | 'W'), Some('N' | 'S')) => (b.0, a.0),
        _ => return None,
    };
    (lat.abs() <= 90.0 && lon.abs() <= 360.0).then_some(LatLon { lat_deg: lat, lon_deg: lon })
}

/// Degrees, and the letter of the side of the Earth, if one stands there.
fn angle(text: &str) -> Option<(f64, Option<char>)> {
    let text = text.trim();
    let letter = text.chars().last()?.to_ascii_uppercase();
    let side = Some(letter).filter(|c| "NSEW".contains(*c));
    let number = text.trim_end_matches(|c: char| "NSEWnsew°".contains(c) || c.is_whitespace());
    let degrees: f64 = number.replace(',', ".").parse().ok()?;
    match side {
        // A sign and a letter would say it twice, or against each other.
        Some(_) if degrees < 0.0 => None,
        Some('S' | 'W') => Some((-degrees, side)),
        _ => Some((degrees, side)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_two_numbers_in_range() {
        let want = LatLon { lat_deg: 40.78, lon_deg: -73.87 };
        for text in [
            "40.78,-73.87",
            "40.78, -73.87",
            "40.78;-73.87",
            "40,78; -73,87",
            "40.78 -73.87",
            "40.78N,73.87W",
            "40.78° N 73.87° W",
            "73.87w, 40.78n",
        ] {
            assert_eq!(text.parse(), Ok(want), "{text}");
        }
        for bad in [
            "",
            "40.78",
            "91,0",
            "0,361",
            "a,b",
            "nan,0",
            "40N,-73W",
            "40E,73W",
            "40,78,73,87",
            "1 2 3",
        ] {
            let error = bad.parse::<LatLon>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("‹at› {bad}: not LAT,LON in degrees, as 40.78,-73.87")
            );
        }
    }
}
