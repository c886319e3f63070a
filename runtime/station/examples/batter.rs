//! Batters what reads bytes from outside: the splitter of JPEG streams and the configuration.
//!
//! ```text
//! cargo run --release --example batter -- [BYTES [SEED]]
//! ```
//!
//! BYTES bytes (100 million) each. Streams: bytes of chance, bytes that look like markers, and pictures with
//! headers, damaged; each is pushed whole and in reads of random lengths, and both must give the same. A picture
//! that comes out begins and ends as a JPEG does. Configurations: a long one, damaged; what is refused is told on
//! one line without the password, and what is taken is written out and read again as the same.
#![allow(clippy::unwrap_used)] // an example: a panic is the finding

use std::process::ExitCode;

use emberline_station::camera::{NoStream, Part, Splitter};
use emberline_station::config::Config;
use fastrand::Rng;

/// Most that a splitter may hold: a picture, and as much again while it grows.
const HELD_MAX: usize = 64 << 20;

const CONFIG: &str = "\
name = \"ridge\"\nlat = 40.0175\nlon = -105.2797\ndata = \"/var/lib/emberline\"\n\
[[camera]]\nname = \"north\"\nfrom = \"rtsp://192.0.2.21:554/stream2\"\nuser = \"viewer\"\n\
password_file = \"/etc/emberline/north\"\ntransport = \"udp\"\nkind = \"thermal\"\nevery_s = 5\n\
step_s = 30\nlook = \"day\"\n\
[[camera]]\nname = \"south\"\nfrom = \"http://cam/now.jpg?u={user}&pwd={password}\"\nuser = \"v\"\n\
password_env = \"SOUTH\"\nsnapshot = true\nkind = \"rgb\"\n\
[[camera]]\nname = \"usb\"\nfrom = \"/dev/video0\"\nkind = \"thermal\"\n\
[[camera]]\nname = \"drop\"\nfrom = \"file:///srv/drop/\"\nkind = \"mask\"\n\
[[camera]]\nname = \"sim\"\nfrom = \"sim:fire?seed=3\"\n\
[forecast]\nmodel = \"fire\"\nengine = \"auto\"\nevery_s = 60\nleads = 20\n\
[keep]\nmax_age = \"30d\"\nmax_bytes = \"50GB\"\nmin_free = \"5%\"\n\
[web]\nlisten = \"127.0.0.1:8085\"\n";
/// A camera whose address holds a password: it is refused, and never told.
const TOLD: &str =
    "[[camera]]\nname = \"t\"\nkind = \"rgb\"\nfrom = \"http://u:s3cr3t@cam/1?pwd=s3cr3t\"\n";

/// Changes `bytes` in one to three places.
fn damage(random: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..=random.usize(..3) {
        if bytes.is_empty() {
            return;
        }
        let at = random.usize(..bytes.len());
        let end = (at + 1 + random.usize(..40)).min(bytes.len());
        match random.usize(..7) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.insert(at, random.u8(..)),
            2 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            3 => bytes[at] = random.u8(..),
            4 => bytes.truncate(at),
            5 => {
                let other = random.usize(..bytes.len());
                bytes.swap(at, other);
            }
            _ => bytes[at] ^= 1 << random.usize(..8),
        }
    }
}

/// A picture: EXIF data with a small picture inside, a table, data with markers of their own.
fn picture(random: &mut Rng) -> Vec<u8> {
    let mut data: Vec<u8> = std::iter::repeat_with(|| random.u8(..0xff)).take(600).collect();
    data[300..304].copy_from_slice(&[0xff, 0x00, 0xff, 0xd0 + random.u8(..8)]);
    let small = [&b"\xff\xd8\xff\xda\x00\x02"[..], &data[..20], b"\xff\xd9"].concat();
    let length = (small.len() as u16 + 8).to_be_bytes();
    let exif = [&b"\xff\xd8\xff\xe1"[..], &length, b"Exif\0\0", &small].concat();
    [&exif[..], b"\xff\xdb\x00\x04\x01\x02\xff\xda\x00\x03\x01", &data, b"\xff\xd9"].concat()
}

fn stream(random: &mut Rng) -> Vec<u8> {
    let kind = random.usize(..4);
    let mut out = Vec::new();
    while out.len() < 16_384 {
        match kind {
            0 => out.push(random.u8(..)),
            1 => out.push(
                [0xff, 0xff, 0xd8, 0xd9, 0xda, 0xe1, 0x00, 0x02, 0x0d, 0x0a][random.usize(..10)],
            ),
            _ => {
                out.extend(b"\r\n--part\r\nContent-Length: 12\r\n\r\n");
                let mut picture = picture(random);
                if kind == 3 {
                    damage(random, &mut picture);
                }
                out.extend(picture);
            }
        }
    }
    out
}

/// How many pictures, and how many broken ones, came of `bytes` in reads of up to `most`; a hash of all; the end.
fn split(bytes: &[u8], most: usize, random: &mut Rng) -> ([u64; 3], Option<NoStream>) {
    let (mut splitter, mut rest, mut got) = (Splitter::default(), bytes, [0_u64; 3]);
    while !rest.is_empty() {
        let read = if most >= rest.len() { rest.len() } else { random.usize(1..=most) };
        let pushed = splitter.push(&rest[..read.min(rest.len())], |part| match part {
            Part::Picture(bytes) => {
                assert!(bytes.starts_with(b"\xff\xd8\xff") && bytes.ends_with(b"\xff\xd9"));
                got[0] += 1;
                got[2] = bytes.iter().fold(got[2], |sum, byte| {
                    sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(*byte)
                });
            }
            Part::Broken => got[1] += 1,
        });
        assert!(splitter.held() <= HELD_MAX);
        if let Err(why) = pushed {
            return (got, Some(why));
        }
        rest = &rest[read.min(rest.len())..];
    }
    (got, None)
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>().unwrap());
    let bytes = args.next().unwrap_or(100_000_000);
    let seed = args.next().unwrap_or(1);
    let mut random = Rng::with_seed(seed);

    let (mut fed, mut pictures, mut broken, mut ended) = (0_u64, 0, 0, 0_u64);
    while fed < bytes {
        let stream = stream(&mut random);
        fed += stream.len() as u64;
        let whole = split(&stream, usize::MAX, &mut random);
        let most = [1, 7, 100, 1_460, 5_000][random.usize(..5)];
        assert_eq!(split(&stream, most, &mut random), whole, "reads of up to {most} bytes");
        (pictures, broken) = (pictures + whole.0[0], broken + whole.0[1]);
        ended += u64::from(whole.1.is_some());
    }
    println!("streams         {fed} bytes (seed {seed})");
    println!("  pictures      {pictures}\n  broken        {broken}\n  ended         {ended}");

    let (mut fed, mut taken, mut refused) = (0_u64, 0_u64, 0_u64);
    while fed < bytes {
        let mut text = CONFIG.to_owned();
        if random.bool() {
            text += TOLD;
        }
        let mut text = text.into_bytes();
        damage(&mut random, &mut text);
        fed += text.len() as u64;
        let text = String::from_utf8_lossy(&text);
        match Config::parse("s.toml", &text) {
            Ok(config) => {
                taken += 1;
                assert_eq!(
                    Config::parse("again", &config.to_toml()).as_ref(),
                    Ok(&config),
                    "{text}"
                );
            }
            Err(cause) => {
                refused += 1;
                let line = cause.to_string();
                assert!(!line.contains('\n') && !line.contains("s3cr3t"), "{line}\n{text}");
            }
        }
    }
    println!("configurations  {fed} bytes\n  taken         {taken}\n  refused       {refused}");
    ExitCode::SUCCESS
}
