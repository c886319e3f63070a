//! One start as a picture: what was forecast and what happened, cell by cell.

use std::io;

use emberline_picture::Canvas;
use emberline_picture::palette::Rgb;
use ndarray::{ArrayView2, Axis};

use crate::clip::{Burning, Clip, Observed, Truth};
use crate::forecast::{Burn, Forecast, Predicted};
use crate::product::rain_colours;
use crate::rain_rate::mm_h;

/// Lead shown, where so many frames followed.
const LEAD: usize = 10;

/// Colours of a fire: a hit, a false alarm, a miss; burnt before.
pub(super) const HIT: Rgb = [0, 158, 115];
pub(super) const FALSE_ALARM: Rgb = [230, 159, 0];
pub(super) const MISS: Rgb = [86, 180, 233];
pub(super) const BEFORE: Rgb = [90, 40, 30];

/// White between the pictures of a film.
const GAP_PX: usize = 4;
/// Width up to which a picture is enlarged, pixels, and how much at most.
const WIDTH_PX: usize = 480;
const ZOOM_MAX: usize = 4;

/// A picture of one start.
pub(in super::super) struct StartPicture {
    /// Words below it.
    pub(super) words: String,
    /// How much happens: cells that burnt between the start and the lead shown, rain, or change.
    pub(in super::super) action: f64,
    canvas: Canvas,
}

impl StartPicture {
    /// Draws the start `at` of `event`.
    pub(in super::super) fn of(
        event: &str,
        at: usize,
        clip: &Clip,
        truth: &Truth,
        forecast: &Forecast,
    ) -> Self {
        let lead = LEAD.min(truth.lead_s.len()).min(forecast.lead_s.len());
        let l = lead - 1;
        let words = format!(
            "{event}, from frame {at}, {lead} steps ahead (+{} s)",
            (forecast.lead_s[l] * 100.0).round() / 100.0
        );
        let (canvas, action) = match (&clip.observed, &forecast.predicted, &truth.observed) {
            (Observed::Fire(burning), Predicted::Fire(burn), Observed::Fire(seen)) => {
                fire(clip, burning, burn, seen, l)
            }
            _ => film(clip, truth, forecast, l),
        };
        Self { words, action, canvas }
    }

    /// The picture as PNG.
    pub(super) fn png(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.canvas.png(&mut bytes)?;
        Ok(bytes)
    }

    /// How many times larger it is worth showing.
    pub(super) fn zoom(&self) -> usize {
        (WIDTH_PX / self.canvas.width.max(1)).clamp(1, ZOOM_MAX)
    }
}

/// A fire: what was forecast and what burnt by lead `l` (0-based), cell by cell, and how many cells
/// burnt.
fn fire(clip: &Clip, burning: &Burning, burn: &Burn, seen: &Burning, l: usize) -> (Canvas, f64) {
    let now = burning.now();
    let forecast = burn.by(l);
    let seen = seen.burnt.index_axis(Axis(0), l);
    let last = clip.frames.index_axis(Axis(0), clip.frames.dim().0 - 1);
    let mut new_burn = 0;
    let canvas = canvas(now.dim(), |y, x| {
        let (before, forecast, seen) = (now[[y, x]], forecast[[y, x]], seen[[y, x]]);
        new_burn += usize::from(seen && !before);
        let grey = (last[[y, x]].clamp(0.0, 1.0) * 200.0) as u8;
        match (before, forecast, seen) {
            // Burnt ground keeps a little of what the camera saw.
            (true, ..) => BEFORE.map(|c| c.saturating_add(grey / 2)),
            (_, true, true) => HIT,
            (_, true, false) => FALSE_ALARM,
            (_, false, true) => MISS,
            (_, false, false) => [grey / 3; 3],
        }
    });
    (canvas, new_burn as f64)
}

/// A film or rain: the last frame seen, what was forecast at lead `l` (0-based), and what came, side
/// by side; and how much changed.
fn film(clip: &Clip, truth: &Truth, forecast: &Forecast, l: usize) -> (Canvas, f64) {
    let last = clip.frames.dim().0 - 1;
    let now = clip.frames.index_axis(Axis(0), last);
    let came = truth.frames.index_axis(Axis(0), l);
    let mean = forecast.mean_frames();
    let mean = mean.index_axis(Axis(0), l);
    let panels = match &forecast.predicted {
        Predicted::Rain(rain) => {
            let rates = forecast.likely_mm_h(l);
            let rates = rates.unwrap_or_else(|| rain.mm_h.index_axis(Axis(0), l).to_owned());
            [
                seen_rain(&now, &clip.observed, last),
                canvas(rates.dim(), |y, x| rain_colours::colour(rates[[y, x]])),
                seen_rain(&came, &truth.observed, l),
            ]
        }
        Predicted::Fire(_) | Predicted::Film => [&now, &mean, &came].map(|frame| {
            canvas(frame.dim(), |y, x| [(frame[[y, x]].clamp(0.0, 1.0) * 255.0) as u8; 3])
        }),
    };
    let change: f32 = now.iter().zip(&came).map(|(a, b)| (a - b).abs()).sum();
    let (h, w) = now.dim();
    let mut sheet = Canvas::new(3 * w + 2 * GAP_PX, h, [255; 3]);
    for (k, panel) in panels.iter().enumerate() {
        sheet.paste(panel, k * (w + GAP_PX), 0);
    }
    (sheet, f64::from(change))
}

/// Rain of frame `at` of those `shown`, whose intensity is `frame`.
fn seen_rain(frame: &ArrayView2<'_, f32>, shown: &Observed, at: usize) -> Canvas {
    canvas(frame.dim(), |y, x| {
        let no_data = match shown {
            Observed::Rain(unseen) => unseen.no_data[[at, y, x]],
            Observed::Fire(_) | Observed::Film => false,
        };
        rain_colours::colour(if no_data { f32::NAN } else { mm_h(frame[[y, x]]) })
    })
}

/// A picture of `h` × `w` cells, each a pixel of the colour of its row and column.
fn canvas((h, w): (usize, usize), mut colour: impl FnMut(usize, usize) -> Rgb) -> Canvas {
    let mut canvas = Canvas::new(w, h, [0; 3]);
    for (k, pixel) in canvas.pixels.iter_mut().enumerate() {
        *pixel = colour(k / w, k % w);
    }
    canvas
}
