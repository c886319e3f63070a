//! Right values: what each chip measures arrives as a reading, and what a contact does is counted.

mod bench;

use std::{thread, time::Duration};

use bench::Bench;
use emberline_rig::{Contacts, Fitted};
use emberline_wire::{Message, ResetCause, Sensor, Sensors, ThermalPart};

#[test]
fn every_chip_that_is_played_arrives_as_a_reading() {
    let (bench, mut peer) = Bench::new(|plan| plan.node_id(0x8001_0203));
    let hello = peer.hello();
    assert_eq!((hello.node_id, hello.boot), (0x8001_0203, 1));
    assert_eq!(hello.reset_cause, ResetCause::PowerOn);
    let want = [
        Sensor::Temp,
        Sensor::Humidity,
        Sensor::Pressure,
        Sensor::Wind,
        Sensor::Rain,
        Sensor::Thermal,
        Sensor::Clock,
    ];
    assert_eq!(hello.sensors, want.into_iter().fold(Sensors::NONE, Sensors::with));
    for (temp_c, rh_percent, pressure_pa, temp_c_e2, rh_e2) in
        [(31.25, 18.5, 100_653.0, 3_125, 1_850), (-12.34, 99.0, 87_000.0, -1_234, 9_900)]
    {
        bench.node.chips.sht4x.with(|chip| (chip.temp_c, chip.rh_percent) = (temp_c, rh_percent));
        bench.node.chips.bme280.with(|chip| chip.set_pressure_pa(pressure_pa));
        let reading = peer.reading("the new temperature", |r| r.temp_c_e2 == Some(temp_c_e2));
        assert_eq!(reading.rh_percent_e2, Some(rh_e2));
        let got = f64::from(reading.pressure_pa.unwrap());
        assert!((got - pressure_pa).abs() <= 3.0, "{got} Pa, not {pressure_pa}");
        assert_eq!(reading.battery_mv, None); // this board measures none
    }
}

#[test]
fn the_thermometer_in_qemu_arrives_as_a_reading() {
    let (mut bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Tmp105]));
    for (temp_c, temp_c_e2) in [(21.5, 2_150), (-40.0, -4_000), (35.25, 3_525)] {
        bench.node.set_tmp105_c(temp_c).unwrap();
        let reading = peer.reading("the new temperature", |r| r.temp_c_e2 == Some(temp_c_e2));
        let rest = (reading.rh_percent_e2, reading.pressure_pa, reading.wind, reading.rain_tips);
        assert_eq!(rest, (None, None, None, None)); // nothing else is fitted
    }
}

#[test]
fn a_thermal_image_arrives_in_two_parts() {
    let (bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Amg8833]));
    bench.node.chips.amg8833.with(|chip| {
        chip.pixels_c = std::array::from_fn(|i| i as f64 / 4.0);
        chip.pixels_c[9] = 79.75;
        chip.pixels_c[63] = 300.0; // more than it can measure
    });
    let mut first: Option<ThermalPart> = None;
    let image: Vec<Option<i16>> = peer.until("a thermal image", |message| {
        let Message::Thermal(part) = message else { return None };
        assert_eq!((part.rows, part.columns), (8, 8));
        match (&first, part.first) {
            (_, 0) => first = Some(*part),
            (Some(upper), 32) if upper.image == part.image => {
                return Some(upper.values().chain(part.values()).collect());
            }
            _ => {}
        }
        None
    });
    let want = |i: usize| match i {
        9 => Some(7_975),
        63 => None,
        i => Some(25 * i as i16),
    };
    assert!((1..64).all(|i| image[i] == want(i)), "{image:?}"); // pixel 0 carries noise
}

/// What QEMU does with a pin from outside reaches the node's counters.
#[test]
fn rain_and_wind_are_counted() {
    let (mut bench, mut peer) = Bench::new(|plan| plan.only(&[Fitted::Rain, Fitted::Wind]));
    peer.reading("a reading with no rain", |r| r.rain_tips == Some(0));
    peer.reading("no wind while the vane hangs", |r| r.wind.is_none());
    bench.node.contact(Contacts::Vane(2), true).unwrap(); // east
    let calm = peer.reading("a calm", |r| r.wind.is_some()).wind.unwrap();
    assert_eq!((calm.scalar_m_s_e2, calm.from_deg), (0, None));
    for tips in 1..=3 {
        // Longer than a contact bounces, and open long enough before, for a node on a busy machine.
        thread::sleep(Duration::from_millis(400));
        bench.node.contact(Contacts::Rain, true).unwrap();
        thread::sleep(Duration::from_millis(400));
        bench.node.contact(Contacts::Rain, false).unwrap();
        peer.reading("the tip", |r| r.rain_tips == Some(tips));
    }
    let wind = loop {
        for closed in [true, false].repeat(40) {
            bench.node.contact(Contacts::Wind, closed).unwrap();
            thread::sleep(Duration::from_millis(12));
        }
        let reading = peer.reading("a reading", |_| true);
        if let Some(wind) = reading.wind.filter(|wind| wind.scalar_m_s_e2 > 300) {
            break wind;
        }
    };
    assert_eq!(wind.from_deg, Some(90));
    bench.node.contact(Contacts::Vane(3), true).unwrap(); // and south-east: between the two
    bench.node.contact(Contacts::Rain, true).unwrap();
    let stuck = peer.reading("rain that is missing, not zero", |r| r.rain_tips.is_none());
    assert!(stuck.seq > 5);
}
