//! The model at work: a clip of rain in, chances and rates out.

use std::sync::Arc;
use std::time::Instant;

use emberline_engine::Engine;
use ndarray::{Array3, ArrayRef2, ArrayView2, Axis};

use super::card::CascadeCard;
use crate::clip::{Clip, Observed, Unseen};
use crate::extrapolation::Lattice;
use crate::forecast::{Forecast, Predicted, Rain, StageSeconds};
use crate::model::card::Card;
use crate::model::error::ModelError;
use crate::model::golden::{Check, Golden, GoldenRain};
use crate::model::network::{Network, Progress, RunOptions};
use crate::model::rain_notes;
use crate::motion::MotionField;
use crate::note::Note;
use crate::nowcast::cascade::{Aged, Curves, Ending, Leads, exact_chances, leads};

/// Least memory of a forecast: always, for each cell, for each cell and core at work, and for each cell and
/// lead besides the chances.
const BYTES_ALWAYS: u64 = 16 << 20;
const BYTES_CELL: u64 = 90;
const BYTES_CORE_CELL: u64 = 60;
const BYTES_LEAD_CELL: u64 = 9;
/// Side of a cell where none is told, km: that of most radar composites.
const USUAL_CELL_KM: f64 = 1.0;
/// Minutes beyond what was checked that go without a word: 12 leads of 6 minutes.
const CHECKED_ROUNDING: f64 = 1.2;

/// A model without a network.
pub(super) struct CascadeNetwork {
    pub(super) card: Card,
    pub(super) own: CascadeCard,
    pub(super) curves: Curves,
    pub(super) engine: Arc<dyn Engine>,
}

impl CascadeNetwork {
    /// What a radar saw before the end of `clip`, and whether members that it does not give are wanted.
    fn seen<'a>(&self, clip: &'a Clip, options: RunOptions) -> Result<&'a Unseen, ModelError> {
        let unsuited = |what: String, fix: &str| ModelError::Unsuited {
            model: self.card.id(),
            what,
            fix: fix.to_owned(),
        };
        if options.members != 1 {
            let what = format!("gives one forecast, not {} members", options.members);
            return Err(unsuited(what, "ask for fewer"));
        }
        match &clip.observed {
            Observed::Rain(unseen) => Ok(unseen),
            other => {
                let what =
                    format!("forecasts {}, the clip is for {}", self.card.task, other.task());
                Err(unsuited(what, "use another ‹model›"))
            }
        }
    }
}

impl Network for CascadeNetwork {
    fn form(&self) -> &'static str {
        "no network"
    }

    fn members_max(&self) -> usize {
        1
    }

    fn bytes(&self, height: usize, width: usize, leads: usize) -> u64 {
        let cells = (height * width) as u64;
        let cores = self.engine.at_once().clamp(1, leads.max(1)) as u64;
        let of_leads = leads as u64 * (BYTES_LEAD_CELL + self.curves.rates_mm_h.len() as u64);
        BYTES_ALWAYS + cells.saturating_mul(BYTES_CELL + cores * BYTES_CORE_CELL + of_leads)
    }

    fn forecast(
        &self,
        clip: &Clip,
        options: RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<(Forecast, StageSeconds), ModelError> {
        let started = Instant::now();
        let unseen = self.seen(clip, options)?;
        let mut notes = Vec::new();
        let cell_km = match clip.grid.cell_m {
            Some(cell_m) if cell_m.is_finite() && cell_m > 0.0 => cell_m / 1000.0,
            _ => {
                notes.push(Note::CellAssumed { cell_km: USUAL_CELL_KM });
                USUAL_CELL_KM
            }
        };
        let velocity = unseen.motion().times((60.0 / clip.step_s) as f32);
        let lead_s: Vec<f64> = (1..=options.leads).map(|lead| clip.lead_s(lead)).collect();
        let minutes: Vec<f64> = lead_s.iter().map(|s| s / 60.0).collect();
        let last = clip.frames.index_axis(Axis(0), clip.frames.dim().0 - 1);
        let no_data = unseen.now();
        let ending = ending_of(unseen, &last, &velocity, cell_km);
        let lattice = Lattice::of_minutes(&velocity, &minutes);
        let done = leads(
            &ending,
            &self.curves,
            (&lattice, &minutes),
            &no_data,
            self.engine.at_once(),
            progress,
        );
        let Leads { chance, mm_h, likely } = done.ok_or(ModelError::Stopped)?;
        let guessed = lattice.unseen(&no_data);
        rain_notes::add(unseen, &guessed, &no_data, &mut notes);
        if lead_s.last().is_some_and(|s| *s > self.own.checked_s * CHECKED_ROUNDING) {
            notes.push(Note::ChancesUnchecked { checked_min: self.own.checked_s / 60.0 });
        }
        let rain = Rain {
            mm_h,
            chance: Some(chance),
            from_outside: Some(guessed),
            frames_are_likely: true,
        };
        let forecast = Forecast {
            lead_s,
            frames: likely.insert_axis(Axis(0)),
            predicted: Predicted::Rain(rain),
            rollout_from_lead: None,
            codes: Vec::new(),
            drift: None,
            grid: clip.grid.clone(),
            notes,
        };
        let spent =
            StageSeconds { nowcast: started.elapsed().as_secs_f64(), ..StageSeconds::default() };
        Ok((forecast, spent))
    }

    fn replay(&self, golden: &Golden) -> Check {
        let started = Instant::now();
        let Some(rain) = &golden.rain else {
            return golden.failed(&*self.engine, "golden.npz tells no ages, velocity and leads");
        };
        match self.chances(golden, rain) {
            Ok(chances) => {
                golden.of_chances(&*self.engine, &chances, started.elapsed().as_secs_f64())
            }
            Err(what) => golden.failed(&*self.engine, &what),
        }
    }
}

impl CascadeNetwork {
    /// Chances `[K L, H, W]` of a golden clip.
    fn chances(&self, golden: &Golden, rain: &GoldenRain) -> Result<Array3<f32>, String> {
        let (t, h, w) = golden.frames.dim();
        if rain.age_s.len() != t || rain.velocity.dim() != (2, h, w) {
            return Err("ages, velocity and frames do not fit each other".to_owned());
        }
        let of = |k: usize| rain.velocity.index_axis(Axis(0), k).to_owned();
        let velocity = MotionField { right_px: of(0), down_px: of(1) };
        let frames: Vec<ArrayView2<'_, f32>> = golden.frames.outer_iter().collect();
        let aged = frames.iter().zip(&rain.age_s);
        let aged: Vec<Aged<'_>> =
            aged.map(|(shares, age_s)| Aged { age_min: age_s / 60.0, shares }).collect();
        let minutes: Vec<f64> = rain.lead_s.iter().map(|s| s / 60.0).collect();
        let ending = Ending::of(&aged, &velocity, rain.cell_km).ok_or("there is no frame")?;
        let lattice = Lattice::of_minutes(&velocity, &minutes);
        let chances = exact_chances(&ending, &self.curves, (&lattice, &minutes));
        let (k, l, h, w) = chances.dim();
        chances.into_shape_with_order((k * l, h, w)).map_err(|e| e.to_string())
    }
}

/// The end of what a radar saw; of one that saw nothing lately the clip's own `last` frame.
fn ending_of(
    unseen: &Unseen,
    last: &ArrayRef2<f32>,
    velocity: &MotionField,
    cell_km: f64,
) -> Ending {
    let newest = unseen.newest.iter();
    let aged: Vec<Aged<'_>> =
        newest.map(|f| Aged { age_min: f.age_s / 60.0, shares: &f.shares }).collect();
    // The last frame is always among them, unless a radar saw nothing at all in it.
    let is_now = aged.last().is_some_and(|f| f.age_min == 0.0);
    let only = [Aged { age_min: 0.0, shares: last }];
    let frames = if is_now { &aged[..] } else { &only[..] };
    Ending::of(frames, velocity, cell_km).expect("one frame at least")
}
