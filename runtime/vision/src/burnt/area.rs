//! Burnt area: it grows by what burns in each frame, and closes over the holes that flames leave.

use ndarray::{Array2, Array3, ArrayRef3, ArrayView2, Axis};

/// Adds to `burnt` what is at least `hot` in `frame`, then closes holes if `holes` says so.
fn grow(burnt: &mut Array2<bool>, frame: &ArrayView2<'_, f32>, hot: f32, holes: Holes) {
    ndarray::Zip::from(&mut *burnt).and(frame).for_each(|b, &v| *b |= v >= hot);
    if holes == Holes::Close {
        close_holes(burnt);
    }
}

/// What becomes of unburnt ground that fire encloses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holes {
    /// It counts as burnt: flames seen in passing leave gaps.
    Close,
    /// It stays: a mask is taken as it is.
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
pub(crate) fn accumulate(
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

/// For how many frames each cell of burnt masks `[T, H, W]` has been burnt; 0 where it is not.
#[must_use]
pub(crate) fn burnt_for(burnt: &ArrayRef3<bool>) -> Array2<f32> {
    let (_, h, w) = burnt.dim();
    let mut frames = Array2::zeros((h, w));
    for mask in burnt.outer_iter() {
        frames.zip_mut_with(&mask, |n, &burnt| *n = if burnt { *n + 1.0 } else { 0.0 });
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

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
