//! Smoothing along the front: each edge cell's speed becomes the mean of its neighbours on the edge.
//!
//! The same numbers as `gaussian_filter(edge · speed) / gaussian_filter(edge)` of SciPy with sigma
//! 2 px, `mode="constant"` and `truncate=4`, worked out on edge cells only.

use ndarray::Array2;

/// Standard deviation of the weights along each axis, pixels.
const SIGMA_PX: f64 = 2.0;
/// Where the weights end: 4 standard deviations, pixels.
const REACH: usize = 8;

/// One row of sums over its own edge cells, spread `REACH` to either side.
#[derive(Clone)]
struct RowSums {
    speed: Vec<f64>,
    weight: Vec<f64>,
}

/// Mean of `speed` `[H, W]` over nearby cells of `edge`, 0 off the edge.
pub(super) fn along(edge: &Array2<bool>, speed: &Array2<f32>) -> Array2<f32> {
    let (h, w) = edge.dim();
    let weights: Vec<f64> =
        (0..=REACH).map(|k| (-0.5 * (k as f64 / SIGMA_PX).powi(2)).exp()).collect();
    let mut out = Array2::zeros((h, w));
    // Rows y − REACH ..= y + REACH, each already spread sideways; row r lies at r % RING.
    const RING: usize = 2 * REACH + 1;
    let mut ring = vec![RowSums { speed: vec![0.0; w], weight: vec![0.0; w] }; RING];
    for lead in 0..h + REACH {
        let row = &mut ring[lead % RING];
        row.speed.fill(0.0);
        row.weight.fill(0.0);
        if lead < h {
            for x in (0..w).filter(|&x| edge[[lead, x]]) {
                let v = f64::from(speed[[lead, x]]);
                for u in x.saturating_sub(REACH)..(x + REACH + 1).min(w) {
                    let k = weights[u.abs_diff(x)];
                    row.speed[u] += k * v;
                    row.weight[u] += k;
                }
            }
        }
        let Some(y) = lead.checked_sub(REACH) else { continue };
        let rows = y.saturating_sub(REACH)..(y + REACH + 1).min(h);
        for x in (0..w).filter(|&x| edge[[y, x]]) {
            let (mut num, mut den) = (0.0, 0.0);
            for r in rows.clone() {
                let k = weights[r.abs_diff(y)];
                num += k * ring[r % RING].speed[x];
                den += k * ring[r % RING].weight[x];
            }
            // Never 0: the cell itself is on the edge.
            out[[y, x]] = (num / den) as f32;
        }
    }
    out
}
