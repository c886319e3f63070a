//! Rank matching: one frame's values put in the order of another.

use ndarray::{Array2, ArrayRef2};

/// `said` `[H, W]` with the values of `like`: the largest of these where `said` is largest, and so
/// on. Ties go by row and column; NaN of `said` stays and NaN of `like` is left out, and where the
/// two see different numbers of cells, values are taken evenly over `like`'s order.
#[must_use]
pub fn ranked(said: &ArrayRef2<f32>, like: &ArrayRef2<f32>) -> Array2<f32> {
    let mut values: Vec<f32> = like.iter().copied().filter(|v| !v.is_nan()).collect();
    values.sort_by(f32::total_cmp);
    let mut out = said.to_owned();
    let mut cells: Vec<&mut f32> = out.iter_mut().filter(|v| !v.is_nan()).collect();
    cells.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let n = cells.len();
    for (i, cell) in cells.into_iter().enumerate() {
        if let Some(&value) = values.get(i * values.len() / n) {
            *cell = value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_order_is_one_frames_and_the_values_are_the_others() {
        const N: f32 = f32::NAN;
        struct Case(Array2<f32>, Array2<f32>, Array2<f32>);
        for Case(said, like, want) in [
            Case(
                array![[0.3, 0.1], [0.2, 0.4]],
                array![[9., 5.], [7., 6.]],
                array![[7., 5.], [6., 9.]],
            ),
            Case(
                array![[0.0, 0.0], [0.0, 1.0]],
                array![[4., 3.], [2., 1.]],
                array![[1., 2.], [3., 4.]],
            ),
            Case(array![[0.3, N], [0.2, N]], array![[9., 5.], [7., 6.]], array![[7., N], [5., N]]),
            Case(
                array![[0.3, 0.1], [0.2, 0.4]],
                array![[N, 5.], [7., N]],
                array![[7., 5.], [5., 7.]],
            ),
            Case(array![[0.3, 0.1]], array![[N, N]], array![[0.3, 0.1]]), // nothing to take
        ] {
            let got = ranked(&said, &like);
            for (g, w) in got.iter().zip(&want) {
                assert!(g == w || g.is_nan() && w.is_nan(), "{got} not {want}");
            }
        }
    }
}
