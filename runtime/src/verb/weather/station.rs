//! The weather of a station from its own readings: a table's, or those of a sensor node.

use emberline::node::store::is_store;
use emberline::node::weather_input::weather_input;
use emberline::pipeline::rain_at::LatLon;
use emberline::weather::outlook::{Outlook, Predictand, Value};
use emberline::weather::report::{Input, Latest, WeatherOptions, WeatherReport, report};
use emberline::weather::table::{Mapping, TableOptions};
use jiff::Timestamp;

use super::fire;
use crate::cli::WeatherArgs;
use crate::verb::outcome::Outcome;
use crate::verb::screen::{print, progress, say};
use crate::verb::table::Table;

/// Runs the verb on readings.
pub(super) fn run(args: &WeatherArgs) -> anyhow::Result<Outcome> {
    let place = args.at.as_deref().map(str::parse::<LatLon>).transpose()?;
    let place = place.map(|at| [at.lat_deg, at.lon_deg]);
    let bar = progress(0, "readings");
    let report = input(args, place).and_then(|input| told(args, place, input));
    bar.finish_and_clear();
    let report = report?;
    if args.json {
        print(&serde_json::to_string_pretty(&report)?)?;
        return Ok(Outcome::Done);
    }
    print(&text(&report, args.hours))?;
    for note in &report.notes {
        say(&format!("note: {note}"));
    }
    Ok(Outcome::Done)
}

/// The report of what was read; where nobody said the place, the table may.
fn told(
    args: &WeatherArgs,
    place: Option<[f64; 2]>,
    input: Input,
) -> anyhow::Result<WeatherReport> {
    let options = WeatherOptions {
        place: place.or(input.place),
        station: args.station.clone(),
        zone: args.zone.clone(),
        hours: args.hours,
        fwi_state: args.fwi_state.clone(),
        fwi_start: args.fwi_start.or(args.fwi_winter).map(|c| [c.ffmc, c.dmc, c.dc]),
        rain: args.rain,
        now: Some(Timestamp::now()),
        picture: args.picture.clone(),
    };
    Ok(report(input, &options)?)
}

/// The readings that were asked for.
fn input(args: &WeatherArgs, place: Option<[f64; 2]>) -> anyhow::Result<Input> {
    if !is_store(&args.input) {
        let options = TableOptions {
            format: args.format,
            station: args.station.clone(),
            zone: args.zone.clone(),
            columns: mapping(args)?,
            time_format: args.time_format.clone(),
            longitude_deg: place.map(|[_, longitude]| longitude),
        };
        return Ok(Input::from_table(&args.input, &options)?);
    }
    let of_tables = args.format.is_some()
        || !args.column.is_empty()
        || args.columns.is_some()
        || args.time_format.is_some();
    if args.zone.is_some() || of_tables {
        anyhow::bail!(
            "{}: a store of nodes has its columns and its times in UTC; leave --zone, --format, --column, \
             --columns and --time-format out",
            args.input.display()
        );
    }
    Ok(weather_input(&args.input, args.station.as_deref())?)
}

/// Which columns are what: the file's, and over it what was typed.
fn mapping(args: &WeatherArgs) -> anyhow::Result<Mapping> {
    let mut mapping = Mapping::default();
    if let Some(path) = &args.columns {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|e| anyhow::anyhow!("{name}: cannot be read: {e}"))?;
        mapping = Mapping::from_toml(&text).map_err(|e| anyhow::anyhow!("{name}: {e}"))?;
    }
    mapping
        .columns
        .retain(|m| args.column.iter().all(|typed| typed.role != m.role || m.role == "ignore"));
    mapping.columns.extend(args.column.iter().cloned());
    Ok(mapping)
}

fn text(r: &WeatherReport, hours: u32) -> String {
    let step = r.step.map_or_else(String::new, |s| match s.as_mins() {
        0 => format!(", {} s apart", s.as_secs()),
        min => format!(", {min} min apart"),
    });
    let mut out = format!(
        "{} readings{step}, {} to {}\n\nnow: {}\n",
        r.readings,
        r.first,
        r.now.time,
        words(&r.now)
    );
    if r.alarms.is_empty() {
        out += &format!("\nno alarm in the last {hours} h\n");
    } else {
        out += &format!("\nalarms of the last {hours} h:\n");
        out.extend(r.alarms.iter().map(|a| format!("  {a}\n")));
    }
    if let Some(fire) = &r.fire_weather {
        out += &format!("\n{}", fire::text(fire));
    }
    if let Some(outlook) = r.outlook.as_ref().filter(|o| !o.predicted.is_empty()) {
        out += &format!("\noutlook, with intervals that hold about 80 % ({}):\n", outlook.model);
        out += &table(outlook).text();
        out += "not for evacuation decisions\n";
    }
    out
}

/// The latest reading and what follows from it.
fn words(now: &Latest) -> String {
    let mut parts = Vec::new();
    let mut add = |value: Option<f64>, digits: usize, unit: &str| {
        if let Some(v) = value {
            parts.push(format!("{v:.digits$}{unit}"));
        }
    };
    add(now.temp_c, 1, " °C");
    add(now.rh_percent, 0, " % humidity");
    add(now.dew_point_c, 1, " °C dew point");
    add(now.vapour_pressure_deficit_hpa, 1, " hPa vapour pressure deficit");
    add(now.wind_m_s, 1, " m/s wind");
    add(now.wind_from_deg, 0, "° it comes from");
    add(now.gust_m_s, 1, " m/s gust");
    add(now.pressure_hpa, 1, " hPa");
    add(now.pressure_change_3h_hpa, 1, " hPa change in 3 h");
    add(now.rain_mm, 1, " mm rain");
    if parts.is_empty() { "no value passed".to_owned() } else { parts.join(", ") }
}

fn table(outlook: &Outlook) -> Table {
    let mut table = Table::new(&["lead", "for", "°C", "humidity %", "wind m/s", "from", "hPa"]);
    let mut leads: Vec<u8> = outlook.predicted.iter().map(|p| p.lead_h).collect();
    leads.sort_unstable();
    leads.dedup();
    for lead_h in leads {
        let at_lead = || outlook.predicted.iter().filter(|p| p.lead_h == lead_h);
        let cell = |predictand: Predictand, digits: usize| {
            let found = at_lead().find(|p| p.predictand == predictand);
            match found.map(|p| p.value) {
                Some(Value::Number { value, low, high }) => {
                    format!("{value:.digits$} [{low:.digits$}, {high:.digits$}]")
                }
                Some(Value::Wind { from_deg, .. }) => {
                    from_deg.map_or_else(|| "calm".to_owned(), |d| format!("{d:.0}°"))
                }
                None => "–".to_owned(),
            }
        };
        let time = at_lead().next().map(|p| p.time);
        table.row(vec![
            format!("{lead_h} h"),
            time.map_or_else(String::new, |t| t.strftime("%H:%M UTC").to_string()),
            cell(Predictand::Temp, 1),
            cell(Predictand::Humidity, 0),
            cell(Predictand::Wind, 1),
            cell(Predictand::WindVector, 0),
            cell(Predictand::Pressure, 1),
        ]);
    }
    table
}
