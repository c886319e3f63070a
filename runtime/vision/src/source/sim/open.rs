//! Which simulator a `sim:` address means.

use super::address::Query;
use super::fire_simulator::SimFire;
use super::rain_simulator::SimRain;
use crate::source::error::SourceError;
use crate::source::options::SourceOptions;
use crate::source::source::Source;

/// Opens the simulator that `address`, what follows `sim:` in `uri`, describes.
pub(in crate::source) fn open(
    uri: &str,
    address: &str,
    options: &SourceOptions,
) -> Result<Box<dyn Source>, SourceError> {
    let query = Query::of(uri, address);
    match query.what {
        "fire" => Ok(Box::new(SimFire::parse(&query, options)?.source(uri))),
        "rain" => Ok(Box::new(SimRain::parse(&query, options)?.source(uri))),
        what => {
            let what = format!("the simulator '{what}'");
            Err(SourceError::Unsupported { name: uri.into(), what })
        }
    }
}
