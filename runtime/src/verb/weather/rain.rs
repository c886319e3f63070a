//! Rain at a place, from radar frames: when it starts or stops, and how often that was right lately.

use std::path::Path;

use emberline::pipeline::rain_at::{EarlierForecasts, Place, RainAt, RainAtOptions, RainLead};
use emberline::pipeline::{self, PipelineOptions};

use crate::cli::WeatherArgs;
use crate::verb::outcome::Outcome;
use crate::verb::screen::{print, progress, say};
use crate::verb::table::Table;
use crate::verb::typed::options;

/// Whether an input is a film of radar frames, and no table of readings.
pub(super) fn claims(input: &Path) -> bool {
    let name = input.to_string_lossy().to_ascii_lowercase();
    let film = [
        ".npz", ".pgm", ".pgm.gz", ".tif", ".tiff", ".h5", ".hdf", ".hdf5", ".nc", ".nc4",
        ".grib2", ".grb2", ".gz", ".bz2",
    ];
    // A packed table is none.
    let table = [".csv.gz", ".tsv.gz", ".txt.gz", ".dat.gz", ".json.gz", ".ndjson.gz"];
    let is_table = table.iter().any(|end| name.ends_with(end));
    input.is_dir()
        || name.starts_with("sim:")
        || film.iter().any(|end| name.ends_with(end)) && !is_table
}

/// Runs the verb on radar frames.
pub(super) fn run(args: &WeatherArgs) -> anyhow::Result<Outcome> {
    let name = args.input.display().to_string();
    if args.station.is_some() || args.zone.is_some() {
        anyhow::bail!("{name}: radar frames have no --station and no --zone; leave them out");
    }
    let options = RainAtOptions {
        pipeline: PipelineOptions { every_s: args.radar.every, ..options(&args.pick) },
        place: match (&args.radar.area, &args.at) {
            (Some(file), _) => Some(Place::Area(file.clone())),
            (None, at) => at.clone().map(Place::Point),
        },
        rate_mm_h: args.radar.rate,
        checks: args.radar.checks as usize,
    };
    let bar = progress(u64::from(args.radar.checks), "earlier forecasts");
    let rain = pipeline::rain_at(&name, &options, &mut |done, _| bar.set_position(done as u64));
    bar.finish_and_clear();
    let rain = rain?;
    if args.json {
        print(&serde_json::to_string_pretty(&rain)?)?;
        return Ok(Outcome::Done);
    }
    print(&text(&rain))?;
    for note in &rain.notes {
        say(&format!("note: {note}"));
    }
    Ok(Outcome::Done)
}

/// What a person reads.
fn text(rain: &RainAt) -> String {
    let time = rain.last_frame_utc.map(|t| t.to_string());
    let mut text = format!(
        "{}: last frame {}, {:.1} mm/h there now\n\n{}\n",
        rain.place,
        time.unwrap_or_else(|| format!("at {} s", rain.last_frame_s)),
        rain.rain_now_mm_h.unwrap_or(0.0),
        rain.onset.words,
    );
    text += &earlier(&rain.earlier_forecasts);
    text + "\n" + &table(&rain.leads, rain.step_s).text() + "not for evacuation decisions\n"
}

/// How often it was right.
fn earlier(forecasts: &EarlierForecasts) -> String {
    let EarlierForecasts { made, came_true, expected_true, note } = forecasts;
    let why = note.as_ref().map_or_else(String::new, |why| format!("; {why}"));
    if *made == 0 {
        return format!("no earlier forecast was checked{why}\n");
    }
    format!(
        "of the last {made} forecasts of this place that could be checked {came_true} came true \
         ({expected_true:.1} by their own chances){why}\n"
    )
}

/// Rate and chances, a row a lead.
fn table(leads: &[RainLead], step_s: f64) -> Table {
    let shown = |lead: &RainLead| lead.chances.clone().into_iter().filter(|c| c.is_shown);
    let tells_likely = leads.iter().any(|lead| lead.rain_likely_mm_h.is_some());
    let rate = if tells_likely { "expected mm/h" } else { "mm/h" };
    let mut headings = vec!["in min".to_owned(), rate.to_owned()];
    headings.extend(tells_likely.then(|| "likely mm/h".to_owned()));
    let rates = leads.first().into_iter().flat_map(shown);
    headings.extend(rates.map(|c| format!("≥ {} mm/h", c.mm_h)));
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut table = Table::new(&headings);
    let dash = || "–".to_owned();
    for (l, lead) in leads.iter().enumerate() {
        let minutes = format!("{:.0}", (l + 1) as f64 * (step_s / 60.0));
        let mut row = vec![minutes, lead.rain_mm_h.map_or_else(dash, |v| format!("{v:.1}"))];
        if tells_likely {
            let likely = lead.rain_likely_mm_h.flatten();
            row.push(likely.map_or_else(dash, |v| format!("{v:.1}")));
        }
        let percent = |p: f64| format!("{:.0} %", 100.0 * p);
        row.extend(shown(lead).map(|c| c.chance.map_or_else(dash, percent)));
        table.row(row);
    }
    table
}
