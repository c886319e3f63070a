//! Streams: the films of the other tests as a camera would send them, whole and spoiled.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::film::{self, TestFilm};
use super::golden;
use crate::frame::{Kind, Pixels};
use crate::note::Note;
use crate::source::video::mp4::{self, Codec};
use crate::source::video::{StreamCodec, StreamDecoder, StreamFault, Taken};
use crate::source::{SourceOptions, read_film};

/// A film as a camera sends it: its codec, and its coded pictures with their times, parameter sets before
/// each key picture.
fn stream(file: &str) -> (StreamCodec, Vec<(Vec<u8>, i64)>) {
    let mut file = File::open(golden(file)).unwrap();
    let track = mp4::read(&mut file).unwrap();
    let description = &track.descriptions[0];
    assert_eq!(description.length_bytes, 4);
    let sets: Vec<u8> = description.parameters.iter().flat_map(|set| film::unit(set)).collect();
    let codec = match description.codec {
        Codec::Avc => StreamCodec::H264,
        Codec::Hevc => StreamCodec::H265,
    };
    let pictures = track.samples.iter().map(|sample| {
        let mut bytes = vec![0; sample.size as usize];
        file.seek(SeekFrom::Start(sample.offset)).unwrap();
        file.read_exact(&mut bytes).unwrap();
        ([sets.clone(), bytes].concat(), sample.shown)
    });
    (codec, pictures.collect())
}

/// All that comes out, with the times it is shown at; the decoder is emptied by the film once more.
fn decoded(codec: StreamCodec, kind: Kind, pictures: &[(Vec<u8>, i64)]) -> Vec<(i64, Pixels)> {
    let mut decoder = StreamDecoder::new(codec, kind).unwrap();
    let (mut out, round) = (Vec::new(), 1 << 40);
    for again in 0..2 {
        for (bytes, shown) in pictures {
            let took = decoder.decode(bytes, shown + again * round, &mut |at, picture| {
                out.push((at, picture.pixels().unwrap()));
            });
            assert_eq!(took, Ok(Taken::Decoded));
        }
    }
    out.retain(|(at, _)| *at < round);
    out
}

#[test]
fn a_stream_is_decoded_as_the_film_is() {
    for file in ["baseline.mp4", "main.mov", "high.mp4", "grey.mp4", "hevc.mp4", "hevc10.mp4"] {
        for kind in [Kind::Thermal, Kind::Rgb] {
            let (codec, pictures) = stream(file);
            let options =
                SourceOptions { kind: Some(kind), step_s: Some(0.03), ..SourceOptions::default() };
            let right = read_film(&golden(file), &options);
            let Ok(right) = right else {
                assert_eq!((file, kind), ("grey.mp4", Kind::Rgb));
                continue;
            };
            let got = decoded(codec, kind, &pictures);
            let mut times: Vec<i64> = pictures.iter().map(|(_, shown)| *shown).collect();
            times.sort_unstable();
            let got_times: Vec<i64> = got.iter().map(|(at, _)| *at).collect();
            assert_eq!(got_times, times, "{file}");
            for (k, ((_, got), right)) in got.iter().zip(&right.frames).enumerate() {
                assert_eq!(got.shape(), right.pixels.shape(), "{file} {kind} {k}");
                assert!(*got == *right.pixels, "{file} {kind}: picture {k} differs");
            }
        }
    }
}

/// A film of the encoder as a stream.
fn coded(film: &TestFilm, from: i64) -> Vec<(Vec<u8>, i64)> {
    let sets: Vec<u8> = film::sets(film).iter().flat_map(|set| film::unit(set)).collect();
    let key = |bytes: &[u8]| bytes.get(4).is_some_and(|b| b & 0x1f == 5);
    let piece = |p: &film::Piece| {
        let sets = if key(&p.bytes) { &sets[..] } else { &[] };
        ([sets, &p.bytes].concat(), from + p.shown)
    };
    film.pieces.iter().map(piece).collect()
}

#[test]
fn what_is_damaged_ends_with_the_next_key_picture() {
    let film = film::grey();
    let pictures = coded(&film, 0);
    let mut decoder = StreamDecoder::new(StreamCodec::H264, Kind::Thermal).unwrap();
    let mut at = Vec::new();
    let mut feed = |decoder: &mut StreamDecoder, (bytes, shown): &(Vec<u8>, i64)| {
        decoder.decode(bytes, *shown, &mut |shown, _| at.push(shown))
    };
    // It is joined late, a picture is cut short, and one is lost.
    let keys: Vec<bool> = pictures.iter().map(|(bytes, _)| decoder.is_key(bytes)).collect();
    assert_eq!(keys, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|k| k % 5 == 0));
    for (k, want) in [
        (3, Ok(Taken::Skipped)),
        (5, Ok(Taken::Decoded)),
        (6, Ok(Taken::Decoded)),
        (7, Err(StreamFault::Spoiled("it is cut short".to_owned()))),
        (8, Ok(Taken::Skipped)),
        (0, Ok(Taken::Decoded)),
        (1, Ok(Taken::Decoded)),
    ] {
        let (mut bytes, shown) = pictures[k].clone();
        if k == 7 {
            bytes.pop();
        }
        assert_eq!(feed(&mut decoder, &(bytes, shown)), want, "{k}");
        assert_eq!(decoder.is_waiting(), matches!(want, Err(_) | Ok(Taken::Skipped)), "{k}");
    }
    decoder.restart();
    assert_eq!(feed(&mut decoder, &pictures[2]), Ok(Taken::Skipped));
    assert_eq!(at, [500, 600, 0, 100]);
    assert!(matches!(decoder.notes()[..], [Note::BrightnessAsHeat]), "{:?}", decoder.notes());
}

#[test]
fn a_stream_changes_its_size_and_goes_on() {
    let (small, large) = (film::grey(), film::code(5, [96, 128], 5, None, |_| [128, 128]));
    let mut decoder = StreamDecoder::new(StreamCodec::H264, Kind::Thermal).unwrap();
    let mut sides = Vec::new();
    let all = [coded(&small, 0), coded(&large, 5000), coded(&small, 9000)].concat();
    for (bytes, shown) in &all {
        let took = decoder.decode(bytes, *shown, &mut |at, picture| {
            assert_eq!(at, *shown);
            sides.push(picture.sides());
        });
        assert_eq!(took, Ok(Taken::Decoded));
    }
    sides.dedup();
    assert_eq!((sides, all.len()), (vec![[48, 64], [96, 128], [48, 64]], 25));
}

#[test]
fn false_colours_and_formats_that_are_not_read_are_told() {
    let (codec, pictures) = stream("high10.mp4");
    let mut decoder = StreamDecoder::new(codec, Kind::Rgb).unwrap();
    let took = decoder.decode(&pictures[0].0, 0, &mut |_, _| {});
    let Err(StreamFault::Unread(why)) = took else { panic!("{took:?}") };
    assert!(why.contains("High 10") && why.contains("set the camera"), "{why}");
    assert!(StreamDecoder::new(codec, Kind::Mask).is_err());
    for (colour, want) in [([128, 128], false), ([60, 200], true)] {
        let film = film::code(1, [48, 64], 5, None, |_| colour);
        let mut decoder = StreamDecoder::new(StreamCodec::H264, Kind::Thermal).unwrap();
        let mut told = None;
        let (bytes, shown) = &coded(&film, 0)[0];
        decoder.decode(bytes, *shown, &mut |_, p| told = Some(p.is_false_colour())).unwrap();
        assert_eq!(told, Some(want));
    }
}

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }

    /// Spoils bytes in one of the ways that lines and cameras do.
    fn spoil(&mut self, bytes: &mut Vec<u8>) {
        let n = bytes.len();
        match self.below(5) {
            0 => bytes.truncate(self.below(n)),
            1 => bytes.extend_from_within(..self.below(n)),
            2 => {
                let (from, long) = (self.below(n), self.below(64));
                bytes[from..n.min(from + long)].fill(0);
            }
            _ => (0..=self.below(8)).for_each(|_| {
                let at = self.below(n);
                bytes[at] ^= 1 << self.below(8);
            }),
        }
    }
}

/// How many spoiled pictures go in front of each decoder; `EMBERLINE_SPOILED=1000000` for a night of it.
fn spoiled_pictures() -> usize {
    std::env::var("EMBERLINE_SPOILED").ok().and_then(|n| n.parse().ok()).unwrap_or(1500)
}

#[test]
fn spoiled_pictures_cost_pictures_and_the_stream_comes_back() {
    for file in ["baseline.mp4", "high.mp4", "hevc.mp4", "hevc10.mp4"] {
        let (codec, pictures) = stream(file);
        let mut decoder = StreamDecoder::new(codec, Kind::Rgb).unwrap();
        let (mut random, mut decoded, mut spoiled, mut failed, mut out) = (Random(22), 0, 0, 0, 0);
        let mut at = 0;
        for k in 0..spoiled_pictures() {
            // A decoder that waits has its key picture next, so that it sees as much as it can.
            at = if decoder.is_waiting() { 0 } else { (at + 1) % pictures.len() };
            let mut bytes = pictures[at].0.clone();
            if random.below(4) == 0 {
                random.spoil(&mut bytes);
            }
            let took = decoder.decode(&bytes, k as i64, &mut |_, picture| {
                out += usize::from(picture.pixels().is_some());
            });
            match took {
                Ok(_) => decoded += 1,
                Err(StreamFault::Spoiled(why)) => {
                    spoiled += 1;
                    failed += usize::from(why.contains("the decoder failed"));
                }
                // Bits of a parameter set may say anything.
                Err(_) => spoiled += 1,
            }
        }
        println!("{file}: {decoded} decoded, {spoiled} spoiled, {failed} panics held; {out} out");
        assert!(decoded > 100 && spoiled > 100 && out > 100, "{file}: {decoded} {spoiled} {out}");
        decoder.restart();
        let whole = decoded_on(&mut decoder, &pictures);
        assert!(whole >= pictures.len() / 2, "{file}: {whole}");
    }
}

/// How many pictures of a whole film come out of a decoder that has seen others.
fn decoded_on(decoder: &mut StreamDecoder, pictures: &[(Vec<u8>, i64)]) -> usize {
    let mut out = 0;
    for (bytes, shown) in pictures {
        assert_eq!(decoder.decode(bytes, *shown, &mut |_, _| out += 1), Ok(Taken::Decoded));
    }
    out
}
