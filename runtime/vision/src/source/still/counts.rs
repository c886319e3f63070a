//! Counts: 16-bit raw values of a thermal camera, and whether numbers in a file are such a picture.

use ndarray::{Array3, s};

/// Neighbours in a picture differ by less than this share of how far values lie apart.
const SMOOTH: f64 = 0.5;

/// The counts in `bytes`, by `value` from two of them, `[H, W, 1]`; more may follow.
pub(super) fn of(
    bytes: &[u8],
    [h, w]: [usize; 2],
    value: fn([u8; 2]) -> u16,
) -> Option<Array3<u16>> {
    let cells = bytes.get(..2 * h * w)?.chunks_exact(2).map(|b| value([b[0], b[1]]));
    Array3::from_shape_vec((h, w, 1), cells.collect()).ok()
}

/// How much neighbours differ, as a share of how far values lie apart: well below 1 in a picture,
/// about 1 where sides or the order of bytes are wrong.
pub(super) fn roughness(counts: &Array3<u16>) -> f64 {
    let (h, w, _) = counts.dim();
    let n = counts.len().max(1) as f64;
    let mean = counts.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
    let apart = counts.iter().map(|&v| (f64::from(v) - mean).abs()).sum::<f64>() / n;
    let step = |a: ndarray::ArrayView3<'_, u16>, b: ndarray::ArrayView3<'_, u16>| {
        let sum: f64 = a.iter().zip(b).map(|(&a, &b)| f64::from(a.abs_diff(b))).sum();
        sum / a.len().max(1) as f64
    };
    let across = step(counts.slice(s![.., 1.., ..]), counts.slice(s![.., ..w - 1, ..]));
    let down = step(counts.slice(s![1.., .., ..]), counts.slice(s![..h - 1, .., ..]));
    across.max(down) / apart.max(1e-9)
}

/// Whether counts look like a picture.
pub(super) fn is_picture(counts: &Array3<u16>) -> bool {
    roughness(counts) < SMOOTH
}
