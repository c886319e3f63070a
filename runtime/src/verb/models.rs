//! `emberline models`: which models there are, what one is, and whether it runs right here.

use std::time::Instant;

use serde_json::{Value, json};

use emberline::engine::{EngineKind, EngineOptions, GpuOptions, availabilities};
use emberline::model::{self, AGREE_MIN, CODES_AGREE_MIN, Check, DIFFERENCE_MAX, Model, Rates};

use super::outcome::Outcome;
use super::screen::{print, say};
use super::table::Table;
use crate::cli::ModelsWhat;

/// Runs the verb.
pub(crate) fn run(what: &ModelsWhat) -> anyhow::Result<Outcome> {
    match what {
        ModelsWhat::List => list(),
        ModelsWhat::Info { model, json } => info(model, *json),
        ModelsWhat::Prepare { model, precision, cuda_graph, dla, json } => {
            let gpu = GpuOptions { cuda_graph: *cuda_graph, dla: *dla };
            prepare(model, precision, gpu, *json)
        }
        ModelsWhat::Verify { model, json } => verify(model, *json),
    }
}

fn list() -> anyhow::Result<Outcome> {
    let mut table = Table::new(&["model", "from", "what it does"]);
    let mut outcome = Outcome::Done;
    for model in model::known() {
        let words = model.open().map(|f| f.card.summary).unwrap_or_else(|e| {
            outcome = Outcome::Short;
            format!("cannot be used: {e}")
        });
        table.row(vec![model.id, model.origin.to_string(), words]);
    }
    print(&table.text())?;
    Ok(outcome)
}

fn info(name: &str, as_json: bool) -> anyhow::Result<Outcome> {
    let folder = model::find(name)?;
    let card = &folder.card;
    if as_json {
        let mut whole = json!(card);
        whole[&card.family] = json!(card.own);
        let all =
            json!({ "card": whole, "from": folder.origin.to_string(), "files": folder.hashes() });
        print(&serde_json::to_string_pretty(&all)?)?;
        return Ok(Outcome::Done);
    }
    let i = &card.input;
    let kinds: Vec<String> = i.kinds.iter().map(ToString::to_string).collect();
    let mut text = format!(
        "{}: {}\nfrom: {}\nsha256: {}\nlicence: {}\ntakes: {} frames of {}, sides up to {} px, a \
         step of {} s to {} s\ngives: {} leads",
        card.id(),
        card.summary,
        folder.origin,
        folder.sha256(),
        card.licence,
        i.frames,
        kinds.join(", "),
        i.max_px,
        i.step_s[0],
        i.step_s[1],
        card.output.leads,
    );
    text += &match &card.decision {
        Some(d) => format!(
            "; a cell is said to burn from probability {} (chosen on {})\n",
            d.threshold, d.chosen_on
        ),
        None if card.rates() == Some(Rates::Matched) => {
            format!(" of {}, with the rates of the last frame seen\n", card.task)
        }
        None => format!(" of {}\n", card.task),
    };
    text.extend(model::describe(card).into_iter().map(|line| line + "\n"));
    for p in &card.precision {
        text += &format!("precision {}: {}\n", p.name, p.loss);
    }
    for (key, value) in &card.training {
        text += &format!("training {key}: {value}\n");
    }
    print(&text)?;
    if !card.score.is_empty() {
        print(&scores(&card.score))?;
    }
    Ok(Outcome::Done)
}

/// Score rows of a card: every key is a column, in the order of the first row.
fn scores(rows: &[toml::Table]) -> String {
    let mut keys: Vec<&str> = Vec::new();
    for key in rows.iter().flat_map(toml::Table::keys) {
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    let mut table = Table::new(&keys);
    for row in rows {
        let cell = |key: &&str| match row.get(*key) {
            Some(toml::Value::String(s)) => s.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        };
        table.row(keys.iter().map(cell).collect());
    }
    table.text()
}

/// Builds TensorRT's engine at each precision; one that cannot be built is an error.
fn prepare(
    name: &str,
    precisions: &[String],
    gpu: GpuOptions,
    as_json: bool,
) -> anyhow::Result<Outcome> {
    let folder = model::find(name)?;
    let precisions: Vec<String> = match precisions {
        // What the card names and the folder has: a model inside the program has float32 alone.
        [] => {
            let all = folder.card.precision.iter().map(|p| p.name.clone());
            all.filter(|p| folder.window(p).is_ok()).collect()
        }
        some => some.to_vec(),
    };
    let mut rows = Vec::new();
    let mut checks = Vec::new();
    for precision in &precisions {
        let started = Instant::now();
        let options = EngineOptions {
            precision: precision.clone(),
            gpu,
            ..EngineOptions::of(EngineKind::Tensorrt)
        };
        let model = Model::open(folder.clone(), &options)?;
        let seconds = started.elapsed().as_secs_f64();
        say(&format!(
            "{} {precision}: ready in {seconds:.1} s: {}",
            folder.card.id(),
            model.detail()
        ));
        rows.push(json!({ "precision": precision, "ready_s": seconds, "detail": model.detail() }));
        // A CUDA graph holds one shape, and golden clips have several.
        if !gpu.cuda_graph {
            checks.extend(model.replay_golden()?);
        }
    }
    let passed = checks.iter().all(Check::passed);
    if as_json {
        let all = json!({
            "model": folder.card.id(),
            "prepared": rows,
            "passed": passed,
            "checks": checks.iter().map(row).collect::<Vec<_>>(),
        });
        print(&serde_json::to_string_pretty(&all)?)?;
    } else {
        print(&table(&checks))?;
    }
    Ok(if passed { Outcome::Done } else { Outcome::Short })
}

/// A check as JSON.
fn row(check: &Check) -> Value {
    let mut row = json!(check);
    row["passed"] = json!(check.passed());
    row
}

fn verify(name: &str, as_json: bool) -> anyhow::Result<Outcome> {
    let folder = model::find(name)?;
    let checks = model::checks(&folder)?;
    let passed = checks.iter().all(Check::passed);
    if as_json {
        let rows: Vec<_> = checks.iter().map(row).collect();
        let all = json!({
            "model": folder.card.id(),
            "hashes": "ok",
            "passed": passed,
            "difference_max": DIFFERENCE_MAX,
            "agree_min": AGREE_MIN,
            "checks": rows,
            "engines": absent(),
        });
        print(&serde_json::to_string_pretty(&all)?)?;
    } else {
        print(&format!(
            "{}: {} files have the right hash; golden clips allow a difference of {DIFFERENCE_MAX}, \
             other precisions than float32 {CODES_AGREE_MIN} of the codes",
            folder.card.id(),
            folder.hashes().len()
        ))?;
        print(&table(&checks))?;
        // A model without a network runs in none of them.
        let needs_engine = checks.iter().any(|check| check.engine != "none");
        for (engine, why) in absent().into_iter().filter(|_| needs_engine) {
            say(&format!("{engine}: not checked: {why}"));
        }
    }
    Ok(if passed { Outcome::Done } else { Outcome::Short })
}

/// Checks as a table.
pub(super) fn table(checks: &[Check]) -> String {
    let mut table = Table::new(&[
        "engine",
        "precision",
        "clip",
        "frames",
        "probability",
        "agree",
        "codes",
        "ms",
        "result",
    ]);
    for c in checks {
        let result = match &c.fault {
            Some(fault) => format!("FAILED: {fault}"),
            None if c.passed() => "ok".to_owned(),
            None => "FAILED".to_owned(),
        };
        table.row(vec![
            c.engine.to_owned(),
            c.precision.clone(),
            c.case.clone(),
            format!("{:.1e}", c.frames_difference),
            c.probability_difference.map_or_else(dash, |d| format!("{d:.1e}")),
            c.agree.map_or_else(dash, |agree| format!("{:.3}%", agree * 100.0)),
            format!("{:.3}%", c.codes_agree * 100.0),
            format!("{:.0}", c.seconds * 1e3),
            result,
        ]);
    }
    table.text()
}

fn dash() -> String {
    "–".to_owned()
}

/// Engines that are not on this machine, and why.
fn absent() -> Vec<(&'static str, String)> {
    let all = availabilities().into_iter();
    all.filter_map(|s| Some((s.engine.name(), s.state.err()?))).collect()
}
