//! A station that is changed while it runs: another configuration by SIGHUP, and a pause.

use crate::room::Room;
use crate::station::Running;

/// The file of a station with these cameras.
fn file(cameras: &[(&str, f64)], more: &str) -> String {
    let camera = |(name, every_s): &(&str, f64)| {
        format!(
            "[[camera]]\nname = \"{name}\"\nevery_s = {every_s:.1}\n\
             from = \"sim:fire?height=40&width=48&cell_m=0.5\"\n"
        )
    };
    let cameras: String = cameras.iter().map(camera).collect();
    format!(
        "name = \"a\"\nlat = 1.0\nlon = 1.0\ndata = \"store\"\n{cameras}\
         [forecast]\nevery_s = 1\nleads = 2\nengine = \"tract\"\n[keep]\nmin_free = \"1MB\"\n{more}"
    )
}

#[cfg(unix)]
#[test]
fn another_configuration_is_taken_without_touching_what_did_not_change() {
    let room = Room::new();
    room.write("station.toml", file(&[("north", 0.2), ("south", 0.2)], "").as_bytes());
    let station = Running::start(&room, &["station.toml"]);
    station.healthy();
    let frames = |name: &str| -> f64 {
        let label = format!("emberline_frames_total{{source=\"{name}\"}} ");
        let text = station.text("/metrics");
        let found = text.lines().find_map(|line| line.strip_prefix(&label)?.parse().ok());
        found.unwrap_or_else(|| panic!("no {label} in {text}"))
    };
    let (north, south) = (frames("north"), frames("south"));
    assert!(north > 5.0 && south > 5.0);

    // One that is wrong changes nothing, and is told.
    room.write("station.toml", file(&[("north", 0.2), ("south", 0.2)], "[kep]\n").as_bytes());
    station.signal("HUP");
    let health = station.until("/healthz", "the old configuration goes on");
    assert!(health.contains("kep: no such key; write keep"), "{health}");
    assert!(station.text("/").contains("no such key"));
    assert!(frames("south") >= south);

    // South begins anew, north goes on, and east is there; what needs a restart is told.
    let cameras = [("north", 0.2), ("south", 0.4), ("east", 0.2)];
    let changed = file(&cameras, "").replace("name = \"a\"", "name = \"b\"");
    room.write("station.toml", changed.as_bytes());
    station.signal("HUP");
    let health = station.until("/healthz", "a new name needs a restart");
    assert!(health.contains("\"station\": \"a\""), "{health}");
    assert!(!health.contains("no such key"), "{health}");
    assert!(frames("north") > north);
    station.until("/healthz", "\"name\": \"east\"");
    station.healthy();

    let (status, err) = station.end("TERM");
    assert_eq!(status.code(), Some(0), "{err}");
    assert!(err.contains("begun: south, east"), "{err}");
}

#[test]
fn the_doctor_asks_a_station_and_tells_no_secret() {
    let room = Room::new();
    let text = file(&[("north", 0.2)], "");
    let station = {
        room.write("station.toml", text.as_bytes());
        Running::start(&room, &["station.toml"])
    };
    station.healthy();
    let listen = format!("[web]\nlisten = \"{}\"\n", station.address());
    let camera = "[[camera]]\nname = \"far\"\nfrom = \"rtsp://192.0.2.1/a?key=s3cret\"\nkind = \"rgb\"\n\
                  user = \"s3cret\"\npassword_env = \"FAR\"\n";
    room.write("asked.toml", format!("{text}{listen}{camera}").as_bytes());
    let doctor = room.run(&["doctor", "asked.toml", "--bundle", "report.json"]).must(0);
    assert!(doctor.out.contains("it sees"), "{}", doctor.out);
    let report = std::fs::read_to_string(room.path("report.json")).expect("a report");
    assert!(report.contains("emberline_") || report.contains("\"forecasts\""), "{report}");
    assert!(report.contains("rtsp://192.0.2.1/a") && !report.contains("s3cret"), "{report}");
    assert_eq!(station.end("TERM").0.code(), Some(0));
    let doctor = room.run(&["doctor", "asked.toml"]).must(0);
    assert!(doctor.out.contains("it does not run"), "{}", doctor.out);
    room.write("bad.toml", b"[kep]\n");
    let doctor = room.run(&["doctor", "bad.toml"]).must(1);
    assert!(doctor.out.contains("no such key"), "{}", doctor.out);
    // An editor is told what may stand in the file.
    let schema = room.run(&["config", "schema"]).must(0).out;
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("JSON");
    assert!(schema["properties"]["keep"].is_object(), "{schema}");
}

#[test]
fn a_pause_outlives_a_restart_and_is_no_fault() {
    let room = Room::new();
    room.write("station.toml", file(&[("north", 0.2)], "").as_bytes());
    let early = room.run(&["pause", "station.toml", "--for", "4h"]).must(2);
    assert!(early.err.contains("--data") && early.err.lines().count() == 1, "{}", early.err);
    let station = Running::start(&room, &["station.toml"]);
    station.healthy();
    let paused = room.run(&["pause", "station.toml", "--for", "4h"]).must(0);
    assert!(paused.out.contains("a: paused until 20"), "{}", paused.out);
    station.until("/healthz", "\"paused_s\": 14");
    let made = |station: &Running| -> String {
        let text = station.text("/metrics");
        let found = text.lines().find(|line| line.starts_with("emberline_forecasts_total"));
        found.expect("a metric").to_owned()
    };
    let before = made(&station);
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(made(&station), before, "nothing is forecast");
    assert!(station.text("/").contains("Paused for 240 min"));
    assert_eq!(station.end("TERM").0.code(), Some(0));

    // It outlives a restart; all that is not fresh is no fault.
    let station = Running::start(&room, &["station.toml"]);
    station.until("/healthz", "\"paused_s\": 14");
    assert_eq!(station.get("/healthz").0, 200);
    assert!(station.text("/metrics").contains("emberline_paused_seconds 14"));
    let over = room.run(&["pause", "station.toml", "--over"]).must(0);
    assert!(over.out.contains("the pause is over"), "{}", over.out);
    station.until("/healthz", "\"paused_s\": null");
    station.healthy();
    assert_eq!(station.end("TERM").0.code(), Some(0));
    let none = room.run(&["pause", "station.toml", "--over"]).must(0);
    assert!(none.out.contains("there was no pause"), "{}", none.out);
    room.run(&["pause", "station.toml"]).must(2);
    room.run(&["pause", "station.toml", "--for", "200h"]).must(2);
}
