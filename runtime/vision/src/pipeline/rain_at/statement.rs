//! The statement of a place: when rain starts or stops there, from the chances of a forecast that was made.

use ndarray::{Array2, ArrayRef2, Axis};

use super::cells::Cells;
use super::error::RainAtError;
use super::lat_lon::LatLon;
use super::place::Place;
use crate::clip::{Clip, Observed};
use crate::forecast::{Chance, Forecast, Predicted, Rain};
use crate::nowcast::Onset;
use crate::pipeline::decimal::decimal;
use crate::pipeline::error::PipelineError;
use crate::product::place::Map;
use crate::rain_rate::mm_h;

/// Share by which a rate may fall short for rounding and still be reached.
const ROUNDING: f32 = 1e-4;

/// What is said of a place.
pub(super) struct Statement {
    /// When rain starts or stops.
    pub(super) onset: Onset,
    /// Which of the chance's rates counts as rain.
    pub(super) k: usize,
}

impl Statement {
    /// Of `cells` for rain of `rate_mm_h` or more, by the chances of a forecast from `clip`; `input` is the
    /// film's name.
    pub(super) fn of(
        cells: &Cells,
        rate_mm_h: f32,
        clip: &Clip,
        chance: &Chance,
        input: &str,
    ) -> Result<Self, RainAtError> {
        let near = |rate: &f32| (rate / rate_mm_h - 1.0).abs() < ROUNDING;
        let Some(k) = chance.rates_mm_h.iter().position(near) else {
            let known: Vec<String> = chance.rates_mm_h.iter().map(f32::to_string).collect();
            return Err(RainAtError::UnknownRate { rate_mm_h, known: known.join(", ") });
        };
        let wet = cells.chance_by_lead(chance, k);
        let wet = wet.ok_or_else(|| RainAtError::NoData { input: input.to_owned() })?;
        let rains = now_mm_h(cells, clip).is_some_and(|rate| is_reached(rate, rate_mm_h));
        Ok(Self { onset: Onset::of(&wet, rains), k })
    }
}

/// When rain of `rate_mm_h` or more starts or stops at `place`, and that in words, by a forecast from `clip` of
/// the film `input`.
///
/// # Errors
/// [`RainAtError`] of a place off the map, a rate or a forecast without chances, or a place without data.
pub fn onset_at(
    place: LatLon,
    rate_mm_h: f32,
    clip: &Clip,
    forecast: &Forecast,
    input: &str,
) -> Result<(Onset, String), PipelineError> {
    let name = || input.to_owned();
    let map = Map::of(&forecast.grid)?.ok_or_else(|| RainAtError::NotOnMap { input: name() })?;
    let Predicted::Rain(Rain { chance: Some(chance), .. }) = &forecast.predicted else {
        return Err(RainAtError::ForecastWithoutChances { input: name() }.into());
    };
    let point = Place::Point(format!("{},{}", place.lat_deg, place.lon_deg));
    let cells = Cells::of(&point, &map, [forecast.grid.height, forecast.grid.width])?;
    let Statement { onset, k } = Statement::of(&cells, rate_mm_h, clip, chance, input)?;
    let (leads, step_min) = (forecast.lead_s.len(), clip.lead_s(1) / 60.0);
    let words = onset.words(leads, step_min, decimal(chance.rates_mm_h[k]));
    Ok((onset, words))
}

/// Largest rate at the last frame of `clip`, mm/h; `None` where no cell has data.
pub(super) fn now_mm_h(cells: &Cells, clip: &Clip) -> Option<f32> {
    let last = clip.frames.index_axis(Axis(0), clip.frames.dim().0 - 1);
    cells.most_mm_h(&match &clip.observed {
        Observed::Rain(unseen) => rates_mm_h(&last, &unseen.now()),
        Observed::Fire(_) | Observed::Film => last.mapv(mm_h),
    })
}

/// Whether a rate counts as `asked_mm_h` or more.
pub(super) fn is_reached(rate_mm_h: f32, asked_mm_h: f32) -> bool {
    rate_mm_h >= asked_mm_h * (1.0 - ROUNDING)
}

/// Rates `[H, W]` of a frame of intensity, mm/h, NaN without data.
pub(super) fn rates_mm_h(frame: &ArrayRef2<f32>, no_data: &ArrayRef2<bool>) -> Array2<f32> {
    let mut rates = frame.mapv(mm_h);
    rates.zip_mut_with(no_data, |v, none| *v = if *none { f32::NAN } else { *v });
    rates
}
