//! No data: cells of a picture that its file, or convention, says were not measured.
//!
//! A fire film has no such cells: what is not seen would be taken for cold ground or for fire.

use super::convert;
use crate::frame::{Pixels, SIDE_PX};
use crate::source::error::SourceError;

/// Refuses the picture of the file `name`, of one channel, where cells hold `value`, which the file
/// calls no data. A mask whose 0 is called so is one all the same.
pub(super) fn refuse(name: &str, pixels: &Pixels, value: f64) -> Result<(), SourceError> {
    let none =
        |v: f32| f64::from(v) == value || v == value as f32 || (v.is_nan() && value.is_nan());
    let cells = pixels.values().filter(|v| none(*v)).count();
    if cells == 0 || (value == 0.0 && is_mask(pixels)) {
        return Ok(());
    }
    let [h, w, _] = pixels.shape();
    let empty: Vec<bool> = pixels.values().map(none).collect();
    let fix = match whole_part(&empty, h, w) {
        Some([x, y, w, h]) => {
            let command = format!("gdal_translate -srcwin {x} {y} {w} {h} \"$f\"");
            format!("cut them off: {}", convert::each(name, "cut", &command))
        }
        None => {
            format!("fill them: {}", convert::each(name, "filled", "gdal_fillnodata.py \"$f\""))
        }
    };
    Err(SourceError::refused(
        name,
        format!("{cells} of {} cells hold {value}, which the file calls no data", h * w),
        fix,
    ))
}

/// Whether all cells are 0 or one other value.
fn is_mask(pixels: &Pixels) -> bool {
    let mut one = None;
    pixels.values().all(|v| v == 0.0 || *one.get_or_insert(v) == v)
}

/// Column, row, width and height of a part without empty cells, at least a quarter of all.
fn whole_part(empty: &[bool], h: usize, w: usize) -> Option<[usize; 4]> {
    // Empty cells above and left of each corner.
    let mut sums = vec![0usize; (h + 1) * (w + 1)];
    for y in 0..h {
        let mut row = 0;
        for x in 0..w {
            row += usize::from(empty[y * w + x]);
            sums[(y + 1) * (w + 1) + x + 1] = sums[y * (w + 1) + x + 1] + row;
        }
    }
    let count = |[x0, y0, x1, y1]: [usize; 4]| {
        let at = |x: usize, y: usize| sums[y * (w + 1) + x];
        at(x1, y1) + at(x0, y0) - at(x1, y0) - at(x0, y1)
    };
    let [mut x0, mut y0, mut x1, mut y1] = [0, 0, w, h];
    while count([x0, y0, x1, y1]) > 0 {
        if x1 - x0 <= *SIDE_PX.start() || y1 - y0 <= *SIDE_PX.start() {
            return None;
        }
        // Off with the side that has the largest share of empty cells.
        let share = |part: [usize; 4], long: usize| count(part) as f64 / long as f64;
        let sides = [
            share([x0, y0, x0 + 1, y1], y1 - y0),
            share([x1 - 1, y0, x1, y1], y1 - y0),
            share([x0, y0, x1, y0 + 1], x1 - x0),
            share([x0, y1 - 1, x1, y1], x1 - x0),
        ];
        let most = (0..4).max_by(|&a, &b| sides[a].total_cmp(&sides[b]))?;
        match most {
            0 => x0 += 1,
            1 => x1 -= 1,
            2 => y0 += 1,
            _ => y1 -= 1,
        }
    }
    (4 * (x1 - x0) * (y1 - y0) >= h * w).then_some([x0, y0, x1 - x0, y1 - y0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    #[test]
    fn cells_without_data_are_cut_off_or_filled() {
        let film = |empty: &dyn Fn(usize, usize) -> bool, value: f32| {
            Pixels::F32(Array3::from_shape_fn((60, 50, 1), |(y, x, _)| match empty(y, x) {
                true => value,
                false => (y + x) as f32,
            }))
        };
        let frame = |y: usize, x: usize| y < 4 || !(3..48).contains(&x);
        let holes = |y: usize, x: usize| y % 9 == 4 && x % 9 == 4;
        for (pixels, value, want) in [
            (
                film(&frame, -9999.0),
                -9999.0,
                Some(
                    "480 of 3000 cells hold -9999, which the file calls no \
              data; cut them off: mkdir cut; for f in \"d\"/*.tif; do gdal_translate -srcwin 3 4 45 56",
                ),
            ),
            (
                film(&frame, f32::MIN),
                -3.4028234663852886e38,
                Some("480 of 3000 cells hold -340282346"),
            ),
            (film(&frame, f32::NAN), f64::NAN, Some("480 of 3000 cells hold NaN")),
            (film(&holes, -9999.0), -9999.0, Some("fill them: mkdir filled;")),
            (film(&frame, 7.0), -9999.0, None),
        ] {
            match (refuse("d/a.tif", &pixels, value).map_err(|e| e.to_string()), want) {
                (Ok(()), None) => {}
                (Err(e), Some(want)) => assert!(e.contains(want) && !e.contains('\n'), "{e}"),
                (got, want) => panic!("{got:?} is not {want:?}"),
            }
        }
        let mask = Pixels::U8(Array3::from_shape_fn((60, 50, 1), |(y, _, _)| u8::from(y > 9)));
        assert!(refuse("d/a.tif", &mask, 0.0).is_ok());
    }
}
