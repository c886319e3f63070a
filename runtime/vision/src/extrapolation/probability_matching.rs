//! Probability matching: one frame's values put in the order of another.
//!
//! A forecast that is trained to be near on average, or blurred, has too little heavy rain and too much
//! drizzle. Its order of cells is kept and the values are replaced: the wettest cell gets the largest
//! value of the frame that is matched, and so on down (pysteps: `postprocessing.probmatching`).

use ndarray::{ArrayRef2, ArrayViewMut2};

/// Gives frames the values of a target frame.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ProbabilityMatching {
    /// The target's values, smallest first.
    values: Vec<f32>,
    /// How many of them are the smallest, which is mostly 0.
    least: usize,
}

impl ProbabilityMatching {
    /// Matching to the values of `target` `[H, W]`; NaN is left out.
    #[must_use]
    pub(crate) fn to(target: &ArrayRef2<f32>) -> Self {
        let mut values: Vec<f32> = target.iter().copied().filter(|v| !v.is_nan()).collect();
        values.sort_unstable_by(f32::total_cmp);
        let least = values.partition_point(|v| *v <= values[0]);
        Self { values, least }
    }

    /// Gives the target's values to the cells of `frame` `[H, W]` in the order of its own: equal cells
    /// in reading order. Cells that are NaN, or not `seen`, keep theirs. Where more or fewer cells take
    /// part than there are values, values are taken evenly over their order.
    pub(crate) fn apply(
        &self,
        mut frame: ArrayViewMut2<'_, f32>,
        seen: impl Fn([usize; 2]) -> bool,
    ) {
        // Reading order, whatever the order in memory.
        let cells: Vec<[usize; 2]> = frame
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
            cells.iter().zip(0u64..).map(|(at, k)| u64::from(key(frame[*at])) << 32 | k).collect();
        // Cells that get the smallest value need no order among themselves.
        let least = (self.least * n).div_ceil(m);
        if least < n {
            order.select_nth_unstable(least);
            order[least..].sort_unstable();
        }
        for (k, key) in order.iter().enumerate() {
            frame[cells[(key & 0xffff_ffff) as usize]] = self.values[k * m / n];
        }
    }
}

/// A number that orders as `value` does; 0 and −0 are equal.
fn key(value: f32) -> u32 {
    let bits = (value + 0.0).to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    const N: f32 = f32::NAN;

    #[test]
    fn the_order_is_one_frames_and_the_values_are_the_others() {
        struct Case(Array2<f32>, Array2<f32>, Array2<f32>);
        for Case(mut frame, target, want) in [
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
            ProbabilityMatching::to(&target).apply(frame.view_mut(), |_| true);
            for (g, w) in frame.iter().zip(&want) {
                assert!(g == w || g.is_nan() && w.is_nan(), "{frame} not {want}");
            }
        }
    }

    #[test]
    fn cells_that_were_not_seen_take_no_part() {
        // Oracle: `ranked` of `emberline_export/models/simple/rain.py` on the other cells.
        let last = array![[N, 0.5, 0.0], [N, 0.25, 0.0]];
        let mut frame = array![[0.6, 0.5, 0.4], [0.7, 0.2, 0.3]];
        ProbabilityMatching::to(&last).apply(frame.view_mut(), |[_, x]| x != 0);
        assert_eq!(frame, array![[0.6, 0.5, 0.25], [0.7, 0.0, 0.0]]);
    }
}
