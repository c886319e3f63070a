//! Power cuts at every byte that a log writes, on every kind of memory, and again during recovery.

use std::{fmt::Debug, println, vec::Vec};

use emberline_wire::Reading;

use crate::{
    driver::{
        NorFlash,
        fake::NoDelay,
        fake_flash::{FlashChip, PART},
    },
    log::{Log, LogError},
    memory::{
        Kind, Memory,
        fake::{Fake, Torn},
    },
    shape::Shape,
    slot::SLOT,
};

/// What the log has promised: calls that returned before the power failed.
#[derive(Clone, Debug, Default)]
struct Promised {
    boot: u32,
    /// Number and uptime of each reading.
    readings: Vec<(u32, u64)>,
    acked: u32,
    tips: u32,
}

impl Promised {
    fn last(&self) -> u32 {
        self.readings.last().map_or(0, |(seq, _)| *seq)
    }
}

/// One life of a node: it starts, appends, acknowledges and counts rain until the power fails.
fn live<M: Memory>(memory: M, appends: u64, promised: &mut Promised) -> Result<(), M::Error> {
    let mut log = match Log::open(memory, 7) {
        Ok(log) => log,
        Err(LogError::Memory(error)) => return Err(error),
        Err(LogError::Unfit { capacity, needs }) => panic!("{capacity} of {needs} bytes"),
    };
    assert!(log.boot() > promised.boot, "start {} was counted before", log.boot());
    promised.boot = log.boot();
    for k in 1..=appends {
        let uptime_ms = u64::from(log.boot()) << 32 | k;
        let seq = log.append(Reading { uptime_ms, ..Reading::default() })?;
        assert!(seq > promised.last(), "number {seq} was given before");
        promised.readings.push((seq, uptime_ms));
        if k % 3 == 0 {
            promised.acked = seq - 1;
            log.ack(seq - 1)?;
        }
        if k % 5 == 0 {
            log.set_rain_tips(log.rain_tips() + 1)?;
            promised.tips = log.rain_tips();
        }
    }
    Ok(())
}

/// Checks that `memory` holds what was promised and that it can still be written.
fn check<M: Memory<Error: Debug>>(memory: M, promised: &Promised, what: &str) {
    let shape = Shape::new(memory.kind(), memory.capacity()).unwrap();
    let mut log = Log::open(memory, 7).unwrap();
    assert!(log.boot() > promised.boot, "{what}: start {}", log.boot());
    assert!(log.rain_tips() >= promised.tips, "{what}: {} tips", log.rain_tips());
    assert!(log.acked() <= promised.acked, "{what}: acked {}", log.acked());
    let seq = log.append(Reading::default()).unwrap();
    assert!(seq > promised.last(), "{what}: number {seq} was given before");
    assert!(log.get(seq).unwrap().is_some(), "{what}: reading {seq} after the cut");
    // The reading that was being written may have taken the place of the oldest before the cut: what is
    // kept is counted from the one that takes its place now.
    let kept_from = shape.kept_from(seq + 1);
    for (seq, uptime_ms) in &promised.readings {
        if *seq > promised.acked && *seq >= kept_from {
            let got = log.get(*seq).unwrap().map(|reading| reading.uptime_ms);
            assert_eq!(got, Some(*uptime_ms), "{what}: reading {seq}");
        }
    }
}

const FLASH: Kind = Kind::Erase { unit: 4 * SLOT as u32 };

fn kinds() -> impl Iterator<Item = Fake> {
    [(Kind::Bytes, 8 + 8), (FLASH, 8 + 12)].into_iter().flat_map(|(kind, slots)| {
        [Torn::Between, Torn::Garbled, Torn::Page].map(|torn| {
            let mut memory = Fake::new(kind, slots * SLOT);
            memory.torn = torn;
            memory
        })
    })
}

/// Lives with `appends` readings each on `memory`, the n-th until `cuts[n]` steps were made.
fn lives(memory: &mut Fake, appends: u64, cuts: &[usize], promised: &mut Promised) -> bool {
    cuts.iter().all(|cut| {
        memory.steps = *cut;
        live(&mut *memory, appends, promised).is_err()
    })
}

#[test]
fn no_promise_is_broken_by_a_cut_at_any_byte() {
    let mut cuts = 0;
    for memory in kinds() {
        // The log was in use before: the ring has turned, and a unit is half full.
        for before in [0, 21] {
            let mut used = memory.clone();
            let mut promised = Promised::default();
            if before > 0 {
                live(&mut used, before, &mut promised).unwrap();
            }
            for cut in 0.. {
                let (mut memory, mut promised) = (used.clone(), promised.clone());
                let failed = lives(&mut memory, 26, &[cut], &mut promised);
                let what = std::format!("{:?} {:?} cut {cut}", memory.kind, memory.torn);
                memory.steps = usize::MAX;
                check(&mut memory, &promised, &what);
                cuts += 1;
                if !failed {
                    break;
                }
            }
        }
    }
    println!("{cuts} cuts");
    assert!(cuts > 20_000);
}

#[test]
fn nor_by_a_second_and_a_third_cut_during_recovery() {
    let mut cuts = 0;
    for memory in kinds() {
        for first in (0..2_400).step_by(53) {
            for second in (0..400).step_by(11) {
                let mut memory = memory.clone();
                let mut promised = Promised::default();
                lives(&mut memory, 26, &[first, second, (first + second) % 97], &mut promised);
                let what =
                    std::format!("{:?} {:?} cuts {first}, {second}", memory.kind, memory.torn);
                memory.steps = usize::MAX;
                check(&mut memory, &promised, &what);
                cuts += 3;
            }
        }
    }
    println!("{cuts} cuts");
}

#[test]
fn nor_by_a_supply_that_fails_again_and_again() {
    for memory in kinds() {
        let mut memory = memory.clone();
        let mut promised = Promised::default();
        for k in 0..400 {
            lives(&mut memory, 3, &[k * 37 % 290], &mut promised);
            let what = std::format!("{:?} {:?} life {k}", memory.kind, memory.torn);
            let mut memory = memory.clone();
            memory.steps = usize::MAX;
            check(&mut memory, &promised, &what);
        }
    }
}

/// The same on the driver of a flash chip, whose supply fails in the middle of its commands.
#[test]
fn nor_by_a_cut_on_the_driver_of_a_flash_chip() {
    fn flash(chip: &mut FlashChip) -> NorFlash<&mut FlashChip, NoDelay> {
        NorFlash::new(chip, NoDelay, PART)
    }
    let mut cuts = 0;
    // The ring has turned once, and a unit is nearly full.
    for before in [0, 180] {
        let mut used = FlashChip::new();
        let mut promised = Promised::default();
        live(flash(&mut used), before, &mut promised).unwrap();
        for cut in 1.. {
            let (mut chip, mut promised) = (used.clone(), promised.clone());
            chip.power(cut);
            let failed = live(flash(&mut chip), 26, &mut promised).is_err();
            chip.power(usize::MAX);
            check(flash(&mut chip), &promised, &std::format!("before {before} cut {cut}"));
            cuts += 1;
            if !failed {
                break;
            }
        }
    }
    println!("{cuts} cuts");
    assert!(cuts > 3_000);
}
