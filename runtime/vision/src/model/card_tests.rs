//! Cards: what is read, and what is refused with which words.

use super::*;

/// A card that is right in every way.
pub(crate) const GOOD: &str = r#"schema = 1
name = "fire"
version = 1
task = "fire-front"
summary = "s"
licence = "MIT OR Apache-2.0"
opset = 17
[input]
kinds = ["thermal", "mask", "rgb"]
frames = 10
front_channels = 5
multiple_px = 8
min_px = 32
max_px = 4096
tile_px = 256
overlap_px = 64
step_s = [0.02, 7200.0]
[output]
leads = 20
[decision]
threshold = 0.4
chosen_on = "c"
[[codebook]]
level = "global"
codes = 256
dim = 16
stride = 4
[[precision]]
name = "float32"
file = "model.onnx"
sha256 = "00"
loss = "reference"
[training]
seeds = 3
"#;

#[test]
fn a_card_says_what_is_wrong_with_it() {
    struct Case {
        from: &'static str,
        to: &'static str,
        want: &'static str,
    }
    for Case { from, to, want } in [
        Case { from: "schema = 1", to: "schema = 2", want: "schema 2, this version reads 1" },
        Case { from: "schema = 1\n", to: "", want: "schema none" },
        Case { from: "opset = 17", to: "opset = 20", want: "opset: 16 to 19" },
        Case { from: "summary", to: "sumary", want: "line 5: unknown field `sumary`" },
        Case { from: "frames = 10", to: "frames = 10\nfps = 3", want: "unknown field `fps`" },
        Case { from: "leads = 20", to: "leads = 0", want: "output.leads" },
        Case { from: "threshold = 0.4", to: "threshold = 1.4", want: "decision.threshold" },
        Case { from: "threshold = 0.4", to: "threshold = nan", want: "decision.threshold" },
        Case { from: "fire-front", to: "smoke", want: "unknown variant `smoke`" },
        Case { from: "multiple_px = 8", to: "multiple_px = 0", want: "input.multiple_px" },
        Case { from: "overlap_px = 64", to: "overlap_px = 160", want: "input.overlap_px" },
        Case { from: "[0.02, 7200.0]", to: "[5.0, 1.0]", want: "input.step_s" },
        Case { from: "\"mask\"", to: "\"rain\"", want: "takes no rain" },
        Case { from: "\"mask\"", to: "\"radar\"", want: "unknown variant `radar`" },
        Case { from: "model.onnx", to: "../model.onnx", want: "no plain file name" },
        Case { from: "\"float32\"", to: "\"int8\"", want: "float32 is missing" },
        Case { from: "stride = 4", to: "stride = 3", want: "stride a divisor" },
        Case {
            from: "front_channels = 5",
            to: "front_channels = 0",
            want: "input.front_channels: 5 for the task fire-front",
        },
        Case { from: "fire-front", to: "rain", want: "a rain model takes no thermal" },
        Case { from: "fire-front", to: "frames", want: "a frames model takes no mask" },
        Case { from: "[output]", to: "[output", want: "line 18" },
    ] {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from} is not in the card");
        let said = Card::parse("m", &text).expect_err(to).to_string();
        assert!(said.contains(want), "{to}: {said}");
        assert!(!said.contains('\n'), "{said}");
        assert!(said.starts_with("model m: card.toml: "), "{said}");
    }
}

#[test]
fn a_good_card_is_read() -> Result<(), ModelError> {
    let card = Card::parse("m", GOOD)?;
    assert_eq!(card.id(), "fire-v1");
    assert_eq!(card.codebook(Level::Global).map(|c| c.stride), Some(4));
    assert_eq!(card.codebook(Level::Local), None);
    Ok(())
}

/// [`GOOD`] for a task without a front.
pub(crate) fn plain(task: &str, kind: &str) -> String {
    GOOD.replace("fire-front", task)
        .replace(r#"["thermal", "mask", "rgb"]"#, &format!("[{kind:?}]"))
        .replace("front_channels = 5", "front_channels = 0")
        .replace("[decision]\nthreshold = 0.4\nchosen_on = \"c\"\n", "")
}

#[test]
fn tasks_without_a_front_are_read_and_checked() {
    for (task, kind) in [("frames", "thermal"), ("rain", "rain")] {
        let good = plain(task, kind);
        let card = Card::parse("m", &good).expect(task);
        assert_eq!((card.task.name(), card.input.scale), (task, Scale::Film));
        assert_eq!(card.decision, None);
        let full = good.replace("front_channels = 0", "front_channels = 0\nscale = \"full\"");
        assert_eq!(Card::parse("m", &full).expect(task).input.scale, Scale::Full);
        let two = good.replace("frames = 10", "frames = 2");
        assert_eq!(Card::parse("m", &two).expect(task).want(None).frames, 2);
        // What was written is read back.
        let again = toml::to_string(&card).expect("a card can be written");
        assert_eq!(Card::parse("m", &again).expect(task), card);
        for (from, to, want) in [
            ("front_channels = 0", "front_channels = 5", "input.front_channels: 0 for the task"),
            ("front_channels = 0", "front_channels = 0\nscale = \"half\"", "variant `half`"),
            (
                "[training]",
                "[decision]\nthreshold = 0.4\nchosen_on = \"c\"\n[training]",
                "decision",
            ),
            (&*format!("[\"{kind}\"]"), "[\"mask\"]", "model takes no mask"),
            ("frames = 10", "frames = 1", "input.frames: 2 to 64"),
        ] {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good, "{from}");
            let said = Card::parse("m", &text).expect_err(to).to_string();
            assert!(said.contains(want) && !said.contains('\n'), "{task}: {said}");
        }
    }
    let said = Card::parse("m", &plain("rain", "thermal")).expect_err("thermal").to_string();
    assert!(said.contains("a rain model takes no thermal"), "{said}");
    let undecided = GOOD.replace("[decision]\nthreshold = 0.4\nchosen_on = \"c\"\n", "");
    let said = Card::parse("m", &undecided).expect_err("no decision").to_string();
    assert!(said.contains("decision: missing"), "{said}");
}

#[test]
fn only_a_card_of_rain_says_where_rates_come_from() {
    let rain = plain("rain", "rain");
    let with = |card: &str, rates: &str| {
        Card::parse("m", &card.replace("leads = 20", &format!("leads = 20\nrates = {rates:?}")))
    };
    assert_eq!(Card::parse("m", &rain).expect("silent").rates(), Some(Rates::Forecast));
    assert_eq!(with(&rain, "forecast").expect("forecast").rates(), Some(Rates::Forecast));
    assert_eq!(with(&rain, "matched").expect("matched").rates(), Some(Rates::Matched));
    assert_eq!(Card::parse("m", GOOD).expect("fire").rates(), None);
    for (card, rates, want) in [
        (GOOD, "matched", "output.rates: no rates in the task fire-front"),
        (&plain("frames", "thermal"), "forecast", "output.rates: no rates in the task frames"),
        (&rain, "even", "unknown variant `even`, expected `forecast` or `matched`"),
    ] {
        let said = with(card, rates).expect_err(want).to_string();
        assert!(said.contains(want) && !said.contains('\n'), "{said}");
    }
}

#[test]
fn a_card_that_can_tell_drift_has_a_level_for_each_signal() {
    let good = GOOD.to_owned()
        + "[drift]\nfile = \"drift.npz\"\ncodes_bits = 0.4\nall_bits = 2.5\nchange_bits = 6.0\n\
           measured = \"m\"\n";
    let card = Card::parse("m", &good).expect("a good card");
    let levels = card.drift.expect("levels");
    assert_eq!((levels.codes_bits, levels.all_bits, levels.change_bits), (0.4, 2.5, 6.0));
    assert_eq!(levels.of(Kind::Rgb), levels.of(Kind::Mask));
    let colour =
        good.clone() + "[drift.rgb]\ncodes_bits = 0.6\nall_bits = 3.5\nchange_bits = 7.0\n";
    let levels = Card::parse("m", &colour).expect("a good card").drift.expect("levels");
    assert_eq!((levels.of(Kind::Rgb).all_bits, levels.of(Kind::Thermal).all_bits), (3.5, 2.5));
    let said = Card::parse("m", &colour.replace("3.5", "0.0")).expect_err("no level").to_string();
    assert!(said.contains("drift.rgb.all_bits: bits above 0"), "{said}");
    for (from, to, want) in [
        ("codes_bits = 0.4", "codes_bits = 0.0", "drift.codes_bits: bits above 0"),
        ("all_bits = 2.5", "all_bits = nan", "drift.all_bits"),
        ("all_bits = 2.5", "all_bits = inf", "drift.all_bits"),
        ("change_bits = 6.0", "change_bits = -1.0", "drift.change_bits"),
        ("change_bits = 6.0\n", "", "missing field `change_bits`"),
        ("measured = \"m\"", "", "missing field `measured`"),
        ("measured", "warn_above = 0.4\nmeasured", "unknown field `warn_above`"),
        ("drift.npz", "../drift.npz", "no plain file name"),
        ("drift.npz", "drift.json", "no plain file name, *.npz"),
        ("stride = 4", "stride = 4\nuse = [0.5, 0.5]", "unknown field `use`"),
        (
            "[[codebook]]\nlevel = \"global\"\ncodes = 256\ndim = 16\nstride = 4\n",
            "",
            "drift: there must be a codebook",
        ),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let said = Card::parse("m", &text).expect_err(to).to_string();
        assert!(said.contains(want) && !said.contains('\n'), "{to}: {said}");
    }
}
