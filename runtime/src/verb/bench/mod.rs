//! `emberline bench`: how long each stage of a forecast takes on this machine.

mod machine;
mod matrix;
mod percentile;

use std::time::Instant;

use serde_json::json;

use emberline::model::RunOptions;
use emberline::pipeline::{self, Leads, Opened};
use emberline::product;

use self::percentile::percentile;
use crate::cli::BenchArgs;
use crate::verb::outcome::Outcome;
use crate::verb::screen::{print, progress, say};
use crate::verb::table::Table;
use crate::verb::typed::options;

/// Stages in the order they run.
const STAGES: [&str; 6] = ["decode", "clip", "front", "model", "nowcast", "product"];

/// Runs the verb.
pub(crate) fn run(args: &BenchArgs) -> anyhow::Result<Outcome> {
    if args.matrix {
        return matrix::run(args);
    }
    let pick = &args.pick;
    let options = options(pick);
    let Opened { film, .. } = pipeline::open(&args.input, &options)?;
    let started = Instant::now();
    let model = pipeline::model_for(&film, &options)?;
    let load_s = started.elapsed().as_secs_f64();
    let card = &model.folder().card;
    let Leads { asked_s, count: leads } = Leads::of(&film, card, &options, card.output.leads)?;
    let scratch = Scratch::new()?;
    let out = scratch.0.join("out");
    let mut seconds: [Vec<f64>; 6] = Default::default();
    let mut size = [0, 0];
    let bar = progress(u64::from(args.rounds) + 1, "bench");
    // The first round prepares the graph for the film's shape and is told apart.
    let mut first_s = 0.0;
    for round in 0..=args.rounds {
        let Opened { film, decode_s } = pipeline::open(&args.input, &options)?;
        model.suits(&film, asked_s, leads)?;
        let at = film.frames.len().saturating_sub(1);
        let (clip, clip_s) = pipeline::clip_ending(&film, at, &model, &options)?;
        model.network().forget();
        let run = RunOptions::leads(leads);
        let (forecast, mut spent) = model.forecast(&clip, run, &mut |_, _| options.stop.flow())?;
        (spent.decode, spent.clip) = (decode_s, clip_s);
        let from = pipeline::provenance(&model, &film, &clip, &forecast, spent, &options);
        let started = Instant::now();
        product::write_all(&out, &clip, &forecast, &from)?;
        let product_s = started.elapsed().as_secs_f64();
        size = [film.grid.height, film.grid.width];
        let all = [decode_s, clip_s, spent.front, spent.model, spent.nowcast, product_s];
        if round == 0 {
            first_s = all.iter().sum();
        } else {
            seconds.iter_mut().zip(all).for_each(|(s, v)| s.push(v));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let rounds = seconds[0].len();
    let total: Vec<f64> = (0..rounds).map(|k| seconds.iter().map(|s| s[k]).sum()).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let stages = STAGES.iter().copied().zip(&seconds).chain([("total", &total)]);
    let rows: Vec<(&str, f64, f64)> =
        stages.map(|(name, s)| (name, percentile(s, 0.5), percentile(s, 0.95))).collect();
    if args.json {
        let stages: serde_json::Map<String, serde_json::Value> = rows
            .iter()
            .map(|(name, p50, p95)| ((*name).to_owned(), json!({ "p50_s": p50, "p95_s": p95 })))
            .collect();
        let all = json!({
            "emberline": env!("CARGO_PKG_VERSION"),
            "model": model.facts(),
            "engine": model.engine_facts(),
            "input": args.input,
            "height": size[0],
            "width": size[1],
            "leads": leads,
            "cores": cores,
            "rounds": rounds,
            "load_s": load_s,
            "first_round_s": first_s,
            "stages": stages,
        });
        print(&serde_json::to_string_pretty(&all)?)?;
        return Ok(Outcome::Done);
    }
    say(&format!("engine: {}", model.why()));
    let mut table = Table::new(&["stage", "p50 ms", "p95 ms"]);
    for (name, p50, p95) in rows {
        table.row(vec![name.to_owned(), format!("{:.1}", p50 * 1e3), format!("{:.1}", p95 * 1e3)]);
    }
    print(&format!(
        "{} on {}, {} ({} x {} px, {leads} leads), {cores} cores, {rounds} rounds\n\
         loading the model {:.0} ms, first forecast {:.0} ms (not in the table)\n{}",
        model.folder().card.id(),
        model.engine().name(),
        args.input,
        size[1],
        size[0],
        load_s * 1e3,
        first_s * 1e3,
        table.text()
    ))?;
    Ok(Outcome::Done)
}

/// A temporary folder that goes away with the bench.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("emberline-bench-{}", std::process::id()));
        std::fs::create_dir(&path)
            .map_err(|e| anyhow::anyhow!("temporary folder {}: {e}; set TMPDIR", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
