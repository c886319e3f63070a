//! `emberline doctor`: one line a check, and a file to send along with a question.

use std::path::Path;

use serde_json::{Value, json};

use emberline::engine::availabilities;
use emberline::model::{self, Check};
use emberline::station::asking;

use super::outcome::Outcome;
use super::screen::{print, say};
use crate::spell::spelled;

/// Memory that a forecast of a common film needs, MiB.
const MEMORY_MIN_MIB: u64 = 256;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ok,
    /// Not there, which is no fault.
    Absent,
    Failed,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Absent => "absent",
            Self::Failed => "FAILED",
        }
    }
}

/// One line of the report.
#[derive(Clone, Debug)]
struct Line {
    what: String,
    state: State,
    words: String,
}

/// Runs the verb.
pub(crate) fn run(station: Option<&str>, bundle: Option<&Path>) -> anyhow::Result<Outcome> {
    let mut lines = lines();
    let station = station.map(of_station);
    let told = station.map(|(more, told)| {
        lines.extend(more);
        told
    });
    let failed = lines.iter().filter(|l| l.state == State::Failed).count();
    let mut text = String::new();
    for l in &lines {
        text += &format!("{:<6}  {:<16} {}\n", l.state.word(), l.what, l.words);
    }
    print(&text)?;
    if let Some(file) = bundle {
        let report = serde_json::to_string_pretty(&document(&lines, told.as_ref()))? + "\n";
        std::fs::write(file, report)
            .map_err(|e| anyhow::anyhow!("bundle {}: {e}; name another file", file.display()))?;
        say(&format!("written: {} (no film, no secret is in it)", file.display()));
    }
    if failed > 0 {
        say(&format!("{failed} of {} checks failed", lines.len()));
        return Ok(Outcome::Short);
    }
    Ok(Outcome::Done)
}

fn lines() -> Vec<Line> {
    let mut lines = vec![
        line("emberline", State::Ok, env!("CARGO_PKG_VERSION")),
        line(
            "machine",
            State::Ok,
            &format!("{} {}, {} cores", std::env::consts::OS, std::env::consts::ARCH, cores()),
        ),
        memory(),
    ];
    lines.extend(engines());
    lines.extend(models());
    for (what, folder) in [
        ("write here", std::env::current_dir().ok()),
        ("write temporary", Some(std::env::temp_dir())),
    ] {
        lines.push(rights(what, folder.as_deref()));
    }
    lines
}

/// The station whose file is `typed`: its checks, and its file and health without secrets.
fn of_station(typed: &str) -> (Vec<Line>, Value) {
    let config = match super::station::read(typed) {
        Ok(config) => config,
        Err(cause) => {
            let words = spelled(&cause.to_string());
            return (vec![line("configuration", State::Failed, &words)], Value::Null);
        }
    };
    let cameras = config.cameras.len();
    let mut lines =
        vec![line("configuration", State::Ok, &format!("{typed}: {cameras} camera(s)"))];
    lines.push(rights("write data", Some(&config.data)));
    let read =
        |text: Option<String>| text.map(|text| serde_json::from_str::<Value>(&text)).transpose();
    let health = asking::health(config.web.listen).and_then(|text| read(text).map_err(Into::into));
    let listen = config.web.listen;
    let (state, words) = match &health {
        Err(cause) => (State::Absent, format!("{listen}: {cause}: it does not run")),
        Ok(None) => {
            let ask = format!("curl --user NAME http://{listen}/healthz");
            (State::Ok, format!("{listen}: it runs, and tells its users alone how it fares: {ask}"))
        }
        Ok(Some(health)) => match (&health["blind"], health["reasons"].as_array()) {
            (Value::Bool(true), Some(reasons)) => {
                let reasons: Vec<&str> = reasons.iter().filter_map(Value::as_str).collect();
                (State::Failed, format!("{listen}: blind: {}", reasons.join("; ")))
            }
            (Value::Bool(false), _) => (State::Ok, format!("{listen}: it sees")),
            _ => (State::Failed, format!("{listen}: what answers there is no station")),
        },
    };
    lines.push(line("station", state, &words));
    let told =
        json!({ "configuration": config.without_secrets(), "health": health.ok().flatten() });
    (lines, told)
}

fn line(what: &str, state: State, words: &str) -> Line {
    Line { what: what.to_owned(), state, words: words.to_owned() }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Memory that is left; not every system tells.
fn memory() -> Line {
    match emberline::memory::available() {
        Some((bytes, by)) => {
            let mib = bytes >> 20;
            let state = if mib < MEMORY_MIN_MIB { State::Failed } else { State::Ok };
            line("memory", state, &format!("{mib} MiB left ({by})"))
        }
        None => line("memory", State::Absent, "this system does not tell"),
    }
}

fn engines() -> Vec<Line> {
    let all = availabilities().into_iter().map(|s| {
        let what = format!("engine {}", s.engine.name());
        match s.state {
            Ok(words) => line(&what, State::Ok, &words),
            Err(why) => line(&what, State::Absent, &why),
        }
    });
    let mut lines: Vec<Line> = all.collect();
    if lines.iter().all(|l| l.state != State::Ok) {
        lines.push(line("engines", State::Failed, "none can run a model"));
    }
    lines
}

/// Every model that can be asked for by name: whole, and right on every engine here.
fn models() -> Vec<Line> {
    let mut lines = Vec::new();
    for model in model::known() {
        let what = format!("model {}", model.id);
        let checks = model.open().and_then(|folder| {
            let words = format!("{}, {} files whole", model.origin, folder.hashes().len());
            lines.push(line(&what, State::Ok, &words));
            model::checks(&folder)
        });
        match checks {
            Ok(checks) => lines.extend(checks.iter().map(|c| golden(&model.id, c))),
            Err(e) => lines.push(line(&what, State::Failed, &e.to_string())),
        }
    }
    lines
}

fn golden(name: &str, check: &Check) -> Line {
    let state = if check.passed() { State::Ok } else { State::Failed };
    let words = check.fault.clone().unwrap_or_else(|| {
        let (differs, agree) = match (check.probability_difference, check.agree) {
            (Some(p), Some(agree)) => (format!(" and {p:.1e}"), agree),
            _ => (String::new(), check.codes_agree),
        };
        format!(
            "{name} clip {}: differs by {:.1e}{differs}, {:.3}% agree, {:.0} ms",
            check.case,
            check.frames_difference,
            agree * 100.0,
            check.seconds * 1e3
        )
    });
    line(&format!("golden {}", check.engine), state, &words)
}

/// Whether a file can be made, written and removed in `folder`.
fn rights(what: &str, folder: Option<&Path>) -> Line {
    let Some(folder) = folder else { return line(what, State::Failed, "no such folder") };
    let probe = folder.join(format!(".emberline-doctor-{}", std::process::id()));
    let tried = std::fs::write(&probe, b"probe").and_then(|()| std::fs::remove_file(&probe));
    let words = folder.display().to_string();
    match tried {
        Ok(()) => line(what, State::Ok, &words),
        Err(e) => line(what, State::Failed, &format!("{words}: {e}")),
    }
}

/// The report as JSON, the home folder's name left out.
fn document(lines: &[Line], station: Option<&Value>) -> Value {
    let home = std::env::var("HOME").ok().filter(|h| h.len() > 1);
    let hide = |text: &str| home.as_ref().map_or_else(|| text.to_owned(), |h| text.replace(h, "~"));
    let rows: Vec<Value> = lines
        .iter()
        .map(|l| json!({ "check": l.what, "state": l.state.word(), "words": hide(&l.words) }))
        .collect();
    let set = |name: &str| std::env::var(name).ok().map(|v| hide(&v));
    json!({
        "emberline": env!("CARGO_PKG_VERSION"),
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
        "cores": cores(),
        "environment": {
            "ORT_DYLIB_PATH": set("ORT_DYLIB_PATH"),
            "EMBERLINE_MODELS": set("EMBERLINE_MODELS"),
        },
        "station": station,
        "checks": rows,
        "failed": lines.iter().filter(|l| l.state == State::Failed).count(),
    })
}
