//! `emberline weather`: what a station's own readings tell, now and for the next hours.

mod area;
mod fire;
mod node;
mod picture;
mod rain;

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use emberline::weather::alarm::{Alarm, Thresholds, Watch};
use emberline::weather::csv::{self, Ask};
use emberline::weather::derived::{deficit_hpa, dew_point_c, tendency_hpa};
use emberline::weather::outlook::{Model, Outlook, Record, Said, Value, What};
use emberline::weather::quality::{Limits, check};
use emberline::weather::reading::Reading;

use super::outcome::Outcome;
use super::screen::{print, say};
use super::table::Table;
use crate::cli::{Pick, WeatherArgs};

/// Everything that is told.
struct Report {
    readings: usize,
    step: Option<SignedDuration>,
    first: Timestamp,
    now: Reading,
    tendency_hpa: Option<f64>,
    notes: Vec<String>,
    alarms: Vec<Alarm>,
    outlook: Option<Outlook>,
    fire: Option<fire::Told>,
}

/// Runs the verb.
pub(crate) fn run(args: &WeatherArgs) -> anyhow::Result<Outcome> {
    if rain::claims(&args.input) && !node::claims(args) {
        if args.fwi_state.is_some() || args.picture.is_some() {
            anyhow::bail!(
                "{}: radar frames have no --fwi-state and no --picture; leave them out",
                args.input.display()
            );
        }
        return rain::run(args);
    }
    if args.pick != Pick::default() || args.radar.area.is_some() {
        anyhow::bail!(
            "{}: a table of readings, and something was said that only radar frames have; leave it out",
            args.input.display()
        );
    }
    let report = report(args)?;
    if args.json {
        print(&serde_json::to_string_pretty(&document(&report))?)?;
        return Ok(Outcome::Done);
    }
    print(&text(&report, args.hours)?)?;
    for note in &report.notes {
        say(&format!("note: {note}"));
    }
    Ok(Outcome::Done)
}

fn report(args: &WeatherArgs) -> anyhow::Result<Report> {
    let ask = Ask { format: args.format, station: args.station.clone(), zone: args.zone.clone() };
    let place = args.at.as_deref().map(place).transpose()?;
    let (series, mut notes) = if node::claims(args) {
        node::series(args)?
    } else {
        (csv::read(Path::new(&args.input), &ask)?, Vec::new())
    };
    let step = series.step();
    notes.extend(series.notes.lines());
    let checked = check(series.readings(), &Limits::default());
    notes.extend(checked.lines());
    let readings = &checked.readings;
    let (Some(first), Some(now)) = (readings.first(), readings.last()) else {
        anyhow::bail!("{}: holds no readings; give a table with rows", args.input.display());
    };
    let mut watch = Watch::new(step.map_or_else(Thresholds::default, Thresholds::for_step));
    let all: Vec<Alarm> = readings.iter().flat_map(|r| watch.take(r)).collect();
    let since = SignedDuration::from_hours(i64::from(args.hours));
    let recent = |a: &Alarm| now.time.duration_since(a.time) <= since;
    let alarms: Vec<Alarm> = all.into_iter().filter(recent).collect();
    let outlook = match place {
        Some([_, longitude_deg]) => {
            Some(Model::builtin()?.outlook(readings, now.time, longitude_deg))
        }
        None => {
            notes.push("no outlook: it needs the place; give --at LAT,LON".to_owned());
            None
        }
    };
    if let Some(outlook) = &outlook {
        notes.extend(outlook.lacks.iter().map(ToString::to_string));
        let shipped = outlook.said.iter().filter(|s| s.record == Record::Shipped).count();
        if shipped > 0 {
            notes.push(format!(
                "{shipped} of {} intervals come from the training stations: this one has too short \
                 a record",
                outlook.said.len()
            ));
        }
    }
    let fire = fire::tell(args, readings, step, place, &mut notes)?;
    if let Some(path) = &args.picture {
        picture::write(path, args, readings, step, &alarms, outlook.as_ref())?;
    }
    Ok(Report {
        readings: readings.len(),
        step,
        first: first.time,
        now: *now,
        tendency_hpa: tendency_hpa(readings, now.time),
        notes,
        alarms,
        outlook,
        fire,
    })
}

/// Latitude and longitude in degrees, as `40.78,-73.87`.
fn place(text: &str) -> anyhow::Result<[f64; 2]> {
    let wrong = || anyhow::anyhow!("--at {text}: not LAT,LON in degrees, as 40.78,-73.87");
    let (lat, lon) = text.split_once(',').ok_or_else(wrong)?;
    let number = |t: &str, most: f64| -> Option<f64> {
        t.trim().parse().ok().filter(|v: &f64| v.abs() <= most)
    };
    match (number(lat, 90.0), number(lon, 180.0)) {
        (Some(lat), Some(lon)) => Ok([lat, lon]),
        _ => Err(wrong()),
    }
}

fn text(r: &Report, hours: u32) -> anyhow::Result<String> {
    let step = r.step.map_or_else(String::new, |s| match s.as_mins() {
        0 => format!(", {} s apart", s.as_secs()),
        min => format!(", {min} min apart"),
    });
    let mut out = format!(
        "{} readings{step}, {} to {}\n\nnow: {}\n",
        r.readings,
        r.first,
        r.now.time,
        words(&r.now, r.tendency_hpa)
    );
    if r.alarms.is_empty() {
        out += &format!("\nno alarm in the last {hours} h\n");
    } else {
        out += &format!("\nalarms of the last {hours} h:\n");
        out.extend(r.alarms.iter().map(|a| format!("  {a}\n")));
    }
    if let Some(fire) = &r.fire {
        out += &format!("\n{}", fire.text());
    }
    if let Some(outlook) = &r.outlook {
        out += &format!("\noutlook, with intervals that hold about 80 % ({}):\n", outlook.model);
        out += &table(outlook).text();
        out += "not for evacuation decisions\n";
    }
    Ok(out)
}

/// The latest reading and what follows from it.
fn words(r: &Reading, tendency_hpa: Option<f64>) -> String {
    let mut parts = Vec::new();
    let mut add = |value: Option<f64>, digits: usize, unit: &str| {
        if let Some(v) = value {
            parts.push(format!("{v:.digits$}{unit}"));
        }
    };
    let humid = r.temp_c.zip(r.rh_percent);
    add(r.temp_c, 1, " °C");
    add(r.rh_percent, 0, " % humidity");
    add(humid.and_then(|(t, rh)| dew_point_c(t, rh)), 1, " °C dew point");
    add(humid.map(|(t, rh)| deficit_hpa(t, rh)), 1, " hPa vapour pressure deficit");
    add(r.wind_m_s, 1, " m/s wind");
    add(r.wind_from_deg, 0, "° it comes from");
    add(r.gust_m_s, 1, " m/s gust");
    add(r.pressure_hpa, 1, " hPa");
    add(tendency_hpa, 1, " hPa change in 3 h");
    add(r.rain_mm, 1, " mm rain");
    if parts.is_empty() { "no value passed".to_owned() } else { parts.join(", ") }
}

fn table(outlook: &Outlook) -> Table {
    let mut table = Table::new(&["lead", "for", "°C", "humidity %", "wind m/s", "from", "hPa"]);
    let mut leads: Vec<u8> = outlook.said.iter().map(|s| s.lead_h).collect();
    leads.sort_unstable();
    leads.dedup();
    for lead_h in leads {
        let of = |what: What| outlook.said.iter().find(|s| s.lead_h == lead_h && s.what == what);
        let cell = |what: What, digits: usize| match of(what).map(|s| s.value) {
            Some(Value::Number { value, low, high }) => {
                format!("{value:.digits$} [{low:.digits$}, {high:.digits$}]")
            }
            Some(Value::Wind { from_deg, .. }) => {
                from_deg.map_or_else(|| "calm".to_owned(), |d| format!("{d:.0}°"))
            }
            None => "–".to_owned(),
        };
        let time = outlook.said.iter().find(|s| s.lead_h == lead_h).map(|s| s.time);
        table.row(vec![
            format!("{lead_h} h"),
            time.map_or_else(String::new, |t| t.strftime("%H:%M UTC").to_string()),
            cell(What::Temp, 1),
            cell(What::Humidity, 0),
            cell(What::Wind, 1),
            cell(What::WindVector, 0),
            cell(What::Pressure, 1),
        ]);
    }
    table
}

fn document(r: &Report) -> Json {
    let humid = r.now.temp_c.zip(r.now.rh_percent);
    json!({
        "emberline": env!("CARGO_PKG_VERSION"),
        "readings": r.readings,
        "step_s": r.step.map(|s| s.as_secs_f64()),
        "first": r.first.to_string(),
        "now": {
            "time": r.now.time.to_string(),
            "temp_c": r.now.temp_c,
            "rh_percent": r.now.rh_percent,
            "dew_point_c": humid.and_then(|(t, rh)| dew_point_c(t, rh)),
            "vapour_pressure_deficit_hpa": humid.map(|(t, rh)| deficit_hpa(t, rh)),
            "wind_m_s": r.now.wind_m_s,
            "wind_from_deg": r.now.wind_from_deg,
            "gust_m_s": r.now.gust_m_s,
            "pressure_hpa": r.now.pressure_hpa,
            "pressure_change_3h_hpa": r.tendency_hpa,
            "rain_mm": r.now.rain_mm,
        },
        "alarms": r.alarms.iter()
            .map(|a| json!({ "time": a.time.to_string(), "words": a.to_string() }))
            .collect::<Vec<_>>(),
        "fire_weather": r.fire.as_ref().map(fire::Told::document),
        "outlook": r.outlook.as_ref().map(|o| json!({
            "model": o.model,
            "issued": o.issued.to_string(),
            "said": o.said.iter().map(said).collect::<Vec<_>>(),
        })),
        "notes": r.notes,
    })
}

fn said(s: &Said) -> Json {
    let mut row = json!({
        "what": s.what.name(),
        "lead_h": s.lead_h,
        "time": s.time.to_string(),
        "inputs": s.inputs,
        "interval_from": match s.record {
            Record::Own { errors } => json!({ "own_errors": errors }),
            Record::Shipped => json!("training stations"),
        },
    });
    match s.value {
        Value::Number { value, low, high } => {
            row["value"] = json!(value);
            row["low"] = json!(low);
            row["high"] = json!(high);
        }
        Value::Wind { towards_m_s, from_deg, radius_m_s } => {
            row["towards_east_north_m_s"] = json!(towards_m_s);
            row["from_deg"] = json!(from_deg);
            row["radius_m_s"] = json!(radius_m_s);
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_two_numbers_in_range() {
        assert_eq!(place("40.78, -73.87").ok(), Some([40.78, -73.87]));
        for bad in ["", "40.78", "91,0", "0,181", "a,b", "nan,0"] {
            assert!(place(bad).is_err_and(|e| e.to_string().contains("LAT,LON")), "{bad}");
        }
    }
}
