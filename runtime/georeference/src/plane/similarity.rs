//! Similarities: a turn, a scale and a shift.

use super::homography::Homography;

/// (x, y) becomes (a·x − b·y + right, b·x + a·y + down).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Scale times the cosine of the turn.
    pub a: f64,
    /// Scale times its sine.
    pub b: f64,
    /// Shift along x.
    pub x: f64,
    /// Shift along y.
    pub y: f64,
}

impl Similarity {
    /// Every point stays where it is.
    pub const IDENTITY: Self = Self { a: 1.0, b: 0.0, x: 0.0, y: 0.0 };

    /// By least squares over weighted pairs; `None` of fewer than two, or of all in one place.
    #[must_use]
    pub fn through(pairs: &[([f64; 2], [f64; 2])], weights: &[f64]) -> Option<Self> {
        let total: f64 = weights.iter().sum();
        if pairs.len() < 2 || total <= 0.0 {
            return None;
        }
        let mean = |pick: fn(&([f64; 2], [f64; 2])) -> f64| {
            pairs.iter().zip(weights).map(|(p, w)| w * pick(p)).sum::<f64>() / total
        };
        let from = [mean(|p| p.0[0]), mean(|p| p.0[1])];
        let to = [mean(|p| p.1[0]), mean(|p| p.1[1])];
        let (mut along, mut across, mut size) = (0.0, 0.0, 0.0);
        for ((p, q), w) in pairs.iter().zip(weights) {
            let (u, v) = (p[0] - from[0], p[1] - from[1]);
            let (x, y) = (q[0] - to[0], q[1] - to[1]);
            along += w * (u * x + v * y);
            across += w * (u * y - v * x);
            size += w * (u * u + v * v);
        }
        if size < 1e-9 {
            return None;
        }
        let (a, b) = (along / size, across / size);
        Some(Self {
            a,
            b,
            x: to[0] - a * from[0] + b * from[1],
            y: to[1] - b * from[0] - a * from[1],
        })
    }

    /// Where a point goes.
    #[must_use]
    pub fn at(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.a * x - self.b * y + self.x, self.b * x + self.a * y + self.y]
    }

    /// How much larger things become.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.a.hypot(self.b)
    }

    /// By how much they turn, degrees from x towards y.
    #[must_use]
    pub fn turn_deg(&self) -> f64 {
        self.b.atan2(self.a).to_degrees()
    }

    /// As a homography.
    #[must_use]
    pub fn homography(&self) -> Homography {
        Homography([self.a, -self.b, self.x, self.b, self.a, self.y, 0.0, 0.0, 1.0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_a_scale_and_a_shift_come_back() {
        let true_one = Similarity { a: 0.9, b: 0.3, x: 12.0, y: -7.0 };
        let pairs: Vec<_> =
            [[0.0, 0.0], [10.0, 3.0], [-4.0, 8.0], [5.0, 5.0]].map(|p| (p, true_one.at(p))).into();
        let found = Similarity::through(&pairs, &[1.0, 2.0, 0.5, 1.0]).unwrap();
        for (got, want) in [(found.a, 0.9), (found.b, 0.3), (found.x, 12.0), (found.y, -7.0)] {
            assert!((got - want).abs() < 1e-12);
        }
        assert_eq!(found.homography().at([10.0, 3.0]).map(|p| p[0].round()), Some(20.0));
        assert_eq!(Similarity::through(&pairs[..1], &[1.0]), None);
        assert_eq!(Similarity::through(&[pairs[0]; 3], &[1.0; 3]), None);
    }
}
