//! `emberline replay`: forecasts from every start of recorded films, scored against what followed.

mod chart;
mod film;
mod fire;
mod page;
mod picture;
mod pooled;
mod tally;
mod telling;

use std::io::Write as _;
use std::path::Path;

use indicatif::ProgressBar;
use serde_json::json;

use emberline::baseline::{FireBaseline, FramesBaseline};
use emberline::clip::{Clip, ClipOptions, Observed, Truth};
use emberline::forecast::Forecast;
use emberline::frame::Film;
use emberline::front::Front;
use emberline::model::{Model, RunOptions};
use emberline::pipeline::{self, Opened, PipelineOptions};
use emberline::product::Staged;
use emberline::source;
use emberline::task::Task;

use super::outcome::Outcome;
use super::screen::{print, progress, say};
use super::typed::{leads, options};
use crate::cli::ReplayArgs;
use crate::spell::spelled;
use picture::Picture;
use pooled::Pooled;
use tally::Tally;
use telling::{Telling, telling};

/// Events of which the report shows a picture.
const PICTURES: usize = 6;

/// One film, scored.
struct Event {
    name: String,
    sha256: String,
    frames: usize,
    starts: usize,
    /// Why some frames are no start, in words.
    skipped: Vec<String>,
    /// Sums of each method, in the order of [`Replay::methods`].
    tallies: Vec<Tally>,
}

/// Everything that was scored.
struct Replay {
    model: Model,
    options: PipelineOptions,
    telling: &'static Telling,
    methods: Vec<String>,
    leads: usize,
    events: Vec<Event>,
    pictures: Vec<Picture>,
    rows: Vec<u8>,
    notes: Vec<String>,
}

/// Runs the verb.
pub(crate) fn run(args: &ReplayArgs) -> anyhow::Result<Outcome> {
    let mut staged = Staged::begin(&args.output)?;
    let inputs = match source::events(Path::new(&args.input)) {
        Some(files) => files.iter().map(|f| f.display().to_string()).collect(),
        None => vec![args.input.clone()],
    };
    let options = options(&args.pick);
    let Opened { film: first, .. } = pipeline::open(&inputs[0], &options)?;
    let model = pipeline::model_for(&first, &options)?;
    let leads = leads(&model, &args.pick);
    let task = model.folder().card.task;
    let baselines = match task {
        Task::FireFront => FireBaseline::ALL.map(FireBaseline::name).to_vec(),
        Task::Frames | Task::Rain => FramesBaseline::of(task).iter().map(|b| b.name()).collect(),
    };
    let mut methods = vec![model.folder().card.id()];
    methods.extend(baselines.into_iter().map(str::to_owned));
    let mut replay = Replay {
        model,
        options,
        telling: telling(task),
        methods,
        leads,
        events: Vec::new(),
        pictures: Vec::new(),
        rows: Vec::new(),
        notes: Vec::new(),
    };
    let bar = progress(0, "replay");
    let mut first = Some(first);
    for input in &inputs {
        let film = match first.take() {
            Some(film) => film,
            None => pipeline::open(input, &replay.options)?.film,
        };
        replay.event(&film, args, &bar)?;
    }
    bar.finish_and_clear();
    let starts: usize = replay.events.iter().map(|e| e.starts).sum();
    if starts == 0 {
        let why = replay.events.iter().flat_map(|e| &e.skipped).next();
        let why = why.map_or("no frame follows any start", String::as_str);
        anyhow::bail!("input {}: nothing to score: {why}", args.input);
    }
    let pooled = Pooled::of(&replay, args);
    staged.write("scores.ndjson", |sink| sink.write_all(&replay.rows))?;
    let text = serde_json::to_string_pretty(&pooled.json)? + "\n";
    staged.write("scores.json", |sink| sink.write_all(text.as_bytes()))?;
    let page = page::html(&replay, &pooled)?;
    staged.write("report.html", |sink| sink.write_all(page.as_bytes()))?;
    staged.commit()?;

    say(&format!("engine: {}", replay.model.why()));
    for note in &replay.notes {
        say(&format!("note: {note}"));
    }
    if args.json {
        print(&text)?;
    } else {
        print(&pooled.text)?;
        print(&args.output.join("report.html").display().to_string())?;
    }
    Ok(Outcome::Done)
}

impl Replay {
    /// Forecasts from every start of one film and adds up its scores.
    fn event(&mut self, film: &Film, args: &ReplayArgs, bar: &ProgressBar) -> anyhow::Result<()> {
        let pick = &args.pick;
        let step_s = pick.step.unwrap_or_else(|| film.step_s());
        self.model.suits(film, step_s, self.leads)?;
        let mut event = Event {
            name: film.name.clone(),
            sha256: film.digest.clone(),
            frames: film.frames.len(),
            starts: 0,
            skipped: Vec::new(),
            tallies: vec![Tally::default(); self.methods.len()],
        };
        for note in film.notes.iter().map(|n| spelled(&format!("{}: {n}", film.name))) {
            self.notes.push(note);
        }
        let mut best: Option<Picture> = None;
        let want = self.model.folder().card.want(pick.step);
        for at in starts(film, args, &want, &mut event) {
            bar.inc_length(1);
            let clip = match Clip::ending(film, at, &want) {
                Ok(clip) => clip,
                Err(e) => {
                    event.skipped.push(spelled(&e.to_string()));
                    bar.inc(1);
                    continue;
                }
            };
            let truth = clip.truth(film, self.leads);
            if !truth.lead_s.is_empty() {
                let made = self.start(&mut event, at, &clip, &truth)?;
                let picture = Picture::of(&event.name, at, &clip, &truth, &made);
                if best.as_ref().is_none_or(|b| picture.action > b.action) {
                    best = Some(picture);
                }
                event.starts += 1;
            }
            bar.inc(1);
        }
        if self.pictures.len() < PICTURES {
            self.pictures.extend(best);
        }
        self.events.push(event);
        Ok(())
    }

    /// Scores the model and every baseline from one start; gives the model's forecast.
    fn start(
        &mut self,
        event: &mut Event,
        at: usize,
        clip: &Clip,
        truth: &Truth,
    ) -> anyhow::Result<Forecast> {
        let (forecast, _) =
            self.model.forecast(clip, RunOptions::leads(self.leads), &mut |_, _| {
                self.options.stop.flow()
            })?;
        let mut add = |k: usize, f: &Forecast| -> anyhow::Result<()> {
            let one = Tally::of(f, clip, truth);
            for (l, lead) in one.leads.iter().enumerate() {
                let mut row = json!({
                    "event": event.name,
                    "start": at,
                    "end_s": clip.end_s(),
                    "lead": l + 1,
                    "lead_s": f.lead_s[l],
                    "method": self.methods[k],
                    "rolled_out": f.rollout_from_lead.is_some_and(|from| l + 1 >= from),
                });
                for (name, value) in (self.telling.start)(lead, &one) {
                    row[name] = value;
                }
                serde_json::to_writer(&mut self.rows, &row)?;
                self.rows.push(b'\n');
            }
            event.tallies[k] += &one;
            Ok(())
        };
        add(0, &forecast)?;
        if let Observed::Fire(burning) = &clip.observed {
            let front = Front::of(&burning.burnt);
            for (k, baseline) in FireBaseline::ALL.into_iter().enumerate() {
                add(k + 1, &baseline.forecast(clip, burning, &front, self.leads))?;
            }
        } else {
            for (k, baseline) in FramesBaseline::of(clip.observed.task()).iter().enumerate() {
                add(k + 1, &baseline.forecast(clip, self.leads))?;
            }
        }
        Ok(forecast)
    }
}

/// Frames to forecast from: the one asked for, or every N-th from the first with a whole clip on.
fn starts(film: &Film, args: &ReplayArgs, want: &ClipOptions, event: &mut Event) -> Vec<usize> {
    if let Some(at) = args.at {
        return vec![at];
    }
    let last = film.frames.len().saturating_sub(1);
    let mut why = String::new();
    let first = (0..last).find(|&at| match Clip::ending(film, at, want) {
        Ok(_) => true,
        Err(e) => {
            why = spelled(&e.to_string());
            false
        }
    });
    match first {
        Some(first) => (first..last).step_by(args.every as usize).collect(),
        None => {
            event.skipped.push(why);
            Vec::new()
        }
    }
}
