//! Sampling an image at a grid of points, as ONNX GridSample defines it: two-linear only.
//!
//! The embedded engine's own kernel looks up one value at a time; this one finds the four
//! neighbours of each point once and then walks the channels.

/// What lies outside the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Outside {
    /// Nothing: 0.
    Zeros,
    /// The nearest pixel of the border.
    Border,
}

/// What −1 and 1 mean in the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Corners {
    /// Centres of the outermost pixels (`align_corners` = 1).
    Centres,
    /// Outer edges of the outermost pixels (`align_corners` = 0).
    Edges,
}

impl Corners {
    /// Pixel coordinate of a grid value along a side of `side` pixels.
    #[inline(always)]
    fn pixel(self, value: f32, side: usize) -> f32 {
        let side = side as f32;
        match self {
            Self::Centres => (value + 1.0) * 0.5 * (side - 1.0),
            Self::Edges => ((value + 1.0) * side - 1.0) * 0.5,
        }
    }
}

/// The four pixels around a point and their shares; a pixel outside has share 0.
#[derive(Clone, Copy, Default)]
struct Around {
    at: [u32; 4],
    share: [f32; 4],
}

impl Around {
    #[inline(always)]
    fn point(x: f32, y: f32, [h, w]: [usize; 2], outside: Outside) -> Self {
        let (x, y) = match outside {
            Outside::Border => (x.clamp(0.0, (w - 1) as f32), y.clamp(0.0, (h - 1) as f32)),
            Outside::Zeros => (x, y),
        };
        if !(x > -1.0 && y > -1.0 && x < w as f32 && y < h as f32) {
            // Far outside; a grid that is no number gives no number.
            let share = if x.is_nan() || y.is_nan() { f32::NAN } else { 0.0 };
            return Self { at: [0; 4], share: [share; 4] };
        }
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let (left, top) = (left as i64, top as i64);
        let mut out = Self::default();
        for k in 0..4 {
            let (dx, dy) = ((k & 1) as i64, (k >> 1) as i64);
            let (px, py) = (left + dx, top + dy);
            if px < 0 || py < 0 || px >= w as i64 || py >= h as i64 {
                continue;
            }
            out.at[k] = (py * w as i64 + px) as u32;
            out.share[k] =
                (if dx == 1 { fx } else { 1.0 - fx }) * (if dy == 1 { fy } else { 1.0 - fy });
        }
        out
    }
}

/// Samples one image `[C, H, W]` at `grid` `[h, w, (x, y)]` into `out` `[C, h, w]`.
///
/// All slices are contiguous; `out` holds as many points a channel as `grid` has pairs.
#[pulp::with_simd(sample = pulp::Arch::new())]
#[inline(always)]
pub(crate) fn sample_by<S: pulp::Simd>(
    _: S,
    image: &[f32],
    shape: [usize; 2],
    grid: &[f32],
    out: &mut [f32],
    outside: Outside,
    corners: Corners,
) {
    let [h, w] = shape;
    let points = grid.len() / 2;
    if points == 0 || h == 0 || w == 0 {
        return;
    }
    let mut around = vec![Around::default(); points];
    for (a, p) in around.iter_mut().zip(grid.chunks_exact(2)) {
        *a = Around::point(corners.pixel(p[0], w), corners.pixel(p[1], h), shape, outside);
    }
    for (plane, to) in image.chunks_exact(h * w).zip(out.chunks_exact_mut(points)) {
        for (value, a) in to.iter_mut().zip(&around) {
            *value = plane[a.at[0] as usize] * a.share[0]
                + plane[a.at[1] as usize] * a.share[1]
                + plane[a.at[2] as usize] * a.share[2]
                + plane[a.at[3] as usize] * a.share[3];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values by `torch.nn.functional.grid_sample` 2.11.0 on the same image and points.
    #[test]
    fn points_in_and_out_of_the_image_are_sampled_as_torch_does() {
        let image: Vec<f32> = (0..12).map(|k| (k * k) as f32 * 0.1 - 1.0).collect();
        let grid = [-1.0, -1.0, 1.0, 1.0, 0.0, 0.0, 0.3, -0.7, -1.2, 0.4, 1.9, -3.0, 0.99, 1.05];
        struct Case {
            outside: Outside,
            corners: Corners,
            want: [f32; 7],
        }
        for Case { outside, corners, want } in [
            Case {
                outside: Outside::Zeros,
                corners: Corners::Centres,
                want: [-1.0, 11.1, 2.05, 0.333, 1.764, 0.0, 10.515077],
            },
            Case {
                outside: Outside::Zeros,
                corners: Corners::Edges,
                want: [-0.25, 2.775, 2.05, -0.5225, 0.348, 0.0, 2.453101],
            },
            Case {
                outside: Outside::Border,
                corners: Corners::Centres,
                want: [-1.0, 11.1, 2.05, 0.333, 2.52, -0.1, 11.068501],
            },
            Case {
                outside: Outside::Border,
                corners: Corners::Edges,
                want: [-1.0, 11.1, 2.05, -0.55, 3.48, -0.1, 11.1],
            },
        ] {
            let mut out = [0.0; 7];
            sample(&image, [3, 4], &grid, &mut out, outside, corners);
            for (k, (got, want)) in out.iter().zip(want).enumerate() {
                assert!(
                    (got - want).abs() < 1e-5,
                    "{outside:?} {corners:?} point {k}: {got} {want}"
                );
            }
        }
    }
}
