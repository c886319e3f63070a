//! Streams of JPEG pictures, whole and damaged, whole and in reads of any length.

use emberline_station::camera::{NoStream, Part, Splitter};
use fastrand::Rng;

use super::damage::damage;

/// Most that a splitter may hold: a picture, and as much again while it grows.
const HELD_MAX: usize = 64 << 20;

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

/// Feeds `bytes` bytes to the splitter.
pub(super) fn batter(random: &mut Rng, bytes: u64) {
    let (mut fed, mut pictures, mut broken, mut ended) = (0_u64, 0, 0, 0_u64);
    while fed < bytes {
        let stream = stream(random);
        fed += stream.len() as u64;
        let whole = split(&stream, usize::MAX, random);
        let most = [1, 7, 100, 1_460, 5_000][random.usize(..5)];
        assert_eq!(split(&stream, most, random), whole, "reads of up to {most} bytes");
        (pictures, broken) = (pictures + whole.0[0], broken + whole.0[1]);
        ended += u64::from(whole.1.is_some());
    }
    println!("streams         {fed} bytes");
    println!("  pictures      {pictures}\n  broken        {broken}\n  ended         {ended}");
}
