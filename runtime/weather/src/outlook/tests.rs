//! The runtime predicts what the fit predicted (golden files that `export/` writes), and lists what it
//! cannot.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::outlook::bounds;
use super::*;
use crate::reading::Reading;
use crate::table::{TableOptions, read_from};

const READINGS: &str = include_str!("../golden/readings.csv");
const OUTLOOKS: &str = include_str!("../golden/outlooks.csv");
const LAGUARDIA_DEG: f64 = -73.87;

fn golden_readings() -> Vec<Reading> {
    let series =
        read_from("readings.csv", READINGS.as_bytes(), &TableOptions::default()).unwrap().series;
    series.readings().to_vec()
}

#[test]
fn the_runtime_predicts_what_the_fit_predicted() {
    let mut model = Model::builtin().unwrap();
    model.record_least = 10;
    let readings = golden_readings();
    let mut by_time = BTreeMap::new();
    let (mut numbers, mut own, mut lacks) = (0, 0, 0);
    for row in OUTLOOKS.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [issued, what, lead_h, set, record, value, north, half] = cells[..] else {
            panic!("{row}")
        };
        let time: Timestamp = issued.parse().unwrap();
        let outlook =
            by_time.entry(time).or_insert_with(|| model.outlook(&readings, time, LAGUARDIA_DEG));
        let is = |p: Predictand, h: u8| p.name() == what && h == lead_h.parse::<u8>().unwrap();
        let found = outlook.predicted.iter().find(|p| is(p.predictand, p.lead_h));
        let Some(predicted) = found else {
            assert!(set.is_empty(), "not predicted: {row}");
            let listed = outlook.lacks.iter().any(|l| is(l.predictand, l.lead_h));
            assert!(listed, "not listed: {row}");
            lacks += 1;
            continue;
        };
        assert_eq!(predicted.inputs, set, "{row}");
        assert_eq!(matches!(predicted.record, Record::Own(_)), record == "1", "{row}");
        own += usize::from(record == "1");
        let number = |text: &str| text.parse::<f64>().unwrap();
        let close = |a: f64, b: f64| assert!((a - b).abs() < 2e-6, "{a} for {b}: {row}");
        match predicted.value {
            Value::Number { value: v, low, high } => {
                let (least, most) = bounds(predicted.predictand);
                close(v, number(value));
                close(low, (number(value) - number(half)).max(least));
                close(high, (number(value) + number(half)).min(most));
            }
            Value::Wind { towards_m_s: [e, n], radius_m_s, .. } => {
                close(e, number(value));
                close(n, number(north));
                close(radius_m_s, number(half));
            }
        }
        numbers += 1;
    }
    assert!(numbers > 150 && own > 30 && lacks > 10, "{numbers} {own} {lacks}");
}

#[test]
fn what_cannot_be_predicted_is_listed_with_its_reason() {
    let model = Model::builtin().unwrap();
    let readings = golden_readings();
    let whole = model.outlook(&readings, readings[26].time, LAGUARDIA_DEG);
    assert_eq!((whole.predicted.len(), whole.lacks.len()), (30, 0));

    // The anemometer fails: wind has no outlook, the rest does, and lists without what.
    let mut broken = readings.clone();
    broken[26].wind_m_s = None;
    let outlook = model.outlook(&broken, broken[26].time, LAGUARDIA_DEG);
    assert_eq!(outlook.lacks.len(), 12);
    assert_eq!(
        outlook.lacks[0].to_string(),
        "no outlook of wind_m_s for 1 h: missing wind_m_s now"
    );
    let temp = outlook.predicted.iter().find(|p| p.predictand == Predictand::Temp).unwrap();
    assert_eq!((temp.inputs.as_str(), temp.record), ("air", Record::Shipped));

    // Nothing was ever measured, or only long ago.
    for readings in [&[][..], &readings[..20]] {
        let at = "2026-11-05T12:00:00Z".parse().unwrap();
        let outlook = model.outlook(readings, at, LAGUARDIA_DEG);
        assert_eq!((outlook.predicted.len(), outlook.lacks.len()), (0, 30));
        let lack = outlook.lacks[0].to_string();
        assert_eq!(lack, "no outlook of temp_c for 1 h: missing temp_c now, 1 h ago, 3 h ago");
    }
}

#[test]
fn later_readings_are_not_looked_at() {
    let model = Model::builtin().unwrap();
    let readings = golden_readings();
    let at = readings[26].time;
    let then = model.outlook(&readings[..27], at, LAGUARDIA_DEG);
    assert_eq!(model.outlook(&readings, at, LAGUARDIA_DEG), then);
}

#[test]
fn a_spoilt_model_file_is_refused() {
    let text = include_str!("../outlook.json");
    assert!(Model::read(text).is_ok());
    for (from, to, want) in [
        ("{", "", "not a model file"),
        ("\"format\": 2", "\"format\": 1", "file has format 1, this program reads 2"),
        ("\"leads_h\": [1,", "\"leads_h\": [0,", "leads_h: must rise"),
        ("\"temp_c[0] - temp_c[-1]\"", "\"temp_c[1]\"", "looks into the future"),
        ("\"temp_c[0] - temp_c[-1]\"", "\"temp_c[-48]\"", "looks back more than 24 h"),
        ("\"temp_c[0] - temp_c[-1]\",", "", "a weight for each term"),
        ("\"level\": 0.8", "\"level\": 1.8", "level or record_h: is out of range"),
        ("\"dew_c\": [", "\"frost_c\": [", "is not there"),
        ("\"forget_h\": 672", "\"forget_h\": 0", "blend: is out of range"),
        ("\"prior\": {", "\"before\": {", "missing field `prior`"),
        ("\"name\": \"New York\"", "\"title\": \"New York\"", "missing field `name`"),
    ] {
        let spoilt = text.replacen(from, to, 1);
        let error = Model::read(&spoilt).unwrap_err().to_string();
        assert!(error.contains(want) && !error.contains('\n'), "{want}: {error}");
    }
}
