//! Temperatures against those of Melexis' own library (`tests/golden/mlx90640.py`).

use serde::Deserialize;

use super::array::{PIXELS, WORDS, subpage_of};
use super::calibration::Calibration;
use super::half::half_c;

/// Chosen before the first comparison: the library rounds sensitivities to 16 bits and computes in
/// `float`; a pixel is good to 1 °C at best.
const TOLERANCE_C: f64 = 0.01;

/// One chip, two halves and what the library makes of them.
#[derive(Deserialize)]
pub(crate) struct Case {
    name: String,
    emissivity: f64,
    calibration: String,
    halves: [String; 2],
    pub(crate) to_c: Vec<Option<f64>>,
}

impl Case {
    pub(crate) fn eeprom(&self) -> [u16; WORDS] {
        words(&self.calibration)
    }

    pub(crate) fn ram(&self) -> [[u16; WORDS]; 2] {
        [0, 1].map(|half| words(&self.halves[half]))
    }
}

/// The cases that are kept.
pub(crate) fn cases() -> Vec<Case> {
    read(include_str!("../../../../tests/golden/mlx90640.json"))
}

fn read(text: &str) -> Vec<Case> {
    serde_json::from_str(text).expect("cases")
}

fn words(text: &str) -> [u16; WORDS] {
    assert_eq!(text.len(), 4 * WORDS);
    std::array::from_fn(|i| u16::from_str_radix(&text[4 * i..4 * i + 4], 16).unwrap())
}

/// The worst difference, and of how many pixels.
fn worst_c(case: &Case) -> (f64, usize) {
    let calibration = Calibration::new(&case.eeprom()).unwrap();
    let halves = [0, 1].map(|half| {
        let ram = case.ram()[half].map(Some);
        half_c(&calibration, &ram, half as u8, case.emissivity).unwrap()
    });
    let (mut worst, mut compared) = (0.0_f64, 0);
    for i in 0..PIXELS {
        let got = halves[usize::from(subpage_of(i))][i];
        assert_eq!(halves[usize::from(1 - subpage_of(i))][i], None);
        let want = case.to_c[i];
        match (got, want) {
            (Some(got), Some(want)) => {
                worst = worst.max((got - want).abs());
                compared += 1;
            }
            _ if !calibration.pixels[i].usable => assert_eq!(got, None),
            _ => assert_eq!(got, want, "{}: pixel {i}", case.name),
        }
    }
    (worst, compared)
}

#[test]
fn temperatures_are_those_of_melexis_library() {
    let example = std::env::var("EMBERLINE_MLX90640_EXAMPLE")
        .map(|path| read(&std::fs::read_to_string(path).expect("the example")));
    for case in cases().iter().chain(example.iter().flatten()) {
        let (worst, compared) = worst_c(case);
        println!("{}: {worst:.4} °C at most, {compared} pixels", case.name);
        assert!(compared > 500 && worst <= TOLERANCE_C, "{}: {worst} °C", case.name);
    }
}
