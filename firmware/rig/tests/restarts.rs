//! Restarts: a loop that hangs, a panic and a stack that is too small each end in a restart that says why,
//! and no reading is lost. And the budget of the stack, after a run that exercises everything.

mod bench;

use std::{
    thread,
    time::{Duration, Instant},
};

use bench::{Bench, or_say};
use emberline_rig::{BadLine, Budget, Contacts, Fitted, Image, Line, Peer, Spoil, Trouble, Why};
use emberline_wire::{ClockRequest, Message, ResetCause, SetClock};

const LIMIT: Duration = Duration::from_secs(120);

/// The loop's sleep becomes a branch to itself: the node starts, and hangs after its first round.
#[test]
fn a_loop_that_hangs_is_restarted_by_the_watchdog() {
    let mut image = or_say(Image::built());
    let hangs = or_say(image.address_of("raw5sleep")) as usize & !1;
    image.put(hangs, &0xe7fe_u16.to_le_bytes()); // b .
    let (mut bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Tmp105]).image(image));
    assert_eq!(peer.hello().reset_cause, ResetCause::PowerOn);
    let hello = peer.until("a second start", |message| match message {
        Message::Hello(hello) if hello.boot > 1 => Some(*hello),
        _ => None,
    });
    assert_eq!(hello.reset_cause, ResetCause::Watchdog);
    assert_eq!(bench.node.note().unwrap().before, Why::Hung);
    assert!(!peer.readings.is_empty());
}

/// The uptime is set to its end, so that the next millisecond overflows: a panic, as overflow checks
/// are on. Its place is kept.
#[test]
fn a_panic_restarts_the_node_and_leaves_its_place() {
    let (mut bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Tmp105]));
    peer.reading("readings", |r| r.seq == 3);
    or_say(bench.node.damage("6NOW_MS", u64::MAX));
    let hello = peer.until("a second start", |message| match message {
        Message::Hello(hello) if hello.boot > 1 => Some(*hello),
        _ => None,
    });
    assert_eq!(hello.reset_cause, ResetCause::Panic);
    let note = or_say(bench.node.note());
    assert_eq!((note.why, note.before), (Why::Running, Why::Panic));
    let place = note.place as usize;
    let instruction = bench.node.image().flash().get(place..place + 2);
    assert_eq!(instruction, Some(&[0xfe, 0xde][..]), "no panic at {place:#x}");
    peer.reading("a reading of the second start", |r| r.boot == 2);
    assert!(peer.gaps.is_empty(), "{:?}", peer.gaps);
}

/// With 256 bytes of stack the first deep call goes over the end of RAM: a fault, and nothing beside
/// the stack is touched. The word at the image's begin is where the stack starts.
#[test]
fn a_stack_that_is_too_small_is_a_fault_and_a_restart() {
    let mut image = or_say(Image::built());
    image.put(0, &0x2000_0100_u32.to_le_bytes());
    let (mut bench, _) =
        Bench::new(|plan| plan.only(&[Fitted::Tmp105]).image(image).without_reboots());
    let end = Instant::now() + LIMIT;
    while !or_say(bench.node.stands_still()) {
        assert!(Instant::now() < end, "it did not restart");
        thread::sleep(Duration::from_millis(20));
    }
    let note = or_say(bench.node.note());
    assert_eq!((note.why, note.place), (Why::Fault, 0), "{note:x?}");
    const STACKING_ERROR: u32 = 1 << 12;
    const PRECISE_ERROR: u32 = 1 << 9;
    assert_ne!(note.what & (STACKING_ERROR | PRECISE_ERROR), 0, "{note:x?}");
}

/// Everything that the node can do, on a bad line, with a full memory and each kind of trouble; then the
/// deepest mark of its stack.
#[test]
fn the_deepest_stack_is_within_the_budget() {
    let (mut bench, _) =
        Bench::new(|plan| plan.reading_ms(100).memory_bytes(4_096).rtc_base("2026-07-15T12:00:00"));
    let name = bench.room.path().join("ttyNODE");
    let line = or_say(BadLine::start(bench.node.uart(), &name, Spoil::one_in(100), 3));
    thread::sleep(Duration::from_secs(8)); // nobody acknowledges: the memory is full
    drop(line);
    let mut peer = Peer::new(Line::new(&bench.node.uart()));
    or_say(bench.node.contact(Contacts::Vane(7), true));
    for round in 0..4_u64 {
        let chips = &bench.node.chips;
        chips.sht4x.trouble([Trouble::None, Trouble::Dead][round as usize % 2]);
        chips.bme280.with(|chip| chip.set_id(if round == 2 { 0x58 } else { 0x60 }));
        chips.amg8833.trouble(if round == 1 { Trouble::StuckBus } else { Trouble::None });
        or_say(bench.node.contact(Contacts::Rain, round % 2 == 0));
        or_say(bench.node.contact(Contacts::Wind, round % 2 == 0));
        peer.send(&Message::ClockRequest(ClockRequest { token: 9 }));
        peer.until("an answer", |message| matches!(message, Message::Clock(_)).then_some(()));
        peer.send(&Message::SetClock(SetClock { unix_ms: 1_790_000_000_000 + round }));
        let seq = peer.taken();
        peer.reading("readings", |r| r.seq > seq + 20);
    }
    peer.until("an image", |message| matches!(message, Message::Thermal(_)).then_some(()));
    peer.until("a status", |message| matches!(message, Message::Status(_)).then_some(()));
    assert!(!peer.gaps.is_empty(), "the memory was not full");
    let used = or_say(bench.node.stack_used());
    assert_eq!(or_say(bench.node.overruns()), 0);
    let budget = or_say(Budget::read());
    match budget.check(bench.node.image(), Some(used)) {
        Ok(lines) => println!("{lines}"),
        Err(lines) => panic!("over budget:\n{lines}"),
    }
}
