//! Summed-area table (Crow 1984): how many cells of a map meet a condition, in any rectangle.

use ndarray::{Array2, ArrayRef2, s};

/// Counts of the cells that meet a condition, from the upper left corner on: `[H + 1, W + 1]`.
pub(crate) struct SummedArea(Array2<u32>);

impl SummedArea {
    /// Table of the cells of `map` `[H, W]` for which `holds`.
    pub(crate) fn of<T>(map: &ArrayRef2<T>, holds: impl Fn(&T) -> bool) -> Self {
        let (h, w) = map.dim();
        let mut sums = Array2::zeros((h + 1, w + 1));
        for (y, row) in map.rows().into_iter().enumerate() {
            let (above, mut here) = sums.multi_slice_mut((s![y, ..], s![y + 1, ..]));
            let mut count = 0;
            for (x, v) in row.iter().enumerate() {
                count += u32::from(holds(v));
                here[x + 1] = above[x + 1] + count;
            }
        }
        Self(sums)
    }

    /// How many cells are counted within `reach` cells to each side of every cell: `[H, W]`.
    pub(crate) fn around(&self, reach: usize) -> Array2<u32> {
        let (h, w) = (self.0.dim().0 - 1, self.0.dim().1 - 1);
        let (mut all, mut row) = (Array2::zeros((h, w)), Vec::new());
        for (y, mut out) in all.rows_mut().into_iter().enumerate() {
            self.around_row(y, [reach; 2], &mut row);
            out.iter_mut().zip(&row).for_each(|(out, n)| *out = *n);
        }
        all
    }

    /// How many cells are counted around each cell of row `y`: up to `before` cells up and left of it and `after`
    /// cells down and right, where there is a map.
    pub(crate) fn around_row(&self, y: usize, [before, after]: [usize; 2], counts: &mut Vec<u32>) {
        let (h, w) = (self.0.dim().0 - 1, self.0.dim().1 - 1);
        let row = |y: usize| self.0.row(y).to_slice();
        let (Some(top), Some(end)) = (row(y.saturating_sub(before)), row((y + after + 1).min(h)))
        else {
            return;
        };
        counts.clear();
        counts.extend((0..w).map(|x| {
            let (left, right) = (x.saturating_sub(before), (x + after + 1).min(w));
            end[right] + top[left] - top[right] - end[left]
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_counting() {
        let map = Array2::from_shape_fn((9, 13), |(y, x)| (y * 7 + x * 5) % 3 == 0);
        let sums = SummedArea::of(&map, |b| *b);
        for [before, after] in [[0, 0], [1, 1], [3, 3], [2, 1], [20, 20]] {
            let mut counts = Vec::new();
            for ((y, x), _) in map.indexed_iter() {
                sums.around_row(y, [before, after], &mut counts);
                let within = |at: usize, of: usize| at + before >= of && at <= of + after;
                let near = |(at, _): &((usize, usize), &bool)| within(at.0, y) && within(at.1, x);
                let want = map.indexed_iter().filter(near).filter(|(_, b)| **b).count();
                assert_eq!(counts[x] as usize, want, "{y} {x} {before} {after}");
            }
        }
    }
}
