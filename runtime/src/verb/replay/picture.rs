//! One start as a picture: what was said and what happened, cell by cell.

use ndarray::Axis;

use emberline::clip::{Clip, Truth};
use emberline::forecast::Forecast;

/// Lead shown, where so many frames followed.
const LEAD: usize = 10;

/// Colours: said and burnt, said only, burnt only; burnt before.
const HIT: [u8; 3] = [0, 158, 115];
const FALSE_ALARM: [u8; 3] = [230, 159, 0];
const MISS: [u8; 3] = [86, 180, 233];
const BEFORE: [u8; 3] = [90, 40, 30];

/// A picture of one start.
pub(super) struct Picture {
    /// Words below it.
    pub(super) words: String,
    /// Cells that burnt between the start and the lead shown.
    pub(super) new_burn: usize,
    rgb: Vec<u8>,
    size: [usize; 2],
}

impl Picture {
    /// Draws the start `at` of `event`.
    pub(super) fn of(event: &str, at: usize, clip: &Clip, truth: &Truth, f: &Forecast) -> Self {
        let lead = LEAD.min(truth.lead_s.len()).min(f.lead_s.len());
        let now = clip.burnt_now();
        let said = f.burnt_by(lead - 1);
        let seen = truth.burnt.index_axis(Axis(0), lead - 1);
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
        let words = format!(
            "{event}, from frame {at}, {lead} steps ahead (+{} s)",
            (f.lead_s[lead - 1] * 100.0).round() / 100.0
        );
        Self { words, new_burn, rgb, size: [h, w] }
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
