//! Rank matching: one frame's values put in the order of another.
//!
//! What is trained to be near on average, or blurred, says too little of heavy rain and too much of
//! drizzle. Its order of cells is kept and the values are replaced: the wettest cell gets the largest
//! value of the frame that is matched, and so on down.

use ndarray::{Array2, ArrayRef2, ArrayViewMut2};

/// The values of one frame, smallest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranks {
    values: Vec<f32>,
    /// How many of them are the smallest, which is mostly 0.
    least: usize,
}

impl Ranks {
    /// The values of `like` `[H, W]`; NaN is left out.
    #[must_use]
    pub fn of(like: &ArrayRef2<f32>) -> Self {
        let mut values: Vec<f32> = like.iter().copied().filter(|v| !v.is_nan()).collect();
        values.sort_unstable_by(f32::total_cmp);
        let least = values.partition_point(|v| *v <= values[0]);
        Self { values, least }
    }

    /// Gives these values to the cells of `said` `[H, W]` in the order of its own: equal cells in
    /// reading order. Cells that are NaN, or not `seen`, take no part. Where more or fewer cells take
    /// part than there are values, values are taken evenly over their order.
    pub fn give(&self, mut said: ArrayViewMut2<'_, f32>, seen: impl Fn([usize; 2]) -> bool) {
        // Places in reading order: each array may lie in memory as it likes.
        let cells: Vec<[usize; 2]> = said
            .indexed_iter()
            .filter(|((y, x), v)| !v.is_nan() && seen([*y, *x]))
            .map(|((y, x), _)| [y, x])
            .collect();
        let (n, m) = (cells.len(), self.values.len());
        if n == 0 || m == 0 {
            return;
        }
        // Order of the value above, place below: a whole number sorts faster than a pair.
        let mut order: Vec<u64> =
            cells.iter().zip(0u64..).map(|(at, k)| u64::from(key(said[*at])) << 32 | k).collect();
        // Cells that get the smallest value need no order among themselves.
        let least = (self.least * n).div_ceil(m);
        if least < n {
            order.select_nth_unstable(least);
            order[least..].sort_unstable();
        }
        for (k, key) in order.iter().enumerate() {
            said[cells[(key & 0xffff_ffff) as usize]] = self.values[k * m / n];
        }
    }
}

/// `said` `[H, W]` with the values of `like`, as [`Ranks::give`] gives them.
#[must_use]
pub fn ranked(said: &ArrayRef2<f32>, like: &ArrayRef2<f32>) -> Array2<f32> {
    let mut out = said.to_owned();
    Ranks::of(like).give(out.view_mut(), |_| true);
    out
}

/// A number that orders as `value` does; 0 and −0 are equal.
fn key(value: f32) -> u32 {
    let bits = (value + 0.0).to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    const N: f32 = f32::NAN;

    #[test]
    fn the_order_is_one_frames_and_the_values_are_the_others() {
        struct Case(Array2<f32>, Array2<f32>, Array2<f32>);
        for Case(said, like, want) in [
            Case(
                array![[0.3, 0.1], [0.2, 0.4]],
                array![[9., 5.], [7., 6.]],
                array![[7., 5.], [6., 9.]],
            ),
            // Equal cells in reading order, and 0 and -0 are equal.
            Case(
                array![[0.0, -0.0], [0.0, 1.0]],
                array![[4., 3.], [2., 1.]],
                array![[1., 2.], [3., 4.]],
            ),
            Case(array![[0.3, N], [0.2, N]], array![[9., 5.], [7., 6.]], array![[7., N], [5., N]]),
            Case(
                array![[0.3, 0.1], [0.2, 0.4]],
                array![[N, 5.], [7., N]],
                array![[7., 5.], [5., 7.]],
            ),
            Case(array![[0.3, 0.1]], array![[N, N]], array![[0.3, 0.1]]), // nothing to take
            Case(array![[0.3, 0.1, 0.2]], array![[0., 0.], [0., 8.]], array![[0., 0., 0.]]),
        ] {
            let got = ranked(&said, &like);
            for (g, w) in got.iter().zip(&want) {
                assert!(g == w || g.is_nan() && w.is_nan(), "{got} not {want}");
            }
        }
    }

    #[test]
    fn cells_that_were_not_seen_take_no_part() {
        // Oracle: `ranked` of `emberline_export/benchmark/advect.py` on the other cells.
        let last = array![[N, 0.5, 0.0], [N, 0.25, 0.0]];
        let mut said = array![[0.6, 0.5, 0.4], [0.7, 0.2, 0.3]];
        Ranks::of(&last).give(said.view_mut(), |[_, x]| x != 0);
        assert_eq!(said, array![[0.6, 0.5, 0.25], [0.7, 0.0, 0.0]]);
    }
}
