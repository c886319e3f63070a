//! Mirroring: which cell stands for a position beyond the border of an image.

/// Position mirrored into 0..n at the centres of the border cells; 0 where there is one cell or none.
#[must_use]
pub fn mirrored(i: isize, n: usize) -> usize {
    if (0..n as isize).contains(&i) {
        return i as usize;
    }
    if n < 2 {
        return 0;
    }
    let period = 2 * (n - 1);
    let i = i.rem_euclid(period as isize) as usize;
    i.min(period - i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_is_mirrored_without_its_own_cell() {
        let got: Vec<usize> = (-3..7).map(|i| mirrored(i, 4)).collect();
        assert_eq!(got, [3, 2, 1, 0, 1, 2, 3, 2, 1, 0]);
        assert_eq!([mirrored(-5, 1), mirrored(3, 0)], [0, 0]);
    }
}
