//! Stills: one frame of a film or of rain, seen or forecast, as a person looks at it.

use ndarray::{ArrayView2, Axis};

use super::parts::{Parts, Wet};
use super::rain_colours;
use super::scene::{MASKED, Scale, grey};
use crate::clip::Clip;
use crate::forecast::Forecast;
use crate::grid::Grid;
use crate::rain_rate;
use emberline_picture::Canvas;

/// Frame `t` of the clip.
pub(crate) fn seen(clip: &Clip, parts: Parts<'_>, t: usize, scale: Scale) -> Canvas {
    let frame = clip.frames.index_axis(Axis(0), t);
    match parts {
        Parts::Rain(Wet { unseen, .. }) => {
            let no_data = unseen.no_data.index_axis(Axis(0), t);
            let rate = |y, x| match no_data[[y, x]] {
                true => f32::NAN,
                false => rain_rate::mm_h(frame[[y, x]]),
            };
            rates(frame.dim(), rate, scale)
        }
        Parts::Film | Parts::Fire(_) => greys(&frame, &clip.grid, scale),
    }
}

/// Lead `l` (0-based) of the forecast.
pub(crate) fn said(f: &Forecast, parts: Parts<'_>, l: usize, scale: Scale) -> Canvas {
    match parts {
        Parts::Rain(Wet { rain, .. }) => {
            let lead = rain.mm_h.index_axis(Axis(0), l);
            rates(lead.dim(), |y, x| lead[[y, x]], scale)
        }
        Parts::Film | Parts::Fire(_) => {
            greys(&f.mean_frames().index_axis(Axis(0), l), &f.grid, scale)
        }
    }
}

/// Rain rates in mm/h, in their colours.
fn rates((h, w): (usize, usize), mm_h: impl Fn(usize, usize) -> f32, scale: Scale) -> Canvas {
    scale.painted(h, w, |y, x| rain_colours::colour(mm_h(y, x)).map(f32::from))
}

/// Intensity 0..1 as grey, but for cells that are never looked at.
fn greys(frame: &ArrayView2<'_, f32>, grid: &Grid, scale: Scale) -> Canvas {
    let (h, w) = frame.dim();
    scale.painted(h, w, |y, x| match grid.is_masked(y, x) {
        true => MASKED.map(f32::from),
        false => [grey(frame[[y, x]]); 3],
    })
}
