//! Troubles: what a technician reads for each, that a failed sensor is missing, and that it comes back.

mod bench;

use bench::Bench;
use emberline_rig::{Chips, Fitted, Trouble};
use emberline_wire::{Message, Reading, Sensor, SetClock};

type Change = fn(&Chips);
type Missing = fn(&Reading) -> bool;

/// A node with what is played, its chips good; then `spoil` one, and the values that hang on it go
/// missing while the rest stays; then `repair` it.
fn goes_and_comes_back(cases: &[(&str, Change, Change, Missing)]) {
    let played = [Fitted::Sht4x, Fitted::Bme280];
    let (bench, mut peer) = Bench::new(|plan| plan.only(&played));
    let whole: Missing =
        |r| r.temp_c_e2.is_some() && r.rh_percent_e2.is_some() && r.pressure_pa.is_some();
    for (line, spoil, repair, missing) in cases {
        peer.reading("a whole reading", whole);
        spoil(&bench.node.chips);
        peer.fault(line);
        let seq = peer.reading(line, missing).seq;
        repair(&bench.node.chips);
        bench.node.chips.sht4x.with(|chip| chip.temp_c += 1.0);
        let after = peer.reading("a whole reading again", whole);
        assert!(after.seq > seq, "{line}");
        // Between the two each reading was one of both: no old value went out for a new one.
        let between = peer.readings.iter().filter(|r| (seq..after.seq).contains(&r.seq));
        assert!(between.clone().all(|r| missing(r) || whole(r)), "{line}");
    }
}

#[test]
fn a_thermometer_that_fails_is_missing_and_comes_back() {
    let missing: Missing =
        |r| r.temp_c_e2.is_none() && r.rh_percent_e2.is_none() && r.pressure_pa.is_some();
    goes_and_comes_back(&[
        (
            "SHT4x at 0x44 does not answer: check its plug, supply and address",
            |chips| chips.sht4x.trouble(Trouble::Dead),
            |chips| chips.sht4x.trouble(Trouble::None),
            missing,
        ),
        (
            "SHT4x at 0x44 cannot be reached, the I2C bus is held low: unplug the chips one by one to \
             find which",
            |chips| chips.sht4x.trouble(Trouble::StuckBus),
            |chips| chips.sht4x.trouble(Trouble::None),
            missing,
        ),
        (
            "SHT4x at 0x44 sends spoiled data: check cable length, pull-ups and nearby radio",
            |chips| chips.sht4x.with(|chip| chip.flip_crc = 0x10),
            |chips| chips.sht4x.with(|chip| chip.flip_crc = 0),
            missing,
        ),
    ]);
}

/// Whoever climbs the mast wants to know of all that is wrong.
#[test]
fn two_chips_that_fail_are_both_told() {
    let (bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Sht4x, Fitted::Bme280]));
    peer.reading("a whole reading", |r| r.temp_c_e2.is_some() && r.pressure_pa.is_some());
    bench.node.chips.sht4x.trouble(Trouble::Dead);
    bench.node.chips.bme280.trouble(Trouble::Dead);
    for _ in 0..2 {
        // At once, and again with the next report.
        peer.fault("SHT4x at 0x44 does not answer: check its plug, supply and address");
        peer.fault("BME280 at 0x76 does not answer: check its plug, supply and address");
    }
    peer.reading("nothing", |r| r.temp_c_e2.is_none() && r.pressure_pa.is_none());
}

#[test]
fn a_barometer_that_fails_is_missing_and_comes_back() {
    let missing: Missing = |r| r.pressure_pa.is_none() && r.temp_c_e2.is_some();
    goes_and_comes_back(&[
        (
            "BME280 at 0x76 does not answer: check its plug, supply and address",
            |chips| chips.bme280.trouble(Trouble::Dead),
            |chips| chips.bme280.trouble(Trouble::None),
            missing,
        ),
        (
            // Replaced by another part: it answers, after a moment without power.
            "BME280 at 0x76 is another chip: its ID is 0x58, not 0x60; check the part number",
            |chips| {
                chips.bme280.with(|chip| {
                    chip.set_id(0x58);
                    chip.registers[0xf7..0xfd].copy_from_slice(&[0x80, 0, 0, 0x80, 0, 0]);
                });
            },
            |chips| chips.bme280.with(|chip| *chip = Default::default()),
            missing,
        ),
        (
            "BME280 at 0x76 gives values that cannot be: replace it",
            |chips| chips.bme280.with(|chip| chip.registers[0xf7] = 0xff),
            |chips| chips.bme280.with(|chip| *chip = Default::default()),
            missing,
        ),
    ]);
}

/// A chip that stretches the clock for ever: given up after its time, while the node goes on.
#[test]
fn a_chip_that_hangs_is_given_up() {
    let (bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Sht4x, Fitted::Bme280]));
    let first = peer.reading("a reading", |r| r.temp_c_e2.is_some());
    bench.node.chips.sht4x.trouble(Trouble::Hangs);
    peer.fault(
        "SHT4x at 0x44 cannot be reached, the I2C bus is held low: unplug the chips one by one to \
         find which",
    );
    let reading =
        peer.reading("the pressure", |r| r.temp_c_e2.is_none() && r.pressure_pa.is_some());
    assert_eq!(reading.boot, first.boot);
    bench.node.chips.sht4x.trouble(Trouble::None);
    let reading = peer.reading("the temperature again", |r| r.temp_c_e2.is_some());
    assert_eq!(reading.boot, first.boot, "the watchdog had nothing to do");
}

#[test]
fn a_chip_that_is_absent_at_the_start_is_told_and_taken_when_it_comes() {
    let chips = Chips::default();
    chips.sht4x.trouble(Trouble::Dead);
    chips.amg8833.with(|chip| chip.another = true);
    let fitted = [Fitted::Sht4x, Fitted::Amg8833, Fitted::Bme280];
    let (bench, mut peer) = Bench::with(chips, |plan| plan.only(&fitted));
    let hello = peer.hello();
    let has = [Sensor::Temp, Sensor::Pressure, Sensor::Thermal].map(|s| hello.sensors.has(s));
    assert_eq!(has, [false, true, false]);
    peer.fault("SHT4x at 0x44 does not answer: check its plug, supply and address");
    bench.node.chips.sht4x.trouble(Trouble::None);
    peer.fault("AMG88xx at 0x69 is another chip: its ID is 0x00, not 0x01; check the part number");
    peer.reading("the temperature", |r| r.temp_c_e2.is_some());
    bench.node.chips.amg8833.with(|chip| chip.another = false);
    peer.until("an image", |message| matches!(message, Message::Thermal(_)).then_some(()));
}

#[test]
fn an_array_that_stops_sends_no_images() {
    let (bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Amg8833]));
    peer.until("an image", |message| matches!(message, Message::Thermal(_)).then_some(()));
    bench.node.chips.amg8833.with(|chip| chip.frozen = true);
    let status = peer.until("the thermal array among what failed", |message| match message {
        Message::Status(status) if status.failed.has(Sensor::Thermal) => Some(*status),
        _ => None,
    });
    assert!(status.sensor_errors > 0);
}

#[test]
fn the_thermometer_in_qemu_that_is_not_plugged_in_is_told() {
    let (_bench, mut peer) =
        Bench::new(|plan| plan.only(&[Fitted::Tmp105]).missing(Fitted::Tmp105));
    peer.fault("TMP105 at 0x48 does not answer: check its plug, supply and address");
    peer.reading("no temperature", |r| r.temp_c_e2.is_none());
}

/// The chip keeps 2000 to 2099: one that was never set begins with 2000, as others do with 1970. (QEMU
/// started in 1970 makes 2066 of it, which no real chip does.)
#[test]
fn a_clock_that_cannot_be_right_is_told_and_set() {
    for (base, line) in [
        (
            "2000-01-01T00:00:00",
            "DS1338 at 0x68 tells a time that cannot be (9466848.. s since 1970): the gateway sets it \
             again",
        ),
        (
            "2099-06-01T12:00:00",
            "DS1338 at 0x68 tells a time that cannot be (408399.. s since 1970): the gateway sets it \
             again",
        ),
    ] {
        let (_bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Ds1338]).rtc_base(base));
        let (start, end) = line.split_once("..").unwrap();
        let fault = peer.until(line, |message| match message {
            Message::Fault(fault) => Some(fault.to_string()),
            _ => None,
        });
        assert!(fault.starts_with(start) && fault.ends_with(end), "{base}: {fault}");
        assert!(peer.readings.iter().all(|r| r.rtc_unix_s.is_none()), "{base}");
        peer.reading("no time", |r| r.rtc_unix_s.is_none());
        // A gateway whose own clock is wrong is refused, with the same words.
        peer.send(&Message::SetClock(SetClock { unix_ms: 1_000 }));
        peer.fault(
            "DS1338 at 0x68 tells a time that cannot be (1 s since 1970): the gateway sets it again",
        );
        let unix_s = 1_950_000_000; // QEMU's chip moves by 68 years at most
        peer.send(&Message::SetClock(SetClock { unix_ms: u64::from(unix_s) * 1_000 }));
        let reading = peer.reading("the time", |r| r.rtc_unix_s.is_some());
        let got = reading.rtc_unix_s.unwrap();
        assert!((unix_s..unix_s + 100).contains(&got), "{base}: {got}");
    }
}

#[test]
fn a_clock_that_runs_dates_the_readings() {
    let (_bench, mut peer) =
        Bench::new(|plan| plan.only(&[Fitted::Ds1338]).rtc_base("2026-07-15T12:00:00"));
    let got = peer.reading("a reading", |_| true).rtc_unix_s.unwrap();
    assert!((1_784_116_800..1_784_116_900).contains(&got), "{got}");
}
