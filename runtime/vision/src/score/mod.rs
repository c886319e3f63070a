//! Scores: how good a forecast was, given what followed; named as pysteps' `verification` names them.
//!
//! Everything here is pooled: a score of many starts comes from sums of counts and errors, added up
//! with `+=` and divided once at the end, so that a large fire counts for more than a small one and
//! nothing is a mean of means unless its name says so. A score that has nothing to divide by is
//! `None`. How much may be chance is what [`interval()`] answers, which draws whole events. Fields that
//! are compared have one shape; anything else is a mistake in the calling code, and panics.
//!
//! | type | holds |
//! |---|---|
//! | [`ContingencyTable`] | hits, misses, false alarms: F1, IoU (CSI), precision, recall (POD), FAR, bias |
//! | [`RainContingency`], [`Fss`] | the table at each rain rate; fractions skill score |
//! | [`ReliabilityTable`], [`exceedance()`] | Brier score, calibration; probability of a rain rate |
//! | [`Crps`] | continuous ranked probability score of ensembles |
//! | [`FireScores`], [`ArrivalError`], [`FrontDistance`] | a lead of a fire; arrival times; two fronts |
//! | [`ImageError`], [`Spectrum`] | MSE, MAE, PSNR, SSIM; power by wavelength |
//! | [`physics`] | drift of mass and energy, burnt area that shrinks, speed of the front |

mod arrival_error;
mod bootstrap;
mod contingency;
mod crps;
mod exceedance;
mod fire_scores;
mod front_distance;
mod fss;
mod image_error;
mod mean;
pub mod physics;
mod rain_contingency;
mod reliability;
mod spectrum;

pub use arrival_error::ArrivalError;
pub use bootstrap::{Interval, interval};
pub use contingency::ContingencyTable;
pub use crps::Crps;
pub use exceedance::exceedance;
pub use fire_scores::{FireScores, score_start};
pub use front_distance::FrontDistance;
pub use fss::Fss;
pub use image_error::ImageError;
pub use mean::Mean;
pub use rain_contingency::{RATES_MM_H, RainContingency};
pub use reliability::{ReliabilityBin, ReliabilityTable};
pub use spectrum::Spectrum;

#[cfg(test)]
mod tests;
