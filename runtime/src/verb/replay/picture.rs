//! One start as a picture: what was said and what happened, cell by cell.

use ndarray::{ArrayView2, Axis};

use emberline::clip::{Burning, Clip, Observed, Truth};
use emberline::forecast::{Burn, Forecast, Predicted};
use emberline::product::rain_colours;
use emberline::rain_rate::mm_h;
use emberline::task::Task;

/// Lead shown, where so many frames followed.
const LEAD: usize = 10;

/// Colours: said and burnt, said only, burnt only; burnt before.
const HIT: [u8; 3] = [0, 158, 115];
const FALSE_ALARM: [u8; 3] = [230, 159, 0];
const MISS: [u8; 3] = [86, 180, 233];
const BEFORE: [u8; 3] = [90, 40, 30];

/// White between the pictures of a film.
const GAP_PX: usize = 4;

/// A picture of one start.
pub(super) struct Picture {
    /// Words below it.
    pub(super) words: String,
    /// How much happens: cells that burnt between the start and the lead shown, rain, or change.
    pub(super) action: f64,
    rgb: Vec<u8>,
    size: [usize; 2],
}

impl Picture {
    /// Draws the start `at` of `event`.
    pub(super) fn of(event: &str, at: usize, clip: &Clip, truth: &Truth, f: &Forecast) -> Self {
        let lead = LEAD.min(truth.lead_s.len()).min(f.lead_s.len());
        let words = format!(
            "{event}, from frame {at}, {lead} steps ahead (+{} s)",
            (f.lead_s[lead - 1] * 100.0).round() / 100.0
        );
        let l = lead - 1;
        let (rgb, size, action) = match (&clip.observed, &f.predicted, &truth.observed) {
            (Observed::Fire(burning), Predicted::Fire(burn), Observed::Fire(seen)) => {
                fire(clip, burning, burn, seen, l)
            }
            _ => film(clip, truth, f, l),
        };
        Self { words, action, rgb, size }
    }

    /// What the colours of pictures mean, as a part of a page.
    pub(super) fn key(task: Task) -> &'static str {
        match task {
            Task::FireFront => {
                "<p class='key'><span style='background:#009e73'>said and burnt</span>\
                 <span style='background:#e69f00'>said, did not burn</span>\
                 <span style='background:#56b4e9'>burnt, not said</span>\
                 <span style='background:#5a281e'>burnt before</span></p>"
            }
            Task::Frames | Task::Rain => {
                "<p>From left to right: the last frame seen, what was forecast, what came.</p>"
            }
        }
    }

    /// The picture as PNG.
    pub(super) fn png(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let [h, w] = self.size;
        let mut encoder = png::Encoder::new(&mut bytes, u32::try_from(w)?, u32::try_from(h)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.rgb)?;
        Ok(bytes)
    }
}

/// Pixels, rows and columns, and how much happens.
type Drawn = (Vec<u8>, [usize; 2], f64);

/// A fire: what was said and what burnt by lead `l` (0-based), cell by cell.
fn fire(clip: &Clip, burning: &Burning, burn: &Burn, seen: &Burning, l: usize) -> Drawn {
    let now = burning.now();
    let said = burn.by(l);
    let seen = seen.burnt.index_axis(Axis(0), l);
    let last = clip.frames.index_axis(Axis(0), clip.frames.dim().0 - 1);
    let (h, w) = now.dim();
    let mut rgb = Vec::with_capacity(h * w * 3);
    let mut new_burn = 0;
    for ((y, x), before) in now.indexed_iter() {
        new_burn += usize::from(seen[[y, x]] && !before);
        let colour = match (*before, said[[y, x]], seen[[y, x]]) {
            (true, ..) => Some(BEFORE),
            (_, true, true) => Some(HIT),
            (_, true, false) => Some(FALSE_ALARM),
            (_, false, true) => Some(MISS),
            _ => None,
        };
        let grey = (last[[y, x]].clamp(0.0, 1.0) * 200.0) as u8;
        // Burnt ground keeps a little of what the camera saw.
        rgb.extend(match colour {
            Some(BEFORE) => BEFORE.map(|c| c.saturating_add(grey / 2)),
            Some(colour) => colour,
            None => [grey / 3; 3],
        });
    }
    (rgb, [h, w], new_burn as f64)
}

/// A film or rain: the last frame seen, what was said at lead `l` (0-based), and what came.
fn film(clip: &Clip, truth: &Truth, f: &Forecast, l: usize) -> Drawn {
    let last = clip.frames.dim().0 - 1;
    let now = clip.frames.index_axis(Axis(0), last);
    let came = truth.frames.index_axis(Axis(0), l);
    let mean = f.mean_frames();
    let mean = mean.index_axis(Axis(0), l);
    let none = |observed: &Observed, at: usize, y: usize, x: usize| match observed {
        Observed::Rain(unseen) => unseen.no_data[[at, y, x]],
        Observed::Fire(_) | Observed::Film => false,
    };
    let rate = |frame: &ArrayView2<'_, f32>, none: bool, y: usize, x: usize| {
        if none { f32::NAN } else { mm_h(frame[[y, x]]) }
    };
    let grey = |v: f32| [(v.clamp(0.0, 1.0) * 255.0) as u8; 3];
    let (h, w) = now.dim();
    let mut rgb = Vec::with_capacity(h * (3 * w + 2 * GAP_PX) * 3);
    for y in 0..h {
        for panel in 0..3 {
            for x in 0..w {
                rgb.extend(match (&f.predicted, panel) {
                    (Predicted::Rain(_), 0) => {
                        rain_colours::colour(rate(&now, none(&clip.observed, last, y, x), y, x))
                    }
                    (Predicted::Rain(rain), 1) => rain_colours::colour(rain.mm_h[[l, y, x]]),
                    (Predicted::Rain(_), _) => {
                        rain_colours::colour(rate(&came, none(&truth.observed, l, y, x), y, x))
                    }
                    (_, 0) => grey(now[[y, x]]),
                    (_, 1) => grey(mean[[y, x]]),
                    _ => grey(came[[y, x]]),
                });
            }
            if panel < 2 {
                rgb.extend([255; 3 * GAP_PX]);
            }
        }
    }
    let change: f32 = now.iter().zip(&came).map(|(a, b)| (a - b).abs()).sum();
    (rgb, [h, 3 * w + 2 * GAP_PX], f64::from(change))
}

/// Bytes as text for a page that needs no other file (RFC 4648).
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let n = part.iter().chain([0, 0].iter()).take(3).fold(0u32, |n, b| n << 8 | u32::from(*b));
        for k in 0..4 {
            let digit = DIGITS[(n >> (18 - 6 * k) & 63) as usize];
            text.push(if k <= part.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

/// Whether a map of cells is worth growing on a page.
pub(super) fn scale(map: &Picture) -> usize {
    (480 / map.size[1].max(1)).clamp(1, 4)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn bytes_become_text_as_the_standard_says() {
        for (bytes, want) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), want);
        }
    }
}
