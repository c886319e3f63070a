//! What the reader of KLV is held to; tests/telemetry holds it against tstrans and klvdata too.

use emberline_georeference::pose::Place;

use super::*;
use crate::klv::section::crc;

/// Written by tstrans 0.8.0 from the values that ST 0601 prints as examples of its tags.
const SAMPLE: &str = "060e2b34020b01010e01030101000000570208000459f4a6aa4aa8050271c20602fd3d070208b80d045595b66d\
0e045b5360c40f02c2211002cd9c1102d9171204724a0a20130487f84b8614047dc55ece1704f101a229180414bc082b190234f341011301024a7f";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|k| u8::from_str_radix(&hex[k..k + 2], 16).unwrap()).collect()
}

/// A set of these tags, with its checksum.
fn set(tags: &[(u8, &[u8])]) -> Vec<u8> {
    let mut value = Vec::new();
    for (tag, bytes) in tags {
        value.extend([*tag, bytes.len() as u8]);
        value.extend(*bytes);
    }
    value.extend([1, 2]);
    let mut whole = [&KEY[..], &[0x81, value.len() as u8 + 2], &value].concat();
    let sum = whole
        .iter()
        .enumerate()
        .fold(0_u16, |sum, (k, byte)| sum.wrapping_add(u16::from(*byte) << (8 * ((k + 1) % 2))));
    whole.extend(sum.to_be_bytes());
    whole
}

fn read(wrapping: Wrapping, stream: &[u8], step: usize) -> (Found, Klv) {
    let mut klv = Klv::new(wrapping);
    stream.chunks(step).for_each(|bytes| klv.push(bytes));
    klv.finish();
    (klv.found(), klv)
}

#[test]
fn the_standards_sample_gives_what_is_printed_there() {
    for step in [1, 10, 1000] {
        let (found, klv) = read(Wrapping::Bare, &bytes(SAMPLE), step);
        let [s] = found.samples[..] else { panic!("{found:?}") };
        assert!(found.is_utc);
        let place = s.place.unwrap();
        for (got, printed, last) in [
            (s.time_s, 1_224_807_209.913, 1e-6),
            (place.lat_deg, 60.176_822_966_978_3, 1e-13),
            (place.lon_deg, 128.426_759_042_045, 1e-12),
            (s.heights.msl_m.unwrap(), 14_190.719_5, 1e-4),
            (s.lens.hfov_deg.unwrap(), 144.571_298, 1e-6),
            (s.lens.vfov_deg.unwrap(), 152.643_626, 1e-6),
        ] {
            assert!((got - printed).abs() <= last, "{got} {printed}");
        }
        assert_eq!((s.heights.ellipsoid_m, klv.counts().read), (None, 1));
        // By hand in NumPy: R(159.974, −0.4315, 3.4059) · R(160.719, −168.792, 176.866).
        let m = s.rotation.unwrap().matrix();
        let ahead = [0, 1, 2].map(|row| m[row][2]);
        for (got, want) in ahead.iter().zip(AHEAD) {
            assert!((got - want).abs() < 1e-6, "{ahead:?}");
        }
    }
}

/// The line of sight of the standard's sample, north, east, down.
const AHEAD: [f64; 3] = [-0.753993034, 0.631238430, 0.181748587];

#[test]
fn out_of_range_is_no_value_and_unknown_tags_are_skipped() {
    let time = 1_785_681_067_000_000_u64.to_be_bytes();
    let (found, klv) = read(
        Wrapping::Bare,
        &set(&[
            (2, &time),
            (13, &[0x80, 0, 0, 0]),
            (14, &[0x10, 0, 0, 0]),
            (15, &[0x40, 0]),
            (16, &[0x40, 0]),
            (99, &[1, 2, 3]),
            (17, &[0x40]), // of a width that it does not have
        ]),
        999,
    );
    let [s] = found.samples[..] else { panic!("{found:?}") };
    assert_eq!((s.place, s.heights.msl_m, s.lens.vfov_deg), (None, None, None));
    assert!((s.lens.hfov_deg.unwrap() - 45.0).abs() < 1e-3);
    assert_eq!(klv.counts().no_value, 2);
}

#[test]
fn full_range_angles_come_before_narrow_ones() {
    let north = [0_u8; 4];
    for (pitch_first, narrow, want) in
        [(true, [0x40, 0], -45.0), (false, [0x40, 0], -45.0), (true, [0x80, 0], -45.0)]
    {
        let (six, ninety) = ((6, &narrow[..]), (90, &[0xC0, 0, 0, 0][..]));
        let pitches = if pitch_first { [six, ninety] } else { [ninety, six] };
        let tags = [
            (2, &1_785_681_067_000_000_u64.to_be_bytes()[..]),
            (5, &[0, 0]),
            pitches[0],
            pitches[1],
            (7, &[0, 0]),
            (18, &north),
            (19, &north),
        ];
        let (found, _) = read(Wrapping::Bare, &set(&tags), 999);
        let pitch = found.samples[0].rotation.unwrap().yaw_pitch_roll_deg()[1];
        assert!((pitch - want).abs() < 1e-6, "{pitch}");
    }
}

#[test]
fn a_spoilt_set_is_counted_and_the_next_is_found() {
    let good = bytes(SAMPLE);
    for (what, spoil, counts) in
        [("a value", 40, (1, 1, 0)), ("its length", 16, (1, 0, 1)), ("its key", 3, (1, 0, 0))]
    {
        let mut bad = good.clone();
        bad[spoil] ^= 0x7F;
        if spoil == 16 {
            bad[spoil] = 0x85;
        }
        for step in [7, 10_000] {
            let (found, klv) = read(Wrapping::Bare, &[&bad[..], &good].concat(), step);
            let c = klv.counts();
            assert_eq!((c.read, c.bad_checksum, c.bad), counts, "{what} {step}");
            assert_eq!(found.samples.len(), 1, "{what}");
        }
    }
}

/// A transport stream of sets, each in a pack, with its tables: of one kind of stream.
fn transport(kind: u8, packs: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut counters = std::collections::BTreeMap::new();
    let mut send = |pid: u16, unit: &[u8]| {
        for (k, part) in unit.chunks(150).enumerate() {
            let counter = counters.entry(pid).or_insert(0_u8);
            let start = if k == 0 { 0x40 } else { 0 };
            let fill = 183 - part.len();
            let mut packet =
                vec![0x47, start | (pid >> 8) as u8, pid as u8, 0x30 | *counter, fill as u8];
            if fill > 0 {
                packet.push(0);
                packet.extend(vec![0xFF; fill - 1]);
            }
            packet.extend(part);
            *counter = (*counter + 1) & 15;
            assert_eq!(packet.len(), 188);
            out.extend(packet);
        }
    };
    let table = |mut section: Vec<u8>| {
        section.extend(crc(&section).to_be_bytes());
        [&[0][..], &section].concat()
    };
    send(0, &table(vec![0, 0xB0, 13, 0, 1, 0xC1, 0, 0, 0, 1, 0xE0, 0x20]));
    // Descriptors that make the table longer than a packet.
    let mut programme = vec![2, 0xB0, 0, 0, 1, 0xC1, 0, 0, 0xE0, 0x30, 0xF0, 200];
    programme.extend([0xAA; 200]);
    programme.extend([0x1B, 0xE0, 0x30, 0xF0, 0, kind, 0xE0, 0x31, 0xF0, 0]);
    let length = programme.len() + 4 - 3;
    programme[1] = 0xB0 | (length >> 8) as u8;
    programme[2] = length as u8;
    send(0x20, &table(programme));
    // A picture's pack begins at 1 s.
    send(0x30, &[0, 0, 1, 0xE0, 0, 0, 0x80, 0x80, 5, 0x21, 0, 5, 0xBF, 0x21, 0, 0]);
    for (k, pack) in packs.iter().enumerate() {
        // 90,000 ticks and 9,000 more each.
        let ticks = 90_000 + 9_000 * k as u64;
        let time = [
            0x21 | (ticks >> 29 & 0x0E) as u8,
            (ticks >> 22) as u8,
            (ticks >> 14 | 1) as u8,
            (ticks >> 7) as u8,
            (ticks << 1 | 1) as u8,
        ];
        let length = (pack.len() + 8) as u16;
        let head = [&[0, 0, 1, 0xFC][..], &length.to_be_bytes(), &[0x80, 0x80, 5], &time].concat();
        send(0x31, &[&head[..], pack].concat());
    }
    out
}

fn in_unit(flags: u8, set: &[u8]) -> Vec<u8> {
    let length = (set.len() as u16).to_be_bytes();
    [&[0, 0, flags, length[0], length[1]][..], set].concat()
}

#[test]
fn both_kinds_of_stream_give_sets_with_both_times() {
    let sample = bytes(SAMPLE);
    let (first, last) = sample.split_at(30);
    let pieces = [in_unit(0x80, first), in_unit(0x40, last)].concat();
    for (what, kind, packs, want) in [
        ("access units", 0x15, vec![in_unit(0xC0, &sample); 3], 3),
        ("private", 0x06, vec![sample.clone(); 3], 3),
        ("two sets in a pack", 0x06, vec![[&sample[..], &sample].concat(); 3], 6),
        ("a bare set called a unit", 0x15, vec![sample.clone(); 3], 3),
        ("one set in pieces", 0x15, vec![pieces], 1),
        ("a unit that is too long", 0x15, vec![in_unit(0xC0, &sample)[..40].to_vec()], 0),
        ("another kind", 0x0F, vec![sample.clone()], 0),
    ] {
        for step in [1, 188, 1000, usize::MAX] {
            let (found, klv) = read(Wrapping::Transport, &transport(kind, &packs), step);
            assert_eq!(found.samples.len(), want, "{what} {step}: {}", klv.counts());
            assert_eq!(found.film_times.len(), want, "{what}");
            assert_eq!(found.first_picture_pts_s, Some(1.0), "{what}");
            if let (3, Some(third)) = (want, found.film_times.get(2)) {
                assert_eq!(third.pts_s, 1.2, "{what}");
            }
        }
    }
}

#[test]
fn lost_packets_and_lost_step_are_counted_and_got_over() {
    let good = transport(0x06, &vec![bytes(SAMPLE); 5]);
    let last_but_two = good.len() - 2 * 188;
    let mut hole = good.clone();
    hole.drain(last_but_two - 188..last_but_two);
    let mut slipped = good.clone();
    slipped.splice(last_but_two..last_but_two, [0x47, 9, 9]);
    let twice = [&good[..last_but_two], &good[last_but_two - 188..]].concat();
    for (what, stream, sets, lost) in
        [("a hole", hole, 4, 1), ("bytes between", slipped, 4, 2), ("one twice", twice, 5, 0)]
    {
        for step in [11, 188, 100_000] {
            let (found, klv) = read(Wrapping::Transport, &stream, step);
            let c = klv.counts();
            assert!(found.samples.len() >= sets, "{what} {step}: {} {c}", found.samples.len());
            assert!(c.lost <= lost && (lost == 0 || c.lost > 0), "{what}: {c}");
        }
    }
}

#[test]
fn without_the_time_of_day_samples_count_from_the_first_picture() {
    let place: [(u8, &[u8]); 2] = [(13, &[0x10, 0, 0, 0]), (14, &[0x10, 0, 0, 0])];
    let mut corners: Vec<(u8, &[u8])> = (82..90).map(|tag| (tag, &[0x10, 0, 0, 0][..])).collect();
    corners.extend(place);
    let (found, _) = read(Wrapping::Transport, &transport(0x06, &vec![set(&corners); 3]), 500);
    let times: Vec<f64> = found.samples.iter().map(|s| (s.time_s * 1e6).round() / 1e6).collect();
    assert_eq!((found.is_utc, times), (false, vec![0.0, 0.1, 0.2]));
    let at = Place { lat_deg: 11.25, lon_deg: 22.5 };
    let [.., last] = found.corners[..] else { panic!("{found:?}") };
    assert!((last.time_s - 0.2).abs() < 1e-9 && (last.places[0].lat_deg - at.lat_deg).abs() < 1e-6);
}
