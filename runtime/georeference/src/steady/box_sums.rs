//! Sums over squares of cells, by a running table.

use ndarray::Array2;

/// A table of sums over all cells above and to the left.
#[derive(Debug)]
pub(super) struct BoxSums {
    table: Vec<f64>,
    h: usize,
    w: usize,
}

impl BoxSums {
    /// Of `value` at each cell of a picture `[H, W]`.
    pub(super) fn of((h, w): (usize, usize), value: impl Fn(usize) -> f64) -> Self {
        let mut table = vec![0.0; (h + 1) * (w + 1)];
        for y in 0..h {
            let mut row = 0.0;
            let (above, below) = table.split_at_mut((y + 1) * (w + 1));
            let above = &above[y * (w + 1)..];
            for x in 0..w {
                row += value(y * w + x);
                below[x + 1] = above[x + 1] + row;
            }
        }
        Self { table, h, w }
    }

    /// Sum over the cells no more than `reach` away from a cell.
    pub(super) fn around(&self, y: usize, x: usize, reach: usize) -> f64 {
        let (top, left) = (y.saturating_sub(reach), x.saturating_sub(reach));
        let (bottom, right) = ((y + reach + 1).min(self.h), (x + reach + 1).min(self.w));
        let at = |y: usize, x: usize| self.table[y * (self.w + 1) + x];
        at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left)
    }
}

/// Cells of which all within `reach` are true.
pub(super) fn eroded(mask: &Array2<bool>, reach: usize) -> Array2<bool> {
    let (h, w) = mask.dim();
    // Across, then down.
    let mut across = mask.clone();
    for (from, mut to) in mask.outer_iter().zip(across.outer_iter_mut()) {
        for x in from.iter().enumerate().filter(|(_, keep)| !**keep).map(|(x, _)| x) {
            to.slice_mut(ndarray::s![x.saturating_sub(reach)..(x + reach + 1).min(w)]).fill(false);
        }
    }
    let mut out = across.clone();
    for (y, from) in across.outer_iter().enumerate() {
        for k in (y.saturating_sub(reach)..(y + reach + 1).min(h)).filter(|&k| k != y) {
            out.row_mut(k).zip_mut_with(&from, |o, f| *o &= f);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_erosion() {
        let sums = BoxSums::of((4, 5), |k| k as f64);
        assert_eq!(sums.around(0, 0, 1), 0.0 + 1.0 + 5.0 + 6.0);
        assert_eq!(sums.around(2, 2, 9), 190.0);
        let mut mask = Array2::from_elem((9, 9), true);
        mask[[4, 4]] = false;
        let left = eroded(&mask, 2);
        assert_eq!(left.iter().filter(|&&b| !b).count(), 25);
    }
}
