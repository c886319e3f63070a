//! `emberline weather`: the weather of a place, from a station's own readings or from radar frames.

mod area;
mod fire;
mod rain;
mod station;

use emberline::node::store::is_store;

use super::outcome::Outcome;
use crate::cli::{Pick, WeatherArgs};

/// Runs the verb.
pub(crate) fn run(args: &WeatherArgs) -> anyhow::Result<Outcome> {
    if rain::claims(&args.input) && !is_store(&args.input) {
        if args.fwi_state.is_some() || args.picture.is_some() {
            anyhow::bail!(
                "{}: radar frames have no --fwi-state and no --picture; leave them out",
                args.input.display()
            );
        }
        return rain::run(args);
    }
    if args.pick != Pick::default() || args.radar.area.is_some() {
        anyhow::bail!(
            "{}: a table of readings, and something was said that only radar frames have; leave it out",
            args.input.display()
        );
    }
    station::run(args)
}

/// Latitude and longitude in degrees, as `40.78,-73.87`.
fn place(text: &str) -> anyhow::Result<[f64; 2]> {
    let wrong = || anyhow::anyhow!("--at {text}: not LAT,LON in degrees, as 40.78,-73.87");
    let (lat, lon) = text.split_once(',').ok_or_else(wrong)?;
    let number = |t: &str, most: f64| -> Option<f64> {
        t.trim().parse().ok().filter(|v: &f64| v.abs() <= most)
    };
    match (number(lat, 90.0), number(lon, 180.0)) {
        (Some(lat), Some(lon)) => Ok([lat, lon]),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_two_numbers_in_range() {
        assert_eq!(place("40.78, -73.87").ok(), Some([40.78, -73.87]));
        for bad in ["", "40.78", "91,0", "0,181", "a,b", "nan,0"] {
            assert!(place(bad).is_err_and(|e| e.to_string().contains("LAT,LON")), "{bad}");
        }
    }
}
