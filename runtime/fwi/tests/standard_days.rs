//! The standard 48 days of the Fire Weather Index System, code by code and digit by digit.

#![allow(clippy::unwrap_used, reason = "tests state their expectations by unwrapping")]

mod table;

use emberline_fwi::{Codes, Date, DayLength, FfScale, Indices, Latitude, Method, Noon, State};
use table::{Row, Table, Worst};

/// The oracle prints 15 digits, and its errors of rounding add up over 48 days as ours do.
const LIMIT: f64 = 1e-12;

fn date(row: Row<'_>) -> Date {
    Date::new(row.whole("year"), row.whole("month") as u8, row.whole("day") as u8).unwrap()
}

fn noon(row: Row<'_>) -> Noon {
    Noon {
        temp_c: row.get("temp_c"),
        rh_percent: row.get("rh_percent"),
        wind_km_h: row.get("wind_km_h"),
        rain_24h_mm: row.get("rain_24h_mm"),
    }
}

/// Runs the season and compares; gives back the codes of the last day.
fn compare(name: &str, text: &str, start: Codes) -> Codes {
    let table = Table::parse(text);
    let day_length = DayLength::At(Latitude::new(40.0).unwrap());
    let method = Method { ff_scale: FfScale::Printed1987, day_length };
    let eve = Date::new(1985, 4, 12).unwrap();
    let mut state = State::start(start, eve, method).unwrap();
    let columns = ["ffmc", "dmc", "dc", "isi", "bui", "fwi"];
    let mut worst = columns.map(Worst::of);
    for row in table.rows() {
        let step = state.step(date(row), &noon(row)).unwrap();
        assert_eq!(step.gap_days, 0);
        let (codes, all) = (step.state.codes, step.indices);
        let got = [codes.ffmc, codes.dmc, codes.dc, all.isi, all.bui, all.fwi];
        for ((worst, column), got) in worst.iter_mut().zip(columns).zip(got) {
            worst.add(got, row.get(column));
        }
        state = step.state;
    }
    println!("{name}: {} days", table.len());
    worst.iter().for_each(|worst| worst.within_relative(LIMIT));
    state.codes
}

#[test]
fn agrees_with_the_standard_days_and_with_a_second_run_from_their_end() {
    let end = compare("first run", include_str!("data/standard_days.csv"), Codes::START);
    compare("second run", include_str!("data/second_run.csv"), end);
}

#[test]
fn agrees_with_the_severity_rating_of_the_standard_days() {
    let table = Table::parse(include_str!("data/standard_days.csv"));
    let mut worst = Worst::of("dsr");
    for row in table.rows() {
        let codes = Codes { ffmc: row.get("ffmc"), dmc: row.get("dmc"), dc: row.get("dc") };
        let all = Indices::of(&codes, row.get("wind_km_h"), FfScale::Printed1987).unwrap();
        worst.add(all.dsr, row.get("dsr"));
    }
    worst.within_relative(LIMIT);
}
