//! The map of the cold ground: a running mean of what pictures showed there, growing as the camera moves.

use ndarray::{Array2, s};

use super::contrast::Contrast;
use super::pointing::Pointing;
use crate::ground::Terrain;
use crate::lattice::{Lattice, Window, moved};

/// Share of a new picture in the mean.
const BLEND: f32 = 0.1;

/// A picture laid on a part of the map's grid.
#[derive(Debug)]
pub(super) struct Laid {
    pub(super) window: Window,
    /// Codes; 128 where nothing cold is seen.
    pub(super) codes: Array2<f32>,
    /// Where cold ground is seen.
    pub(super) seen: Array2<bool>,
}

/// The map of the cold ground.
#[derive(Debug)]
pub(super) struct ColdMap {
    lattice: Lattice,
    /// All that was seen so far; `None` before anything was.
    extent: Option<Window>,
    codes: Array2<f32>,
    seen: Array2<bool>,
}

impl ColdMap {
    pub(super) fn new(cell_m: f64) -> Self {
        Self {
            lattice: Lattice { cell_m },
            extent: None,
            codes: Array2::zeros((0, 0)),
            seen: Array2::from_elem((0, 0), false),
        }
    }

    /// The map's grid.
    pub(super) fn lattice(&self) -> Lattice {
        self.lattice
    }

    /// A picture laid on a window, as it points.
    pub(super) fn laid(
        &self,
        picture: &Contrast,
        pointing: &Pointing,
        terrain: &Terrain,
        window: Window,
    ) -> Laid {
        let mut codes = Array2::from_elem((window.height, window.width), 128.0);
        let mut seen = Array2::from_elem((window.height, window.width), false);
        let (h, w) = picture.codes.dim();
        let (all, cold) =
            (picture.codes.as_slice().unwrap_or(&[]), picture.cold.as_slice().unwrap_or(&[]));
        let put = |code: &mut f32, seen: &mut bool, [u, v]: [f64; 2]| {
            // Pixel centres lie half a pixel in.
            let (u, v) = (u - 0.5, v - 0.5);
            if !(u >= 0.0 && v >= 0.0 && u < (w - 1) as f64 && v < (h - 1) as f64) {
                return;
            }
            let (i, j) = (u as usize, v as usize);
            let (a, b) = ((u - i as f64) as f32, (v - j as f64) as f32);
            let k = j * w + i;
            if !cold[(v + 0.5) as usize * w + (u + 0.5) as usize] {
                return;
            }
            let top = all[k] + a * (all[k + 1] - all[k]);
            let bottom = all[k + w] + a * (all[k + w + 1] - all[k + w]);
            *code = top + b * (bottom - top);
            *seen = true;
        };
        let ground = self.lattice.to_ground(window);
        if let Some(m) = pointing.homography(terrain).map(|h| h.after(&ground).0) {
            for (y, (mut codes, mut seen)) in
                codes.outer_iter_mut().zip(seen.outer_iter_mut()).enumerate()
            {
                let y = y as f64;
                let row = [m[1] * y + m[2], m[4] * y + m[5], m[7] * y + m[8]];
                for (x, (code, seen)) in codes.iter_mut().zip(seen.iter_mut()).enumerate() {
                    let x = x as f64;
                    let z = m[6] * x + row[2];
                    if z > 1e-9 {
                        put(code, seen, [(m[0] * x + row[0]) / z, (m[3] * x + row[1]) / z]);
                    }
                }
            }
        } else {
            for ((y, x), code) in codes.indexed_iter_mut() {
                let Some(place) = ground.at([x as f64, y as f64]) else { continue };
                let Some(up) = terrain.up_m(place) else { continue };
                if let Some(px) = pointing.pixel([place[0], place[1], up]) {
                    put(code, &mut seen[[y, x]], px);
                }
            }
        }
        Laid { window, codes, seen }
    }

    /// The map itself on a window: 128 where nothing was seen.
    pub(super) fn on(&self, window: Window) -> Laid {
        let from = self.extent;
        Laid {
            window,
            codes: moved(&self.codes, from, window, 128.0),
            seen: moved(&self.seen, from, window, false),
        }
    }

    /// Takes a picture into the mean. `false` where the map would grow beyond what it may hold: then it stays.
    pub(super) fn blend(&mut self, laid: &Laid) -> bool {
        let Some(extent) = laid.window.grown(self.extent) else { return false };
        if self.extent != Some(extent) {
            let Laid { codes, seen, .. } = self.on(extent);
            (self.codes, self.seen, self.extent) = (codes, seen, Some(extent));
        }
        let (top, left) =
            ((laid.window.top - extent.top) as usize, (laid.window.left - extent.left) as usize);
        let part = s![top..top + laid.window.height, left..left + laid.window.width];
        let (mut codes, mut seen) = (self.codes.slice_mut(part), self.seen.slice_mut(part));
        ndarray::Zip::from(&mut codes).and(&mut seen).and(&laid.codes).and(&laid.seen).for_each(
            |mean, known, &code, &now| match (now, *known) {
                (true, true) => *mean += BLEND * (code - *mean),
                (true, false) => {
                    *mean = code;
                    *known = true;
                }
                (false, _) => {}
            },
        );
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Homography;
    use crate::steady::Predicted;

    #[test]
    fn a_picture_is_laid_where_it_points_and_the_map_grows() {
        let codes = Array2::from_shape_fn((60, 80), |(y, x)| (y + x) as f32);
        let picture = Contrast { codes, cold: Array2::from_elem((60, 80), true) };
        let mut map = ColdMap::new(2.0);
        // A pixel is 2 m; the upper left corner of the picture lies at east 1000, north −500.
        let plane = Homography([0.5, 0.0, -500.0, 0.0, -0.5, -250.0, 0.0, 0.0, 1.0]);
        let pointing = Pointing::new(Predicted::Plane(plane), Homography::IDENTITY);
        let terrain = Terrain::Level(0.0);
        let window = map.lattice().window(&pointing.footprint([80.0, 60.0], &terrain)).unwrap();
        assert_eq!(window, Window { left: 500, top: 250, width: 80, height: 60 });
        let laid = map.laid(&picture, &pointing, &terrain, window);
        assert!(map.blend(&laid));
        assert_eq!(
            (laid.codes[[10, 20]], laid.seen[[58, 78]], laid.seen[[59, 79]]),
            (30.0, true, false)
        );
        let part = Window { left: 499, top: 251, width: 3, height: 3 };
        let on = map.on(part);
        assert_eq!((on.seen[[0, 0]], on.codes[[0, 1]], on.codes[[1, 1]]), (false, 1.0, 2.0));
        let far = Laid { window: Window { left: 9000, ..window }, ..laid };
        assert!(!map.blend(&far), "too large");
        assert_eq!(map.on(part).codes[[0, 1]], 1.0, "and it stays as it was");
    }
}
