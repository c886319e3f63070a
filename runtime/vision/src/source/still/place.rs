//! Places of pictures on a map, as GeoTIFF files tell them.

use std::fmt;

use crate::frame::SIDE_PX;
use crate::grid::Grid;
use crate::radar::{Ground, cells_apart};

/// Where a picture lies.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::source) struct Place {
    /// Rows and columns.
    pub(in crate::source) shape: [usize; 2],
    /// Its reference system, such as `EPSG:32611`; `None` where the file spells it out in a way that
    /// is not read.
    pub(in crate::source) crs: Option<String>,
    /// Affine transform in GDAL order.
    pub(in crate::source) transform: [f64; 6],
}

impl Place {
    /// Whether the corners of `self` and `other` are less than `cells` of a cell apart.
    pub(in crate::source) fn is_like(&self, other: &Self, cells: f64) -> bool {
        self.crs == other.crs
            && self.shape == other.shape
            && cells_apart(&self.transform, &other.transform, self.shape) < cells
    }

    /// The grid of this place; none where its reference system is not known.
    pub(in crate::source) fn grid(&self) -> Option<Grid> {
        let (crs, [h, w]) = (self.crs.as_deref()?, self.shape);
        let ground = Ground::of(crs).ok()?;
        ground.check(&self.transform, self.shape).ok()?;
        // A metre of the web's map is no metre on the ground.
        let cell_m = ground.cell_m(&self.transform).filter(|_| crs != "EPSG:3857");
        let (crs, transform) = (Some(crs.to_owned()), Some(self.transform));
        Some(Grid { cell_m, crs, transform, ..Grid::new(h, w) })
    }

    /// Least x and y and largest x and y of what all `places` show, and the sides of a cell of the
    /// first; none where they do not lie alike, or have too little in common.
    pub(in crate::source) fn common(places: &[&Self]) -> Option<([f64; 4], [f64; 2])> {
        let first = places.first()?;
        let [dx, dy] = [first.transform[1], -first.transform[5]];
        let mut part = [f64::MIN, f64::MIN, f64::MAX, f64::MAX];
        for place in places {
            let t = place.transform;
            if place.crs != first.crs || t[2] != 0.0 || t[4] != 0.0 || t[1] <= 0.0 || t[5] >= 0.0 {
                return None;
            }
            let [h, w] = place.shape.map(|n| n as f64);
            let (left, top, right, bottom) = (t[0], t[3], t[0] + w * t[1], t[3] + h * t[5]);
            part = [part[0].max(left), part[1].max(bottom), part[2].min(right), part[3].min(top)];
        }
        // Whole cells of the first frame.
        let least = *SIDE_PX.start() as f64;
        let whole = |from: f64, to: f64, cell: f64| ((to - from) / cell + 1e-6).floor();
        let (w, h) = (whole(part[0], part[2], dx), whole(part[1], part[3], dy));
        if w < least || h < least {
            return None;
        }
        Some(([part[0], part[3] - h * dy, part[0] + w * dx, part[3]], [dx, dy]))
    }
}

/// The upper left corner.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.transform[0], self.transform[3])?;
        match &self.crs {
            Some(crs) => write!(f, " of {crs}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(x: f64, y: f64) -> Place {
        let transform = [x, 2.0, 0.0, y, 0.0, -2.0];
        Place { shape: [40, 50], crs: Some("EPSG:32611".into()), transform }
    }

    #[test]
    fn places_are_alike_or_have_a_part_in_common() {
        let here = place(5e5, 4e6);
        assert!(
            here.is_like(&place(5e5 + 0.05, 4e6), 0.05)
                && !here.is_like(&place(5e5 + 0.2, 4e6), 0.05)
        );
        let wider = Place { transform: [5e5, 2.1, 0.0, 4e6, 0.0, -2.0], ..place(5e5, 4e6) };
        assert!(!here.is_like(&wider, 0.05));
        let common = Place::common(&[&here, &place(5e5 + 11.0, 4e6 - 4.0)]);
        assert_eq!(common, Some(([500_011.0, 3_999_920.0, 500_099.0, 3_999_996.0], [2.0, 2.0])));
        assert_eq!(Place::common(&[&here, &place(5e5 + 60.0, 4e6)]), None, "20 cells in common");
        let turned = Place { transform: [5e5, 2.0, 0.5, 4e6, 0.0, -2.0], ..place(5e5, 4e6) };
        assert_eq!(Place::common(&[&here, &turned]), None);
    }
}
