//! A radar of the station: the real program on a folder that is being filled, among much that is no radar file.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::room::Room;
use crate::station::{PATIENCE, Running, forecasts, samples};

/// A frame in FMI's layout: `h` × 40 cells, a shower that goes from west to east, two cells a frame `t`.
fn frame(utc: Timestamp, t: usize, h: usize) -> Vec<u8> {
    let (obstime, cell_m) = (utc.strftime("%Y%m%d%H%M"), 19149.1 * 64.0 / h as f64);
    let head = format!(
        "P5\n# obstime {obstime}\n# param CorrectedReflectivity\n# metersperpixel_x 18993.8\n\
         # metersperpixel_y {cell_m}\n# type stereographic\n# centrallongitude 25\n# centrallatitude 90\n\
         # truelatitude 60\n# bottomleft 18.6 57.93\n# topright 34.903 69.005\n40 {h}\n255\n"
    );
    let mut bytes = head.into_bytes();
    for (y, x) in (0..h).flat_map(|y| (0..40).map(move |x| (y as f64, f64::from(x)))) {
        let d2 = (y - 32.0).powi(2) / 60.0 + (x - 2.0 * t as f64).powi(2) / 30.0;
        let dbz = 44.0 * (-d2).exp();
        bytes.push(if dbz < 8.0 { 0 } else { (2.0 * dbz + 64.0) as u8 });
    }
    bytes
}

/// The value of a metric; 0 where there is none.
pub(crate) fn value(station: &Running, name: &str) -> f64 {
    let all = samples(&station.text("/metrics"));
    all.iter().find(|(n, _)| n == name).map_or(0.0, |(_, value)| *value)
}

pub(crate) fn until(station: &Running, what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "{what}: {}", station.text("/healthz"));
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn newest(folder: &Path) -> serde_json::Value {
    let made = forecasts(folder);
    let json = fs::read_to_string(made.last().expect("a forecast").join("forecast.json"));
    serde_json::from_str(&json.expect("forecast.json")).expect("JSON")
}

#[test]
fn a_radar_folder_that_is_being_filled_gives_nowcasts() {
    let room = Room::new();
    let radar = room.path("radar");
    let file = format!(
        "name = \"ridge\"\nlat = 63.5\nlon = 22.5\ndata = \"store\"\n[[radar]]\nname = \"fmi\"\n\
         from = \"file://{}\"\nuntil = \"20min\"\nat = [\"63.5,22.5\", \"0,0\"]\n\
         [forecast]\nengine = \"tract\"\n[keep]\nmin_free = \"1MB\"\n",
        radar.display()
    );
    room.write("station.toml", file.as_bytes());
    let checked = room.run(&["config", "check", "station.toml"]).must(0);
    assert!(checked.out.contains("right: 1 radar"), "{}", checked.out);
    // The folder is not there yet: that is a radar which is gone, and no reason to end.
    let station = Running::start(&room, &["station.toml"]);
    until(&station, "it is gone", || station.text("/healthz").contains("radar: No such file"));
    fs::create_dir(&radar).expect("the room");
    for k in 0..2000 {
        let name = if k % 2 == 0 { format!("junk{k}") } else { format!("junk{k}.txt") };
        fs::write(radar.join(name), b"no radar file").expect("the room");
    }
    let now_s = Timestamp::now().as_second();
    let start = Timestamp::from_second(now_s - now_s.rem_euclid(60)).expect("a time");
    let at = |t: i64| start + SignedDuration::from_mins(5 * (t - 4));
    let put = |t: i64| {
        fs::write(radar.join(format!("f{t}.pgm")), frame(at(t), t as usize, 64)).expect("the room");
    };
    (0..3).for_each(put);
    // One that was cut off for good costs its frame alone.
    fs::write(radar.join("f3.pgm"), &frame(at(3), 3, 64)[..700]).expect("the room");
    let issued = |t: i64| at(t).to_string();
    until(&station, "it nowcasts", || {
        station.get("/healthz").0 == 200 && station.text("/healthz").contains(&issued(2))
    });
    let json = newest(&room.path("store"));
    assert_eq!(json["input"]["name"], "fmi");
    assert_eq!(json["input"]["frames"], 3);
    assert_eq!(json["input"]["times_from"], "utc");
    let state = "emberline_source_state{source=\"fmi\",state=\"fresh\"}";
    assert_eq!(value(&station, state), 1.0);
    let lost = |reason: &str| {
        let name = format!("emberline_frames_dropped_total{{source=\"fmi\",reason=\"{reason}\"}}");
        value(&station, &name)
    };
    assert_eq!(lost("corrupt"), 1.0, "{}", station.text("/metrics"));
    let page = station.text("/");
    for want in [
        "fmi <span class=\"state fresh\">",
        "one radar seen",
        "at 63.5,22.5: ",
        "0,0: rain is not known",
    ] {
        assert!(page.contains(want), "{want}: {page}");
    }
    assert!(page.contains("mm/h or more"), "{page}");
    let (status, png) = station.get("/forecast/fmi/overlay.png");
    assert!(status == 200 && png.starts_with(b"\x89PNG"), "{status}");

    // Products are those of the program on the same files.
    fs::create_dir(room.path("same")).expect("the room");
    for t in 0..3 {
        let name = format!("f{t}.pgm");
        fs::copy(radar.join(&name), room.path("same").join(&name)).expect("a frame");
    }
    room.run(&["forecast", "same", "out", "--until", "20min", "--engine", "tract"]).must(0);
    let stored = forecasts(&room.path("store"));
    for name in ["forecast.npz", "overlay.png"] {
        let bytes = |folder: &Path| fs::read(folder.join(name)).expect("a product");
        assert!(
            bytes(stored.last().expect("a forecast")) == bytes(&room.path("out")),
            "{name} differs"
        );
    }

    // The next comes in parts, as over a slow line: half of it is never read.
    let whole = frame(at(4), 4, 64);
    for end in [500, 900, 1300, 1700, 2100] {
        fs::write(radar.join("f4.pgm"), &whole[..end]).expect("the room");
        std::thread::sleep(Duration::from_millis(700));
    }
    put(4);
    until(&station, "the next nowcast", || station.text("/healthz").contains(&issued(4)));
    let made = "emberline_forecasts_total{source=\"fmi\"}";
    let before = value(&station, made);
    assert_eq!(lost("corrupt"), 1.0);

    // A single frame of another grid is told and pushes nothing out.
    fs::write(radar.join("g.pgm"), frame(start + SignedDuration::from_mins(1), 4, 32))
        .expect("the room");
    until(&station, "the other grid is told", || lost("grid") == 1.0);
    assert_eq!(value(&station, state), 1.0);
    assert_eq!(value(&station, made), before);

    let (status, err) = station.end("TERM");
    assert_eq!(status.code(), Some(0), "{err}");
    for want in ["f3.pgm", "g.pgm: it is 32×40 cells, but"] {
        assert!(err.contains(want), "{want}: {err}");
    }
    assert!(!err.contains("junk"), "{err}");
}

#[test]
fn a_radar_whose_files_cannot_be_rain_is_refused_with_the_key_to_write() {
    let room = Room::new();
    let radar = room.path("radar");
    fs::create_dir(&radar).expect("the room");
    let file = format!(
        "name = \"ridge\"\nlat = 63.5\nlon = 22.5\ndata = \"store\"\n[[radar]]\nname = \"fmi\"\n\
         from = \"file://{}\"\n[keep]\nmin_free = \"1MB\"\n",
        radar.display()
    );
    room.write("station.toml", file.as_bytes());
    let now = Timestamp::now();
    for t in 0..3 {
        let bytes = frame(now - SignedDuration::from_mins(5 * (3 - t)), t as usize, 64);
        let text = b"CorrectedReflectivity";
        let at = bytes.windows(text.len()).position(|w| w == text).expect("a parameter");
        let bytes = [&bytes[..at], b"Something", &bytes[at + text.len()..]].concat();
        fs::write(radar.join(format!("f{t}.pgm")), bytes).expect("the room");
    }
    let station = Running::start(&room, &["station.toml"]);
    let state = "emberline_source_state{source=\"fmi\",state=\"refused\"}";
    until(&station, "it is refused", || value(&station, state) == 1.0);
    let (status, health) = station.get("/healthz");
    let health = String::from_utf8(health).expect("text");
    assert_eq!(status, 503, "{health}");
    assert!(health.contains("whose unit is not known; say it with unit"), "{health}");
    let (status, err) = station.end("INT");
    assert_eq!(status.code(), Some(0), "{err}");
}
