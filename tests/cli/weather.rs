//! Weather of a station: what is told from its readings, and what is refused.

use super::room::Room;
use serde_json::Value;

/// Sixty made-up hours with holes, in columns of our own names.
const READINGS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/runtime/weather/src/golden/readings.csv");

#[test]
fn readings_give_an_outlook_and_what_it_lacks_is_told() {
    let room = Room::new();
    let said = room.run(&["weather", READINGS, "--at", "40.78,-73.87", "--json"]).must(0);
    let facts: Value = serde_json::from_str(&said.out).expect("JSON");
    let outlook = facts["outlook"]["said"].as_array().expect("an outlook");
    assert!(!outlook.is_empty());
    for row in outlook.iter().filter(|r| r["what"] != "wind_vector") {
        let of = |key: &str| row[key].as_f64().expect("a number");
        assert!(of("low") < of("value") && of("value") < of("high"), "{row}");
        assert_eq!(row["interval_from"], "training stations", "sixty hours are no record");
    }
    let notes = facts["notes"].to_string();
    assert!(notes.contains("this one has too short a record"), "{notes}");
    let said = room.run(&["weather", READINGS, "--at", "40.78,-73.87"]).must(0);
    for want in ["now: ", "6 h", "not for evacuation decisions"] {
        assert!(said.out.contains(want), "{want}: {}", said.out);
    }
    let said = room.run(&["weather", READINGS]).must(0);
    assert!(said.err.contains("no outlook: it needs the place; give --at LAT,LON"), "{}", said.err);
}

#[test]
fn tables_that_would_have_to_be_guessed_at_are_refused_in_one_line() {
    let room = Room::new();
    for (name, table, args, want) in [
        ("unit.csv", "time,temp\n2026-08-03T12:00:00Z,30\n", &[][..], "names no known unit"),
        ("zone.csv", "time,temp_c\n2026-08-03 12:00,30\n", &[], "has no offset"),
        ("zone2.csv", "time,temp_c\n2026-08-03 12:00,30\n", &["--zone", "Mars/Olympus"], "zone"),
        ("notime.csv", "temp_c\n30\n", &[], "no header says which columns are the time"),
        ("empty.csv", "time,temp_c\n", &[], "holds no reading; a header and a row"),
        ("place.csv", "time,temp_c\n2026-08-03T12:00:00Z,30\n", &["--at", "91,0"], "LAT,LON"),
    ] {
        let path = room.write(name, table.as_bytes());
        let all = [&["weather", path.to_str().expect("UTF-8")], args].concat();
        let said = room.run(&all).must(2);
        assert_eq!(said.err.lines().count(), 1, "{name}: {}", said.err);
        assert!(said.err.contains(want), "{name}: {}", said.err);
    }
    let said = room.run(&["weather", "nowhere.csv"]).must(2);
    assert!(said.err.contains("nowhere.csv: cannot be opened"), "{}", said.err);
}

#[test]
fn gaps_doubles_and_disorder_are_told_and_nothing_is_filled_in() {
    let room = Room::new();
    let mut table = "time,temp_c,rh_percent,wind_m_s\n".to_owned();
    for (hour, temp_c) in [(0, 20), (2, 22), (1, 21), (2, 22), (3, 95), (9, 24), (10, 25)] {
        table += &format!("2026-08-03T{hour:02}:00:00Z,{temp_c},40,3\n");
    }
    let path = room.write("odd.csv", table.as_bytes());
    let all = ["weather", path.to_str().expect("UTF-8"), "--at", "38,23", "--json"];
    let facts: Value = serde_json::from_str(&room.run(&all).must(0).out).expect("JSON");
    assert_eq!(facts["readings"], 6);
    let notes = facts["notes"].to_string();
    for want in ["order", "gap", "left out", "missing"] {
        assert!(notes.contains(want), "{want}: {notes}");
    }
}

/// A table of `days` whole days of made-up hours from 1 July 2026 in UTC, without the hours `without`.
fn month(days: i64, without: std::ops::Range<i64>) -> String {
    let mut table = "time,temp_c,rh_percent,wind_m_s,wind_from_deg,rain_mm\n".to_owned();
    for k in (0..days * 24).filter(|k| !without.contains(k)) {
        let (day, hour) = (1 + k / 24, k % 24);
        let warm = (std::f64::consts::TAU * (hour - 14) as f64 / 24.0).cos();
        let rain_mm = if k % 131 < 3 { 2.2 } else { 0.0 };
        table += &format!(
            "2026-07-{day:02}T{hour:02}:00:00Z,{:.1},{:.1},{:.1},{},{rain_mm}\n",
            25.0 + 8.0 * warm,
            45.0 - 20.0 * warm,
            4.0 + warm + 0.1 * (k % 7) as f64,
            (k * 13) % 360
        );
    }
    table
}

#[test]
fn fire_weather_goes_on_from_run_to_run_and_says_where_it_began() {
    let room = Room::new();
    let file = |name: &str, text: &str| room.write(name, text.as_bytes()).display().to_string();
    let all = file("all.csv", &month(20, 0..0));
    let at = ["--at", "38,23.7"];
    let facts = |path: &str, state: &[&str]| -> Value {
        let args = [&["weather", path], &at[..], state, &["--json"]].concat();
        serde_json::from_str(&room.run(&args).must(0).out).expect("JSON")
    };
    let whole = facts(&all, &[])["fire_weather"].clone();
    assert_eq!(whole["date"], "2026-07-20");
    // By the sun at 23.7° east, noon is at 10:00 UTC.
    assert_eq!(whole["noon"], "2026-07-20T10:00:00Z");
    assert_eq!(whole["ff_scale"], 147.2);
    assert_eq!(whole["start"]["origin"], "standard");
    for key in ["ffmc", "dmc", "dc", "isi", "bui", "fwi", "dsr"] {
        assert!(whole[key].as_f64().is_some_and(|v| v > 0.0), "{key}: {whole}");
    }
    assert!(whole["hourly_ffmc"]["value"].is_f64(), "{whole}");

    let table = month(20, 0..0);
    let (first, rest) = table.split_at(month(9, 0..0).len());
    let rest = month(0, 0..0) + rest;
    let state = ["--fwi-state", "fire.json"];
    facts(&file("first.csv", first), &state);
    let resumed = facts(&file("rest.csv", &rest), &state)["fire_weather"].clone();
    for key in ["ffmc", "dmc", "dc", "isi", "bui", "fwi", "dsr", "noon", "start"] {
        assert_eq!(resumed[key], whole[key], "{key}");
    }
    assert!(room.hidden().is_empty(), "{:?}", room.hidden());

    let said = room.run(&[&["weather", &all], &at[..]].concat()).must(0).out;
    for want in [
        "FFMC ",
        "FF scale 147.2",
        "12:00 at UTC+02, by the sun at longitude 23.7",
        "started from the standard values (FFMC 85, DMC 6, DC 15 on the evening of 2026-07-01)",
        "DC settles in about 50 days",
    ] {
        assert!(said.contains(want), "{want}: {said}");
    }
    let holed = file("holed.csv", &month(20, 200..330));
    let said = room.run(&[&["weather", &holed], &at[..]].concat()).must(0);
    let again = "started again from the standard values";
    assert!(said.out.contains(again) && said.err.contains(again), "{}", said.err);
    let said = room.run(&["weather", &all]).must(0);
    assert!(said.err.contains("no fire weather: its day lengths need the place"), "{}", said.err);
}

#[test]
fn a_state_of_something_else_is_refused_in_one_line_and_stays() {
    let room = Room::new();
    let table = room.write("t.csv", month(3, 0..0).as_bytes());
    let table = table.to_str().expect("UTF-8");
    for (text, want) in [
        ("{\"codes\": 3}", "no fire weather state"),
        ("", "or a damaged one"),
        ("{\"emberline_fire_weather\": 9}", "version 9"),
    ] {
        let path = room.write("fire.json", text.as_bytes());
        let args = ["weather", table, "--at", "38,23.7", "--fwi-state", "fire.json"];
        let said = room.run(&args).must(2);
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
        assert!(said.err.contains(want), "{want}: {}", said.err);
        assert_eq!(std::fs::read_to_string(path).expect("it is there"), text);
    }
    let said = room.run(&["weather", table, "--fwi-state", "fire.json"]).must(2);
    assert!(said.err.contains("--at"), "{}", said.err);
}

#[test]
fn a_picture_is_drawn_whole_or_not_at_all() {
    let room = Room::new();
    let table = room.write("t.csv", month(3, 40..44).as_bytes());
    let table = table.to_str().expect("UTF-8");
    for (name, args) in [
        ("outlook.png", &["--at", "38,23.7", "--zone", "EET-2EEST,M3.5.0/3,M10.5.0/4"][..]),
        ("seen.png", &["--hours", "8760"]),
        ("short.png", &["--hours", "1"]),
    ] {
        room.run(&[&["weather", table, "--picture", name], args].concat()).must(0);
        let picture = png::Decoder::new(std::io::BufReader::new(
            std::fs::File::open(room.path(name)).expect("a picture"),
        ));
        let info = picture.read_info().expect("a PNG").info().clone();
        assert!(info.width == 1200 && (500..1200).contains(&info.height), "{info:?}");
    }
    for (name, want) in [("t.jpg", "only PNG is written"), ("no/t.png", "cannot be written")] {
        let said = room.run(&["weather", table, "--picture", name]).must(2);
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
        assert!(said.err.contains(want), "{want}: {}", said.err);
    }
    assert!(room.hidden().is_empty(), "{:?}", room.hidden());
}

#[test]
fn files_that_are_no_table_are_named_with_what_to_do() {
    let room = Room::new();
    for (name, bytes, want) in [
        (
            "film.mp4",
            &b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"[..],
            "film.mp4: is a film, no table of readings; give a .csv; `emberline forecast` reads films",
        ),
        ("sheet.xlsx", b"PK\x03\x04\x14\0", "save the sheet as CSV"),
        ("weewx.sdb", b"SQLite format 3\0", "sqlite3 -csv -header FILE"),
        ("noise.csv", b"time\0temp_c", "is binary data"),
        ("packed.csv", b"\x1f\x8b\x08\0", "cannot be read on"),
        ("wide.csv", b"\xff\xfet\0i\0m\0e\0", "no header says which columns are the time"),
        ("latin.csv", b"time,temp_\xb0c\n", "holds no reading"),
    ] {
        let path = room.write(name, bytes);
        let said = room.run(&["weather", path.to_str().expect("UTF-8")]).must(2);
        assert_eq!(said.err.lines().count(), 1, "{name}: {}", said.err);
        assert!(said.err.contains(want), "{name}: {}", said.err);
    }
}

#[test]
fn a_table_may_be_a_folder_and_what_it_does_not_say_is_said_for_it() {
    let room = Room::new();
    let rows = "Zeit;Aussen;RH;Wind (km/h)\n01.07.2026 00:00;18,4;55;11,16\n02.07.2026 01:00;17,0;57;9,0\n";
    room.write("t.csv", rows.as_bytes());
    room.write("columns.toml", b"[columns]\ntemp_c = \"Aussen\"\n");
    let said = &["--time-format", "day-first", "--zone", "+02:00", "--json"];
    let first = |input: &str, flags: &[&str]| {
        let out = room.run(&[&["weather", input][..], flags, said].concat()).must(0).out;
        let report: Value = serde_json::from_str(&out).expect("JSON");
        (report["first"].clone(), report["now"]["temp_c"].clone(), report["readings"].clone())
    };
    let want = (Value::from("2026-06-30T22:00:00Z"), Value::from(17.0), Value::from(2));
    assert_eq!(first("t.csv", &["--column", "temp_c=Aussen"]), want);
    assert_eq!(first("t.csv", &["--columns", "columns.toml"]), want);
    std::fs::create_dir(room.path("days")).expect("the room");
    std::fs::rename(room.path("t.csv"), room.path("days/t.csv")).expect("the room");
    assert_eq!(first("days", &["--column", "temp_c=2"]), want);
    let asked = room.run(&["weather", "days", "--zone", "-05:00"]).must(2).err;
    assert!(asked.contains("say --time-format day-first or --time-format month-first"), "{asked}");
}
