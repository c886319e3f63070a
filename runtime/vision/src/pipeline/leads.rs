//! Leads: how many a forecast has, and how far apart, from what was asked and what the film is.

use super::error::PipelineError;
use super::options::PipelineOptions;
use super::reach::Reach;
use crate::clip::Pace;
use crate::frame::Film;
use crate::model::Card;
use crate::model::ModelError;
use crate::task::Task;

/// Most leads of a forecast.
const MOST: usize = 1000;
/// Share of a lead by which an end may be past it without another one.
const ROUNDING: f64 = 1e-6;

/// The leads of a forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leads {
    /// Seconds between them, where they were asked for.
    pub asked_s: Option<f64>,
    /// How many.
    pub count: usize,
}

impl Leads {
    /// Those of a forecast of `film` by a network of this card, which usually reaches as far as the card says,
    /// or else `usual` steps.
    ///
    /// # Errors
    /// [`ModelError::Unsuited`] of leads that cannot be had, with what to ask for instead.
    pub fn of(
        film: &Film,
        card: &Card,
        options: &PipelineOptions,
        usual: usize,
    ) -> Result<Self, PipelineError> {
        let no = |what: String, fix: &str| {
            let cause = ModelError::Unsuited { model: card.id(), what, fix: fix.to_owned() };
            Err(PipelineError::Model(cause))
        };
        if options.every_s.is_some() && card.task != Task::Rain {
            let what = format!("gives leads of {} a ‹step› apart", card.task);
            return no(what, "give ‹step› instead of ‹every›");
        }
        let asked_s = options.asked_s();
        let pace = Pace::of(card.task, film.step_s(), asked_s, card.input.step_s);
        let by = |end_s: f64| (end_s / pace.lead_s() - ROUNDING).ceil().clamp(1.0, f64::MAX);
        let count = match options.reach {
            Reach::Usual => match card.output.horizon_s {
                Some(horizon_s) => by(horizon_s) as usize,
                None => usual.div_ceil(pace.lead_steps),
            },
            Reach::Leads(count) => count,
            Reach::Until(until_s) => {
                let leads = by(until_s);
                if leads > MOST as f64 {
                    let what = format!("gives up to {MOST} leads, {leads:.0} end by {until_s} s");
                    return no(what, "give an earlier ‹until›");
                }
                leads as usize
            }
        };
        Ok(Self { asked_s, count })
    }
}
