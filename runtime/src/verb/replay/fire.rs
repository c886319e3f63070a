//! Scores of fire, told: new burn, front, probability and arrival times.

use serde_json::{Value, json};

use emberline::score::{ArrivalError, Interval, ReliabilityTable};

use super::chart::{self, Line};
use super::tally::{Lead, Tally};
use super::telling::{Members, Telling, dash, told, told_with};

/// What is told of each lead.
pub(super) const TELLING: Telling = Telling {
    headings: &["F1 new burn", "IoU", "Brier", "front px", "MSE", "PSNR dB", "SSIM"],
    cells,
    pooled,
    start,
    bands: &[("f1_interval", f1)],
    charts: &[("F1 on new burn, by lead", f1)],
    words: "New burn: only cells that had not burnt at the last frame seen count, so that doing \
            nothing scores 0. Counts of all starts are pooled",
    event: "fire",
};

/// Headings of [`arrival_row`].
pub(super) const ARRIVAL_HEADINGS: [&str; 5] = [
    "method",
    "arrival MAE, frames",
    "never = horizon",
    "given a time only",
    "burnt, given no time",
];

fn f1(lead: &Lead) -> Option<f64> {
    lead.fire?.new_burn.f1()
}

fn cells(lead: &Lead, band: Option<Interval>) -> Vec<String> {
    let fire = lead.fire.unwrap_or_default();
    vec![
        told_with(f1(lead), 3, band),
        told(fire.new_burn.iou(), 3),
        told(fire.reliability.brier(), 4),
        told(fire.front_px.mean(), 2),
        told(lead.image.mse(), 5),
        told(lead.image.psnr_db(), 1),
        told(lead.image.ssim(), 3),
    ]
}

fn start(lead: &Lead, tally: &Tally) -> Members {
    let fire = lead.fire.unwrap_or_default();
    vec![
        ("new_burn", json!(fire.new_burn)),
        ("f1", json!(fire.new_burn.f1())),
        ("iou", json!(fire.new_burn.iou())),
        ("brier", json!(fire.reliability.brier())),
        ("front_px", json!(fire.front_px.mean())),
        ("front_m", json!(fire.front_m.mean())),
        ("mse", json!(lead.image.mse())),
        ("psnr_db", json!(lead.image.psnr_db().filter(|v| v.is_finite()))),
        ("ssim", json!(lead.image.ssim())),
        ("arrival_mae_frames", json!(tally.arrival.and_then(|a| a.mae_frames()))),
    ]
}

fn pooled(lead: &Lead) -> Members {
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
        ("mse", json!(lead.image.mse())),
        ("mae", json!(lead.image.mae())),
        ("psnr_db", json!(lead.image.psnr_db().filter(|v| v.is_finite()))),
        ("ssim", json!(lead.image.ssim())),
        ("reliability", json!(fire.reliability.bins)),
    ]
}

/// A row of the table of arrival errors.
pub(super) fn arrival_row(method: &str, arrival: &ArrivalError) -> Vec<String> {
    let share = arrival.never_share().map_or_else(dash, |s| format!("{:.1} %", s * 100.0));
    vec![
        method.to_owned(),
        told(arrival.mae_frames(), 2),
        told(arrival.mae_frames_with_never_at(1.0), 2),
        told(arrival.predicted.value(), 2),
        share,
    ]
}

/// Arrival errors in `scores.json`.
pub(super) fn arrival_json(arrival: &ArrivalError, band: Option<Interval>) -> Value {
    json!({
        "mae_frames": arrival.mae_frames(),
        "mae_frames_interval": band,
        "mae_frames_never_at_horizon": arrival.mae_frames_with_never_at(1.0),
        "mae_frames_of_said": arrival.predicted.value(),
        "never_share": arrival.never_share(),
    })
}

/// Said against observed, of one method over all leads: its chart and the rows of its table.
pub(super) fn reliability(name: &str, tally: &Tally) -> (String, Vec<Vec<String>>) {
    let mut all = ReliabilityTable::default();
    tally.leads.iter().filter_map(|l| l.fire.as_ref()).for_each(|f| all += &f.reliability);
    let Bins { points, rows } = bins(&all);
    let lines =
        [Line { name, points }, Line { name: "perfect", points: vec![(0.0, 0.0), (1.0, 1.0)] }];
    (chart::lines("Observed share by probability said", "said", 1.0, &lines), rows)
}

/// Said against observed of one probability, bin by bin.
pub(super) struct Bins {
    /// Mean said and observed share.
    pub(super) points: Vec<(f64, f64)>,
    /// The same as rows of a table: bin, cells, said, observed.
    pub(super) rows: Vec<Vec<String>>,
}

/// The bins of a probability, told.
pub(super) fn bins(of: &ReliabilityTable) -> Bins {
    let mut told = Bins { points: Vec::new(), rows: Vec::new() };
    for (k, bin) in of.bins.iter().enumerate() {
        let range = format!("{:.1} – {:.1}", k as f64 / 10.0, (k + 1) as f64 / 10.0);
        if bin.cells == 0 {
            told.rows.push(vec![range, "0".to_owned(), dash(), dash()]);
            continue;
        }
        let (said, came) =
            (bin.probability_sum / bin.cells as f64, bin.observed as f64 / bin.cells as f64);
        told.points.push((said, came));
        let numbers = vec![format!("{said:.3}"), format!("{came:.3}")];
        told.rows.push([vec![range, bin.cells.to_string()], numbers].concat());
    }
    told
}
