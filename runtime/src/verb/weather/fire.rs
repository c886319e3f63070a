//! Fire weather of a station, as text and JSON, and its state from one run to the next.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use emberline::weather::fire_memory::{Memory, Origin};
use emberline::weather::fire_weather::{DC_SETTLES_DAYS, FireWeather, follow};
use emberline::weather::litter::{Litter, litter};
use emberline::weather::reading::{Quantity, Reading};
use emberline::weather::standard_time::StandardTime;
use emberline_fwi::{Codes, DayLength, Latitude};

use crate::cli::WeatherArgs;

/// What is told.
pub(super) struct Told {
    weather: FireWeather,
    litter: Option<Litter>,
    standard: StandardTime,
    today: Date,
}

/// What it is made from.
const NEEDS: [Quantity; 4] = [Quantity::Temp, Quantity::Humidity, Quantity::Wind, Quantity::Rain];

/// Follows the noons, and keeps the state where that is asked for; why there is nothing to tell
/// becomes a note.
pub(super) fn tell(
    args: &WeatherArgs,
    readings: &[Reading],
    step: Option<SignedDuration>,
    place: Option<[f64; 2]>,
    notes: &mut Vec<String>,
) -> anyhow::Result<Option<Told>> {
    let (Some([latitude_deg, longitude_deg]), Some(now)) = (place, readings.last()) else {
        notes.push("no fire weather: its day lengths need the place; give --at LAT,LON".to_owned());
        return Ok(None);
    };
    let latitude = Latitude::new(latitude_deg)?;
    let standard = StandardTime::new(args.zone.as_deref(), longitude_deg)?;
    let station = args.station.as_deref();
    let memory = match &args.fwi_state {
        Some(path) => Memory::read(path, station, latitude)?,
        None => Memory::new(None),
    };
    let known = memory.state.map(|s| s.date);
    let weather = follow(readings, step, &standard, latitude, memory)?;
    if let Some(path) = &args.fwi_state {
        weather.memory.write(path)?;
    }
    let without = |q: &Quantity| readings.iter().all(|r| r.get(*q).is_none());
    let without: Vec<&str> = NEEDS.into_iter().filter(without).map(Quantity::name).collect();
    if !without.is_empty() {
        let what = without.join(" and ");
        notes.push(format!("no fire weather from this table: it has no value of {what}"));
    } else {
        notes.extend(weather.notes());
        if let Some(hours) = standard.off_the_sun_h(now.time) {
            notes.push(format!(
                "fire weather: {standard} is {:.0} h off the sun there; check --zone and --at",
                hours.abs()
            ));
        }
        match known {
            Some(date) if weather.stepped == 0 => notes.push(format!(
                "fire weather: no noon later than {date}, the day of the state; its numbers are told"
            )),
            None if weather.stepped == 0 => notes.push(
                "no fire weather yet: it needs a noon and the rain of the 24 h before it".to_owned(),
            ),
            _ => {}
        }
    }
    if weather.memory.last.is_none() {
        return Ok(None);
    }
    let scale = weather.memory.state.map(|s| s.method.ff_scale).unwrap_or_default();
    let today = standard.day(now.time);
    Ok(Some(Told { litter: litter(readings, scale), weather, standard, today }))
}

impl Told {
    /// A paragraph for a person.
    pub(super) fn text(&self) -> String {
        let memory = &self.weather.memory;
        let (Some(state), Some(last), Some(start)) = (memory.state, memory.last, memory.start)
        else {
            return String::new();
        };
        let (Codes { ffmc, dmc, dc }, i) = (state.codes, last.indices);
        let mut out = format!(
            "fire weather of noon on {} ({}; FF scale {})\n  FFMC {ffmc:.1}  DMC {dmc:.1}  \
             DC {dc:.1}  ISI {:.1}  BUI {:.1}  FWI {:.1}  DSR {:.2}\n",
            state.date,
            self.noon_by(last.noon),
            (state.method.ff_scale.constant() * 1e5).round() / 1e5,
            i.isi,
            i.bui,
            i.fwi,
            i.dsr
        );
        if let Some(Litter { time, ffmc, .. }) = self.litter {
            out += &format!("  hourly FFMC {ffmc:.1} at {time}\n");
        }
        let age = self.weather.age_days().unwrap_or(0);
        out += &format!("  {start}, {} ago", days(i64::from(age)));
        if start.origin != Origin::Given && age < DC_SETTLES_DAYS {
            out += &format!("; DC settles in about {DC_SETTLES_DAYS} days");
        }
        out += &format!(
            "\n  {} counted since, {} carried over without one\n",
            noons(start.noons),
            days(i64::from(start.carried))
        );
        match self.days_old() {
            old @ 2.. => out += &format!("  that noon is {old} days old: none since can be used\n"),
            _ if last.gap_days > 0 => {
                let gap = days(i64::from(last.gap_days));
                out += &format!("  the codes were carried over {gap} just before that noon\n");
            }
            _ => {}
        }
        out
    }

    /// The same for a program.
    pub(super) fn document(&self) -> Json {
        let FireWeather { memory, missing, rain_lacks, .. } = &self.weather;
        let (Some(state), Some(last), Some(start)) = (memory.state, memory.last, memory.start)
        else {
            return Json::Null;
        };
        let codes = |c: Codes| json!({ "ffmc": c.ffmc, "dmc": c.dmc, "dc": c.dc });
        let mut out = codes(state.codes);
        let day_length = match state.method.day_length {
            DayLength::At(latitude) => json!({ "latitude_deg": latitude.degrees() }),
            DayLength::Canada => json!("Canada"),
        };
        let facts = json!({
            "isi": last.indices.isi,
            "bui": last.indices.bui,
            "fwi": last.indices.fwi,
            "dsr": last.indices.dsr,
            "date": state.date.to_string(),
            "noon": last.noon.to_string(),
            "noon_by": self.noon_by(last.noon),
            "ff_scale": state.method.ff_scale.constant(),
            "day_length": day_length,
            "gap_days": last.gap_days,
            "start": {
                "origin": start.origin,
                "date": start.date.to_string(),
                "codes": codes(start.codes),
                "days_ago": self.weather.age_days(),
                "noons": start.noons,
                "days_carried": start.carried,
            },
            "stepped_now": self.weather.stepped,
            "missing": missing.iter()
                .map(|(date, why)| json!({ "date": date.to_string(), "why": why.to_string() }))
                .collect::<Vec<_>>(),
            "rain_lacks": rain_lacks.iter()
                .map(|(date, hours)| json!({ "date": date.to_string(), "hours": hours }))
                .collect::<Vec<_>>(),
            "hourly_ffmc": self.litter.map(|l| json!({
                "value": l.ffmc, "within": l.within, "time": l.time.to_string(),
            })),
        });
        if let (Json::Object(out), Json::Object(facts)) = (&mut out, facts) {
            out.extend(facts);
        }
        out
    }

    /// `12:00 at UTC-05, standard time of America/New_York`.
    fn noon_by(&self, noon: Timestamp) -> String {
        format!("12:00 at UTC{}, {}", self.standard.offset(noon), self.standard)
    }

    /// Days from the last noon that was counted to the last reading.
    fn days_old(&self) -> i64 {
        let noon = self.weather.memory.last.map_or(self.today, |l| self.standard.day(l.noon));
        (self.today - noon).get_days().into()
    }
}

fn days(n: i64) -> String {
    format!("{n} day{}", if n == 1 { "" } else { "s" })
}

fn noons(n: u32) -> String {
    format!("{n} noon{}", if n == 1 { "" } else { "s" })
}
