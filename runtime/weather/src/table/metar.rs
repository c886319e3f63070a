//! METAR reports, one a line: wind, temperature, dew point, pressure and the rain of the hour.
//!
//! A report names the day of the month. Year and month come from a date in front of it, as services write
//! them, or from whoever reads it; where the day falls, the next month has begun.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::grid::Grid;
use super::text::Row;

const NAMES: [&str; 10] = [
    "time_utc",
    "station",
    "temp_c",
    "dew_point_c",
    "wind_kt",
    "wind_from_deg",
    "gust_kt",
    "pressure_hpa",
    "rain_hour_in",
    "report",
];

/// What lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoMonth;

/// Whether lines are METAR reports.
pub(super) fn claims(lines: &[String]) -> bool {
    let filled: Vec<&String> = lines.iter().filter(|l| !l.trim().is_empty()).take(40).collect();
    let reports = filled.iter().filter(|l| report(l).is_some()).count();
    // Files of the weather service have the date on a line of its own above each report.
    let dates = filled.iter().filter(|l| date_in(l).is_some() && report(l).is_none()).count();
    reports > 0 && 10 * (reports + dates) >= 8 * filled.len()
}

/// The rows of reports; `month` is that of the first, where somebody said it.
pub(super) fn grid(
    lines: impl Iterator<Item = (u64, String)>,
    month: Option<(i16, i8)>,
) -> Result<Grid, NoMonth> {
    let mut rows = Vec::new();
    let mut first_of_month = month.and_then(|(y, m)| Date::new(y, m, 1).ok());
    let (mut last_day, mut stated): (i8, Option<Date>) = (0, None);
    for (line, text) in lines {
        if let Some(date) = date_in(&text) {
            stated = Some(date);
        }
        let Some(report) = report(&text) else { continue };
        let day = match stated {
            // The date in front may be the next day's already, or still the last one's.
            Some(date) => [0, -1, 1]
                .into_iter()
                .filter_map(|n| date.checked_add(n.days()).ok())
                .find(|d| d.day() == report.day),
            None => {
                let Some(month) = &mut first_of_month else { return Err(NoMonth) };
                // Newest first and oldest first both stay within a month of each other.
                if last_day - report.day > 15 {
                    *month = month.checked_add(1.month()).unwrap_or(*month);
                } else if report.day - last_day > 15 && last_day != 0 {
                    *month = month.checked_sub(1.month()).unwrap_or(*month);
                }
                last_day = report.day;
                Date::new(month.year(), month.month(), report.day).ok()
            }
        };
        let time = day.map_or_else(String::new, |d| {
            format!("{d}T{:02}:{:02}:00Z", report.hour, report.minute)
        });
        let cells = [
            time,
            report.station,
            report.temp_c,
            report.dew_c,
            report.wind_kt,
            report.from_deg,
            report.gust_kt,
            report.pressure_hpa,
            report.rain_in,
        ];
        let mut row: Row = cells.iter().map(String::as_str).collect();
        row.push("");
        rows.push((line, row));
    }
    Ok(Grid::of_rows(NAMES.map(str::to_owned).to_vec(), rows))
}

/// What one report says, as cells.
#[derive(Debug, Default, PartialEq)]
struct Report {
    station: String,
    day: i8,
    hour: i8,
    minute: i8,
    temp_c: String,
    dew_c: String,
    wind_kt: String,
    from_deg: String,
    gust_kt: String,
    pressure_hpa: String,
    rain_in: String,
}

/// The report of a line, if it is one: a station, a day and time, and a wind or a temperature.
fn report(line: &str) -> Option<Report> {
    let words: Vec<&str> = line.trim().trim_end_matches('=').split_whitespace().collect();
    let at = words.iter().position(|w| day_time(w).is_some())?;
    let station = words[..at].iter().rev().find(|w| is_station(w))?;
    let (day, hour, minute) = day_time(words[at])?;
    let mut out = Report { station: (*station).to_owned(), day, hour, minute, ..Report::default() };
    let mut is_remark = false;
    for word in &words[at + 1..] {
        match *word {
            "RMK" => is_remark = true,
            // A forecast for the next two hours ends what was observed.
            "TEMPO" | "BECMG" | "NOSIG" => break,
            _ if is_remark => remark(word, &mut out),
            _ => observed(word, &mut out),
        }
    }
    let is_any = !out.wind_kt.is_empty() || !out.temp_c.is_empty();
    is_any.then_some(out)
}

fn is_station(word: &str) -> bool {
    word.len() == 4
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && !matches!(word, "AUTO")
}

/// `010055Z`.
fn day_time(word: &str) -> Option<(i8, i8, i8)> {
    let digits =
        word.strip_suffix('Z').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_digit()))?;
    let part = |from: usize| digits[from..from + 2].parse::<i8>().ok();
    let (day, hour, minute) = (part(0)?, part(2)?, part(4)?);
    ((1..=31).contains(&day) && hour < 24 && minute < 60).then_some((day, hour, minute))
}

fn observed(word: &str, out: &mut Report) {
    if let Some((speed, unit)) =
        ["KT", "MPS", "KMH"].iter().find_map(|u| word.strip_suffix(u).map(|s| (s, *u)))
    {
        wind(speed, unit, out);
    } else if let Some((temp, dew)) = word.split_once('/') {
        let number = |text: &str| {
            let (sign, digits) = match text.strip_prefix('M') {
                Some(rest) => ("-", rest),
                None => ("", text),
            };
            let is_number = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| format!("{sign}{digits}"))
        };
        if let Some(temp) = number(temp).filter(|_| out.temp_c.is_empty()) {
            out.temp_c = temp;
            out.dew_c = number(dew).unwrap_or_default();
        }
    } else if let Some(digits) = word.strip_prefix('A').filter(|d| is_digits(d, 4)) {
        let inches = digits.parse::<f64>().unwrap_or(f64::NAN) / 100.0;
        out.pressure_hpa = format!("{:.1}", inches * 33.863_89);
    } else if let Some(digits) = word.strip_prefix('Q').filter(|d| is_digits(d, 4)) {
        out.pressure_hpa = digits.trim_start_matches('0').to_owned();
    }
}

/// `21006G15`, `VRB03`, `00000`.
fn wind(text: &str, unit: &str, out: &mut Report) {
    let Some((from, speeds)) = text.split_at_checked(3) else { return };
    let (mean, gust) = speeds.split_once('G').unwrap_or((speeds, ""));
    let knots = |text: &str| -> String {
        let Ok(speed) = text.parse::<f64>() else { return String::new() };
        let factor = match unit {
            "MPS" => 3600.0 / 1852.0,
            "KMH" => 1000.0 / 1852.0,
            _ => 1.0,
        };
        if factor == 1.0 { format!("{speed}") } else { format!("{:.3}", speed * factor) }
    };
    let is_speed = |t: &str| (2..=3).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    if !out.wind_kt.is_empty() || !is_speed(mean) {
        return;
    }
    out.wind_kt = knots(mean);
    out.gust_kt = knots(gust);
    let is_calm = from == "000" && out.wind_kt == "0";
    if is_digits(from, 3) && !is_calm {
        out.from_deg = from.to_owned();
    }
}

/// `T01830089`: tenths of a degree; `P0002`: hundredths of an inch since the last hourly report.
fn remark(word: &str, out: &mut Report) {
    if let Some(digits) = word.strip_prefix('T').filter(|d| is_digits(d, 8)) {
        let tenths = |text: &str| {
            let sign = if text.starts_with('1') { "-" } else { "" };
            format!("{sign}{:.1}", text[1..].parse::<f64>().unwrap_or(f64::NAN) / 10.0)
        };
        out.temp_c = tenths(&digits[..4]);
        out.dew_c = tenths(&digits[4..]);
    } else if let Some(digits) = word.strip_prefix('P').filter(|d| is_digits(d, 4)) {
        out.rain_in = match digits {
            "0000" => "T".into(),
            _ => format!("{:.2}", digits.parse::<f64>().unwrap_or(f64::NAN) / 100.0),
        };
    }
}

fn is_digits(text: &str, len: usize) -> bool {
    text.len() == len && text.bytes().all(|b| b.is_ascii_digit())
}

/// A date in front of a report: `2026/07/01 00:55`, `202607010055`, `2026-07-01 00:55`.
fn date_in(line: &str) -> Option<Date> {
    let word = line.split([' ', ',', 'T', '\t', ';']).find(|w| w.len() >= 8)?;
    let word = if word.len() >= 10 && word.bytes().all(|b| b.is_ascii_digit()) {
        &word[..8]
    } else {
        word
    };
    match super::stamp::stamp(word)?.date? {
        super::stamp::Day::Clear(date) => Some(date),
        super::stamp::Day::Either { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_it_says() {
        let line = "KOTM 010055Z 21006G15KT 10SM -RA 18/09 A2989 RMK AO2 P0002 T01830089";
        let got = report(line).unwrap();
        assert_eq!((got.day, got.hour, got.minute), (1, 0, 55));
        assert_eq!([&*got.temp_c, &*got.dew_c, &*got.wind_kt], ["18.3", "8.9", "6"]);
        assert_eq!([&*got.from_deg, &*got.gust_kt, &*got.rain_in], ["210", "15", "0.02"]);
        assert_eq!(got.pressure_hpa, "1012.2");
        for (line, wind, from, temp) in [
            ("METAR EDDF 010020Z AUTO VRB02KT CAVOK M03/M05 Q1021 NOSIG", "2", "", "-03"),
            ("ENGM 010020Z 00000KT 9999 FEW020 05/03 Q0998=", "0", "", "05"),
            ("UUEE 010030Z 18005MPS 9999 12/10 Q1010", "9.719", "180", "12"),
        ] {
            let got = report(line).unwrap();
            assert_eq!([&*got.wind_kt, &*got.from_deg, &*got.temp_c], [wind, from, temp], "{line}");
        }
        assert_eq!(report("time,temp_c"), None);
    }

    #[test]
    fn the_month_is_told_or_asked_for() {
        let lines = |text: &str| {
            let all: Vec<(u64, String)> =
                text.lines().enumerate().map(|(i, l)| (i as u64 + 1, l.to_owned())).collect();
            all.into_iter()
        };
        let text = "KOTM 302355Z 00000KT 18/09\nKOTM 010055Z 00000KT 18/09\n";
        assert!(grid(lines(text), None).is_err());
        let first = |g: Grid| match g.body {
            super::super::grid::Body::Memory(rows) => {
                rows.iter().map(|(_, r)| r.cell(0).to_owned()).collect::<Vec<_>>()
            }
            super::super::grid::Body::Text { .. } => Vec::new(),
        };
        let got = first(grid(lines(text), Some((2026, 6))).unwrap());
        assert_eq!(got, ["2026-06-30T23:55:00Z", "2026-07-01T00:55:00Z"]);
        let text = "2026/07/01 00:55\nKOTM 010055Z 00000KT 18/09\n202607010155 METAR KOTM 010155Z 00000KT 18/09\n";
        let got = first(grid(lines(text), None).unwrap());
        assert_eq!(got, ["2026-07-01T00:55:00Z", "2026-07-01T01:55:00Z"]);
    }
}
