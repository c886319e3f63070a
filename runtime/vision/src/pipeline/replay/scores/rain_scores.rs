//! Scores of rain: counts at rain rates, chances of rates, and the frames as pictures.

use serde_json::{Value, json};

use super::cell::Cell;
use super::image_scores::{self, mse, ssim};
use super::lead_tally::LeadTally;
use super::reliability::{self, Curve, Reliability};
use super::reported::{Members, ReportedScores};
use super::tally::Tally;
use crate::forecast::Chance;
use crate::pipeline::decimal::decimal;
use crate::score::RATES_MM_H;
use crate::score::{ContingencyTable, Interval, ReliabilityTable};

/// What is reported of them.
pub(super) const RAIN: ReportedScores = ReportedScores {
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
    cells,
    pooled: members,
    start: |lead, _| members(lead),
    intervals: &[
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
    reliability: chance_reliability,
    words: "Counts of cells with at least a rain rate; cells without data on either side are left \
            out. FSS (fractions skill score) is over 9 × 9 cells; the Brier score is that of \
            chances, which only the model tells. MSE, PSNR and SSIM are on the scale of 0 to 1 that \
            the network sees. All starts are pooled",
    event: "storm",
};

fn cells(lead: &LeadTally, interval: Option<Interval>) -> Vec<Cell> {
    let csi = |k: usize| Cell::new(at(lead, k).and_then(|c| c.csi()), 3);
    let mut cells = vec![
        csi(2).within(interval),
        csi(0),
        csi(1),
        csi(3),
        Cell::new(at(lead, 2).and_then(|c| c.pod()), 3),
        Cell::new(at(lead, 2).and_then(|c| c.far()), 3),
        Cell::new(lead.rain.and_then(|r| r.wet_area_bias()), 2),
        Cell::new(fss(lead), 3),
    ];
    cells.extend((0..3).map(|k| Cell::new(brier(lead, k), 4)));
    cells.extend(image_scores::cells(lead, None));
    cells
}

/// Counts at the rate `k` of the contract.
fn at(lead: &LeadTally, k: usize) -> Option<ContingencyTable> {
    lead.rain.map(|r| r.0[k])
}

fn csi_0_1(lead: &LeadTally) -> Option<f64> {
    at(lead, 0)?.csi()
}

fn csi_1(lead: &LeadTally) -> Option<f64> {
    at(lead, 2)?.csi()
}

fn csi_5(lead: &LeadTally) -> Option<f64> {
    at(lead, 3)?.csi()
}

fn fss(lead: &LeadTally) -> Option<f64> {
    lead.fss?.value()
}

/// Brier score of the chance of rate `k` of those that people are told of.
fn brier(lead: &LeadTally, k: usize) -> Option<f64> {
    lead.chances.as_ref()?[k].brier()
}

/// The frames' scores, those at each rate, and the wet area's bias.
fn members(lead: &LeadTally) -> Members {
    let mut members = image_scores::members(lead);
    let Some(rain) = &lead.rain else { return members };
    let rates = RATES_MM_H.iter().zip(&rain.0).map(|(rate, counts)| {
        json!({
            "mm_h": decimal(*rate),
            "csi": counts.csi(),
            "pod": counts.pod(),
            "far": counts.far(),
            "counts": counts,
        })
    });
    members.extend([
        ("rates", rates.collect::<Value>()),
        ("wet_area_bias", json!(rain.wet_area_bias())),
        ("fss_1_mm_h", json!(fss(lead))),
    ]);
    if let Some(chances) = &lead.chances {
        let chances = Chance::PUBLISHED_RATES_MM_H.iter().zip(chances).map(|(rate, p)| {
            json!({
                "mm_h": decimal(*rate),
                "brier": p.brier(),
                "calibration_error": p.calibration_error(),
                "reliability": p.bins,
            })
        });
        members.push(("chances", chances.collect::<Value>()));
    }
    members
}

/// Chances of each rate that people are told of, against the rain that came.
fn chance_reliability(_: &str, tally: &Tally) -> Option<Reliability> {
    let mut sums = [ReliabilityTable::default(); 3];
    let mut any = false;
    for chances in tally.leads.iter().filter_map(|l| l.chances.as_ref()) {
        any = true;
        sums.iter_mut().zip(chances).for_each(|(sum, p)| *sum += p);
    }
    if !any {
        return None;
    }
    let (mut curves, mut rows) = (Vec::new(), Vec::new());
    for (rate, sum) in Chance::PUBLISHED_RATES_MM_H.iter().zip(&sums) {
        let name = format!("{rate} mm/h");
        curves.push(Curve::of(&name, sum));
        let with_rate = |row| [vec![name.clone()], row].concat();
        rows.extend(reliability::rows(sum).into_iter().map(with_rate));
    }
    curves.push(Curve::perfect());
    Some(Reliability {
        words: "Of the cells that were given this chance, how many had this rain or more? All leads \
                together.",
        title: "Observed share by chance said",
        curves,
        headings: &["rate", "chance", "cells", "mean said", "came"],
        rows,
    })
}
