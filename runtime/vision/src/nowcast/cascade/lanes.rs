//! Lanes: one number for each rate of rain, so that all rates are worked on at once.

/// Most rates: as many as a processor adds at once.
pub(crate) const LANES: usize = 8;

/// A number a rate.
pub(super) type Lanes<T> = [T; LANES];

/// Counts in a square around each cell of a row, as rows go on: of cells that reach each rate.
pub(super) struct Window {
    /// Cells to each side.
    pub(super) reach: usize,
    /// Of each column the count over the rows of the square; the first and last column repeat for the
    /// square's reach.
    columns: Vec<Lanes<i32>>,
}

/// What a cell that reaches so many rates counts for each.
const REACHED: [Lanes<i32>; LANES + 1] = {
    let mut all = [[0; LANES]; LANES + 1];
    let mut reached = 0;
    while reached <= LANES {
        let mut k = 0;
        while k < reached {
            all[reached][k] = 1;
            k += 1;
        }
        reached += 1;
    }
    all
};

impl Window {
    /// Above the first row of `reached` (rates that each cell reaches), rows of `width` cells.
    pub(super) fn new(reach: usize, width: usize) -> Self {
        Self { reach, columns: vec![[0; LANES]; width + 2 * reach] }
    }

    /// Goes on to row `y`: rows come in at the lower end and leave at the upper; the first and last repeat.
    #[inline(always)]
    pub(super) fn to_row(&mut self, reached: &[u8], width: usize, y: usize) {
        let last = reached.len() / width - 1;
        let row = |y: usize| &reached[y.min(last) * width..][..width];
        let inner = &mut self.columns[self.reach..][..width];
        if y == 0 {
            inner.fill([0; LANES]);
            for j in 0..=2 * self.reach {
                for (column, rates) in inner.iter_mut().zip(row(j.saturating_sub(self.reach))) {
                    add(column, &REACHED[usize::from(*rates)]);
                }
            }
        } else {
            let (come, gone) = (row(y + self.reach), row((y - 1).saturating_sub(self.reach)));
            for (column, (come, gone)) in inner.iter_mut().zip(come.iter().zip(gone)) {
                if come != gone {
                    let (come, gone) = (&REACHED[usize::from(*come)], &REACHED[usize::from(*gone)]);
                    for k in 0..LANES {
                        column[k] += come[k] - gone[k];
                    }
                }
            }
        }
        let (first, end) = (inner[0], inner[width - 1]);
        self.columns[..self.reach].fill(first);
        self.columns[self.reach + width..].fill(end);
    }

    /// Count in the square around the first cell of the row.
    #[inline(always)]
    pub(super) fn first(&self) -> Lanes<i32> {
        let mut sum = [0; LANES];
        self.columns[..=2 * self.reach].iter().for_each(|column| add(&mut sum, column));
        sum
    }

    /// Goes on from the square around cell `x` to the next.
    #[inline(always)]
    pub(super) fn on(&self, sum: &mut Lanes<i32>, x: usize) {
        if let Some(come) = self.columns.get(x + 2 * self.reach + 1) {
            let gone = &self.columns[x];
            for k in 0..LANES {
                sum[k] += come[k] - gone[k];
            }
        }
    }
}

#[inline(always)]
fn add(sum: &mut Lanes<i32>, more: &Lanes<i32>) {
    for k in 0..LANES {
        sum[k] += more[k];
    }
}

/// Means in a square around each cell of a row, as rows go on.
pub(super) struct MeanWindow {
    reach: usize,
    columns: Vec<f64>,
}

impl MeanWindow {
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
        let cells = (side * side) as f64;
        let mut sum: f64 = self.columns[..side].iter().sum();
        let turns = self.columns[side..].iter().zip(&self.columns).map(|(a, b)| a - b);
        for (out, turn) in out.iter_mut().zip(turns.chain(std::iter::once(0.0))) {
            *out = (sum / cells) as f32;
            sum += turn;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_those_of_counting() {
        let (h, w) = (9usize, 13usize);
        let reached: Vec<u8> = (0..h * w).map(|i| ((i * 7 + i / 5) % 9) as u8).collect();
        let values: Vec<f32> = reached.iter().map(|v| f32::from(*v) * 1.5 - 3.0).collect();
        for reach in [1usize, 2, 5, 20] {
            let (mut window, mut mean) = (Window::new(reach, w), MeanWindow::new(reach, w));
            let mut means = vec![0f32; w];
            for y in 0..h {
                window.to_row(&reached, w, y);
                mean.row(&values, w, y, &mut means);
                let mut sum = window.first();
                for x in 0..w {
                    let r = reach as i64;
                    let at = |v: usize, d: i64, n: usize| (v as i64 + d).clamp(0, n as i64 - 1);
                    let cells = (-r..=r).flat_map(|dy| (-r..=r).map(move |dx| (dy, dx)));
                    let cells: Vec<usize> = cells
                        .map(|(dy, dx)| (at(y, dy, h) * w as i64 + at(x, dx, w)) as usize)
                        .collect();
                    for (k, sum) in sum.iter().enumerate() {
                        let want = cells.iter().filter(|i| usize::from(reached[**i]) > k).count();
                        assert_eq!(*sum, want as i32, "{reach} {y} {x} {k}");
                    }
                    let want = cells.iter().map(|i| values[*i]).sum::<f32>() / cells.len() as f32;
                    assert!((means[x] - want).abs() < 1e-4, "{reach} {y} {x}");
                    window.on(&mut sum, x);
                }
            }
        }
    }
}
