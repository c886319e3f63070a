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

/// xorshift64*, after S. Vigna (2016), *An experimental exploration of Marsaglia's xorshift generators*.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `n`.
    fn below(&mut self, n: usize) -> usize {
        ((self.next() >> 32) as usize * n) >> 32
    }

    fn option<T>(&mut self, value: T) -> Option<T> {
        (self.below(8) > 0).then_some(value)
    }
}

fn reading(random: &mut Random) -> Message {
    let a = random.next();
    let b = random.next();
    let wind = Wind {
        vector_m_s_e2: (a >> 8) as u16 % 4_000,
        from_deg: random.option((a >> 24) as u16 % 360),
        scalar_m_s_e2: (a >> 40) as u16 % 4_000,
        gust_m_s_e2: (b >> 8) as u16 % 6_000,
    };
    Message::Reading(Reading {
        log: (b >> 32) as u32,
        seq: a as u32 >> 8,
        boot: b as u32 >> 22,
        uptime_ms: a >> 30,
        rtc_unix_s: random.option(1_800_000_000 + (b as u32 >> 4)),
        temp_c_e2: random.option((a >> 16) as i16 % 8_000),
        rh_percent_e2: random.option((b >> 16) as u16 % 10_001),
        pressure_pa: random.option(80_000 + (a >> 48) as u32 % 30_000),
        wind: random.option(wind),
        rain_tips: random.option(b as u32 >> 16),
        battery_mv: random.option(2_800 + (b >> 50) as u16 % 1_400),
    })
}

fn thermal(random: &mut Random) -> Message {
    let mut values = [None; PART];
    for value in &mut values {
        let temp_c_e2 = 1_500 + random.below(4_000) as i16;
        *value = random.option(temp_c_e2);
    }
    let first = 32 * random.below(24) as u16;
    let image = random.next() as u16;
    Message::Thermal(ThermalPart::new(image, ThermalContent::TempCE2, 0, [24, 32], first, &values))
}

fn message(random: &mut Random) -> Message {
    match random.below(6) {
        0 => thermal(random),
        1 => {
            let (log, seq) = (random.next() as u32, random.next() as u32 >> 8);
            Message::Ack(Ack { log, seq, window: 8 })
        }
        2 => {
            let (log, first_seq) = (random.next() as u32, random.next() as u32 >> 8);
            let last_seq = first_seq + random.below(500) as u32;
            Message::Gap(Gap { log, first_seq, last_seq })
        }
        _ => reading(random),
    }
}

/// Changes `bytes` in one to three places; they may come out as they were.
fn damage(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(3) {
        if bytes.is_empty() {
            return;
        }
        let at = random.below(bytes.len());
        match random.below(8) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, random.next() as u8),
            2 => bytes.insert(at, bytes[at]),
            3 => bytes[at] = random.next() as u8,
            4 => bytes.truncate(at),
            5 => {
                let end = (at + 1 + random.below(12)).min(bytes.len());
                bytes[at..end].iter_mut().for_each(|b| *b = random.next() as u8);
            }
            6 => {
                let other = random.below(bytes.len());
                bytes.swap(at, other);
            }
            _ => bytes[at] ^= 1 << random.below(8),
        }
    }
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>().unwrap());
    let bytes = args.next().unwrap_or(100_000_000);
    let frames = args.next().unwrap_or(2_000_000);
    let seed = args.next().unwrap_or(1);
    let mut random = Random(seed.max(1));

    let mut decoder = Decoder::new();
    let mut fed = 0;
    let mut bare = Vec::new();
    while fed < bytes {
        // Each kind of noise lasts for 4,096 bytes.
        let kind = random.below(3);
        for _ in 0..4_096 {
            let byte = match kind {
                0 => random.next() as u8,
                1 => random.below(6) as u8,
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
