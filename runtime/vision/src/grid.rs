//! A grid: rows and columns of a frame, and where they lie on the ground when that is known.

use std::sync::Arc;

use ndarray::{Array2, ArrayViewMut2, Zip};
use serde::{Deserialize, Serialize};

/// Shape and place of a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Rows; row 0 is on top (north for maps).
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Side of a cell on the ground in metres, where known.
    pub cell_m: Option<f64>,
    /// Coordinate reference system as given: `EPSG:32611` or a PROJ string.
    pub crs: Option<String>,
    /// Affine transform in GDAL order: x = t0 + col·t1 + row·t2, y = t3 + col·t4 + row·t5,
    /// for the upper left corner of a cell.
    pub transform: Option<[f64; 6]>,
    /// How far the whole grid may lie from where it says on the ground: one standard deviation, metres, where
    /// known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_error_m: Option<f64>,
    /// Cells `[H, W]` that are never looked at, as a person said: what they hold is made up.
    #[serde(skip)]
    pub masked: Option<Arc<Array2<bool>>>,
}

impl Grid {
    /// A grid that knows only its shape.
    #[must_use]
    pub fn new(height: usize, width: usize) -> Self {
        Self {
            height,
            width,
            cell_m: None,
            crs: None,
            transform: None,
            place_error_m: None,
            masked: None,
        }
    }

    /// Map coordinates of a point in pixel units (column, row; 0,0 is the upper left corner of the
    /// first cell), or `None` without a transform.
    #[must_use]
    pub fn map_xy(&self, col: f64, row: f64) -> Option<(f64, f64)> {
        let t = self.transform?;
        Some((t[0] + col * t[1] + row * t[2], t[3] + col * t[4] + row * t[5]))
    }

    /// Whether a cell is never looked at.
    #[must_use]
    pub fn is_masked(&self, row: usize, col: usize) -> bool {
        self.masked.as_ref().is_some_and(|masked| masked.get([row, col]).copied().unwrap_or(false))
    }

    /// Puts `value` into the cells of `map` `[H, W]` that are never looked at.
    pub fn hide<T: Copy>(&self, mut map: ArrayViewMut2<'_, T>, value: T) {
        let Some(masked) = self.masked.as_ref().filter(|m| m.dim() == map.dim()) else { return };
        Zip::from(&mut map).and(&**masked).for_each(|v, &masked| {
            if masked {
                *v = value;
            }
        });
    }

    /// Whether two grids are the same cells of the same ground, however well their place is known.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let plain = |grid: &Self| Self { place_error_m: None, ..grid.clone() };
        plain(self) == plain(other)
    }

    /// Whether the grid can be put on a map.
    #[must_use]
    pub fn is_georeferenced(&self) -> bool {
        self.crs.is_some() && self.transform.is_some()
    }
}
