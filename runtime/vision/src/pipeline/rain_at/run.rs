//! Rain at a place, forecast from the last frame of a film.

use super::cells::Cells;
use super::earlier_forecasts::EarlierForecasts;
use super::error::RainAtError;
use super::forecaster::Forecaster;
use super::options::RainAtOptions;
use super::place_forecast::PlaceForecast;
use super::rain_at::{InputId, ModelId, PlaceOnset, RainAt, RainLead, RateChance};
use super::statement::now_mm_h;
use crate::frame::Kind;
use crate::note::Note;
use crate::pipeline::decimal::decimal;
use crate::pipeline::error::PipelineError;
use crate::pipeline::leads::Leads;
use crate::pipeline::prepare::{model_for, open};
use crate::product::place::Map;

/// Least rate at which statements come true as often as they say, by event, mm/h.
const CHECKED_MM_H: f64 = 0.5;

/// Reads `input`, forecasts the rain of a place from its last frame, and holds earlier forecasts
/// against what came; `progress` hears of earlier forecasts made and of how many.
///
/// # Errors
/// [`PipelineError`] of an input, a model or a place that cannot be used, [`RainAtError`] among them.
pub fn rain_at(
    input: &str,
    options: &RainAtOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<RainAt, PipelineError> {
    let mut pipeline = options.pipeline.clone();
    pipeline.source.kind.get_or_insert(Kind::Rain);
    let film = open(input, &pipeline)?.film;
    let model = model_for(&film, &pipeline)?;
    let card = &model.folder().card;
    if !model.gives_chances() {
        return Err(RainAtError::NoChances { model: card.id() }.into());
    }
    // As far as chances were checked, which is about an hour, if nothing else is asked for.
    let chances = card.nowcast.as_ref().and_then(|n| n.chance.as_ref());
    let checked = chances.map_or(card.output.leads, |chances| chances.leads);
    let Leads { asked_s, count: leads } = Leads::of(&film, card, &pipeline, checked)?;
    model.suits(&film, asked_s, leads)?;
    let map = Map::of(&film.grid)?;
    let map = map.ok_or_else(|| RainAtError::NotOnMap { input: input.to_owned() })?;
    let place = options.place.as_ref();
    let place = place.ok_or_else(|| RainAtError::NoPlace { input: input.to_owned() })?;
    let forecaster = Forecaster {
        model: &model,
        options: &pipeline,
        film: &film,
        cells: Cells::of(place, &map, [film.grid.height, film.grid.width])?,
        rate_mm_h: options.rate_mm_h,
        leads,
    };
    let now = forecaster.forecast(film.frames.len().saturating_sub(1))?;
    let earlier = forecaster.earlier(options.checks, progress)?;
    let place = place.words(forecaster.cells.count());
    Ok(answer(&forecaster, place, &now, earlier))
}

/// Everything together.
fn answer(
    forecaster: &Forecaster<'_>,
    place: String,
    now: &PlaceForecast,
    earlier_forecasts: EarlierForecasts,
) -> RainAt {
    let Forecaster { model, film, options, .. } = forecaster;
    let PlaceForecast { onset, clip, chance, .. } = now;
    let folder = model.folder();
    let rate_mm_h = decimal(chance.rates_mm_h[now.k]);
    let drizzle = (rate_mm_h < CHECKED_MM_H).then_some(Note::DrizzleUnsure { rate_mm_h });
    let notes = film.notes.iter().chain(&clip.notes).chain(&now.notes).chain(&drizzle);
    RainAt {
        emberline: env!("CARGO_PKG_VERSION"),
        input: InputId { name: film.name.clone(), sha256: film.digest.clone() },
        model: ModelId { id: folder.card.id(), sha256: folder.sha256().to_owned() },
        engine: model.why().to_owned(),
        place,
        cells: forecaster.cells.count(),
        last_frame_utc: clip.end_utc,
        last_frame_s: clip.end_s(),
        step_s: clip.lead_s(1),
        rain_now_mm_h: now_mm_h(&forecaster.cells, clip).map(f64::from),
        onset: PlaceOnset {
            onset: *onset,
            words: onset.words(forecaster.leads, clip.lead_s(1) / 60.0, rate_mm_h),
            rate_mm_h,
        },
        earlier_forecasts,
        leads: leads(forecaster, now),
        notes: notes.map(|note| (options.spell)(&note.to_string())).collect(),
    }
}

/// The forecast step by step.
fn leads(forecaster: &Forecaster<'_>, now: &PlaceForecast) -> Vec<RainLead> {
    let PlaceForecast { clip, chance, most_mm_h, likely_mm_h, .. } = now;
    let shown = chance.published();
    let of_rate = |k: usize| forecaster.cells.chance_by_lead(chance, k);
    let by_rate: Vec<Option<Vec<f64>>> = (0..chance.rates_mm_h.len()).map(of_rate).collect();
    let chances = |l: usize| {
        let rates = chance.rates_mm_h.iter().zip(&by_rate).enumerate();
        let one = |(k, (rate, by_lead)): (usize, (&f32, &Option<Vec<f64>>))| RateChance {
            mm_h: decimal(*rate),
            is_shown: shown.contains(&k),
            chance: by_lead.as_ref().map(|p| p[l]),
        };
        rates.map(one).collect()
    };
    let lead = |l: usize| RainLead {
        lead_s: clip.lead_s(l + 1),
        rain_mm_h: most_mm_h[l].map(f64::from),
        rain_likely_mm_h: likely_mm_h.as_ref().map(|likely| likely[l].map(f64::from)),
        chances: chances(l),
    };
    (0..most_mm_h.len()).map(lead).collect()
}
