//! Columns: which of a table's columns are read, as what, and what to say where that is not clear.

use super::cell::{self, Cell, Decimal};
use super::error::TableError;
use super::format::{Format, Layout};
use super::head::is_name;
use super::mapping::Mapping;
use super::meaning::{Meaning, TimePart, Weather};
use super::name;
use super::text::Row;
use super::times::{self, Times};
use super::unit::{Dimension, OURS, Unit};
use crate::rain_kind::RainKind;
use crate::series::{SeriesNoteKind, SeriesNotes};

/// Where each thing stands in a row.
#[derive(Debug)]
pub(super) struct Columns {
    /// Cells in a row.
    pub(super) width: usize,
    /// Cells without a name at the end of the header.
    pub(super) unnamed: usize,
    pub(super) times: Times,
    /// Whether the time's column says that it is UTC.
    pub(super) time_is_utc: bool,
    /// The zone that the time's column names.
    pub(super) time_zone: Option<String>,
    pub(super) station: Option<usize>,
    /// The zone of each row.
    pub(super) zone: Option<usize>,
    pub(super) place: Option<(usize, usize)>,
    pub(super) values: Vec<Column>,
    /// The dew point, where it must give the humidity.
    pub(super) dew: Option<Column>,
    /// weewx's system of units.
    pub(super) system: Option<usize>,
    pub(super) decimal: Decimal,
    pub(super) missing: &'static [f64],
    /// The number that stands for rain too little to measure.
    pub(super) trace: Option<f64>,
    /// The format that gave units which the names do not say.
    pub(super) units_of: Option<&'static str>,
}

/// A column of weather.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) what: Weather,
    pub(super) unit: Unit,
}

/// What is known of a table before its columns are understood.
pub(super) struct Seen<'a> {
    pub(super) name: &'a str,
    pub(super) names: &'a [String],
    pub(super) units: &'a [Option<String>],
    pub(super) rows: &'a [Row],
    pub(super) layout: Option<&'static Layout>,
    pub(super) mapping: &'a Mapping,
}

/// A column that may hold weather.
#[derive(Clone, Copy)]
struct Candidate {
    at: usize,
    what: Weather,
    unit: Option<Unit>,
    rank: u8,
}

impl Columns {
    /// Understands the columns.
    pub(super) fn of(seen: &Seen<'_>, notes: &mut SeriesNotes) -> Result<Self, TableError> {
        let mut meanings: Vec<Meaning> = (0..seen.names.len()).map(|at| seen.meaning(at)).collect();
        seen.apply_mapping(&mut meanings)?;
        let width = seen.names.len();
        let filled =
            |at: usize| seen.rows.iter().map(move |r| r.cell(at)).filter(|c| !c.is_empty());
        let decimal = cell::decimal(
            (0..width)
                .filter(|at| !matches!(meanings[*at], Meaning::Time { .. } | Meaning::Station))
                .flat_map(filled),
        );
        let times = times::of(&meanings, seen.rows);
        let lacks_weather = !meanings.iter().any(|m| matches!(m, Meaning::Weather { .. }));
        let Some(times) = times else {
            if let Some(at) = seen.names.iter().position(|n| {
                ["millis", "uptime", "uptime_s", "elapsed", "seconds", "ticks"]
                    .contains(&n.trim().to_lowercase().as_str())
            }) {
                let (name, column) = (seen.name.to_owned(), seen.names[at].clone());
                return Err(TableError::NoClock { name, column });
            }
            let found = seen.listing(&meanings, true, lacks_weather);
            return Err(TableError::NoTime { name: seen.name.to_owned(), found });
        };
        let values = seen.weather(&meanings)?;
        let (dew, values): (Vec<Column>, Vec<Column>) =
            values.into_iter().partition(|c| c.what == Weather::DewPoint);
        if values.is_empty() {
            let found = seen.listing(&meanings, false, true);
            return Err(TableError::NoWeather { name: seen.name.to_owned(), found });
        }
        let has_humidity = values.iter().any(|c| c.what == Weather::Humidity);
        let dew = dew.into_iter().next().filter(|_| !has_humidity);
        let first = times.first();
        let time_is_utc = matches!(meanings[first], Meaning::Time { is_utc: true, .. })
            || times.columns().any(|at| matches!(meanings[at], Meaning::Time { is_utc: true, .. }))
            || seen.layout.is_some_and(|l| l.is_utc);
        let by = |m: &Meaning| meanings.iter().position(|n| n == m);
        let place = by(&Meaning::Latitude).zip(by(&Meaning::Longitude));
        let is_weewx = seen.layout.is_some_and(|l| l.format == Format::Weewx);
        let system =
            is_weewx.then(|| seen.names.iter().position(|n| is_name(n, "usunits"))).flatten();
        let out = Self {
            width,
            unnamed: seen.names.iter().rev().take_while(|n| n.is_empty()).count(),
            time_is_utc,
            time_zone: name_zone(&seen.names[first]),
            station: by(&Meaning::Station),
            zone: by(&Meaning::Zone),
            place,
            dew,
            system,
            decimal,
            missing: seen.layout.map_or(&[], |l| l.missing),
            trace: seen.layout.and_then(|l| l.trace),
            units_of: seen.layout.filter(|l| l.gives_units()).map(|l| l.word),
            times,
            values,
        };
        for (at, column) in seen.names.iter().enumerate() {
            if !out.reads(at) && !column.is_empty() {
                notes.add(SeriesNoteKind::ColumnNotRead, || format!("'{column}'"));
            }
        }
        Ok(out)
    }

    /// The kind of its rain.
    pub(super) fn rain(&self) -> Option<(&Column, RainKind)> {
        self.values.iter().find_map(|c| match c.what {
            Weather::Rain(kind) => Some((c, kind)),
            _ => None,
        })
    }

    fn reads(&self, at: usize) -> bool {
        self.times.columns().any(|t| t == at)
            || [self.station, self.zone, self.system].contains(&Some(at))
            || self.place.is_some_and(|(a, b)| a == at || b == at)
            || self.values.iter().chain(&self.dew).any(|c| c.at == at)
    }
}

impl Seen<'_> {
    fn meaning(&self, at: usize) -> Meaning {
        let name = &self.names[at];
        if let Some(listed) = self.layout.and_then(|l| l.meaning(name)) {
            return listed;
        }
        if name.is_empty() {
            return Meaning::Unknown;
        }
        let read = name::meaning(name, self.units[at].as_deref());
        let Meaning::Weather { what, unit: None, rank } = read else { return read };
        // A format lists what it has: another column without a unit is none of it.
        if self.layout.is_some_and(Layout::gives_units) {
            return Meaning::Other;
        }
        let unit = self.rows.iter().find_map(|row| cell::unit_of(row.cell(at), what));
        Meaning::Weather { what, unit, rank }
    }

    /// Puts what somebody said over what was found.
    fn apply_mapping(&self, meanings: &mut [Meaning]) -> Result<(), TableError> {
        let mut said: Vec<(usize, Meaning)> = Vec::new();
        for mapped in &self.mapping.columns {
            let role = role(&mapped.role).ok_or_else(|| TableError::NoRole {
                name: self.name.to_owned(),
                role: mapped.role.clone(),
                known: roles(),
            })?;
            let at = self.find(&mapped.column).ok_or_else(|| TableError::NoColumn {
                name: self.name.to_owned(),
                column: mapped.column.clone(),
                found: self.columns(),
            })?;
            // The kind of rain that the name says is kept where only the unit was said.
            said.push((at, role));
        }
        for (_, meaning) in &said {
            for old in meanings.iter_mut() {
                let is_replaced = match (&*old, meaning) {
                    (Meaning::Weather { what: a, .. }, Meaning::Weather { what: b, .. }) => {
                        a.is_also(*b)
                    }
                    (Meaning::Time { part: a, .. }, Meaning::Time { part: b, .. }) => {
                        a == b || *b == TimePart::Any
                    }
                    (Meaning::Station, Meaning::Station) => true,
                    _ => false,
                };
                if is_replaced {
                    *old = Meaning::Other;
                }
            }
        }
        for (at, meaning) in said {
            meanings[at] = meaning;
        }
        Ok(())
    }

    /// The column of that name, or else of that number.
    fn find(&self, column: &str) -> Option<usize> {
        let by_name = self.names.iter().position(|n| is_name(n, column));
        let by_number =
            || column.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < self.names.len());
        by_name.or_else(by_number)
    }

    /// The columns of weather that are read: of each thing the best.
    fn weather(&self, meanings: &[Meaning]) -> Result<Vec<Column>, TableError> {
        let mut found: Vec<Candidate> = Vec::new();
        let mut unknown: Vec<Candidate> = Vec::new();
        for (at, meaning) in meanings.iter().enumerate() {
            if let Meaning::Weather { what, unit, rank } = *meaning {
                let candidate = Candidate { at, what, unit, rank };
                if unit.is_some() { found.push(candidate) } else { unknown.push(candidate) }
            }
        }
        // A dew point only helps, and a unit that another column of the same thing names is enough.
        let is_other_named = |c: &Candidate| {
            found.iter().any(|f| f.what.is_also(c.what) && f.what.dimension() == c.what.dimension())
        };
        unknown.retain(|c| c.what != Weather::DewPoint && !is_other_named(c));
        if !unknown.is_empty() {
            let found = self.without_unit(&unknown);
            return Err(TableError::Unit { name: self.name.to_owned(), found });
        }
        let mut out: Vec<Candidate> = Vec::new();
        for c in found {
            match out.iter_mut().find(|o| o.what.is_also(c.what)) {
                None => out.push(c),
                Some(o) if c.rank < o.rank => *o = c,
                // A column that holds no number is no better than one that does.
                Some(o) if c.rank == o.rank && !self.has_numbers(o) && self.has_numbers(&c) => {
                    *o = c
                }
                Some(o) if c.rank == o.rank && self.has_numbers(o) && !self.has_numbers(&c) => {}
                Some(o) if c.rank == o.rank => {
                    return Err(TableError::Twice {
                        name: self.name.to_owned(),
                        first: self.names[o.at].clone(),
                        second: self.names[c.at].clone(),
                        what: c.what.name(),
                        at: o.at + 1,
                    });
                }
                Some(_) => {}
            }
        }
        let column = |c: Candidate| Column {
            at: c.at,
            name: self.names[c.at].clone(),
            what: c.what,
            unit: c.unit.unwrap_or(OURS),
        };
        Ok(out.into_iter().map(column).collect())
    }

    fn has_numbers(&self, of: &Candidate) -> bool {
        let unit = of.unit.unwrap_or(OURS);
        let number =
            |text: &str| matches!(cell::cell(text, of.what, unit, Decimal::Point), Cell::Number(_));
        self.rows.iter().any(|row| number(row.cell(of.at)))
    }

    /// How to name a column: by its name, or its number where the name has more than letters.
    fn typed(&self, at: usize) -> String {
        let name = &self.names[at];
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        let is_only = self.names.iter().filter(|n| is_name(n, name)).count() == 1;
        match !name.is_empty() && name.chars().all(plain) && is_only {
            true => name.clone(),
            false => (at + 1).to_string(),
        }
    }

    fn without_unit(&self, unknown: &[Candidate]) -> String {
        let names: Vec<String> =
            unknown.iter().map(|c| format!("'{}'", self.names[c.at])).collect();
        let says: Vec<String> = unknown
            .iter()
            .map(|c| {
                let (first, others) = c.what.names().split_first().unwrap_or((&"ignore", &[]));
                let or = if others.is_empty() {
                    String::new()
                } else {
                    format!(" (or {})", others.join(", "))
                };
                format!("‹column› {first}={}{or}", self.typed(c.at))
            })
            .collect();
        let (columns, name) =
            if names.len() == 1 { ("column", "names") } else { ("columns", "name") };
        format!(
            "{columns} {} {name} no known unit; say it: {}; or leave it out: ‹column› ignore={}",
            names.join(", "),
            says.join(" "),
            self.typed(unknown[0].at)
        )
    }

    /// All columns, with what each could be, and what to say.
    fn listing(&self, meanings: &[Meaning], lacks_time: bool, lacks_weather: bool) -> String {
        const MOST: usize = 24;
        let one = |at: usize| {
            let as_what = match meanings[at] {
                Meaning::Weather { what, .. } => format!(" ({})", what.names()[0]),
                Meaning::Time { .. } => " (time)".into(),
                Meaning::Station => " (station)".into(),
                _ => String::new(),
            };
            format!("{} '{}'{as_what}", at + 1, self.names[at])
        };
        let mut out = (0..self.names.len()).take(MOST).map(one).collect::<Vec<_>>().join(", ");
        if let Some(more) = self.names.len().checked_sub(MOST).filter(|n| *n > 0) {
            out += &format!(" and {more} more");
        }
        let mut says = Vec::new();
        if lacks_time {
            says.push("‹column› time=1");
        }
        if lacks_weather {
            says.push("‹column› temp_c=2");
        }
        format!("it has {out}; say which are what, as {}, or name the ‹format›", says.join(" "))
    }

    fn columns(&self) -> String {
        let all: Vec<String> = self.names.iter().map(|n| format!("'{n}'")).collect();
        all.join(", ")
    }
}

/// Whatever a person may call a column.
fn role(text: &str) -> Option<Meaning> {
    let weather = name::meaning(text, None);
    match text {
        "ignore" => Some(Meaning::Other),
        "time" | "date" | "time_of_day" => Some(Meaning::time(TimePart::Any)),
        "time_utc" | "date_utc" => Some(Meaning::utc(TimePart::Any)),
        "year" | "month" | "day" | "hour" | "minute" | "day_of_year" | "station" | "zone" => {
            match text {
                "day_of_year" => Some(Meaning::time(TimePart::DayOfYear)),
                "zone" => Some(Meaning::Zone),
                _ => Some(weather),
            }
        }
        _ => match weather {
            Meaning::Weather { what, unit: Some(_), .. } => {
                let known = what.names().contains(&text) || text.starts_with("rain_");
                known.then(|| with_rank(weather)).flatten()
            }
            _ => None,
        },
    }
}

/// What somebody said goes before all that was found.
fn with_rank(meaning: Meaning) -> Option<Meaning> {
    match meaning {
        Meaning::Weather { what, unit, .. } => Some(Meaning::Weather { what, unit, rank: 0 }),
        _ => None,
    }
}

fn roles() -> String {
    let all = [
        Weather::Temp,
        Weather::Humidity,
        Weather::DewPoint,
        Weather::Wind,
        Weather::WindFrom,
        Weather::Gust,
        Weather::Pressure,
        Weather::Rain(RainKind::Increment),
        Weather::Rain(RainKind::SinceMidnight),
        Weather::Rain(RainKind::Rolling24h),
        Weather::Rain(RainKind::SinceHour),
        Weather::Rain(RainKind::Rate),
    ];
    let weather = all.iter().flat_map(|w| w.names().iter().copied());
    ["time", "time_utc", "date", "time_of_day", "year", "month", "day", "hour", "station", "zone"]
        .into_iter()
        .chain(weather)
        .chain(["ignore"])
        .collect::<Vec<_>>()
        .join(", ")
}

/// The zone in a name: `Date Time, GMT-07:00`, `Time (UTC+2)`.
fn name_zone(name: &str) -> Option<String> {
    let upper = name.to_uppercase();
    let from = upper.find("GMT").or_else(|| upper.find("UTC"))?;
    let text: String = upper[from..]
        .chars()
        .take_while(|c| c.is_alphanumeric() || matches!(c, '+' | '-' | ':'))
        .collect();
    (text.len() > 3 && crate::zone::named_zone(&text).is_ok()).then_some(text)
}

/// Whether values of humidity that are never above 1 may be shares: those without a unit of their own.
pub(super) fn may_be_share(column: &Column) -> bool {
    column.what.dimension() == Dimension::Share && column.unit == OURS
}
