//! A canvas: cells enlarged, areas filled, lines and letters drawn with soft edges.

use std::io::{self, Write};

use crate::font;
use crate::palette::{Rgb, mix};
use crate::polygon::{Polygon, distance};

/// An RGB picture, row 0 on top; a pixel's centre lies at half.
#[derive(Clone, Debug, PartialEq)]
pub struct Canvas {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Row by row.
    pub pixels: Vec<Rgb>,
}

impl Canvas {
    /// All of one colour.
    #[must_use]
    pub fn new(width: usize, height: usize, colour: Rgb) -> Self {
        Self { width, height, pixels: vec![colour; width * height] }
    }

    /// Puts `other` with its upper left corner at `x`, `y`; what does not fit is cut.
    pub fn paste(&mut self, other: &Canvas, x: usize, y: usize) {
        let n = other.width.min(self.width.saturating_sub(x));
        for row in 0..other.height.min(self.height.saturating_sub(y)) {
            let (to, from) = ((y + row) * self.width + x, row * other.width);
            self.pixels[to..to + n].copy_from_slice(&other.pixels[from..from + n]);
        }
    }

    /// Fills the rectangle `x0..x1`, `y0..y1`, edges softened.
    pub fn rect(&mut self, [x0, y0, x1, y1]: [f64; 4], colour: Rgb) {
        let ring = vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
        self.fill(&[Polygon { outer: ring, holes: Vec::new() }], colour, 1.0);
    }

    /// Fills areas (even-odd), edges softened.
    pub fn fill(&mut self, areas: &[Polygon], colour: Rgb, alpha: f64) {
        const LINES: usize = 4; // scan lines a pixel row
        let edges: Vec<[[f64; 2]; 2]> = areas
            .iter()
            .flat_map(Polygon::rings)
            .flat_map(|r| r.iter().zip(r.iter().cycle().skip(1)).map(|(a, b)| [*a, *b]))
            .collect();
        let mut starts: Vec<Vec<u32>> = vec![Vec::new(); self.height];
        for (i, [a, b]) in edges.iter().enumerate() {
            let top = a[1].min(b[1]).max(0.0) as usize;
            if top < self.height && a[1].max(b[1]) > 0.0 {
                starts[top].push(i as u32);
            }
        }
        let mut active: Vec<u32> = Vec::new();
        let mut cover = vec![0f32; self.width];
        for (y, starting) in starts.iter_mut().enumerate() {
            active.append(starting);
            active.retain(|i| edges[*i as usize].iter().any(|p| p[1] > y as f64));
            if active.is_empty() {
                continue;
            }
            cover.fill(0.0);
            for line in 0..LINES {
                let at = y as f64 + (line as f64 + 0.5) / LINES as f64;
                let mut xs: Vec<f64> = active
                    .iter()
                    .map(|i| edges[*i as usize])
                    .filter(|[a, b]| (a[1] > at) != (b[1] > at))
                    .map(|[a, b]| a[0] + (at - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
                    .collect();
                xs.sort_by(f64::total_cmp);
                for span in xs.chunks_exact(2) {
                    add_span(&mut cover, span[0], span[1], 1.0 / LINES as f32);
                }
            }
            let row = &mut self.pixels[y * self.width..(y + 1) * self.width];
            for (pixel, c) in row.iter_mut().zip(&cover).filter(|(_, c)| **c > 0.0) {
                *pixel = mix(*pixel, colour, alpha * f64::from(c.min(1.0)));
            }
        }
    }

    /// Draws lines `width` pixels wide with round ends; where they overlap, they count once.
    pub fn stroke<'a>(
        &mut self,
        lines: impl Iterator<Item = &'a [[f64; 2]]> + Clone,
        width: f64,
        colour: Rgb,
    ) {
        let reach = width / 2.0 + 0.5;
        let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for p in lines.clone().flatten() {
            bounds = [
                bounds[0].min(p[0]),
                bounds[1].min(p[1]),
                bounds[2].max(p[0]),
                bounds[3].max(p[1]),
            ];
        }
        let [x0, y0, x1, y1] = self.clip(bounds, reach);
        if x0 >= x1 || y0 >= y1 {
            return;
        }
        let w = x1 - x0;
        let mut cover = vec![0u8; w * (y1 - y0)];
        for line in lines {
            let dot = line.iter().zip(line).take(usize::from(line.len() == 1));
            for (a, b) in line.iter().zip(line.iter().skip(1)).chain(dot) {
                let box_ = [a[0].min(b[0]), a[1].min(b[1]), a[0].max(b[0]), a[1].max(b[1])];
                let [sx0, sy0, sx1, sy1] = self.clip(box_, reach);
                for y in sy0..sy1 {
                    for x in sx0..sx1 {
                        let d = distance([x as f64 + 0.5, y as f64 + 0.5], *a, *b);
                        let c = ((reach - d).clamp(0.0, 1.0) * 255.0) as u8;
                        let at = &mut cover[(y - y0) * w + x - x0];
                        *at = (*at).max(c);
                    }
                }
            }
        }
        for (i, c) in cover.into_iter().enumerate().filter(|(_, c)| *c > 0) {
            let pixel = &mut self.pixels[(y0 + i / w) * self.width + x0 + i % w];
            *pixel = mix(*pixel, colour, f64::from(c) / 255.0);
        }
    }

    /// Whole pixels that `bounds` and `reach` around it touch: x0, y0, x1, y1.
    fn clip(&self, [x0, y0, x1, y1]: [f64; 4], reach: f64) -> [usize; 4] {
        let low = |v: f64| (v - reach).floor().max(0.0) as usize;
        let high = |v: f64, size: usize| ((v + reach).ceil().max(0.0) as usize).min(size);
        [low(x0), low(y0), high(x1, self.width), high(y1, self.height)]
    }

    /// Writes a line of text; `x`, `y` is where its base line begins, `size` a capital's height.
    pub fn text(&mut self, [x, y]: [f64; 2], size: f64, colour: Rgb, text: &str) {
        let scale = size / font::CAPITAL;
        let mut strokes = font::strokes(text);
        for p in strokes.iter_mut().flatten() {
            *p = [x + p[0] * scale, y + (p[1] - font::BASE) * scale];
        }
        let pen = (size * 0.125).max(1.15);
        self.stroke(strokes.iter().map(Vec::as_slice), pen, colour);
    }

    /// Writes the picture as PNG.
    ///
    /// # Errors
    /// What `sink` says.
    pub fn png(&self, sink: &mut impl Write) -> io::Result<()> {
        let mut encoder = png::Encoder::new(sink, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.pixels.as_flattened())?;
        Ok(writer.finish()?)
    }
}

/// Width of a line of text whose capitals are `size` high.
#[must_use]
pub fn text_width(size: f64, text: &str) -> f64 {
    font::width(text) * size / font::CAPITAL
}

/// Adds `amount` to the pixels between `from` and `to`, in part where they are covered in part.
fn add_span(cover: &mut [f32], from: f64, to: f64, amount: f32) {
    let (from, to) = (from.max(0.0), to.min(cover.len() as f64));
    if from >= to {
        return;
    }
    let (first, last) = (from as usize, (to.ceil() as usize).min(cover.len()) - 1);
    for (x, c) in cover.iter_mut().enumerate().take(last + 1).skip(first) {
        let part = (to.min(x as f64 + 1.0) - from.max(x as f64)).clamp(0.0, 1.0);
        *c += amount * part as f32;
    }
}
