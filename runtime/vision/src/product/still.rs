//! Stills: one frame of a film or of rain, seen or forecast, as a person looks at it.

use ndarray::{ArrayView2, Axis, CowArray};

use super::parts::{Parts, Wet};
use super::rain_colours;
use super::scene::{MASKED, Scale, grey};
use crate::clip::Clip;
use crate::forecast::Forecast;
use crate::grid::Grid;
use crate::rain_rate;
use emberline_picture::Canvas;
use emberline_picture::palette::{Rgb, mix};

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
            let lead = f.likely_mm_h(l).map_or_else(|| lead.into(), CowArray::from);
            let mut canvas = rates(lead.dim(), |y, x| lead[[y, x]], scale);
            if let Some(guessed) = &rain.from_outside {
                hatch(&mut canvas, &guessed.index_axis(Axis(0), l), scale);
            }
            canvas
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

/// Whether a pixel lies on a line of the hatching.
fn on_line(px: usize, py: usize) -> bool {
    (px + py) % 8 < 2
}

/// Hatches a rectangle, as in a legend.
pub(crate) fn hatch_rect(canvas: &mut Canvas, [x0, y0, x1, y1]: [f64; 4]) {
    for py in y0.round() as usize..(y1.round() as usize).min(canvas.height) {
        for px in x0.round() as usize..(x1.round() as usize).min(canvas.width) {
            if on_line(px, py) {
                let pixel = &mut canvas.pixels[py * canvas.width + px];
                *pixel = line_on(*pixel);
            }
        }
    }
}

/// Colour of a line of the hatching over a pixel: light on dark and dark on light.
fn line_on(pixel: Rgb) -> Rgb {
    let [r, g, b] = pixel.map(u32::from);
    let light = 2 * r + 5 * g + b > 8 * 110;
    mix(pixel, if light { rain_colours::DRY } else { rain_colours::GUESS }, 0.55)
}

/// Hatches what is a guess: cells whose rain comes from where nobody saw.
pub(crate) fn hatch(canvas: &mut Canvas, guessed: &ArrayView2<'_, bool>, scale: Scale) {
    let (h, w) = guessed.dim();
    let cell = |px: usize, n: usize| (px * scale.down / scale.up + scale.down / 2).min(n - 1);
    for (py, row) in canvas.pixels.chunks_exact_mut(canvas.width).enumerate() {
        let guessed = guessed.row(cell(py, h));
        for (px, pixel) in row.iter_mut().enumerate() {
            if on_line(px, py) && guessed[cell(px, w)] {
                *pixel = line_on(*pixel);
            }
        }
    }
}

/// Intensity 0..1 as grey, but for cells that are never looked at.
fn greys(frame: &ArrayView2<'_, f32>, grid: &Grid, scale: Scale) -> Canvas {
    let (h, w) = frame.dim();
    scale.painted(h, w, |y, x| match grid.is_masked(y, x) {
        true => MASKED.map(f32::from),
        false => [grey(frame[[y, x]]); 3],
    })
}
