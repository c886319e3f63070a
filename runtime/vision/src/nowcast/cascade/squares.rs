//! Squares: the largest value around each cell.

use ndarray::{Array2, ArrayRef2};

/// Largest of `field` `[H, W]` within `reach` cells to each side.
pub(super) fn square_max(field: &ArrayRef2<f32>, reach: usize) -> Array2<f32> {
    let (h, w) = field.dim();
    let values = field.as_standard_layout();
    let mut out = Array2::zeros((h, w));
    let (Some(values), Some(out_slice)) = (values.as_slice(), out.as_slice_mut()) else {
        return out;
    };
    if w > 0 {
        most(values, w, reach, out_slice);
    }
    out
}

/// The same of rows of `width` cells one after the other, by doubling: a window of any length is some of
/// a power of two.
#[pulp::with_simd(most = pulp::Arch::new())]
#[inline(always)]
fn most_by<S: pulp::Simd>(_: S, values: &[f32], width: usize, reach: usize, out: &mut [f32]) {
    let height = values.len() / width;
    // Down the columns: of `ahead` row y holds the largest of rows y to y + length - 1.
    let mut ahead = values.to_vec();
    let mut length = 1;
    while 2 * length <= reach + 1 && length < height {
        for y in 0..height - length {
            let (here, later) = ahead.split_at_mut((y + length) * width);
            let here = &mut here[y * width..(y + 1) * width];
            here.iter_mut().zip(&later[..width]).for_each(|(a, b)| *a = larger(*a, *b));
        }
        length *= 2;
    }
    let mut line = vec![f32::NEG_INFINITY; width + 2 * reach + 1];
    let (mut doubled, mut before) = (line.clone(), line.clone());
    for (y, to) in out.chunks_exact_mut(width).enumerate() {
        let (first, last) = (y.saturating_sub(reach), (y + reach).min(height - 1));
        let middle = &mut line[reach..reach + width];
        middle.fill(f32::NEG_INFINITY);
        let mut from = first;
        while from <= last {
            // Short of rows at the end of the view, `ahead` reaches no further than the view.
            let at = from.min((last + 1).saturating_sub(length).max(first));
            let row = &ahead[at * width..(at + 1) * width];
            middle.iter_mut().zip(row).for_each(|(a, b)| *a = larger(*a, *b));
            from = at + length;
        }
        // Along the row: of `doubled` cell x holds the largest of cells x to x + wide - 1.
        doubled.copy_from_slice(&line);
        let mut wide = 1;
        while 2 * wide <= 2 * reach + 1 {
            before.copy_from_slice(&doubled);
            for (to, later) in doubled.iter_mut().zip(&before[wide..]) {
                *to = larger(*to, *later);
            }
            wide *= 2;
        }
        let end = 2 * reach + 1 - wide;
        let both = doubled.iter().zip(&doubled[end..]);
        to.iter_mut().zip(both).for_each(|(to, (a, b))| *to = larger(*a, *b));
    }
}

/// The larger of two numbers, neither of which is NaN.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_those_of_counting() {
        for (h, w) in [(9, 13), (1, 5), (30, 2)] {
            let field =
                Array2::from_shape_fn((h, w), |(y, x)| ((7 * y + 5 * x * x + 3) % 11) as f32);
            for reach in [0, 1, 2, 3, 5, 20] {
                let most = square_max(&field, reach);
                for ((y, x), got) in most.indexed_iter() {
                    let near =
                        |(j, i): (usize, usize)| j.abs_diff(y) <= reach && i.abs_diff(x) <= reach;
                    let cells = field.indexed_iter().filter(|(at, _)| near(*at));
                    let want = cells.map(|(_, v)| *v).fold(f32::NEG_INFINITY, f32::max);
                    assert_eq!(*got, want, "{h} {w} {reach} {y} {x}");
                }
            }
        }
    }
}
