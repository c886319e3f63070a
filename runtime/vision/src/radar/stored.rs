//! Stored values: which numbers of a radar file mean no data or no rain, told in the type they are stored in.

use super::error::RadarError;
use super::no_data::NoData;
use super::options::RadarOptions;
use super::scan::{MOST_MM_H, MOST_SHARE};
use super::unit::RadarUnit;
use crate::note::{Note, plain_number};
use crate::rain_rate::LEAST_MM_H;

/// Below this no radar measures rain, dBZ: such values stand for something else.
const LEAST_DBZ: f64 = -40.0;
/// Rates from here on are looked at, mm/h: one that many cells hold, far above all others, is no rain.
const HIGH_MM_H: f64 = 200.0;
/// A high value that so many cells hold to the bit is looked at.
const REPEATED: usize = 3;
/// How far such a value lies above all others, as a factor.
const APART: f64 = 2.0;
/// Most different values that are counted; data that have more are measurements.
const DIFFERENT: usize = 64;
/// Most values of a file that stand for something else.
const SIGNS: usize = 3;
/// Numbers this large are no measurement: texts give them with few digits.
const HUGE: f64 = 1e30;

/// What the stored numbers of a file mean.
pub(super) struct Stored<'a> {
    /// The file, for messages.
    pub(super) name: &'a str,
    /// Whether they are whole numbers.
    pub(super) whole: bool,
    /// Gain and offset.
    pub(super) scale: [f64; 2],
    /// The value that means no data, as the file says.
    pub(super) no_data: Option<f64>,
    /// The value that means seen, and no rain.
    pub(super) dry: Option<f64>,
    pub(super) unit: RadarUnit,
}

impl Stored<'_> {
    /// Values in the unit of the numbers that `each` hands over; NaN no data, [`RadarUnit::dry`] no rain.
    ///
    /// # Errors
    /// [`RadarError::Refused`] where numbers that nothing explains are no measurements.
    pub(super) fn values(
        &self,
        each: impl FnOnce(&mut dyn FnMut(f64)),
        options: &RadarOptions,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<f32>, RadarError> {
        let none: Vec<f64> = match &options.no_data {
            Some(NoData::Values(said)) => said.clone(),
            Some(NoData::Dry) => Vec::new(),
            None => self.no_data.into_iter().collect(),
        };
        let mut dry: Vec<f64> = self.dry.into_iter().collect();
        if options.no_data == Some(NoData::Dry) {
            dry.extend(self.no_data);
            notes.extend(self.no_data.map(|value| Note::NoDataTakenAsDry { value }));
        } else if none.iter().any(|v| dry.contains(v)) {
            notes.push(Note::NoDataIsDry);
        }
        let [gain, offset] = self.scale;
        let [low, high, most] = self.limits(options);
        let mut tally = Tally::default();
        let mut out = Vec::new();
        each(&mut |v: f64| {
            if v.is_nan() || none.iter().any(|n| self.is(v, *n)) {
                tally.unseen += 1;
                return out.push(f32::NAN);
            }
            tally.seen += 1;
            if dry.iter().any(|d| self.is(v, *d)) {
                return out.push(self.unit.dry());
            }
            let value = v * gain + offset;
            if value < low && value.is_finite() {
                tally.low.add(v);
            } else if value > high {
                tally.high.add(v);
            } else {
                tally.ordinary = tally.ordinary.max(value);
            }
            out.push(value as f32);
        });
        match &options.no_data {
            Some(NoData::Dry) => {}
            Some(NoData::Values(_)) if self.unit == RadarUnit::DbZ => {
                notes.extend(tally.low.repeated().map(|(value, _)| Note::FarBelowIsDry { value }));
            }
            _ => self.refuse_low(&tally, &none)?,
        }
        if options.no_data != Some(NoData::Dry) {
            self.refuse_high(&tally, most, &none)?;
        }
        if none.is_empty() && options.no_data.is_none() && tally.unseen == 0 {
            notes.push(Note::NoDataUnnamed);
        }
        Ok(out)
    }

    /// Whether the stored `v` is the value `said`, which may have been rounded on its way into a text or
    /// another type.
    fn is(&self, v: f64, said: f64) -> bool {
        let near = |share: f64| (v - said).abs() <= share * said.abs();
        v == said || (!self.whole && (near(6e-8) || (said.abs() > HUGE && near(1e-3))))
    }

    /// In the unit of the values: what no radar measures, what is looked at, and what is no rain.
    fn limits(&self, options: &RadarOptions) -> [f64; 3] {
        let value = |mm_h: f64| match self.unit {
            RadarUnit::DbZ => 10.0 * (options.z_r.a.log10() + options.z_r.b * mm_h.log10()),
            unit => mm_h / f64::from(unit.mm_h(1.0, options.z_r)),
        };
        let most = value(f64::from(MOST_MM_H));
        if self.unit != RadarUnit::DbZ {
            return [value(-f64::from(LEAST_MM_H)), value(HIGH_MM_H), most];
        }
        // Whole numbers begin where their scale does, which stands for no echo.
        let begin = if self.whole { self.scale[1].max(-100.0) } else { LEAST_DBZ };
        [LEAST_DBZ.min(begin), most, most]
    }

    /// Refuses values that no radar measures, where many cells hold them.
    fn refuse_low(&self, tally: &Tally, none: &[f64]) -> Result<(), RadarError> {
        let found: Vec<(f64, usize)> = tally.low.repeated().collect();
        let Some(lowest) = found.iter().map(|(v, _)| *v).reduce(f64::min) else { return Ok(()) };
        let mut all: Vec<f64> = found.iter().map(|(v, _)| *v).chain(none.iter().copied()).collect();
        all.sort_by(f64::total_cmp);
        let list = all.iter().map(|v| plain_number(*v)).collect::<Vec<_>>().join(",");
        let (below, fix) = match self.unit {
            RadarUnit::DbZ if all.len() == 1 => (
                format!("below {LEAST_DBZ} dBZ, which no radar measures"),
                format!(
                    "say ‹no-data› {list} where it means no data, or ‹no-data› none where it is dry"
                ),
            ),
            RadarUnit::DbZ => (
                format!("below {LEAST_DBZ} dBZ, which no radar measures"),
                format!(
                    "say ‹no-data› {list} where all of them mean no data, ‹no-data› {} where the \
                     others are dry, or ‹no-data› none where all are",
                    plain_number(none.first().copied().unwrap_or(lowest))
                ),
            ),
            unit => (
                format!("a rain rate below 0 (read as {unit})"),
                format!(
                    "say ‹no-data› {list} where it means no data, or the right unit with ‹unit›"
                ),
            ),
        };
        Err(RadarError::refused(self.name, format!("{}, {below}", held(&found)), fix))
    }

    /// Refuses one high value that many cells hold, far above all others.
    fn refuse_high(&self, tally: &Tally, most: f64, none: &[f64]) -> Result<(), RadarError> {
        if tally.high.many {
            return Ok(());
        }
        let [gain, offset] = self.scale;
        let value = |v: f64| v * gain + offset;
        let (many, few): (Vec<_>, Vec<_>) =
            tally.high.values.iter().copied().partition(|(_, n)| *n >= REPEATED);
        let ordinary = few.iter().map(|(v, _)| value(*v)).filter(|v| *v <= most);
        let ordinary = ordinary.fold(tally.ordinary, f64::max);
        let far = |v: f64| value(v) <= most && value(v) > APART * ordinary;
        let over: usize = many.iter().filter(|(v, _)| value(*v) > most).map(|(_, n)| n).sum();
        let too_many = over as f64 > MOST_SHARE * tally.seen as f64;
        let odd: Vec<(f64, usize)> =
            many.into_iter().filter(|(v, _)| far(*v) || (too_many && value(*v) > most)).collect();
        // More different ones are no sign but a wrong unit, which is told of the rates.
        if odd.is_empty() || odd.len() > SIGNS {
            return Ok(());
        }
        let all: Vec<String> =
            none.iter().chain(odd.iter().map(|(v, _)| v)).map(|v| plain_number(*v)).collect();
        Err(RadarError::refused(
            self.name,
            format!(
                "of {} cells {}, far above all others, which is no rain (read as {})",
                tally.seen,
                held(&odd),
                self.unit
            ),
            format!(
                "say ‹no-data› {} where it means no data, or the right unit with ‹unit›",
                all.join(",")
            ),
        ))
    }
}

/// Which values cells hold, and how many of them.
fn held(found: &[(f64, usize)]) -> String {
    let each = found.iter().map(|(v, n)| format!("{n} cells hold {}", plain_number(*v)));
    each.collect::<Vec<_>>().join(" and ")
}

/// What was found in the stored numbers.
#[derive(Default)]
struct Tally {
    seen: usize,
    unseen: usize,
    low: Counts,
    high: Counts,
    /// The largest value that is neither.
    ordinary: f64,
}

/// How many cells hold each of a few values.
#[derive(Default)]
struct Counts {
    values: Vec<(f64, usize)>,
    /// Whether there were more values than are counted.
    many: bool,
}

impl Counts {
    fn add(&mut self, v: f64) {
        match self.values.iter().position(|(known, _)| *known == v) {
            Some(i) => self.values[i].1 += 1,
            None if self.values.len() < DIFFERENT => self.values.push((v, 1)),
            None => self.many = true,
        }
    }

    /// Those that more than one cell holds, lowest first; few at most.
    fn repeated(&self) -> impl Iterator<Item = (f64, usize)> {
        let mut all: Vec<(f64, usize)> =
            self.values.iter().copied().filter(|(_, n)| *n > 1).collect();
        all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        all.truncate(SIGNS);
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        all.into_iter()
    }
}
