//! `emberline weather`: the weather of a place, from a station's own readings or from radar frames.

mod fire;
mod rain;
mod station;

use emberline::node::store::is_store;
use emberline::weather::table::is_table;

use super::outcome::Outcome;
use crate::cli::{Pick, WeatherArgs};

/// Runs the verb.
pub(crate) fn run(args: &WeatherArgs) -> anyhow::Result<Outcome> {
    if rain::claims(&args.input) && !is_store(&args.input) && !is_table(&args.input) {
        let of_a_station = [
            ("fwi-state", args.fwi_state.is_some()),
            ("fwi-start", args.fwi_start.is_some()),
            ("fwi-winter", args.fwi_winter.is_some()),
            ("rain", args.rain.is_some()),
            ("picture", args.picture.is_some()),
        ];
        if let Some((flag, _)) = of_a_station.iter().find(|(_, given)| *given) {
            anyhow::bail!("{}: radar frames have no --{flag}; leave it out", args.input.display());
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
