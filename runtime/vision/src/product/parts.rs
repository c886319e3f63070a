//! Parts: what clip and forecast hold for their task, once it is sure that they fit together.

use super::error::ProductError;
use crate::clip::{Burning, Clip, Observed, Unseen};
use crate::forecast::{Burn, Forecast, Predicted, Rain};

/// The parts of a clip and its forecast that only their task has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Parts<'a> {
    /// Of a fire.
    Fire(Fire<'a>),
    /// Of any film: frames are all there is.
    Film,
    /// Of rain.
    Rain(Wet<'a>),
}

/// What burns and where it will.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fire<'a> {
    pub(crate) burning: &'a Burning,
    pub(crate) burn: &'a Burn,
}

/// Where no radar saw, and how much it will rain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wet<'a> {
    pub(crate) unseen: &'a Unseen,
    pub(crate) rain: &'a Rain,
}

impl<'a> Parts<'a> {
    /// Takes clip and forecast apart, or says which part does not fit the others.
    pub(crate) fn of(clip: &'a Clip, f: &'a Forecast) -> Result<Self, ProductError> {
        let shape = |what: String| Err(ProductError::Shape { what });
        let (h, w, l) = (f.grid.height, f.grid.width, f.lead_s.len());
        if l == 0 || h == 0 || w == 0 {
            return shape(format!("{l} leads on a grid of {h}×{w}"));
        }
        let (members, leads, rows, columns) = f.frames.dim();
        let frames = (leads, rows, columns);
        if members == 0 || frames != (l, h, w) {
            return shape(format!("frames are {frames:?}, leads and grid want {:?}", (l, h, w)));
        }
        let seen = clip.frames.dim();
        if seen.0 == 0 || (seen.1, seen.2) != (h, w) {
            return shape(format!("the clip is {seen:?}, the grid is {h}×{w}"));
        }
        let rising = f.lead_s.windows(2).all(|p| p[0] < p[1]);
        if !rising || !f.lead_s.iter().all(|s| s.is_finite() && *s > 0.0) {
            return shape("lead_s does not rise from above 0".to_owned());
        }
        match (&clip.observed, &f.predicted) {
            (Observed::Fire(burning), Predicted::Fire(burn)) => {
                let (p, a) = (burn.probability.dim(), burn.arrival_s.dim());
                if p != (l, h, w) || burning.burnt.dim() != seen {
                    return shape(format!("burn_probability is {p:?}, not {:?}", (l, h, w)));
                }
                if a != (h, w) {
                    return shape(format!("arrival_s is {a:?}, the grid is {h}×{w}"));
                }
                if !(burn.threshold > 0.0 && burn.threshold <= 1.0) {
                    return shape(format!("threshold {} is not in 0..1", burn.threshold));
                }
                Ok(Self::Fire(Fire { burning, burn }))
            }
            (Observed::Film, Predicted::Film) => Ok(Self::Film),
            (Observed::Rain(unseen), Predicted::Rain(rain)) => {
                let r = rain.mm_h.dim();
                if r != (l, h, w) || unseen.no_data.dim() != seen {
                    return shape(format!("rain_mm_h is {r:?}, not {:?}", (l, h, w)));
                }
                if let Some(chance) = &rain.chance {
                    let (k, p) = (chance.rates_mm_h.len(), chance.percent.dim());
                    if p != (k, l, h, w) {
                        return shape(format!("chances are {p:?}, not {:?}", (k, l, h, w)));
                    }
                }
                Ok(Self::Rain(Wet { unseen, rain }))
            }
            (observed, predicted) => shape(format!(
                "the clip is for {}, the forecast of {}",
                observed.task(),
                predicted.task()
            )),
        }
    }
}
