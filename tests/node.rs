//! The sensor node's firmware in QEMU, a bad line, and the real program at its other end: what is lost when
//! power, plug and gateway fail again and again.
//!
//! `tests/node` builds the firmware and runs this; alone it is `cargo test --release --test node`, with
//! `EMBERLINE_NODE_S` for the seconds of emulated time (600 if it is not set).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use emberline_node::{Kind, Log, Memory};
use emberline_rig::{BadLine, Emulated, Plan, Spoil};
use emberline_wire::Reading;
use fastrand::Rng;
use serde_json::Value;

/// Faults of each kind, of each node and of the gateway.
const CUTS: usize = 12;
const UNPLUGS: usize = 6;
const KILLS: usize = 12;
/// How long what must come may take: not how long it takes.
const PATIENCE: Duration = Duration::from_secs(180);

/// A node of the trial.
struct Kept {
    id: u32,
    reading_ms: u32,
    memory_bytes: u32,
    /// How long its plug is out, in seconds: shortest and longest.
    out_s: [f64; 2],
    /// Whether its memory is too small for that.
    loses: bool,
}

const NODES: [Kept; 3] = [
    Kept { id: 0x51, reading_ms: 1_000, memory_bytes: 32_768, out_s: [0.5, 12.0], loses: false },
    Kept { id: 0x52, reading_ms: 400, memory_bytes: 32_768, out_s: [0.5, 12.0], loses: false },
    // 56 readings, which it fills in 14 s, or in twice that where a busy machine slows QEMU.
    Kept { id: 0x53, reading_ms: 250, memory_bytes: 4_096, out_s: [35.0, 60.0], loses: true },
];

/// Something that fails or comes back.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Cut(usize),
    Power(usize),
    Unplug(usize),
    Plug(usize),
    Kill,
    Restart,
}

/// When what happens, in seconds: `count` times each fault, one in each part of the run.
fn plan(run_s: f64, random: &mut Rng) -> Vec<(f64, Event)> {
    let mut between = |low: f64, high: f64| low + (high - low) * random.f64();
    let mut events = Vec::new();
    let mut spread = |count: usize, out_s: [f64; 2], fails: Event, comes: Event| {
        let part = run_s / count as f64;
        for k in 0..count {
            // It is over before the next one begins.
            let length = between(out_s[0], out_s[1]).min(0.8 * part);
            let at = part * k as f64 + between(0.1 * part, 0.95 * part - length);
            events.extend([(at, fails), (at + length, comes)]);
        }
    };
    for (i, node) in NODES.iter().enumerate() {
        spread(CUTS, [0.2, 4.0], Event::Cut(i), Event::Power(i));
        spread(UNPLUGS, node.out_s, Event::Unplug(i), Event::Plug(i));
    }
    spread(KILLS, [0.1, 3.0], Event::Kill, Event::Restart);
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    events
}

/// `emberline node listen`.
struct Gateway {
    room: PathBuf,
    child: Option<Child>,
    starts: usize,
}

impl Gateway {
    fn start(&mut self) {
        if self.child.is_some() {
            return;
        }
        self.starts += 1;
        let stderr = File::options().create(true).append(true).open(self.room.join("stderr"));
        let child = Command::new(env!("CARGO_BIN_EXE_emberline"))
            .current_dir(&self.room)
            .args(["node", "listen", "--store", "store", "./tty51", "./tty52", "./tty53"])
            .stdout(Stdio::null())
            .stderr(stderr.expect("the room"))
            .spawn();
        self.child = Some(child.expect("the program starts"));
    }

    /// kill -9.
    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            assert!(child.try_wait().expect("its state").is_none(), "{}", self.stderr());
            child.kill().expect("a signal");
            child.wait().expect("its end");
        }
    }

    fn stderr(&self) -> String {
        fs::read_to_string(self.room.join("stderr")).unwrap_or_default()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The node's memory as its file holds it.
struct Bytes(Vec<u8>);

impl Memory for Bytes {
    type Error = std::convert::Infallible;

    fn kind(&self) -> Kind {
        Kind::Bytes
    }

    fn capacity(&self) -> u32 {
        self.0.len() as u32
    }

    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), Self::Error> {
        out.copy_from_slice(&self.0[at as usize..][..out.len()]);
        Ok(())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0[at as usize..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn erase(&mut self, _: u32) -> Result<(), Self::Error> {
        unreachable!("an EEPROM")
    }
}

/// What the node's own memory says.
struct Memorised {
    log: u32,
    /// The last reading that it took.
    last: u32,
    acked: u32,
    kept: Vec<Reading>,
}

fn memorised(node: &Kept, room: &Path) -> Memorised {
    let file = room.join(format!("n{:x}/memory.bin", node.id));
    let bytes = Bytes(fs::read(file).expect("the node's memory"));
    let mut log = Log::open(bytes, 0).unwrap_or_else(|_| panic!("a log of node {:x}", node.id));
    let last = log.next_seq() - 1;
    let first = last.saturating_sub(log.capacity()) + 1;
    let kept = (first..=last).filter_map(|seq| log.get(seq).ok().flatten()).collect();
    Memorised { log: log.id(), last, acked: log.acked(), kept }
}

/// The stored lines of a node, in the order of its files.
fn stored(room: &Path, node: &Kept) -> Vec<Value> {
    let folder = room.join(format!("store/node-{:08x}", node.id));
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    let is_day = |p: &PathBuf| {
        let name = p.file_name().expect("a name").to_string_lossy();
        name.ends_with(".ndjson") && !name.contains("thermal")
    };
    files.retain(is_day);
    files.sort();
    let text: String = files.iter().map(|f| fs::read_to_string(f).expect("a day file")).collect();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn number(line: &Value, key: &str) -> u32 {
    u32::try_from(line[key].as_u64().expect("a number")).expect("32 bits")
}

/// The last reading or gap that is stored.
fn end(lines: &[Value]) -> u32 {
    let ends = lines.iter().filter_map(|l| match l["kind"].as_str() {
        Some("reading") => Some(number(l, "seq")),
        Some("gap") => Some(number(l, "last_seq")),
        _ => None,
    });
    ends.max().unwrap_or(0)
}

/// Holds the store against the rules and against the node's memory; gives how many are stored and missing.
fn check(node: &Kept, lines: &[Value], memory: &Memorised) -> [u32; 2] {
    let id = node.id;
    let (mut expected, mut missing) = (0, 0);
    let mut by_seq = BTreeMap::new();
    for line in lines {
        match line["kind"].as_str() {
            Some("reading") => {
                expected += 1;
                assert_eq!(number(line, "seq"), expected, "node {id:x}: once each, in order");
                assert_eq!(line["log"], format!("{:08x}", memory.log), "node {id:x}: one log");
                assert!(line["time"].is_string(), "node {id:x}: no time: {line}");
                by_seq.insert(expected, line);
            }
            Some("gap") => {
                assert_eq!(number(line, "first_seq"), expected + 1, "node {id:x}");
                assert_eq!(line["why"], "lost_by_node", "node {id:x}");
                missing += number(line, "last_seq") - expected;
                expected = number(line, "last_seq");
            }
            _ => {}
        }
    }
    assert!(expected >= memory.acked, "node {id:x}: acknowledged and not stored");
    let mut compared = 0;
    for reading in &memory.kept {
        let Some(line) = by_seq.get(&reading.seq) else { continue };
        let e2 = |key: &str| line[key].as_f64().map(|v| (v * 100.0).round() as i64);
        assert_eq!(e2("temp_c"), reading.temp_c_e2.map(i64::from), "{line}");
        assert_eq!(e2("rh_percent"), reading.rh_percent_e2.map(i64::from), "{line}");
        assert_eq!(line["pressure_pa"].as_u64(), reading.pressure_pa.map(u64::from), "{line}");
        assert_eq!(line["uptime_ms"].as_u64(), Some(reading.uptime_ms), "{line}");
        assert_eq!(number(line, "boot"), reading.boot, "{line}");
        compared += 1;
    }
    assert!(compared > 20, "node {id:x}: only {compared} readings compared with its memory");
    assert_eq!(missing > 0, node.loses, "node {id:x}: {missing} missing");
    [by_seq.len() as u32, missing]
}

#[test]
fn every_acknowledged_reading_is_stored_once_and_in_order() {
    let run_s: f64 = std::env::var("EMBERLINE_NODE_S")
        .map_or(600.0, |s| s.parse().expect("EMBERLINE_NODE_S is a number of seconds"));
    assert!(run_s >= 240.0, "EMBERLINE_NODE_S: the faults need 240 s at least");
    let room = tempfile::tempdir().expect("a folder");
    let room = room.path();
    let mut nodes = Vec::new();
    let mut lines = Vec::new();
    for node in &NODES {
        let plan = Plan::new(&room.join(format!("n{:x}", node.id)))
            .node_id(node.id)
            .reading_ms(node.reading_ms)
            .memory_bytes(node.memory_bytes);
        let emulated = Emulated::start(plan).unwrap_or_else(|e| panic!("{e}"));
        let name = room.join(format!("tty{:x}", node.id));
        let line = BadLine::start(emulated.uart(), &name, Spoil::one_in(100), u64::from(node.id));
        lines.push(line.expect("a line"));
        nodes.push(emulated);
    }
    let mut gateway = Gateway { room: room.to_owned(), child: None, starts: 0 };
    gateway.start();

    let events = plan(run_s, &mut Rng::with_seed(0x5eed));
    let began = Instant::now();
    let mut done: BTreeMap<String, usize> = BTreeMap::new();
    for (i, (at_s, event)) in events.iter().enumerate() {
        let wait = Duration::from_secs_f64(*at_s).saturating_sub(began.elapsed());
        thread::sleep(wait);
        let name = format!("{event:?}");
        *done.entry(name).or_default() += 1;
        match *event {
            Event::Cut(k) => nodes[k].cut_power().expect("a signal"),
            Event::Power(k) => nodes[k].give_power().unwrap_or_else(|e| panic!("{e}")),
            Event::Unplug(k) => lines[k].unplug(),
            Event::Plug(k) => lines[k].plug().expect("a terminal"),
            Event::Kill => gateway.kill(),
            Event::Restart => gateway.start(),
        }
        // Another temperature each time, so that an old value would be seen.
        for (k, node) in nodes.iter().enumerate() {
            node.chips.sht4x.with(|chip| chip.temp_c = 10.0 + i as f64 / 10.0 + k as f64);
        }
    }
    thread::sleep(Duration::from_secs_f64(run_s).saturating_sub(began.elapsed()));
    let ran_s = began.elapsed().as_secs();

    // What they took until now must arrive, and what they take from here on may.
    nodes.iter_mut().for_each(|node| node.cut_power().expect("a signal"));
    let wanted: Vec<u32> = NODES.iter().map(|node| memorised(node, room).last).collect();
    nodes.iter_mut().for_each(|node| node.give_power().unwrap_or_else(|e| panic!("{e}")));
    let waited = Instant::now();
    for (node, want) in NODES.iter().zip(&wanted) {
        while end(&stored(room, node)) < *want {
            let have = end(&stored(room, node));
            let stderr = gateway.stderr();
            assert!(waited.elapsed() < PATIENCE, "node {:x}: {have} of {want}\n{stderr}", node.id);
            thread::sleep(Duration::from_millis(200));
        }
    }
    nodes.iter_mut().for_each(|node| node.cut_power().expect("a signal"));
    gateway.kill();

    println!("{ran_s} s of three emulated nodes; {KILLS} kill -9 of the gateway");
    for (k, node) in NODES.iter().enumerate() {
        let memory = memorised(node, room);
        let lines_stored = stored(room, node);
        let starts = lines_stored.iter().filter(|l| l["kind"] == "start").count();
        let [kept, missing] = check(node, &lines_stored, &memory);
        let line = &lines[k];
        println!(
            "node {:x}: {kept} stored, {missing} reported missing, 0 double, 0 out of order; {CUTS} \
             power cuts ({starts} starts stored), {UNPLUGS} unplugs, {} of {} bytes spoiled",
            node.id,
            line.spoiled(),
            line.passed(),
        );
        assert_eq!(done[&format!("Cut({k})")], CUTS);
        assert_eq!(done[&format!("Unplug({k})")], UNPLUGS);
    }
    assert_eq!((done["Kill"], gateway.starts), (KILLS, KILLS + 1));
}
