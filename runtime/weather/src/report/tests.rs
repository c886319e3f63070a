//! What is told of whole tables with the faults that stations have.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::rain_kind::RainKind;
use crate::table::{TableOptions, read_from};

const HEADER: &str = "time,temp_c,rh_percent,wind_m_s,gust_m_s,rain_mm\n";

fn now() -> Timestamp {
    "2026-07-01T00:00:00Z".parse().unwrap()
}

/// Hourly rows from 1 June 2026 on, `rain` of each by its number.
fn rows(n: i64, rain: impl Fn(i64) -> String) -> String {
    let begin: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    let row = |k: i64| {
        let time = begin.checked_add(SignedDuration::from_hours(k)).unwrap();
        let warm = (std::f64::consts::TAU * (k - 20) as f64 / 24.0).cos();
        let (temp, rh) = (20.0 + 7.0 * warm, 50.0 - 20.0 * warm);
        let wind = 3.0 + 0.1 * (k * 7 % 11) as f64;
        format!("{time},{temp:.1},{rh:.0},{wind:.1},{:.1},{}\n", wind + 2.0, rain(k))
    };
    (0..n).map(row).collect()
}

/// What falls in hour `k`, mm.
fn fell(k: i64) -> f64 {
    if k.rem_euclid(53) < 2 { 1.2 } else { 0.0 }
}

fn told(table: &str, options: WeatherOptions) -> Result<WeatherReport, ReportError> {
    let series = read_from("t.csv", table.as_bytes(), &TableOptions::default()).unwrap().series;
    let input = Input { name: "t.csv".to_owned(), series, notes: Vec::new(), place: None };
    let at = WeatherOptions { place: Some([45.0, -75.0]), hours: 24, now: Some(now()), ..options };
    report(input, &at)
}

fn notes(report: &WeatherReport) -> String {
    report.notes.iter().map(|n| format!("{n}\n")).collect()
}

#[test]
fn a_wrong_clock_costs_its_rows_and_hides_nothing() {
    let calm = rows(100, |_| "0".to_owned());
    let front = "2026-06-05T04:00:00Z,20.0,50,4.0,19.0,0\n";
    for (odd, note) in [
        ("", None),
        ("2099-01-01T00:00:00Z,20.0,50,3.0,5.0,0\n", Some("1 row left out: later than now")),
        ("2026-07-01T15:00:00Z,20.0,50,3.0,5.0,0\n", Some("1 row left out: later than now")),
        ("1970-01-01T00:00:00Z,20.0,50,3.0,5.0,0\n", Some("more than a year before the others")),
    ] {
        let table = format!("{HEADER}{calm}{front}{odd}");
        let report = told(&table, WeatherOptions::default()).unwrap();
        assert_eq!((report.readings, report.alarms.len()), (101, 1), "{odd}");
        assert_eq!(report.now.time, "2026-06-05T04:00:00Z".parse().unwrap(), "{odd}");
        let text = notes(&report);
        assert!(note.is_none_or(|n| text.contains(n)) && !text.contains("gap"), "{odd}: {text}");
    }
    let all = format!("{HEADER}2099-01-01T00:00:00Z,20.0,50,3.0,5.0,0\n");
    let error = told(&all, WeatherOptions::default()).unwrap_err().to_string();
    assert!(error.contains("every reading is later than now") && error.lines().count() == 1);
    // Live readings of a clock that is a little fast are told.
    let fast = format!("{HEADER}2026-07-01T00:05:00Z,20.0,50,3.0,5.0,0\n");
    assert_eq!(told(&fast, WeatherOptions::default()).unwrap().readings, 1);
}

#[test]
fn a_state_of_a_day_that_has_not_come_is_refused() {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("s.json");
    let table = HEADER.to_owned() + &rows(100, |k| fell(k).to_string());
    let options = |now: &str| WeatherOptions {
        fwi_state: Some(path.clone()),
        now: Some(now.parse().unwrap()),
        place: Some([45.0, -75.0]),
        ..WeatherOptions::default()
    };
    let run = |table: &str, now: &str| {
        let series = read_from("t.csv", table.as_bytes(), &TableOptions::default()).unwrap().series;
        report(
            Input { name: "t.csv".to_owned(), series, notes: Vec::new(), place: None },
            &options(now),
        )
    };
    // A clock of next year: its rows are left out, so that no state is of next year.
    let ahead = table.replace("2026-", "2027-");
    assert!(run(&ahead, "2026-06-05T04:00:00Z").is_err() && !path.exists());
    let report = run(&table, "2026-06-03T12:00:00Z").unwrap();
    assert_eq!(report.fire_weather.unwrap().date.to_string(), "2026-06-02");
    // A file that an older program wrote.
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("2026,", "2027,")).unwrap();
    let error = run(&table, "2026-06-05T04:00:00Z").unwrap_err().to_string();
    assert!(error.contains("state of 2027-06-02, and now is 2026-06-05"), "{error}");
}

#[test]
fn rain_of_each_kind_gives_one_index() {
    let day = |k: i64| (k - 5 - 1).div_euclid(24);
    let sum = |k: i64, of: &dyn Fn(i64) -> bool| -> String {
        let mm: f64 = (0..=k).filter(|i| of(*i)).map(fell).sum();
        format!("{mm:.1}")
    };
    let table = |rain: &dyn Fn(i64) -> String| HEADER.to_owned() + &rows(600, rain);
    let fwi = |table: &str, asked| {
        let report = told(table, WeatherOptions { rain: asked, ..Default::default() }).unwrap();
        let text = notes(&report);
        let fire = report.fire_weather.unwrap();
        (fire.codes, text)
    };
    let (want, text) = fwi(&table(&|k| fell(k).to_string()), None);
    assert!(!text.contains("rain_mm"), "{text}");
    for (rain, asked, note) in [
        (
            &(|k: i64| sum(k, &|i| day(i) == day(k))) as &dyn Fn(i64) -> String,
            None,
            "since the day",
        ),
        (&|k: i64| sum(k, &|i| k - i < 24), None, "of the 24 h before"),
        (
            &|k: i64| format!("{:.1}", 212.4 + sum(k, &|_| true).parse::<f64>().unwrap()),
            None,
            "total",
        ),
        (&|k: i64| fell(k).to_string(), Some(RainKind::Rate), ""),
        (&|k: i64| if fell(k) > 0.0 { fell(k).to_string() } else { String::new() }, None, "blank"),
    ] {
        let (got, text) = fwi(&table(rain), asked);
        for (got, want) in [(got.ffmc, want.ffmc), (got.dmc, want.dmc), (got.dc, want.dc)] {
            assert!((got - want).abs() < 1e-6, "{note}: {got} for {want}");
        }
        assert!(text.contains(note), "{note}: {text}");
    }
    let told = told(&table(&|k| (fell(k) * 1000.0).to_string()), WeatherOptions::default());
    let error = told.unwrap_err().to_string();
    assert!(error.contains("more than ever falls") && error.lines().count() == 1, "{error}");
}

#[test]
fn why_there_is_no_index_is_told_in_text_and_json() {
    // The gauge is dead for half of each day.
    let rain = |k: i64| if k.rem_euclid(24) < 10 { String::new() } else { "0".to_owned() };
    let report = told(&(HEADER.to_owned() + &rows(200, rain)), WeatherOptions::default()).unwrap();
    let text = notes(&report);
    assert!(report.fire_weather.is_none());
    let line = text.lines().find(|l| l.contains("without a noon")).unwrap();
    assert!(line.contains("8 days") && line.contains("rain measured for"), "{text}");
    let facts = serde_json::to_value(&report).unwrap();
    let spans = facts["missing_noons"].as_array().unwrap();
    assert!(spans.len() == 1 && spans[0]["days"] == 8, "{spans:?}");
    assert!(spans[0]["why"].as_str().unwrap().contains("rain measured for"), "{spans:?}");
}

#[test]
fn what_has_no_outlook_is_a_line_a_quantity() {
    let report =
        told(&(HEADER.to_owned() + &rows(1, |_| "0".to_owned())), WeatherOptions::default());
    let text = notes(&report.unwrap());
    let lines = text.lines().filter(|l| l.starts_with("no outlook of")).count();
    assert!((3..=5).contains(&lines) && text.contains("for 1 to 6 h: missing"), "{text}");
}

#[test]
fn winter_is_told() {
    let table = HEADER.to_owned() + &rows(200, |_| "0".to_owned());
    let cold: String = table
        .lines()
        .map(|l| match l.split_once("Z,") {
            Some((time, rest)) => format!("{time}Z,-{rest}\n"),
            None => format!("{l}\n"),
        })
        .collect();
    // Days turned upside down are asked about where nobody named a zone.
    let error = told(&cold, WeatherOptions::default()).unwrap_err().to_string();
    assert!(error.contains("about 12 h too") && error.contains("give ‹zone› UTC"), "{error}");
    let named = WeatherOptions { zone: Some("UTC".to_owned()), ..WeatherOptions::default() };
    let text = notes(&told(&cold, named).unwrap());
    assert!(text.contains("clear days are warmest at"), "{text}");
    assert!(text.contains("noons are below 0 °C since 2026-06-02"), "{text}");
}
