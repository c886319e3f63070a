//! Bilinear interpolation: values of an image `[H, W]` between its cells, at (row, column) in pixels.

use ndarray::ArrayRef2;

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
                (border_is_zero(&image, row, col), zero),
            ] {
                assert!(got == want || got.is_nan() && want.is_nan(), "{row},{col}: {got}");
            }
        }
    }
}
