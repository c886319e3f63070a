//! Polynomial expansion: an image around each cell as a quadratic, fitted with Gaussian weights.

use ndarray::Array2;

/// Reach of the fit, pixels.
const N: usize = 7;
/// Standard deviation of the weights, pixels.
const SIGMA_PX: f64 = 1.5;

/// `image(y + v, x + u) ≈ const + y·v + x·u + yy·v² + xx·u² + xy·u·v`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Quadratic {
    pub(super) y: f32,
    pub(super) x: f32,
    pub(super) yy: f32,
    pub(super) xx: f32,
    pub(super) xy: f32,
}

/// The quadratic of each cell `[H, W]`.
#[derive(Debug)]
pub(super) struct Expansion(Array2<Quadratic>);

/// Weights of the fit and the entries of its inverted normal matrix that are not zero.
struct Fit {
    weight: [f32; N + 1],
    first: f32,
    constant_second: f32,
    second: f32,
    mixed: f32,
}

impl Fit {
    fn new() -> Self {
        let raw: Vec<f64> = (0..=N).map(|k| (-0.5 * (k as f64 / SIGMA_PX).powi(2)).exp()).collect();
        let total = raw[0] + 2.0 * raw[1..].iter().sum::<f64>();
        let mut weight = [0.0; N + 1];
        for (w, r) in weight.iter_mut().zip(&raw) {
            *w = (r / total) as f32;
        }
        // Moments of the weights along one axis.
        let moment = |p: i32| -> f64 {
            (1..=N).map(|k| 2.0 * f64::from(weight[k]) * (k as f64).powi(p)).sum()
        };
        let m0 = f64::from(weight[0]) + moment(0);
        let (m2, m4) = (moment(2), moment(4));
        // Normal matrix of (1, u², v²): [[a, b, b], [b, d, e], [b, e, d]].
        let (a, b, d, e) = (m0 * m0, m0 * m2, m0 * m4, m2 * m2);
        let det = a * (d + e) - 2.0 * b * b;
        Self {
            weight,
            first: (1.0 / b) as f32,
            constant_second: (-b / det) as f32,
            second: ((a * d - b * b) / ((d - e) * det)) as f32,
            mixed: (1.0 / e) as f32,
        }
    }
}

impl Expansion {
    /// Expansion of an image `[H, W]`; the border repeats.
    pub(super) fn of(image: &Array2<f32>) -> Self {
        let (h, w) = image.dim();
        let fit = Fit::new();
        let g = &fit.weight;
        let mut out = Array2::from_elem((h, w), Quadratic::default());
        // Sums down the columns of the image times 1, v and v²; N cells wider on both sides.
        let mut sums = vec![[0.0f32; 3]; w + 2 * N];
        for y in 0..h {
            let here = image.row(y);
            for x in 0..w {
                sums[x + N] = [here[x] * g[0], 0.0, 0.0];
            }
            for (k, &gk) in g.iter().enumerate().skip(1) {
                let above = image.row(y.saturating_sub(k));
                let below = image.row((y + k).min(h - 1));
                let k = k as f32;
                for x in 0..w {
                    let (both, odd) = (above[x] + below[x], below[x] - above[x]);
                    let s = &mut sums[x + N];
                    s[0] += gk * both;
                    s[1] += gk * k * odd;
                    s[2] += gk * k * k * both;
                }
            }
            let (left, right) = (sums[N], sums[N + w - 1]);
            sums[..N].fill(left);
            sums[N + w..].fill(right);
            for x in 0..w {
                out[[y, x]] = fit.solve(&sums[x..=x + 2 * N]);
            }
        }
        Self(out)
    }

    /// The quadratic of a cell.
    pub(super) fn at(&self, y: usize, x: usize) -> Quadratic {
        self.0[[y, x]]
    }

    /// The quadratic at a point between cells, bilinear; `None` unless four cells surround it.
    pub(super) fn between(&self, row: f32, col: f32) -> Option<Quadratic> {
        let (h, w) = self.0.dim();
        let (y, x) = (row.floor(), col.floor());
        if !(y >= 0.0 && x >= 0.0 && (y as usize) < h - 1 && (x as usize) < w - 1) {
            return None;
        }
        let (fy, fx) = (row - y, col - x);
        let (y, x) = (y as usize, x as usize);
        let weights = [(1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy];
        let cells = [self.at(y, x), self.at(y, x + 1), self.at(y + 1, x), self.at(y + 1, x + 1)];
        let mut out = Quadratic::default();
        for (k, q) in weights.iter().zip(&cells) {
            out.y += k * q.y;
            out.x += k * q.x;
            out.yy += k * q.yy;
            out.xx += k * q.xx;
            out.xy += k * q.xy;
        }
        Some(out)
    }
}

impl Fit {
    /// Quadratic of the middle cell from the column sums around it.
    fn solve(&self, sums: &[[f32; 3]]) -> Quadratic {
        let g = &self.weight;
        let middle = sums[N].map(|v| f64::from(v * g[0]));
        let [mut one, mut v, mut vv] = middle;
        let (mut u, mut uu, mut uv) = (0.0f64, 0.0f64, 0.0f64);
        for k in 1..=N {
            let (a, b) = (sums[N + k], sums[N - k]);
            let gk = g[k];
            let even = f64::from(a[0] + b[0]);
            let (gu, guu) = (f64::from(gk * k as f32), f64::from(gk * (k * k) as f32));
            one += even * f64::from(gk);
            uu += even * guu;
            u += f64::from(a[0] - b[0]) * gu;
            v += f64::from((a[1] + b[1]) * gk);
            uv += f64::from(a[1] - b[1]) * gu;
            vv += f64::from((a[2] + b[2]) * gk);
        }
        let constant = one * f64::from(self.constant_second);
        Quadratic {
            y: (v * f64::from(self.first)) as f32,
            x: (u * f64::from(self.first)) as f32,
            yy: (constant + vv * f64::from(self.second)) as f32,
            xx: (constant + uu * f64::from(self.second)) as f32,
            xy: (uv * f64::from(self.mixed)) as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quadratic_image_gives_its_own_coefficients() {
        let image = Array2::from_shape_fn((40, 40), |(y, x)| {
            let (v, u) = (y as f32 - 20.0, x as f32 - 20.0);
            7.0 + 0.5 * v - 0.25 * u + 0.125 * v * v + 0.0625 * u * u - 0.03 * u * v
        });
        let q = Expansion::of(&image).at(20, 20);
        for (got, want) in [(q.y, 0.5), (q.x, -0.25), (q.yy, 0.125), (q.xx, 0.0625), (q.xy, -0.03)]
        {
            assert!((got - want).abs() < 1e-4, "{q:?}");
        }
    }
}
