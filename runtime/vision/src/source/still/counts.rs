//! Counts: 16-bit raw values of a thermal camera, and whether numbers in a file are such a picture.

use ndarray::{Array3, ArrayView3, s};

/// The high bytes of neighbours in a picture differ by less than this on average; at random by 85.
const PICTURE_STEPS: f64 = 8.0;

/// The counts in `bytes`, by `value` from two of them, `[H, W, 1]`; more may follow.
pub(super) fn of(
    bytes: &[u8],
    [h, w]: [usize; 2],
    value: fn([u8; 2]) -> u16,
) -> Option<Array3<u16>> {
    let cells = bytes.get(..2 * h * w)?.chunks_exact(2).map(|b| value([b[0], b[1]]));
    Array3::from_shape_vec((h, w, 1), cells.collect()).ok()
}

/// Mean difference of the high bytes of neighbours: about 0 in a picture, far more where bytes are
/// swapped or no picture at all.
pub(super) fn high_steps(counts: &Array3<u16>) -> f64 {
    let step = |a: ArrayView3<'_, u16>, b: ArrayView3<'_, u16>| {
        let sum: u64 = a.iter().zip(b).map(|(&a, &b)| u64::from((a >> 8).abs_diff(b >> 8))).sum();
        sum as f64 / a.len().max(1) as f64
    };
    let across = step(counts.slice(s![.., 1.., ..]), counts.slice(s![.., ..-1, ..]));
    let down = step(counts.slice(s![1.., .., ..]), counts.slice(s![..-1, .., ..]));
    across.max(down)
}

/// Whether counts look like a picture.
pub(super) fn is_picture(counts: &Array3<u16>) -> bool {
    high_steps(counts) < PICTURE_STEPS
}
