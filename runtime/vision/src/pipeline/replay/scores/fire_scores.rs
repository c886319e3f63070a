//! Scores of fire: new burn, front, probability, and the frames as pictures.

use serde_json::json;

use super::cell::Cell;
use super::image_scores::{mse, psnr_db, ssim};
use super::lead_tally::LeadTally;
use super::reliability::{self, Curve, Reliability};
use super::reported::{Members, ReportedScores};
use super::tally::Tally;
use crate::score::{Interval, ReliabilityTable};

/// What is reported of them.
pub(super) const FIRE: ReportedScores = ReportedScores {
    headings: &["F1 new burn", "IoU", "Brier", "front px", "MSE", "PSNR dB", "SSIM"],
    cells,
    pooled,
    start,
    intervals: &[("f1_interval", f1)],
    charts: &[("F1 on new burn, by lead", f1)],
    reliability: burn_reliability,
    words: "New burn: only cells that had not burnt at the last frame seen count, so that doing \
            nothing scores 0. Counts of all starts are pooled",
    event: "fire",
};

fn f1(lead: &LeadTally) -> Option<f64> {
    lead.fire?.new_burn.f1()
}

fn cells(lead: &LeadTally, interval: Option<Interval>) -> Vec<Cell> {
    let fire = lead.fire.unwrap_or_default();
    vec![
        Cell::new(f1(lead), 3).within(interval),
        Cell::new(fire.new_burn.iou(), 3),
        Cell::new(fire.reliability.brier(), 4),
        Cell::new(fire.front_px.mean(), 2),
        Cell::new(mse(lead), 5),
        // Of equal frames it is infinite.
        Cell::new(lead.image.psnr_db(), 1),
        Cell::new(ssim(lead), 3),
    ]
}

fn start(lead: &LeadTally, tally: &Tally) -> Members {
    let fire = lead.fire.unwrap_or_default();
    vec![
        ("new_burn", json!(fire.new_burn)),
        ("f1", json!(fire.new_burn.f1())),
        ("iou", json!(fire.new_burn.iou())),
        ("brier", json!(fire.reliability.brier())),
        ("front_px", json!(fire.front_px.mean())),
        ("front_m", json!(fire.front_m.mean())),
        ("mse", json!(mse(lead))),
        ("psnr_db", json!(psnr_db(lead))),
        ("ssim", json!(ssim(lead))),
        ("arrival_mae_frames", json!(tally.arrival.and_then(|a| a.mae_frames()))),
    ]
}

fn pooled(lead: &LeadTally) -> Members {
    let fire = lead.fire.unwrap_or_default();
    let burn = &fire.new_burn;
    vec![
        ("f1", json!(burn.f1())),
        ("iou", json!(burn.iou())),
        ("precision", json!(burn.precision())),
        ("recall", json!(burn.recall())),
        ("bias", json!(burn.bias())),
        ("new_burn", json!(burn)),
        ("brier", json!(fire.reliability.brier())),
        ("calibration_error", json!(fire.reliability.calibration_error())),
        ("front_px", json!(fire.front_px.mean())),
        ("front_m", json!(fire.front_m.mean())),
        ("mse", json!(mse(lead))),
        ("mae", json!(lead.image.mae())),
        ("psnr_db", json!(psnr_db(lead))),
        ("ssim", json!(ssim(lead))),
        ("reliability", json!(fire.reliability.bins)),
    ]
}

/// Burn probabilities against what burnt.
fn burn_reliability(method: &str, tally: &Tally) -> Option<Reliability> {
    tally.arrival?;
    let mut all = ReliabilityTable::default();
    tally.leads.iter().filter_map(|l| l.fire.as_ref()).for_each(|f| all += &f.reliability);
    Some(Reliability {
        words: "Of the cells that were given this probability, how many burnt? All leads together, \
                cells not burnt before.",
        title: "Observed share by probability said",
        curves: vec![Curve::of(method, &all), Curve::perfect()],
        headings: &["probability", "cells", "mean said", "burnt"],
        rows: reliability::rows(&all),
    })
}
