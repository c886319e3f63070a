//! What a replay has scored so far: films one after the other, each from all its starts.

use super::baselines;
use super::event::Event;
use super::options::ReplayOptions;
use super::report::StartPicture;
use super::scores::{ReportedScores, Tally, reported};
use super::scores_ndjson::{self, Start};
use crate::clip::{Clip, Truth};
use crate::forecast::Forecast;
use crate::frame::Film;
use crate::model::{Model, RunOptions};
use crate::pipeline::error::PipelineError;
use crate::pipeline::leads::Leads;
use crate::pipeline::options::PipelineOptions;
use crate::task::Task;
use crate::tracker::Tracker;

/// Events of which the report shows a picture.
const PICTURES: usize = 6;
/// Share by which leads of two films may differ and still be the same.
const SAME_PACE: f64 = 0.05;

/// Everything that was scored.
pub(super) struct Scored {
    /// What is scored first.
    pub(super) model: Model,
    /// Which scores.
    pub(super) reported: &'static ReportedScores,
    /// The model, as name and version, then every baseline.
    pub(super) methods: Vec<String>,
    /// Leads of each forecast.
    pub(super) leads: usize,
    /// Seconds between them, where they were asked for.
    asked_s: Option<f64>,
    /// Seconds between leads of the first film that was scored.
    lead_s: Option<f64>,
    /// Frames that were to be starts.
    tried: usize,
    /// The films.
    pub(super) events: Vec<Event>,
    /// Of each of the first films its liveliest start.
    pub(super) pictures: Vec<StartPicture>,
    /// `scores.ndjson`.
    pub(super) rows: Vec<u8>,
    /// What a person should know of the films, each with its film's name.
    pub(super) notes: Vec<String>,
}

impl Scored {
    /// Nothing yet, of `model` and of the baselines of its task.
    pub(super) fn new(
        model: Model,
        first: &Film,
        options: &ReplayOptions,
    ) -> Result<Self, PipelineError> {
        let card = &model.folder().card;
        let task = card.task;
        let Leads { asked_s, count: leads } =
            Leads::of(first, card, &options.pipeline, card.output.leads)?;
        let mut methods = vec![card.id()];
        methods.extend(baselines::names(task).into_iter().map(str::to_owned));
        Ok(Self {
            model,
            reported: reported(task),
            methods,
            leads,
            asked_s,
            lead_s: None,
            tried: 0,
            events: Vec::new(),
            pictures: Vec::new(),
            rows: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// Starts of all films.
    pub(super) fn starts(&self) -> usize {
        self.events.iter().map(|e| e.starts).sum()
    }

    /// Films with a start.
    pub(super) fn scored_events(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|e| e.starts > 0)
    }

    /// Forecasts from every start of one film and adds up its scores.
    pub(super) fn add_film(
        &mut self,
        film: &Film,
        options: &ReplayOptions,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<(), PipelineError> {
        let ReplayOptions { pipeline, starts } = options;
        self.model.suits(film, self.asked_s, self.leads)?;
        let mut event = Event {
            name: film.name.clone(),
            sha256: film.digest.clone(),
            frames: film.frames.len(),
            starts: 0,
            skipped: Vec::new(),
            tallies: vec![Tally::default(); self.methods.len()],
        };
        let notes = film.notes.iter().map(|n| (pipeline.spell)(&format!("{}: {n}", film.name)));
        self.notes.extend(notes);
        let want = self.model.folder().card.want(self.asked_s);
        let frames = starts.frames(film, &want).unwrap_or_else(|why| {
            let why = why.map_or_else(String::new, |cause| cause.to_string());
            event.skipped.push((pipeline.spell)(&why));
            Vec::new()
        });
        // One pass for all starts: what it says of a time is what was seen by then.
        let tracker = (want.task == Task::FireFront).then(|| {
            let step_s = self.asked_s.unwrap_or_else(|| film.step_s());
            Tracker::follow(&film.view(), film.frames.len().saturating_sub(1), step_s)
        });
        let mut unseen_leads = [0; 2];
        let mut liveliest: Option<StartPicture> = None;
        let of = self.tried + frames.len();
        for at in frames {
            progress(self.tried, of);
            self.tried += 1;
            let clip = match Clip::ending_after(film, at, &want, tracker.as_ref()) {
                Ok(clip) => clip,
                Err(cause) => {
                    event.skipped.push((pipeline.spell)(&cause.to_string()));
                    continue;
                }
            };
            let truth = clip.truth_after(film, self.leads, tracker.as_ref());
            if truth.unseen_leads > 0 {
                unseen_leads = [unseen_leads[0] + truth.unseen_leads, unseen_leads[1] + 1];
            }
            if !truth.lead_s.is_empty() {
                self.hear_of_pace(&film.name, clip.lead_s(1));
                let forecast = self.add_start(&mut event, at, &clip, &truth, options)?;
                let picture = StartPicture::of(&event.name, at, &clip, &truth, &forecast);
                if liveliest.as_ref().is_none_or(|p| picture.action > p.action) {
                    liveliest = Some(picture);
                }
                event.starts += 1;
            }
        }
        if let [leads, starts] = unseen_leads
            && leads > 0
        {
            self.notes.push(format!(
                "{}: {leads} leads of {starts} starts have no frame at their time and are not scored",
                film.name
            ));
        }
        if self.pictures.len() < PICTURES {
            self.pictures.extend(liveliest);
        }
        self.events.push(event);
        Ok(())
    }

    /// Notes a film whose leads are further apart, or nearer, than those of the films before.
    fn hear_of_pace(&mut self, film: &str, lead_s: f64) {
        let first_s = *self.lead_s.get_or_insert(lead_s);
        if (lead_s - first_s).abs() > SAME_PACE * first_s {
            let note = format!(
                "{film}: its leads are {lead_s} s apart, those of the first film {first_s} s: they are added up \
                 by number"
            );
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }

    /// Scores the model and every baseline from one start; gives the model's forecast.
    fn add_start(
        &mut self,
        event: &mut Event,
        at: usize,
        clip: &Clip,
        truth: &Truth,
        options: &ReplayOptions,
    ) -> Result<Forecast, PipelineError> {
        let PipelineOptions { members, seed, ref stop, .. } = options.pipeline;
        let run = RunOptions { leads: self.leads, members, seed };
        let (forecast, _) = self.model.forecast(clip, run, &mut |_, _| stop.flow())?;
        let mut add = |k: usize, forecast: &Forecast| {
            let tally = Tally::of(forecast, clip, truth);
            let start =
                Start { event: &event.name, at, end_s: clip.end_s(), method: &self.methods[k] };
            scores_ndjson::append(&mut self.rows, start, forecast, &tally, self.reported);
            event.tallies[k] += &tally;
        };
        add(0, &forecast);
        for (k, forecast) in baselines::forecasts(clip, self.leads).enumerate() {
            add(k + 1, &forecast);
        }
        Ok(forecast)
    }
}
