//! Baselines of a replay: which simple methods a model is held against, and their forecasts.

use crate::baseline::FireBaseline;
use crate::baseline::FramesBaseline;
use crate::clip::{Clip, Observed};
use crate::forecast::Forecast;
use crate::front::Front;
use crate::task::Task;

/// Names of the baselines of a task.
pub(super) fn names(task: Task) -> Vec<&'static str> {
    match task {
        Task::FireFront => FireBaseline::ALL.map(FireBaseline::name).to_vec(),
        Task::Frames | Task::Rain => FramesBaseline::of(task).iter().map(|b| b.name()).collect(),
    }
}

/// Their forecasts from `clip`, in the order of [`names`], each made when it is asked for.
pub(super) fn forecasts(clip: &Clip, leads: usize) -> Box<dyn Iterator<Item = Forecast> + '_> {
    match &clip.observed {
        Observed::Fire(burning) => {
            let front = Front::of(&burning.burnt);
            let forecast = move |b: FireBaseline| {
                let mut forecast = b.forecast(clip, burning, &front, leads);
                forecast.hide_masked();
                forecast
            };
            Box::new(FireBaseline::ALL.into_iter().map(forecast))
        }
        Observed::Film | Observed::Rain(_) => {
            let all = FramesBaseline::of(clip.observed.task()).iter();
            Box::new(all.map(move |b| b.forecast(clip, leads)))
        }
    }
}
