//! A window with all that is shared: a network of its own.

use std::sync::Arc;
use std::time::Instant;

use emberline_engine::{Engine, RunError};
use ndarray::{Array3, Array4, ArrayView3, Axis};

use super::interface::{Noise, Window, WindowInput, WindowOutput};
use super::rollout::{Future, Rollout};
use super::tiles::Tiling;
use super::{fire_front, frames, rain};
use crate::clip::{Clip, Observed};
use crate::forecast::{
    ARRIVAL_CHANCE_MIN, Burn, Forecast, Predicted, StageSeconds, arrival_from_probability,
};
use crate::model::card::Card;
use crate::model::error::ModelError;
use crate::model::golden::{Check, Golden};
use crate::model::network::{Network, Progress, RunOptions};
use crate::note::Note;
use crate::nowcast::every_lead;
use crate::task::Task;

/// Least memory of a forecast: always, for each cell of a tile in work, and for each cell and lead that
/// is held. From peaks measured at 64² to 4096² (docs/performance.md), rounded down.
const BYTES_ALWAYS: u64 = 16 << 20;
const BYTES_TILE_CELL: u64 = 1200;
const BYTES_LEAD_CELL: u64 = 14;
/// Most members of an ensemble.
const MEMBERS_MAX: usize = 256;

/// A network that forecasts window by window.
pub struct Windowed<W> {
    window: W,
    card: Card,
    engine: Arc<dyn Engine>,
}

impl<W> std::fmt::Debug for Windowed<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "windows of {} in {}", self.card.id(), self.engine.name())
    }
}

impl<W: Window> Windowed<W> {
    /// A `window` of the model that `card` describes, whose nets run in `engine`.
    #[must_use]
    pub fn new(window: W, card: Card, engine: Arc<dyn Engine>) -> Self {
        Self { window, card, engine }
    }

    /// Runs the window alone on one tile: frames `[T, H, W]`, front maps where it takes them.
    ///
    /// # Errors
    /// What the engine said.
    #[expect(clippy::needless_pass_by_value, reason = "a view is two words, handed on as it is")]
    pub fn run(
        &self,
        frames: ArrayView3<'_, f32>,
        front: Option<ArrayView3<'_, f32>>,
    ) -> Result<WindowOutput, RunError> {
        self.window.run(&WindowInput { frames, front, noise: Noise::default() }, 1)
    }

    fn rollout(&self) -> Rollout<'_> {
        Rollout { card: &self.card, engine: &*self.engine, window: &self.window }
    }

    /// Probability from which a cell is predicted to burn.
    fn threshold(&self) -> Result<f32, ModelError> {
        let Some(decision) = &self.card.decision else {
            let what = "decision: missing, a fire-front model needs it".to_owned();
            return Err(ModelError::Card { model: self.card.id(), what });
        };
        Ok(decision.threshold)
    }

    /// Refuses a clip of another length or task, and members that the network does not give.
    fn check(&self, clip: &Clip, options: RunOptions) -> Result<(), ModelError> {
        let unsuited = |what: String, fix: &str| {
            Err(ModelError::Unsuited { model: self.card.id(), what, fix: fix.to_owned() })
        };
        let t = clip.frames.dim().0;
        if t != self.card.input.frames {
            let what = format!("takes clips of {} frames, not {t}", self.card.input.frames);
            return unsuited(what, "give a longer film");
        }
        let (task, shown) = (self.card.task, clip.observed.task());
        if task != shown {
            let what = format!("forecasts {task}, the clip is for {shown}");
            return unsuited(what, "use another ‹model›");
        }
        let most = if task == Task::Rain { 1 } else { self.members_max() };
        if !(1..=most).contains(&options.members) {
            let what = format!("gives 1 to {most} members, not {}", options.members);
            return unsuited(what, "ask for fewer");
        }
        Ok(())
    }

    /// Every member's future.
    fn futures(
        &self,
        clip: &Clip,
        options: RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<Vec<Future>, ModelError> {
        let RunOptions { leads, members, seed } = options;
        let rollout = self.rollout();
        let future = |member: usize| -> Result<Future, ModelError> {
            let noise = Noise { seed, member, window: 0 };
            let mut one = |done: usize, of: usize| progress(member * of + done, members * of);
            match &clip.observed {
                Observed::Fire(burning) => {
                    let threshold = self.threshold()?;
                    fire_front::future(rollout, clip, burning, threshold, leads, noise, &mut one)
                }
                Observed::Film | Observed::Rain(_) => {
                    let steps = leads * clip.lead_steps;
                    let mut future = frames::future(rollout, clip, steps, noise, &mut one)?;
                    future.frames = every_lead(future.frames, clip.lead_steps);
                    Ok(future)
                }
            }
        };
        (0..members).map(future).collect()
    }

    /// What all members together predict besides their frames.
    fn predicted(
        &self,
        clip: &Clip,
        futures: &mut [Future],
        notes: &mut Vec<Note>,
    ) -> Result<Predicted, ModelError> {
        match &clip.observed {
            Observed::Fire(burning) => {
                let probability =
                    mean(futures.iter_mut().filter_map(|f| f.burn_probability.take()));
                let lead_s = lead_s(clip, probability.dim().0);
                let now = burning.now();
                let arrival_s =
                    arrival_from_probability(&probability, &lead_s, &now, ARRIVAL_CHANCE_MIN);
                let threshold = self.threshold()?;
                Ok(Predicted::Fire(Burn { probability, arrival_s, threshold }))
            }
            Observed::Film => Ok(Predicted::Film),
            Observed::Rain(unseen) => {
                let started = Instant::now();
                let only = &mut futures[0];
                let rain = rain::finish(&self.card, clip, unseen, &mut only.frames, notes);
                only.spent.nowcast = started.elapsed().as_secs_f64();
                Ok(Predicted::Rain(rain))
            }
        }
    }
}

impl<W: Window> Network for Windowed<W> {
    fn form(&self) -> &'static str {
        self.window.form()
    }

    fn members_max(&self) -> usize {
        if self.window.takes_noise() { MEMBERS_MAX } else { 1 }
    }

    fn bytes(&self, height: usize, width: usize, leads: usize) -> u64 {
        let input = &self.card.input;
        let cells = (height * width) as u64;
        let tile = cells.min((input.tile_px * input.tile_px) as u64);
        let tiles = Tiling::new(height, width, &self.card).count().min(self.engine.at_once());
        // Of a nowcast besides: extrapolation, and a byte a rate.
        let nowcast = self.card.nowcast.as_ref().map_or(0, |nowcast| {
            4 + nowcast.chance.as_ref().map_or(0, |c| c.rates_mm_h.len() as u64)
        });
        BYTES_ALWAYS
            + tiles.max(1) as u64 * tile * BYTES_TILE_CELL
            + cells.saturating_mul(leads as u64 * (BYTES_LEAD_CELL + nowcast))
    }

    /// Beyond the network's own leads the forecast is rolled out on its own output. Of rain, where the
    /// card wants the rates of the last frame seen, they are given to all leads at the end: what is
    /// rolled out on is the network's own.
    fn forecast(
        &self,
        clip: &Clip,
        options: RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<(Forecast, StageSeconds), ModelError> {
        self.check(clip, options)?;
        let mut futures = self.futures(clip, options, progress)?;
        let mut late_notes = Vec::new();
        let predicted = self.predicted(clip, &mut futures, &mut late_notes)?;
        let mut spent = StageSeconds::default();
        for Future { spent: one, .. } in &futures {
            spent.front += one.front;
            spent.model += one.model;
            spent.nowcast += one.nowcast;
        }
        let codes = futures.first_mut().map_or_else(Vec::new, |f| std::mem::take(&mut f.codes));
        let frames = members(futures.into_iter().map(|f| f.frames));
        let leads = frames.dim().1;
        let own = self.card.output.leads;
        // A lead of several steps begins where the network's own end.
        let rollout_from_lead =
            (leads * clip.lead_steps > own).then_some(own / clip.lead_steps + 1);
        let drift = self.window.drift(clip.kind, &codes);
        let mut notes = Vec::new();
        if let Some(lead) = rollout_from_lead {
            notes.push(Note::RolledOut { from_lead: lead });
        }
        if let Some(drift) = drift.as_ref().filter(|d| d.warned) {
            notes.push(Note::Drifted { ratio: drift.ratio, model: self.card.id() });
        }
        notes.append(&mut late_notes);
        let forecast = Forecast {
            lead_s: lead_s(clip, leads),
            frames,
            predicted,
            rollout_from_lead,
            codes,
            drift,
            grid: clip.grid.clone(),
            notes,
        };
        Ok((forecast, spent))
    }

    fn replay(&self, golden: &Golden) -> Check {
        // The first run also prepares the graph for this shape.
        let front = golden.fire.as_ref().map(|f| f.front.view());
        let run = || {
            self.forget();
            self.run(golden.frames.view(), front)
        };
        let first = run();
        let started = Instant::now();
        let output = first.and_then(|_| run());
        let seconds = started.elapsed().as_secs_f64();
        match output {
            Ok(output) => golden.compared(&*self.engine, &output, seconds),
            Err(e) => {
                let error = self.engine.failed("running the network", &e.0);
                golden.failed(&*self.engine, &error.to_string())
            }
        }
    }

    fn forget(&self) {
        self.window.forget();
    }
}

/// Leads of `clip`, seconds.
fn lead_s(clip: &Clip, leads: usize) -> Vec<f64> {
    (1..=leads).map(|lead| clip.lead_s(lead)).collect()
}

/// Frames `[L, H, W]` of each member as `[M, L, H, W]`; those of an only member are not copied.
fn members(mut frames: impl ExactSizeIterator<Item = Array3<f32>>) -> Array4<f32> {
    let Some(first) = frames.next() else { return Array4::zeros((0, 0, 0, 0)) };
    let mut all = first.insert_axis(Axis(0));
    for one in frames {
        all.append(Axis(0), one.insert_axis(Axis(0)).view())
            .expect("futures of one clip are alike");
    }
    all
}

/// The mean of maps of one shape; an only one stays as it is.
fn mean(mut maps: impl Iterator<Item = Array3<f32>>) -> Array3<f32> {
    let Some(mut sum) = maps.next() else { return Array3::zeros((0, 0, 0)) };
    let mut n = 1.0;
    for one in maps {
        sum += &one;
        n += 1.0;
    }
    if n > 1.0 {
        sum /= n;
    }
    sum
}
