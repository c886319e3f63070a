//! A session against the code that runs on a node: bad lines, power cuts, wrong clocks, broken files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use emberline_node::Measurement;
use emberline_simulated_node::{Random, SimulatedNode};
use emberline_wire::{Chip, ChipFault, Fault, Frame, Message, Sensor};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::counters::LineCounters;
use crate::day::{self, Lines};
use crate::id::{LogId, NodeId};
use crate::line::{self, Line, Why};
use crate::node_settings::NodeSettings;
use crate::reading_table::ReadingTable;
use crate::store::{Store, View};

const NODE: u32 = 0x51;
const LOG: u32 = 0xc0ffee;
/// 2027-01-15T08:00:00Z.
const BEGAN_S: i64 = 1_800_000_000;

fn now(ms: u64) -> Now {
    at(BEGAN_S, ms)
}

fn at(began_s: i64, ms: u64) -> Now {
    let since = Duration::from_millis(ms);
    let utc = Timestamp::from_second(began_s).unwrap() + SignedDuration::from_millis(ms as i64);
    Now { since, utc }
}

/// Everything that is stored of the node, in the order of its files.
fn stored(root: &Path) -> Vec<Line> {
    let folder = View::open(root).unwrap().folder(NodeId::new(NODE));
    let mut out = Vec::new();
    for name in day::names(&folder).unwrap() {
        for line in Lines::open(&folder.join(name), 0).unwrap() {
            out.push(line.unwrap().line.expect("every line can be read"));
        }
    }
    out
}

fn readings(root: &Path) -> Vec<line::Reading> {
    let reading = |line| match line {
        Line::Reading(r) => Some(r),
        _ => None,
    };
    stored(root).into_iter().filter_map(reading).collect()
}

fn day_file(root: &Path) -> PathBuf {
    root.join("node-00000051/2027-01-15.ndjson")
}

/// The notes as a person reads them.
fn texts(output: &SessionOutput) -> Vec<String> {
    output.notes.iter().map(ToString::to_string).collect()
}

/// Both ends on a line without faults, for `ms` from `from`; returns the notes.
fn talk(session: &mut Session<'_>, node: &mut SimulatedNode, from: u64, ms: u64) -> Vec<String> {
    let mut notes = Vec::new();
    for t in (from..from + ms).step_by(20) {
        let sent = node.poll(t);
        let out = session.take(&sent, now(t));
        node.hear(t + 10, &out.send);
        notes.extend(texts(&out));
    }
    notes
}

#[test]
fn a_reading_is_acknowledged_when_it_is_on_the_disk_and_carries_its_time() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path().join("store");
    let store = Store::open(&root).unwrap();
    let mut session = Session::new(&store, "ttyX");
    let mut node = SimulatedNode::new(NODE, LOG, 100);
    // Taken before anybody listened.
    for k in 0..5 {
        node.measure(k * 1000, None);
    }
    for t in (10_000..11_000).step_by(20) {
        let out = session.take(&node.poll(t), now(t));
        let acked = out.send.len() > 20;
        let on_disk = day_file(&root).exists() && !readings(&root).is_empty();
        assert!(!acked || on_disk, "an ack before the disk");
        node.hear(t + 10, &out.send);
    }
    assert_eq!(node.acked(), 5);
    let readings = readings(&root);
    assert_eq!(readings.iter().map(|r| r.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    for (k, r) in readings.iter().enumerate() {
        let taken = Timestamp::from_second(BEGAN_S + k as i64).unwrap();
        let off_ms = r.time.unwrap().duration_since(taken).as_millis().abs();
        assert!(off_ms <= 10 && r.time_from == line::TimeFrom::Gateway, "{off_ms} ms");
        assert_eq!(r.temp_c, Some((k + 1) as f64 / 100.0));
    }
    let kinds: Vec<_> =
        stored(&root).into_iter().filter(|l| !matches!(l, Line::Reading(_))).collect();
    assert!(matches!(kinds.as_slice(), [Line::Start(_), Line::Clock(_)]), "{kinds:?}");
}

/// A bad line, power cuts of the node, kills of the gateway (the session ends, nothing is written any
/// more) and long silences; gives what the node measured and what the session counted.
fn trial(root: &Path, seed: u32, slots: usize, dead_ms: u64) -> (u32, u32, LineCounters) {
    let mut random = Random(seed);
    let mut node = SimulatedNode::new(NODE, LOG, slots);
    let (mut last, mut boot_ms, mut counters) = (0, 0, LineCounters::default());
    for life in 0..12_u64 {
        let store = Store::open(root).unwrap();
        let mut session = Session::new(&store, "ttyX");
        for t in (life * 30_000..(life + 1) * 30_000).step_by(20) {
            if random.below(1500) == 0 {
                node.power_cut();
                boot_ms = t;
            }
            if t % 200 == 0 {
                last = node.measure(t - boot_ms, None);
            }
            let sent = node.poll(t - boot_ms);
            let dead = t % 30_000 < dead_ms;
            let came = if dead { Vec::new() } else { random.spoil(&sent, 100) };
            let out = session.take(&came, now(t));
            if !dead {
                let back = random.spoil(&out.send, 100);
                node.hear(t - boot_ms + 10, &back);
            }
        }
        counters = counters.plus(session.counters());
    }
    (last, node.acked(), counters)
}

#[test]
fn every_reading_is_stored_once_and_in_order_whatever_fails() {
    for (seed, slots, dead_ms) in [(1, 400, 5_000), (2, 400, 12_000), (3, 24, 20_000)] {
        let room = tempfile::tempdir().unwrap();
        let root = room.path().join("store");
        let (last, acked, counters) = trial(&root, seed, slots, dead_ms);
        let (mut expected, mut missing) = (0, 0);
        for line in stored(&root) {
            match line {
                Line::Reading(r) => {
                    expected += 1;
                    assert_eq!(r.seq, expected, "seed {seed}");
                    assert_eq!(r.temp_c, Some(f64::from(r.seq % 5000) / 100.0));
                }
                Line::Gap(g) => {
                    assert_eq!(g.first_seq, expected + 1, "seed {seed}");
                    missing += g.last_seq - expected;
                    expected = g.last_seq;
                }
                _ => {}
            }
        }
        println!(
            "seed {seed}: {last} measured, {expected} stored or noted, {missing} missing, {counters:?}"
        );
        assert!(expected >= acked && last >= 1700 && counters.bad_frames() > 100, "{counters:?}");
        assert_eq!(missing > 0, slots < 100, "only the small memory may lose any");
        assert!(last - expected < 200, "the line kept up");
    }
}

#[test]
fn a_clock_of_1970_or_2099_writes_no_time() {
    for (began_s, chip, want) in [
        (70, None, line::TimeFrom::None),
        (70, Some(1_800_000_000), line::TimeFrom::Node),
        (4_102_444_000, Some(100), line::TimeFrom::None),
        (BEGAN_S, Some(100), line::TimeFrom::Gateway),
    ] {
        let room = tempfile::tempdir().unwrap();
        let root = room.path().join("store");
        let store = Store::open(&root).unwrap();
        let mut session = Session::new(&store, "ttyX");
        let mut node = SimulatedNode::new(NODE, LOG, 100);
        node.measure(0, chip);
        let mut notes = Vec::new();
        for t in (0..2000).step_by(20) {
            let out = session.take(&node.poll(t), at(began_s, t));
            node.hear(t + 10, &out.send);
            notes.extend(texts(&out));
        }
        let readings = readings(&root);
        assert_eq!((readings.len(), readings[0].time_from), (1, want), "{began_s}");
        assert_eq!(readings[0].time.is_none(), want == line::TimeFrom::None);
        let gateway_wrong = notes.iter().any(|n| n.contains("set it (timedatectl)"));
        assert_eq!(gateway_wrong, began_s != BEGAN_S, "{notes:?}");
        // Only a gateway that knows the time sets a node's chip.
        assert_eq!(node.clock_set_ms.is_some(), want == line::TimeFrom::Gateway);
        let chip_noted =
            notes.iter().any(|n| n.contains("its clock chip said 1970-01-01T00:01:40Z"));
        assert_eq!(chip_noted, want == line::TimeFrom::Gateway, "{notes:?}");
    }
}

#[test]
fn readings_without_a_time_get_it_when_the_clock_is_set() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path().join("store");
    let store = Store::open(&root).unwrap();
    let mut node = SimulatedNode::new(NODE, LOG, 100);
    for (session, (began_s, from)) in [(70, 0), (BEGAN_S, 5_000)].into_iter().enumerate() {
        let mut one = Session::new(&store, "ttyX");
        node.measure(from, None);
        for t in (from..from + 6000).step_by(20) {
            let out = one.take(&node.poll(t), at(began_s, t));
            node.hear(t + 10, &out.send);
        }
        assert_eq!(node.acked(), session as u32 + 1);
    }
    let contents = View::open(&root).unwrap().contents(NodeId::new(NODE)).unwrap();
    let settings = NodeSettings { rain_mm_per_tip: Some(0.2), name: None };
    let table = ReadingTable::new(stored(&root), None, &contents.starts, &settings);
    let times: Vec<_> = table.rows.iter().map(|r| r.time.as_second() - BEGAN_S).collect();
    assert_eq!((times, table.undated), (vec![0, 5], 0));
}

#[test]
fn a_line_that_was_torn_is_cut_off_and_comes_again() {
    let tails: [(&str, &[u8]); 4] = [
        ("half a line", b"{\"kind\":\"reading\",\"node\":\"0000"),
        ("zeros", &[0; 700]),
        ("a whole line without its end", b"{\"kind\":\"fault\",\"node\":\"00000051\"}"),
        ("garbage, then a line", b"\x93\xff\n{\"kind\":\"snow\"}\n"),
    ];
    for (name, tail) in tails {
        for index_lost in [false, true] {
            let room = tempfile::tempdir().unwrap();
            let root = room.path().join("store");
            let mut node = SimulatedNode::new(NODE, LOG, 100);
            let store = Store::open(&root).unwrap();
            let mut session = Session::new(&store, "ttyX");
            node.measure(0, None);
            talk(&mut session, &mut node, 0, 1000);
            store.save_indices();
            drop(store);
            let file = day_file(&root);
            let whole = fs::read(&file).unwrap();
            fs::write(&file, [whole.as_slice(), tail].concat()).unwrap();
            if index_lost {
                fs::remove_file(root.join("node-00000051/index.json")).unwrap();
            }
            let store = Store::open(&root).unwrap();
            let mut session = Session::new(&store, "ttyX");
            node.measure(1000, None);
            let notes = talk(&mut session, &mut node, 6000, 2000);
            assert!(notes.iter().any(|n| n.contains("were torn")), "{name}: {notes:?}");
            let seqs: Vec<_> = readings(&root).iter().map(|r| r.seq).collect();
            assert_eq!(seqs, [1, 2], "{name}");
            let kept = fs::read(file.with_extension("ndjson.damaged")).unwrap();
            assert!(kept.starts_with(tail), "{name}: nothing is thrown away");
        }
    }
}

#[test]
fn old_day_files_may_be_deleted() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path().join("store");
    let mut node = SimulatedNode::new(NODE, LOG, 100);
    for from in [0, 10_000] {
        let store = Store::open(&root).unwrap();
        let mut session = Session::new(&store, "ttyX");
        node.measure(from, None);
        let notes = talk(&mut session, &mut node, from, 6000);
        assert!(!notes.iter().any(|n| n.contains("not in this store")), "{notes:?}");
        store.save_indices();
        drop(store);
        let contents = View::open(&root).unwrap().contents(NodeId::new(NODE)).unwrap();
        assert_eq!(contents.end(LogId::new(LOG)), 1 + u32::from(from > 0));
        fs::remove_file(day_file(&root)).unwrap();
    }
}

#[test]
fn a_reading_that_another_store_has_is_a_gap_here() {
    let room = tempfile::tempdir().unwrap();
    let mut node = SimulatedNode::new(NODE, LOG, 100);
    let (first, second) = (room.path().join("first"), room.path().join("second"));
    for (root, from) in [(&first, 0), (&second, 10_000)] {
        let store = Store::open(root).unwrap();
        let mut session = Session::new(&store, "ttyX");
        for k in 0..3 {
            node.measure(from + k, None);
        }
        let notes = talk(&mut session, &mut node, from, 6000);
        let noted =
            notes.iter().any(|n| n.contains("3 readings (1 to 3) were acknowledged before"));
        assert_eq!(noted, root == &second, "{notes:?}");
    }
    let gaps: Vec<_> = stored(&second)
        .into_iter()
        .filter_map(|l| match l {
            Line::Gap(g) => Some((g.first_seq, g.last_seq, g.why)),
            _ => None,
        })
        .collect();
    assert_eq!(gaps, [(1, 3, Why::AcknowledgedElsewhere)]);
    assert_eq!(readings(&second).iter().map(|r| r.seq).collect::<Vec<_>>(), [4, 5, 6]);
}

#[test]
fn what_is_wrong_is_noted_once() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path().join("store");
    let store = Store::open(&root).unwrap();
    let mut session = Session::new(&store, "ttyX");
    let mut node = SimulatedNode::new(NODE, LOG, 100);
    let fault = ChipFault { chip: Chip::Bme280, address: 0x76, fault: Fault::NoAnswer };
    let spoiled = ChipFault { chip: Chip::Sht4x, address: 0x44, fault: Fault::Crc };
    let mut notes = talk(&mut session, &mut node, 0, 1000);
    for k in 0..5 {
        let mut round = Measurement::new(1000 + k);
        round.reading.temp_c_e2 = round.of(Sensor::Temp, Err(fault));
        round.reading.rh_percent_e2 = round.of(Sensor::Humidity, Err(spoiled));
        node.node.record(&round).unwrap();
        notes.extend(talk(&mut session, &mut node, 1000 + k * 20_000, 20_000));
    }
    let count = |notes: &[String], what: &str| notes.iter().filter(|n| n.contains(what)).count();
    assert_eq!(count(&notes, "BME280 at 0x76 does not answer: check its plug"), 1, "{notes:?}");
    assert_eq!(count(&notes, "SHT4x at 0x44 sends spoiled data"), 1, "{notes:?}");
    let noted = View::open(&root).unwrap().contents(NodeId::new(NODE)).unwrap().faults;
    assert_eq!(noted.keys().collect::<Vec<_>>(), ["BME280 at 0x76", "SHT4x at 0x44"]);
    // One of them is mended: it is not complained of any more.
    let mut notes = Vec::new();
    for k in 5..20 {
        let mut round = Measurement::new(1000 + k);
        round.reading.temp_c_e2 = round.of(Sensor::Temp, Err(fault));
        node.node.record(&round).unwrap();
        notes.extend(talk(&mut session, &mut node, 1000 + k * 20_000, 20_000));
    }
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!(count(&notes, "SHT4x at 0x44 answers again"), 1, "{notes:?}");
    node.measure(410_000, None);
    let notes = talk(&mut session, &mut node, 410_000, 80_000);
    assert_eq!(count(&notes, "every chip answers again"), 1, "{notes:?}");
    // Nothing comes any more, then it comes again.
    let mut notes = Vec::new();
    for t in (490_000..900_000).step_by(1000) {
        notes.extend(texts(&session.take(&[], now(t))));
    }
    assert_eq!(count(&notes, "nothing came for"), 1, "{notes:?}");
    let notes = talk(&mut session, &mut node, 900_000, 6000);
    assert_eq!(count(&notes, "alive again"), 1, "{notes:?}");
}

#[test]
fn a_node_without_a_memory_is_noted_once() {
    let room = tempfile::tempdir().unwrap();
    let store = Store::open(&room.path().join("store")).unwrap();
    let mut session = Session::new(&store, "ttyX");
    let fault = ChipFault { chip: Chip::Memory, address: 0x50, fault: Fault::NoAnswer };
    let mut notes = Vec::new();
    for t in 0..5 {
        let frame = Frame::new(&Message::Fault(fault));
        notes.extend(texts(&session.take(frame.bytes(), now(t * 3000))));
    }
    assert_eq!(
        notes,
        ["ttyX: memory chip at 0x50 does not answer: check its plug, supply and address"]
    );
}

#[test]
fn noise_and_other_versions_are_noted() {
    let room = tempfile::tempdir().unwrap();
    let store = Store::open(&room.path().join("store")).unwrap();
    let mut session = Session::new(&store, "ttyX");
    let mut random = Random(7);
    let noise: Vec<u8> = (0..4000).map(|_| random.below(256) as u8).collect();
    let notes = texts(&session.take(&noise, now(0)));
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("check ‹baud›"), "{notes:?}");

    // A Hello of version 2: its first two bytes are all that every version has in common.
    let body = [0, 2, 9];
    let mut raw = body.to_vec();
    raw.extend(emberline_wire::CHECKSUM.checksum(&body).to_le_bytes());
    let mut frame = Vec::new();
    for block in raw.split(|b| *b == 0) {
        frame.push(block.len() as u8 + 1);
        frame.extend_from_slice(block);
    }
    frame.push(0);
    let mut session = Session::new(&store, "ttyX");
    let notes = texts(&session.take(&[frame.clone(), frame].concat(), now(0)));
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("speaks protocol 2"), "{notes:?}");
}

#[test]
fn two_nodes_of_one_number_are_noted() {
    let room = tempfile::tempdir().unwrap();
    let store = Store::open(&room.path().join("store")).unwrap();
    let mut sessions = [Session::new(&store, "ttyA"), Session::new(&store, "ttyB")];
    let mut nodes = [SimulatedNode::new(NODE, 1, 50), SimulatedNode::new(NODE, 2, 50)];
    let mut notes = Vec::new();
    for t in (0..20_000).step_by(20) {
        for (session, node) in sessions.iter_mut().zip(&mut nodes) {
            let out = session.take(&node.poll(t), now(t));
            node.hear(t + 10, &out.send);
            notes.extend(texts(&out));
        }
    }
    let noted = notes.iter().filter(|n| n.contains("give one of them another number")).count();
    assert_eq!(noted, 1, "{notes:?}");
}

#[test]
fn text_and_noise_are_told_once_and_are_no_silence() {
    let room = tempfile::tempdir().unwrap();
    let store = Store::open(&room.path().join("store")).unwrap();
    for (bytes, want) in [
        (&b"$GPGGA,123519,4807.038,N,01131.000,E\r\n"[..], "it is text ($GPGGA,123519"),
        (b"2026-08-01 12:00;20.1;53\r\n", "it is text (2026-08-01 12:00;20.1"),
        (&[0x81, 0xfe, 0x17, 0x93, 0xf1, 0xe5], "bytes come, but no frame"),
    ] {
        let mut session = Session::new(&store, "ttyX");
        let mut told = Vec::new();
        for s in 0..600 {
            let out = session.take(&bytes.repeat(8), now(1000 * s));
            told.extend(out.notes.iter().map(ToString::to_string));
        }
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(want), "{told:?}");
        assert_eq!(session.counters().bytes, 600 * 8 * bytes.len() as u64);
    }
    let mut session = Session::new(&store, "ttyX");
    let told: Vec<_> = (0..600).flat_map(|s| session.take(&[], now(1000 * s)).notes).collect();
    assert!(told.len() == 1 && told[0].to_string().contains("nothing came for"), "{told:?}");
}
