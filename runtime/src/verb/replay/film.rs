//! Scores of films and of rain, told: the frames as pictures, and counts at rain rates.

use serde_json::{Value, json};

use emberline::forecast::Chance;
use emberline::score::{ContingencyTable, RATES_MM_H, ReliabilityTable};

use super::chart::{self, Line};
use super::tally::{Lead, Tally};
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
        "FSS 1 mm/h",
        "Brier 0.1",
        "Brier 1",
        "Brier 5",
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
            told(fss(lead), 3),
            told(brier(lead, 0), 4),
            told(brier(lead, 1), 4),
            told(brier(lead, 2), 4),
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
        ("CSI at 5 mm/h, by lead", csi_5),
        ("FSS at 1 mm/h over 9 × 9 cells, by lead", fss),
        ("SSIM, by lead", ssim),
    ],
    words: "Counts of cells with at least a rain rate; cells without data on either side are left \
            out. FSS (fractions skill score) is over 9 × 9 cells; the Brier score is that of chances, \
            which only the model tells. MSE, PSNR and SSIM are on the scale of 0 to 1 that the network sees. All starts are \
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
fn at(lead: &Lead, k: usize) -> Option<ContingencyTable> {
    lead.rain.map(|r| r.0[k])
}

fn csi_0_1(lead: &Lead) -> Option<f64> {
    at(lead, 0)?.csi()
}

fn csi_5(lead: &Lead) -> Option<f64> {
    at(lead, 3)?.csi()
}

fn fss(lead: &Lead) -> Option<f64> {
    lead.fss?.value()
}

/// Brier score of the chance of rate `k` of those that are told.
fn brier(lead: &Lead, k: usize) -> Option<f64> {
    lead.chances.as_ref()?[k].brier()
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
    let mut members = vec![
        ("rates", rates.collect::<Value>()),
        ("wet_area_bias", json!(rain.wet_area_bias())),
        ("fss_1_mm_h", json!(fss(lead))),
    ];
    if let Some(chances) = &lead.chances {
        let told = Chance::PUBLISHED_RATES_MM_H.iter().zip(chances).map(|(rate, p)| {
            json!({
                "mm_h": rate.to_string().parse::<f64>().unwrap_or(f64::from(*rate)),
                "brier": p.brier(),
                "calibration_error": p.calibration_error(),
                "reliability": p.bins,
            })
        });
        members.push(("chances", told.collect::<Value>()));
    }
    members
}

/// Said against observed chance of each rate that is told, over all leads: a chart, and the rows of a
/// table with the rate before them. Nothing where no chances were told.
pub(super) fn reliability(tally: &Tally) -> Option<(String, Vec<Vec<String>>)> {
    let mut sums = [ReliabilityTable::default(); 3];
    let told: Vec<_> = tally.leads.iter().filter_map(|l| l.chances.as_ref()).collect();
    if told.is_empty() {
        return None;
    }
    for chances in told {
        sums.iter_mut().zip(chances).for_each(|(sum, p)| *sum += p);
    }
    let names = Chance::PUBLISHED_RATES_MM_H.map(|rate| format!("{rate} mm/h"));
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for (name, sum) in names.iter().zip(&sums) {
        let of = super::fire::bins(sum);
        rows.extend(of.rows.into_iter().map(|row| [vec![name.clone()], row].concat()));
        lines.push(Line { name, points: of.points });
    }
    lines.push(Line { name: "perfect", points: vec![(0.0, 0.0), (1.0, 1.0)] });
    Some((chart::lines("Observed share by chance said", "said", 1.0, &lines), rows))
}
