//! Sound telemetry of every kind, to be spoilt.

use mavlink::dialects::common as m;
use mavlink::dialects::common::MavMessage as M;
use mavlink::{MavHeader, write_v1_msg, write_v2_msg};

/// A set of ST 0601, as tstrans 0.8.0 writes it.
const SET: &str = "060e2b34020b01010e01030101000000570208000459f4a6aa4aa8050271c20602fd3d070208b80d045595b66d\
0e045b5360c40f02c2211002cd9c1102d9171204724a0a20130487f84b8614047dc55ece1704f101a229180414bc082b190234f341011301024a7f";

/// One of each kind.
pub(crate) fn all() -> Vec<Vec<u8>> {
    vec![
        mavlink_stream(),
        tlog(),
        bare_sets(),
        transport(0x15),
        transport(0x06),
        subtitles().into_bytes(),
        still(),
        pose_lines().into_bytes(),
        table().into_bytes(),
        log(),
    ]
}

fn frames() -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for k in 0..20_u32 {
        let boot = 1000 + 100 * k;
        let q = [0.7, 0.0, -0.7, 0.1];
        let messages = [
            M::HEARTBEAT(m::HEARTBEAT_DATA::default()),
            M::SYSTEM_TIME(m::SYSTEM_TIME_DATA {
                time_unix_usec: 1_785_681_000_000_000 + u64::from(boot) * 1000,
                time_boot_ms: boot,
            }),
            M::GPS_RAW_INT(m::GPS_RAW_INT_DATA {
                fix_type: m::GpsFixType::GPS_FIX_TYPE_3D_FIX,
                h_acc: 1500,
                ..Default::default()
            }),
            M::GLOBAL_POSITION_INT(m::GLOBAL_POSITION_INT_DATA {
                time_boot_ms: boot,
                lat: 400_000_000,
                lon: -1_050_000_000,
                alt: 1_700_000,
                hdg: 9000,
                ..Default::default()
            }),
            M::ATTITUDE(m::ATTITUDE_DATA { time_boot_ms: boot, yaw: 1.0, ..Default::default() }),
            M::ATTITUDE_QUATERNION(m::ATTITUDE_QUATERNION_DATA {
                time_boot_ms: boot,
                q1: 1.0,
                ..Default::default()
            }),
            M::GIMBAL_DEVICE_ATTITUDE_STATUS(m::GIMBAL_DEVICE_ATTITUDE_STATUS_DATA {
                time_boot_ms: boot,
                q,
                ..Default::default()
            }),
            M::CAMERA_FOV_STATUS(m::CAMERA_FOV_STATUS_DATA { hfov: 57.0, q, ..Default::default() }),
            M::CAMERA_INFORMATION(m::CAMERA_INFORMATION_DATA::default()),
            M::VIDEO_STREAM_INFORMATION(m::VIDEO_STREAM_INFORMATION_DATA::default()),
        ];
        for (n, message) in messages.iter().enumerate() {
            let mut bytes = Vec::new();
            let header = MavHeader { system_id: 1, component_id: 1, sequence: n as u8 };
            let written = match n % 3 {
                0 if message_fits_v1(message) => write_v1_msg(&mut bytes, header, message),
                _ => write_v2_msg(&mut bytes, header, message),
            };
            written.expect("a buffer takes all");
            out.push(bytes);
        }
    }
    out
}

/// MAVLink 1 has no more numbers of messages than a byte has.
fn message_fits_v1(message: &M) -> bool {
    use mavlink::Message;
    message.message_id() < 256
}

fn mavlink_stream() -> Vec<u8> {
    frames().concat()
}

fn tlog() -> Vec<u8> {
    let dated = frames().into_iter().zip(0_u64..).map(|(frame, k)| {
        [&(1_785_681_000_000_000 + k * 10_000).to_be_bytes()[..], &frame].concat()
    });
    dated.collect::<Vec<_>>().concat()
}

fn set() -> Vec<u8> {
    (0..SET.len())
        .step_by(2)
        .map(|k| u8::from_str_radix(&SET[k..k + 2], 16).expect("two digits"))
        .collect()
}

fn bare_sets() -> Vec<u8> {
    set().repeat(20)
}

fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| {
            crc << 1 ^ if crc & 1 << 31 == 0 { 0 } else { 0x04C1_1DB7 }
        })
    })
}

fn transport(kind: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let mut counters = [0_u8; 4];
    let mut send = |stream: usize, unit: &[u8]| {
        let pid = [0, 0x20, 0x30, 0x31][stream];
        for (k, part) in unit.chunks(150).enumerate() {
            let start = if k == 0 { 0x40 } else { 0 };
            let fill = 183 - part.len();
            let mut packet = vec![0x47, start, pid, 0x30 | counters[stream], fill as u8, 0];
            packet.resize(5 + fill, 0xFF);
            packet.extend(part);
            counters[stream] = (counters[stream] + 1) & 15;
            out.extend(packet);
        }
    };
    let table = |mut section: Vec<u8>| {
        section.extend(crc(&section).to_be_bytes());
        [&[0][..], &section].concat()
    };
    for k in 0..10 {
        send(0, &table(vec![0, 0xB0, 13, 0, 1, 0xC1, 0, 0, 0, 1, 0xE0, 0x20]));
        let streams = [0x1B, 0xE0, 0x30, 0xF0, 0, kind, 0xE0, 0x31, 0xF0, 0];
        let head = [2, 0xB0, 23, 0, 1, 0xC1, 0, 0, 0xE0, 0x30, 0xF0, 0];
        send(1, &table([&head[..], &streams].concat()));
        send(2, &[0, 0, 1, 0xE0, 0, 0, 0x80, 0x80, 5, 0x21, 0, 5, 0xBF, 0x21 + 2 * k, 0, 0]);
        let set = set();
        let length = (set.len() as u16).to_be_bytes();
        let unit = [&[0, 0, 0xC0, length[0], length[1]][..], &set].concat();
        let payload = if kind == 0x15 { unit } else { set };
        let length = (payload.len() as u16 + 8).to_be_bytes();
        let head = [&[0, 0, 1, 0xFC][..], &length, &[0x80, 0x80, 5, 0x21, 0, 5, 0xBF, 0x21]];
        send(3, &[&head.concat()[..], &payload].concat());
    }
    out
}

fn subtitles() -> String {
    let forms = [
        "<font size=\"28\">FrameCnt: 1, DiffTime: 33ms\n2024-03-08 10:12:34.123\n[focal_len: 24.00] [dzoom_ratio: 1.00], \
         [latitude: 40.1] [longitude: -105.2] [rel_alt: 60.000 abs_alt: 1720.5] [gb_yaw: -1.5 gb_pitch: -28.7 gb_roll: 0.0]",
        "HOME(-105.2,40.1) 2017.08.05 14:11:51\nGPS(-105.2,40.1,16) BAROMETER:1.9",
        "F/6.3, RTK (-105.2, 40.1, 28), D 75.36m, H 76.19m, G.PRY (-40.0°, 0.0°, 28.2°)",
        "[latitude : 40.1] [longtitude : -105.2] [focal_len : 240] [altitude: 99.0]",
    ];
    (0..20)
        .map(|k| {
            let text = forms[k % forms.len()];
            format!("{k}\n00:00:{k:02},000 --> 00:00:{k:02},900\n{text}\n\n")
        })
        .collect()
}

fn still() -> Vec<u8> {
    let xmp = "<rdf:Description drone-dji:GpsLatitude=\"+40.1\" drone-dji:GpsLongitude=\"-105.2\" \
               drone-dji:AbsoluteAltitude=\"+1720.5\" drone-dji:GimbalYawDegree=\"-12.5\" \
               drone-dji:GimbalPitchDegree=\"-89.9\" drone-dji:RtkFlag=\"50\" \
               drone-dji:UTCAtExposure=\"2023-03-09T02:47:57.25\"/>";
    // EXIF data: big-endian, a pointer to places, a latitude.
    let exif = [
        &b"MM\0\x2A\0\0\0\x08\0\x01\x88\x25\0\x04\0\0\0\x01\0\0\0\x1A\0\0\0\0"[..],
        &b"\0\x02\0\x01\0\x02\0\0\0\x02N\0\0\0\0\x02\0\x05\0\0\0\x03\0\0\0\x38\0\0\0\0"[..],
        &[0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
    ]
    .concat();
    let segment = |marker: u8, body: &[u8]| {
        let length = (body.len() as u16 + 2).to_be_bytes();
        [&[0xFF, marker, length[0], length[1]][..], body].concat()
    };
    [
        vec![0xFF, 0xD8],
        segment(0xE1, &[&b"Exif\0\0"[..], &exif].concat()),
        segment(0xE1, &[&b"http://ns.adobe.com/xap/1.0/\0"[..], xmp.as_bytes()].concat()),
        segment(0xC0, &[8, 2, 0, 2, 128, 1, 1, 0x11, 0]),
        segment(0xDA, &[0]),
    ]
    .concat()
}

fn pose_lines() -> String {
    "{\"t\":\"2026-08-02T14:31:07.2Z\",\"lat\":40.1,\"lon\":-105.2,\"alt_msl_m\":1720.5,\"yaw_deg\":10,\"pitch_deg\":-90}\n\
     {\"t\":\"2026-08-02T14:31:08.2Z\",\"q\":[1,0,0,0],\"hfov_deg\":57.5,\"h_acc_m\":1}\n"
        .repeat(10)
}

fn table() -> String {
    let rows = "2026-08-02T14:31:07.2Z,40.1,-105.2,1720.5,10,-90\n".repeat(20);
    format!("t,lat,lon,alt_msl_m,yaw_deg,pitch_deg\n{rows}")
}

fn log() -> Vec<u8> {
    let fill = |text: &str, n: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(n, 0);
        bytes
    };
    let format = |kind: u8, length: u8, name: &str, letters: &str, names: &str| {
        let head = vec![0xA3, 0x95, 128, kind, length];
        [head, fill(name, 4), fill(letters, 16), fill(names, 64)].concat()
    };
    let mut out = [
        format(1, 31, "GPS", "QBBIHLLe", "TimeUS,I,Status,GMS,GWk,Lat,Lng,Alt"),
        format(3, 17, "ATT", "QccC", "TimeUS,Roll,Pitch,Yaw"),
        format(4, 28, "MNT", "QBffff", "TimeUS,I,Roll,Pitch,YawB,YawE"),
    ]
    .concat();
    for k in 0..20_u64 {
        let us = (k * 100_000).to_le_bytes();
        out.extend([&[0xA3, 0x95, 1][..], &us, &[0, 3], &(k as u32 * 100).to_le_bytes()].concat());
        out.extend(2300_u16.to_le_bytes());
        out.extend(400_000_000_i32.to_le_bytes());
        out.extend((-1_050_000_000_i32).to_le_bytes());
        out.extend(170_000_i32.to_le_bytes());
        out.extend([&[0xA3, 0x95, 3][..], &us, &[0, 0, 0, 0, 0x10, 0x27]].concat());
        out.extend([&[0xA3, 0x95, 4][..], &us, &[0], &[0; 16]].concat());
    }
    out
}
