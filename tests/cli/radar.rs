//! Radar files as weather services give them: read, forecast from, or refused in one line.

use std::fs;

use serde_json::Value;

use crate::refusals::refused;
use crate::room::{Ran, Room};

/// Two frames of FMI's layout, five minutes apart, in a folder of their own.
fn furnish(room: &Room) {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/radar");
    for (folder, files) in [
        ("fmi", &["fmi.pgm", "fmi_5.pgm.gz"][..]),
        ("mixed", &["fmi.pgm", "rate_f32.tif"]),
        ("one", &["fmi.pgm"]),
        ("film", &["fmi.pgm.npz"]),
    ] {
        fs::create_dir(room.path(folder)).expect("the room");
        for file in files {
            let to = room.path(&format!("{folder}/{file}"));
            fs::copy(format!("{golden}/{file}"), to).expect("a golden file");
        }
    }
    room.write("cut.pgm", &fs::read(room.path("fmi/fmi.pgm")).expect("just written")[..900]);
    room.write("text.h5", b"not HDF5 at all\n");
}

#[test]
fn radar_frames_become_a_forecast_with_its_place_and_notes() {
    let room = Room::new();
    furnish(&room);
    let ran = room.run(&["forecast", "fmi", "out", "--json"]);
    let facts: Value = serde_json::from_str(&ran.out).expect(&ran.err);
    assert_eq!(facts["input"]["kind"], "rain");
    assert_eq!(facts["input"]["frames"], 2);
    assert_eq!(facts["input"]["film_step_s"], 300.0);
    assert_eq!(facts["input"]["times_from"], "utc");
    let warnings = facts["warnings"].to_string();
    for want in ["Z = 200 R^1.6 (Marshall–Palmer)", "(v − 64) / 2", "sphere of 6371288 m"] {
        assert!(warnings.contains(want), "{want}: {warnings}");
    }
    for file in ["rain.tif", "rain.nc", "forecast.gif", "overlay.png"] {
        assert!(room.path("out").join(file).is_file(), "{file}");
    }
    let other = room.run(&["forecast", "fmi", "other", "--json", "--zr", "223,1.53"]);
    assert!(other.out.contains("Z = 223 R^1.53"), "{other:?}");
}

#[test]
fn radar_files_that_do_not_fit_are_refused_in_one_line() {
    let room = Room::new();
    furnish(&room);
    for (args, want) in [
        (&["mixed"][..], "mixed: it mixes PGM and GeoTIFF; put frames of one format"),
        (&["one"], "rain-v2: looks at 2 frames, and the film has one; give a longer film"),
        (&["cut.pgm"], "cut.pgm"),
        (&["text.h5"], "text.h5"),
        (&["fmi", "--crs", "EPSG:4326"], "fmi/fmi.pgm"),
        (&["fmi", "--crs", "Finland"], "'Finland' is neither an EPSG code nor a PROJ string"),
        (&["fmi", "--around", "0,0,100"], "0 E 0 N is not on this map"),
        (&["film/fmi.pgm.npz", "--unit", "dBZ"], "not made of radar files"),
    ] {
        let typed = [&["forecast", args[0], "out"], &args[1..]].concat();
        let ran = room.run(&typed);
        // A film of one frame says which model is taken before the model says what it looks at.
        let err = ran
            .err
            .lines()
            .filter(|l| !l.starts_with("note: "))
            .fold(String::new(), |all, line| all + line + "\n");
        refused(&Ran { err, ..ran }, want, &typed);
        assert!(!room.path("out").exists() && room.hidden().is_empty(), "{typed:?}");
    }
}
