//! Replay scores the model and every baseline, and says how sure it is.

use std::fs;

use serde_json::Value;

use crate::room::Room;

fn scores(room: &Room, out: &str) -> Value {
    let text = fs::read_to_string(room.path(out).join("scores.json")).expect("scores.json");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_film_is_replayed_from_every_start() {
    let room = Room::new();
    room.npz("clip.npz", 22);
    let args = ["replay", "clip.npz", "out", "--every", "3", "--engine", "tract"];
    let ran = room.run(&args).must(0);
    assert!(ran.out.contains("one event only: no interval"), "{}", ran.out);
    assert!(ran.out.contains("F1 new burn"), "{}", ran.out);
    let all = scores(&room, "out");
    // Starts 9, 12, 15, 18; the last frame has nothing after it.
    assert_eq!(all["starts"], 4);
    let methods = all["methods"].as_array().expect("methods");
    assert_eq!(methods.len(), 6);
    for method in methods {
        let leads = method["leads"].as_array().expect("leads");
        assert_eq!(leads.len(), 12);
        assert!(leads[0]["f1_interval"].is_null());
        if method["method"] == "persistence" {
            assert_eq!(leads[4]["f1"], 0.0);
        }
    }
    let rows = fs::read_to_string(room.path("out/scores.ndjson")).expect("rows");
    let rows: Vec<Value> = rows.lines().map(|l| serde_json::from_str(l).expect("a row")).collect();
    assert_eq!(rows.len(), 6 * (12 + 9 + 6 + 3));
    // Counts of the rows add up to the pooled ones.
    let hits: u64 = rows
        .iter()
        .filter(|r| r["method"] == "mean-speed" && r["lead"] == 2)
        .map(|r| r["new_burn"]["hit"].as_u64().expect("a count"))
        .sum();
    let pooled = methods.iter().find(|m| m["method"] == "mean-speed").expect("mean-speed");
    assert_eq!(pooled["leads"][1]["new_burn"]["hit"], hits);
    let page = fs::read_to_string(room.path("out/report.html")).expect("a report");
    assert!(page.contains("<svg") && page.contains("data:image/png;base64,"));
    assert!(!page.contains("http://") && !page.contains("https://"), "the page needs the network");
    // Once more over the older output, as JSON.
    let args = ["replay", "clip.npz", "out", "--at", "12", "--engine", "tract", "--json"];
    let ran = room.run(&args).must(0);
    let printed: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(printed["starts"], 1);
    assert_eq!(room.hidden(), Vec::<String>::new());
}

#[test]
fn a_folder_of_events_has_intervals() {
    let room = Room::new();
    fs::create_dir(room.path("fires")).expect("the room");
    for k in 0..3 {
        room.npz(&format!("fires/fire_{k}.npz"), 14 + k);
    }
    let args = ["replay", "fires", "out", "--every", "2", "--leads", "4", "--engine", "tract"];
    let ran = room.run(&args).must(0);
    assert!(!ran.out.contains("one event only"), "{}", ran.out);
    let all = scores(&room, "out");
    assert_eq!(all["events"].as_array().map(Vec::len), Some(3));
    let speed =
        all["methods"].as_array().expect("methods").iter().find(|m| m["method"] == "mean-speed");
    let band = &speed.expect("mean-speed")["leads"][3]["f1_interval"];
    let (low, value, high) = (&band["low"], &band["value"], &band["high"]);
    assert!(low.as_f64() <= value.as_f64() && value.as_f64() <= high.as_f64(), "{band}");
    assert_eq!(band["events"], 3);
}

#[test]
fn a_film_without_a_start_is_refused() {
    let room = Room::new();
    room.npz("short.npz", 9);
    let ran = room.run(&["replay", "short.npz", "out"]).must(2);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(!room.path("out").exists());
    assert_eq!(room.hidden(), Vec::<String>::new());
}
