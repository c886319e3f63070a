//! Rates of rain: where they come from, and how a lead is given those of the last frame seen.
//!
//! A network that is trained to be near on average says too little of heavy rain and too much of
//! drizzle. Where its card asks for it, its order of cells is kept and the values are replaced: the
//! wettest cell of a lead gets the largest value of the last frame, and so on down.

use ndarray::{Array2, Array3, ArrayRef2};
use serde::{Deserialize, Serialize};

/// Where the values of a forecast of rain come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rates {
    /// From the network.
    #[default]
    Forecast,
    /// From the last frame seen, in the order of the network's.
    Matched,
}

/// Gives each lead of `frames` `[L, H, W]` the values of `last` `[H, W]` in the order of its own:
/// the k-th smallest cell gets the k-th smallest value, equal cells in reading order. Cells of
/// `no_data` `[H, W]` take no part and stay as they are.
pub(super) fn match_rates(frames: &mut Array3<f32>, last: &ArrayRef2<f32>, no_data: &Array2<bool>) {
    // Places in reading order: of every array here, since each may lie in memory as it likes.
    let seen: Vec<[usize; 2]> =
        no_data.indexed_iter().filter(|(_, none)| !**none).map(|((y, x), _)| [y, x]).collect();
    let mut values: Vec<f32> = seen.iter().map(|at| last[*at]).collect();
    values.sort_unstable_by(f32::total_cmp);
    // Cells that get the smallest value, which is mostly 0, need no order among themselves.
    let least = values.partition_point(|v| v.total_cmp(&values[0]).is_eq());
    // Order of the value above, place below: a whole number sorts faster than a pair.
    let mut order: Vec<u64> = Vec::with_capacity(seen.len());
    for mut lead in frames.outer_iter_mut() {
        order.clear();
        order.extend(seen.iter().zip(0u64..).map(|(at, k)| u64::from(rank(lead[*at])) << 32 | k));
        if least < order.len() {
            order.select_nth_unstable(least);
            order[least..].sort_unstable();
        }
        for (key, value) in order.iter().zip(&values) {
            lead[seen[(key & 0xffff_ffff) as usize]] = *value;
        }
    }
}

/// A number that orders as `value` does; 0 and −0 are equal.
fn rank(value: f32) -> u32 {
    let bits = (value + 0.0).to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    #[test]
    fn values_of_the_last_frame_come_in_the_order_of_the_lead() {
        struct Case {
            said: [[f32; 3]; 2],
            no_data: [[bool; 3]; 2],
            want: [[f32; 3]; 2],
        }
        let all = [[false; 3]; 2];
        let last = arr2(&[[0.0, 0.5, 0.0], [0.9, 0.25, 0.0]]);
        // Of cells with data alone: `ranked` of `emberline_export/benchmark/advect.py`.
        for Case { said, no_data, want } in [
            Case {
                said: [[0.6, 0.5, 0.4], [0.3, 0.2, 0.1]],
                no_data: all,
                want: [[0.9, 0.5, 0.25], [0.0, 0.0, 0.0]],
            },
            // Equal cells in reading order, and 0 and -0 are equal.
            Case {
                said: [[0.1, 0.1, 0.1], [0.1, 0.1, 0.1]],
                no_data: all,
                want: [[0.0, 0.0, 0.0], [0.25, 0.5, 0.9]],
            },
            Case {
                said: [[0.0, -0.0, 0.0], [-0.0, 1.0, -0.0]],
                no_data: all,
                want: [[0.0, 0.0, 0.0], [0.25, 0.9, 0.5]],
            },
            // No data where the last frame is wettest and at one dry cell: both take no part.
            Case {
                said: [[0.6, 0.5, 0.4], [0.7, 0.2, 0.3]],
                no_data: [[true, false, false], [true, false, false]],
                want: [[0.6, 0.5, 0.25], [0.7, 0.0, 0.0]],
            },
            Case { said: [[0.3; 3]; 2], no_data: [[true; 3]; 2], want: [[0.3; 3]; 2] },
        ] {
            let said = arr2(&said);
            let mut frames = Array3::from_shape_fn((2, 2, 3), |(l, y, x)| {
                // The second lead is the first with another scale: the order is what counts.
                said[[y, x]] * if l == 0 { 1.0 } else { 0.5 }
            });
            let no_data = arr2(&no_data);
            match_rates(&mut frames, &last, &no_data);
            for ((l, y, x), got) in frames.indexed_iter() {
                let own = said[[y, x]] * if l == 0 { 1.0 } else { 0.5 };
                let want = if no_data[[y, x]] { own } else { want[y][x] };
                assert_eq!(*got, want, "{said} {no_data} {l} {y} {x}");
            }
        }
    }
}
