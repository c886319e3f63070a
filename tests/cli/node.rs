//! Sensor nodes on serial ports: the code of a node on one end of a pseudo-terminal, the program on the
//! other.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use emberline_simulated_node::{Random, SimulatedNode};
use serde_json::Value;

use crate::plug::{Listener, Plug, until};
use crate::room::{EMBERLINE, Room};

/// Readings that a node's memory holds, so many that no busy machine is too slow for it.
const ROOMY: usize = 6000;

/// The stored lines of the node, in the order of its files.
fn stored(store: &Path, node: u32) -> Vec<Value> {
    let folder = store.join(format!("node-{node:08x}"));
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the node's folder")
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "ndjson"))
        .collect();
    files.sort();
    let text: String = files.iter().map(|f| fs::read_to_string(f).expect("a day file")).collect();
    text.lines().map(|line| serde_json::from_str(line).expect("a whole line")).collect()
}

/// Numbers of the stored readings.
fn seqs(lines: &[Value]) -> Vec<u64> {
    let readings = lines.iter().filter(|l| l["kind"] == "reading");
    readings.map(|l| l["seq"].as_u64().expect("a number")).collect()
}

#[test]
fn readings_are_stored_told_and_become_the_stations_weather() {
    let room = Room::new();
    fs::create_dir(room.path("store")).expect("the room");
    room.write("store/nodes.toml", b"[51]\nname = \"ridge\"\nrain_mm_per_tip = 0.2\n");
    let ridge = Plug::new(room.path("ttyA"), SimulatedNode::new(0x51, 1, ROOMY), 100, 0);
    let other = Plug::new(room.path("ttyB"), SimulatedNode::new(0x52, 2, ROOMY), 100, 0);
    ridge.push();
    let mut listener = Listener::start(&room, "store", &["./ttyA", "./ttyB"]);
    listener.says("ttyB: not there: plug it in");
    other.push();
    until("readings of both are acknowledged", || ridge.acked() > 40 && other.acked() > 20);
    listener.says("ridge (00000051) on ./ttyA: firmware 0.1.0, start 1 (power came on)");

    let said = room.run(&["node", "status", "store"]).must(0);
    for want in ["ridge (00000051)", "./ttyA", "node 00000052"] {
        assert!(said.out.contains(want), "{}", said.out);
    }
    let said = room.run(&["node", "tail", "store", "--node", "ridge", "-n", "3"]).must(0);
    assert_eq!(said.out.lines().count(), 3, "{}", said.out);
    drop(listener);

    let acked = ridge.acked();
    let lines = stored(&room.path("store"), 0x51);
    let want: Vec<u64> =
        (1..=lines.iter().filter(|l| l["kind"] == "reading").count() as u64).collect();
    assert_eq!(seqs(&lines), want);
    assert!(want.len() >= acked as usize, "an acknowledged reading is not stored");

    let said = room.run(&["node", "export", "csv", "store", "--node", "ridge"]).must(0);
    assert_eq!(said.out.lines().count(), want.len() + 1, "a header and a row each");
    room.write("ridge.csv", said.out.as_bytes());
    let from_csv = room.run(&["weather", "ridge.csv", "--json"]).must(0);
    let from_store = room.run(&["weather", "store", "--station", "ridge", "--json"]).must(0);
    let facts = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let (csv, store) = (facts(&from_csv.out), facts(&from_store.out));
    assert_eq!(csv["now"], store["now"]);
    assert_eq!(store["readings"].as_u64(), Some(want.len() as u64));
    assert!(store["now"]["rain_mm"].is_number(), "{}", store["now"]);
    // A line that the disk has spoiled is told, and nothing else is lost.
    let folder = fs::read_dir(room.path("store/node-00000051")).expect("the folder").flatten();
    let day = folder.map(|e| e.path()).find(|p| p.extension().is_some_and(|e| e == "ndjson"));
    let day = day.expect("a day file");
    let text = fs::read_to_string(&day).expect("a day file");
    fs::write(&day, format!("spoiled\n{text}")).expect("a day file");
    let said = room.run(&["weather", "store", "--station", "ridge", "--json"]).must(0);
    assert_eq!(facts(&said.out)["readings"], store["readings"]);
    assert!(said.out.contains("1 lines cannot be read: left out"), "{}", said.out);
    fs::write(&day, text).expect("a day file");
    let said = room.run(&["weather", "store"]).must(2);
    assert!(said.err.contains("name one node with --station"), "{}", said.err);

    // Nobody listens any more: that is worth an exit code of its own.
    let said = room.run(&["node", "status", "store", "--json"]).must(1);
    assert!(facts(&said.out)["troubles"].to_string().contains("nobody listens"), "{}", said.out);
}

#[test]
fn kills_unplugs_and_a_bad_line_lose_and_double_nothing() {
    let room = Room::new();
    let plug = Plug::new(room.path("tty"), SimulatedNode::new(0x51, 1, ROOMY), 150, 100);
    plug.push();
    let mut random = Random(5);
    for round in 0..12 {
        let listener = Listener::start(&room, "store", &["./tty"]);
        let before = plug.acked();
        until("the line carries readings", || plug.acked() > before);
        std::thread::sleep(Duration::from_millis(u64::from(random.below(900))));
        match round % 3 {
            0 => plug.pull(),
            1 => plug.node.lock().expect("the node").power_cut(),
            _ => {}
        }
        drop(listener); // kill -9
        plug.push();
    }
    let _listener = Listener::start(&room, "store", &["./tty"]);
    let last = plug.acked() + 50;
    until("the rest is acknowledged", || plug.acked() >= last);
    let acked = plug.acked();
    let lines = stored(&room.path("store"), 0x51);
    let found = seqs(&lines);
    assert!(!lines.iter().any(|l| l["kind"] == "gap"), "the memory was large enough");
    let want: Vec<u64> = (1..=found.len() as u64).collect();
    assert_eq!(found, want, "once each, in order");
    assert!(found.len() >= acked as usize, "an acknowledged reading is not stored");
    for line in lines.iter().filter(|l| l["kind"] == "reading") {
        let number = line["seq"].as_f64().expect("a number");
        assert_eq!(line["temp_c"].as_f64(), Some(number % 5000.0 / 100.0), "another's values");
    }
    println!("{acked} acknowledged, {} stored, 13 listeners, 12 killed", found.len());
}

#[test]
fn asked_to_stop_it_ends_in_order_and_the_store_is_whole() {
    let room = Room::new();
    let plug = Plug::new(room.path("tty"), SimulatedNode::new(0x51, 1, ROOMY), 50, 0);
    plug.push();
    for signal in ["TERM", "INT"] {
        let mut listener = Listener::start(&room, "store", &["./tty"]);
        let before = plug.acked();
        until("readings come", || plug.acked() > before + 20);
        listener.signal(signal);
        assert_eq!(listener.end().code(), Some(0), "{signal}: {}", listener.said());
        let acked = plug.acked();
        let found = seqs(&stored(&room.path("store"), 0x51));
        assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>(), "once each, in order");
        assert!(found.len() >= acked as usize, "an acknowledged reading is not stored");
        // The index counts all that the day files hold, and the next one may lock the store.
        let index = fs::read(room.path("store/node-00000051/index.json")).expect("an index");
        let index: Value = serde_json::from_slice(&index).expect("JSON");
        assert_eq!(index["readings"].as_u64(), Some(found.len() as u64));
        let live = fs::read_to_string(room.path("store/live.json")).expect("the live state");
        assert!(live.contains("./tty: closed"), "{live}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let room = Room::new();
    let mut node = SimulatedNode::new(0x51, 1, ROOMY);
    for k in 0..2000 {
        node.measure(k, None);
    }
    let plug = Plug::new(room.path("tty"), node, 50, 0);
    plug.push();
    // Nobody reads what it prints: the orderly end waits for a pipe that is full.
    let mut command = room.command();
    command.args(["node", "listen", "--print", "--store", "store", "./tty"]).stdout(Stdio::piped());
    let mut listener = Listener::spawn_printing(&room, command);
    let mut last = 0;
    until("the pipe is full", || {
        std::thread::sleep(Duration::from_secs(1));
        let acked = plug.acked();
        std::mem::replace(&mut last, acked) == acked && acked > 0
    });
    listener.signal("TERM");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(listener.ended(), None, "{}", listener.said());
    listener.signal("TERM");
    assert_eq!(listener.end().code(), Some(128 + 15), "{}", listener.said());
    let found = seqs(&stored(&room.path("store"), 0x51));
    assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>(), "once each, in order");
    assert!(found.len() >= plug.acked() as usize, "an acknowledged reading is not stored");
}

#[test]
fn records_are_lines_of_text_or_of_json() {
    let room = Room::new();
    let run = |form: &str| {
        let mut command = room.command();
        command.env("EMBERLINE_LOG", form).args(["node", "listen", "--store", "store", "./ttyX"]);
        Listener::spawn(&room, command)
    };
    let mut listener = run("");
    listener.says("(trying again)\n");
    let said = listener.said();
    let (time, text) = said.split_once(' ').expect("a time and a text");
    assert!(time.len() == "2026-08-01T12:00:00Z".len() && time.ends_with('Z'), "{said}");
    let want =
        "./ttyX: not there: plug it in; `emberline node ports` lists what is (trying again)\n";
    assert_eq!(text, want);
    let live = || fs::read_to_string(room.path("store/live.json")).unwrap_or_default();
    until("a file is written as a line is", || live().contains("`emberline node ports` lists"));
    drop(listener);

    let mut listener = run("json");
    listener.says("(trying again)");
    listener.says("}\n");
    let said = listener.said();
    let record: Value = serde_json::from_str(said.trim_end()).expect("one object");
    assert_eq!(record["message"], want.trim_end());
    assert_eq!((&record["level"], &record["port"]), (&"WARN".into(), &"./ttyX".into()));
    assert!(record["timestamp"].as_str().is_some_and(|t| t.ends_with('Z')), "{said}");
    drop(listener);

    let mut listener = run("xml");
    assert_eq!(listener.end().code(), Some(2));
    assert!(listener.said().contains("write json"), "{}", listener.said());
}

#[test]
fn a_port_that_is_held_or_forbidden_says_who_and_what_to_do() {
    let room = Room::new();
    let plug = Plug::new(room.path("tty"), SimulatedNode::new(0x51, 1, ROOMY), 100, 0);
    plug.push();
    let mut first = Listener::start(&room, "store", &["./tty"]);
    first.says("firmware 0.1.0");
    // The same port for another store.
    let mut second = Listener::start(&room, "other", &["./tty"]);
    second.says(&format!("./tty: in use by emberline (process {}); stop it", first.pid()));
    // The same store.
    let said = room.run(&["node", "listen", "--store", "store", "./ttyB"]).must(2);
    assert!(said.err.contains("another emberline listens for this store"), "{}", said.err);
    drop(second);
    drop(first);

    // Only root can become somebody else.
    if fs::read_dir("/root").is_err() {
        println!("NOT RUN: missing rights: needs root to become another user");
        return;
    }
    let shared = tempfile::Builder::new().tempdir_in("/tmp").expect("a folder in /tmp");
    let open = |path: &Path| {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("rights");
    };
    open(shared.path());
    let program = shared.path().join("emberline");
    fs::copy(EMBERLINE, &program).expect("a copy for everybody");
    let device = fs::canonicalize(room.path("tty")).expect("the device");
    fs::set_permissions(&device, fs::Permissions::from_mode(0o600)).expect("rights");
    let mut command = Command::new(&program);
    command.current_dir(shared.path()).env("USER", "nobody").uid(65_534).gid(65_534);
    command.args(["node", "listen", "--store", "store"]).arg(&device);
    let mut third = Listener::spawn(&room, command);
    third.says("no right to open it: it belongs to");
    let said = third.said();
    // Nobody is told to join the group of root.
    let is_roots = fs::metadata(&device).expect("the device").gid() == 0;
    let how = if is_roots { "udev-rule" } else { "usermod -aG" };
    assert!(said.contains(how) && !said.contains("-aG root"), "{said}");
    assert_eq!(said.lines().count(), 1, "told once: {said}");
    fs::set_permissions(&device, fs::Permissions::from_mode(0o666)).expect("rights");
    third.says("firmware 0.1.0");
}

#[test]
fn a_full_disk_is_told_and_nothing_is_acknowledged_until_there_is_room() {
    let room = Room::new();
    let plug = Plug::new(room.path("tty"), SimulatedNode::new(0x51, 1, ROOMY), 50, 0);
    plug.push();
    // Files may grow to 32 KiB; without the signal that ends programs, writing beyond fails as a full
    // disk does, in the middle of a line.
    let mut command = room.command();
    let shell =
        format!("trap '' XFSZ; ulimit -f 32; exec '{EMBERLINE}' node listen --store store ./tty");
    let mut limited = Command::new("bash");
    limited.args(["-c", &shell]).current_dir(command.get_current_dir().expect("the room"));
    command = limited;
    let mut listener = Listener::spawn(&room, command);
    listener.says("nothing is stored nor acknowledged");
    std::thread::sleep(Duration::from_secs(2));
    let acked = plug.acked();
    let lines = stored(&room.path("store"), 0x51);
    assert!(acked > 10 && seqs(&lines).len() >= acked as usize, "{acked} acknowledged");
    drop(listener);
    let _listener = Listener::start(&room, "store", &["./tty"]);
    until("it goes on", || plug.acked() > acked + 100);
    let found = seqs(&stored(&room.path("store"), 0x51));
    assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>(), "once each, in order");
}

#[test]
fn exports_with_a_cursor_hand_out_each_line_once() {
    let room = Room::new();
    let plug = Plug::new(room.path("tty"), SimulatedNode::new(0x51, 1, ROOMY), 50, 0);
    plug.push();
    let mut all = Vec::new();
    for _ in 0..3 {
        let listener = Listener::start(&room, "store", &["./tty"]);
        let before = plug.acked();
        until("readings come", || plug.acked() > before + 10);
        drop(listener);
        let said =
            room.run(&["node", "export", "ndjson", "store", "--cursor", "sent.json"]).must(0);
        let lines = said.out.lines().map(|l| serde_json::from_str::<Value>(l).expect("a line"));
        let new = seqs(&lines.collect::<Vec<_>>());
        assert!(new.len() >= 10);
        all.extend(new);
        let said = room.run(&["node", "export", "csv", "store", "--cursor", "sent.json"]).must(0);
        assert_eq!(said.out.lines().count(), 1, "only the header: {}", said.out);
    }
    assert_eq!(all, (1..=all.len() as u64).collect::<Vec<_>>());
    assert_eq!(all, seqs(&stored(&room.path("store"), 0x51)));
}

#[test]
fn what_cannot_work_is_refused_in_one_line() {
    let room = Room::new();
    room.write("file", b"x");
    room.write("cursor", b"x");
    fs::create_dir_all(room.path("photos/cats")).expect("the room");
    fs::create_dir_all(room.path("bad")).expect("the room");
    room.write("bad/nodes.toml", b"[ridge]\n");
    fs::create_dir_all(room.path("store")).expect("the room");
    room.write("store/emberline-store", b"");
    for (args, want) in [
        (&["node", "listen", "./file"][..], "./file: is no serial port"),
        (&["node", "listen", "/dev/null"], "/dev/null: is no serial port"),
        (&["node", "listen", "./tty", "./tty"], "named twice"),
        (&["node", "listen"], "PORT"),
        (&["node", "listen", "./tty", "--baud", "0"], "--baud"),
        (&["node", "listen", "./tty", "--store", "photos"], "photos: holds cats, and is no store"),
        (&["node", "listen", "./tty", "--store", "file"], "file"),
        (&["node", "listen", "./tty", "--store", "bad"], "no number of a node"),
        (&["node", "status", "photos"], "is no store of sensor nodes"),
        (&["node", "tail", "nowhere"], "is no store of sensor nodes"),
        (&["node", "tail", "store", "--node", "ridge"], "has no node 'ridge'; it has no node yet"),
        (&["node", "export", "csv", "store", "--since", "yesterday"], "is no time"),
        (&["node", "export", "csv", "store", "--cursor", "cursor"], "remove it to begin anew"),
        (&["node", "export", "xml", "store"], "csv"),
        (&["weather", "store"], "holds no node yet"),
    ] {
        let said = room.run(args).must(2);
        assert_eq!(said.err.lines().count(), 1, "{args:?}: {}", said.err);
        assert!(said.err.contains(want), "{args:?}: {}", said.err);
    }
    let said = room.run(&["node", "udev-rule"]).must(0);
    assert!(said.out.contains("ID_MM_DEVICE_IGNORE"), "{}", said.out);
    room.run(&["node", "ports"]).must(0);
}
