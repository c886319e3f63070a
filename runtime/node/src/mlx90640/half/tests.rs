//! A half against the worked example of the datasheet, and words that no chip has measured.

use emberline_simulated_node::Random;

use super::*;

/// The words of the datasheet's example (section 11.2), addresses 0x2410 to 0x243f; every
/// pixel has the word of its pixel (12, 16), counted from 1.
const EXAMPLE: [u16; 48] = [
    0x4210, 0xffbb, 0x0202, 0xf202, 0xf2f2, 0xe2e2, 0xd1e1, 0xb1d1, 0xf10f, 0xf00f, 0xe0ef, 0xe0ef,
    0xe1e1, 0xf3f2, 0xf404, 0xe504, 0x79a6, 0x2f44, 0xffdd, 0x2210, 0x3333, 0x2233, 0xef01, 0x9acc,
    0xeedc, 0x10ff, 0x2221, 0x3333, 0x2333, 0x0112, 0xeeff, 0xbbdd, 0x18ef, 0x2ff1, 0x5952, 0x9d68,
    0x5454, 0x0994, 0x6956, 0x5354, 0x2363, 0xe446, 0xfbb5, 0x044b, 0xf020, 0x9797, 0x9797, 0x2889,
];
const PIXEL: usize = 11 * COLUMNS + 15;

fn example() -> Calibration {
    let mut words = [0x08a0; WORDS];
    words[16..64].copy_from_slice(&EXAMPLE);
    words[7..11].copy_from_slice(&[1, 2, 3, 0]);
    Calibration::new(&words).unwrap()
}

fn ram() -> [Option<u16>; WORDS] {
    let mut words = [Some(UNMEASURED); WORDS];
    for (at, word) in [
        (PIXEL, 0x0261),
        (768, 0x4bf2),
        (776, 0xffca),
        (778, 0x1881),
        (800, 0x06af),
        (808, 0xffc8),
        (810, 0xccc5),
    ] {
        words[at] = Some(word);
    }
    words
}

/// Oracle: the numbers that the datasheet prints after each step, as two public programs quote them in
/// their tests (paxswill/mlx9064x-rs; a Java one). What it prints of the supply and of the chip's
/// temperature is rounded, and what it goes on with is not.
#[test]
fn each_step_gives_the_number_of_the_datasheet() {
    let calibration = example();
    let common = Common::new(&calibration, &ram(), 0, 1.0).unwrap();
    let pixel = &calibration.pixels[PIXEL];
    let alpha = (pixel.alpha - calibration.tgc * calibration.cp_alpha[0])
        * (1.0 + calibration.ks_ta * (39.184 - 25.0));
    let signal = common.signal(PIXEL, pixel, 609.0);
    let example_c = basic_c(679.250909123826, alpha, 9_516_495_632.56, calibration.ks_to[1]);
    for (what, got, want, within) in [
        ("supply", common.supply_v, 0.0186, 1e-4),
        ("chip", common.chip_k, 14.18440152, 1e-4),
        ("gain", common.gain, 1.01753546947234, 1e-12),
        ("signal", signal, 700.882495690866, 1e-9),
        ("alpha", alpha * 1e7, 1.1876487360496, 1e-12),
        ("object", example_c, 80.36331, 1e-5),
    ] {
        assert!((got - want).abs() < within, "{what}: {got}, not {want}");
    }
    let image = half_c(&calibration, &ram(), 0, 1.0).unwrap();
    println!("the example's pixel, in full: {:?} °C", image[PIXEL]);
    assert_eq!(image.iter().flatten().count(), 1);
}

#[test]
fn words_that_no_chip_measures_are_no_half() {
    for (at, word) in [
        (778, Some(0)),
        (778, Some(UNMEASURED)),
        (778, None),
        (810, Some(0x3000)), // 10 V
        (768, Some(0x1000)),
        (800, Some(0x7000)),
        (776, None),
    ] {
        let mut words = ram();
        words[at] = word;
        assert_eq!(half_c(&example(), &words, 0, EMISSIVITY), Err(Impossible), "{at} {word:?}");
    }
}

fn word(random: &mut Random) -> u16 {
    random.below(65_536) as u16
}

#[test]
fn random_words_give_no_number_that_is_none() {
    let (mut random, mut halves) = (Random(7), 0);
    for round in 0..1000 {
        let mut words: [u16; WORDS] = std::array::from_fn(|_| word(&mut random) & !1);
        // Every other chip is random in a few words only, so that more is computed.
        if round % 2 == 0 {
            words[16..64].copy_from_slice(&EXAMPLE);
            for _ in 0..3 {
                words[16 + random.below(48) as usize] = word(&mut random);
            }
        }
        let Ok(calibration) = Calibration::new(&words) else { continue };
        let mut words = ram();
        for measured in &mut words[..PIXELS] {
            *measured = (random.below(50) > 0).then_some(word(&mut random));
        }
        if round % 4 == 1 {
            words = std::array::from_fn(|_| Some(word(&mut random)));
        }
        for subpage in [0, 1, 255] {
            let Ok(image) = half_c(&calibration, &words, subpage, EMISSIVITY) else { continue };
            halves += 1;
            assert!(image.iter().flatten().all(|c| c.is_finite()));
        }
    }
    println!("{halves} halves of random words");
    assert!(halves > 500);
}
