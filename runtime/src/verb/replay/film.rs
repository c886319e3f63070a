//! Scores of films and of rain, told: the frames as pictures, and counts at rain rates.

use serde_json::{Value, json};

use emberline::score::Counts;
use emberline::score::rain::RATES_MM_H;

use super::tally::Lead;
use super::telling::{Members, Telling, told, told_with};

/// Of any film.
pub(super) const FRAMES: Telling = Telling {
    headings: &["MSE", "PSNR dB", "SSIM"],
    cells: |lead, band| {
        vec![
            told_with(lead.image.mse(), 5, band),
            told(psnr_db(lead), 1),
            told(lead.image.ssim(), 3),
        ]
    },
    pooled: image,
    start: |lead, _| image(lead),
    bands: &[("mse_interval", mse), ("ssim_interval", ssim)],
    charts: &[("SSIM, by lead", ssim)],
    words: "Frames as pictures, on the scale of 0 to 1 that the network sees. Errors of all starts \
            are pooled",
    event: "film",
};

/// Of rain.
pub(super) const RAIN: Telling = Telling {
    headings: &[
        "CSI 1 mm/h",
        "CSI 0.1",
        "CSI 0.5",
        "CSI 5",
        "POD 1",
        "FAR 1",
        "wet area bias",
        "MSE",
        "PSNR dB",
        "SSIM",
    ],
    cells: |lead, band| {
        let csi = |k: usize| told(at(lead, k).and_then(|c| c.csi()), 3);
        vec![
            told_with(csi_1(lead), 3, band),
            csi(0),
            csi(1),
            csi(3),
            told(at(lead, 2).and_then(|c| c.pod()), 3),
            told(at(lead, 2).and_then(|c| c.far()), 3),
            told(lead.rain.and_then(|r| r.wet_area_bias()), 2),
            told(lead.image.mse(), 5),
            told(psnr_db(lead), 1),
            told(lead.image.ssim(), 3),
        ]
    },
    pooled: |lead| [image(lead), rain(lead)].concat(),
    start: |lead, _| [image(lead), rain(lead)].concat(),
    bands: &[
        ("csi_1_mm_h_interval", csi_1),
        ("csi_0_1_mm_h_interval", csi_0_1),
        ("mse_interval", mse),
    ],
    charts: &[
        ("CSI at 1 mm/h, by lead", csi_1),
        ("CSI at 0.1 mm/h, by lead", csi_0_1),
        ("SSIM, by lead", ssim),
    ],
    words: "Counts of cells with at least a rain rate; cells without data on either side are left \
            out. MSE, PSNR and SSIM are on the scale of 0 to 1 that the network sees. All starts are \
            pooled",
    event: "storm",
};

fn mse(lead: &Lead) -> Option<f64> {
    lead.image.mse()
}

fn ssim(lead: &Lead) -> Option<f64> {
    lead.image.ssim()
}

/// Equal frames have no number of decibels.
fn psnr_db(lead: &Lead) -> Option<f64> {
    lead.image.psnr_db().filter(|v| v.is_finite())
}

/// Counts at the rate `k` of the contract.
fn at(lead: &Lead, k: usize) -> Option<Counts> {
    lead.rain.map(|r| r.0[k])
}

fn csi_0_1(lead: &Lead) -> Option<f64> {
    at(lead, 0)?.csi()
}

fn csi_1(lead: &Lead) -> Option<f64> {
    at(lead, 2)?.csi()
}

fn image(lead: &Lead) -> Members {
    vec![
        ("mse", json!(lead.image.mse())),
        ("psnr_db", json!(psnr_db(lead))),
        ("ssim", json!(lead.image.ssim())),
    ]
}

/// Scores at each rate, and the wet area's bias.
fn rain(lead: &Lead) -> Members {
    let Some(rain) = &lead.rain else { return Vec::new() };
    let rates = RATES_MM_H.iter().zip(&rain.0).map(|(rate, counts)| {
        json!({
            // Through its decimal form: 0.1, not 0.10000000149011612.
            "mm_h": rate.to_string().parse::<f64>().unwrap_or(f64::from(*rate)),
            "csi": counts.csi(),
            "pod": counts.pod(),
            "far": counts.far(),
            "counts": counts,
        })
    });
    vec![("rates", rates.collect::<Value>()), ("wet_area_bias", json!(rain.wet_area_bias()))]
}
