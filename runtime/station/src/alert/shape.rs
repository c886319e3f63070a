//! A line or an area that somebody drew on a picture.

use serde::{Deserialize, Serialize};

/// Most points.
const POINTS: usize = 200;
/// Steps along a line, cells: no cell that it crosses by half is passed over.
const STEP: f64 = 0.5;

/// Points in pixel units: columns and rows, 0,0 the upper left corner of the picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    points: Vec<[f64; 2]>,
    is_area: bool,
}

impl Shape {
    /// A line through `points`, or the area within them; `None` of too few or too many, or of no numbers.
    #[must_use]
    pub fn new(points: Vec<[f64; 2]>, is_area: bool) -> Option<Self> {
        let least = if is_area { 3 } else { 1 };
        let is_number = |v: &f64| v.is_finite() && (0.0..=65_536.0).contains(v);
        let fits = (least..=POINTS).contains(&points.len());
        (fits && points.iter().flatten().all(is_number)).then_some(Self { points, is_area })
    }

    /// Its points.
    #[must_use]
    pub fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// Whether it is an area.
    #[must_use]
    pub fn is_area(&self) -> bool {
        self.is_area
    }

    /// Row and column of each cell of a picture of `[height, width]` that it touches; `None` where it leaves the
    /// picture.
    #[must_use]
    pub fn cells(&self, [height, width]: [usize; 2]) -> Option<Vec<[usize; 2]>> {
        let inside = |[x, y]: &[f64; 2]| *x <= width as f64 && *y <= height as f64;
        if width == 0 || height == 0 || !self.points.iter().all(inside) {
            return None;
        }
        let cell = |[x, y]: [f64; 2]| [(y as usize).min(height - 1), (x as usize).min(width - 1)];
        let mut cells: Vec<[usize; 2]> = self.points.iter().map(|point| cell(*point)).collect();
        for (from, to) in self.edges() {
            let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
            let steps = (dx.hypot(dy) / STEP).ceil();
            let at = |k: u32| {
                let share = f64::from(k) / steps;
                cell([from[0] + share * dx, from[1] + share * dy])
            };
            cells.extend((1..steps as u32).map(at));
        }
        if self.is_area {
            let all = (0..height).flat_map(|y| (0..width).map(move |x| [y, x]));
            cells.extend(all.filter(|[y, x]| self.holds([*x as f64 + 0.5, *y as f64 + 0.5])));
        }
        cells.sort_unstable();
        cells.dedup();
        Some(cells)
    }

    fn edges(&self) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
        let n = self.points.len();
        let count = if self.is_area { n } else { n - 1 };
        (0..count).map(move |k| (self.points[k], self.points[(k + 1) % n]))
    }

    /// Whether a point lies within: a ray to the right crosses an odd number of edges.
    fn holds(&self, [x, y]: [f64; 2]) -> bool {
        let crosses = |(a, b): &([f64; 2], [f64; 2])| {
            (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        };
        self.edges().filter(crosses).count() % 2 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_touches_the_cells_that_it_crosses() {
        let line = |points: &[[f64; 2]]| Shape::new(points.to_vec(), false).unwrap();
        let area = |points: &[[f64; 2]]| Shape::new(points.to_vec(), true).unwrap();
        let row = |y: usize, xs: std::ops::RangeInclusive<usize>| xs.map(move |x| [y, x]);
        for (what, shape, want) in [
            ("a point", line(&[[2.5, 1.5]]), Some(vec![[1, 2]])),
            ("a line", line(&[[0.5, 1.5], [4.5, 1.5]]), Some(row(1, 0..=4).collect())),
            ("to the far corner", line(&[[3.5, 3.5], [5.0, 4.0]]), Some(vec![[3, 3], [3, 4]])),
            ("a slope", line(&[[0.5, 0.5], [2.5, 2.5]]), Some(vec![[0, 0], [1, 1], [2, 2]])),
            ("it leaves the picture", line(&[[0.5, 0.5], [6.0, 0.5]]), None),
            (
                "an area with its inside",
                area(&[[0.5, 0.5], [2.5, 0.5], [2.5, 2.5], [0.5, 2.5]]),
                Some((0..=2).flat_map(|y| row(y, 0..=2)).collect()),
            ),
        ] {
            assert_eq!(shape.cells([4, 5]), want, "{what}");
        }
        for (what, points, is_area) in [
            ("nothing", vec![], false),
            ("two points are no area", vec![[0.0, 0.0]; 2], true),
            ("no number", vec![[f64::NAN, 0.0]], false),
            ("left of the picture", vec![[-1.0, 0.0]], false),
            ("too many", vec![[0.0, 0.0]; POINTS + 1], false),
        ] {
            assert_eq!(Shape::new(points, is_area), None, "{what}");
        }
    }
}
