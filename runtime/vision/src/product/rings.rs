//! Rings: areas in pixels as the closed rings of a map file, and what they measure on the ground.

use emberline_picture::{Polygon, Ring};

use super::error::ProductError;
use super::ground::{ring_m, ring_m2};
use super::outline::{doubled_area, simplified};
use super::place::Map;

/// How far a point may lie from the line that replaces it, in cells: below what outlines keep between two
/// lines, so that none cross.
pub(super) const TOLERANCE_CELLS: f64 = 0.01;

/// Rings of a polygon, each closed, the outer one first and counter-clockwise in the file's numbers, holes
/// clockwise.
pub(crate) type Closed = Vec<Ring>;

/// What measures a ring.
type Measure = fn(&[[f64; 2]]) -> f64;

/// What makes rings of areas: WGS 84 longitude and latitude where the grid is on the map, else pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rings<'a> {
    map: Option<&'a Map>,
    cell_m: Option<f64>,
    /// Digits after the point.
    pub(crate) decimals: usize,
}

impl<'a> Rings<'a> {
    /// Rings of a grid.
    ///
    /// # Errors
    /// As [`Map::lon_lat`].
    pub(crate) fn of(map: Option<&'a Map>, cell_m: Option<f64>) -> Result<Self, ProductError> {
        let Some(on_map) = map else { return Ok(Self { map, cell_m, decimals: 3 }) };
        // A thousandth of a cell, a centimetre at most (a degree is 111 km).
        let smallest = on_map.cell_m2_by_row()?.into_iter().fold(f64::INFINITY, f64::min).sqrt();
        let decimals = (111_000.0 / (smallest / 1000.0)).log10().ceil().clamp(7.0, 12.0) as usize;
        Ok(Self { map, cell_m, decimals })
    }

    /// `areas` as closed rings; what is too small for the file's digits is left out.
    ///
    /// # Errors
    /// As [`Map::lon_lat`].
    pub(crate) fn polygons(&self, areas: &[Polygon]) -> Result<Vec<Closed>, ProductError> {
        self.polygons_of(areas, &|ring| simplified(ring, TOLERANCE_CELLS))
    }

    /// The same with `fewer` points.
    ///
    /// # Errors
    /// As [`Map::lon_lat`].
    pub(crate) fn polygons_of(
        &self,
        areas: &[Polygon],
        fewer: &dyn Fn(&Ring) -> Ring,
    ) -> Result<Vec<Closed>, ProductError> {
        areas.iter().filter_map(|area| self.polygon(area, fewer).transpose()).collect()
    }

    fn polygon(
        &self,
        area: &Polygon,
        fewer: &dyn Fn(&Ring) -> Ring,
    ) -> Result<Option<Closed>, ProductError> {
        let mut out = Vec::with_capacity(1 + area.holes.len());
        for (i, ring) in area.rings().enumerate() {
            let mut ring = self.ring(&fewer(ring))?;
            if ring.len() < 3 {
                if i == 0 {
                    return Ok(None);
                }
                continue;
            }
            if (doubled_area(&ring) > 0.0) != (i == 0) {
                ring.reverse();
            }
            ring.push(ring[0]);
            out.push(ring);
        }
        Ok(Some(out))
    }

    fn ring(&self, ring: &Ring) -> Result<Ring, ProductError> {
        let tenth = 10f64.powi(self.decimals as i32);
        let mut out: Ring = Vec::new();
        for &[col, row] in ring {
            let [x, y] = match self.map {
                Some(map) => map.lon_lat(col, row)?,
                None => [col, row],
            };
            // Whole turns away from the first point: a fire on the 180th meridian stays in one piece.
            let turn = match (self.map, out.first()) {
                (Some(_), Some(first)) => 360.0 * ((first[0] - x) / 360.0).round(),
                _ => 0.0,
            };
            let point = [((x + turn) * tenth).round() / tenth, (y * tenth).round() / tenth];
            if out.last() != Some(&point) {
                out.push(point);
            }
        }
        while out.len() > 1 && out.first() == out.last() {
            out.pop();
        }
        Ok(out)
    }

    /// Area within polygons of these rings in square metres, and the length of all their rings in metres,
    /// holes among them; `None` where the size of a cell is not known.
    pub(crate) fn measured(&self, polygons: &[Closed]) -> Option<(f64, f64)> {
        let (area, length): (Measure, Measure) = match self.map {
            Some(_) => (ring_m2, ring_m),
            None => (|ring| doubled_area(ring).abs() / 2.0, flat_length),
        };
        let cell_m = if self.map.is_some() { 1.0 } else { self.cell_m? };
        let within = |rings: &Closed| -> f64 {
            let signed = |(i, ring): (usize, &Ring)| area(ring) * if i == 0 { 1.0 } else { -1.0 };
            rings.iter().enumerate().map(signed).sum()
        };
        let around = polygons.iter().flatten().map(|ring| length(ring));
        let (m2, m) = (polygons.iter().map(within).sum::<f64>(), around.sum::<f64>());
        Some((m2 * cell_m * cell_m, m * cell_m))
    }
}

/// `ring` with `most` points at most (three or more), and how far it may be off then, cells.
pub(super) fn limited(ring: &Ring, most: usize) -> (Ring, f64) {
    let mut fewer = simplified(ring, TOLERANCE_CELLS);
    let (mut tolerance, mut off) = (TOLERANCE_CELLS, TOLERANCE_CELLS);
    let extent = |k: usize| {
        let of = fewer.iter().map(|p| p[k]);
        of.clone().fold(f64::MIN, f64::max) - of.fold(f64::MAX, f64::min)
    };
    let longest = extent(0).max(extent(1));
    while fewer.len() > most {
        tolerance *= 2.0;
        if tolerance > longest {
            // A line full of teeth has no shape that few points keep: each so many of them stays.
            return (thinned(&fewer, most), off + longest);
        }
        fewer = simplified(&fewer, tolerance);
        off += tolerance;
    }
    (fewer, off)
}

/// Points of `ring` at even steps, `most` of them.
fn thinned(ring: &Ring, most: usize) -> Ring {
    ring.iter().step_by(ring.len().div_ceil(most)).copied().collect()
}

fn flat_length(ring: &[[f64; 2]]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).sum()
}
