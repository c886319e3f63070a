//! Judgement: whether a rule's question is answered yes by a forecast or a report of the weather.

use std::path::Path;

use emberline_vision::clip::{Clip, Observed};
use emberline_vision::forecast::{Burn, Forecast, Predicted};
use emberline_vision::nowcast::Onset;
use emberline_vision::pipeline::rain_at::{LatLon, onset_at};
use emberline_vision::product::place::Map;
use emberline_weather::alarm::Kind;
use emberline_weather::report::WeatherReport;
use jiff::Timestamp;

use super::finding::{Finding, Seen};
use super::shape::Shape;
use crate::config::{AlertConfig, AlertWhen};
use crate::source::{Sight, Sort};

/// A forecast that was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made<'a> {
    /// Of which source, and of what sort that is.
    pub(crate) source: &'a str,
    pub(crate) sort: Sort,
    /// What its camera sees of a fire.
    pub(crate) sight: Option<Sight>,
    /// How often its camera was moved since the station began.
    pub(crate) moves: u64,
    pub(crate) clip: &'a Clip,
    pub(crate) forecast: &'a Forecast,
    /// Its folder, where it could be written.
    pub(crate) folder: Option<&'a Path>,
}

/// What a frame says of a rule; `None` where the rule does not ask about such. It waits for no forecast.
pub(crate) fn of_sight(rule: &AlertConfig, source: &str, sight: Sight) -> Option<Seen> {
    let is_asked = rule.of.as_deref().is_none_or(|of| of == source);
    if rule.when != AlertWhen::FireInView || !is_asked {
        return None;
    }
    if !sight.is_fire {
        return Some(Seen::No);
    }
    let Sight { burnt_cells, middle: cell, lon_lat, .. } = sight;
    let words = format!("a fire is in view, {burnt_cells} cells burn or have burnt");
    Some(Seen::Yes(Finding { words, probability: None, lead_s: Some(0.0), cell, lon_lat }))
}

/// What a forecast says of a rule; `None` where the rule does not ask about such.
pub(crate) fn of_forecast(rule: &AlertConfig, made: &Made<'_>) -> Option<Seen> {
    if rule.of.as_deref().is_some_and(|of| of != made.source) {
        return None;
    }
    Some(match (&rule.when, &made.forecast.predicted, made.sort) {
        (AlertWhen::FrontReaches { shape, within_s, probability }, Predicted::Fire(burn), _) => {
            front_reaches(shape, *within_s, *probability, burn, made)
        }
        (AlertWhen::RainStarts { at, rate_mm_h }, Predicted::Rain(_), Sort::Radar) => {
            rain(*at, *rate_mm_h, true, made)
        }
        (AlertWhen::RainStops { at, rate_mm_h }, Predicted::Rain(_), Sort::Radar) => {
            rain(*at, *rate_mm_h, false, made)
        }
        _ => return None,
    })
}

fn front_reaches(shape: &Shape, within_s: f64, least: f64, burn: &Burn, made: &Made<'_>) -> Seen {
    let (leads, height, width) = burn.probability.dim();
    let Some(cells) = shape.cells([height, width]) else {
        return Seen::Unknown(format!("its line leaves the picture of {width}×{height}"));
    };
    // Without a fire that is known to be one, what is hot may be a rock.
    if made.sight.is_some_and(|sight| !sight.is_fire) {
        return Seen::No;
    }
    let what = if shape.is_area() { "area" } else { "line" };
    let doubt = match made.moves {
        0 => String::new(),
        n => format!("; the camera was moved {n} times since: is the {what} still right?"),
    };
    let found = |cell: [usize; 2], probability, lead_s, words: String| {
        let cell = [cell[1] as f64 + 0.5, cell[0] as f64 + 0.5];
        let (probability, lead_s) = (Some(probability), Some(lead_s));
        let (lon_lat, words) = (lon_lat(made.forecast, cell), format!("{words}{doubt}"));
        Seen::Yes(Finding { words, probability, lead_s, cell: Some(cell), lon_lat })
    };
    if let Observed::Fire(burning) = &made.clip.observed {
        let burnt = burning.now();
        if let Some(cell) = cells.iter().find(|cell| burnt.get(**cell) == Some(&true)) {
            return found(*cell, 1.0, 0.0, format!("the front has reached the {what}"));
        }
    }
    let asked = (0..leads).take_while(|lead| made.forecast.lead_s[*lead] <= within_s);
    let likeliest = |lead: usize| {
        let of = |cell: &[usize; 2]| f64::from(burn.probability[[lead, cell[0], cell[1]]]);
        cells.iter().map(|cell| (of(cell), *cell)).max_by(|a, b| a.0.total_cmp(&b.0))
    };
    for lead in asked {
        let lead_s = made.forecast.lead_s[lead];
        if let Some((probability, cell)) = likeliest(lead)
            && probability >= least
        {
            let words = format!(
                "the front reaches the {what} within {} with {:.0} %",
                minutes(lead_s),
                100.0 * probability
            );
            return found(cell, probability, lead_s, words);
        }
    }
    Seen::No
}

fn rain(at: LatLon, rate_mm_h: f32, starts: bool, made: &Made<'_>) -> Seen {
    let said = onset_at(at, rate_mm_h, made.clip, made.forecast, made.source);
    let (onset, words) = match said {
        Ok(said) => said,
        Err(cause) => return Seen::Unknown(cause.to_string()),
    };
    let (leads, chance) = match (onset, starts) {
        (Onset::Starts { leads, chance }, true) | (Onset::Stops { leads, chance }, false) => {
            (leads, chance)
        }
        _ => return Seen::No,
    };
    Seen::Yes(Finding {
        words,
        probability: Some(chance),
        lead_s: made.forecast.lead_s.get(leads[0].saturating_sub(1)).copied(),
        cell: None,
        lon_lat: Some([at.lon_deg, at.lat_deg]),
    })
}

/// What the `report` of `source` says of a rule, of what happened after `told`; `None` where the rule does not ask about
/// such.
pub(crate) fn of_weather(
    rule: &AlertConfig,
    source: &str,
    report: &WeatherReport,
    told: Timestamp,
) -> Option<Seen> {
    if rule.of.as_deref().is_some_and(|of| of != source) {
        return None;
    }
    let moment = |is_such: fn(&Kind) -> bool| {
        let newest = report.alarms.iter().rev().find(|alarm| is_such(&alarm.kind));
        match newest.filter(|alarm| alarm.time > told) {
            Some(alarm) => Seen::Once(Finding { words: alarm.to_string(), ..Finding::default() }),
            None => Seen::No,
        }
    };
    Some(match &rule.when {
        AlertWhen::WindShift => moment(|kind| matches!(kind, Kind::WindShift { .. })),
        AlertWhen::GustFront => moment(|kind| matches!(kind, Kind::GustFront { .. })),
        AlertWhen::DryAir => moment(|kind| matches!(kind, Kind::DryAir { .. })),
        AlertWhen::FwiReaches { least } => match &report.fire_weather {
            None => Seen::Unknown("no fire weather index yet".to_owned()),
            Some(fire) if fire.indices.fwi < *least => Seen::No,
            Some(fire) => {
                let (fwi, date) = (fire.indices.fwi, fire.date);
                let words = format!("the fire weather index of {date} is {fwi:.1}");
                Seen::Yes(Finding { words, ..Finding::default() })
            }
        },
        _ => return None,
    })
}

/// Degrees east and north of a point of the picture, where that lies on a map.
fn lon_lat(forecast: &Forecast, [col, row]: [f64; 2]) -> Option<[f64; 2]> {
    Map::of(&forecast.grid).ok()??.lon_lat(col, row).ok()
}

/// A lead as a person says it.
fn minutes(lead_s: f64) -> String {
    if lead_s < 120.0 { format!("{lead_s:.0} s") } else { format!("{:.0} min", lead_s / 60.0) }
}
