//! What the reader of MAVLink is held to; frames are written by the crate `mavlink`, and by pymavlink in
//! tests/telemetry.

use ::mavlink::{MavHeader, write_v1_msg, write_v2_msg};

use ::mavlink::Message;
use ::mavlink::dialects::common as m;
use ::mavlink::dialects::common::MavMessage as M;
use emberline_georeference::pose::{Heights, Place, Rotation};

use super::*;
use crate::options::{Mount, Yaw};

/// Seconds since 1970 at boot.
const BOOT_S: f64 = 1_785_681_000.0;

fn frame(system: u8, component: u8, message: &M) -> Vec<u8> {
    let mut bytes = Vec::new();
    let header = MavHeader { system_id: system.into(), component_id: component, sequence: 0 };
    write_v2_msg(&mut bytes, header, message).unwrap();
    bytes
}

fn heartbeat() -> M {
    M::HEARTBEAT(m::HEARTBEAT_DATA {
        mavtype: m::MavType::MAV_TYPE_QUADROTOR,
        autopilot: m::MavAutopilot::MAV_AUTOPILOT_PX4,
        ..Default::default()
    })
}

fn system_time(boot_ms: u32) -> M {
    M::SYSTEM_TIME(m::SYSTEM_TIME_DATA {
        time_unix_usec: ((BOOT_S + f64::from(boot_ms) / 1e3) * 1e6) as u64,
        time_boot_ms: boot_ms,
    })
}

fn position(boot_ms: u32) -> m::GLOBAL_POSITION_INT_DATA {
    m::GLOBAL_POSITION_INT_DATA {
        time_boot_ms: boot_ms,
        lat: 400_000_000,
        lon: -1_050_000_000,
        alt: 1_700_250,
        relative_alt: 100_500,
        hdg: u16::MAX,
        ..Default::default()
    }
}

fn attitude(boot_ms: u32, yaw_deg: f32) -> M {
    M::ATTITUDE(m::ATTITUDE_DATA {
        time_boot_ms: boot_ms,
        yaw: yaw_deg.to_radians(),
        ..Default::default()
    })
}

fn gimbal(boot_ms: u32, yaw_deg: f64, flags: m::GimbalDeviceFlags) -> M {
    let looks = Rotation::from_yaw_pitch_roll_deg(yaw_deg, -60.0, 0.0).unwrap();
    M::GIMBAL_DEVICE_ATTITUDE_STATUS(m::GIMBAL_DEVICE_ATTITUDE_STATUS_DATA {
        time_boot_ms: boot_ms,
        q: looks.body_quaternion().map(|v| v as f32),
        flags,
        ..Default::default()
    })
}

/// What is read of messages of vehicle 1, its autopilot being component 1 and its gimbal 154.
fn read(options: Options, messages: &[M]) -> (Vec<Sample>, Mavlink) {
    let (mut reader, mut out) = (Mavlink::new(options), Vec::new());
    for message in [&[heartbeat(), system_time(1000)], messages].concat() {
        let is_gimbal = matches!(message, M::GIMBAL_DEVICE_ATTITUDE_STATUS(_));
        let component = if is_gimbal { 154 } else { 1 };
        reader.push(&frame(1, component, &message), &mut out);
    }
    reader.finish(&mut out);
    (out, reader)
}

#[test]
fn a_position_has_its_scales_kinds_of_height_and_time() {
    let (samples, reader) = read(Options::default(), &[M::GLOBAL_POSITION_INT(position(2500))]);
    let [s] = samples[..] else { panic!("{samples:?}") };
    assert_eq!(s.time_s, BOOT_S + 2.5);
    assert_eq!(s.place, Some(Place { lat_deg: 40.0, lon_deg: -105.0 }));
    let heights =
        Heights { msl_m: Some(1700.25), above_takeoff_m: Some(100.5), ..Heights::default() };
    assert_eq!(s.heights, heights);
    assert_eq!(s.rotation, None);
    assert!(reader.notes().contains(&Note::NoAngles));
}

#[test]
fn without_a_fix_there_is_no_place() {
    let fix = |kind, h_acc| {
        M::GPS_RAW_INT(m::GPS_RAW_INT_DATA {
            fix_type: kind,
            h_acc,
            v_acc: 3000,
            ..Default::default()
        })
    };
    use m::GpsFixType as F;
    for (what, messages, want) in [
        ("none", vec![fix(F::GPS_FIX_TYPE_NO_FIX, 1500)], None),
        ("two dimensions", vec![fix(F::GPS_FIX_TYPE_2D_FIX, 0)], Some((None, None))),
        ("three", vec![fix(F::GPS_FIX_TYPE_3D_FIX, 1500)], Some((Some(1.5), Some(1700.25)))),
        ("fixed", vec![fix(F::GPS_FIX_TYPE_RTK_FIXED, 20)], Some((Some(0.02), Some(1700.25)))),
        ("not told", vec![], Some((None, Some(1700.25)))),
    ] {
        let messages = [messages, vec![M::GLOBAL_POSITION_INT(position(2500))]].concat();
        let (samples, reader) = read(Options::default(), &messages);
        let got = samples.first().map(|s| (s.accuracy.horizontal_m, s.heights.msl_m));
        assert_eq!(got, want, "{what}");
        assert_eq!(reader.counts().no_fix, u64::from(want.is_none()), "{what}");
    }
    let nowhere = m::GLOBAL_POSITION_INT_DATA { lat: 0, lon: 0, ..position(2500) };
    assert!(read(Options::default(), &[M::GLOBAL_POSITION_INT(nowhere)]).0.is_empty());
}

#[test]
fn a_gimbals_yaw_counts_from_where_its_flags_or_the_caller_say() {
    use m::GimbalDeviceFlags as F;
    let (earth, vehicle, lock) = (
        F::GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME,
        F::GIMBAL_DEVICE_FLAGS_YAW_IN_VEHICLE_FRAME,
        F::GIMBAL_DEVICE_FLAGS_YAW_LOCK,
    );
    for (yaw, flags, want_deg) in [
        (Yaw::Auto, F::empty(), 30.0),
        (Yaw::Auto, vehicle, 30.0),
        (Yaw::Auto, earth, 10.0),
        (Yaw::Auto, lock, 10.0),
        (Yaw::Auto, lock | vehicle, 30.0), // the newer flag counts
        (Yaw::Earth, vehicle, 10.0),
        (Yaw::Vehicle, earth | lock, 30.0),
    ] {
        let options = Options { yaw, ..Options::default() };
        let messages = [attitude(1900, 10.0), gimbal(2000, 10.0, flags), attitude(2100, 30.0)];
        let (samples, _) = read(options, &messages);
        let [Sample { time_s, rotation: Some(looks), .. }] = samples[..] else {
            panic!("{yaw:?} {flags:?}: {samples:?}")
        };
        let [got, pitch, roll] = looks.yaw_pitch_roll_deg();
        assert_eq!(time_s, BOOT_S + 2.0);
        let off = [got - want_deg, pitch + 60.0, roll].map(f64::abs);
        assert!(off.iter().all(|d| *d < 1e-3), "{yaw:?} {flags:?}: {got} {pitch} {roll}");
    }
}

#[test]
fn a_gimbal_with_a_clock_of_its_own_is_dated_by_when_it_came() {
    let earth = m::GimbalDeviceFlags::GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME;
    let (samples, reader) =
        read(Options::default(), &[attitude(9000, 0.0), gimbal(123_456, 0.0, earth)]);
    assert_eq!(samples[0].time_s, BOOT_S + 9.0);
    assert!(reader.notes().contains(&Note::GimbalClock));
}

#[test]
fn what_says_that_it_is_not_known_is_no_value() {
    let nan = M::GIMBAL_DEVICE_ATTITUDE_STATUS(m::GIMBAL_DEVICE_ATTITUDE_STATUS_DATA {
        time_boot_ms: 1000,
        q: [f32::NAN; 4],
        ..Default::default()
    });
    let nought = M::ATTITUDE_QUATERNION(m::ATTITUDE_QUATERNION_DATA::default());
    let (samples, reader) = read(Options::default(), &[nan, nought]);
    assert!(samples.is_empty());
    assert_eq!(reader.counts().no_value, 2);
    // A heading of 65535 is none: the gimbal's yaw against it never becomes one from north.
    let vehicle = m::GimbalDeviceFlags::GIMBAL_DEVICE_FLAGS_YAW_IN_VEHICLE_FRAME;
    for (hdg, rotations) in [(u16::MAX, 0), (36_000, 0), (9_000, 1)] {
        let at = m::GLOBAL_POSITION_INT_DATA { hdg, ..position(2000) };
        let messages = [gimbal(2000, 0.0, vehicle), M::GLOBAL_POSITION_INT(at)];
        let (samples, reader) = read(Options::default(), &messages);
        let got: Vec<f64> = samples
            .iter()
            .filter_map(|s| s.rotation)
            .map(|r| r.yaw_pitch_roll_deg()[0].round())
            .collect();
        assert_eq!(got, vec![90.0; rotations], "{hdg}");
        assert_eq!(reader.counts().no_heading, 1 - rotations as u64);
    }
}

#[test]
fn a_camera_that_is_fixed_to_the_body_turns_with_it() {
    let mount = Some(Mount { yaw_deg: 0.0, pitch_deg: -90.0, roll_deg: 0.0 });
    let options = Options { mount, ..Options::default() };
    let tilted = M::ATTITUDE(m::ATTITUDE_DATA {
        time_boot_ms: 2000,
        yaw: 90_f32.to_radians(),
        pitch: 10_f32.to_radians(),
        ..Default::default()
    });
    let earth = m::GimbalDeviceFlags::GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME;
    let (samples, reader) = read(options, &[tilted, gimbal(2000, 0.0, earth)]);
    let [Sample { rotation: Some(looks), .. }] = samples[..] else { panic!("{samples:?}") };
    // Nose up by 10° and to the east: looks 80° down, eastwards.
    let [yaw, pitch, _] = looks.yaw_pitch_roll_deg();
    assert!((yaw - 90.0).abs() < 1e-3 && (pitch + 80.0).abs() < 1e-3, "{yaw} {pitch}");
    assert!(reader.notes().contains(&Note::GimbalIgnored));
}

#[test]
fn an_attitude_of_the_gimbal_is_not_the_vehicles() {
    let mount = Some(Mount::default());
    let (mut reader, mut out) = (Mavlink::new(Options { mount, ..Options::default() }), Vec::new());
    for (component, message) in [
        (1, heartbeat()),
        (1, system_time(1000)),
        (154, attitude(2000, 45.0)),
        (1, attitude(2000, 9.0)),
    ] {
        reader.push(&frame(1, component, &message), &mut out);
    }
    let yaws: Vec<f64> =
        out.iter().filter_map(|s| s.rotation).map(|r| r.yaw_pitch_roll_deg()[0].round()).collect();
    assert_eq!(yaws, [9.0]);
}

#[test]
#[allow(deprecated, reason = "older gimbals send it")]
fn an_older_gimbal_tells_degrees_from_north_or_from_the_vehicle() {
    let of = |yaw: f32, yaw_absolute: f32| {
        M::MOUNT_ORIENTATION(m::MOUNT_ORIENTATION_DATA {
            time_boot_ms: 2000,
            pitch: -60.0,
            yaw,
            yaw_absolute,
            ..Default::default()
        })
    };
    for (message, want) in [
        (of(10.0, 0.0), 40.0), // the field that MAVLink 1 does not have
        (of(10.0, 77.0), 77.0),
        (of(10.0, f32::NAN), 40.0),
    ] {
        let (samples, _) =
            read(Options::default(), &[attitude(1900, 30.0), message, attitude(2100, 30.0)]);
        let [Sample { rotation: Some(looks), .. }] = samples[..] else { panic!("{samples:?}") };
        let [yaw, pitch, _] = looks.yaw_pitch_roll_deg();
        assert!((yaw - want).abs() < 1e-3 && (pitch + 60.0).abs() < 1e-3, "{yaw} {want}");
    }
}

#[test]
fn an_orientation_whose_frame_is_not_told_is_taken_only_as_the_caller_says() {
    let looks = Rotation::from_yaw_pitch_roll_deg(10.0, -60.0, 0.0).unwrap();
    let told = M::CAMERA_FOV_STATUS(m::CAMERA_FOV_STATUS_DATA {
        q: looks.body_quaternion().map(|v| v as f32),
        hfov: f32::NAN,
        ..Default::default()
    });
    for (yaw, want) in [(Yaw::Auto, None), (Yaw::Earth, Some(10.0)), (Yaw::Vehicle, Some(40.0))] {
        let options = Options { yaw, ..Options::default() };
        let (samples, reader) = read(options, &[attitude(2000, 30.0), told.clone()]);
        let got =
            samples.iter().find_map(|s| s.rotation).map(|r| r.yaw_pitch_roll_deg()[0].round());
        assert_eq!(got, want, "{yaw:?}");
        assert_eq!(reader.notes().contains(&Note::OrientationFrame), want.is_none());
    }
}

#[test]
fn lenses_are_told_three_ways() {
    let camera = M::CAMERA_INFORMATION(m::CAMERA_INFORMATION_DATA {
        focal_length: 9.1,
        sensor_size_h: 7.68,
        sensor_size_v: 6.144,
        ..Default::default()
    });
    let zoomed = M::CAMERA_FOV_STATUS(m::CAMERA_FOV_STATUS_DATA {
        hfov: 20.0,
        vfov: f32::NAN,
        q: [f32::NAN; 4],
        ..Default::default()
    });
    let stream = M::VIDEO_STREAM_INFORMATION(m::VIDEO_STREAM_INFORMATION_DATA {
        hfov: 57,
        ..Default::default()
    });
    let (samples, _) = read(Options::default(), &[attitude(2000, 0.0), stream, camera, zoomed]);
    let got: Vec<_> = samples.iter().map(|s| s.lens.hfov_deg.map(|d| d.round())).collect();
    assert_eq!(got, [Some(57.0), Some(46.0), Some(20.0)]);
    assert_eq!(samples[2].lens.vfov_deg, None);
}

#[test]
fn one_vehicle_is_followed_and_ground_stations_are_none() {
    let ground = M::HEARTBEAT(m::HEARTBEAT_DATA {
        mavtype: m::MavType::MAV_TYPE_GCS,
        autopilot: m::MavAutopilot::MAV_AUTOPILOT_INVALID,
        ..Default::default()
    });
    // A type of vehicle that the dialect does not have yet: its bytes, with a checksum of their own.
    let mut unknown = frame(7, 1, &heartbeat());
    unknown[10 + 4] = 250;
    let end = unknown.len() - 2;
    let sum = ::mavlink::calculate_crc(&unknown[1..end], M::extra_crc(0));
    unknown[end..].copy_from_slice(&sum.to_le_bytes());
    for (what, system, first, place_of, others) in [
        ("the first", None, frame(7, 1, &heartbeat()), 7, 1),
        ("no ground station", None, frame(255, 190, &ground), 8, 0),
        ("of a new type", None, unknown, 7, 1),
        ("as asked", Some(8), frame(7, 1, &heartbeat()), 8, 1),
    ] {
        let options = Options { system, ..Options::default() };
        let (mut reader, mut out) = (Mavlink::new(options), Vec::new());
        reader.push(&first, &mut out);
        for system in [7, 8] {
            if what == "no ground station" && system == 7 {
                continue;
            }
            let lat = i32::from(system) * 10_000_000;
            let at = m::GLOBAL_POSITION_INT_DATA { lat, ..position(2000) };
            for message in [heartbeat(), system_time(1000), M::GLOBAL_POSITION_INT(at)] {
                reader.push(&frame(system, 1, &message), &mut out);
            }
        }
        let places: Vec<f64> = out.iter().filter_map(|s| s.place).map(|p| p.lat_deg).collect();
        assert_eq!(places, [f64::from(place_of)], "{what}");
        assert_eq!(reader.counts().other_vehicle, others * 2, "{what}");
    }
    let mut reader = Mavlink::new(Options::default());
    reader.push(&frame(9, 1, &M::GLOBAL_POSITION_INT(position(1))), &mut Vec::new());
    assert_eq!(reader.notes(), [Note::NoVehicle { heard: vec![9] }]);
}

#[test]
fn frames_are_found_again_after_garbage_however_the_stream_is_cut() {
    let mut stream = vec![0xFD, 0xFE, 3, 0, 0xFD];
    for (k, message) in
        [heartbeat(), system_time(1000), M::GLOBAL_POSITION_INT(position(2000))].iter().enumerate()
    {
        let mut bytes = Vec::new();
        let header = MavHeader { system_id: 1, component_id: 1, sequence: k as u8 };
        match k {
            2 => write_v1_msg(&mut bytes, header, message).unwrap(),
            _ => write_v2_msg(&mut bytes, header, message).unwrap(),
        };
        stream.extend(&bytes);
        stream.extend(b"noise \xFE");
        // The same once more, with a byte turned over.
        *bytes.last_mut().unwrap() ^= 0x55;
        stream.extend(bytes);
    }
    stream.extend([0; 300]);
    for step in [1, 7, 50, stream.len()] {
        let (mut reader, mut out) = (Mavlink::new(Options::default()), Vec::new());
        stream.chunks(step).for_each(|bytes| reader.push(bytes, &mut out));
        assert_eq!(out.len(), 1, "{step}");
        let counts = reader.counts();
        assert_eq!(counts.read, 3, "{step}");
        assert!(counts.bad_checksum >= 3 && counts.garbage_bytes > 300, "{step}: {counts}");
        assert!(reader.waiting_bytes() < 300);
    }
}

#[test]
fn a_recording_is_dated_by_the_vehicle_or_else_by_its_recorder() {
    for (messages, want_s, told) in [
        (vec![heartbeat(), system_time(1000)], BOOT_S + 2.0, false),
        (vec![heartbeat()], BOOT_S + 52.0, true),
    ] {
        let mut tlog = Vec::new();
        let mut add = |came_s: f64, message: &M| {
            tlog.extend(((came_s * 1e6) as u64).to_be_bytes());
            tlog.extend(frame(1, 1, message));
        };
        messages.iter().for_each(|message| add(BOOT_S + 51.0, message));
        add(BOOT_S + 52.0, &M::GLOBAL_POSITION_INT(position(2000)));
        tlog.splice(0..0, [1, 2, 3]);
        let (reader, samples, note) = crate::mavlink::read(&tlog, Options::default());
        assert_eq!(samples.iter().map(|s| s.time_s).collect::<Vec<_>>(), [want_s]);
        assert_eq!(note, told.then_some(Note::RecorderTime));
        assert_eq!(reader.counts().garbage_bytes, 3);
    }
}
