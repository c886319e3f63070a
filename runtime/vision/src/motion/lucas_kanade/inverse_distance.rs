//! Inverse distance weighting: from a few vectors to the motion of every cell.

use ndarray::Array2;

use super::vectors::{Vectors, squared_distance};

/// Vectors that a cell takes the mean of.
const NEAREST: usize = 20;
/// Added to distances, cells, so that none is zero.
const OFFSET_CELLS: f64 = 0.5;

/// Side of the squares of cells that share a choice of vectors.
const TILE_CELLS: usize = 16;

/// Motion to the right and downwards of each cell `[H, W]`: the mean of its 20 nearest vectors,
/// weighted by one over the root of their distance; zero without vectors.
pub(super) fn interpolated(vectors: &Vectors, (h, w): (usize, usize)) -> [Array2<f64>; 2] {
    let mut out = [Array2::zeros((h, w)), Array2::zeros((h, w))];
    if vectors.is_empty() {
        return out;
    }
    let mut order = Vec::with_capacity(vectors.len());
    for top in (0..h).step_by(TILE_CELLS) {
        for left in (0..w).step_by(TILE_CELLS) {
            let chosen = around([top, left], vectors);
            for y in top..(top + TILE_CELLS).min(h) {
                for x in left..(left + TILE_CELLS).min(w) {
                    let [right, down] = mean([x as f64, y as f64], &chosen, vectors, &mut order);
                    out[0][[y, x]] = right;
                    out[1][[y, x]] = down;
                }
            }
        }
    }
    out
}

/// Vectors that can be among the nearest of any cell of a tile: a cell lies within a radius of the
/// tile's middle, so what is nearest to it lies within the middle's own reach and two radii.
fn around([top, left]: [usize; 2], vectors: &Vectors) -> Vec<usize> {
    let half = (TILE_CELLS - 1) as f64 / 2.0;
    let middle = [left as f64 + half, top as f64 + half];
    let far = |i: usize| squared_distance(vectors.at(i), middle).sqrt();
    let mut distances: Vec<f64> = (0..vectors.len()).map(far).collect();
    let last = NEAREST.min(distances.len()) - 1;
    let (_, reach, _) = distances.select_nth_unstable_by(last, f64::total_cmp);
    let limit = *reach + 2.0 * half * std::f64::consts::SQRT_2 + 1e-6;
    (0..vectors.len()).filter(|&i| far(i) <= limit).collect()
}

/// Weighted mean of the nearest of the chosen vectors; `order` is room to sort in.
fn mean(
    cell: [f64; 2],
    chosen: &[usize],
    vectors: &Vectors,
    order: &mut Vec<(f64, usize)>,
) -> [f64; 2] {
    order.clear();
    order.extend(chosen.iter().map(|&i| (squared_distance(vectors.at(i), cell), i)));
    let count = NEAREST.min(order.len());
    if count < order.len() {
        order.select_nth_unstable_by(count - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
    let (mut sum, mut total) = ([0.0; 2], 0.0);
    for &(squared, i) in &order[..count] {
        let weight = 1.0 / (squared.sqrt() + OFFSET_CELLS).sqrt();
        let moved = vectors.moved(i);
        sum = [sum[0] + weight * moved[0], sum[1] + weight * moved[1]];
        total += weight;
    }
    sum.map(|s| s / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearer_vectors_weigh_more_and_none_is_no_motion() {
        let mut two = Vectors::default();
        assert_eq!(
            interpolated(&two, (2, 3)),
            [Array2::<f64>::zeros((2, 3)), Array2::zeros((2, 3))]
        );
        two.push([0.0, 0.0], [1.0, -1.0]);
        assert_eq!(
            interpolated(&two, (2, 3)),
            [Array2::ones((2, 3)), -Array2::<f64>::ones((2, 3))]
        );
        two.push([4.0, 0.0], [3.0, -1.0]);
        let [right, down] = interpolated(&two, (1, 5));
        // Weights 1/√0.5 and 1/√4.5: 3 to 1.
        assert!((right[[0, 0]] - 1.5).abs() < 1e-12 && (right[[0, 2]] - 2.0).abs() < 1e-12);
        assert!(down.iter().all(|v| (v + 1.0).abs() < 1e-12));
    }

    #[test]
    fn a_tiles_choice_leaves_no_neighbour_out() {
        let mut many = Vectors::default();
        for i in 0..90u32 {
            let at = [f64::from(i * 37 % 101), f64::from(i * 53 % 67)];
            many.push(at, [f64::from(i % 7), f64::from(i % 5)]);
        }
        let all: Vec<usize> = (0..many.len()).collect();
        let [right, down] = interpolated(&many, (67, 101));
        for (y, x) in [(0, 0), (15, 16), (33, 50), (66, 100), (64, 1)] {
            let want = mean([x as f64, y as f64], &all, &many, &mut Vec::new());
            assert!((right[[y, x]] - want[0]).abs() < 1e-12, "{y} {x}");
            assert!((down[[y, x]] - want[1]).abs() < 1e-12, "{y} {x}");
        }
    }
}
