//! The station: every chip and contact that is fitted, read into one measurement.
//!
//! The air's temperature is the SHT4x's if one is fitted, else the TMP105's; humidity is the SHT4x's, else
//! the BME280's. What is fitted is a setting, never a guess: a chip that fails is missing, and no other
//! takes its place.

use emberline_node::{
    Array, Measurement, ThermalCheck, WindAccumulator,
    driver::{Amg88xx, Bme280, DriverError, Ds1338, Sht4x, Tmp105},
};
use emberline_wire::{Sensor, Sensors};

use crate::{
    bus::{Bus, Share},
    inputs,
    settings::{self, Settings},
    time::{Delay, now_ms},
};

/// A thermal array's images are good so long after its start.
const THERMAL_WARM_MS: u64 = 16_000;

/// A thermal image, 0.01 °C, row by row; `None` is a pixel that cannot be used.
pub(crate) type Image = [Option<i16>; 64];

/// What is fitted.
#[derive(Debug)]
pub(crate) struct Station<'a> {
    settings: Settings,
    tmp105: Tmp105<Share<'a>>,
    tmp105_set: bool,
    sht4x: Sht4x<Share<'a>>,
    bme280: Bme280<Share<'a>>,
    amg8833: Amg88xx<Share<'a>>,
    /// When the array was started, ms of uptime.
    amg8833_since_ms: Option<u64>,
    thermal: ThermalCheck<64>,
    clock: Ds1338<Share<'a>>,
    wind: WindAccumulator,
    wind_ms: u64,
}

impl<'a> Station<'a> {
    pub(crate) fn new(bus: &'a Bus, settings: Settings) -> Self {
        let share = Share(bus);
        Self {
            settings,
            tmp105: Tmp105::new(share, Tmp105::<Share<'_>>::ADDRESS),
            tmp105_set: false,
            sht4x: Sht4x::new(share, Sht4x::<Share<'_>>::ADDRESS),
            bme280: Bme280::new(share, Bme280::<Share<'_>>::ADDRESS),
            amg8833: Amg88xx::new(share, Amg88xx::<Share<'_>>::ADDRESS),
            amg8833_since_ms: None,
            thermal: ThermalCheck::new(Array::AMG8833).expect("8 x 8 are 64 pixels"),
            clock: Ds1338::new(share),
            wind: WindAccumulator::new(),
            wind_ms: 0,
        }
    }

    /// Sets the clock.
    pub(crate) fn set_clock(&mut self, unix_ms: u64) -> Result<(), DriverError> {
        let unix_s = u32::try_from((unix_ms + 500) / 1_000).unwrap_or(u32::MAX);
        self.clock.set(unix_s)
    }

    /// The clock's time, if it has one.
    pub(crate) fn unix_s(&mut self) -> Option<u32> {
        self.clock.unix_s().ok()
    }

    /// Takes a sample of the wind each second.
    pub(crate) fn sample_wind(&mut self, now_ms: u64) {
        let elapsed_ms = now_ms.saturating_sub(self.wind_ms);
        self.wind_ms = now_ms;
        let speed_m_s = inputs::speed_m_s(u32::try_from(elapsed_ms).unwrap_or(u32::MAX));
        self.wind.sample(speed_m_s, inputs::from_deg());
    }

    /// Reads everything. `rain_tips` is the node's count so far.
    pub(crate) fn measure(&mut self, rain_tips: u32) -> (Measurement, Option<Image>) {
        let mut round = Measurement::new(0);
        self.measure_air(&mut round);
        if self.settings.has(settings::DS1338) {
            round.reading.rtc_unix_s = round.of(Sensor::Clock, self.clock.unix_s());
        }
        if self.settings.has(settings::RAIN) {
            if inputs::rain_stuck(now_ms()) {
                round.failed(Sensor::Rain);
            } else {
                round.reading.rain_tips = Some(rain_tips);
            }
        }
        if self.settings.has(settings::WIND) {
            round.reading.wind = self.wind.take();
            if round.reading.wind.is_none() {
                round.failed(Sensor::Wind);
            }
        }
        let image = self.image(&mut round);
        round.reading.uptime_ms = now_ms();
        (round, image)
    }

    fn measure_air(&mut self, round: &mut Measurement) {
        if self.settings.has(settings::SHT4X) {
            let air = self.sht4x.measure(&mut Delay);
            round.reading.temp_c_e2 = round.of(Sensor::Temp, air.map(|air| air.temp_c_e2));
            round.reading.rh_percent_e2 =
                round.of(Sensor::Humidity, air.map(|air| air.rh_percent_e2));
        } else if self.settings.has(settings::TMP105) {
            let temp_c_e2 = self.tmp105_c_e2();
            round.reading.temp_c_e2 = round.of(Sensor::Temp, temp_c_e2);
        }
        if self.settings.has(settings::BME280) {
            let air = self.bme280.measure(&mut Delay);
            round.reading.pressure_pa = round.of(Sensor::Pressure, air.map(|air| air.pressure_pa));
            if !self.settings.has(settings::SHT4X) {
                let rh_percent_e2 = air.map(|air| air.rh_percent_e2);
                round.reading.rh_percent_e2 = round.of(Sensor::Humidity, rh_percent_e2);
            }
        }
    }

    /// The thermometer is set again after each failure, for it may have been replaced.
    fn tmp105_c_e2(&mut self) -> Result<i16, DriverError> {
        if !self.tmp105_set {
            self.tmp105.start()?;
        }
        let result = self.tmp105.temp_c_e2();
        self.tmp105_set = result.is_ok();
        result
    }

    /// The thermal image, if the array has warmed up and the image is good.
    fn image(&mut self, round: &mut Measurement) -> Option<Image> {
        if !self.settings.has(settings::AMG8833) {
            return None;
        }
        let Some(since_ms) = self.amg8833_since_ms else {
            let started = self.amg8833.start();
            self.amg8833_since_ms = started.is_ok().then(now_ms);
            round.of(Sensor::Thermal, started);
            return None;
        };
        let raw = self.amg8833.image_c_e2();
        if raw.is_err() {
            self.amg8833_since_ms = None;
        }
        let raw = round.of(Sensor::Thermal, raw)?;
        if now_ms() < since_ms + THERMAL_WARM_MS {
            return None;
        }
        let image = self.thermal.check(&raw, 0);
        if image.is_err() {
            round.failed(Sensor::Thermal);
        }
        image.ok()
    }

    /// The sensors that answer, after a first [`Self::measure`]; contacts cannot answer and count as
    /// fitted.
    pub(crate) fn answered(&self, round: &Measurement) -> Sensors {
        let reading = &round.reading;
        let all = [
            (Sensor::Temp, reading.temp_c_e2.is_some()),
            (Sensor::Humidity, reading.rh_percent_e2.is_some()),
            (Sensor::Pressure, reading.pressure_pa.is_some()),
            (Sensor::Wind, self.settings.has(settings::WIND)),
            (Sensor::Rain, self.settings.has(settings::RAIN)),
            (Sensor::Thermal, self.amg8833_since_ms.is_some()),
            (Sensor::Clock, reading.rtc_unix_s.is_some()),
        ];
        all.into_iter()
            .fold(Sensors::NONE, |set, (sensor, yes)| if yes { set.with(sensor) } else { set })
    }
}
