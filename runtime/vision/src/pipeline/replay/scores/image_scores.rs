//! Scores of the frames as pictures, on the scale of 0 to 1 that the network sees.

use serde_json::json;

use super::cell::Cell;
use super::lead_tally::LeadTally;
use super::reported::Members;
use crate::score::Interval;

/// Mean squared error.
pub(super) fn mse(lead: &LeadTally) -> Option<f64> {
    lead.image.mse()
}

/// Structural similarity.
pub(super) fn ssim(lead: &LeadTally) -> Option<f64> {
    lead.image.ssim()
}

/// Peak signal to noise ratio; equal frames have no number of decibels.
pub(super) fn psnr_db(lead: &LeadTally) -> Option<f64> {
    lead.image.psnr_db().filter(|v| v.is_finite())
}

/// The three as cells; `interval` is that of the error.
pub(super) fn cells(lead: &LeadTally, interval: Option<Interval>) -> Vec<Cell> {
    vec![
        Cell::new(mse(lead), 5).within(interval),
        Cell::new(psnr_db(lead), 1),
        Cell::new(ssim(lead), 3),
    ]
}

/// The three as members of a file.
pub(super) fn members(lead: &LeadTally) -> Members {
    vec![("mse", json!(mse(lead))), ("psnr_db", json!(psnr_db(lead))), ("ssim", json!(ssim(lead)))]
}
