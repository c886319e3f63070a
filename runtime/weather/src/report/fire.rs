//! Fire weather in a report: the last noon that was counted, where its codes began, and what lacks.

use emberline_fwi::{Codes, Date, DayLength, FfScale, Indices, Latitude};
use jiff::Timestamp;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::error::ReportError;
use super::options::WeatherOptions;
use crate::fire_weather::{
    FireNote, FireWeather, Litter, Memory, MissingNoons, RainLack, Start, follow, litter,
};
use crate::rain::Gauge;
use crate::reading::{Quantity, Reading};
use crate::standard_time::StandardTime;

/// What fire weather is made from.
const NEEDS: [Quantity; 4] = [Quantity::Temp, Quantity::Humidity, Quantity::Wind, Quantity::Rain];

/// Fire weather of the last noon that was counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FireReport {
    /// FFMC, DMC and DC.
    #[serde(flatten)]
    pub codes: Codes,
    /// ISI, BUI, FWI and DSR.
    #[serde(flatten)]
    pub indices: Indices,
    /// The day of that noon.
    #[serde(serialize_with = "text")]
    pub date: Date,
    /// Time of its reading, UTC.
    pub noon: Timestamp,
    /// By which clock it is noon: `12:00 at UTC-05, standard time of America/New_York`.
    pub noon_by: String,
    /// The constant of the FF scale.
    #[serde(serialize_with = "ff_scale")]
    pub ff_scale: FfScale,
    /// By which tables days are long.
    #[serde(serialize_with = "day_length")]
    pub day_length: DayLength,
    /// Days without a noon just before it.
    pub gap_days: u32,
    /// Where its codes began.
    pub start: StartReport,
    /// Days that were counted in this run.
    #[serde(rename = "stepped_now")]
    pub stepped: usize,
    /// Days of this run that have no noon, by span and reason.
    pub missing: Vec<MissingNoons>,
    /// Days of this run part of whose rain was not measured.
    pub rain_lacks: Vec<RainLack>,
    /// The hourly FFMC of now, where its start no longer matters.
    pub hourly_ffmc: Option<Litter>,
    /// Days from that noon to the last reading.
    #[serde(skip)]
    pub days_old: i64,
}

/// Where codes began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StartReport {
    /// When, from which values, and why there.
    pub start: Start,
    /// Days from there to the last noon.
    pub days_ago: Option<i32>,
}

impl Serialize for StartReport {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Start { date, codes, origin, noons, carried } = &self.start;
        let mut start = to.serialize_struct("StartReport", 6)?;
        start.serialize_field("origin", origin)?;
        start.serialize_field("date", &date.to_string())?;
        start.serialize_field("codes", codes)?;
        start.serialize_field("days_ago", &self.days_ago)?;
        start.serialize_field("noons", noons)?;
        start.serialize_field("days_carried", carried)?;
        start.end()
    }
}

fn text<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(date)
}

fn ff_scale<S: Serializer>(scale: &FfScale, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(scale.constant())
}

fn day_length<S: Serializer>(day_length: &DayLength, to: S) -> Result<S::Ok, S::Error> {
    match day_length {
        DayLength::At(latitude) => {
            let mut place = to.serialize_struct("DayLength", 1)?;
            place.serialize_field("latitude_deg", &latitude.degrees())?;
            place.end()
        }
        DayLength::Canada => to.serialize_str("Canada"),
    }
}

/// Fire weather on its way: the place, its standard time, and what the run before kept.
pub(super) struct Fire {
    latitude: Latitude,
    standard: StandardTime,
    memory: Memory,
}

/// Fire weather whose noons were counted.
pub(super) struct Followed {
    weather: FireWeather,
    standard: StandardTime,
}

impl Fire {
    /// Reads the state, where one is kept; `None` without a place.
    pub(super) fn begin(options: &WeatherOptions) -> Result<Option<Self>, ReportError> {
        let Some([latitude_deg, longitude_deg]) = options.place else { return Ok(None) };
        let latitude = Latitude::new(latitude_deg)?;
        let standard = StandardTime::new(options.zone.as_deref(), longitude_deg)?;
        let memory = match &options.fwi_state {
            Some(path) => {
                let memory = Memory::read(path, options.station.as_deref(), latitude)?;
                options.now.map_or(Ok(()), |now| memory.check_day(path, now))?;
                memory
            }
            None => Memory::new(None),
        };
        Ok(Some(Self { latitude, standard, memory }))
    }

    /// What is known of the gauge, and the rain of its last readings.
    pub(super) fn rain_before(&self) -> (Gauge, Vec<(Timestamp, f64)>) {
        (self.memory.gauge, self.memory.rain_of_rows())
    }

    /// Sets the rain of the last readings, where only now it is seen what it is.
    pub(super) fn set_rain_before(&mut self, rain: &[(Timestamp, Option<f64>)]) {
        self.memory.set_rain_of_rows(rain);
    }

    /// Counts the noons of readings in order of time, and keeps the state where that is asked for; `notes`
    /// has what a person should know.
    pub(super) fn follow(
        self,
        readings: &[Reading],
        gauge: Gauge,
        options: &WeatherOptions,
        notes: &mut Vec<FireNote>,
    ) -> Result<Followed, ReportError> {
        let Self { latitude, standard, mut memory } = self;
        let (Some(first), Some(now)) = (readings.first(), readings.last()) else {
            let weather = follow(readings, &standard, latitude, memory)?;
            return Ok(Followed { weather, standard });
        };
        memory.gauge = gauge;
        match (options.fwi_start, memory.state) {
            (Some(_), Some(state)) => notes.push(FireNote::StartNotUsed { date: state.date }),
            (Some(codes), None) => memory.give(codes, first.time, &standard, latitude)?,
            _ => {}
        }
        let known = memory.state.map(|s| s.date);
        let weather = follow(readings, &standard, latitude, memory)?;
        if let Some(path) = &options.fwi_state {
            weather.memory.write(path)?;
        }
        let is_without = |q: &Quantity| readings.iter().all(|r| r.get(*q).is_none());
        let without: Vec<Quantity> = NEEDS.into_iter().filter(is_without).collect();
        if !without.is_empty() {
            notes.push(FireNote::NoValueOf(without));
            return Ok(Followed { weather, standard });
        }
        notes.extend(weather.notes());
        if readings.len() == 1 && known.is_none() && weather.stepped > 0 {
            notes.push(FireNote::LoneReading);
        }
        if let Some(hours) = standard.off_the_sun_h(now.time) {
            notes.push(FireNote::OffTheSun { standard_time: standard.to_string(), hours });
        }
        let told = weather.memory.last.is_some();
        match known {
            Some(date) if weather.stepped == 0 => notes.push(FireNote::NoLaterNoon { date, told }),
            None if weather.stepped == 0 => notes.push(FireNote::NoNoonYet),
            _ => {}
        }
        Ok(Followed { weather, standard })
    }
}

impl Followed {
    /// What is told of readings after quality control; `None` before the first noon.
    pub(super) fn report(&self, readings: &[Reading], now: Timestamp) -> Option<FireReport> {
        FireReport::new(&self.weather, readings, &self.standard, now)
    }

    /// Days that have no noon, by span and reason.
    pub(super) fn missing(self) -> Vec<MissingNoons> {
        self.weather.missing
    }
}

impl FireReport {
    /// `None` before the first noon.
    fn new(
        weather: &FireWeather,
        readings: &[Reading],
        standard: &StandardTime,
        now: Timestamp,
    ) -> Option<Self> {
        let days_ago = weather.age_days();
        let FireWeather { memory, stepped, missing, rain_lacks, .. } = weather;
        let (missing, rain_lacks) = (missing.clone(), rain_lacks.clone());
        let (state, last, start) = (memory.state?, memory.last?, memory.start?);
        let offset = standard.offset(last.noon);
        let days_old = (standard.day(now) - standard.day(last.noon)).get_days();
        Some(Self {
            codes: state.codes,
            indices: last.indices,
            date: state.date,
            noon: last.noon,
            noon_by: format!("12:00 at UTC{offset}, {standard}"),
            ff_scale: state.method.ff_scale,
            day_length: state.method.day_length,
            gap_days: last.gap_days,
            start: StartReport { start, days_ago },
            stepped: *stepped,
            missing,
            rain_lacks,
            hourly_ffmc: litter(readings, state.method.ff_scale),
            days_old: days_old.into(),
        })
    }
}
