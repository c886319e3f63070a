//! Forms of subtitles as public samples have them, with places and times of our own.

use emberline_georeference::pose::Place;

use super::*;

fn one(text: &str) -> (Option<Sample>, Subtitles) {
    let all = read(&format!("1\n00:00:00,000 --> 00:00:00,033\n{text}\n\n"));
    (all.samples.first().copied(), all)
}

#[test]
fn every_form_gives_its_place_heights_and_angles() {
    struct Case {
        what: &'static str,
        text: &'static str,
        place: Option<(f64, f64)>,
        takeoff_m: Option<f64>,
        msl_m: Option<f64>,
        yaw_pitch: Option<[f64; 2]>,
        hfov_deg: Option<f64>,
        local: Option<&'static str>,
    }
    for case in [
        Case {
            what: "Mini, Air, Mavic 3",
            text: "<font size=\"28\">FrameCnt: 1, DiffTime: 33ms\n2024-03-08 10:12:34.123\n[iso: 100] [focal_len: 24.00] \
                   [latitude: 40.100000] [longitude: -105.200000] [rel_alt: 60.000 abs_alt: 1720.500] </font>",
            place: Some((40.1, -105.2)),
            takeoff_m: Some(60.0),
            msl_m: Some(1720.5),
            yaw_pitch: None,
            hfov_deg: Some(73.74),
            local: Some("2024-03-08T10:12:34.123"),
        },
        Case {
            what: "thermal, with gimbal, blank lines",
            text: "\n2023-05-31 19:04:26.691\n\n[focal_len: 40.00] [dzoom_ratio: 1.00], [latitude: 40.1] [longitude: -105.2] \
                   [rel_alt: 62.370 abs_alt: 227.373] [gb_yaw: -142.5 gb_pitch: -28.7 gb_roll: 0.0]",
            place: Some((40.1, -105.2)),
            takeoff_m: Some(62.37),
            msl_m: Some(227.373),
            yaw_pitch: Some([-142.5, -28.7]),
            hfov_deg: Some(48.46),
            local: Some("2023-05-31T19:04:26.691"),
        },
        Case {
            what: "Mavic 2: longtitude, tenths of a focal length, a height without datum",
            text: "SrtCnt : 1, DiffTime : 33ms\n2019-09-15 10:48:52,123,456\n[iso : 110] [focal_len : 240] \
                   [latitude : 40.1] [longtitude : -105.2] [altitude: 99.0]",
            place: Some((40.1, -105.2)),
            takeoff_m: None,
            msl_m: None,
            yaw_pitch: None,
            hfov_deg: None,
            local: Some("2019-09-15T10:48:52.123456"),
        },
        Case {
            what: "Mavic Pro: longitude first, satellites third",
            text: "HOME(-105.2000,40.1001) 2017.08.05 14:11:51\nGPS(-105.2000,40.1000,16) BAROMETER:1.9\nISO:100",
            place: Some((40.1, -105.2)),
            takeoff_m: Some(1.9),
            msl_m: None,
            yaw_pitch: None,
            hfov_deg: None,
            local: Some("2017-08-05T14:11:51"),
        },
        Case {
            what: "Phantom 4 RTK: pitch, roll, yaw",
            text: "F/6.3, SS 60, ISO 100, EV 0, RTK (-105.200000, 40.100000, 28), HOME (-105.2, 40.1, 103.55m), D 75.36m, \
                   H 76.19m, H.S 0.30m/s, V.S 0.00m/s, F.PRY (-5.3°, 2.1°, 28.3°), G.PRY (-40.0°, 0.0°, 28.2°)",
            place: Some((40.1, -105.2)),
            takeoff_m: Some(76.19),
            msl_m: None,
            yaw_pitch: Some([28.2, -40.0]),
            hfov_deg: None,
            local: None,
        },
        Case {
            what: "no fix yet",
            text: "[latitude: 0.000000] [longitude: 0.000000] [rel_alt: 0.000 abs_alt: 5.000] [gb_yaw: 1.0 gb_pitch: -90.0]",
            place: None,
            takeoff_m: None,
            msl_m: None,
            yaw_pitch: Some([1.0, -90.0]),
            hfov_deg: None,
            local: None,
        },
    ] {
        let (sample, all) = one(case.text);
        let s = sample.unwrap_or_else(|| panic!("{}: nothing", case.what));
        assert_eq!(s.place.map(|p| (p.lat_deg, p.lon_deg)), case.place, "{}", case.what);
        assert_eq!(s.heights.above_takeoff_m, case.takeoff_m, "{}", case.what);
        assert_eq!(s.heights.msl_m, case.msl_m, "{}", case.what);
        let round = |d: f64| (d * 100.0).round() / 100.0;
        assert_eq!(s.lens.hfov_deg.map(round), case.hfov_deg, "{}", case.what);
        let want =
            case.yaw_pitch.map(|[y, p]| Rotation::from_yaw_pitch_roll_deg(y, p, 0.0).unwrap());
        match (s.rotation, want) {
            (Some(got), Some(want)) => assert!(got.apart_deg(want) < 1e-5, "{}", case.what),
            (got, want) => assert_eq!(got, want, "{}", case.what),
        }
        assert_eq!(all.local.as_ref().map(|l| l.1.as_str()), case.local, "{}", case.what);
        assert_eq!(all.counts.no_fix, u64::from(case.place.is_none()), "{}", case.what);
    }
}

#[test]
fn latitude_comes_first_where_it_must_in_the_whole_file() {
    let text = "1\n00:00:00,000 --> 00:00:01,000\nGPS(40.0,80.0,9)\n\n\
                2\n00:00:01,000 --> 00:00:02,000\nGPS(40.0,105.0,9)\n";
    let all = read(text);
    let places: Vec<_> = all.samples.iter().filter_map(|s| s.place).collect();
    let at = |lat_deg, lon_deg| Place { lat_deg, lon_deg };
    assert_eq!(places, [at(40.0, 80.0), at(40.0, 105.0)]);
    assert!(all.notes.contains(&Note::LatitudeFirst));
}

#[test]
fn a_film_over_midnight_counts_on_and_keeps_its_first_local_time() {
    let row = |k: u32, time: &str| {
        format!(
            "{k}\n00:00:0{k},000 --> 00:00:0{k},900\n{time}\n[latitude: 40.0] [longitude: 9.0]\n\n"
        )
    };
    let all =
        read(&[row(1, "2024-12-31 23:59:59.900"), row(2, "2025-01-01 00:00:00.900")].concat());
    assert_eq!(all.samples.iter().map(|s| s.time_s).collect::<Vec<_>>(), [1.0, 2.0]);
    assert_eq!(all.local, Some((1.0, "2024-12-31T23:59:59.900".to_owned())));
}
