//! The bytes of protocol version 1: what was once sent can be read for ever.
//!
//! The oracle is `golden/make.py`, which writes `golden/v1.txt` from the published forms alone.

use emberline_wire::*;

const V1: &str = include_str!("golden/v1.txt");

fn table() -> [(&'static str, Message); 13] {
    let log = 0xc0_ffee;
    let mut values = [None; PART];
    for (k, value) in values.iter_mut().enumerate().skip(1) {
        *value = Some(30_031 - k as i16);
    }
    [
        (
            "hello",
            Message::Hello(Hello {
                protocol: 1,
                node_id: 0x51,
                log,
                boot: 300,
                uptime_ms: 1_234,
                firmware: Firmware { major: 0, minor: 1, patch: 2 },
                reset_cause: ResetCause::Watchdog,
                sensors: Sensors::from_bits(0b1011_1111),
                acked_seq: 69_980,
                oldest_seq: 69_990,
                next_seq: 70_001,
            }),
        ),
        (
            "reading_full",
            Message::Reading(Reading {
                log,
                seq: 70_000,
                boot: 300,
                uptime_ms: 86_400_000,
                rtc_unix_s: Some(1_800_000_000),
                temp_c_e2: Some(-1_234),
                rh_percent_e2: Some(4_567),
                pressure_pa: Some(101_325),
                wind: Some(Wind {
                    vector_m_s_e2: 412,
                    from_deg: Some(359),
                    scalar_m_s_e2: 455,
                    gust_m_s_e2: 1_180,
                }),
                rain_tips: Some(99),
                battery_mv: Some(3_700),
            }),
        ),
        (
            "reading_calm",
            Message::Reading(Reading {
                log: 7,
                seq: 1,
                boot: 1,
                uptime_ms: 10_000,
                rtc_unix_s: None,
                temp_c_e2: Some(2_150),
                rh_percent_e2: Some(10_000),
                pressure_pa: None,
                wind: Some(Wind {
                    vector_m_s_e2: 0,
                    from_deg: None,
                    scalar_m_s_e2: 12,
                    gust_m_s_e2: 40,
                }),
                rain_tips: Some(0),
                battery_mv: Some(2_980),
            }),
        ),
        (
            "reading_failed",
            Message::Reading(Reading {
                log: 7,
                seq: 2,
                boot: 1,
                uptime_ms: 20_000,
                ..Reading::default()
            }),
        ),
        ("gap", Message::Gap(Gap { log, first_seq: 500, last_seq: 1_023 })),
        (
            "thermal",
            Message::Thermal(ThermalPart::new(9, ThermalContent::TempCE2, 0, [8, 8], 32, &values)),
        ),
        (
            "status",
            Message::Status(Status {
                uptime_ms: 3_600_000,
                stored: 504,
                overwritten: 12,
                bad_frames: 225,
                sensor_errors: 3,
                memory_errors: 1,
                failed: Sensors::NONE.with(Sensor::Humidity).with(Sensor::Pressure),
                retry_ms: 300,
            }),
        ),
        ("ack", Message::Ack(Ack { log, seq: 70_000, window: 8 })),
        ("set_clock", Message::SetClock(SetClock { unix_ms: 1_800_000_000_123 })),
        ("clock_request", Message::ClockRequest(ClockRequest { token: 513 })),
        (
            "clock",
            Message::Clock(Clock {
                token: 513,
                boot: 300,
                uptime_ms: 86_400_777,
                rtc_unix_s: None,
            }),
        ),
        (
            "fault",
            Message::Fault(ChipFault {
                chip: Chip::Bme280,
                address: 0x76,
                fault: Fault::WrongId { want: 0x60, got: 0x58 },
            }),
        ),
        ("hello_request", Message::HelloRequest),
    ]
}

#[test]
fn version_1_has_these_bytes() {
    let lines: Vec<_> = V1.lines().map(|line| line.split_once('\t').unwrap()).collect();
    let names: Vec<_> = table().iter().map(|(name, _)| *name).collect();
    assert_eq!(lines.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
    for ((name, message), (_, want)) in table().into_iter().zip(lines) {
        let frame = Frame::new(&message);
        let hex: String = frame.bytes().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, want, "{name}");
        let mut decoder = Decoder::new();
        let got: Vec<_> = frame.bytes().iter().filter_map(|b| decoder.push(*b)).collect();
        assert_eq!(got, [Ok(message)], "{name}");
    }
}

#[test]
fn every_flip_of_one_or_two_bits_is_refused() {
    for (name, message) in table() {
        let good = Frame::new(&message);
        let bits = good.bytes().len() * 8;
        let damage = |flips: &[usize]| {
            let mut bytes = good.bytes().to_vec();
            flips.iter().for_each(|bit| bytes[bit / 8] ^= 1 << (bit % 8));
            let mut decoder = Decoder::new();
            let accepted = bytes.iter().chain(&[0]).filter_map(|b| decoder.push(*b));
            assert_eq!(accepted.filter(Result::is_ok).count(), 0, "{name} {flips:?}");
        };
        (0..bits - 8).for_each(|bit| damage(&[bit]));
        (0..bits - 8)
            .step_by(3)
            .for_each(|a| (a + 1..bits - 8).step_by(7).for_each(|b| damage(&[a, b])));
    }
}
