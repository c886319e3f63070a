//! Cards: what is read, and what is refused with which words.

use super::*;

/// A card that is right in every way.
pub(crate) const GOOD: &str = r#"schema = 2
name = "fire"
version = 1
task = "fire-front"
family = "physicnet"
summary = "s"
licence = "MIT OR Apache-2.0"
opset = 17
[input]
kinds = ["thermal", "mask", "rgb"]
frames = 10
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
[physicnet]
front_channels = 5
[[physicnet.codebook]]
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
        Case { from: "schema = 2", to: "schema = 3", want: "schema 3, this version reads 2" },
        Case { from: "schema = 2", to: "schema = 1", want: "onnx upgrade FOLDER" },
        Case { from: "schema = 2\n", to: "", want: "schema none" },
        Case { from: "opset = 17", to: "opset = 20", want: "opset: 16 to 19" },
        Case { from: "summary", to: "sumary", want: "line 6: unknown field `sumary`" },
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
        Case { from: "family = \"physicnet\"\n", to: "", want: "family: its name is missing" },
        Case { from: "[physicnet]", to: "[epns]", want: "unknown field `epns`" },
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
    assert_eq!(card.own.get("front_channels").and_then(toml::Value::as_integer), Some(5));
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
        let full = good.replace("frames = 10", "frames = 10\nscale = \"full\"");
        assert_eq!(Card::parse("m", &full).expect(task).input.scale, Scale::Full);
        let two = good.replace("frames = 10", "frames = 2");
        assert_eq!(Card::parse("m", &two).expect(task).want(None).frames, 2);
        // What was written is read back.
        let mut again = toml::Table::try_from(&card).expect("a card can be written");
        again.insert(card.family.clone(), card.own.clone().into());
        let again = toml::to_string(&again).expect("a card can be written");
        assert_eq!(Card::parse("m", &again).expect(task), card);
        for (from, to, want) in [
            ("frames = 10", "frames = 10\nscale = \"half\"", "variant `half`"),
            (
                "[training]",
                "[decision]\nthreshold = 0.4\nchosen_on = \"c\"\n[training]",
                "decision",
            ),
            (&*format!("[\"{kind}\"]"), "[\"mask\"]", "model takes no mask"),
            ("frames = 10", "frames = 0", "input.frames: 1 to 64"),
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
