//! The report itself, and the one call that makes it.

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use super::error::ReportError;
use super::fire::{FireReport, fire_report};
use super::input::Input;
use super::latest::Latest;
use super::note::Note;
use super::options::WeatherOptions;
use super::picture::{self, Drawn};
use crate::alarm::{Alarm, Thresholds, Watch};
use crate::outlook::{Model, Outlook, Record};
use crate::quality::{Limits, check};

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
/// [`ReportError`] when there is no reading, or when a file or name of `options` cannot be used.
pub fn report(input: &Input, options: &WeatherOptions) -> Result<WeatherReport, ReportError> {
    let step = input.series.step();
    let mut notes = input.notes.clone();
    notes.extend(input.series.notes.iter().cloned().map(Note::Series));
    let checked = check(input.series.readings(), &Limits::default());
    notes.extend(checked.notes().into_iter().map(Note::Quality));
    let readings = &checked.readings;
    let (Some(first), Some(now)) = (readings.first(), Latest::of(readings)) else {
        return Err(ReportError::Empty { name: input.name.clone() });
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
    let mut fire_notes = Vec::new();
    let fire_weather = fire_report(input.series.readings(), readings, options, &mut fire_notes)?;
    notes.extend(fire_notes.into_iter().map(Note::Fire));
    if let Some(path) = &options.picture {
        let (name, alarms, outlook) = (&input.name, &alarms, outlook.as_ref());
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
        outlook,
        notes,
    })
}

fn outlook_notes(outlook: &Outlook) -> Vec<Note> {
    let mut notes: Vec<Note> = outlook.lacks.iter().cloned().map(Note::Lack).collect();
    let intervals = outlook.predicted.len();
    let shipped = outlook.predicted.iter().filter(|p| p.record == Record::Shipped).count();
    if shipped > 0 {
        notes.push(Note::ShippedIntervals { shipped, intervals });
    }
    notes
}
