//! Windows: what is counted and meant in a square around each cell of a row, as rows go on.
//!
//! A square's count goes on from row to row by what comes in below and leaves above, in each column, and from
//! cell to cell by the column that comes in and the one that leaves: its cost does not depend on its
//! size. The border repeats.

/// Counts of the cells that reach one rate.
pub(super) struct Counts {
    /// Cells to each side.
    reach: usize,
    /// Of each column the count over the rows of the square; the first and last column repeat for the square's
    /// reach and one more.
    columns: Vec<i32>,
}

impl Counts {
    /// Above the first row, of rows of `width` cells.
    pub(super) fn new(reach: usize, width: usize) -> Self {
        Self { reach, columns: vec![0; width + 2 * reach + 1] }
    }

    /// Goes on to row `y` of `reached`, which tells how many rates each cell reaches: those count that reach
    /// more than `k`.
    #[inline(always)]
    pub(super) fn go_to_row(&mut self, reached: &[u8], k: u8, width: usize, y: usize) {
        let last = reached.len() / width - 1;
        let row = |y: usize| &reached[y.min(last) * width..][..width];
        let inner = &mut self.columns[self.reach..][..width];
        if y == 0 {
            inner.fill(0);
            for j in 0..=2 * self.reach {
                let row = row(j.saturating_sub(self.reach));
                inner.iter_mut().zip(row).for_each(|(sum, v)| *sum += i32::from(*v > k));
            }
        } else {
            let (come, gone) = (row(y + self.reach), row((y - 1).saturating_sub(self.reach)));
            for (sum, (come, gone)) in inner.iter_mut().zip(come.iter().zip(gone)) {
                *sum += i32::from(*come > k) - i32::from(*gone > k);
            }
        }
        let (first, end) = (inner[0], inner[width - 1]);
        self.columns[..self.reach].fill(first);
        self.columns[self.reach + width..].fill(end);
    }

    /// Count in the square around the first cell of the row.
    #[inline(always)]
    pub(super) fn first(&self) -> i32 {
        self.columns[..=2 * self.reach].iter().sum()
    }

    /// Columns that come in and leave as the square goes on from each cell of the row to the next.
    #[inline(always)]
    pub(super) fn turns(&self, width: usize) -> (&[i32], &[i32]) {
        (&self.columns[2 * self.reach + 1..][..width], &self.columns[..width])
    }
}

/// Means of numbers.
pub(super) struct Means {
    reach: usize,
    columns: Vec<f64>,
}

impl Means {
    /// Above the first row, of rows of `width` cells.
    pub(super) fn new(reach: usize, width: usize) -> Self {
        Self { reach, columns: vec![0.0; width + 2 * reach] }
    }

    /// Goes on to row `y` of `values` and writes the means of the row into `out`.
    #[inline(always)]
    pub(super) fn row(&mut self, values: &[f32], width: usize, y: usize, out: &mut [f32]) {
        let last = values.len() / width - 1;
        let row = |y: usize| &values[y.min(last) * width..][..width];
        let inner = &mut self.columns[self.reach..][..width];
        if y == 0 {
            inner.fill(0.0);
            for j in 0..=2 * self.reach {
                let row = row(j.saturating_sub(self.reach));
                inner.iter_mut().zip(row).for_each(|(sum, v)| *sum += f64::from(*v));
            }
        } else {
            let (come, gone) = (row(y + self.reach), row((y - 1).saturating_sub(self.reach)));
            let both = come.iter().zip(gone);
            inner.iter_mut().zip(both).for_each(|(sum, (a, b))| *sum += f64::from(*a - *b));
        }
        let (first, end) = (inner[0], inner[width - 1]);
        self.columns[..self.reach].fill(first);
        self.columns[self.reach + width..].fill(end);
        let side = 2 * self.reach + 1;
        let share = 1.0 / (side * side) as f64;
        let mut sum: f64 = self.columns[..side].iter().sum();
        let (come, gone) = (&self.columns[side..], &self.columns);
        let Some((last, inner)) = out.split_last_mut() else { return };
        for (out, (come, gone)) in inner.iter_mut().zip(come.iter().zip(gone)) {
            *out = (sum * share) as f32;
            sum += come - gone;
        }
        *last = (sum * share) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_those_of_counting() {
        let (h, w) = (9usize, 13usize);
        let reached: Vec<u8> = (0..h * w).map(|i| ((i * 7 + i / 5) % 9) as u8).collect();
        let values: Vec<f32> = reached.iter().map(|v| f32::from(*v) * 1.5 - 3.0).collect();
        for (reach, k) in [(1usize, 0u8), (2, 3), (5, 7), (20, 1)] {
            let (mut counts, mut means) = (Counts::new(reach, w), Means::new(reach, w));
            let mut row = vec![0f32; w];
            for y in 0..h {
                counts.go_to_row(&reached, k, w, y);
                means.row(&values, w, y, &mut row);
                let mut sum = counts.first();
                let (come, gone) = counts.turns(w);
                for x in 0..w {
                    let r = reach as i64;
                    let at = |v: usize, d: i64, n: usize| (v as i64 + d).clamp(0, n as i64 - 1);
                    let cells = (-r..=r).flat_map(|dy| (-r..=r).map(move |dx| (dy, dx)));
                    let cells: Vec<usize> = cells
                        .map(|(dy, dx)| (at(y, dy, h) * w as i64 + at(x, dx, w)) as usize)
                        .collect();
                    let want = cells.iter().filter(|i| reached[**i] > k).count();
                    assert_eq!(sum, want as i32, "{reach} {y} {x} {k}");
                    let want = cells.iter().map(|i| values[*i]).sum::<f32>() / cells.len() as f32;
                    assert!((row[x] - want).abs() < 1e-4, "{reach} {y} {x}");
                    sum += come[x] - gone[x];
                }
            }
        }
    }
}
