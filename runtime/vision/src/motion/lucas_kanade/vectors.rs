//! Vectors: points and how they moved; outliers are removed and clusters made one.

/// Standard deviations from its neighbours' mean from which a vector is an outlier.
const OUTLIER_DEVIATIONS: f64 = 3.0;
/// Neighbours of a vector that it is compared with.
const NEIGHBOURS: usize = 30;
/// Side of the squares within which vectors are one, cells.
const CLUSTER_CELLS: f64 = 20.0;

/// A point (x, y) of a frame and its displacement (right, down), cells.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Vector {
    at: [f64; 2],
    moved: [f64; 2],
}

/// Points of a frame and how they moved.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Vectors(Vec<Vector>);

impl Vectors {
    pub(super) fn push(&mut self, at: [f64; 2], moved: [f64; 2]) {
        self.0.push(Vector { at, moved });
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Median displacement (right, down), where there is a vector.
    pub(super) fn median(&self) -> Option<[f64; 2]> {
        let middle = |k: usize| {
            let mut all: Vec<f64> = self.0.iter().map(|v| v.moved[k]).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied()
        };
        Some([middle(0)?, middle(1)?])
    }

    /// The same points, moved so many times as far.
    pub(super) fn scaled(mut self, times: f64) -> Self {
        for vector in &mut self.0 {
            vector.moved = vector.moved.map(|cells| cells * times);
        }
        self
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Point of vector `i`.
    pub(super) fn at(&self, i: usize) -> [f64; 2] {
        self.0[i].at
    }

    /// Displacement of vector `i`.
    pub(super) fn moved(&self, i: usize) -> [f64; 2] {
        self.0[i].moved
    }

    /// Those within three standard deviations of their nearest neighbours (Mahalanobis distance);
    /// where the neighbours do not vary both ways, no vector is an outlier.
    pub(super) fn without_outliers(&self) -> Self {
        let kept = (0..self.len()).filter(|&i| !self.is_outlier(i)).map(|i| self.0[i]);
        Self(kept.collect())
    }

    fn is_outlier(&self, i: usize) -> bool {
        let mut order: Vec<(f64, usize)> = (0..self.len())
            .filter(|&j| j != i)
            .map(|j| (squared_distance(self.at(i), self.at(j)), j))
            .collect();
        if order.len() > NEIGHBOURS {
            order.select_nth_unstable_by(NEIGHBOURS - 1, |a, b| {
                a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
            });
            order.truncate(NEIGHBOURS);
        }
        let n = order.len() as f64;
        let around = || order.iter().map(|&(_, j)| self.moved(j));
        let mean = [0, 1].map(|k| around().map(|m| m[k]).sum::<f64>() / n);
        let gap = |m: [f64; 2]| [m[0] - mean[0], m[1] - mean[1]];
        let moment =
            |a: usize, b: usize| around().map(gap).map(|g| g[a] * g[b]).sum::<f64>() / (n - 1.0);
        let (xx, xy, yy) = (moment(0, 0), moment(0, 1), moment(1, 1));
        let [x, y] = gap(self.moved(i));
        let squared = (yy * x * x - 2.0 * xy * x * y + xx * y * y) / (xx * yy - xy * xy);
        squared.is_finite() && squared.sqrt() > OUTLIER_DEVIATIONS
    }

    /// One vector for each square of 20 × 20 cells that has any: the medians of theirs.
    pub(super) fn declustered(&self) -> Self {
        let square = |v: &Vector| v.at.map(|k| (k / CLUSTER_CELLS).floor());
        let mut sorted = self.0.clone();
        sorted.sort_by(|a, b| {
            let (a, b) = (square(a), square(b));
            a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]))
        });
        let middle = |cluster: &[Vector]| {
            let of = |pick: &dyn Fn(&Vector) -> f64| median(cluster.iter().map(pick).collect());
            Vector {
                at: [of(&|v| v.at[0]), of(&|v| v.at[1])],
                moved: [of(&|v| v.moved[0]), of(&|v| v.moved[1])],
            }
        };
        Self(sorted.chunk_by(|a, b| square(a) == square(b)).map(middle).collect())
    }
}

/// Squared distance of two points.
pub(super) fn squared_distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])
}

/// The middle value, or the mean of the two in the middle; NaN of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    match n {
        0 => f64::NAN,
        _ => 0.5 * (values[(n - 1) / 2] + values[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_against_its_neighbours_is_an_outlier() {
        let mut all = Vectors::default();
        for i in 0..40 {
            let (row, col) = (i / 8, i % 8);
            let wobble = 0.1 * ((i * 7 % 5) as f64 - 2.0);
            all.push(
                [12.0 * f64::from(col), 12.0 * f64::from(row)],
                [2.0 + wobble, 1.0 - wobble * wobble],
            );
        }
        all.push([40.0, 30.0], [-3.0, 1.0]);
        let kept = all.without_outliers();
        assert_eq!(kept.len(), 40);
        assert!((0..40).all(|i| kept.moved(i)[0] > 0.0));
    }

    #[test]
    fn few_or_equal_vectors_all_stay() {
        for n in 0..4 {
            let mut all = Vectors::default();
            (0..n).for_each(|i| all.push([f64::from(i), 0.0], [1.0, 1.0]));
            assert_eq!(all.without_outliers(), all);
        }
    }

    #[test]
    fn a_cluster_becomes_its_medians() {
        let mut all = Vectors::default();
        for (at, moved) in [
            ([25.0, 3.0], [9.0, 9.0]),
            ([1.0, 2.0], [1.0, 5.0]),
            ([5.0, 19.0], [3.0, 6.0]),
            ([19.9, 4.0], [2.0, 9.0]),
        ] {
            all.push(at, moved);
        }
        let one = all.declustered();
        assert_eq!(one.len(), 2);
        assert_eq!((one.at(0), one.moved(0)), ([5.0, 4.0], [2.0, 6.0]));
        assert_eq!((one.at(1), one.moved(1)), ([25.0, 3.0], [9.0, 9.0]));
        assert!(Vectors::default().declustered().is_empty());
    }
}
