//! Blows: how sound telemetry is spoilt, and what must hold whatever comes.

use std::fmt;
use std::path::Path;

use emberline_telemetry::klv::{Klv, Wrapping};
use emberline_telemetry::mavlink::Mavlink;
use emberline_telemetry::{Counts, Live, Options, lines, read_bytes, still};
use fastrand::Rng;

use crate::seeds;

/// Bytes that may wait in a reader of MAVLink, and of KLV: streams are 64, and what each gathers has its limit.
const MOST_MAVLINK: usize = 512;
const MOST_KLV: usize = 64 << 20;

/// What became of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) bytes: u64,
    pub(crate) inputs: u64,
    pub(crate) read: u64,
    pub(crate) refused: u64,
    pub(crate) samples: u64,
    /// Of samples, those with a number that is not finite: none may be.
    pub(crate) not_finite: u64,
    pub(crate) counts: Counts,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, inputs, read, refused, samples, not_finite, counts } = self;
        writeln!(
            f,
            "{bytes} bytes in {inputs} inputs: {read} read, {refused} refused, {samples} samples"
        )?;
        writeln!(f, "samples with numbers that are not finite: {not_finite}")?;
        write!(f, "{counts}")
    }
}

/// Spoils and reads until so many bytes have been read.
///
/// # Panics
/// Where a reader keeps more bytes than it may.
pub(crate) fn batter(bytes: u64, seed: u64) -> Tally {
    let (mut rng, seeds) = (Rng::with_seed(seed), seeds::all());
    let mut tally = Tally::default();
    // Readers that live through all of it.
    let mut mavlink = Mavlink::new(Options::default());
    let mut streams = [Klv::new(Wrapping::Transport), Klv::new(Wrapping::Bare)];
    while tally.bytes < bytes {
        let input = spoilt(&seeds, &mut rng);
        tally.bytes += input.len() as u64;
        tally.inputs += 1;
        match read_bytes(Path::new("input"), &input, Options::default()) {
            Ok(telemetry) => {
                tally.read += 1;
                tally.counts = tally.counts.with(telemetry.counts);
                tally.take(&telemetry.samples);
            }
            Err(why) => {
                assert!(!why.to_string().contains('\n'), "one line: {why}");
                tally.refused += 1;
            }
        }
        let mut out = Vec::new();
        let mut rest = &input[..];
        while !rest.is_empty() {
            let (part, more) = rest.split_at(rng.usize(1..=rest.len().min(700)));
            match rng.bool() {
                true => mavlink.push(part, &mut out),
                false => mavlink.push_datagram(part, &mut out),
            }
            streams.iter_mut().for_each(|klv| klv.push(part));
            rest = more;
        }
        for klv in &mut streams {
            out.extend(klv.take());
            assert!(klv.waiting_bytes() <= MOST_KLV, "{} bytes wait", klv.waiting_bytes());
        }
        tally.take(&out);
        assert!(mavlink.waiting_bytes() <= MOST_MAVLINK, "{} bytes wait", mavlink.waiting_bytes());
        assert!(mavlink.notes().len() <= 64);
        for line in String::from_utf8_lossy(&input).lines().take(3) {
            tally.take(&lines::line(line).map(|l| l.sample).into_iter().collect::<Vec<_>>());
        }
        if let Some(still) = still::read(&input, Options::default()) {
            tally.take(&[still.sample]);
        }
    }
    tally
}

impl Tally {
    fn take(&mut self, samples: &[emberline_georeference::pose::Sample]) {
        self.samples += samples.len() as u64;
        for s in samples {
            let place = s.place.map_or([0.0; 2], |p| [p.lat_deg, p.lon_deg]);
            let q = s.rotation.map_or([0.0; 4], |r| r.body_quaternion());
            let h = s.heights;
            let heights = [h.above_ground_m, h.above_takeoff_m, h.msl_m, h.ellipsoid_m];
            let lens = [s.lens.hfov_deg, s.lens.vfov_deg];
            let maybe = heights.into_iter().chain(lens).flatten();
            let all = place.into_iter().chain(q).chain(maybe).chain([s.time_s]);
            self.not_finite += u64::from(!all.into_iter().all(f64::is_finite));
        }
    }
}

/// One of the seeds with some blows, or two cut together.
fn spoilt(seeds: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut input = seeds[rng.usize(..seeds.len())].clone();
    if rng.u8(..8) == 0 {
        let other = &seeds[rng.usize(..seeds.len())];
        input.truncate(rng.usize(..input.len()));
        input.extend(&other[rng.usize(..other.len())..]);
    }
    for _ in 0..rng.usize(0..12) {
        if input.is_empty() {
            break;
        }
        let at = rng.usize(..input.len());
        let length = rng.usize(1..=64).min(input.len() - at);
        match rng.u8(..8) {
            0 => input[at] ^= 1 << rng.u8(..8),
            1 => input[at] = [0, 0x7F, 0x80, 0xFF, 0xFD, 0xFE, 0x47, 0x06][rng.usize(..8)],
            2 => input[at] = rng.u8(..),
            3 => drop(input.drain(at..at + length)),
            4 => drop(
                input.splice(at..at, std::iter::repeat_with(|| rng.u8(..)).take(length)).count(),
            ),
            5 => {
                let piece = input[at..at + length].to_vec();
                let to = rng.usize(..=input.len());
                input.splice(to..to, piece);
            }
            6 => input.truncate(at + 1),
            // Digits of text: numbers that are too long, or no numbers.
            _ => drop(input.splice(
                at..at,
                [b"9e999", b"-0.0.", b"nan\"\xC2"][rng.usize(..3)].iter().copied(),
            )),
        }
    }
    input
}

/// Datagrams to a listener that nobody empties.
#[allow(dead_code, reason = "for the test")]
pub(crate) fn batter_listener(datagrams: usize, seed: u64) -> emberline_telemetry::LiveState {
    let (mut rng, seeds) = (Rng::with_seed(seed), seeds::all());
    let address = "udp:0".parse().expect("an address");
    let live = Live::open(&address, Options::default()).expect("a port");
    let to = live.local_address().expect("an address");
    let from = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
    for _ in 0..datagrams {
        let input = spoilt(&seeds, &mut rng);
        from.send_to(&input[..input.len().min(1400)], to).ok();
    }
    // The last is sound: once it is heard, all before it were.
    let sound = b"{\"t\":\"2026-08-02T14:31:07Z\",\"lat\":89,\"lon\":1}";
    let began = std::time::Instant::now();
    while began.elapsed().as_secs() < 20 {
        from.send_to(sound, to).ok();
        if live.take().iter().any(|s| s.place.is_some_and(|p| p.lat_deg == 89.0)) {
            break;
        }
    }
    live.state()
}
