//! Polygons: closed lines with holes, in pixels.

/// Points in pixel units (column, row; 0,0 is the upper left corner of the first cell), not closed:
/// the last point is joined to the first.
pub type Ring = Vec<[f64; 2]>;

/// One connected area.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polygon {
    /// Its outer line.
    pub outer: Ring,
    /// The lines around its holes.
    pub holes: Vec<Ring>,
}

impl Polygon {
    /// Outer line first, then the holes.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> {
        std::iter::once(&self.outer).chain(&self.holes)
    }
}

/// Distance of `p` from the segment between `a` and `b`.
pub fn distance(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let len2 = dx * dx + dy * dy;
    let t = if len2 > 0.0 { ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / len2 } else { 0.0 };
    let t = t.clamp(0.0, 1.0);
    let (x, y) = (p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
    (x * x + y * y).sqrt()
}
