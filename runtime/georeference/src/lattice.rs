//! The lattice: cells of a map, north up, of which only the part that was seen is held.

use ndarray::{Array2, s};

use crate::plane::Homography;

/// Cells on a side, at most.
pub const MOST_CELLS: i64 = 4096;
/// Cells that a part grows by at once.
const TILE: i64 = 256;

/// All cells of a map: cell (0, 0) has its upper left corner at the map's origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    /// Side of a cell, metres.
    pub cell_m: f64,
}

/// Part of a lattice: whole cells, to the east from the left edge, to the south from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First column.
    pub left: i64,
    /// First row.
    pub top: i64,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Lattice {
    /// Ground (east, north) of a point of a window: (0, 0) is the centre of its first cell.
    #[must_use]
    pub fn to_ground(&self, window: Window) -> Homography {
        let c = self.cell_m;
        let (left, top) = ((window.left as f64 + 0.5) * c, (window.top as f64 + 0.5) * c);
        Homography([c, 0.0, left, 0.0, -c, -top, 0.0, 0.0, 1.0])
    }

    /// The window around points of the ground; `None` of none, or of more than a map may have.
    #[must_use]
    pub fn window(&self, points: &[[f64; 2]]) -> Option<Window> {
        let bound = |pick: &dyn Fn(&[f64; 2]) -> f64| {
            let cells = || points.iter().map(|p| (pick(p) / self.cell_m).floor() as i64);
            Some((cells().min()?, cells().max()?))
        };
        let ((left, right), (top, bottom)) = (bound(&|p| p[0])?, bound(&|p| -p[1])?);
        Window::between([left, right.checked_add(1)?], [top, bottom.checked_add(1)?])
    }
}

impl Window {
    /// From the first column and row to those after the last; `None` where that is too much.
    fn between([left, right]: [i64; 2], [top, bottom]: [i64; 2]) -> Option<Self> {
        let side = |from: i64, to: i64| {
            to.checked_sub(from).filter(|n| (1..=MOST_CELLS).contains(n)).map(|n| n as usize)
        };
        Some(Self { left, top, width: side(left, right)?, height: side(top, bottom)? })
    }

    /// What holds this window and `old`, in whole tiles; `None` where that is too much.
    #[must_use]
    pub fn grown(self, old: Option<Self>) -> Option<Self> {
        let tiles = |from: i64, n: usize| {
            [from.div_euclid(TILE) * TILE, (from + n as i64 + TILE - 1).div_euclid(TILE) * TILE]
        };
        let wide = |a: [i64; 2], b: [i64; 2]| [a[0].min(b[0]), a[1].max(b[1])];
        let (mut columns, mut rows) = (tiles(self.left, self.width), tiles(self.top, self.height));
        if let Some(old) = old {
            columns = wide(columns, [old.left, old.left + old.width as i64]);
            rows = wide(rows, [old.top, old.top + old.height as i64]);
        }
        Self::between(columns, rows)
    }

    /// The part of this window between rows and columns of its own.
    #[must_use]
    pub fn part(self, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> Self {
        Self {
            left: self.left + columns.start as i64,
            top: self.top + rows.start as i64,
            width: columns.len(),
            height: rows.len(),
        }
    }
}

/// What `cells` of the window `from` are in the window `to`; `fill` where they have nothing.
#[must_use]
pub fn moved<T: Copy>(cells: &Array2<T>, from: Option<Window>, to: Window, fill: T) -> Array2<T> {
    let mut out = Array2::from_elem((to.height, to.width), fill);
    let Some(from) = from else { return out };
    let common = |a: i64, n: usize, b: i64, m: usize| {
        let start = a.max(b);
        let end = (a + n as i64).min(b + m as i64).max(start);
        ((start - a) as usize..(end - a) as usize, (start - b) as usize..(end - b) as usize)
    };
    let (x, from_x) = common(to.left, to.width, from.left, from.width);
    let (y, from_y) = common(to.top, to.height, from.top, from.height);
    if !x.is_empty() && !y.is_empty() {
        out.slice_mut(s![y, x]).assign(&cells.slice(s![from_y, from_x]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_lie_on_whole_cells_and_grow_by_tiles() {
        let lattice = Lattice { cell_m: 2.0 };
        let window = lattice.window(&[[3.0, -1.0], [9.9, -7.0]]).unwrap();
        assert_eq!(window, Window { left: 1, top: 0, width: 4, height: 4 });
        assert_eq!(lattice.to_ground(window).at([0.0, 0.0]), Some([3.0, -1.0]));
        assert_eq!(lattice.window(&[]), None);
        assert_eq!(lattice.window(&[[0.0, 0.0], [1e9, 0.0]]), None);
        assert_eq!(lattice.window(&[[f64::MAX, 0.0]]).map(|w| w.width), None);
        let grown =
            window.grown(Some(Window { left: -3, top: 250, width: 5, height: 10 })).unwrap();
        assert_eq!(grown, Window { left: -3, top: 0, width: 259, height: 260 });
        assert_eq!(window.grown(Some(Window { left: 9000, ..window })), None);
    }

    #[test]
    fn what_is_moved_stays_on_its_ground() {
        let from = Window { left: 10, top: 20, width: 3, height: 2 };
        let cells = Array2::from_shape_fn((2, 3), |(y, x)| 10 * y + x + 1);
        let to = Window { left: 11, top: 19, width: 4, height: 2 };
        assert_eq!(
            moved(&cells, Some(from), to, 0).into_raw_vec_and_offset().0,
            [0, 0, 0, 0, 2, 3, 0, 0]
        );
        let far = Window { left: 500, ..to };
        assert!(moved(&cells, Some(from), far, 0).iter().all(|&v| v == 0));
    }
}
