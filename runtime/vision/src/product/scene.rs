//! A scene: the frame as a person sees it, enlarged or reduced, and the fronts in its pixels.

use ndarray::{Array2, ArrayView2, Axis};

use super::outline::outlines;
use crate::clip::{Burning, Clip};
use crate::forecast::Burn;
use crate::frame::{Kind, Pixels};
use emberline_picture::Canvas;
use emberline_picture::palette::{self, Rgb, mix};
use emberline_picture::{Polygon, Ring};

/// Cells that are never looked at.
pub(crate) const MASKED: Rgb = [74, 72, 92];

/// Whole-number enlargement or reduction from cells to pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    /// Pixels a cell, 1 when reduced.
    pub(crate) up: usize,
    /// Cells a pixel, 1 when enlarged.
    pub(crate) down: usize,
}

impl Scale {
    /// Enough for a short side of `short_px`, and never more than `long_px` on the long side.
    pub(crate) fn fitting(h: usize, w: usize, short_px: usize, long_px: usize) -> Self {
        let (short, long) = (h.min(w), h.max(w));
        let up = short_px.div_ceil(short).min(long_px / long).max(1);
        Self { up, down: long.div_ceil(long_px).max(1) }
    }

    /// Pixels of `cells` cells.
    pub(crate) fn px(self, cells: usize) -> usize {
        (cells * self.up).div_ceil(self.down)
    }

    /// A field on the picture's own grid: as it is when enlarged, block means when reduced.
    fn reduced(self, field: &ArrayView2<'_, f32>) -> Array2<f32> {
        let (h, w) = field.dim();
        if self.down == 1 {
            return field.to_owned();
        }
        let (rows, cols) = (h.div_ceil(self.down), w.div_ceil(self.down));
        let mut sum = Array2::<f32>::zeros((rows, cols));
        for (y, row) in field.rows().into_iter().enumerate() {
            let mut sum = sum.row_mut(y / self.down);
            row.iter().enumerate().for_each(|(x, v)| sum[x / self.down] += v);
        }
        let cells = |i: usize, n: usize| ((i + 1) * self.down).min(n) - i * self.down;
        for ((y, x), v) in sum.indexed_iter_mut() {
            *v /= (cells(y, h) * cells(x, w)) as f32;
        }
        sum
    }

    /// Areas where `field` reaches `threshold`, in pixels, their lines rounded for the eye.
    pub(crate) fn areas(self, field: &ArrayView2<'_, f32>, threshold: f32) -> Vec<Polygon> {
        let small = self.reduced(field);
        let size = [small.dim().1 as f64, small.dim().0 as f64];
        let up = self.up as f64;
        let to_px = |ring: &Ring| -> Ring {
            let mut ring = evened(ring, size);
            if self.up > 1 {
                ring = rounded(&rounded(&ring, size), size);
            }
            ring.into_iter().map(|p| [p[0] * up, p[1] * up]).collect()
        };
        outlines(&small.view(), threshold)
            .iter()
            .map(|p| Polygon { outer: to_px(&p.outer), holes: p.holes.iter().map(to_px).collect() })
            .collect()
    }

    /// A field for each pixel, between cell centres by straight lines.
    pub(crate) fn smooth(self, field: &ArrayView2<'_, f32>) -> Array2<f32> {
        let small = self.reduced(field);
        if self.up == 1 {
            return small;
        }
        let (h, w) = small.dim();
        let at = |i: usize, n: usize| {
            let v = ((i as f64 + 0.5) / self.up as f64 - 0.5).clamp(0.0, (n - 1) as f64);
            let a = v as usize;
            (a, (a + 1).min(n - 1), (v - a as f64) as f32)
        };
        let across: Vec<_> = (0..w * self.up).map(|x| at(x, w)).collect();
        let mut wide = Array2::zeros((h, w * self.up));
        for (row, mut to) in small.rows().into_iter().zip(wide.rows_mut()) {
            for (to, &(x0, x1, fx)) in to.iter_mut().zip(&across) {
                *to = row[x0] * (1.0 - fx) + row[x1] * fx;
            }
        }
        let mut out = Array2::zeros((h * self.up, w * self.up));
        for (y, mut to) in out.rows_mut().into_iter().enumerate() {
            let (y0, y1, fy) = at(y, h);
            let rows = wide.row(y0).into_iter().zip(wide.row(y1));
            to.iter_mut().zip(rows).for_each(|(to, (a, b))| *to = a * (1.0 - fy) + b * fy);
        }
        out
    }

    /// Frame `t` of the clip: the input's own colours for rgb, grey for anything else.
    pub(crate) fn ground(self, clip: &Clip, t: usize) -> Canvas {
        let (_, h, w) = clip.frames.dim();
        let colours = match clip.pixels.get(t) {
            Some(f) if clip.kind == Kind::Rgb && f.shape() == [h, w, 3] => Some(&**f),
            _ => None,
        };
        let intensity = clip.frames.index_axis(Axis(0), t);
        // A mask is all or nothing; half the light leaves room for what is drawn on it.
        let light = if clip.kind == Kind::Mask { 0.5 } else { 1.0 };
        let cell = |y: usize, x: usize| -> [f32; 3] {
            match colours {
                _ if clip.grid.is_masked(y, x) => MASKED.map(f32::from),
                Some(Pixels::U8(a)) => std::array::from_fn(|c| f32::from(a[[y, x, c]])),
                Some(Pixels::U16(a)) => std::array::from_fn(|c| f32::from(a[[y, x, c]]) / 257.0),
                Some(Pixels::F32(a)) => std::array::from_fn(|c| a[[y, x, c]] * 255.0),
                None => [grey(light * intensity[[y, x]]); 3],
            }
        };
        self.painted(h, w, cell)
    }

    /// Cells `[H, W]` of these colours (0..255) on the picture's own grid; block means when reduced.
    pub(crate) fn painted(
        self,
        h: usize,
        w: usize,
        cell: impl Fn(usize, usize) -> [f32; 3],
    ) -> Canvas {
        let (ph, pw) = (self.px(h), self.px(w));
        let mut out = Canvas::new(pw, ph, palette::PAPER);
        let byte = |v: f32| (v.clamp(0.0, 255.0) + 0.5) as u8;
        if self.down == 1 {
            let mut line = vec![palette::PAPER; pw];
            for (y, rows) in out.pixels.chunks_exact_mut(self.up * pw).enumerate() {
                for (x, pixels) in line.chunks_exact_mut(self.up).enumerate() {
                    pixels.fill(cell(y, x).map(byte));
                }
                rows.chunks_exact_mut(pw).for_each(|row| row.copy_from_slice(&line));
            }
            return out;
        }
        let mut sums = vec![[0f32; 3]; pw];
        for (py, row) in out.pixels.chunks_exact_mut(pw).enumerate() {
            let rows = py * self.down..((py + 1) * self.down).min(h);
            sums.fill([0.0; 3]);
            for y in rows.clone() {
                for (px, sum) in sums.iter_mut().enumerate() {
                    for x in px * self.down..((px + 1) * self.down).min(w) {
                        let v = cell(y, x);
                        (0..3).for_each(|c| sum[c] += v[c]);
                    }
                }
            }
            for ((px, pixel), sum) in row.iter_mut().enumerate().zip(&sums) {
                let cols = ((px + 1) * self.down).min(w) - px * self.down;
                let n = (rows.len() * cols).max(1) as f32;
                *pixel = sum.map(|s| byte(s / n));
            }
        }
        out
    }
}

/// Intensity 0..1 as grey, dark ground lifted so that its shapes are seen; NaN is dark.
pub(crate) fn grey(intensity: f32) -> f32 {
    34.0 + 196.0 * intensity.clamp(0.0, 1.0).max(0.0).powf(0.75)
}

/// Whether a point lies on the edge of a frame of this size; such points are not moved.
fn on_edge(p: [f64; 2], size: [f64; 2]) -> bool {
    (0..2).any(|axis| p[axis] <= 0.0 || p[axis] >= size[axis])
}

/// Each point with its two neighbours.
fn threes(ring: &Ring) -> impl Iterator<Item = [[f64; 2]; 3]> {
    let n = ring.len();
    (0..n).map(move |i| [ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]])
}

/// A ring without the steps of single cells: points drawn twice half-way to their neighbours.
/// Small rings stay as they are, so that no single burning cell fades.
fn evened(ring: &Ring, size: [f64; 2]) -> Ring {
    let mut ring = ring.clone();
    for _ in 0..if ring.len() < 16 { 0 } else { 2 } {
        ring = threes(&ring)
            .map(|[a, b, c]| {
                let mean = |axis: usize| (a[axis] + 2.0 * b[axis] + c[axis]) / 4.0;
                if on_edge(b, size) { b } else { [mean(0), mean(1)] }
            })
            .collect();
    }
    ring
}

/// A ring with its corners cut (Chaikin, 1974), but for those on the frame's edge.
fn rounded(ring: &Ring, size: [f64; 2]) -> Ring {
    let towards =
        |a: [f64; 2], b: [f64; 2]| [b[0] + (a[0] - b[0]) * 0.25, b[1] + (a[1] - b[1]) * 0.25];
    threes(ring)
        .flat_map(|[a, b, c]| {
            let cut = [towards(a, b), towards(c, b)];
            if on_edge(b, size) { [Some(b), None] } else { cut.map(Some) }
        })
        .flatten()
        .collect()
}

/// The lines of `areas` without what runs along the picture's edge: no front was seen there.
pub(crate) fn lines(areas: &[Polygon], width: usize, height: usize) -> Vec<Ring> {
    let size = [width as f64, height as f64];
    let along = |a: [f64; 2], b: [f64; 2]| {
        let on = |axis: usize, v: f64| (a[axis] - v).abs() < 0.01 && (b[axis] - v).abs() < 0.01;
        (0..2).any(|axis| on(axis, 0.0) || on(axis, size[axis]))
    };
    let mut out = Vec::new();
    for ring in areas.iter().flat_map(Polygon::rings) {
        let mut line: Ring = Vec::new();
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            if along(*a, *b) {
                out.push(std::mem::take(&mut line));
                continue;
            }
            if line.is_empty() {
                line.push(*a);
            }
            line.push(*b);
        }
        out.push(line);
    }
    out.retain(|l| l.len() > 1);
    out
}

/// Draws a front: a dark casing, then the line.
pub(crate) fn front(canvas: &mut Canvas, areas: &[Polygon], width: f64, colour: Rgb) {
    let lines = lines(areas, canvas.width, canvas.height);
    let casing = mix(palette::CASING, colour, 0.1);
    canvas.stroke(lines.iter().map(Vec::as_slice), width + 2.0, casing);
    canvas.stroke(lines.iter().map(Vec::as_slice), width, colour);
}

/// Burning or burnt now, in pixels.
pub(crate) fn burnt_now(burning: &Burning, scale: Scale) -> Vec<Polygon> {
    let now = burning.now().mapv(|b| f32::from(u8::from(b)));
    scale.areas(&now.view(), 0.5)
}

/// Area said to burn or have burnt by lead `l`, in pixels.
pub(crate) fn burnt_by(burn: &Burn, l: usize, scale: Scale) -> Vec<Polygon> {
    scale.areas(&burn.probability.index_axis(Axis(0), l), burn.threshold)
}

/// At most `n` of `total` leads, evenly spread, the last always among them (0-based).
pub(crate) fn chosen(total: usize, n: usize) -> Vec<usize> {
    let n = n.min(total);
    (1..=n).map(|i| (i * total).div_ceil(n) - 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_keep_both_sides_in_bounds() {
        for (h, w, up, down) in [
            (32, 32, 15, 1),
            (128, 128, 4, 1),
            (480, 640, 1, 1),
            (32, 256, 6, 1),
            (32, 4096, 1, 3),
            (4096, 4096, 1, 3),
            (1600, 1601, 1, 2),
        ] {
            assert_eq!(Scale::fitting(h, w, 480, 1600), Scale { up, down }, "{h}×{w}");
        }
    }

    #[test]
    fn chosen_leads_are_even_and_end_with_the_last() {
        for (total, n, want) in [
            (1, 6, vec![0]),
            (3, 6, vec![0, 1, 2]),
            (6, 6, vec![0, 1, 2, 3, 4, 5]),
            (12, 6, vec![1, 3, 5, 7, 9, 11]),
            (10, 4, vec![2, 4, 7, 9]),
        ] {
            assert_eq!(chosen(total, n), want);
        }
    }
}
