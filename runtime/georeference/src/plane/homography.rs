//! Homographies: what a pinhole camera does to a plane.

use thiserror::Error;

/// A map from plane to plane, row by row: (x, y, 1) becomes (u, v, w), which stands for (u/w, v/w).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homography(pub [f64; 9]);

/// Why points do not tell a homography.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PointsError {
    /// Fewer than four.
    #[error("four points or more are needed, {0} are given")]
    TooFew(usize),
    /// Three of four on a line, or all close together.
    #[error("the points lie too close to one line to tell where the ground is")]
    OnALine,
}

impl Homography {
    /// Every point stays where it is.
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);

    /// First `other`, then `self`.
    #[must_use]
    pub fn after(&self, other: &Self) -> Self {
        let (a, b) = (&self.0, &other.0);
        Self(std::array::from_fn(|k| {
            (0..3).map(|j| a[3 * (k / 3) + j] * b[3 * j + k % 3]).sum::<f64>()
        }))
    }

    /// Where a point goes; `None` behind the horizon, where w is not positive.
    #[must_use]
    pub fn at(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let m = &self.0;
        let w = m[6] * x + m[7] * y + m[8];
        (w > 1e-12).then(|| [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w])
    }

    /// The way back; `None` where there is none.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let m = &self.0;
        let minor = |a: usize, b: usize, c: usize, d: usize| m[a] * m[d] - m[b] * m[c];
        let adjugate = [
            minor(4, 5, 7, 8),
            -minor(1, 2, 7, 8),
            minor(1, 2, 4, 5),
            -minor(3, 5, 6, 8),
            minor(0, 2, 6, 8),
            -minor(0, 2, 3, 5),
            minor(3, 4, 6, 7),
            -minor(0, 1, 6, 7),
            minor(0, 1, 3, 4),
        ];
        let determinant = m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6];
        let size = m.iter().fold(0.0f64, |most, v| most.max(v.abs()));
        let inverse = adjugate.map(|v| v / determinant);
        // A mirrored inverse keeps w positive for the same points.
        (determinant.abs() > 1e-14 * size.powi(3) && inverse.iter().all(|v| v.is_finite()))
            .then_some(Self(inverse))
    }

    /// The homography that takes each first point to its second, by least squares over the points in hand
    /// (normalised as Hartley 1997 has it).
    ///
    /// # Errors
    /// [`PointsError`].
    pub fn through(pairs: &[([f64; 2], [f64; 2])]) -> Result<Self, PointsError> {
        Self::weighted(pairs, &vec![1.0; pairs.len()])
    }

    /// The same, each pair with its weight.
    ///
    /// # Errors
    /// [`PointsError`].
    pub fn weighted(pairs: &[([f64; 2], [f64; 2])], weights: &[f64]) -> Result<Self, PointsError> {
        if pairs.len() < 4 {
            return Err(PointsError::TooFew(pairs.len()));
        }
        let (from, to) = (
            normaliser(pairs.iter().map(|p| p.0)).ok_or(PointsError::OnALine)?,
            normaliser(pairs.iter().map(|p| p.1)).ok_or(PointsError::OnALine)?,
        );
        // Normal equations of the eight numbers; the ninth is one.
        let mut a = [[0.0f64; 9]; 8];
        for ((p, q), weight) in pairs.iter().zip(weights) {
            let (Some([x, y]), Some([u, v])) = (from.at(*p), to.at(*q)) else { continue };
            for (row, right) in [
                ([x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y], u),
                ([0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y], v),
            ] {
                for i in 0..8 {
                    for j in 0..8 {
                        a[i][j] += weight * row[i] * row[j];
                    }
                    a[i][8] += weight * row[i] * right;
                }
            }
        }
        let h = solved(a).ok_or(PointsError::OnALine)?;
        let plain = Self([h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1.0]);
        let back = to.inverse().ok_or(PointsError::OnALine)?;
        let found = back.after(&plain).after(&from);
        let scale = found.0[8];
        if scale.abs() < 1e-12 {
            return Err(PointsError::OnALine);
        }
        Ok(Self(found.0.map(|v| v / scale)))
    }

    /// How the map stretches around a point: rows of (∂u/∂x, ∂u/∂y), (∂v/∂x, ∂v/∂y).
    #[must_use]
    pub fn slopes_at(&self, [x, y]: [f64; 2]) -> Option<[[f64; 2]; 2]> {
        let m = &self.0;
        let w = m[6] * x + m[7] * y + m[8];
        let [u, v] = self.at([x, y])?;
        Some([
            [(m[0] - u * m[6]) / w, (m[1] - u * m[7]) / w],
            [(m[3] - v * m[6]) / w, (m[4] - v * m[7]) / w],
        ])
    }
}

/// Moves points around zero, at a distance of √2 on average; `None` where they are all one.
fn normaliser(points: impl Iterator<Item = [f64; 2]> + Clone) -> Option<Homography> {
    let n = points.clone().count() as f64;
    let mean = [0, 1].map(|k| points.clone().map(|p| p[k]).sum::<f64>() / n);
    let spread = points.map(|p| (p[0] - mean[0]).hypot(p[1] - mean[1])).sum::<f64>() / n;
    let s = std::f64::consts::SQRT_2 / spread;
    (spread > 1e-9 && s.is_finite())
        .then(|| Homography([s, 0.0, -s * mean[0], 0.0, s, -s * mean[1], 0.0, 0.0, 1.0]))
}

/// Solution of eight equations with their right sides, by elimination with pivots; `None` where they are not
/// independent.
fn solved(mut a: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    let size = a.iter().flatten().fold(0.0f64, |most, v| most.max(v.abs()));
    for k in 0..8 {
        let pivot = (k..8).max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs()))?;
        a.swap(k, pivot);
        if a[k][k].abs() < 1e-10 * size {
            return None;
        }
        for i in k + 1..8 {
            let (upper, lower) = a.split_at_mut(i);
            let (pivot, row) = (&upper[k], &mut lower[0]);
            let factor = row[k] / pivot[k];
            row.iter_mut().zip(pivot).skip(k).for_each(|(v, p)| *v -= factor * p);
        }
    }
    let mut out = [0.0; 8];
    for k in (0..8).rev() {
        let known: f64 = (k + 1..8).map(|j| a[k][j] * out[j]).sum();
        out[k] = (a[k][8] - known) / a[k][k];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TILTED: Homography = Homography([1.2, 0.1, 30.0, -0.2, 0.9, 12.0, 2e-4, -1e-4, 1.0]);

    #[test]
    fn points_tell_the_homography_and_its_inverse_goes_back() {
        let grid: Vec<[f64; 2]> =
            (0..12).map(|k| [f64::from(k % 4) * 100.0, f64::from(k / 4) * 90.0]).collect();
        let few = [0, 3, 5, 8, 10].map(|k: usize| grid[k]).to_vec();
        for points in [grid.clone(), few] {
            let pairs: Vec<_> = points.iter().map(|&p| (p, TILTED.at(p).unwrap())).collect();
            let found = Homography::through(&pairs).unwrap();
            let back = found.inverse().unwrap();
            for (p, q) in pairs {
                let (u, v) = (found.at(p).unwrap(), back.at(q).unwrap());
                assert!((u[0] - q[0]).hypot(u[1] - q[1]) < 1e-6);
                assert!((v[0] - p[0]).hypot(v[1] - p[1]) < 1e-6);
            }
        }
    }

    #[test]
    fn points_on_a_line_are_refused() {
        let line: Vec<_> =
            (0..5).map(|k| ([f64::from(k), 2.0 * f64::from(k)], [f64::from(k), 0.0])).collect();
        assert_eq!(Homography::through(&line), Err(PointsError::OnALine));
        assert_eq!(Homography::through(&line[..3]), Err(PointsError::TooFew(3)));
        let one = [([1.0, 1.0], [2.0, 2.0]); 4];
        assert_eq!(Homography::through(&one), Err(PointsError::OnALine));
    }

    #[test]
    fn slopes_are_those_of_small_steps() {
        let p = [40.0, -20.0];
        let [[ux, uy], [vx, vy]] = TILTED.slopes_at(p).unwrap();
        let at = |dx: f64, dy: f64| TILTED.at([p[0] + dx, p[1] + dy]).unwrap();
        let (o, x, y) = (at(0.0, 0.0), at(1e-4, 0.0), at(0.0, 1e-4));
        for (got, want) in
            [(ux, x[0] - o[0]), (vx, x[1] - o[1]), (uy, y[0] - o[0]), (vy, y[1] - o[1])]
        {
            assert!((got - want / 1e-4).abs() < 1e-4);
        }
    }

    #[test]
    fn nothing_lies_behind_the_horizon() {
        assert_eq!(TILTED.at([-1e5, 0.0]), None);
        assert_eq!(Homography([0.0; 9]).inverse(), None);
    }
}
