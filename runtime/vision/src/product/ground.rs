//! The ground under a grid: metres east and north of a step in it, areas and lengths on the WGS 84 ellipsoid.

use super::error::ProductError;
use super::place::{AXIS_M, ECC2, Map};

/// Metres east and north by which the ground moves with a column and with a row, at one place of a grid.
///
/// It knows of the projection's scale, of its convergence (where grid north is not true north) and of grids that
/// are turned or sheared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground {
    col: [f64; 2],
    row: [f64; 2],
}

impl Ground {
    /// At a point of a grid that is on the map, in pixel units.
    ///
    /// # Errors
    /// As [`Map::lon_lat`].
    pub(crate) fn at(map: &Map, [col, row]: [f64; 2]) -> Result<Self, ProductError> {
        // Far enough apart for the last digits of a projection, near enough for a plane.
        let reach = (map.longest_side() / 16.0).max(0.5);
        let across = |a: [f64; 2], b: [f64; 2]| -> Result<[f64; 2], ProductError> {
            let (a, b) = (map.lon_lat(a[0], a[1])?, map.lon_lat(b[0], b[1])?);
            Ok(apart_m(a, b).map(|m| m / (2.0 * reach)))
        };
        Ok(Self {
            col: across([col - reach, row], [col + reach, row])?,
            row: across([col, row - reach], [col, row + reach])?,
        })
    }

    /// Of a picture whose cells have this side; its top stands for the north.
    pub(crate) fn of_cells(cell_m: f64) -> Self {
        Self { col: [cell_m, 0.0], row: [0.0, -cell_m] }
    }

    /// Metres east and north of a step of so many columns and rows.
    pub(crate) fn east_north(&self, [cols, rows]: [f64; 2]) -> [f64; 2] {
        [cols * self.col[0] + rows * self.row[0], cols * self.col[1] + rows * self.row[1]]
    }

    /// Columns and rows of a step of so many metres east and north.
    pub(crate) fn cols_rows(&self, [east, north]: [f64; 2]) -> [f64; 2] {
        let area = self.signed_m2();
        [
            (east * self.row[1] - north * self.row[0]) / area,
            (north * self.col[0] - east * self.col[1]) / area,
        ]
    }

    /// Metres of a degree of longitude and of latitude, at a latitude.
    pub(crate) fn degree_m(lat_deg: f64) -> [f64; 2] {
        let [meridian_m, parallel_m] = radii_m(lat_deg);
        [parallel_m.to_radians(), meridian_m.to_radians()]
    }

    /// Side of a square as large as a cell, metres.
    pub(crate) fn side_m(&self) -> f64 {
        self.signed_m2().abs().sqrt()
    }

    /// Metres of a step of a column.
    pub(crate) fn col_m(&self) -> f64 {
        self.col[0].hypot(self.col[1])
    }

    /// Below 0 where row 0 is on top, as it usually is.
    pub(crate) fn signed_m2(&self) -> f64 {
        self.col[0] * self.row[1] - self.col[1] * self.row[0]
    }
}

/// Radii of the ellipsoid's meridian and parallel at a latitude, metres.
fn radii_m(lat_deg: f64) -> [f64; 2] {
    let (sin, cos) = lat_deg.to_radians().sin_cos();
    let s = 1.0 - ECC2 * sin * sin;
    [AXIS_M * (1.0 - ECC2) / s.powf(1.5), AXIS_M / s.sqrt() * cos]
}

/// Metres east and north from one longitude and latitude to another nearby.
fn apart_m(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    let [meridian_m, parallel_m] = radii_m(0.5 * (a[1] + b[1]));
    let east_deg = b[0] - a[0];
    let east_deg = east_deg - 360.0 * (east_deg / 360.0).round();
    [east_deg.to_radians() * parallel_m, (b[1] - a[1]).to_radians() * meridian_m]
}

/// Length of a ring of longitudes and latitudes with its closing line, metres.
pub(crate) fn ring_m(ring: &[[f64; 2]]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    let step_m = |(a, b): (&[f64; 2], &[f64; 2])| {
        let [east, north] = apart_m(*a, *b);
        east.hypot(north)
    };
    ring.iter().zip(next).map(step_m).sum()
}

/// Area within a ring of longitudes and latitudes, square metres.
///
/// Longitude and the area between parallels stand at right angles on an equal-area map, where the ring's area is
/// that of a polygon.
pub(crate) fn ring_m2(ring: &[[f64; 2]]) -> f64 {
    let Some(&[lon0, lat0]) = ring.first() else { return 0.0 };
    let e = ECC2.sqrt();
    // Half the area from the equator to a parallel, a radian wide, over the axis squared.
    let belt = |lat_deg: f64| {
        let sin = lat_deg.to_radians().sin();
        let s = e * sin;
        (1.0 - ECC2) * (sin / (1.0 - s * s) + s.atanh() / e)
    };
    // From the first point, so that a small ring keeps its digits.
    let from = belt(lat0);
    let flat = |[lon, lat]: [f64; 2]| [(lon - lon0).to_radians(), belt(lat) - from];
    let next = ring.iter().cycle().skip(1);
    let cross = |(a, b): (&[f64; 2], &[f64; 2])| {
        let (a, b) = (flat(*a), flat(*b));
        a[0] * b[1] - b[0] * a[1]
    };
    let doubled: f64 = ring.iter().zip(next).map(cross).sum();
    doubled.abs() / 4.0 * AXIS_M * AXIS_M
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Grid;

    #[test]
    fn rings_have_the_area_and_length_that_pyproj_says() {
        // Oracle: pyproj 3.7.2, Geod(ellps="WGS84").polygon_area_perimeter, tests/golden/product_ground.py.
        for (ring, m2, m) in GOLDEN_RINGS {
            let (found_m2, found_m) = (ring_m2(ring), ring_m(ring));
            assert!((found_m2 / m2 - 1.0).abs() < 1e-4, "{ring:?}: {found_m2} for {m2}");
            assert!((found_m / m - 1.0).abs() < 1e-4, "{ring:?}: {found_m} for {m}");
        }
    }

    #[test]
    fn true_north_and_scale_are_those_that_pyproj_says() {
        // Oracle: pyproj 3.7.2, Geod.inv between points a cell apart, tests/golden/product_ground.py: azimuth of
        // a step up a column, its length and that of a step along a row, metres.
        for (crs, transform, up_deg, up_m, along_m) in GOLDEN_STEPS {
            let grid = Grid {
                crs: Some((*crs).to_owned()),
                transform: Some(*transform),
                ..Grid::new(100, 200)
            };
            let map = Map::of(&grid).unwrap().unwrap();
            let ground = Ground::at(&map, [50.0, 40.0]).unwrap();
            let [east, north] = ground.east_north([0.0, -1.0]);
            let deg = (east.atan2(north).to_degrees() - up_deg + 180.0).rem_euclid(360.0) - 180.0;
            assert!(deg.abs() < 0.02, "{crs}: {deg} off");
            assert!((east.hypot(north) / up_m - 1.0).abs() < 1e-4, "{crs}");
            assert!((ground.col_m() / along_m - 1.0).abs() < 1e-4, "{crs}");
            let there = ground.cols_rows(ground.east_north([3.0, -2.0]));
            assert!((there[0] - 3.0).hypot(there[1] + 2.0) < 1e-9);
        }
    }

    include!("../../../../tests/golden/product_ground.rs.in");
}
