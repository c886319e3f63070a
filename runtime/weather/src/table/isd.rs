//! NOAA's Integrated Surface Database as CSV: several values, scales and quality codes in one cell.
//!
//! `WND` is direction, its quality, type, speed in tenths, its quality; `TMP` and `DEW` tenths of a degree;
//! `SLP` tenths of hPa; `AA1` hours, tenths of a millimetre, condition, quality; `OC1` gust in tenths. By the
//! format document of the database; values that it marks suspect or wrong are missing.

use super::grid::Grid;
use super::text::Row;

const NAMES: [&str; 9] = [
    "station",
    "time_utc",
    "temp_c",
    "dew_point_c",
    "wind_m_s",
    "wind_from_deg",
    "gust_m_s",
    "pressure_hpa",
    "rain_hour_mm",
];
/// Summaries of a day or month stand between the reports.
const SUMMARIES: [&str; 4] = ["SOD", "SOM", "PCP15", "PCP60"];

/// Whether a table with these columns is of the database.
pub(super) fn claims(names: &[String]) -> bool {
    let has = |name: &str| names.iter().any(|n| n.trim().eq_ignore_ascii_case(name));
    has("DATE") && has("WND") && has("TMP")
}

/// The rows with a value a cell.
pub(super) fn grid(names: &[String], rows: impl Iterator<Item = (u64, Row)>) -> Grid {
    let at = |name: &str| names.iter().position(|n| n.trim().eq_ignore_ascii_case(name));
    let columns =
        ["STATION", "DATE", "TMP", "DEW", "WND", "OC1", "SLP", "AA1", "REPORT_TYPE"].map(at);
    let [station, date, tmp, dew, wnd, gust, slp, rain, kind] = columns;
    let mut out = Vec::new();
    for (line, row) in rows {
        let cell = |column: Option<usize>| column.map_or("", |c| row.cell(c));
        if SUMMARIES.iter().any(|s| cell(kind).starts_with(s)) {
            continue;
        }
        let wind: Vec<&str> = cell(wnd).split(',').collect();
        let is_calm = wind.get(2) == Some(&"C");
        let speed = scaled(wind.get(3), wind.get(4), 10.0, "9999");
        let from = match is_calm {
            true => String::new(),
            false => scaled(wind.first(), wind.get(1), 1.0, "999"),
        };
        let pair = |column: Option<usize>, missing: &str| {
            let parts: Vec<&str> = cell(column).split(',').collect();
            scaled(parts.first(), parts.get(1), 10.0, missing)
        };
        let depth: Vec<&str> = cell(rain).split(',').collect();
        let is_of_hour = depth.first().is_some_and(|h| h.parse() == Ok(1));
        let rain = match (is_of_hour, depth.get(2)) {
            (true, Some(&"2")) => "T".into(),
            (true, _) => scaled(depth.get(1), depth.get(3), 10.0, "9999"),
            (false, _) => String::new(),
        };
        let cells = [
            cell(station).to_owned(),
            cell(date).to_owned(),
            pair(tmp, "9999"),
            pair(dew, "9999"),
            speed,
            from,
            pair(gust, "9999"),
            pair(slp, "99999"),
            rain,
        ];
        out.push((line, cells.iter().map(String::as_str).collect()));
    }
    Grid::of_rows(NAMES.map(str::to_owned).to_vec(), out)
}

/// A number in parts of its unit; empty where it is missing, suspect (2, 6) or wrong (3, 7).
fn scaled(text: Option<&&str>, quality: Option<&&str>, parts: f64, missing: &str) -> String {
    let Some(text) = text.map(|t| t.trim()) else { return String::new() };
    let is_bad = quality.is_some_and(|q| matches!(*q, "2" | "3" | "6" | "7"));
    let digits = text.trim_start_matches(['+', '-']);
    match text.parse::<f64>() {
        Ok(number) if digits != missing && !is_bad => format!("{}", number / parts),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::Body;
    use super::*;

    #[test]
    fn coded_cells_are_taken_apart() {
        let names: Vec<String> =
            ["STATION", "DATE", "REPORT_TYPE", "WND", "TMP", "DEW", "SLP", "AA1", "OC1"]
                .map(str::to_owned)
                .to_vec();
        let rows = [
            [
                "7",
                "d",
                "FM-15",
                "210,5,N,0031,5",
                "+0184,5",
                "+0092,5",
                "10123,5",
                "01,0002,9,5",
                "0062,5",
            ],
            [
                "7",
                "d",
                "FM-15",
                "999,9,V,0015,5",
                "+9999,9",
                "-0012,3",
                "99999,9",
                "06,0100,9,5",
                "",
            ],
            ["7", "d", "FM-16", "999,9,C,0000,5", "-0010,1", "+0092,5", "", "01,0000,2,5", ""],
            ["7", "d", "SOD  ", "", "", "", "", "", ""],
        ];
        assert!(claims(&names));
        let rows = rows.iter().enumerate().map(|(i, r)| (i as u64, r.iter().copied().collect()));
        let Body::Memory(got) = grid(&names, rows).body else { panic!("rows in memory") };
        let got: Vec<Vec<&str>> = got.iter().map(|(_, r)| r.iter().collect()).collect();
        assert_eq!(
            got,
            [
                vec!["7", "d", "18.4", "9.2", "3.1", "210", "6.2", "1012.3", "0.2"],
                vec!["7", "d", "", "", "1.5", "", "", "", ""],
                vec!["7", "d", "-1", "9.2", "0", "", "", "", "T"],
            ]
        );
    }
}
