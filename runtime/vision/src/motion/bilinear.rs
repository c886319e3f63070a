//! Bilinear interpolation: values of an image `[H, W]` between its cells, at (row, column) in pixels.

use ndarray::{Array2, ArrayRef2};

/// Cells above and left of a point, and how far the point is past them.
fn split(at: f32) -> (i64, f32) {
    let floor = at.floor();
    (floor as i64, at - floor)
}

/// Mean of the four cells around a point, weighted by nearness; `cell` gives the value at a row and
/// column.
fn mix(cell: impl Fn(i64, i64) -> f32, row: f32, col: f32) -> f32 {
    let ((y, fy), (x, fx)) = (split(row), split(col));
    let above = cell(y, x) * (1.0 - fx) + cell(y, x + 1) * fx;
    let below = cell(y + 1, x) * (1.0 - fx) + cell(y + 1, x + 1) * fx;
    above * (1.0 - fy) + below * fy
}

/// Value at a point; outside the image its border repeats.
pub(crate) fn border_repeats(image: &ArrayRef2<f32>, row: f32, col: f32) -> f32 {
    let (h, w) = image.dim();
    let inside = |i: i64, n: usize| i.clamp(0, n as i64 - 1) as usize;
    mix(|y, x| image[[inside(y, h), inside(x, w)]], row, col)
}

/// Value at a point; outside the image is 0.
pub(super) fn border_is_zero(image: &ArrayRef2<f32>, row: f32, col: f32) -> f32 {
    let cell = |y: i64, x: i64| match (usize::try_from(y), usize::try_from(x)) {
        (Ok(y), Ok(x)) => image.get((y, x)).copied().unwrap_or(0.0),
        _ => 0.0,
    };
    mix(cell, row, col)
}

/// The four cells around a place and how far it is past the first; beyond the border the border.
#[derive(Clone, Copy)]
pub(crate) struct Between {
    rows: [usize; 2],
    cols: [usize; 2],
    down: f32,
    right: f32,
}

impl Between {
    /// Around a place (row, column) of a view of this shape.
    #[inline(always)]
    pub(crate) fn of([row, col]: [f32; 2], (h, w): (usize, usize)) -> Self {
        let split = |at: f32, n: usize| {
            let at = at.clamp(0.0, (n - 1) as f32);
            let first = at as usize;
            ([first, (first + 1).min(n - 1)], at - first as f32)
        };
        let ((rows, down), (cols, right)) = (split(row, h), split(col, w));
        Self { rows, cols, down, right }
    }

    /// Mean of the four cells of `field` `[H, W]`, weighed by nearness.
    #[inline(always)]
    pub(crate) fn mean(&self, field: &Array2<f32>) -> f32 {
        let [above, below] = self.rows.map(|y| {
            let [a, b] = self.cols.map(|x| field[[y, x]]);
            a + (b - a) * self.right
        });
        above + (below - above) * self.down
    }

    /// The same of several fields that lie beside each other in memory.
    #[inline(always)]
    pub(crate) fn means<const N: usize>(&self, fields: &[[f32; N]], width: usize) -> [f32; N] {
        let at = |y: usize, x: usize| &fields[y * width + x];
        let [[a, b], [c, d]] = self.rows.map(|y| self.cols.map(|x| at(y, x)));
        std::array::from_fn(|k| {
            let above = a[k] + (b[k] - a[k]) * self.right;
            let below = c[k] + (d[k] - c[k]) * self.right;
            above + (below - above) * self.down
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn values_lie_between_their_cells() {
        let image = array![[0.0, 1.0], [2.0, 3.0]];
        struct Case(f32, f32, f32, f32);
        for Case(row, col, repeats, zero) in [
            Case(0.0, 0.0, 0.0, 0.0),
            Case(0.5, 0.5, 1.5, 1.5),
            Case(1.0, 0.25, 2.25, 2.25),
            Case(1.5, 1.0, 3.0, 1.5),  // half a cell past the lower border
            Case(-9.0, 1.0, 1.0, 0.0), // far above
            Case(1.0, f32::NAN, f32::NAN, f32::NAN),
        ] {
            for (got, want) in [
                (border_repeats(&image, row, col), repeats),
                (Between::of([row, col], (2, 2)).mean(&image), repeats),
                (border_is_zero(&image, row, col), zero),
            ] {
                assert!(got == want || got.is_nan() && want.is_nan(), "{row},{col}: {got}");
            }
        }
    }
}
