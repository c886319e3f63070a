//! Rain at a place from radar frames: when it starts or stops, and how often that was right.

use std::fs;

use serde_json::Value;

use crate::refusals::refused;
use crate::room::Room;

const FRAMES: usize = 26;

/// A folder of radar frames of 64 × 40 cells of 19 km in FMI's layout, five minutes apart: a shower
/// that goes from west to east, two cells a frame, in the middle of the map.
fn shower(room: &Room, name: &str) {
    some_of_the_shower(room, name, |_| true);
}

/// The same, of those frames that are kept.
fn some_of_the_shower(room: &Room, name: &str, kept: impl Fn(usize) -> bool) {
    fs::create_dir(room.path(name)).expect("the room");
    for t in (0..FRAMES).filter(|t| kept(*t)) {
        let minutes = 17 * 60 + 5 * t;
        let head = format!(
            "P5\n# obstime 20160928{:02}{:02}\n# param CorrectedReflectivity\n\
             # metersperpixel_x 18993.8\n# metersperpixel_y 19149.1\n# type stereographic\n\
             # centrallongitude 25\n# centrallatitude 90\n# truelatitude 60\n\
             # bottomleft 18.6 57.93\n# topright 34.903 69.005\n40 64\n255\n",
            minutes / 60,
            minutes % 60
        );
        let mut bytes = head.into_bytes();
        for (y, x) in (0..64).flat_map(|y| (0..40).map(move |x| (y as f64, x as f64))) {
            let d2 = (y - 32.0).powi(2) / 60.0 + (x + 12.0 - 2.0 * t as f64).powi(2) / 30.0;
            let dbz = 44.0 * (-d2).exp();
            bytes.push(if dbz < 8.0 { 0 } else { (2.0 * dbz + 64.0) as u8 });
        }
        fs::write(room.path(&format!("{name}/f{t:02}.pgm")), bytes).expect("the room");
    }
}

fn json(room: &Room, args: &[&str]) -> Value {
    let ran = room.run(&[&["weather"], args, &["--json"]].concat()).must(0);
    serde_json::from_str(&ran.out).expect("JSON")
}

#[test]
fn a_place_is_told_when_rain_comes_and_how_often_that_was_right() {
    let room = Room::new();
    shower(&room, "radar");
    // The middle of the map lies near 63.6 N 25 E; the shower has left it for the east.
    let behind = json(&room, &["radar", "--at", "63.5,22.5", "--checks", "3", "--leads", "6"]);
    assert_eq!(behind["onset"]["says"], "stays-dry", "{behind}");
    assert_eq!(behind["last_frame_utc"], "2016-09-28T19:05:00Z");
    let earlier = &behind["earlier_forecasts"];
    assert_eq!(earlier["made"], 3, "{earlier}");
    assert!(earlier["expected_true"].as_f64() <= Some(3.0) && earlier["note"].is_null());
    let ahead = json(&room, &["radar", "--at", "63.5,31.0", "--checks", "0"]);
    let leads = ahead["leads"].as_array().expect("leads");
    let chance = |l: usize| leads[l]["chances"][0]["chance"].as_f64().expect("a chance");
    assert!(leads.len() == 12 && (0..12).any(|l| chance(l) > 0.5), "{ahead}");
    assert!(ahead["notes"].to_string().contains("Marshall–Palmer"), "{ahead}");
    let text = room.run(&["weather", "radar", "--at", "63.5,31.0", "--checks", "30"]).must(0).out;
    for part in ["mm/h there now", "came true", "of the film's frames", "not for evacuation"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // An area: a box around the same place says rain no later than the place does.
    let area = r#"{"type":"Polygon","coordinates":[[[30,63],[32,63],[32,64],[30,64],[30,63]]]}"#;
    room.write("area.json", area.as_bytes());
    let area = json(&room, &["radar", "--area", "area.json", "--checks", "0"]);
    assert!(area["cells"].as_u64() > Some(10), "{area}");
    for (l, lead) in area["leads"].as_array().expect("leads").iter().enumerate() {
        assert!(lead["chances"][0]["chance"].as_f64() >= Some(chance(l)), "{l}: {lead}");
    }
}

#[test]
fn a_missing_frame_or_another_step_changes_no_arrival_of_rain() {
    let room = Room::new();
    let last = FRAMES - 1;
    let args = ["--at", "63.5,31.0", "--checks", "0", "--until", "60min", "--every", "5min"];
    let ask = |name: &str, args: &[&str]| json(&room, &[&[name], args].concat());
    shower(&room, "full");
    let full = ask("full", &args);
    let onset = &full["onset"];
    let rates = |of: &Value| -> Vec<f64> {
        let leads = of["leads"].as_array().expect("leads").iter();
        leads.map(|lead| lead["rain_mm_h"].as_f64().expect("a rate")).collect()
    };
    let whole = rates(&full);
    assert_eq!(whole.len(), 12);
    for (name, kept) in [
        ("gap", &(|t| t != last - 1) as &dyn Fn(usize) -> bool),
        ("two gaps", &|t| t != last - 1 && t != last - 3),
        ("ten minutes", &|t| (last - t).is_multiple_of(2)),
        ("fifteen minutes", &|t| (last - t).is_multiple_of(3)),
    ] {
        some_of_the_shower(&room, name, kept);
        let got = ask(name, &args);
        assert_eq!(got["onset"]["says"], onset["says"], "{name}: {got}");
        let most = |rates: &[f64]| {
            let at = (0..rates.len()).max_by(|a, b| rates[*a].total_cmp(&rates[*b]));
            at.expect("a lead") as i64
        };
        let (here, there) = (most(&rates(&got)), most(&whole));
        assert!((here - there).abs() <= 1, "{name}: heaviest at lead {here}, not {there}");
    }
    // Unasked, a lead is a frame of the film, and the forecast as long.
    let got = ask("fifteen minutes", &["--at", "63.5,31.0", "--checks", "2"]);
    let leads = got["leads"].as_array().expect("leads");
    let at: Vec<f64> = leads.iter().filter_map(|lead| lead["lead_s"].as_f64()).collect();
    assert_eq!(at, [900.0, 1800.0, 2700.0, 3600.0]);
    assert_eq!(got["earlier_forecasts"]["made"], 2, "{got}");
    // A replay says at which leads there was nothing to see.
    let ran = room.run(&["replay", "two gaps", "scores", "--every", "4", "--kind", "rain"]).must(0);
    assert!(ran.err.contains("have no frame at their time and are not scored"), "{}", ran.err);
    for (args, want) in [
        (&["full", "o", "--every", "30s"][..], "give --step 300 or more"),
        (
            &["full", "o", "--every", "1min", "--model", "rain-v1"],
            "gives leads 240 s or more apart, not 60 s",
        ),
        (&["full", "o", "--until", "9000h"], "give an earlier --until"),
        (&["full", "o", "--leads", "3", "--until", "1h"], "cannot be used with"),
        (
            &["sim:fire?height=32&width=32", "o", "--every", "5min"],
            "give --step instead of --every",
        ),
    ] {
        let ran = room.run(&[&["forecast"], args].concat()).must(2);
        assert!(ran.err.contains(want), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_replay_of_rain_reports_reliability_beside_extrapolation() {
    let room = Room::new();
    shower(&room, "radar");
    room.run(&["replay", "radar", "scores", "--every", "6", "--kind", "rain"]).must(0);
    let page = fs::read_to_string(room.path("scores/report.html")).expect("a report");
    for part in ["lucas-kanade", "Observed share by chance said", "FSS at 1 mm/h", "5 mm/h"] {
        assert!(page.contains(part), "{part}");
    }
    let scores = fs::read_to_string(room.path("scores/scores.json")).expect("scores");
    let scores: Value = serde_json::from_str(&scores).expect("JSON");
    let lead = &scores["methods"][0]["leads"][0];
    assert!(lead["chances"][0]["brier"].as_f64() < Some(0.1), "{lead}");
    assert!(lead["chances"][2]["reliability"].as_array().is_some_and(|b| b.len() == 10));
    assert!(scores["methods"][3]["leads"][0]["chances"].is_null());
}

#[test]
fn what_cannot_be_asked_of_radar_is_refused_in_one_line() {
    let room = Room::new();
    shower(&room, "radar");
    room.write("point.json", br#"{"type":"Point","coordinates":[25,63]}"#);
    room.write("text.json", b"a field\n");
    room.write("station.csv", b"time,temp_c\n2024-01-01T00:00Z,3\n2024-01-01T01:00Z,4\n");
    for (args, want) in [
        (&["radar"][..], "rain where? give --at LAT,LON, or --area FILE"),
        (&["radar", "--at", "0,0"], "--at 0,0: the place is not on this map"),
        (&["radar", "--at", "north"], "--at north: not LAT,LON"),
        (&["radar", "--at", "63,25", "--rate", "3"], "--rate 3: chances are told of 0.1, 0.2"),
        (&["radar", "--at", "63,25", "--model", "fire"], "model fire-v2: tells no chances of rain"),
        (&["radar", "--at", "63,25", "--zone", "UTC"], "radar frames have no --station and no"),
        (&["radar", "--area", "point.json"], "--area point.json: holds no polygon"),
        (&["radar", "--area", "text.json"], "--area text.json: not GeoJSON"),
        (&["radar", "--area", "none.json"], "--area none.json: No such file"),
        (&["station.csv", "--engine", "tract"], "something was said that only radar frames have"),
    ] {
        let args = [&["weather"], args].concat();
        let mut ran = room.run(&args);
        ran.err = ran
            .err
            .lines()
            .filter(|l| !l.starts_with("note: "))
            .fold(String::new(), |a, l| a + l + "\n");
        refused(&ran, want, &args);
    }
}
