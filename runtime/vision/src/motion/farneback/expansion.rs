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
        let mut out = Array2::from_elem(image.dim(), Quadratic::default());
        let plain = image.as_standard_layout();
        expand(plain.as_slice().unwrap_or(&[]), &mut out);
        Self(out)
    }

    /// The quadratic of a cell.
    #[inline(always)]
    pub(super) fn at(&self, y: usize, x: usize) -> Quadratic {
        self.0[[y, x]]
    }

    /// The quadratic at a point between cells, bilinear; `None` unless four cells surround it.
    #[inline(always)]
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

/// Room for one row of cells: sums down the columns of the image times 1, v and v² (N cells wider on
/// both sides), and sums of these sideways.
struct Row {
    columns: [Vec<f32>; 3],
    one: Vec<f64>,
    u: Vec<f64>,
    v: Vec<f64>,
    uu: Vec<f64>,
    uv: Vec<f64>,
    vv: Vec<f64>,
}

/// Quadratics of an image, row by row, by the processor's widest lanes; order of sums is that of a
/// plain loop over a cell's neighbours.
#[pulp::with_simd(expand = pulp::Arch::new())]
#[inline(always)]
fn expand_by<S: pulp::Simd>(_: S, image: &[f32], out: &mut Array2<Quadratic>) {
    let (h, w) = out.dim();
    let fit = Fit::new();
    let zeros = || vec![0.0; w];
    let columns = [(); 3].map(|()| vec![0.0f32; w + 2 * N]);
    let (u, v, uu, uv) = (zeros(), zeros(), zeros(), zeros());
    let mut row = Row { columns, one: zeros(), u, v, uu, uv, vv: zeros() };
    for y in 0..h {
        row.down(image, [y, h], &fit);
        row.across(&fit);
        for (x, q) in out.row_mut(y).iter_mut().enumerate() {
            let constant = row.one[x] * f64::from(fit.constant_second);
            *q = Quadratic {
                y: (row.v[x] * f64::from(fit.first)) as f32,
                x: (row.u[x] * f64::from(fit.first)) as f32,
                yy: (constant + row.vv[x] * f64::from(fit.second)) as f32,
                xx: (constant + row.uu[x] * f64::from(fit.second)) as f32,
                xy: (row.uv[x] * f64::from(fit.mixed)) as f32,
            };
        }
    }
}

impl Row {
    /// Sums down the columns around row `y` of `h`.
    #[inline(always)]
    fn down(&mut self, image: &[f32], [y, h]: [usize; 2], fit: &Fit) {
        let w = self.one.len();
        let line = |y: usize| &image[y * w..][..w];
        let [one, v, vv] = &mut self.columns;
        let (one, v, vv) = (&mut one[N..N + w], &mut v[N..N + w], &mut vv[N..N + w]);
        for (s, p) in one.iter_mut().zip(line(y)) {
            *s = p * fit.weight[0];
        }
        v.fill(0.0);
        vv.fill(0.0);
        for k in 1..=N {
            let (above, below) = (line(y.saturating_sub(k)), line((y + k).min(h - 1)));
            let (g, k) = (fit.weight[k], k as f32);
            let (gk, gkk) = (g * k, g * k * k);
            for ((s, a), b) in one.iter_mut().zip(above).zip(below) {
                *s += g * (a + b);
            }
            for ((s, a), b) in v.iter_mut().zip(above).zip(below) {
                *s += gk * (b - a);
            }
            for ((s, a), b) in vv.iter_mut().zip(above).zip(below) {
                *s += gkk * (a + b);
            }
        }
        for c in &mut self.columns {
            let (left, right) = (c[N], c[N + w - 1]);
            c[..N].fill(left);
            c[N + w..].fill(right);
        }
    }

    /// Sums of the columns' sums on both sides of each cell.
    #[inline(always)]
    fn across(&mut self, fit: &Fit) {
        let w = self.one.len();
        let g = &fit.weight;
        let columns = &self.columns;
        let at = |c: usize, from: usize| &columns[c][from..from + w];
        for (to, c) in [(&mut self.one, 0), (&mut self.v, 1), (&mut self.vv, 2)] {
            for (s, p) in to.iter_mut().zip(at(c, N)) {
                *s = f64::from(p * g[0]);
            }
        }
        for to in [&mut self.u, &mut self.uu, &mut self.uv] {
            to.fill(0.0);
        }
        for (k, &gk) in g.iter().enumerate().skip(1) {
            let (gu, guu) = (f64::from(gk * k as f32), f64::from(gk * (k * k) as f32));
            let sides = |c: usize| at(c, N + k).iter().zip(at(c, N - k));
            for ((s, uu), (a, b)) in self.one.iter_mut().zip(&mut self.uu).zip(sides(0)) {
                let even = f64::from(a + b);
                *s += even * f64::from(gk);
                *uu += even * guu;
            }
            for (u, (a, b)) in self.u.iter_mut().zip(sides(0)) {
                *u += f64::from(a - b) * gu;
            }
            for ((v, uv), (a, b)) in self.v.iter_mut().zip(&mut self.uv).zip(sides(1)) {
                *v += f64::from((a + b) * gk);
                *uv += f64::from(a - b) * gu;
            }
            for (vv, (a, b)) in self.vv.iter_mut().zip(sides(2)) {
                *vv += f64::from((a + b) * gk);
            }
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
