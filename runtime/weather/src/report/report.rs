//! The report itself, and the one call that makes it.

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use super::error::ReportError;
use super::fire::{Fire, FireReport};
use super::input::Input;
use super::latest::Latest;
use super::note::Note;
use super::options::WeatherOptions;
use super::picture::{self, Drawn};
use crate::alarm::{Alarm, Thresholds, Watch};
use crate::fire_weather::{FireNote, MissingNoons};
use crate::outlook::{ClockDoubt, Lack, Model, Outlook, Record};
use crate::quality::{Limits, check};
use crate::rain;
use crate::series::{Series, drop_fillers};

/// The weather of a station, from its own readings.
#[derive(Clone, Debug, Serialize)]
pub struct WeatherReport {
    /// Version of the library that made it.
    #[serde(rename = "emberline")]
    pub version: &'static str,
    /// Readings that it is made from.
    pub readings: usize,
    /// Usual time between them.
    #[serde(rename = "step_s", serialize_with = "seconds")]
    pub step: Option<SignedDuration>,
    /// Time of the first reading, UTC.
    pub first: Timestamp,
    /// The latest reading.
    pub now: Latest,
    /// Alarms of the hours that are asked for.
    pub alarms: Vec<Alarm>,
    /// Fire weather, where the place is known and a noon was counted.
    pub fire_weather: Option<FireReport>,
    /// Days without a noon that counts, where that is why there is no fire weather.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_noons: Vec<MissingNoons>,
    /// The outlook, where the place is known.
    pub outlook: Option<Outlook>,
    /// What a person should know to trust it or not.
    pub notes: Vec<Note>,
}

fn seconds<S: Serializer>(step: &Option<SignedDuration>, to: S) -> Result<S::Ok, S::Error> {
    step.map(|s| s.as_secs_f64()).serialize(to)
}

/// Makes the report of a station's readings. Writes the state of fire weather and the picture, where they
/// are asked for.
///
/// # Errors
/// [`ReportError`] when there is no reading, when a file or name of `options` cannot be used, or when
/// somebody must say what the readings' rain is.
pub fn report(input: Input, options: &WeatherOptions) -> Result<WeatherReport, ReportError> {
    let Input { name, series, mut notes, place: _ } = input;
    let series = believed(&name, series, options.now)?;
    let (step, rain) = (series.step(), series.rain);
    let (mut readings, mut series_notes) = series.into_parts();
    drop_fillers(&mut readings, &mut series_notes);
    notes.extend(series_notes.iter().cloned().map(Note::Series));
    match options.place.and_then(|place| ClockDoubt::of(&readings, place)) {
        Some(doubt) if options.zone.is_none() => return Err(ReportError::Clock { name, doubt }),
        doubt => notes.extend(doubt.map(Note::Clock)),
    }
    let fire = Fire::begin(options)?;
    let (gauge, lately) = fire.as_ref().map_or_else(Default::default, Fire::rain_before);
    let taken = rain::take(&mut readings, rain, options.rain, gauge, &lately)
        .map_err(|doubt| ReportError::Rain { name: name.clone(), doubt })?;
    notes.extend(taken.notes.into_iter().map(Note::Rain));
    // Fire weather judges readings by itself, for it goes on from those of the run before.
    let mut fire_notes = Vec::new();
    let followed = match fire {
        Some(mut fire) => {
            if let Some(lately) = &taken.lately {
                fire.set_rain_before(lately);
            }
            Some(fire.follow(&readings, taken.gauge, options, &mut fire_notes)?)
        }
        None => {
            fire_notes.push(FireNote::NeedsPlace);
            None
        }
    };
    let checked = check(readings, &Limits::default());
    notes.extend(checked.notes().into_iter().map(Note::Quality));
    let readings = &checked.readings;
    let (Some(first), Some(now)) = (readings.first(), Latest::of(readings)) else {
        return Err(ReportError::Empty { name });
    };
    let mut watch = Watch::new(step.map_or_else(Thresholds::default, Thresholds::for_step));
    let recent = SignedDuration::from_hours(i64::from(options.hours));
    let alarms: Vec<Alarm> = readings
        .iter()
        .flat_map(|r| watch.take(r))
        .filter(|a| now.time.duration_since(a.time) <= recent)
        .collect();
    let outlook = match options.place {
        Some([_, longitude_deg]) => {
            Some(Model::builtin()?.outlook(readings, now.time, longitude_deg))
        }
        None => None,
    };
    match &outlook {
        Some(outlook) => notes.extend(outlook_notes(outlook)),
        None => notes.push(Note::OutlookNeedsPlace),
    }
    let fire_weather = followed.as_ref().and_then(|f| f.report(readings, now.time));
    let missing_noons = match (&fire_weather, followed) {
        (None, Some(followed)) => followed.missing(),
        _ => Vec::new(),
    };
    notes.extend(fire_notes.into_iter().map(Note::Fire));
    if let Some(path) = &options.picture {
        let (name, alarms, outlook) = (&name, &alarms, outlook.as_ref());
        picture::write(path, &Drawn { name, readings, step, alarms, outlook }, options)?;
    }
    Ok(WeatherReport {
        version: env!("CARGO_PKG_VERSION"),
        readings: readings.len(),
        step,
        first: first.time,
        now,
        alarms,
        fire_weather,
        missing_noons,
        outlook,
        notes,
    })
}

/// How far a station's clock may be ahead of this machine's.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// The series without what no right clock can have written.
fn believed(name: &str, series: Series, now: Option<Timestamp>) -> Result<Series, ReportError> {
    let Some(now) = now else { return Ok(series.since_clock_was_set()) };
    let first = series.readings().first().map(|r| r.time);
    let series = series.until(now.saturating_add(AHEAD).unwrap_or(now));
    match first {
        Some(first) if series.readings().is_empty() => {
            Err(ReportError::AllAhead { name: name.to_owned(), first, now })
        }
        _ => Ok(series.since_clock_was_set()),
    }
}

/// A note for each quantity of which there is no outlook, and one on intervals.
fn outlook_notes(outlook: &Outlook) -> Vec<Note> {
    let of_one = |a: &Lack, b: &Lack| a.predictand == b.predictand;
    let groups = outlook.lacks.chunk_by(of_one).filter_map(|lacks| {
        let leads_h = lacks.iter().map(|l| l.lead_h).collect();
        Some(Note::Lack { first: lacks.first()?.clone(), leads_h })
    });
    let mut notes: Vec<Note> = groups.collect();
    let intervals = outlook.predicted.len();
    let shipped = outlook.predicted.iter().filter(|p| p.record == Record::Shipped).count();
    if shipped > 0 {
        notes.push(Note::ShippedIntervals { shipped, intervals });
    }
    notes
}
