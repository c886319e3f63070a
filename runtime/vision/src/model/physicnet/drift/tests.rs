//! Drift: signals computed by hand, and what of a `drift.npz` is refused with which words.

use ndarray::{arr1, arr2};
use ndarray_npy::NpzWriter;

use super::*;
use crate::model::card::Card;
use crate::model::card::tests::GOOD;

/// Codes of one row, a frame each.
fn codes<const N: usize>(frames: &[[u16; N]]) -> Array3<u16> {
    Array3::from_shape_fn((frames.len(), 1, N), |(t, _, x)| frames[t][x])
}

fn statistics(shares: &[f32], step_tenths: Array2<u8>) -> BookStatistics {
    BookStatistics { shares: arr1(shares), step_tenths }
}

/// The codes of codebook `k`.
fn map(k: usize, codes: &Array3<u16>) -> CodeMap {
    CodeMap { name: CODES[k], stride: 4, codes: codes.clone() }
}

fn near(got: f64, want: f64) -> bool {
    (got - want).abs() < 1e-5
}

#[test]
fn divergence_is_scipys() {
    struct Case {
        codes: &'static [u16],
        shares: &'static [f32],
        want: f64,
    }
    // scipy.spatial.distance.jensenshannon(q, p, base=2) ** 2.
    for Case { codes: of, shares, want } in [
        Case { codes: &[0, 1, 2, 3], shares: &[0.25; 4], want: 0.0 },
        Case { codes: &[0, 0, 0], shares: &[0.0, 0.5, 0.5], want: 1.0 },
        Case { codes: &[0, 0, 1, 1], shares: &[0.5, 0.0, 0.5], want: 0.5 },
        Case { codes: &[0, 0, 0, 1], shares: &[0.25, 0.75], want: 0.188_722 },
        Case { codes: &[0, 1, 1, 2], shares: &[0.7, 0.2, 0.1], want: 0.151_911 },
        Case { codes: &[9, 9], shares: &[1.0], want: 1.0 }, // no code of the codebook
        Case { codes: &[0, 9], shares: &[1.0], want: 0.311_278 },
    ] {
        let clip = Array3::from_shape_fn((1, 1, of.len()), |(.., x)| of[x]);
        let statistics = statistics(shares, Array2::zeros((shares.len(), shares.len())));
        let said = statistics.divergence_bits(&clip);
        assert!(near(said, want), "{of:?} {shares:?}: {said}");
    }
}

#[test]
fn steps_surprise_as_much_as_the_table_says() {
    struct Case {
        frames: &'static [[u16; 4]],
        all_bits: f64,
        change_bits: f64,
    }
    // Staying 0: 0 bits, 0 to 1: 1 bit, 1 to 0: 2.5 bits, staying 1: half a bit.
    let statistics = statistics(&[0.5, 0.5], arr2(&[[0, 10], [25, 5]]));
    for Case { frames, all_bits, change_bits } in [
        // 0, 1, 0.5 and 2.5 bits; the second and the last are changes.
        Case { frames: &[[0, 0, 1, 1], [0, 1, 1, 0]], all_bits: 1.0, change_bits: 1.75 },
        Case { frames: &[[1, 1, 1, 1]; 3], all_bits: 0.5, change_bits: 0.0 }, // nothing changes
        Case { frames: &[[0, 1, 0, 1]], all_bits: 0.0, change_bits: 0.0 },    // no next frame
        // Twice there and back: 4 changes of 1 bit and 4 of 2.5.
        Case {
            frames: &[[0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]],
            all_bits: 1.75,
            change_bits: 1.75,
        },
        // A code beyond the codebook: 25.5 bits.
        Case { frames: &[[0, 0, 0, 0], [0, 0, 0, 7]], all_bits: 6.375, change_bits: 25.5 },
    ] {
        let said = statistics.signals(&codes(frames));
        assert!(near(said.all_bits, all_bits), "{frames:?}: {said:?}");
        assert!(near(said.change_bits, change_bits), "{frames:?}: {said:?}");
    }
}

#[test]
fn drift_is_the_signal_furthest_beyond_its_level() {
    struct Case {
        levels: [f64; 3],
        ratio: f64,
        warned: bool,
    }
    let coarse = statistics(&[1.0, 0.0], arr2(&[[0, 10], [25, 5]]));
    let fine = statistics(&[0.5, 0.5], arr2(&[[0, 30], [30, 0]]));
    let all = CodeStatistics { books: [Some(coarse), Some(fine)] };
    // Coarse: no code in common (1 bit), always half a bit, no change. Fine: as in training (0
    // bits), half of the places change by 3 bits.
    let [still, moving] = [codes(&[[1, 1], [1, 1]]), codes(&[[0, 1], [0, 0]])];
    let levels = |[codes_bits, all_bits, change_bits]: [f64; 3]| DriftBits {
        codes_bits,
        all_bits,
        change_bits,
    };
    // Fine: 3 codes 0 and one 1: 0.048795 bits from even shares.
    let codes_bits = (1.0 + 0.048_795) / 2.0;
    for Case { levels: of, ratio, warned } in [
        Case { levels: [0.25, 10.0, 10.0], ratio: codes_bits / 0.25, warned: true },
        Case { levels: [1.0, 0.5, 10.0], ratio: 2.0, warned: true }, // (0.5 + 1.5) / 2 bits
        Case { levels: [1.0, 10.0, 0.5], ratio: 3.0, warned: true }, // (0 + 3) / 2 bits
        Case { levels: [1.0, 1.0, 10.0], ratio: 1.0, warned: false }, // at its level, not above
        Case { levels: [5.0, 10.0, 3.0], ratio: 0.5, warned: false },
    ] {
        let drift = all.drift(levels(of), &[map(0, &still), map(1, &moving)]).expect("a drift");
        assert!(near(drift.ratio, ratio) && drift.warned == warned, "{of:?}: {drift:?}");
        for (signal, want) in drift.signals.iter().zip([codes_bits, 1.0, 1.5]) {
            assert!(near(signal.value, want), "{signal:?}");
        }
    }
    let one = all.drift(levels([1.0; 3]), &[map(0, &still)]).expect("a drift");
    let values: Vec<f64> = one.signals.iter().map(|s| s.value).collect();
    assert_eq!(values, [1.0, 0.5, 0.0]);
    assert_eq!(all.drift(levels([1.0; 3]), &[]), None);
    let json = serde_json::to_string(&one).expect("numbers");
    let want = r#"{"ratio":1.0,"codes_bits":1.0,"all_bits":0.5,"change_bits":0.0,"warned":false}"#;
    assert_eq!(json, want);
}

/// An `.npz` of what `fill` adds.
fn npz(fill: impl FnOnce(&mut NpzWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut npz = NpzWriter::new_compressed(Cursor::new(Vec::new()));
    fill(&mut npz);
    npz.finish().expect("a whole file").into_inner()
}

#[test]
fn a_table_that_does_not_fit_the_card_is_refused() {
    struct Case {
        shares: &'static [f32],
        step_tenths: Array2<u8>,
        want: Option<&'static str>,
    }
    let card = Card::parse("m", &GOOD.replace("codes = 256", "codes = 2")).expect("a good card");
    let card = PhysicNetCard::of(&card).expect("a good card");
    let even = || arr2(&[[0u8, 10], [25, 5]]);
    let sum = "use_global must be shares of at least 0 that sum to 1";
    for Case { shares, step_tenths, want } in [
        Case { shares: &[0.25, 0.7505], step_tenths: even(), want: None },
        Case { shares: &[0.25, 0.25], step_tenths: even(), want: Some(sum) },
        Case { shares: &[1.5, -0.5], step_tenths: even(), want: Some(sum) },
        Case { shares: &[f32::NAN, 1.0], step_tenths: even(), want: Some(sum) },
        Case {
            shares: &[1.0],
            step_tenths: even(),
            want: Some("array use_global must have the shape (2,)"),
        },
        Case {
            shares: &[0.5, 0.5],
            step_tenths: Array2::zeros((2, 3)),
            want: Some("array bits_global must have the shape (2, 2)"),
        },
    ] {
        let bytes = npz(|npz| {
            npz.add_array("use_global", &arr1(shares)).expect("an array");
            npz.add_array("bits_global", &step_tenths).expect("an array");
        });
        match (CodeStatistics::read(&bytes, &card), want) {
            (Ok(read), None) => assert_eq!(read.books[0], Some(statistics(shares, step_tenths))),
            (Err(said), Some(want)) => assert!(said.contains(want), "{want}: {said}"),
            (read, want) => panic!("{want:?}: {read:?}"),
        }
    }
    let alone = npz(|npz| npz.add_array("use_global", &arr1(&[0.5f32, 0.5])).expect("an array"));
    let doubles = npz(|npz| npz.add_array("use_global", &arr1(&[0.5f64, 0.5])).expect("an array"));
    for (bytes, want) in [
        (&alone[..], "array bits_global is missing"),
        (&npz(|_| ())[..], "array use_global is missing"),
        (&doubles[..], "array use_global: "),
        (&alone[..alone.len() / 2], "no .npz: "),
        (b"text", "no .npz: "),
    ] {
        let said = CodeStatistics::read(bytes, &card).expect_err(want);
        assert!(said.contains(want), "{want}: {said}");
    }
}
