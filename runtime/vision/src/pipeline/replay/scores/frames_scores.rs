//! Scores of any film: the frames as pictures.

use super::image_scores::{cells, members, mse, ssim};
use super::reported::ReportedScores;

/// What is reported of them.
pub(super) const FRAMES: ReportedScores = ReportedScores {
    headings: &["MSE", "PSNR dB", "SSIM"],
    cells,
    pooled: members,
    start: |lead, _| members(lead),
    intervals: &[("mse_interval", mse), ("ssim_interval", ssim)],
    charts: &[("SSIM, by lead", ssim)],
    reliability: |_, _| None,
    words: "Frames as pictures, on the scale of 0 to 1 that the network sees. Errors of all starts \
            are pooled",
    event: "film",
};
