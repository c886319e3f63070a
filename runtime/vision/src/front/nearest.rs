//! Nearest cell: which set cell of a mask each cell is nearest to, exactly and in linear time.
//!
//! Two sweeps give each cell the nearest set row of its own column; then each row keeps the lower
//! envelope of the parabolas its columns raise (Maurer 2003; Felzenszwalb and Huttenlocher 2012).
//! All arithmetic is in integers. Of equally near cells the one is taken
//! that `scipy.ndimage.distance_transform_edt` takes, so the nearest cells agree, not only distances.

use ndarray::{Array2, ArrayRef2};

/// Marks a column without any set cell.
const NONE: u32 = u32::MAX;

/// A set cell: row and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Row, 0 on top.
    pub(crate) row: u32,
    /// Column, 0 on the left.
    pub(crate) col: u32,
}

impl Cell {
    /// Distance in pixels from this cell's centre to the centre of cell (`row`, `col`).
    pub(crate) fn distance_px(self, row: usize, col: usize) -> f64 {
        let dy = i64::from(self.row) - row as i64;
        let dx = i64::from(self.col) - col as i64;
        ((dy * dy + dx * dx) as f64).sqrt()
    }
}

/// For each cell of a mask the nearest set row of the same column; the half of the work that
/// [`Nearest::row`] finishes one row at a time, so that no map of cells is ever held.
#[derive(Debug)]
pub(crate) struct Nearest {
    rows: Array2<u32>,
    /// Columns whose parabola is on the envelope, left to right.
    envelope: Vec<u32>,
}

impl Nearest {
    /// Prepares the search for set cells of `mask` `[H, W]`; `None` when no cell is set.
    pub(crate) fn to(mask: &ArrayRef2<bool>) -> Option<Self> {
        let (h, w) = mask.dim();
        let mut rows = Array2::from_elem((h, w), NONE);
        let mut last = vec![NONE; w];
        for y in 0..h {
            for (x, last) in last.iter_mut().enumerate() {
                if mask[[y, x]] {
                    *last = y as u32;
                }
                rows[[y, x]] = *last;
            }
        }
        if last.iter().all(|&r| r == NONE) {
            return None;
        }
        // Upwards: a row below wins only when it is strictly nearer.
        let mut next = vec![NONE; w];
        for y in (0..h).rev() {
            for (x, next) in next.iter_mut().enumerate() {
                if mask[[y, x]] {
                    *next = y as u32;
                }
                let above = rows[[y, x]];
                if *next != NONE && (above == NONE || *next - (y as u32) < y as u32 - above) {
                    rows[[y, x]] = *next;
                }
            }
        }
        Some(Self { rows, envelope: Vec::with_capacity(w) })
    }

    /// The nearest set cell of each cell of row `y`, written to `out` (cleared first).
    pub(crate) fn row(&mut self, y: usize, out: &mut Vec<Cell>) {
        let rows = self.rows.row(y);
        let rise = |x: u32| {
            let d = i64::from(rows[x as usize]) - y as i64;
            d * d
        };
        let envelope = &mut self.envelope;
        envelope.clear();
        for x in (0..rows.len() as u32).filter(|&x| rows[x as usize] != NONE) {
            while let [.., left, middle] = envelope[..] {
                let (a, b) = (i64::from(middle - left), i64::from(x - middle));
                let c = a + b;
                if c * rise(middle) - b * rise(left) - a * rise(x) - a * b * c <= 0 {
                    break;
                }
                envelope.pop();
            }
            envelope.push(x);
        }
        let squared = |at: u32, x: i64| {
            let d = i64::from(at) - x;
            d * d + rise(at)
        };
        out.clear();
        let mut k = 0;
        for x in 0..rows.len() as i64 {
            let mut here = squared(envelope[k], x);
            while let Some(&right) = envelope.get(k + 1) {
                let there = squared(right, x);
                if here <= there {
                    break;
                }
                here = there;
                k += 1;
            }
            let col = envelope[k];
            out.push(Cell { row: rows[col as usize], col });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    /// Distance in pixels `[H, W]` from each cell to the nearest set cell of `mask`, 0 where set;
    /// `None` when no cell is set.
    fn distance_px(mask: &ArrayRef2<bool>) -> Option<Array2<f32>> {
        let mut nearest = Nearest::to(mask)?;
        let mut out = Array2::zeros(mask.dim());
        let mut cells = Vec::new();
        for (y, mut row) in out.outer_iter_mut().enumerate() {
            nearest.row(y, &mut cells);
            for (x, (d, cell)) in row.iter_mut().zip(&cells).enumerate() {
                *d = cell.distance_px(y, x) as f32;
            }
        }
        Some(out)
    }

    /// Deterministic noise: the high bits of a multiplicative hash.
    fn noise(i: usize) -> u32 {
        (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17).wrapping_mul(0xD129_0B26)
            as u32
            >> 8
    }

    #[test]
    fn distances_are_those_of_an_exhaustive_search() {
        for (h, w, one_in) in [(1, 1, 1), (1, 17, 5), (17, 1, 5), (23, 31, 3), (31, 23, 200)] {
            let mut mask =
                Array2::from_shape_fn((h, w), |(y, x)| noise(1 + y * w + x).is_multiple_of(one_in));
            mask[[h / 2, w / 3]] = true;
            let got = distance_px(&mask).expect("one cell is set");
            for ((y, x), &d) in got.indexed_iter() {
                let want = mask
                    .indexed_iter()
                    .filter(|&(_, &set)| set)
                    .map(|((v, u), _)| {
                        let (dy, dx) = (v as f64 - y as f64, u as f64 - x as f64);
                        (dy * dy + dx * dx).sqrt()
                    })
                    .fold(f64::INFINITY, f64::min);
                assert!((f64::from(d) - want).abs() < 1e-5, "{h}x{w} at {y},{x}: {d} not {want}");
            }
        }
    }

    #[test]
    fn an_empty_mask_has_no_distance() {
        assert!(distance_px(&Array2::from_elem((5, 4), false)).is_none());
        assert!(distance_px(&Array2::from_elem((0, 4), false)).is_none());
    }
}
