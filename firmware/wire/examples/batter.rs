//! Batters the decoder with random and damaged bytes, and counts what it accepts.
//!
//! ```text
//! cargo run --release -p emberline-wire --example batter -- [BYTES [FRAMES [SEED]]]
//! ```
//!
//! First BYTES bytes (100 million) without a plan: all values alike, few values, frames without their
//! checksum. Then FRAMES valid frames (2 million), each damaged at random: bytes dropped, doubled,
//! changed, bits flipped, cut, two frames run together. A message that comes out of a damaged frame and
//! is not the one that was sent is *accepted wrong*; the program then ends with an error. CRC-32C lets
//! about 1 frame in 2³² through, so none is to be expected here.
#![allow(clippy::unwrap_used)] // an example: a panic is the finding

use std::process::ExitCode;

use emberline_wire::*;
use fastrand::Rng;

/// `value`, or nothing in one case of eight.
fn option<T>(random: &mut Rng, value: T) -> Option<T> {
    (random.u8(..8) > 0).then_some(value)
}

fn reading(random: &mut Rng) -> Message {
    let a = random.u64(..);
    let b = random.u64(..);
    let wind = Wind {
        vector_m_s_e2: (a >> 8) as u16 % 4_000,
        from_deg: option(random, (a >> 24) as u16 % 360),
        scalar_m_s_e2: (a >> 40) as u16 % 4_000,
        gust_m_s_e2: (b >> 8) as u16 % 6_000,
    };
    Message::Reading(Reading {
        log: (b >> 32) as u32,
        seq: a as u32 >> 8,
        boot: b as u32 >> 22,
        uptime_ms: a >> 30,
        rtc_unix_s: option(random, 1_800_000_000 + (b as u32 >> 4)),
        temp_c_e2: option(random, (a >> 16) as i16 % 8_000),
        rh_percent_e2: option(random, (b >> 16) as u16 % 10_001),
        pressure_pa: option(random, 80_000 + (a >> 48) as u32 % 30_000),
        wind: option(random, wind),
        rain_tips: option(random, b as u32 >> 16),
        battery_mv: option(random, 2_800 + (b >> 50) as u16 % 1_400),
    })
}

fn thermal(random: &mut Rng) -> Message {
    let mut values = [None; PART];
    for value in &mut values {
        let temp_c_e2 = random.i16(1_500..5_500);
        *value = option(random, temp_c_e2);
    }
    let first = 32 * random.u16(..24);
    let image = random.u16(..);
    Message::Thermal(ThermalPart::new(image, ThermalContent::TempCE2, 0, [24, 32], first, &values))
}

fn message(random: &mut Rng) -> Message {
    match random.usize(..6) {
        0 => thermal(random),
        1 => {
            let (log, seq) = (random.u32(..), random.u32(..) >> 8);
            Message::Ack(Ack { log, seq, window: 8 })
        }
        2 => {
            let (log, first_seq) = (random.u32(..), random.u32(..) >> 8);
            let last_seq = first_seq + random.u32(..500);
            Message::Gap(Gap { log, first_seq, last_seq })
        }
        _ => reading(random),
    }
}

/// Changes `bytes` in one to three places; they may come out as they were.
fn damage(random: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..=random.usize(..3) {
        if bytes.is_empty() {
            return;
        }
        let at = random.usize(..bytes.len());
        match random.usize(..8) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, random.u8(..)),
            2 => bytes.insert(at, bytes[at]),
            3 => bytes[at] = random.u8(..),
            4 => bytes.truncate(at),
            5 => {
                let end = (at + 1 + random.usize(..12)).min(bytes.len());
                bytes[at..end].iter_mut().for_each(|b| *b = random.u8(..));
            }
            6 => {
                let other = random.usize(..bytes.len());
                bytes.swap(at, other);
            }
            _ => bytes[at] ^= 1 << random.usize(..8),
        }
    }
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>().unwrap());
    let bytes = args.next().unwrap_or(100_000_000);
    let frames = args.next().unwrap_or(2_000_000);
    let seed = args.next().unwrap_or(1);
    let mut random = Rng::with_seed(seed);

    let mut decoder = Decoder::new();
    let mut fed = 0;
    let mut bare = Vec::new();
    while fed < bytes {
        // Each kind of noise lasts for 4,096 bytes.
        let kind = random.usize(..3);
        for _ in 0..4_096 {
            let byte = match kind {
                0 => random.u8(..),
                1 => random.u8(..6),
                _ => {
                    if bare.is_empty() {
                        bare.extend(Frame::new(&message(&mut random)).bytes().iter().rev());
                        bare.drain(1..5.min(bare.len())); // its checksum
                    }
                    bare.pop().unwrap_or(0)
                }
            };
            decoder.push(byte);
            fed += 1;
        }
    }
    println!("random bytes    {fed} (seed {seed})\n  {:?}", decoder.counters());
    let mut wrong = decoder.counters().good;

    let mut decoder = Decoder::new();
    let (mut damaged, mut intact, mut lost, mut stayed) = (0, 0, 0, 0_u64);
    while damaged < frames {
        let sent = message(&mut random);
        let good = Frame::new(&sent).bytes().to_vec();
        let mut bytes = good.clone();
        damage(&mut random, &mut bytes);
        if bytes == good {
            stayed += 1;
            continue;
        }
        damaged += 1;
        if bytes.last() != Some(&0) {
            bytes.push(0);
        }
        let mut arrived = false;
        for byte in &bytes {
            match decoder.push(*byte) {
                Some(Ok(got)) if got == sent => arrived = true,
                Some(Ok(_)) => wrong += 1,
                _ => {}
            }
        }
        if arrived { intact += 1 } else { lost += 1 }
    }
    println!("damaged frames  {damaged} ({stayed} came out unchanged and do not count)");
    println!("  refused       {lost}");
    println!("  whole inside  {intact} (only bytes round the frame were damaged)");
    println!("  {:?}", decoder.counters());
    println!("accepted wrong  {wrong}");
    ExitCode::from(u8::from(wrong > 0))
}
