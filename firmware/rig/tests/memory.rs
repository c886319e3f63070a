//! The memory: full, absent, failing, and without power: what was kept arrives, what was not is known.

mod bench;

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    thread,
    time::Duration,
};

use bench::{Bench, or_say};
use emberline_rig::{BadLine, Chips, Fitted, Spoil, Trouble, Why};
use emberline_wire::{Ack, Decoder, Frame, Message, ResetCause};

/// As in fcntl.h.
const O_NONBLOCK: i32 = 0o4000;

/// 56 readings fit; nobody takes them until there are 120.
#[test]
fn a_full_memory_is_told_as_a_gap() {
    let (_bench, mut peer) =
        Bench::new(|plan| plan.only(&[Fitted::Tmp105]).reading_ms(100).memory_bytes(4_096));
    peer.acks = false;
    let hello = peer.until("an overwritten reading", |message| match message {
        Message::Hello(hello) if hello.next_seq > 120 => Some(*hello),
        _ => None,
    });
    assert_eq!(hello.next_seq - hello.oldest_seq, 56);
    peer.acks = true;
    let last = hello.next_seq + 20;
    peer.reading("what came after", |r| r.seq >= last);
    let gaps: BTreeSet<u32> = peer.gaps.iter().copied().collect();
    let seqs: BTreeSet<u32> = peer.readings.iter().map(|r| r.seq).collect();
    assert!(gaps.len() > 60, "{gaps:?}");
    assert_eq!(
        gaps.union(&seqs).copied().collect::<Vec<_>>(),
        (1..=peer.taken()).collect::<Vec<_>>()
    );
    assert!(gaps.is_disjoint(&seqs));
}

#[test]
fn a_memory_that_comes_late_is_told_and_taken() {
    let chips = Chips::default();
    chips.memory.trouble(Trouble::Dead);
    let (bench, mut peer) = Bench::with(chips, |plan| plan.only(&[Fitted::Sht4x]).played_memory());
    let line = "memory chip at 0x50 does not answer: check its plug, supply and address";
    peer.fault(line);
    peer.fault(line); // and again
    assert_eq!(peer.taken(), 0);
    bench.node.chips.memory.trouble(Trouble::None);
    let reading = peer.reading("a reading", |r| r.temp_c_e2.is_some());
    assert_eq!((reading.boot, reading.seq > 0), (1, true));
}

#[test]
fn a_memory_that_hangs_at_the_start_is_told() {
    let chips = Chips::default();
    chips.memory.trouble(Trouble::Hangs);
    let (bench, mut peer) = Bench::with(chips, |plan| plan.only(&[Fitted::Sht4x]).played_memory());
    peer.fault(
        "memory chip at 0x50 cannot be reached, the I2C bus is held low: unplug the chips one by one \
         to find which",
    );
    bench.node.chips.memory.trouble(Trouble::None);
    peer.reading("a reading", |r| r.temp_c_e2.is_some());
}

/// Keeping is late: the watchdog restarts the node, which knows why, and what was kept is there.
#[test]
fn a_memory_that_fails_restarts_the_node() {
    let (mut bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Sht4x]).played_memory());
    peer.reading("a reading", |r| r.seq == 3);
    peer.acks = false;
    peer.reading("a reading", |r| r.seq == 6);
    bench.node.chips.memory.trouble(Trouble::Dead);
    let line = "memory chip at 0x50 does not answer: check its plug, supply and address";
    peer.fault(line);
    // The node takes 11.5 s to find the task late, and the watchdog 8 s to bite.
    let end = std::time::Instant::now() + Duration::from_secs(120);
    while bench.node.note().unwrap().before != Why::Late {
        assert!(std::time::Instant::now() < end, "{:?}", bench.node.note());
        peer.fault(line);
    }
    assert_eq!(bench.node.note().unwrap().what, 1, "the task that keeps");
    bench.node.chips.memory.trouble(Trouble::None);
    peer.acks = true;
    let hello = peer.hello();
    assert_eq!((hello.reset_cause, hello.boot), (ResetCause::Watchdog, 2));
    peer.reading("a reading of the new start", |r| r.boot == 2);
    let seqs: Vec<u32> = peer.readings.iter().map(|r| r.seq).collect();
    assert_eq!(seqs, (1..=peer.taken()).collect::<Vec<_>>());
}

/// SIGKILL at ten places: whatever had been sent once comes again with the same values.
#[test]
fn power_cuts_keep_every_reading() {
    let (mut bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Sht4x]).reading_ms(100));
    let mut seen = Vec::new();
    for cut in 1..=10 {
        peer.acks = cut % 2 == 0; // half of the cuts with everything unacknowledged
        let mut count = 0;
        peer.until("readings", |message| {
            count += u32::from(matches!(message, Message::Reading(_)));
            (count > 12 + cut).then_some(())
        });
        seen.extend(peer.readings.iter().copied());
        bench.node.chips.sht4x.with(|chip| chip.temp_c += 0.5);
        or_say(bench.node.cut_power());
        thread::sleep(Duration::from_millis(50));
        or_say(bench.node.give_power());
        let hello = peer.hello();
        assert_eq!((hello.boot, hello.reset_cause), (cut + 1, ResetCause::PowerOn));
    }
    peer.acks = true;
    let taken = peer.taken();
    peer.reading("readings", |r| r.seq > taken + 100);
    assert!(peer.gaps.is_empty(), "{:?}", peer.gaps);
    let seqs: Vec<u32> = peer.readings.iter().map(|r| r.seq).collect();
    assert_eq!(seqs, (1..=peer.taken()).collect::<Vec<_>>());
    let boots: BTreeSet<u32> = peer.readings.iter().map(|r| r.boot).collect();
    assert_eq!(boots, (1..=11).collect());
    for reading in seen {
        assert_eq!(peer.readings[reading.seq as usize - 1], reading);
    }
}

/// The bench's own bad line: spoils about the share it was given, can be unplugged, and comes back.
#[test]
fn a_bad_line_spoils_its_share_and_can_be_unplugged() {
    let (bench, _) = Bench::new(|plan| plan.only(&[Fitted::Sht4x]).reading_ms(100));
    let name = bench.room.path().join("ttyNODE");
    let line = or_say(BadLine::start(bench.node.uart(), &name, Spoil::one_in(50), 7));
    let mut decoder = Decoder::new();
    for plug in 0..3 {
        let mut port = fs::File::options()
            .read(true)
            .write(true)
            .custom_flags(O_NONBLOCK)
            .open(&name)
            .unwrap();
        let goal = decoder.counters().good + 30;
        let mut buffer = [0; 256];
        let end = std::time::Instant::now() + Duration::from_secs(120);
        while decoder.counters().good < goal {
            assert!(std::time::Instant::now() < end, "plug {plug}: {:?}", decoder.counters());
            let count = port.read(&mut buffer).unwrap_or(0); // nothing has come
            thread::sleep(Duration::from_millis(5));
            for byte in &buffer[..count] {
                if let Some(Ok(Message::Reading(reading))) = decoder.push(*byte) {
                    let ack = Ack { log: reading.log, seq: reading.seq, window: 8 };
                    let frame = Frame::new(&Message::Ack(ack));
                    port.write_all(frame.bytes()).unwrap();
                }
            }
        }
        line.unplug();
        assert!(!name.exists());
        let lost = line.lost();
        while line.lost() < lost + 200 {
            assert!(std::time::Instant::now() < end, "a node that talks to nobody");
            thread::sleep(Duration::from_millis(20));
        }
        or_say(line.plug());
    }
    assert!(decoder.counters().bad() > 5, "{:?}", decoder.counters());
    let share = line.spoiled() as f64 / line.passed() as f64;
    assert!((0.01..0.03).contains(&share), "{share}");
}
