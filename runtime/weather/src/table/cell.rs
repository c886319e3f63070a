//! Cells: what one cell of weather says.

use super::meaning::Weather;
use super::unit::{self, Unit};
use crate::rain_kind::RainKind;

/// What stands for a missing value, besides an empty cell; everything else that is no number is told.
const MISSING: [&str; 4] = ["NA", "NaN", "nan", "null"];
/// Sixteen directions, clockwise from north.
const COMPASS: [&str; 16] = [
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW",
    "NNW",
];
const COMPASS_WORDS: [(&str, f64); 8] = [
    ("north", 0.0),
    ("northeast", 45.0),
    ("east", 90.0),
    ("southeast", 135.0),
    ("south", 180.0),
    ("southwest", 225.0),
    ("west", 270.0),
    ("northwest", 315.0),
];

/// What one cell of weather says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    /// A number in our unit.
    Number(f64),
    /// Nothing was measured, or the wind had no direction.
    Missing,
    /// No wind.
    Calm,
    /// Rain too little to measure.
    Trace,
    /// Something else.
    NoNumber,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decimal {
    Point,
    Comma,
}

/// What `text` says of `what`.
pub(super) fn cell(text: &str, what: Weather, unit: Unit, decimal: Decimal) -> Cell {
    if text.is_empty() || MISSING.contains(&text) {
        return Cell::Missing;
    }
    if decimal == Decimal::Point
        && let Ok(number) = text.parse::<f64>()
    {
        return if number.is_finite() {
            turned(unit.convert(number), what)
        } else {
            Cell::NoNumber
        };
    }
    if let Some(special) = word(text, what) {
        return special;
    }
    let end = text
        .char_indices()
        .find(|(i, c)| {
            !(c.is_ascii_digit()
                || matches!(c, '.' | ',')
                || *i == 0 && matches!(c, '-' | '+' | '\u{2212}'))
        })
        .map_or(text.len(), |(i, _)| i);
    let (digits, rest) = text.split_at(end);
    let rest = rest.trim();
    let unit = match rest.is_empty() {
        true => unit,
        false => match unit::spelled(what.dimension(), rest) {
            Some(said) => said,
            None => return Cell::NoNumber,
        },
    };
    match written(digits, decimal) {
        Some(number) => turned(unit.convert(number), what),
        None => Cell::NoNumber,
    }
}

/// The unit that a cell names behind its number.
pub(super) fn unit_of(text: &str, what: Weather) -> Option<Unit> {
    let from = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+')))?;
    (from > 0).then(|| unit::spelled(what.dimension(), &text[from..]))?
}

/// Words that stand for values.
fn word(text: &str, what: Weather) -> Option<Cell> {
    let upper = text.to_ascii_uppercase();
    match what {
        Weather::Wind | Weather::Gust if matches!(upper.as_str(), "CALM" | "C") => Some(Cell::Calm),
        Weather::WindFrom => match upper.as_str() {
            "CALM" | "C" => Some(Cell::Calm),
            "VRB" | "VAR" | "VARIABLE" => Some(Cell::Missing),
            _ => {
                let sixteen = COMPASS.iter().position(|c| *c == upper).map(|i| i as f64 * 22.5);
                let lower = upper.to_lowercase().replace([' ', '-'], "");
                let eight = || COMPASS_WORDS.iter().find(|(w, _)| *w == lower).map(|(_, deg)| *deg);
                sixteen.or_else(eight).map(Cell::Number)
            }
        },
        Weather::Rain(RainKind::Rate) => None,
        Weather::Rain(_) => {
            let is_trace = matches!(upper.as_str(), "T" | "TR" | "TRACE") || upper.starts_with('<');
            is_trace.then_some(Cell::Trace)
        }
        _ => None,
    }
}

/// A direction of −180 to 180° is one of 0 to 360.
fn turned(value: f64, what: Weather) -> Cell {
    match what {
        Weather::WindFrom if (-180.0..0.0).contains(&value) => Cell::Number(value + 360.0),
        _ => Cell::Number(value),
    }
}

/// A number with a decimal comma or point, and the other between thousands.
fn written(digits: &str, decimal: Decimal) -> Option<f64> {
    let digits = digits.replace('\u{2212}', "-");
    let plain = match decimal {
        Decimal::Comma => {
            let (whole, part) = digits.split_once(',').unwrap_or((&digits, ""));
            // A point stands between thousands only where a comma ends the whole.
            if part.contains([',', '.']) || whole.contains('.') && !digits.contains(',') {
                return digits.parse().ok().filter(|_| !digits.contains(','));
            }
            format!("{}.{part}", ungrouped(whole, '.')?)
        }
        Decimal::Point => {
            let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
            format!("{}.{part}", ungrouped(whole, ',')?)
        }
    };
    plain.parse::<f64>().ok().filter(|v| v.is_finite())
}

/// `1,013` without its mark; `None` where the groups are not of three.
fn ungrouped(whole: &str, mark: char) -> Option<String> {
    let mut groups = whole.split(mark);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let fits =
        rest.is_empty() || first.trim_start_matches(['-', '+']).len() <= 3 && !first.is_empty();
    (fits && rest.iter().all(|g| g.len() == 3)).then(|| format!("{first}{}", rest.concat()))
}

/// How numbers are written in cells like these.
pub(super) fn decimal<'a>(cells: impl Iterator<Item = &'a str>) -> Decimal {
    let (mut commas, mut points) = (0, 0);
    for cell in cells {
        let bare = cell.trim_start_matches(['-', '+']);
        let both = |mark: char| {
            bare.split_once(mark).is_some_and(|(a, b)| {
                let all = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
                all(a) && all(b)
            })
        };
        commas += usize::from(both(','));
        points += usize::from(both('.'));
    }
    if commas > 0 && points == 0 { Decimal::Comma } else { Decimal::Point }
}

#[cfg(test)]
mod tests {
    use super::super::unit::{FAHRENHEIT, OURS};
    use super::*;

    #[test]
    fn cells_say_numbers_words_or_nothing() {
        const RAIN: Weather = Weather::Rain(RainKind::Increment);
        for (text, what, want) in [
            ("18.4", Weather::Temp, Cell::Number(18.4)),
            ("", Weather::Temp, Cell::Missing),
            ("NA", Weather::Temp, Cell::Missing),
            ("inf", Weather::Temp, Cell::NoNumber),
            ("M", Weather::Temp, Cell::NoNumber),
            ("18.4 °C", Weather::Temp, Cell::Number(18.4)),
            ("55%", Weather::Humidity, Cell::Number(55.0)),
            ("\u{2212}3", Weather::Temp, Cell::Number(-3.0)),
            ("1,013.2", Weather::Pressure, Cell::Number(1013.2)),
            ("SSW", Weather::WindFrom, Cell::Number(202.5)),
            ("north-west", Weather::WindFrom, Cell::Number(315.0)),
            ("VRB", Weather::WindFrom, Cell::Missing),
            ("CALM", Weather::WindFrom, Cell::Calm),
            ("-90", Weather::WindFrom, Cell::Number(270.0)),
            ("calm", Weather::Wind, Cell::Calm),
            ("T", RAIN, Cell::Trace),
            ("<0.1", RAIN, Cell::Trace),
            ("T", Weather::Temp, Cell::NoNumber),
            ("5 parsecs", Weather::Wind, Cell::NoNumber),
        ] {
            assert_eq!(cell(text, what, OURS, Decimal::Point), want, "{text}");
        }
        for (text, want) in [("23,5", 23.5), ("1.013,2", 1013.2), ("7", 7.0), ("-0,5", -0.5)] {
            assert_eq!(
                cell(text, Weather::Pressure, OURS, Decimal::Comma),
                Cell::Number(want),
                "{text}"
            );
        }
        assert_eq!(
            cell("212 °F", Weather::Temp, OURS, Decimal::Point),
            Cell::Number(FAHRENHEIT.convert(212.0))
        );
        assert_eq!(unit_of("65.1 °F", Weather::Temp), Some(FAHRENHEIT));
    }

    #[test]
    fn a_decimal_comma_is_seen_where_no_point_is() {
        assert_eq!(decimal(["23,5", "53"].into_iter()), Decimal::Comma);
        assert_eq!(decimal(["23.5", "1,013"].into_iter()), Decimal::Point);
        assert_eq!(decimal(["01.07.2026", "23,5"].into_iter()), Decimal::Comma);
    }
}
