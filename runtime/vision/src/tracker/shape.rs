//! Shapes on a map of cells: growing into allowed ground, closing, smoothing, dropping specks.

use ndarray::{Array2, ArrayRef2, s};

use crate::front::Nearest;

/// Cells within `reach_px` of a set one, itself included.
pub(super) fn within(mask: &ArrayRef2<bool>, reach_px: f64) -> Array2<bool> {
    let Some(mut nearest) = Nearest::to(mask) else { return Array2::from_elem(mask.dim(), false) };
    let mut out = Array2::from_elem(mask.dim(), false);
    let mut cells = Vec::new();
    for (y, mut row) in out.outer_iter_mut().enumerate() {
        nearest.row(y, &mut cells);
        row.iter_mut()
            .zip(&cells)
            .enumerate()
            .for_each(|(x, (out, cell))| *out = cell.distance_px(y, x) <= reach_px);
    }
    out
}

/// The `seeds`, and all cells that a path over `allowed` ones leads to, side by side.
pub(super) fn grow(seeds: &Array2<bool>, allowed: &Array2<bool>) -> Array2<bool> {
    let (h, w) = seeds.dim();
    let mut out = seeds.clone();
    let mut queue: Vec<(usize, usize)> =
        seeds.indexed_iter().filter(|(_, seed)| **seed).map(|(at, _)| at).collect();
    while let Some((y, x)) = queue.pop() {
        for (y, x) in [(y.wrapping_sub(1), x), (y + 1, x), (y, x.wrapping_sub(1)), (y, x + 1)] {
            if y < h && x < w && allowed[[y, x]] && !out[[y, x]] {
                out[[y, x]] = true;
                queue.push((y, x));
            }
        }
    }
    out
}

/// Closes gaps of less than twice `radius_px`: widened by it and narrowed again. Nothing is set
/// beyond the border.
pub(super) fn close(mask: &Array2<bool>, radius_px: f64) -> Array2<bool> {
    let (h, w) = mask.dim();
    let pad = radius_px.floor() as usize + 1;
    let mut wide = Array2::from_elem((h + 2 * pad, w + 2 * pad), false);
    wide.slice_mut(s![pad..pad + h, pad..pad + w]).assign(mask);
    let outside = within(&wide, radius_px).mapv(|set| !set);
    let closed = within(&outside, radius_px).mapv(|near| !near);
    closed.slice(s![pad..pad + h, pad..pad + w]).to_owned()
}

/// Cells of which a bell of `sigma_px` around them has at least half its weight on set ones; beyond
/// the border the map is mirrored.
pub(super) fn smooth(mask: &Array2<bool>, sigma_px: f64) -> Array2<bool> {
    let reach = (4.0 * sigma_px + 0.5) as usize;
    let bell: Vec<f32> =
        (0..=reach).map(|k| (-0.5 * (k as f64 / sigma_px).powi(2)).exp() as f32).collect();
    let total = bell[0] + 2.0 * bell[1..].iter().sum::<f32>();
    let along = |line: &mut dyn Iterator<Item = f32>, out: &mut Vec<f32>| {
        let line: Vec<f32> = line.collect();
        let n = line.len() as isize;
        let mirrored = |i: isize| {
            let i = i.rem_euclid(2 * n);
            line[(if i < n { i } else { 2 * n - 1 - i }) as usize]
        };
        out.clear();
        out.extend((0..n).map(|i| {
            let sides =
                bell.iter().enumerate().skip(1).map(|(k, weight)| {
                    weight * (mirrored(i - k as isize) + mirrored(i + k as isize))
                });
            (bell[0] * line[i as usize] + sides.sum::<f32>()) / total
        }));
    };
    let mut values = mask.mapv(|set| if set { 1.0f32 } else { 0.0 });
    let mut line = Vec::new();
    for mut row in values.rows_mut() {
        along(&mut row.iter().copied(), &mut line);
        row.iter_mut().zip(&line).for_each(|(v, new)| *v = *new);
    }
    for mut column in values.columns_mut() {
        along(&mut column.iter().copied(), &mut line);
        column.iter_mut().zip(&line).for_each(|(v, new)| *v = *new);
    }
    values.mapv(|v| v >= 0.5)
}

/// Removes the patches (cells that touch, corners included) for which `keep` says no; it gets the
/// cells of one.
pub(super) fn keep_patches(mask: &mut Array2<bool>, keep: impl Fn(&[(usize, usize)]) -> bool) {
    let (h, w) = mask.dim();
    let mut seen = Array2::from_elem((h, w), false);
    let mut patch = Vec::new();
    for y in 0..h {
        for x in 0..w {
            if !mask[[y, x]] || seen[[y, x]] {
                continue;
            }
            patch.clear();
            patch.push((y, x));
            seen[[y, x]] = true;
            let mut next = 0;
            while let Some(&(y, x)) = patch.get(next) {
                next += 1;
                for ny in y.saturating_sub(1)..(y + 2).min(h) {
                    for nx in x.saturating_sub(1)..(x + 2).min(w) {
                        if mask[[ny, nx]] && !seen[[ny, nx]] {
                            seen[[ny, nx]] = true;
                            patch.push((ny, nx));
                        }
                    }
                }
            }
            if !keep(&patch) {
                patch.iter().for_each(|&(y, x)| mask[[y, x]] = false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `#` is set.
    fn map(rows: &[&str]) -> Array2<bool> {
        let cells = rows.iter().flat_map(|row| row.chars().map(|c| c == '#')).collect();
        Array2::from_shape_vec((rows.len(), rows[0].len()), cells).expect("rows of one length")
    }

    #[test]
    fn shapes_are_those_of_scipy() {
        // scipy.ndimage: binary_dilation, binary_closing (padded), binary_propagation, label.
        let dot =
            map(&[".......", ".......", ".......", "...#...", ".......", ".......", "......."]);
        let disk =
            map(&[".......", "...#...", "..###..", ".#####.", "..###..", "...#...", "......."]);
        assert_eq!(within(&dot, 2.0), disk);
        assert_eq!(within(&map(&["...", "..."]), 5.0), map(&["...", "..."]));
        let gap = map(&["##.##", "##.##", "##.##"]);
        assert_eq!(close(&gap, 1.0), map(&["##.##", "#####", "##.##"]));
        assert_eq!(close(&dot, 2.0), dot);
        let seeds = map(&["#....", ".....", "....."]);
        let allowed = map(&["##.##", ".#.##", "..#.."]);
        assert_eq!(grow(&seeds, &allowed), map(&["##...", ".#...", "....."]));
        let mut specks = map(&["##..#", "#....", "...#."]);
        keep_patches(&mut specks, |patch| patch.len() >= 3);
        assert_eq!(specks, map(&["##...", "#....", "....."]));
    }

    #[test]
    fn smoothing_rounds_corners_and_keeps_straight_edges() {
        let half = Array2::from_shape_fn((12, 12), |(_, x)| x < 6);
        assert_eq!(smooth(&half, 2.0), half);
        let speck = Array2::from_shape_fn((12, 12), |(y, x)| y == 5 && (4..6).contains(&x));
        assert!(!smooth(&speck, 2.0).iter().any(|&b| b));
        let all = Array2::from_elem((3, 5), true);
        assert_eq!(smooth(&all, 2.0), all);
    }
}
