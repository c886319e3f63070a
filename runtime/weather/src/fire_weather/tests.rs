//! Fire weather from tables against the crate `emberline-fwi` itself.

use std::path::Path;

use emberline_fwi::{self as fwi, Codes, Date, DayLength, FfScale, Latitude, Method, State};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};

use super::*;
use crate::standard_time::StandardTime;
use crate::table::{TableOptions, read_from};

/// New York by rule: clocks go forward on 10 March 2013 and back on 3 November.
const ZONE: &str = "EST5EDT,M3.2.0,M11.1.0";
const LATITUDE_DEG: f64 = 40.78;

/// Weather of hour `k`, as a station would write it: °C, %, m/s, mm.
fn weather(k: i64) -> [f64; 4] {
    let hour = k as f64;
    let day = (std::f64::consts::TAU * (hour - 20.0) / 24.0).cos();
    let slow = (hour / 71.0).sin();
    let wet = (k * 7919).rem_euclid(61) < 5 && slow < 0.2;
    let rain_mm = if wet { 0.3 * (1 + k % 9) as f64 } else { 0.0 };
    let all =
        [16.0 + 7.0 * day + 5.0 * slow, 55.0 - 18.0 * day - 9.0 * slow, 4.0 + 2.0 * slow + day];
    let [temp, rh, wind] = all.map(|v| (v * 10.0).round() / 10.0);
    [temp, rh, wind, (rain_mm * 10.0_f64).round() / 10.0]
}

/// When hour `k` is: the first is midnight of standard time at the start of 1 March.
fn time(k: i64) -> Timestamp {
    let start: Timestamp = "2013-03-01T05:00:00Z".parse().unwrap();
    start.checked_add(SignedDuration::from_hours(k)).unwrap()
}

/// A row of a table in clock time, its cells of weather as `cells` leaves them.
fn row(k: i64, cells: impl Fn(&mut [String; 4])) -> String {
    let mut text = weather(k).map(|v| v.to_string());
    cells(&mut text);
    let clock = TimeZone::posix(ZONE).unwrap().to_datetime(time(k));
    format!("{},{}\n", clock.strftime("%Y-%m-%dT%H:%M"), text.join(","))
}

const HEADER: &str = "time,temp_c,rh_percent,wind_m_s,rain_mm\n";

fn run(table: &str, memory: Memory) -> FireWeather {
    let options = TableOptions { zone: Some(ZONE.into()), ..TableOptions::default() };
    let series = read_from("t.csv", table.as_bytes(), &options).unwrap().series;
    let time = StandardTime::new(Some(ZONE), -74.0).unwrap();
    let latitude = Latitude::new(LATITUDE_DEG).unwrap();
    follow(series.readings(), &time, latitude, memory).unwrap()
}

/// The same by `emberline-fwi` alone: hour 12 of each day of standard time but those `without`.
fn direct(days: i64, without: &[i64]) -> (fwi::State, fwi::Step, u32) {
    let latitude = Latitude::new(LATITUDE_DEG).unwrap();
    let method = Method { ff_scale: FfScale::Printed1987, day_length: DayLength::At(latitude) };
    let date = |day: i64| {
        let date = time(day * 24).to_zoned(TimeZone::posix("EST5").unwrap()).date();
        Date::new(2013, date.month() as u8, date.day() as u8).unwrap()
    };
    let mut state: Option<State> = None;
    let mut last = None;
    let mut carried = 0;
    for day in (1..days).filter(|d| !without.contains(d)) {
        let [temp_c, rh_percent, wind_m_s, _] = weather(day * 24 + 12);
        let rain_24h_mm = (day * 24 - 11..=day * 24 + 12).map(|k| weather(k)[3]).sum();
        let noon = fwi::Noon { temp_c, rh_percent, wind_km_h: wind_m_s * 3.6, rain_24h_mm };
        let before = state.filter(|s| date(day).days_since(s.date) <= 4).unwrap_or_else(|| {
            carried = 0;
            State::start(Codes::START, date(day - 1), method).unwrap()
        });
        let step = before.step(date(day), &noon).unwrap();
        carried += step.gap_days;
        (state, last) = (Some(step.state), Some(step));
    }
    (state.unwrap(), last.unwrap(), carried)
}

#[track_caller]
fn same(got: &FireWeather, (state, last, carried): (fwi::State, fwi::Step, u32)) {
    let memory = &got.memory;
    let (have, indices) = (memory.state.unwrap(), memory.last.unwrap().indices);
    assert_eq!(have.date, state.date);
    for (value, want) in [
        (have.codes.ffmc, state.codes.ffmc),
        (have.codes.dmc, state.codes.dmc),
        (have.codes.dc, state.codes.dc),
        (indices.isi, last.indices.isi),
        (indices.bui, last.indices.bui),
        (indices.fwi, last.indices.fwi),
        (indices.dsr, last.indices.dsr),
    ] {
        assert!((value - want).abs() < 1e-9, "{value} for {want}");
    }
    assert_eq!(memory.start.unwrap().carried, carried);
}

#[test]
fn weeks_of_readings_give_what_the_crate_gives_from_their_noons() {
    /// What is done to the rows of one day.
    #[derive(Clone, Copy)]
    enum Fault {
        /// No rows from 11 to 13 o'clock of standard time.
        NoNoon,
        /// No humidity at all.
        NoHumidity,
        /// Six hours before noon without a value of rain.
        NoRain,
        /// No rows.
        Nothing,
    }
    struct Case {
        faults: Vec<(i64, Fault)>,
        /// Days that have no noon, besides the first.
        without: Vec<i64>,
        restarts: usize,
    }
    let one = |day, fault| Case { faults: vec![(day, fault)], without: vec![day], restarts: 0 };
    let off = |days: std::ops::Range<i64>| days.map(|d| (d, Fault::Nothing)).collect::<Vec<_>>();
    for Case { faults, without, restarts } in [
        Case { faults: vec![], without: vec![], restarts: 0 },
        one(7, Fault::NoNoon),
        one(9, Fault::NoNoon), // the day on which clocks go forward
        one(20, Fault::NoHumidity),
        one(20, Fault::NoRain),
        // The day after an outage lacks half of its rain.
        Case { faults: off(20..22), without: vec![20, 21, 22], restarts: 0 },
        Case { faults: off(20..23), without: vec![20, 21, 22, 23], restarts: 1 },
        Case { faults: off(20..31), without: (20..32).collect(), restarts: 1 },
    ] {
        let mut table = HEADER.to_owned();
        for k in 0..40 * 24 {
            let fault = faults.iter().find(|(day, _)| *day == k / 24).map(|(_, f)| *f);
            match (fault, k % 24) {
                (Some(Fault::Nothing), _) | (Some(Fault::NoNoon), 11..=13) => {}
                (Some(Fault::NoHumidity), _) => table += &row(k, |cells| cells[1].clear()),
                (Some(Fault::NoRain), 6..=11) => table += &row(k, |cells| cells[3].clear()),
                _ => table += &row(k, |_| {}),
            }
        }
        let got = run(&table, Memory::new(None));
        same(&got, direct(40, &without));
        let missing: Vec<i64> =
            got.missing.iter().flat_map(|m| day_number(m.first)..=day_number(m.last)).collect();
        assert_eq!(missing, [&[0], without.as_slice()].concat());
        let again = got.starts.iter().filter(|s| s.origin != Origin::Standard).count();
        assert_eq!(again, restarts, "{without:?}");
        let notes: Vec<String> = got.notes().iter().map(ToString::to_string).collect();
        let notes = notes.join("\n");
        assert_eq!(
            notes.contains("started again from the standard values"),
            restarts > 0,
            "{notes}"
        );
        assert!(
            notes.contains("without a noon (first: 2013-03-01, rain measured for 13.0 h"),
            "{notes}"
        );
    }
}

/// Days since 1 March.
fn day_number(date: civil::Date) -> i64 {
    (date - civil::date(2013, 3, 1)).get_days().into()
}

#[test]
fn a_run_that_is_cut_anywhere_goes_on_as_if_it_were_not() {
    let table = |hours: std::ops::Range<i64>| {
        hours.fold(HEADER.to_owned(), |text, k| text + &row(k, |_| {}))
    };
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("state.json");
    let latitude = Latitude::new(LATITUDE_DEG).unwrap();
    let end = 24 * 24;
    let whole = run(&table(0..end), Memory::new(None)).memory;
    same(&run(&table(0..end), Memory::new(None)), direct(24, &[]));
    // Midnight, before, at and after noon, before the first noon; the second table overlaps or not.
    for cut in [2, 24, 30, 35, 36, 37, 38, 14 * 24, 14 * 24 + 13] {
        for from in [cut, 0, (cut - 30).max(0)] {
            run(&table(0..cut), Memory::new(None)).memory.write(&path).unwrap();
            let kept = Memory::read(&path, None, latitude).unwrap();
            let got = run(&table(from..end), kept).memory;
            assert_eq!(got, whole, "cut at {cut}, on from {from}");
        }
    }
    // A table a day, as loggers write them; and the same table once more.
    let mut memory = Memory::new(None);
    for day in (0..24).chain([23]) {
        memory = run(&table(day * 24..day * 24 + 24), memory).memory;
    }
    assert_eq!(memory, whole);
    let old = run(&table(0..5 * 24), memory.clone());
    assert_eq!((old.stepped, old.memory.state), (0, whole.state), "nothing is counted twice");
}

#[test]
fn codes_that_were_given_are_where_it_starts() {
    let latitude = Latitude::new(LATITUDE_DEG).unwrap();
    let method = Method { ff_scale: FfScale::Exact, day_length: DayLength::At(latitude) };
    let codes = Codes { ffmc: 80.0, dmc: 40.0, dc: 350.0 };
    let state = State::start(codes, Date::new(2013, 3, 1).unwrap(), method).unwrap();
    let given = Memory { state: Some(state), ..Memory::new(None) };
    let table = (0..40).fold(HEADER.to_owned(), |text, k| text + &row(k, |_| {}));
    let got = run(&table, given).memory;
    let (state, start) = (got.state.unwrap(), got.start);
    assert_eq!(
        (state.method, start),
        (method, None),
        "a file without a start is given one when it is read"
    );
    assert!(state.codes.dc > 345.0 && state.date == Date::new(2013, 3, 2).unwrap());
}

#[test]
fn a_file_of_version_1_goes_on() {
    let rows = |hours: std::ops::Range<i64>| {
        hours.fold(HEADER.to_owned(), |text, k| text + &row(k, |_| {}))
    };
    let (cut, end) = (9 * 24 + 20, 20 * 24);
    let whole = run(&rows(0..end), Memory::new(None)).memory;
    let before = run(&rows(0..cut), Memory::new(None)).memory;
    let last = before.last.unwrap();
    // As the program of before wrote it: rain since the last noon as one sum.
    let since = cut - 20 + 13;
    let mm: f64 = (since..cut).map(|k| weather(k)[3]).sum();
    let mut old = serde_json::to_value(&before).unwrap();
    old["emberline_fire_weather"] = 1.into();
    for key in ["resume", "gauge"] {
        old.as_object_mut().unwrap().remove(key);
    }
    old["last"].as_object_mut().unwrap().remove("ground");
    let measured_s = ((cut - since) * 3600) as f64;
    old["rain"] = serde_json::json!({ "since": last.noon, "until": time(cut - 1), "mm": mm,
        "measured_s": measured_s });
    let latitude = Latitude::new(LATITUDE_DEG).unwrap();
    let bytes = serde_json::to_vec(&old).unwrap();
    let kept = Memory::of(&bytes, Path::new("s.json"), None, latitude).unwrap();
    let got = run(&rows(cut..end), kept);
    let (have, want) = (got.memory.state.unwrap(), whole.state.unwrap());
    assert_eq!(have.date, want.date);
    for (have, want) in [
        (have.codes.ffmc, want.codes.ffmc),
        (have.codes.dmc, want.codes.dmc),
        (have.codes.dc, want.codes.dc),
    ] {
        assert!((have - want).abs() < 1e-9, "{have} for {want}");
    }
    assert!(got.missing.is_empty() && got.starts.is_empty(), "{:?}", got.missing);
}

#[test]
fn codes_that_are_changed_by_hand_count() {
    let rows = |hours: std::ops::Range<i64>| {
        hours.fold(HEADER.to_owned(), |text, k| text + &row(k, |_| {}))
    };
    let latitude = Latitude::new(LATITUDE_DEG).unwrap();
    let mut memory = run(&rows(0..10 * 24), Memory::new(None)).memory;
    let dc = memory.state.unwrap().codes.dc;
    memory.state.as_mut().unwrap().codes.dc = 400.0;
    let kept = Memory::of(&memory.bytes().unwrap(), Path::new("s.json"), None, latitude).unwrap();
    assert_eq!(kept.start.unwrap().origin, Origin::Given);
    let got = run(&rows(9 * 24..12 * 24), kept).memory.state.unwrap();
    assert!(dc < 60.0 && got.codes.dc > 395.0, "{dc} {}", got.codes.dc);
}

#[test]
fn one_row_of_another_age_is_a_span_and_not_a_line_a_day() {
    let table = HEADER.to_owned() + &(0..40).map(|k| row(k, |_| {})).collect::<String>();
    let old = "1850-01-01T12:00,20,50,3,0\n";
    let got = run(&(table.clone() + old), Memory::new(None));
    assert!(got.missing.len() <= 3, "{:?}", got.missing);
    let days: usize = got.missing.iter().map(|m| m.days).sum();
    assert!(days > 59_000, "{days}");
    // A table that begins after noon has no noon to miss on that day.
    let late = HEADER.to_owned() + &(14..72).map(|k| row(k, |_| {})).collect::<String>();
    assert_eq!(run(&late, Memory::new(None)).missing, []);
}
