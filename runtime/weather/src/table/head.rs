//! The head of a table: its separator, the names and units of its columns, and where its rows begin.
//!
//! Titles, comments, rows of units and second rows of names stand in front of the rows in any mixture. The
//! line that says most about weather and time is the one of the names.

use super::format::{Format, Layout};
use super::meaning::{Meaning, Weather};
use super::name;
use super::stamp;
use super::text::{Row, SEPARATORS, Separator};
use super::unit;

/// How far down names are looked for.
const LINES_MAX: usize = 80;
/// Rows of units or aggregates below the names.
const BELOW_MAX: usize = 4;

/// What stands in front of the rows.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) separator: Separator,
    pub(super) names: Vec<String>,
    /// What a row of units has for each column.
    pub(super) units: Vec<Option<String>>,
    /// Lines in front of the first row.
    pub(super) lines: usize,
    pub(super) layout: Option<&'static Layout>,
    /// The zone that a line in front names.
    pub(super) zone: Option<String>,
}

impl Head {
    /// The head of a table that begins with these lines; `asked` are columns that somebody named, and
    /// `format` is what somebody says it is. `None` where no line names columns.
    pub(super) fn of(
        lines: &[String],
        asked: &[&str],
        format: Option<&'static Layout>,
    ) -> Option<Self> {
        let mut best: Option<(usize, Self)> = None;
        for separator in SEPARATORS {
            // Blanks cut every sentence into words: only where nothing else names weather and time.
            if separator == Separator::Blanks
                && best.as_ref().is_some_and(|(score, _)| *score >= ENOUGH)
            {
                break;
            }
            for at in 0..lines.len().min(LINES_MAX) {
                for head in Self::at(lines, at, separator).into_iter().flatten() {
                    let score = score(&head.names, asked, format);
                    if score > best.as_ref().map_or(0, |(best, _)| *best) {
                        best = Some((score, head));
                    }
                }
            }
        }
        let (score, mut head) = best?;
        let is_said = asked.iter().any(|a| head.names.iter().any(|n| is_name(n, a)));
        if score < LEAST && !is_said && format.is_none() {
            return None;
        }
        let is_wrcc = lines[..head.lines].iter().any(|l| l.starts_with(':'));
        let by_mark = is_wrcc.then(|| Format::Wrcc.layout()).flatten();
        head.layout = format.or_else(|| Layout::of(&head.names)).or(by_mark);
        head.zone = zone(&lines[..head.lines.min(lines.len())]);
        Some(head)
    }

    /// The head of a table without names: its columns are called by their numbers, or as the format has it.
    pub(super) fn without_names(lines: &[String], layout: Option<&'static Layout>) -> Option<Self> {
        let names = |width: usize| match layout.map(|l| l.headerless).filter(|h| !h.is_empty()) {
            Some(known) => known.split(',').map(|n| n.trim().to_owned()).collect(),
            None => (1..=width).map(|n| n.to_string()).collect::<Vec<_>>(),
        };
        let (mut row, mut best): (Row, Option<(usize, Separator)>) = (Row::default(), None);
        let first = lines.iter().position(|l| !l.trim().is_empty() && !l.starts_with('#'))?;
        for separator in SEPARATORS {
            let widest = best.map_or(1, |(width, _)| width);
            let is_last_resort = separator == Separator::Blanks && widest > 1;
            if separator.cut(&lines[first], &mut row) && row.len() > widest && !is_last_resort {
                best = Some((row.len(), separator));
            }
        }
        let (width, separator) = best?;
        let names = names(width);
        let units = vec![None; names.len()];
        Some(Self { separator, names, units, lines: first, layout, zone: None })
    }

    /// What the line `at` would be as the line of names: alone, and joined to the one above.
    fn at(lines: &[String], at: usize, separator: Separator) -> [Option<Self>; 2] {
        let Some(names) = names(&lines[at], separator) else { return [None, None] };
        let above = at.checked_sub(1).and_then(|before| names_of_any(&lines[before], separator));
        let above = above.and_then(|mut a| {
            let is_near = a.len() <= names.len() && a.len() + 2 >= names.len() && a.len() > 1;
            let fits = is_near && a.iter().all(|c| !is_value(c));
            a.resize(names.len(), String::new());
            fits.then_some(a)
        });
        let (units_above, words_above) = match above {
            Some(a) if is_units(&a) => (Some(a), None),
            other => (None, other),
        };
        let (below, lines_used) = below(lines, at + 1, separator, names.len());
        let unit = |i: usize| {
            let of = |row: &Option<Vec<String>>| {
                row.as_ref().and_then(|u| u.get(i)).filter(|u| unit::is_unit(u)).cloned()
            };
            of(&below).or_else(|| of(&units_above))
        };
        let units: Vec<Option<String>> = (0..names.len()).map(unit).collect();
        let head = |names: Vec<String>| Self {
            separator,
            names,
            units: units.clone(),
            lines: lines_used,
            layout: None,
            zone: None,
        };
        let joined = words_above.map(|above| {
            let join = |(a, b): (&String, &String)| format!("{a} {b}").trim().to_owned();
            head(above.iter().zip(&names).map(join).collect())
        });
        [Some(head(names)), joined]
    }
}

/// A time and a quantity.
const ENOUGH: usize = 5;
/// A quantity or a time: enough to say what lacks.
const LEAST: usize = 2;

/// How much a line says about weather and time.
fn score(names: &[String], asked: &[&str], format: Option<&'static Layout>) -> usize {
    let mut found: Vec<Weather> = Vec::new();
    let (mut times, mut others) = (0, 0);
    let layout = format.or_else(|| Layout::of(names));
    for name in names {
        let listed = layout.and_then(|l| l.meaning(name));
        match listed.unwrap_or_else(|| name::meaning(name, None)) {
            Meaning::Weather { what, .. } if !found.contains(&what) => found.push(what),
            Meaning::Time { .. } => times += 1,
            Meaning::Unknown => {}
            _ => others += 1,
        }
    }
    let said = names.iter().filter(|n| asked.iter().any(|a| is_name(n, a))).count();
    let known = if layout.is_some_and(|l| !l.word.is_empty()) && format.is_none() { 20 } else { 0 };
    if found.is_empty() && times == 0 && said == 0 {
        return 0;
    }
    let times = if times == 0 { 0 } else { 3 };
    20 * said + known + times + 2 * found.len() + usize::from(others > 0)
}

/// Whether a column is the one that somebody named.
pub(super) fn is_name(name: &str, asked: &str) -> bool {
    let bare = |t: &str| t.trim_matches(|c: char| matches!(c, '#' | '"' | ' ')).to_lowercase();
    bare(name) == bare(asked)
}

/// The cells of a line that may be names: several, and none of them a value.
fn names(line: &str, separator: Separator) -> Option<Vec<String>> {
    // A sentence with commas is no row of blanks.
    if separator == Separator::Blanks && line.contains([',', ';']) {
        return None;
    }
    let cells = names_of_any(line, separator)?;
    let is_named = cells.iter().filter(|c| !c.is_empty()).count() > 1;
    (is_named && !cells.iter().any(|c| is_value(c))).then_some(cells)
}

fn names_of_any(line: &str, separator: Separator) -> Option<Vec<String>> {
    let bare = line.trim_start_matches('\u{feff}');
    let bare = bare.strip_prefix('#').filter(|rest| !rest.starts_with('#')).unwrap_or(bare);
    let mut row = Row::default();
    separator.cut(bare, &mut row).then(|| row.iter().map(str::to_owned).collect())
}

/// Whether a cell is a number or a time, and so no name.
fn is_value(cell: &str) -> bool {
    cell.replace(',', ".").parse::<f64>().is_ok_and(f64::is_finite) || stamp::stamp(cell).is_some()
}

/// The row of units below the names, where there is one, and how many lines there are before the first row.
fn below(
    lines: &[String],
    from: usize,
    separator: Separator,
    width: usize,
) -> (Option<Vec<String>>, usize) {
    let (mut units, mut used) = (None, from);
    for (at, line) in lines.iter().enumerate().skip(from).take(BELOW_MAX) {
        let Some(cells) = names_of_any(line, separator) else { break };
        let is_row = cells.iter().any(|c| is_value(c));
        let is_blank = line.trim().is_empty();
        if is_row || cells.len() > width + 1 || is_blank {
            break;
        }
        let is_short = cells.len() < 2 && width > 1 && !line.starts_with('#');
        if is_short {
            break;
        }
        if units.is_none() && is_units(&cells) {
            units = Some(cells);
        }
        used = at + 1;
    }
    (units, used)
}

/// Whether a good part of the cells are units.
fn is_units(cells: &[String]) -> bool {
    let known = cells.iter().filter(|c| unit::is_unit(c)).count();
    let filled = cells.iter().filter(|c| !c.is_empty()).count();
    known > 0 && 3 * known >= filled
}

/// The zone that a line names: `#DEBUG: Time Zone -> UTC`, `timezone,Europe/Berlin`; and the two lines of
/// Open-Meteo, names above values.
fn zone(lines: &[String]) -> Option<String> {
    for (at, line) in lines.iter().enumerate() {
        let lower = line.to_lowercase();
        let (mut names, mut values) = (Row::default(), Row::default());
        if lower.contains("utc_offset_seconds")
            && let Some(next) = lines.get(at + 1)
            && Separator::Mark(',').cut(line, &mut names)
            && Separator::Mark(',').cut(next, &mut values)
        {
            let of = |name: &str| {
                names.iter().position(|n| n == name).map(|i| values.cell(i).to_owned())
            };
            if let Some(zone) = of("timezone").filter(|z| crate::zone::named_zone(z).is_ok()) {
                return Some(zone);
            }
            let seconds: i32 = of("utc_offset_seconds")?.parse().ok()?;
            let sign = if seconds < 0 { '-' } else { '+' };
            let minutes = seconds.abs() / 60;
            return Some(format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
        }
        let Some(from) = lower.find("time zone").or_else(|| lower.find("timezone")) else {
            continue;
        };
        let Some(said) = line.get(from..) else { continue };
        let behind = said.trim_start_matches(|c: char| c.is_alphabetic() || c == ' ');
        let is_mark = |c: char| matches!(c, ':' | '=' | '-' | '>' | ',' | ';' | ' ' | '\t' | '"');
        // A minus in front of digits is the sign of an offset.
        let text = behind.trim_start_matches(is_mark);
        let sign = behind[..behind.len() - text.len()].ends_with('-')
            && text.starts_with(|c: char| c.is_ascii_digit());
        let word: String =
            text.chars().take_while(|c| !matches!(c, ',' | ';' | '"' | ' ' | ')')).collect();
        let word = if sign { format!("-{word}") } else { word };
        if !word.is_empty() && crate::zone::named_zone(&word).is_ok() {
            return Some(word);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        Head::of(&lines, &[], None).unwrap()
    }

    #[test]
    fn names_are_found_behind_titles_comments_and_above_units() {
        for (text, separator, first, at) in [
            ("time,temp_c\n2026-07-01,1\n", ',', "time", 1),
            ("Ridge export\ntime;temp_c\n2026-07-01;1\n", ';', "time", 2),
            ("# a\n# b, c\ntime\ttemp_c\n2026-07-01\t1\n", '\t', "time", 3),
            (
                "\"TOA5\",\"R\",\"12\"\n\"TIMESTAMP\",\"AirTC\"\n\"TS\",\"Deg C\"\n\"\",\"Avg\"\n\"2026-07-01 00:00:00\",1\n",
                ',',
                "TIMESTAMP",
                4,
            ),
            ("station|time|temp_c\nA|2026-07-01|1\n", '|', "station", 1),
        ] {
            let head = head(text);
            assert_eq!(
                (head.separator, head.names[0].as_str(), head.lines),
                (Separator::Mark(separator), first, at),
                "{text}"
            );
        }
        let blanks = head(
            "#YY  MM DD hh mm WDIR WSPD GST WVHT ATMP\n#yr  mo dy hr mn degT m/s  m/s m degC\n2026 07 01 00 50 MM MM MM MM 18.4\n",
        );
        assert_eq!((blanks.separator, blanks.lines), (Separator::Blanks, 2));
        assert_eq!(blanks.units[6].as_deref(), Some("m/s"));
    }

    #[test]
    fn names_of_two_rows_are_joined_and_units_above_are_read() {
        let two = head(
            "\t\tTemp\tHi\tOut\tWind\tWind\nDate\tTime\tOut\tTemp\tHum\tSpeed\tDir\n7/1/26\t12:30a\t64.9\t65.1\t55\t7.0\tSSW\n",
        );
        assert_eq!(two.names[2], "Temp Out");
        assert_eq!(two.names[5], "Wind Speed");
        let above = head(
            ":       LST\t mm \tdeg C\t%\nDate/Time\tPrecip\tTemp\tRH\n2607010100\t0.0\t18.4\t55\n",
        );
        assert_eq!(above.names[0], "Date/Time");
        assert_eq!(above.units[2].as_deref(), Some("deg C"));
    }

    #[test]
    fn a_zone_is_read_from_the_lines_in_front() {
        for (text, want) in [
            ("#DEBUG: Time Zone    -> UTC\nstation,valid,tmpf\n", Some("UTC")),
            ("Time zone: UTC+2\ntime,temp_c\n", Some("UTC+2")),
            (
                "latitude,utc_offset_seconds,timezone\n1.5,7200,Nowhere/Land\n\ntime,temp_c\n",
                Some("+02:00"),
            ),
            ("Ridge\ntime,temp_c\n", None),
        ] {
            assert_eq!(head(text).zone.as_deref(), want, "{text}");
        }
    }
}
