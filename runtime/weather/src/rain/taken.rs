//! What a station's rain is taken for, and what comes of it.

use jiff::Timestamp;

use super::convert::{falls, increments};
use super::gauge::Gauge;
use super::note::RainNote;
use super::shape::{RainDoubt, doubt, shape};
use crate::rain_kind::RainKind;
use crate::reading::Reading;

/// Share of blank cells from which on blank may mean dry.
const BLANK_LEAST: f64 = 0.5;

/// What came of a station's rain.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// What is to be known in the next run.
    pub gauge: Gauge,
    /// What a person should know.
    pub notes: Vec<RainNote>,
    /// The rain of `lately` once more, where only now it is seen what its numbers were.
    pub lately: Option<Vec<(Timestamp, Option<f64>)>>,
}

/// Makes rain since the last row of whatever `readings`, in order of time, hold: `said` by their table,
/// or `asked` for by a person. `before` is known from the run before, `lately` its rain, row by row.
///
/// # Errors
/// [`RainDoubt`] where a table's rain looks like something else and nobody said what it is.
pub fn take(
    readings: &mut [Reading],
    said: RainKind,
    asked: Option<RainKind>,
    before: Gauge,
    lately: &[(Timestamp, f64)],
) -> Result<Taken, RainDoubt> {
    let mut notes = Vec::new();
    let blank_is_dry = before.blank_is_dry || asked.is_none() && blank_is_dry(readings);
    if blank_is_dry {
        let blank = readings.iter().filter(|r| r.rain_mm.is_none()).count();
        readings.iter_mut().for_each(|r| r.rain_mm = r.rain_mm.or(Some(0.0)));
        let readings = readings.len();
        notes.extend((blank > 0).then_some(RainNote::BlankIsDry { blank, readings }));
    }
    let numbers: Vec<(Timestamp, f64)> =
        readings.iter().filter_map(|r| Some((r.time, r.rain_mm?))).collect();
    let is_open = matches!(said, RainKind::Increment | RainKind::Unknown);
    // Tables of an hour or a day show their shape together with those before, whose rain was taken as it came.
    let first = numbers.first().map(|n| n.0);
    let earlier = lately.iter().filter(|n| before.kind.is_none() && first.is_some_and(|t| n.0 < t));
    let mut joined: Vec<(Timestamp, f64)> = earlier.copied().collect();
    let earlier = joined.len();
    if earlier > 0 && is_open {
        joined.extend(&numbers);
    }
    let shown = if earlier > 0 && is_open { &joined } else { &numbers };
    let (mut found, mut anew) = (None, None);
    let kind = match asked {
        Some(kind) => kind,
        None if !is_open => said,
        None => {
            if let Some((kind, seen)) = shape(shown) {
                notes.push(RainNote::Shape { kind, seen });
                (found, anew) = (Some(kind), Some(kind).filter(|_| earlier > 0));
            } else if let Some(kind) = before.kind {
                notes.push(RainNote::AsBefore { kind });
                found = Some(kind);
            } else if let Some(doubt) = doubt(&numbers) {
                return Err(doubt);
            } else if said == RainKind::Unknown && numbers.iter().any(|n| n.1 > 0.0) {
                notes.push(RainNote::TakenForIncrements);
            }
            found.unwrap_or(RainKind::Increment)
        }
    };
    let both = numbers.last().copied().into_iter().chain(before.last);
    let last = both.rev().max_by_key(|(time, _)| *time);
    let mut again = None;
    if kind != RainKind::Increment {
        let mut rain = match anew {
            Some(kind) => {
                let mut rain = increments(kind, &joined, None, None, &[]);
                let own = rain.split_off(earlier);
                again = Some(joined.iter().map(|n| n.0).zip(rain).collect());
                own.into_iter()
            }
            None => increments(kind, &numbers, before.last, before.reset, lately).into_iter(),
        };
        for r in readings.iter_mut().filter(|r| r.rain_mm.is_some()) {
            r.rain_mm = rain.next().flatten();
        }
    }
    let reset = falls(shown).last().or(before.reset);
    let gauge = Gauge { kind: found, last, reset, blank_is_dry };
    Ok(Taken { gauge, notes, lately: again })
}

/// Whether a gauge writes nothing where it is dry: most cells are blank, others hold rain, and none is 0.
fn blank_is_dry(readings: &[Reading]) -> bool {
    let with_air = || readings.iter().filter(|r| r.temp_c.is_some());
    let blank = with_air().filter(|r| r.rain_mm.is_none()).count();
    let wet = readings.iter().filter(|r| r.rain_mm.is_some_and(|mm| mm > 0.0)).count();
    let dry = readings.iter().filter(|r| r.rain_mm.is_some_and(|mm| mm <= 0.0)).count();
    wet > 0 && dry == 0 && blank as f64 >= BLANK_LEAST * with_air().count() as f64
}
