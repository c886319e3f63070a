//! Orientation: how a picture is turned or mirrored before it is shown.

use ndarray::{Array3, Axis};

/// How a picture is turned or mirrored before it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Orientation {
    /// Whether rows become columns, before anything is mirrored.
    swapped: bool,
    /// Whether what are rows then run upwards, and columns to the left.
    upwards: bool,
    leftwards: bool,
}

impl Orientation {
    /// What a film's matrix asks for; `None` where that is no quarter turn and no mirror.
    pub(super) fn of([a, b, c, d]: [f64; 4]) -> Option<Self> {
        if b == 0.0 && c == 0.0 && a != 0.0 && d != 0.0 {
            return Some(Self { swapped: false, upwards: d < 0.0, leftwards: a < 0.0 });
        }
        if a == 0.0 && d == 0.0 && b != 0.0 && c != 0.0 {
            return Some(Self { swapped: true, upwards: b < 0.0, leftwards: c < 0.0 });
        }
        None
    }

    /// Whether pictures stay as they are.
    pub(super) fn is_upright(self) -> bool {
        self == Self::default()
    }

    /// Rows and columns of a picture once it is turned.
    pub(super) fn sides(self, [height, width]: [usize; 2]) -> [usize; 2] {
        if self.swapped { [width, height] } else { [height, width] }
    }

    /// `picture` (rows, columns, channels) as it is shown.
    pub(super) fn turn(self, mut picture: Array3<u8>) -> Array3<u8> {
        if self.is_upright() {
            return picture;
        }
        if self.swapped {
            picture.swap_axes(0, 1);
        }
        if self.upwards {
            picture.invert_axis(Axis(0));
        }
        if self.leftwards {
            picture.invert_axis(Axis(1));
        }
        picture.as_standard_layout().into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_turned_as_players_turn_them() {
        // 0 1 2
        // 3 4 5
        let picture = Array3::from_shape_vec((2, 3, 1), (0..6).collect()).unwrap();
        for (matrix, sides, want) in [
            ([1, 0, 0, 1], [2, 3], vec![0, 1, 2, 3, 4, 5]),
            ([0, 1, -1, 0], [3, 2], vec![3, 0, 4, 1, 5, 2]), // 90° clockwise
            ([-1, 0, 0, -1], [2, 3], vec![5, 4, 3, 2, 1, 0]),
            ([0, -1, 1, 0], [3, 2], vec![2, 5, 1, 4, 0, 3]), // 270° clockwise
            ([-1, 0, 0, 1], [2, 3], vec![2, 1, 0, 5, 4, 3]), // left and right
            ([1, 0, 0, -1], [2, 3], vec![3, 4, 5, 0, 1, 2]), // up and down
            ([0, 1, 1, 0], [3, 2], vec![0, 3, 1, 4, 2, 5]),
        ] {
            let turn = Orientation::of(matrix.map(f64::from)).unwrap();
            let got = turn.turn(picture.clone());
            assert_eq!(turn.sides([2, 3]), sides, "{matrix:?}");
            assert_eq!(got.dim(), (sides[0], sides[1], 1), "{matrix:?}");
            assert_eq!(got.into_raw_vec_and_offset().0, want, "{matrix:?}");
        }
        assert_eq!(Orientation::of([0.7, 0.7, -0.7, 0.7]), None);
    }
}
