//! What scores must be: the numbers that scikit-image, scikit-learn, SciPy, pysteps, properscoring
//! and scoringrules give for the same small fields.

#![allow(clippy::unwrap_used)] // tests only

use std::fs::File;
use std::path::Path;

use ndarray::{Array, Array0, Array1, Array2, Array3, Dimension, s};
use ndarray_npy::{NpzReader, ReadableElement};

use super::spectrum::radial_power;
use super::*;

fn golden<A: ReadableElement, D: Dimension>(name: &str) -> Array<A, D> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/score.npz");
    NpzReader::new(File::open(path).unwrap()).unwrap().by_name(name).unwrap()
}

#[track_caller]
fn is(got: Option<f64>, name: &str, within: f64) {
    let want: Array0<f64> = golden(name);
    let (got, want) = (got.unwrap(), want[()]);
    assert!((got - want).abs() <= within, "{name}: {got}, not {want}");
}

#[test]
fn image_scores_are_scikit_images() {
    let (predicted, truth): (Array2<f32>, Array2<f32>) =
        (golden("image_said"), golden("image_truth"));
    let e = ImageError::of(&predicted, &truth);
    is(e.ssim(), "ssim", 1e-12);
    is(e.psnr_db(), "psnr", 1e-10);
    is(e.mse(), "mse", 1e-14);
    is(e.mae(), "mae", 1e-14);
    let same = ImageError::of(&truth, &truth);
    assert_eq!(same.psnr_db(), Some(f64::INFINITY));
    assert!((same.ssim().unwrap() - 1.0).abs() < 1e-12);
    let small = ImageError::of(&Array2::zeros((10, 40)), &Array2::ones((10, 40)));
    assert_eq!((small.ssim(), small.mse(), small.psnr_db()), (None, Some(1.0), Some(0.0)));
}

#[test]
fn spectra_are_those_of_pysteps() {
    let (predicted, truth): (Array2<f32>, Array2<f32>) =
        (golden("image_said"), golden("image_truth"));
    let (predicted, truth) = (predicted.slice(s![.., ..40]), truth.slice(s![.., 7..47]));
    let want: Array1<f64> = golden("rapsd_ratio");
    let spectrum = Spectrum::of(&predicted, &truth);
    for (k, &want) in want.iter().enumerate() {
        let got = spectrum.ratios()[k].unwrap();
        assert!((got / want - 1.0).abs() < 1e-9, "ring {k}: {got}, not {want}");
    }
    assert!(spectrum.ratio_below(6.0, 40).unwrap() < 1.0, "the forecast was smoothed");
}

#[test]
fn a_wave_has_its_power_at_its_length() {
    // Not square: 8 waves across 64 columns are 4 across the shorter side of 32.
    let wave = Array2::from_shape_fn((32, 64), |(_, x)| (x as f32 * 0.125 * 6.283_185_5).cos());
    let power = radial_power(&wave);
    assert_eq!(power.len(), 17);
    let total: f64 = wave.iter().map(|v| f64::from(v * v)).sum();
    assert!((power[4] / total - 1.0).abs() < 1e-6, "{power:?}");
}

#[test]
fn new_burn_is_scikit_learns() {
    let [now, truth, predicted]: [Array2<bool>; 3] = ["now", "truth", "said"].map(golden);
    let c = ContingencyTable::of_new_burn(&predicted, &truth, &now);
    is(c.f1(), "f1", 1e-12);
    is(c.iou(), "iou", 1e-12);
    is(c.precision(), "precision", 1e-12);
    is(c.recall(), "recall", 1e-12);
    let persistence = ContingencyTable::of_new_burn(&now, &truth, &now);
    assert_eq!((persistence.f1(), persistence.precision()), (Some(0.0), None));
    // Halves add up to the whole.
    let half = |from: usize, to: usize| {
        let rows = s![from..to, ..];
        ContingencyTable::of_new_burn(&predicted.slice(rows), &truth.slice(rows), &now.slice(rows))
    };
    let mut both = half(0, 20);
    both += &half(20, 45);
    assert_eq!(both, c);
}

#[test]
fn probability_scores_are_scikit_learns() {
    let p: Array2<f32> = golden("probability");
    let [now, truth]: [Array2<bool>; 2] = ["now", "truth"].map(golden);
    let score = ReliabilityTable::of_new_burn(&p, &truth, &now);
    is(score.brier(), "brier", 1e-12);
    is(score.calibration_error(), "calibration", 1e-12);
    is(score.calibration_error_above_lowest(), "calibration_above", 1e-12);
    let mut sure = ReliabilityTable::default();
    sure.add(1.0, true);
    sure.add(0.0, true);
    assert_eq!((sure.bins[9].cells, sure.bins[0].cells, sure.brier()), (1, 1, Some(0.5)));
}

#[test]
fn front_distances_are_scipys() {
    let [predicted, truth]: [Array2<bool>; 2] = ["said", "truth"].map(golden);
    let d = FrontDistance::of(&predicted, &truth);
    is(d.mean(), "front_mean", 1e-9);
    is(d.hd95_per_start(), "front_hd95", 1e-9);
    is(
        d.from_predicted.value().map(|v| v.max(d.from_observed.value().unwrap())),
        "front_modified",
        1e-9,
    );
    assert_eq!(d.mean_per_start(), d.mean());
    let metres = d.times(30.0).mean().unwrap();
    assert!((metres - 30.0 * d.mean().unwrap()).abs() < 1e-9);
    // 3 columns apart, and no front at all.
    let left = |n: usize| Array2::from_shape_fn((9, 20), |(_, x)| x < n);
    let apart = FrontDistance::of(&left(8), &left(5));
    assert_eq!((apart.mean(), apart.hd95_per_start()), (Some(3.0), Some(3.0)));
    for n in [0, 20] {
        let none = FrontDistance::of(&left(8), &left(n));
        assert_eq!((none.mean(), none.without_front), (None, 1));
    }
}

#[test]
fn rain_counts_are_those_of_pysteps() {
    let (predicted, truth): (Array2<f32>, Array2<f32>) =
        (golden("rain_said"), golden("rain_truth"));
    for rate in RATES_MM_H {
        let want: Array1<f64> = golden(&format!("rain_{rate}"));
        let c = ContingencyTable::of_rate(&predicted, &truth, rate);
        for (got, want) in [c.csi(), c.pod(), c.far(), c.bias()].into_iter().zip(want) {
            assert!((got.unwrap() - want).abs() < 1e-12, "{rate} mm/h: {got:?}, not {want}");
        }
    }
}

#[test]
fn fss_is_that_of_pysteps() {
    let (predicted, truth): (Array2<f32>, Array2<f32>) =
        (golden("rain_said"), golden("rain_whole"));
    for rate in RATES_MM_H {
        for window in [1, 2, 5, 9] {
            let got = Fss::of(&predicted, &truth, rate, window).value();
            is(got, &format!("fss_{rate}_{window}"), 1e-10);
        }
    }
    assert_eq!(Fss::of(&predicted, &truth, 1e9, 3).value(), None);
}

#[test]
fn crps_is_that_of_properscoring_and_scoringrules() {
    let (members, truth): (Array3<f32>, Array2<f32>) = (golden("members"), golden("rain_whole"));
    let crps = Crps::of(&members, &truth);
    is(crps.ensemble(), "crps", 1e-12);
    is(crps.fair(), "crps_fair", 1e-12);
    let one = Crps::of(&members.slice(s![..1, .., ..]), &truth);
    let mae = (&members.slice(s![0, .., ..]) - &truth).mapv(|d| f64::from(d.abs())).mean();
    assert!((one.ensemble().unwrap() - mae.unwrap()).abs() < 1e-6);
    assert_eq!(one.fair(), None);
}

#[test]
fn intervals_are_those_of_scipy() {
    let events: Array2<u64> = golden("events");
    let events: Vec<ContingencyTable> = events
        .outer_iter()
        .map(|e| ContingencyTable {
            hits: e[0],
            false_alarms: e[1],
            misses: e[2],
            correct_negatives: 0,
        })
        .collect();
    let want: Array1<f64> = golden("interval");
    let got = interval(&events, ContingencyTable::f1, 0.95, 40_000, 7).unwrap();
    assert!((got.value - want[0]).abs() < 1e-12);
    // Two sets of 40,000 draws: the ends differ by chance, a hundredth of the width.
    let slack = 0.015 * (want[2] - want[1]);
    assert!((got.low - want[1]).abs() < slack && (got.high - want[2]).abs() < slack, "{got:?}");
    assert_eq!(
        interval(&events, ContingencyTable::f1, 0.95, 500, 7),
        interval(&events, ContingencyTable::f1, 0.95, 500, 7)
    );
    assert_eq!(interval(&[ContingencyTable::default()], ContingencyTable::f1, 0.95, 500, 7), None);
    assert_eq!(interval(&[], ContingencyTable::f1, 0.95, 500, 7), None);
}

#[test]
fn drift_is_against_the_last_frame_and_the_truth() {
    let seen = Array2::from_elem((4, 4), 0.5f32);
    let frames = Array3::from_shape_fn((2, 4, 4), |(l, _, _)| if l == 0 { 0.5 } else { 0.25 });
    let drift = physics::MassEnergyDrift::of(&seen, &frames);
    assert_eq!(drift.mass, [Some(0.0), Some(-0.5)]);
    assert_eq!(drift.energy, [Some(0.0), Some(-0.75)]);
    assert_eq!(drift.beyond(&drift).mass, [Some(0.0), Some(0.0)]);
    assert_eq!(physics::MassEnergyDrift::of(&Array2::zeros((4, 4)), &frames).mass, [None, None]);
}

#[test]
fn a_straight_front_has_its_speed() {
    let left = |n: usize| Array2::from_shape_fn((9, 30), |(_, x)| x < n);
    assert_eq!(physics::front_speed_px(&left(5), &left(13), 4), Some(2.0));
    let masks =
        |speed: usize| Array3::from_shape_fn((4, 9, 30), |(l, _, x)| x < 5 + speed * (l + 1));
    assert_eq!(physics::front_speed_error_px(&masks(3), &masks(2), &left(5)), Some(1.0));
    assert_eq!(physics::front_speed_px(&left(5), &left(30), 4), None);
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn keys_in_files_are_these() {
    let mean = r#"{"sum":0.0,"count":0}"#;
    let counts = r#"{"hit":1,"false_alarm":2,"miss":3,"correct_no":4}"#;
    let table = ContingencyTable { hits: 1, false_alarms: 2, misses: 3, correct_negatives: 4 };
    assert_eq!(json(&table), counts);
    let none = json(&ContingencyTable::default());
    assert_eq!(json(&RainContingency::default()), format!("[{none},{none},{none},{none}]"));
    let bin = r#"{"cells":0,"came":0,"said":0.0}"#;
    let probability = format!(r#"{{"squared":0.0,"bins":[{}]}}"#, [bin; 10].join(","));
    assert_eq!(json(&ReliabilityTable::default()), probability);
    let front = format!(
        r#"{{"said":{mean},"truth":{mean},"starts":{mean},"hd95":{mean},"without_front":0}}"#
    );
    assert_eq!(json(&FrontDistance::default()), front);
    assert_eq!(
        json(&FireScores::default()),
        format!(
            r#"{{"new_burn":{none},"front_px":{front},"front_m":{front},"probability":{probability}}}"#
        )
    );
    assert_eq!(
        json(&ArrivalError::default()),
        format!(
            r#"{{"said":{mean},"never":0,"never_true_frames":0.0,"never_horizon_frames":0.0,"starts":{mean}}}"#
        )
    );
    assert_eq!(
        json(&ImageError::default()),
        format!(r#"{{"squared":0.0,"absolute":0.0,"values":0,"ssim":{mean}}}"#)
    );
    assert_eq!(json(&Spectrum::default()), r#"{"said":[],"truth":[]}"#);
    assert_eq!(json(&Fss::default()), r#"{"squared":0.0,"reference":0.0}"#);
    assert_eq!(json(&Crps::default()), r#"{"error":0.0,"spread":0.0,"fair_spread":0.0,"cells":0}"#);
}
