//! What the reader of logs is held to; tests/telemetry holds it against pymavlink's too.

use emberline_georeference::pose::Place;

use super::*;
use crate::options::Mount;

/// A message that describes another.
fn format(kind: u8, length: usize, name: &str, letters: &str, names: &str) -> Vec<u8> {
    let fill = |text: &str, n: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(n, 0);
        bytes
    };
    [vec![0xA3, 0x95, 128, kind, length as u8], fill(name, 4), fill(letters, 16), fill(names, 64)]
        .concat()
}

fn message(kind: u8, values: &[&[u8]]) -> Vec<u8> {
    [&[0xA3, 0x95, kind][..], &values.concat()].concat()
}

/// The head of a log as Copter 4.5 writes it, shortened.
fn head() -> Vec<u8> {
    [
        format(1, 36, "GPS", "QBBIHLLe", "TimeUS,I,Status,GMS,GWk,Lat,Lng,Alt"),
        format(2, 27, "POS", "QLLff", "TimeUS,Lat,Lng,Alt,RelHomeAlt"),
        format(3, 17, "ATT", "QccC", "TimeUS,Roll,Pitch,Yaw"),
        format(4, 28, "MNT", "QBffff", "TimeUS,I,Roll,Pitch,YawB,YawE"),
        format(5, 15, "GPA", "QCC", "TimeUS,HAcc,VAcc"),
    ]
    .concat()
}

fn us(s: f64) -> [u8; 8] {
    ((s * 1e6) as u64).to_le_bytes()
}

fn gps(time_s: f64, status: u8, week: u16, ms: u32) -> Vec<u8> {
    let mut bytes = message(
        1,
        &[
            &us(time_s),
            &[0, status],
            &ms.to_le_bytes(),
            &week.to_le_bytes(),
            &400_000_000_i32.to_le_bytes(),
            &(-1_050_000_000_i32).to_le_bytes(),
            &170_000_i32.to_le_bytes(),
        ],
    );
    bytes.resize(36, 0);
    bytes
}

fn mnt(time_s: f64, pitch: f32, yaw_b: f32, yaw_e: f32) -> Vec<u8> {
    message(
        4,
        &[
            &us(time_s),
            &[0],
            &0_f32.to_le_bytes(),
            &pitch.to_le_bytes(),
            &yaw_b.to_le_bytes(),
            &yaw_e.to_le_bytes(),
        ],
    )
}

fn att(time_s: f64, yaw_cdeg: u16) -> Vec<u8> {
    message(3, &[&us(time_s), &[0; 4], &yaw_cdeg.to_le_bytes()])
}

#[test]
fn places_are_dated_by_gps_weeks_less_leap_seconds() {
    // 2024-02-04 00:00:10 GPS; 18 s behind.
    for (what, status, week, ms, want) in [
        ("a fix", 3, 2300, 10_000, Some(1_707_004_792.0)),
        ("a new week", 4, 2299, 604_799_000, Some(1_707_004_781.0)),
        ("no fix", 1, 2300, 10_000, None),
        ("a clock that was never set", 3, 0, 0, None),
    ] {
        let log = [head(), gps(5.0, status, week, ms)].concat();
        let (samples, _, counts) = read(&log, Options::default());
        assert_eq!(samples.first().map(|s| s.time_s), want, "{what}");
        assert_eq!(counts.no_fix + counts.no_time, u64::from(want.is_none()), "{what}");
        if let Some(s) = samples.first() {
            assert_eq!(s.place, Some(Place { lat_deg: 40.0, lon_deg: -105.0 }));
            assert_eq!((s.heights.msl_m, s.heights.above_takeoff_m), (Some(1700.0), None));
        }
    }
}

#[test]
fn fused_places_accuracy_and_garbage_between() {
    let place = [400_000_010_i32.to_le_bytes(), (-1_050_000_000_i32).to_le_bytes()].concat();
    let pos = message(2, &[&us(6.0), &place, &1701_f32.to_le_bytes(), &99.5_f32.to_le_bytes()]);
    let log = [
        b"x".to_vec(),
        head(),
        message(5, &[&us(5.0), &150_u16.to_le_bytes(), &300_u16.to_le_bytes()]),
        gps(5.0, 3, 2300, 10_000),
        vec![0xA3, 0x95, 77, 1],
        pos,
    ]
    .concat();
    let (samples, notes, counts) = read(&log, Options::default());
    let [s] = samples[..] else { panic!("{samples:?}") };
    assert_eq!((s.time_s, s.heights.above_takeoff_m), (1_707_004_793.0, Some(99.5)));
    assert_eq!((s.accuracy.horizontal_m, s.accuracy.vertical_m), (Some(1.5), Some(3.0)));
    assert_eq!((counts.garbage_bytes, notes), (5, vec![Note::NoAngles]));
}

#[test]
fn mounts_count_from_north_or_from_the_heading() {
    let nan = f32::NAN;
    for (what, yaw_b, yaw_e, with_attitude, want) in [
        ("from north", 20.0, 110.0, true, Some(110.0)),
        ("from the heading", 20.0, nan, true, Some(110.0)),
        ("from a heading that is not known", 20.0, nan, false, None),
    ] {
        let attitude = if with_attitude { att(5.9, 9_000) } else { Vec::new() };
        let log =
            [head(), gps(5.0, 3, 2300, 10_000), attitude, mnt(6.0, -60.0, yaw_b, yaw_e)].concat();
        let (samples, ..) = read(&log, Options::default());
        let got = samples.iter().find_map(|s| s.rotation).map(|r| r.yaw_pitch_roll_deg());
        assert_eq!(got.map(|a| a[0].round()), want, "{what}");
        assert!(got.is_none_or(|a| (a[1] + 60.0).abs() < 1e-3));
    }
    let mount = Some(Mount { pitch_deg: -90.0, ..Mount::default() });
    let options = Options { mount, ..Options::default() };
    let log = [head(), gps(5.0, 3, 2300, 10_000), att(5.9, 0), mnt(6.0, 0.0, 0.0, 0.0)].concat();
    let (samples, notes, _) = read(&log, options);
    let got: Vec<_> = samples.iter().filter_map(|s| s.rotation).collect();
    assert!(got.len() == 1 && (got[0].yaw_pitch_roll_deg()[1] + 90.0).abs() < 1e-3);
    assert!(notes.contains(&Note::GimbalIgnored));
}
