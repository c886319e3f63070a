//! What pose lines are held to, as JSON and as tables.

use emberline_georeference::pose::{Heights, Rotation};

use super::*;
use crate::lines::table;

#[test]
fn a_line_says_what_its_keys_say() {
    let got = line(
        r#"{"t":"2026-08-02T14:31:07.5Z","lat":40.1,"lon":-105.2,"alt_msl_m":1720.5,"alt_agl_m":60,
        "alt_takeoff_m":61,"alt_hae_m":1703,"yaw_deg":10,"pitch_deg":-45,"roll_deg":null,"hfov_deg":57,
        "h_acc_m":1.5}"#,
    )
    .unwrap();
    let s = got.sample;
    assert_eq!((got.clock, s.time_s), (Clock::Utc, 1_785_681_067.5));
    let place = s.place.unwrap();
    assert_eq!((place.lat_deg, place.lon_deg), (40.1, -105.2));
    let heights = Heights {
        above_ground_m: Some(60.0),
        above_takeoff_m: Some(61.0),
        msl_m: Some(1720.5),
        ellipsoid_m: Some(1703.0),
    };
    assert_eq!(s.heights, heights);
    let want = Rotation::from_yaw_pitch_roll_deg(10.0, -45.0, 0.0).unwrap();
    assert!(s.rotation.unwrap().apart_deg(want) < 1e-6);
    assert_eq!((s.lens.hfov_deg, s.accuracy.horizontal_m), (Some(57.0), Some(1.5)));
    let of_film = line(r#"{"time_s":2.5,"q":[1,0,0,0]}"#).unwrap();
    assert_eq!((of_film.clock, of_film.sample.time_s), (Clock::FilmStart, 2.5));
    let ahead = Rotation::from_yaw_pitch_roll_deg(0.0, 0.0, 0.0).unwrap();
    assert!(of_film.sample.rotation.unwrap().apart_deg(ahead) < 1e-6);
}

#[test]
fn what_is_wrong_is_told_with_what_to_write() {
    for (text, want) in [
        (r#"{"t":"2026-08-02 14:31:07","lat":1,"lon":2}"#, "\"2026-08-02T14:31:07Z\" if it is UTC"),
        (r#"{"t":1785681067,"lat":1,"lon":2}"#, "t is no text"),
        (r#"{"time_s":1785681067,"lat":1,"lon":2}"#, "\"2026-08-02T14:31:07Z\""),
        (r#"{"lat":1,"lon":2}"#, "no time"),
        (r#"{"time_s":0,"t":"2026-08-02T14:31:07Z","lat":1,"lon":2}"#, "both t and time_s"),
        (r#"{"time_s":0,"latitude":1}"#, "write lat"),
        (r#"{"time_s":0,"alt_m":1}"#, "alt_msl_m, alt_agl_m"),
        (r#"{"time_s":0,"lat":1}"#, "lat without lon"),
        (r#"{"time_s":0,"lat":-105.2,"lon":40.1}"#, "the wrong way round"),
        (r#"{"time_s":0,"lat":0,"lon":0}"#, "no place"),
        (r#"{"time_s":0,"yaw_deg":1}"#, "yaw_deg and pitch_deg"),
        (r#"{"time_s":0,"yaw_deg":1,"pitch_deg":0,"q":[1,0,0,0]}"#, "both q and angles"),
        (r#"{"time_s":0,"q":[0,0,0,0]}"#, "no rotation"),
        (r#"{"time_s":0,"q":[1,0,0]}"#, "[w,x,y,z]"),
        (r#"{"time_s":0,"pitch_deg":-120,"yaw_deg":0}"#, "beyond 90"),
        (r#"{"time_s":0,"hfov_deg":180}"#, "no field of view"),
        (r#"{"time_s":0,"alt_msl_m":10}"#, "without lat and lon"),
        (r#"{"time_s":0}"#, "nothing but a time"),
        (r#"{"time_s":0,"lat":"1","lon":2}"#, "lat is no number"),
        (r#"{"time_s":0,"lat":NaN,"lon":2}"#, "no JSON"),
        ("[1]", "no JSON object"),
    ] {
        let got = line(text).unwrap_err().to_string();
        assert!(got.contains(want), "{text}: {got}");
        assert!(!got.contains('\n'));
    }
}

#[test]
fn bad_rows_are_counted_and_three_of_them_told() {
    let good = r#"{"time_s":0,"lat":1,"lon":2}"#;
    let text = format!(
        "{good}\n\nx\nx\n{good}\nx\n{{\"t\":\"2026-08-02T14:31:07Z\",\"lat\":1,\"lon\":2}}\n"
    );
    let rows = read(&text);
    assert_eq!((rows.samples.len(), rows.counts.bad, rows.clock()), (2, 4, Clock::FilmStart));
    let Some(crate::note::Note::BadRows { count: 4, first }) = rows.note() else { panic!() };
    assert_eq!(first.iter().map(|f| f.0).collect::<Vec<_>>(), [3, 4, 6]);
    assert!(rows.all_bad().is_none());
    assert_eq!(read("x\n").all_bad().map(|b| b.0), Some(1));
}

#[test]
fn tables_have_the_same_keys() {
    for (what, text, samples, bad) in [
        ("commas", "t,lat,lon,yaw_deg,pitch_deg\n2026-08-02T14:31:07Z,40.1,-105.2,10,-45\n", 1, 0),
        ("semicolons, quotes", "\"t\";\"lat\";\"lon\"\n2026-08-02T14:31:07Z;40.1;-105.2\n", 1, 0),
        ("quaternion in parts", "time_s,qw,qx,qy,qz\n1,1,0,0,0\n", 1, 0),
        ("quaternion in a cell", "time_s,q\n1,\"[1,0,0,0]\"\n", 1, 0),
        ("cells left out", "time_s,lat,lon,hfov_deg\n1,,,50\n2,40.1,-105.2,\n", 2, 0),
        ("a stray quote", "time_s,lat,lon\n1,1,2\n1,\"1,2\n1,1,2\n", 2, 1),
        ("too few cells, a word", "time_s,lat,lon\n1,2\n1,north,2\n1,1,2\n", 1, 2),
    ] {
        assert!(table::is_table(text), "{what}");
        let rows = table::read(text).unwrap();
        assert_eq!(
            (rows.samples.len(), rows.counts.bad),
            (samples, bad),
            "{what}: {:?}",
            rows.note()
        );
    }
    let wrong = table::read("time_s,lat,lon,height\n1,2,3,4\n").unwrap_err();
    assert!(wrong.contains("from where it counts"), "{wrong}");
    assert!(!table::is_table("date,temperature\n"));
}
