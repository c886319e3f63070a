//! The layout of a frame: what all frames of a film must share.

use super::error::RadarError;
use super::ground::{ROUNDING, cells_apart};
use super::scan::Scan;
use super::unit::RadarUnit;

/// Size, place and unit of a frame.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Of which file.
    name: String,
    /// Rows and columns.
    size: [usize; 2],
    crs: Option<String>,
    transform: Option<[f64; 6]>,
    unit: RadarUnit,
}

impl Layout {
    pub(super) fn of(scan: &Scan) -> Self {
        let (h, w) = scan.rates.dim();
        let (name, crs) = (scan.name.clone(), scan.crs.clone());
        Self { name, size: [h, w], crs, transform: scan.transform, unit: scan.unit }
    }

    /// Holds `other` against this one: by how many cells its corners are off for rounding.
    pub(super) fn agrees_with(&self, other: &Self) -> Result<f64, RadarError> {
        let shape = |l: &Self| format!("{}×{} cells", l.size[0], l.size[1]);
        let crs = |l: &Self| match (&l.crs, l.transform) {
            (Some(crs), Some(_)) => format!("on the projection {crs}"),
            _ => "at no place on the map".to_owned(),
        };
        let unit = |l: &Self| format!("in {}", l.unit);
        for words in [&shape as &dyn Fn(&Self) -> String, &crs, &unit] {
            if words(self) != words(other) {
                return Err(RadarError::refused(
                    &other.name,
                    format!("it is {}, but {} is {}", words(other), self.name, words(self)),
                    "all frames of a film must agree",
                ));
            }
        }
        let (Some(a), Some(b)) = (&self.transform, &other.transform) else { return Ok(0.0) };
        let apart = cells_apart(a, b, self.size);
        if apart > ROUNDING {
            return Err(RadarError::refused(
                &other.name,
                format!("its corners lie up to {apart:.1} cells from those of {}", self.name),
                "all frames of a film must lie on the same grid",
            ));
        }
        Ok(apart)
    }
}
