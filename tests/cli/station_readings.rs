//! Sensor nodes and weather inside the station: the code of a node on one end of a pseudo-terminal and a table that is
//! written on, the real program on the other.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use emberline_simulated_node::SimulatedNode;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::plug::Plug;
use crate::room::Room;
use crate::station::{Running, forecasts};
use crate::station_radar::{until, value};

const CAMERA: &str = "name = \"ridge\"\nlat = 40.0\nlon = -105.0\ndata = \"store\"\n[[camera]]\nname = \"sim\"\n\
    from = \"sim:fire?height=40&width=48&cell_m=0.5\"\nevery_s = 1\n\
    [forecast]\nevery_s = 5\nleads = 2\nengine = \"tract\"\n[keep]\nmin_free = \"1MB\"\n";

/// Reports of the weather of this name in the store, oldest first.
fn reports(data: &Path, name: &str) -> Vec<PathBuf> {
    let of = |folder: &PathBuf| folder.parent().is_some_and(|of| of.ends_with(name));
    forecasts(data).into_iter().filter(of).collect()
}

fn json(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("weather.json")).expect("weather.json");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn nodes_are_listened_to_and_become_the_stations_weather() {
    let room = Room::new();
    let tty = "[nodes]\nports = [\"./tty\"]\nevery_s = 5\n[weather]\nevery_s = 1\n";
    room.write("station.toml", format!("{CAMERA}{tty}").as_bytes());
    let plug = Plug::new(room.path("tty"), SimulatedNode::new(0x51, 1, 6000), 200, 0);
    let station = Running::start(&room, &["station.toml"]);
    // Not plugged in yet: that is told, and no reason to end.
    until(&station, "the port is told", || station.text("/healthz").contains("tty: not there"));
    plug.push();
    let readings = "emberline_node_readings_total{node=\"node 00000051\"}";
    until(&station, "readings come", || value(&station, readings) > 5.0);
    let open = "emberline_node_port_open{port=\"./tty\"}";
    until(&station, "the port is open", || value(&station, open) == 1.0);
    station.healthy();
    assert!(value(&station, "emberline_node_reading_age_seconds{node=\"node 00000051\"}") < 25.0);
    let data = room.path("store");
    until(&station, "weather", || !reports(&data, "weather-00000051").is_empty());
    let page = station.text("/");
    for want in [
        "<td>node 00000051</td><td>fresh</td>",
        "weather-00000051 <span class=\"state fresh\">",
        "fire weather index",
    ] {
        assert!(page.contains(want), "{want}: {page}");
    }
    // One listener a port and a store: the program's own verb is refused, and told why.
    let refused = room.run(&["node", "listen", "--store", "store/nodes", "./tty"]).must(2);
    assert!(refused.err.contains("store/nodes"), "{}", refused.err);

    plug.pull();
    until(&station, "the pulled plug is told", || station.get("/healthz").0 == 503);
    plug.push();
    let before = value(&station, readings);
    until(&station, "readings come again", || value(&station, readings) > before + 3.0);
    let (status, err) = station.end("TERM");
    assert_eq!(status.code(), Some(0), "{err}");
    let acked = plug.acked();
    let said = room.run(&["node", "export", "csv", "store/nodes"]).must(0);
    let stored = said.out.lines().count() - 1;
    assert!(stored >= acked as usize, "{acked} acknowledged, {stored} stored");
    let found = reports(&data, "weather-00000051");
    assert!(json(&found[0])["readings"].as_u64().is_some_and(|n| n > 0), "{found:?}");
}

#[test]
fn a_table_is_read_again_when_it_changes() {
    let room = Room::new();
    let path = room.path("weather.csv");
    let more = format!("[weather]\ntable = \"file://{}\"\nevery_s = 20\n", path.display());
    room.write("station.toml", format!("{CAMERA}{more}").as_bytes());
    let station = Running::start(&room, &["station.toml"]);
    let gone = "weather: gone: ";
    until(&station, "no table yet", || station.text("/healthz").contains(gone));
    // Hours of warm days and cool nights up to now.
    let write = |hours: i64| {
        let end = Timestamp::from_second(Timestamp::now().as_second() - 1).expect("a time");
        let mut text = "time,temp_c,rh_percent,wind_m_s,pressure_hpa,rain_mm\n".to_owned();
        for hour in (0..hours).rev() {
            let time = end - SignedDuration::from_hours(hour);
            // Warmest three hours after noon of the sun at 105 W.
            let of_day = (time.as_second().rem_euclid(86_400)) as f64 / 3600.0 - 7.0 - 15.0;
            let temp_c = 15.0 + 8.0 * (of_day * std::f64::consts::TAU / 24.0).cos();
            let pressure_hpa = 1010.0 + 0.1 * (hour % 7) as f64;
            let wind_m_s = 2.0 + 0.1 * (hour % 5) as f64;
            writeln!(text, "{time},{temp_c:.1},45,{wind_m_s:.1},{pressure_hpa:.1},0")
                .expect("text");
        }
        fs::write(&path, text).expect("the room");
    };
    write(100);
    let data = room.path("store");
    until(&station, "weather", || !reports(&data, "weather").is_empty());
    let found = reports(&data, "weather");
    let ours = json(&found[0]);
    assert!(found[0].join("weather.png").is_file());
    // It is what the program says of the same table.
    let args = ["weather", "weather.csv", "--at", "40,-105", "--json"];
    let theirs: Value = serde_json::from_str(&room.run(&args).must(0).out).expect("JSON");
    for part in ["readings", "now", "outlook"] {
        assert_eq!(ours[part], theirs[part], "{part}");
    }
    for code in ["fwi", "ffmc", "dc"] {
        assert_eq!(ours["fire_weather"][code], theirs["fire_weather"][code], "{code}");
    }
    until(&station, "the page", || {
        station.text("/").contains("weather <span class=\"state fresh\">")
    });
    assert!(station.text("/").contains("fire weather index "), "{}", station.text("/"));
    let health = station.text("/healthz");
    assert!(health.contains("\"in 1 h ") || health.contains(", in "), "{health}");

    // What cannot be read is told in a line; the station goes on.
    fs::write(&path, "time,what\nnow,no weather\n").expect("the room");
    until(&station, "it is refused", || station.text("/healthz").contains("weather: refused: "));
    let forecasts_made = "emberline_forecasts_total{source=\"sim\"}";
    let before = value(&station, forecasts_made);
    until(&station, "forecasts go on", || value(&station, forecasts_made) > before);
    fs::remove_file(&path).expect("the table");
    until(&station, "it is gone", || station.text("/healthz").contains(gone));
    std::thread::sleep(Duration::from_millis(10));
    let (status, err) = station.end("TERM");
    assert_eq!(status.code(), Some(0), "{err}");
}
