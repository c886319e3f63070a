//! A rain image: the 8-bit form of a rain frame in which corners are found and followed.

use ndarray::{Array2, ArrayRef2};

use crate::rain_rate::dbr;

/// A rain frame in 8 bits: dBR from its smallest to its largest value, specks taken out.
#[derive(Debug)]
pub(super) struct RainImage {
    /// 0..=255; no data is 0.
    pub(super) values: Array2<u8>,
    /// Cells without data.
    pub(super) no_data: Array2<bool>,
}

impl RainImage {
    /// Of shares `[H, W]`; what is not finite is no data.
    pub(super) fn of(shares: &ArrayRef2<f32>) -> Self {
        let no_data = shares.mapv(|v| !v.is_finite());
        let db = shares.mapv(dbr);
        let finite = || db.iter().copied().filter(|v| v.is_finite());
        let least = finite().fold(f64::INFINITY, f64::min);
        let wet = db.mapv(|v| v > least && v.is_finite());
        let kept = opened(&wet);
        let clean = Array2::from_shape_fn(db.dim(), |at| if kept[at] { db[at] } else { least });
        let span = clean.iter().copied().fold(least, f64::max) - least;
        // Cut, not rounded.
        let value = |v: f64| if span > 1e-8 { ((v - least) / span * 255.0) as u8 } else { 0 };
        Self { values: clean.mapv(value), no_data }
    }

    /// Whether all cells show one value.
    pub(super) fn is_flat(&self) -> bool {
        self.values.iter().all(|&v| v == 0)
    }
}

/// A cell and its four neighbours within `n`.
fn cross([y, x]: [usize; 2], (h, w): (usize, usize)) -> impl Iterator<Item = [usize; 2]> {
    [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)].into_iter().filter_map(move |(dy, dx)| {
        let (y, x) = (y.checked_add_signed(dy)?, x.checked_add_signed(dx)?);
        (y < h && x < w).then_some([y, x])
    })
}

/// Opening: what is left of a mask when every cross of five cells that does not fit is taken out.
fn opened(mask: &Array2<bool>) -> Array2<bool> {
    let shape = mask.dim();
    let fits = Array2::from_shape_fn(shape, |(y, x)| cross([y, x], shape).all(|at| mask[at]));
    Array2::from_shape_fn(shape, |(y, x)| cross([y, x], shape).any(|at| fits[at]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::s;

    #[test]
    fn specks_go_and_the_rest_spans_eight_bits() {
        let mut shares = Array2::zeros((12, 12));
        shares[[1, 1]] = 0.9; // a speck
        shares.slice_mut(s![4..9, 4..9]).fill(0.5);
        shares[[6, 6]] = 0.6;
        shares[[11, 11]] = f32::NAN;
        let image = RainImage::of(&shares);
        assert_eq!((image.values[[1, 1]], image.values[[6, 6]]), (0, 255));
        // dBR of shares 0.5 and 0.6: 8.9 and 12.71; above -15: 23.9 of 27.71.
        assert_eq!((image.values[[6, 5]], image.values[[4, 4]]), (219, 0), "corners do not fit");
        assert!(image.no_data[[11, 11]] && image.values[[11, 11]] == 0);
    }

    #[test]
    fn one_value_or_none_is_flat() {
        for v in [0.0, 0.7, f32::NAN, f32::INFINITY, -1.0] {
            assert!(RainImage::of(&Array2::from_elem((8, 8), v)).is_flat(), "{v}");
        }
        assert!(RainImage::of(&Array2::zeros((0, 3))).is_flat());
    }
}
