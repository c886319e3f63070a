//! Burnt area from intensity: what counts as burning, and the holes that flames leave.
//!
//! Training uses these very definitions; a change here is a change of every model.

use ndarray::{Array2, Array3, ArrayView2, Axis};

/// Samples that lie above the peak of a clip: fewer hot ones may be glints or dead pixels.
const ABOVE_PEAK: usize = 16;
/// Least difference of peak and background that is fire.
pub const CONTRAST_MIN: f64 = 0.15;

/// The background and the peak of a clip, and what lies half way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// Median of all values.
    pub background: f64,
    /// The value that exactly 16 samples exceed (or equal, where values repeat).
    pub peak: f64,
}

impl Contrast {
    /// Contrast of intensities `[T, H, W]`.
    #[must_use]
    pub fn of(frames: &Array3<f32>) -> Self {
        let n = frames.len();
        let all = || frames.iter().copied();
        let middle = nth(all, n / 2);
        let background = if n % 2 == 1 { middle } else { (nth(all, n / 2 - 1) + middle) / 2.0 };
        let peak = nth(all, n.saturating_sub(ABOVE_PEAK + 1));
        Self { background: f64::from(background), peak: f64::from(peak) }
    }

    /// Whether there is fire in view.
    #[must_use]
    pub fn is_fire(&self) -> bool {
        self.peak - self.background >= CONTRAST_MIN
    }

    /// Intensity from which a pixel counts as burning.
    #[must_use]
    pub fn hot(&self) -> f32 {
        (self.background + 0.5 * (self.peak - self.background)) as f32
    }
}

/// Adds to `burnt` what is at least `hot` in `frame`, then closes holes where asked.
pub fn grow(burnt: &mut Array2<bool>, frame: &ArrayView2<'_, f32>, hot: f32, holes: Holes) {
    ndarray::Zip::from(&mut *burnt).and(frame).for_each(|b, &v| *b |= v >= hot);
    if holes == Holes::Close {
        close_holes(burnt);
    }
}

/// What becomes of unburnt ground that fire encloses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holes {
    /// It counts as burnt: flames seen in passing leave gaps.
    Close,
    /// It stays: a mask says what it says.
    Keep,
}

/// Marks as burnt each 4-connected unburnt region that does not touch the border.
pub fn close_holes(burnt: &mut Array2<bool>) {
    let (h, w) = burnt.dim();
    let mut open = Array2::from_elem((h, w), false);
    let mut queue: Vec<(u32, u32)> = Vec::new();
    let border = (0..w).flat_map(|x| [(0, x), (h - 1, x)]);
    for (y, x) in border.chain((0..h).flat_map(|y| [(y, 0), (y, w - 1)])) {
        if !burnt[[y, x]] && !open[[y, x]] {
            open[[y, x]] = true;
            queue.push((y as u32, x as u32));
        }
    }
    while let Some((y, x)) = queue.pop() {
        let (y, x) = (y as usize, x as usize);
        for (y, x) in [(y.wrapping_sub(1), x), (y + 1, x), (y, x.wrapping_sub(1)), (y, x + 1)] {
            if y < h && x < w && !burnt[[y, x]] && !open[[y, x]] {
                open[[y, x]] = true;
                queue.push((y as u32, x as u32));
            }
        }
    }
    ndarray::Zip::from(burnt).and(&open).for_each(|b, &o| *b |= !o);
}

/// Burnt by each frame `[T, H, W]` of intensities, from `before`.
#[must_use]
pub fn accumulate(
    frames: &Array3<f32>,
    before: Option<Array2<bool>>,
    hot: f32,
    holes: Holes,
) -> Array3<bool> {
    let (_, h, w) = frames.dim();
    let mut so_far = before.unwrap_or_else(|| Array2::from_elem((h, w), false));
    let mut burnt = Array3::from_elem(frames.dim(), false);
    for (frame, mut out) in frames.axis_iter(Axis(0)).zip(burnt.axis_iter_mut(Axis(0))) {
        grow(&mut so_far, &frame, hot, holes);
        out.assign(&so_far);
    }
    burnt
}

/// The value that `k` values are below or equal to, 0 the smallest: exact, in two passes and half a
/// megabyte whatever the count. 0 where there are none.
pub(crate) fn nth<I: Iterator<Item = f32>>(values: impl Fn() -> I, k: usize) -> f32 {
    // Bits in the order of the numbers: the sign flips them all, or only itself.
    let ordered = |v: f32| {
        let b = v.to_bits();
        if b >> 31 == 1 { !b } else { b | 1 << 31 }
    };
    let mut k = k as u64;
    let find = |count: &[u64], k: &mut u64| {
        for (i, &c) in count.iter().enumerate() {
            if *k < c {
                return i as u32;
            }
            *k -= c;
        }
        0
    };
    let mut count = vec![0u64; 1 << 16];
    values().for_each(|v| count[(ordered(v) >> 16) as usize] += 1);
    if count.iter().all(|&c| c == 0) {
        return 0.0;
    }
    let high = find(&count, &mut k);
    count.fill(0);
    values()
        .map(ordered)
        .filter(|b| b >> 16 == high)
        .for_each(|b| count[(b & 0xffff) as usize] += 1);
    let b = high << 16 | find(&count, &mut k);
    f32::from_bits(if b >> 31 == 1 { b & !(1 << 31) } else { !b })
}

/// The `q` quantile (0..1) between neighbours in order, as NumPy's default gives it.
pub(crate) fn quantile<I: Iterator<Item = f32>>(values: impl Fn() -> I, n: usize, q: f64) -> f32 {
    let place = q * n.saturating_sub(1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let low = f64::from(nth(&values, below));
    if part <= 0.0 {
        return low as f32;
    }
    let high = f64::from(nth(&values, below + 1));
    (low + (high - low) * part) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nth_of_all() {
        let v = [3.5f32, -1.0, 0.0, 7.0, -8.25, 1e-20, 7.0, -0.0, f32::MAX];
        let mut sorted = v;
        sorted.sort_by(f32::total_cmp);
        for (k, want) in sorted.iter().enumerate() {
            assert_eq!(nth(|| v.iter().copied(), k).to_bits(), want.to_bits());
        }
        // numpy.percentile([1, 2, 4, 8], [1, 25, 50, 100]) = 1.03, 1.75, 3, 8 (NumPy 2).
        let v = [4.0f32, 1.0, 8.0, 2.0];
        for (q, want) in [(0.01, 1.03), (0.25, 1.75), (0.5, 3.0), (1.0, 8.0)] {
            assert_eq!(quantile(|| v.iter().copied(), 4, q), want);
        }
    }

    #[test]
    fn peak_is_what_sixteen_exceed() {
        let mut frames = Array3::from_elem((2, 8, 8), 0.1f32);
        for (i, v) in frames.iter_mut().take(17).enumerate() {
            *v = 0.5 + i as f32 * 0.01;
        }
        let c = Contrast::of(&frames);
        assert_eq!((c.background as f32, c.peak as f32), (0.1, 0.5));
        assert!(c.is_fire() && (c.hot() - 0.3).abs() < 1e-6);
        frames.iter_mut().take(1).for_each(|v| *v = 0.1);
        assert!(!Contrast::of(&frames).is_fire(), "sixteen hot samples are no fire");
    }

    #[test]
    fn closes_holes_that_touch_no_border() {
        let cases = [
            // A hole, a diagonal gap (4-connected: closed), an opening to the border.
            (".....\n.###.\n.#.#.\n.###.", ".....\n.###.\n.###.\n.###."),
            (".....\n.##..\n.#.#.\n.###.", ".....\n.##..\n.###.\n.###."),
            (".....\n.#.#.\n.#.#.\n.###.", ".....\n.#.#.\n.#.#.\n.###."),
            ("###..\n#.#..\n###..\n.....", "###..\n###..\n###..\n....."),
        ];
        for (before, after) in cases {
            let parse = |s: &str| {
                let v: Vec<bool> = s.chars().filter(|&c| c != '\n').map(|c| c == '#').collect();
                Array2::from_shape_vec((4, 5), v).unwrap()
            };
            let mut got = parse(before);
            close_holes(&mut got);
            assert_eq!(got, parse(after), "{before}");
        }
    }
}
