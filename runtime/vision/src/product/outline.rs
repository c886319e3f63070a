//! Outlines: the closed lines around all cells whose value reaches a threshold.
//!
//! Marching squares between cell centres, interpolated linearly; every line closes along the frame's
//! edge, for nothing is known beyond it. Lines never touch or cross, whatever the values: each crossing
//! keeps a small distance from the cell centres.

use std::collections::HashMap;

use contour::ContourBuilder;
use emberline_picture::{Polygon, Ring, distance};
use ndarray::ArrayView2;

/// Smallest distance of a crossing from a cell centre, in cells.
const KEEP_OFF: f64 = 0.02;

/// The areas where `value` `[H, W]` is at least `threshold`; NaN is below.
pub(crate) fn outlines(value: &ArrayView2<'_, f32>, threshold: f32) -> Vec<Polygon> {
    let Some([top, left, bottom, right]) = extent(value, threshold) else { return Vec::new() };
    // One cell around the extent: the neighbours' own values, or nothing beyond the frame.
    let (h, w) = (bottom - top + 3, right - left + 3);
    let (rows, cols) = value.dim();
    let mut window = Vec::with_capacity(h * w);
    for y in 0..h {
        for x in 0..w {
            let inside = (1..=rows).contains(&(top + y)) && (1..=cols).contains(&(left + x));
            window.push(if inside { value[[top + y - 1, left + x - 1]].into() } else { 0.0 });
        }
    }
    let threshold = f64::from(threshold);
    // A window of at least 3×3 with matching length is all that the crate asks for.
    let Ok(mut lines) = ContourBuilder::new(w, h, false).lines(&window, &[threshold]) else {
        return Vec::new();
    };
    let Some(line) = lines.pop() else { return Vec::new() };
    let frame = Frame { window: &window, width: w, threshold, left, top, rows, cols };
    let traced = line.into_inner().0.0.into_iter();
    assemble(traced.map(|l| frame.place(l.0.iter().map(|p| [p.x, p.y]))).collect())
}

/// First and last row and column that reach the threshold: top, left, bottom, right.
fn extent(value: &ArrayView2<'_, f32>, threshold: f32) -> Option<[usize; 4]> {
    let mut found: Option<[usize; 4]> = None;
    for ((y, x), v) in value.indexed_iter() {
        if *v >= threshold {
            let [t, l, b, r] = found.unwrap_or([y, x, y, x]);
            found = Some([t.min(y), l.min(x), b.max(y), r.max(x)]);
        }
    }
    found
}

/// A traced line: its points, and where it crosses the centre line of rows.
struct Traced {
    ring: Ring,
    /// (row, column between whose left neighbour and itself it crosses), in the window.
    crossings: Vec<(usize, usize)>,
}

/// What places traced half-cell points between their two cells and in the whole frame.
struct Frame<'a> {
    window: &'a [f64],
    width: usize,
    threshold: f64,
    left: usize,
    top: usize,
    rows: usize,
    cols: usize,
}

impl Frame<'_> {
    fn place(&self, points: impl Iterator<Item = [f64; 2]>) -> Traced {
        let mut traced = Traced { ring: Vec::new(), crossings: Vec::new() };
        let mut first = None;
        for [x, y] in points {
            if first == Some([x, y]) {
                break;
            }
            first.get_or_insert([x, y]);
            let (col, row) = (x.floor() as usize, y.floor() as usize);
            // A whole x lies between two cells of a row, a whole y between two of a column.
            let (px, py) = if x == x.floor() {
                traced.crossings.push((row, col));
                (x - 0.5 + self.share([row, col - 1], [row, col]), y)
            } else {
                (x, y - 0.5 + self.share([row - 1, col], [row, col]))
            };
            let at = [px + self.left as f64 - 1.0, py + self.top as f64 - 1.0];
            if let Some(corner) = traced.ring.last().and_then(|before| self.corner(*before, at)) {
                traced.ring.push(corner);
            }
            traced.ring.push(at);
        }
        if let (Some(last), Some(first)) = (traced.ring.last(), traced.ring.first()) {
            traced.ring.extend(self.corner(*last, *first));
        }
        traced
    }

    /// The frame's corner that a line from one of its sides to another has cut off, if it has.
    fn corner(&self, a: [f64; 2], b: [f64; 2]) -> Option<[f64; 2]> {
        let size = [self.cols as f64, self.rows as f64];
        let on = |p: [f64; 2], axis: usize| p[axis] == 0.0 || p[axis] == size[axis];
        let near = |c: [f64; 2]| [a, b].iter().all(|p| (p[0] - c[0]).hypot(p[1] - c[1]) <= 0.5);
        let corner = match (on(a, 0), on(b, 1), on(b, 0), on(a, 1)) {
            (true, true, ..) => [a[0], b[1]],
            (_, _, true, true) => [b[0], a[1]],
            _ => return None,
        };
        near(corner).then_some(corner)
    }

    /// Where the threshold lies between the centres of two cells of the window, 0..1; half-way,
    /// which is the frame's edge, when one of them is beyond it.
    fn share(&self, before: [usize; 2], after: [usize; 2]) -> f64 {
        let at = |[row, col]: [usize; 2]| self.window[row * self.width + col];
        let inside = |[row, col]: [usize; 2]| {
            (1..=self.rows).contains(&(self.top + row))
                && (1..=self.cols).contains(&(self.left + col))
        };
        let share = (self.threshold - at(before)) / (at(after) - at(before));
        if share.is_finite() && inside(before) && inside(after) {
            share.clamp(KEEP_OFF, 1.0 - KEEP_OFF)
        } else {
            0.5
        }
    }
}

/// Gives each hole to the area it lies in.
///
/// From the leftmost crossing of a hole, the next line to the left in the same row bounds the same
/// area: it is that area's outer line, or another of its holes, which is followed in turn.
fn assemble(traced: Vec<Traced>) -> Vec<Polygon> {
    let is_hole: Vec<bool> = traced.iter().map(|t| doubled_area(&t.ring) > 0.0).collect();
    let mut in_row: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
    for (id, t) in traced.iter().enumerate() {
        for (row, col) in &t.crossings {
            in_row.entry(*row).or_default().push((*col, id));
        }
    }
    for crossings in in_row.values_mut() {
        crossings.sort_unstable();
    }
    let left_of = |id: usize| {
        let (row, col) = traced[id].crossings.iter().copied().min_by_key(|(_, col)| *col)?;
        let crossings = in_row.get(&row)?;
        let at = crossings.partition_point(|(c, _)| *c < col);
        Some(crossings[at.checked_sub(1)?].1)
    };
    let owner: Vec<Option<usize>> = (0..traced.len())
        .map(|id| {
            let mut at = id;
            while is_hole[at] {
                at = left_of(at)?;
            }
            Some(at)
        })
        .collect();
    let mut polygons: Vec<Polygon> = vec![Polygon::default(); traced.len()];
    for (id, t) in traced.into_iter().enumerate() {
        match owner[id] {
            Some(o) if o == id => polygons[id].outer = t.ring,
            Some(o) => polygons[o].holes.push(t.ring),
            None => {}
        }
    }
    polygons.retain(|p| p.outer.len() >= 3);
    polygons
}

/// Twice the signed area: positive when the ring runs from the first axis to the second.
///
/// Measured from the first point, so that a small ring far from the origin keeps its sign.
pub(crate) fn doubled_area(ring: &[[f64; 2]]) -> f64 {
    let Some(&[x0, y0]) = ring.first() else { return 0.0 };
    let next = ring.iter().cycle().skip(1);
    let cross = |a: &[f64; 2], b: &[f64; 2]| (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0);
    ring.iter().zip(next).map(|(a, b)| cross(a, b)).sum()
}

/// The ring without points closer than `tolerance` to the straight line between their neighbours
/// that stay; it keeps at least its shape's extremes. (Douglas and Peucker, 1973.)
pub(crate) fn simplified(ring: &[[f64; 2]], tolerance: f64) -> Ring {
    let n = ring.len();
    if n < 5 {
        return ring.to_vec();
    }
    // Two anchors: the first point and the one farthest from it.
    let from_first = |p: &[f64; 2]| (p[0] - ring[0][0]).hypot(p[1] - ring[0][1]);
    let far = (1..n)
        .max_by(|a, b| from_first(&ring[*a]).total_cmp(&from_first(&ring[*b])))
        .unwrap_or(n / 2);
    let mut keep = vec![false; n + 1];
    keep[0] = true;
    keep[far] = true;
    let mut spans = vec![(0, far), (far, n)];
    while let Some((a, b)) = spans.pop() {
        let (p, q) = (ring[a], ring[b % n]);
        let worst =
            (a + 1..b).map(|i| (i, distance(ring[i], p, q))).max_by(|x, y| x.1.total_cmp(&y.1));
        if let Some((i, d)) = worst
            && d > tolerance
        {
            keep[i] = true;
            spans.extend([(a, i), (i, b)]);
        }
    }
    let out: Ring = ring.iter().zip(&keep).filter(|(_, k)| **k).map(|(p, _)| *p).collect();
    if out.len() < 3 { ring.to_vec() } else { out }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    /// (polygons, holes) and the area within.
    fn summary(value: &Array2<f32>) -> (usize, usize, f64) {
        let polygons = outlines(&value.view(), 0.5);
        let holes = polygons.iter().map(|p| p.holes.len()).sum();
        let doubled: f64 = polygons.iter().flat_map(Polygon::rings).map(|r| doubled_area(r)).sum();
        (polygons.len(), holes, -doubled / 2.0)
    }

    #[test]
    fn shapes_have_the_polygons_and_holes_they_should() {
        let ring = |n: usize, radii: &[f32]| {
            let c = (n / 2) as f32;
            Array2::from_shape_fn((n, n), |(y, x)| {
                let d = (y as f32 - c).hypot(x as f32 - c);
                f32::from(u8::from(radii.iter().filter(|r| d <= **r).count() % 2 == 1))
            })
        };
        for (name, value, polygons, holes) in [
            ("nothing", Array2::zeros((4, 5)), 0, 0),
            ("NaN only", Array2::from_elem((4, 5), f32::NAN), 0, 0),
            ("everything", Array2::ones((4, 5)), 1, 0),
            ("one cell", array![[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0f32]], 1, 0),
            ("corner cell", array![[1.0, 0.0], [0.0, 0.0f32]], 1, 0),
            ("touching at a corner", array![[1.0, 0.0], [0.0, 1.0f32]], 2, 0),
            ("exactly the threshold", array![[0.0, 0.5, 0.0], [0.5, 0.5, 0.5f32]], 1, 0),
            ("a ring", ring(21, &[9.0, 5.0]), 1, 1),
            ("island in a lake on an island in a lake", ring(41, &[19.0, 15.0, 11.0, 7.0]), 2, 2),
        ] {
            let (p, h, _) = summary(&value);
            assert_eq!((p, h), (polygons, holes), "{name}");
        }
    }

    #[test]
    fn a_full_frame_is_outlined_at_its_edge() {
        let (_, _, area) = summary(&Array2::ones((6, 9)));
        assert_eq!(area, 54.0);
        let (_, _, area) = summary(&Array2::from_elem((6, 9), 0.51));
        assert_eq!(area, 54.0, "whatever the probability");
    }

    #[test]
    fn a_smooth_disc_has_its_area() {
        let value = Array2::from_shape_fn((64, 64), |(y, x)| {
            let d = (y as f32 - 31.5).hypot(x as f32 - 31.5);
            (0.5 + (20.0 - d) / 10.0).clamp(0.0, 1.0)
        });
        let (_, _, area) = summary(&value);
        let want = std::f64::consts::PI * 400.0;
        assert!((area / want - 1.0).abs() < 2e-3, "{area} for {want}");
        let outer = &outlines(&value.view(), 0.5)[0].outer;
        let fewer = simplified(outer, 0.05);
        assert!(fewer.len() * 2 < outer.len(), "{} of {}", fewer.len(), outer.len());
        assert!((doubled_area(&fewer) / doubled_area(outer) - 1.0).abs() < 5e-3);
    }
}
