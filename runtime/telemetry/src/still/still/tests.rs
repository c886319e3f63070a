//! Stills as makers write them, with places of our own.

use emberline_georeference::pose::Place;
use exif::{Field, In, Rational, Tag, Value};

use super::*;

/// A JPEG file without a picture: 640 × 512 pixels, this XMP data and these EXIF fields.
fn jpeg(xmp: &str, fields: &[(Tag, Value)]) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        let length = (body.len() as u16 + 2).to_be_bytes();
        [&[0xFF, marker, length[0], length[1]][..], body].concat()
    };
    let fields: Vec<Field> = fields
        .iter()
        .map(|(tag, value)| Field { tag: *tag, ifd_num: In::PRIMARY, value: value.clone() })
        .collect();
    let mut writer = exif::experimental::Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut buffer = std::io::Cursor::new(Vec::new());
    let exif = match fields.is_empty() {
        true => Vec::new(),
        false => {
            writer.write(&mut buffer, false).unwrap();
            segment(0xE1, &[&b"Exif\0\0"[..], &buffer.into_inner()].concat())
        }
    };
    [
        vec![0xFF, 0xD8],
        exif,
        segment(0xE1, &[&b"http://ns.adobe.com/xap/1.0/\0"[..], xmp.as_bytes()].concat()),
        segment(0xC0, &[8, 2, 0, 2, 128, 1, 1, 0x11, 0]),
        segment(0xDA, &[0]),
        vec![0xFF, 0xD9],
    ]
    .concat()
}

fn dms(d: u32, m: u32, s: u32) -> Value {
    Value::Rational([d, m, s].map(|num| Rational { num, denom: 1 }).to_vec())
}

fn tenths(num: u32) -> Value {
    Value::Rational(vec![Rational { num, denom: 10 }])
}

fn ascii(text: &str) -> Value {
    Value::Ascii(vec![text.as_bytes().to_vec()])
}

const DJI: &str = "<rdf:Description drone-dji:GpsLatitude=\"+40.1\" drone-dji:GpsLongtitude=\"-105.2\" \
    drone-dji:AbsoluteAltitude=\"+1720.5\" drone-dji:RelativeAltitude=\"+60.2\" drone-dji:GimbalRollDegree=\"+0.00\" \
    drone-dji:GimbalYawDegree=\"-12.5\" drone-dji:GimbalPitchDegree=\"-89.9\" drone-dji:FlightYawDegree=\"+7.0\" \
    drone-dji:UTCAtExposure=\"2023-03-09T02:47:57.250\" drone-dji:RtkFlag=\"50\" KIND/>";

#[test]
fn dji_as_attributes_and_as_elements() {
    let elements: String = DJI
        .split_whitespace()
        .filter_map(|part| part.split_once("=\""))
        .map(|(name, value)| {
            format!("<{name}>{}</{name}>", value.trim_end_matches(['"', '/', '>']))
        })
        .collect();
    for (what, xmp) in [("attributes", DJI.to_owned()), ("elements", elements)] {
        let still = read(&jpeg(&xmp, &[]), Options::default()).unwrap();
        let s = still.sample;
        assert_eq!(s.place, Some(Place { lat_deg: 40.1, lon_deg: -105.2 }), "{what}");
        assert_eq!((s.heights.above_takeoff_m, s.heights.msl_m), (Some(60.2), Some(1720.5)));
        let want = Rotation::from_yaw_pitch_roll_deg(-12.5, -89.9, 0.0).unwrap();
        assert!(s.rotation.unwrap().apart_deg(want) < 1e-5, "{what}");
        assert_eq!((s.time_s, still.is_utc), (1_678_330_077.25, true), "{what}");
        assert_eq!(s.accuracy.horizontal_m, Some(0.03), "{what}");
    }
}

#[test]
fn flags_of_the_fix_and_kinds_of_height() {
    for (kind, horizontal_m, msl_m, ellipsoid_m, has_place) in [
        ("RtkFlag=\"50\"", Some(0.03), true, false, true),
        ("RtkFlag=\"34\"", Some(0.5), true, false, true),
        ("RtkFlag=\"16\"", Some(1.5), true, false, true),
        ("RtkFlag=\"0\"", None, true, false, true),
        (
            "RtkFlag=\"50\" drone-dji:RtkStdLon=\"0.011\" drone-dji:RtkStdLat=\"0.014\"",
            Some(0.014),
            true,
            false,
            true,
        ),
        ("RtkFlag=\"50\" drone-dji:AltitudeType=\"RtkAlt\"", Some(0.03), false, true, true),
        ("RtkFlag=\"16\" drone-dji:AltitudeType=\"PressureAlt\"", Some(1.5), true, false, true),
        ("GpsStatus=\"Invalid\"", None, false, false, false),
    ] {
        let xmp = DJI
            .replace("drone-dji:RtkFlag=\"50\"", "")
            .replace("KIND", &format!("drone-dji:{kind}"));
        let s = read(&jpeg(&xmp, &[]), Options::default()).unwrap().sample;
        assert_eq!(s.accuracy.horizontal_m, horizontal_m, "{kind}");
        assert_eq!(s.place.is_some(), has_place, "{kind}");
        assert_eq!(s.heights.msl_m.is_some(), msl_m, "{kind}");
        assert_eq!(s.heights.ellipsoid_m.is_some(), ellipsoid_m, "{kind}");
    }
}

#[test]
fn exif_data_stands_in_and_kinds_of_angles_are_not_mixed() {
    let gps = [
        (Tag::GPSLatitudeRef, ascii("S")),
        (Tag::GPSLatitude, dms(40, 6, 0)),
        (Tag::GPSLongitudeRef, ascii("W")),
        (Tag::GPSLongitude, dms(105, 12, 0)),
        (Tag::GPSAltitudeRef, Value::Byte(vec![0])),
        (Tag::GPSAltitude, Value::Rational(vec![Rational { num: 17_205, denom: 10 }])),
        (Tag::GPSDateStamp, ascii("2023:03:09")),
        (Tag::GPSTimeStamp, dms(2, 47, 57)),
        (Tag::FocalLengthIn35mmFilm, Value::Short(vec![40])),
        (Tag::FocalLength, tenths(91)),
    ];
    let parrot = "<x drone-parrot:CameraYawDegree=\"176.3\" drone-parrot:CameraPitchDegree=\"-78.4\" \
                  drone-parrot:CameraRollDegree=\"-0.3\"/>";
    let camera = "<x Camera:Yaw=\"176.3\" Camera:Pitch=\"11.6\" Camera:Roll=\"-0.3\"/>";
    let flir = "<FLIR:MAVRelativeAltitude>60200/1000</FLIR:MAVRelativeAltitude><FLIR:MAVYaw>1/1</FLIR:MAVYaw>";
    use CameraPitch as P;
    for (what, xmp, pitch, want, takeoff_m) in [
        ("Parrot", parrot, P::Unknown, Some(-78.4), None),
        ("Camera", camera, P::Unknown, None, None),
        ("Camera, from nadir", camera, P::FromNadir, Some(-78.4), None),
        ("Camera, from the horizon", camera, P::FromHorizon, Some(11.6), None),
        ("FLIR: the yaw is the aircraft's", flir, P::Unknown, None, Some(60.2)),
    ] {
        let options = Options { camera_pitch: pitch, ..Options::default() };
        let still = read(&jpeg(xmp, &gps), options).unwrap();
        let s = still.sample;
        let place = s.place.unwrap();
        assert!((place.lat_deg + 40.1).abs() < 1e-9 && (place.lon_deg + 105.2).abs() < 1e-9);
        assert_eq!((s.heights.msl_m, s.heights.above_takeoff_m), (Some(1720.5), takeoff_m));
        assert_eq!((s.time_s, still.is_utc), (1_678_330_077.0, true), "{what}");
        let got = s.rotation.map(|r| (r.yaw_pitch_roll_deg()[1] * 10.0).round() / 10.0);
        assert_eq!(got, want, "{what}");
        // 5:4 of a diagonal of 43.27 mm at 40 mm.
        assert!((s.lens.hfov_deg.unwrap() - 45.8).abs() < 0.1, "{:?}", s.lens);
        assert_eq!(still.notes.contains(&Note::CameraPitchUnclear), what == "Camera");
    }
}

#[test]
fn a_focal_length_gives_a_field_of_view_only_where_it_is_the_pictures() {
    let of = |film: u16, focal: u32, zoom: u32| {
        vec![
            (Tag::FocalLengthIn35mmFilm, Value::Short(vec![film])),
            (Tag::FocalLength, tenths(focal)),
            (Tag::DigitalZoomRatio, tenths(zoom)),
        ]
    };
    for (what, fields, source, want) in [
        ("H20T", of(58, 135, 10), "InfraredCamera", Some(32)),
        ("H20N: the lens beside", of(29, 60, 80), "InfraredCamera", None),
        ("the same, without the zoom", of(29, 60, 10), "InfraredCamera", None),
        ("a wide camera", of(29, 60, 10), "WideCamera", Some(60)),
        ("zoomed by computing", of(29, 60, 20), "WideCamera", None),
    ] {
        let kind = format!("drone-dji:ImageSource=\"{source}\"");
        let still = read(&jpeg(&DJI.replace("KIND", &kind), &fields), Options::default()).unwrap();
        assert_eq!(still.sample.lens.hfov_deg.map(|d| d as i32), want, "{what}");
        assert_eq!(still.notes.contains(&Note::FocalLengthUnclear), want.is_none(), "{what}");
    }
}

#[test]
fn a_local_time_stays_one_and_a_zone_makes_it_utc() {
    let taken = (Tag::DateTimeOriginal, ascii("2023:03:09 02:47:57"));
    let zone = (Tag::OffsetTimeOriginal, ascii("+02:00"));
    let xmp = DJI.replace("drone-dji:UTCAtExposure=\"2023-03-09T02:47:57.250\"", "");
    for (fields, utc_s, local) in [
        (vec![taken.clone()], None, Some("2023-03-09T02:47:57")),
        (vec![taken, zone], Some(1_678_322_877.0), None),
        (vec![], None, None),
    ] {
        let still = read(&jpeg(&xmp, &fields), Options::default()).unwrap();
        assert_eq!(still.is_utc.then_some(still.sample.time_s), utc_s);
        assert_eq!(still.local.as_deref(), local);
    }
    assert_eq!(read(&jpeg("<x/>", &[]), Options::default()), None);
    assert_eq!(read(b"\xFF\xD8", Options::default()), None);
}
