//! `emberline bench --matrix`: the network alone, for every engine, precision and grid.

use std::ops::ControlFlow;
use std::time::Instant;

use serde_json::{Value, json};

use emberline::clip::Clip;
use emberline::engine::{EngineKind, EngineOptions};
use emberline::frame::{Elapsed, Film, Frame, FrameTime, Kind, Pixels, TimeSource};
use emberline::grid::Grid;
use emberline::model::{self, Folder, Model, RunOptions};
use ndarray::Array3;

use super::super::outcome::Outcome;
use super::super::screen::{print, progress, say};
use super::super::table::Table;
use super::super::typed::engine_options;
use super::machine::{Meter, Rail, forget_peak, peak_mib};
use super::percentile::percentile;
use crate::cli::BenchArgs;

/// Shares of a quantile column.
const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];

/// One engine, precision and grid.
struct Row {
    engine: &'static str,
    precision: String,
    side: usize,
    load_s: f64,
    first_s: f64,
    /// Seconds of a forecast with every frame new.
    anew_s: Vec<f64>,
    /// Seconds of a forecast one frame later, the others seen before.
    next_s: Vec<f64>,
    peak_mib: Option<f64>,
    joules: Option<f64>,
}

/// Runs it.
pub(super) fn run(args: &BenchArgs) -> anyhow::Result<Outcome> {
    let pick = &args.pick;
    let folder = model::find(pick.model.as_deref().unwrap_or("fire"))?;
    let rounds = args.rounds as usize;
    let engines: Vec<EngineKind> = match pick.engine {
        EngineKind::Auto => EngineKind::ALL.to_vec(),
        one => vec![one],
    };
    let precisions: Vec<String> = match pick.precision.as_deref() {
        Some(one) => vec![one.to_owned()],
        None => folder.card.precision.iter().map(|p| p.name.clone()).collect(),
    };
    let bar = progress((engines.len() * precisions.len() * args.grid.len()) as u64, "bench");
    let (mut rows, mut not_run) = (Vec::new(), Vec::new());
    for engine in engines {
        for precision in &precisions {
            let options =
                EngineOptions { engine, precision: precision.clone(), ..engine_options(pick) };
            for &side in &args.grid {
                match measure(&folder, &options, side as usize, rounds) {
                    Ok(row) => rows.push(row),
                    Err(e) => {
                        let line = format!("{e:#}");
                        if not_run.last() != Some(&line) {
                            not_run.push(line);
                        }
                    }
                }
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if args.json {
        let all = json!({
            "emberline": env!("CARGO_PKG_VERSION"),
            "model": folder.card.id(),
            "threads": pick.threads.map_or(cores, usize::from),
            "cores": cores,
            "rounds": rounds,
            "rows": rows.iter().map(facts).collect::<Vec<_>>(),
            "not_run": not_run,
        });
        print(&serde_json::to_string_pretty(&all)?)?;
    } else {
        let threads = pick.threads.map_or(cores, usize::from);
        print(&format!(
            "{}, {} leads: one forecast without reading and writing, {threads} of {cores} cores, \
             {rounds} rounds, ms\n{}",
            folder.card.id(),
            folder.card.output.leads,
            table(&rows).text()
        ))?;
        for line in &not_run {
            say(&format!("not run: {line}"));
        }
    }
    if rows.is_empty() {
        anyhow::bail!("nothing was run: {}", not_run.join("; "));
    }
    Ok(Outcome::Done)
}

fn measure(
    folder: &Folder,
    options: &EngineOptions,
    side: usize,
    rounds: usize,
) -> anyhow::Result<Row> {
    forget_peak();
    let started = Instant::now();
    let model = Model::open(folder.clone(), options)?;
    let load_s = started.elapsed().as_secs_f64();
    let card = &folder.card;
    let film = moving(card.input.kinds[0], side, card.input.frames + rounds);
    model.suits(&film, None, card.output.leads)?;
    let forecast = |last: usize| -> anyhow::Result<f64> {
        let clip = Clip::ending(&film, last, &card.want(None))?;
        let started = Instant::now();
        let run = RunOptions::leads(card.output.leads);
        model.forecast(&clip, run, &mut |_, _| ControlFlow::Continue(()))?;
        Ok(started.elapsed().as_secs_f64())
    };
    let first = card.input.frames - 1;
    let first_s = forecast(first)?;
    let mut next_s = Vec::new();
    for k in 1..=rounds {
        next_s.push(forecast(first + k)?);
    }
    let meter = Rail::find().map(Meter::start);
    let mut anew_s = Vec::new();
    for k in 1..=rounds {
        model.network().forget();
        anew_s.push(forecast(first + k)?);
    }
    let joules = meter.and_then(Meter::joules).map(|j| j / rounds as f64);
    let (engine, precision) = (model.engine().name(), options.precision.clone());
    let peak_mib = peak_mib();
    Ok(Row { engine, precision, side, load_s, first_s, anew_s, next_s, peak_mib, joules })
}

fn quantiles(seconds: &[f64]) -> [f64; 3] {
    QUANTILES.map(|q| percentile(seconds, q) * 1e3)
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new(&[
        "engine",
        "precision",
        "grid",
        "load",
        "first",
        "anew p50",
        "p95",
        "p99",
        "next frame p50",
        "p95",
        "p99",
        "peak MiB",
        "mJ",
    ]);
    for r in rows {
        let ms = |v: f64| format!("{v:.1}");
        let cell = |v: Option<f64>, unit: f64| {
            v.map_or("not available".to_owned(), |v| format!("{:.0}", v * unit))
        };
        let mut cells = vec![
            r.engine.to_owned(),
            r.precision.clone(),
            format!("{}²", r.side),
            ms(r.load_s * 1e3),
            ms(r.first_s * 1e3),
        ];
        cells.extend(quantiles(&r.anew_s).map(ms));
        cells.extend(quantiles(&r.next_s).map(ms));
        cells.extend([cell(r.peak_mib, 1.0), cell(r.joules, 1e3)]);
        table.row(cells);
    }
    table
}

fn facts(r: &Row) -> Value {
    let spread = |s: &[f64]| {
        let [p50, p95, p99] = quantiles(s);
        json!({ "p50_ms": p50, "p95_ms": p95, "p99_ms": p99 })
    };
    json!({
        "engine": r.engine,
        "precision": r.precision,
        "side_px": r.side,
        "load_ms": r.load_s * 1e3,
        "first_ms": r.first_s * 1e3,
        "anew": spread(&r.anew_s),
        "next_frame": spread(&r.next_s),
        "peak_mib": r.peak_mib,
        "joules": r.joules,
    })
}

/// A film of `side` × `side` for any kind: a ring that grows over a pattern that drifts.
fn moving(kind: Kind, side: usize, frames: usize) -> Film {
    let pixels = |k: usize| {
        Array3::from_shape_fn((side, side, 1), |(y, x, _)| {
            let (dy, dx) = (y.abs_diff(side / 2), x.abs_diff(side / 2));
            let radius = (dy * dy + dx * dx) as f64;
            let front = side as f64 / 10.0 + k as f64 * 0.4;
            match kind {
                Kind::Mask => u8::from(radius.sqrt() < front) * 255,
                Kind::Rain => {
                    let wave = ((x + 2 * k) as f64 / 9.0).sin() + (y as f64 / 11.0).cos();
                    (wave * 60.0).max(0.0) as u8
                }
                Kind::Thermal | Kind::Rgb => {
                    let hot = if radius.sqrt() < front { 180 } else { 20 };
                    hot + ((x + y + k) % 16) as u8
                }
            }
        })
    };
    let step_s = if kind == Kind::Rain { 300.0 } else { 1.0 };
    Film {
        kind,
        frames: (0..frames)
            .map(|k| {
                let elapsed = Elapsed::counted(k, step_s);
                let time = FrameTime::since_first(elapsed, TimeSource::Simulated);
                Frame::new(Pixels::U8(pixels(k)), time)
            })
            .collect(),
        grid: Grid::new(side, side),
        name: format!("made up, {side} x {side}"),
        digest: String::new(),
        notes: Vec::new(),
    }
}
