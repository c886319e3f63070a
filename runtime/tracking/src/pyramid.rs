//! The pyramid of an image: halved level by level, with room around each level, and its slopes.

use ndarray::{Array2, Zip, s};

use crate::mirror::mirrored;

/// A picture halved again and again, for windows of `WINDOW` × `WINDOW` cells.
#[derive(Debug)]
pub struct Pyramid<const WINDOW: usize> {
    /// The full size first.
    pub(crate) levels: Vec<Level<WINDOW>>,
}

/// The same with the slopes of each level: what is sought.
#[derive(Debug)]
pub struct SlopedPyramid<const WINDOW: usize> {
    /// The picture.
    pub picture: Pyramid<WINDOW>,
    /// Of each level.
    pub(crate) slopes: Vec<Slopes>,
}

impl<const WINDOW: usize> Pyramid<WINDOW> {
    /// Of an image `[H, W]`: at most `halvings` times halved, as long as both sides stay larger than the window.
    #[must_use]
    pub fn of(codes: &Array2<u8>, halvings: usize) -> Self {
        Self { levels: levels(codes, halvings) }
    }

    /// With its slopes.
    #[must_use]
    pub fn sloped(self) -> SlopedPyramid<WINDOW> {
        let slopes = self.levels.iter().map(Level::slopes).collect();
        SlopedPyramid { picture: self, slopes }
    }
}

/// One level of a pyramid, with `WINDOW` mirrored cells more on each side.
#[derive(Debug)]
pub(crate) struct Level<const WINDOW: usize> {
    /// Rows and columns without the room around.
    pub(crate) shape: (usize, usize),
    /// Values in 0..=255.
    pub(crate) values: Array2<i16>,
}

/// Slopes of a level, 32 times per cell (Scharr); 0 in the room around.
#[derive(Debug)]
pub(crate) struct Slopes {
    /// To the right.
    pub(crate) right: Array2<i16>,
    /// Downwards.
    pub(crate) down: Array2<i16>,
}

impl<const WINDOW: usize> Level<WINDOW> {
    /// A level of an image `[H, W]`.
    fn of(codes: &Array2<u8>) -> Self {
        let (h, w) = codes.dim();
        let inner = |i: usize, n: usize| mirrored(i as isize - WINDOW as isize, n);
        let columns: Vec<usize> = (0..w + 2 * WINDOW).map(|x| inner(x, w)).collect();
        let mut values = Array2::zeros((h + 2 * WINDOW, w + 2 * WINDOW));
        for (y, mut row) in values.outer_iter_mut().enumerate() {
            if h == 0 || w == 0 {
                break;
            }
            let from = codes.row(inner(y, h));
            row.iter_mut().zip(&columns).for_each(|(to, &x)| *to = i16::from(from[x]));
        }
        Self { shape: (h, w), values }
    }

    /// Its slopes.
    pub(crate) fn slopes(&self) -> Slopes {
        let (h, w) = self.shape;
        let inside = s![WINDOW..WINDOW + h, WINDOW..WINDOW + w];
        let shifted = |dy: isize, dx: isize| {
            let (top, left) = (WINDOW.wrapping_add_signed(dy), WINDOW.wrapping_add_signed(dx));
            self.values.slice(s![top..top + h, left..left + w])
        };
        // Differences across the middle of three lines, the middle one counting most.
        let slope = |lines: [[(isize, isize); 2]; 3]| {
            let mut out = Array2::zeros(self.values.dim());
            for ([(y0, x0), (y1, x1)], weight) in lines.into_iter().zip([3, 10, 3]) {
                Zip::from(out.slice_mut(inside))
                    .and(shifted(y0, x0))
                    .and(shifted(y1, x1))
                    .for_each(|o: &mut i16, a, b| *o += weight * (b - a));
            }
            out
        };
        Slopes {
            right: slope([-1, 0, 1].map(|k| [(k, -1), (k, 1)])),
            down: slope([-1, 0, 1].map(|k| [(-1, k), (1, k)])),
        }
    }
}

/// Levels of an image, the full size first: at most `halvings` times halved, as long as both sides
/// stay larger than the window.
fn levels<const WINDOW: usize>(codes: &Array2<u8>, halvings: usize) -> Vec<Level<WINDOW>> {
    let mut out = vec![Level::of(codes)];
    let mut codes = codes.clone();
    for _ in 0..halvings {
        let (h, w) = codes.dim();
        if h.div_ceil(2) <= WINDOW || w.div_ceil(2) <= WINDOW {
            break;
        }
        codes = halved(&codes);
        out.push(Level::of(&codes));
    }
    out
}

/// Every second cell of the image blurred by 1, 4, 6, 4, 1 both ways, rounded; mirrored border.
fn halved(codes: &Array2<u8>) -> Array2<u8> {
    const WEIGHTS: [u32; 5] = [1, 4, 6, 4, 1];
    let (h, w) = codes.dim();
    let (to_h, to_w) = (h.div_ceil(2), w.div_ceil(2));
    let columns: Vec<usize> = (0..w + 4).map(|x| mirrored(x as isize - 2, w)).collect();
    let mut padded = vec![0u32; w + 4];
    let mut rows = Array2::<u32>::zeros((h, to_w));
    for (from, mut to) in codes.outer_iter().zip(rows.outer_iter_mut()) {
        padded.iter_mut().zip(&columns).for_each(|(p, &x)| *p = u32::from(from[x]));
        for (to, five) in to.iter_mut().zip(padded.windows(5).step_by(2)) {
            *to = WEIGHTS.iter().zip(five).map(|(weight, v)| weight * v).sum();
        }
    }
    let mut out = Array2::zeros((to_h, to_w));
    let mut sums = vec![0u32; to_w];
    for (y, mut to) in out.outer_iter_mut().enumerate() {
        sums.fill(128);
        for (k, weight) in WEIGHTS.iter().enumerate() {
            let row = rows.row(mirrored((2 * y + k) as isize - 2, h));
            sums.iter_mut().zip(row).for_each(|(sum, v)| *sum += weight * v);
        }
        to.iter_mut().zip(&sums).for_each(|(to, sum)| *to = (sum >> 8) as u8);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_is_a_rounded_mean_and_stops_at_the_window() {
        let ramp = Array2::from_shape_fn((8, 10), |(_, x)| 20 * x as u8);
        let half = halved(&ramp);
        assert_eq!(half.dim(), (4, 5));
        // cv2.pyrDown of the same ramp, OpenCV 5.0.0.
        assert_eq!(half.row(1).to_vec(), [15, 40, 80, 120, 158]);
        let count = |n: usize| levels::<50>(&Array2::zeros((n, 256)), 3).len();
        assert_eq!([32, 100, 102, 256].map(count), [1, 1, 2, 3]);
    }

    #[test]
    fn a_ramp_has_one_slope() {
        let ramp = Array2::from_shape_fn((60, 60), |(y, x)| (y + 2 * x) as u8);
        let level = &levels::<21>(&ramp, 0)[0];
        let middle = [21 + 30, 21 + 30];
        let slopes = level.slopes();
        assert_eq!((slopes.right[middle], slopes.down[middle]), (64, 32));
        assert_eq!((slopes.right[[0, 0]], level.values[middle]), (0, 90));
    }
}
