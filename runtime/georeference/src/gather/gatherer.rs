//! The gatherer: counts votes of pictures for cells of the ground.

use ndarray::Array2;

use super::gathered::{Gathered, Spot, Step};
use crate::ground::Terrain;
use crate::lattice::{Lattice, Window, moved};
use crate::steady::Pointing;

/// Cells of the ground that one pixel may cover, the longer way: beyond it says nothing of one cell.
const MOST_PIXEL_CELLS: f64 = 2.0;
/// Views of a cell that are asked at a time, and their mean vote that makes it burn: a flame passes in seconds, so that
/// half of a whole step's views would miss it; three are the fewest that outvote one that is off.
const VIEWS: f32 = 3.0;
const MAJORITY: f32 = 0.5;
/// Views in which a spot too small to burn its cell must have been hot.
const SPOT_VIEWS: u16 = 3;
/// Cells around a spot that must be free of burnt ground.
const SPOT_APART: i64 = 3;
/// Cells between which lines of sight over a height model are looked at.
const SIGHT_EVERY: usize = 4;

/// Counts of the step at hand, and what is known so far, on the cells of a window.
#[derive(Debug)]
struct Cells {
    /// Views of a cell that were not asked yet, and the sum of their votes.
    seen: Array2<f32>,
    hot: Array2<f32>,
    /// Views in which a cell was hot at all, over the whole flight.
    hot_views: Array2<u16>,
    burnt: Array2<bool>,
    /// Time of the last view; NaN before any.
    seen_s: Array2<f64>,
}

impl Cells {
    /// Counts one view of a cell; the last of a few decides whether it burns from here on.
    fn count(&mut self, at: [usize; 2], vote: f32) {
        let (seen, hot) = (&mut self.seen[at], &mut self.hot[at]);
        *seen += 1.0;
        *hot += vote;
        if *seen >= VIEWS {
            self.burnt[at] |= *hot >= MAJORITY * VIEWS;
            (*seen, *hot) = (0.0, 0.0);
        }
    }
}

/// Gathers what pictures say of cells of the ground.
#[derive(Debug)]
pub struct Gatherer {
    lattice: Lattice,
    terrain: Terrain,
    extent: Option<Window>,
    cells: Cells,
    steps: Vec<Step>,
    views: usize,
}

impl Gatherer {
    /// Of nothing so far.
    #[must_use]
    pub fn new(cell_m: f64, terrain: Terrain) -> Self {
        let none = (0, 0);
        let cells = Cells {
            seen: Array2::zeros(none),
            hot: Array2::zeros(none),
            hot_views: Array2::zeros(none),
            burnt: Array2::from_elem(none, false),
            seen_s: Array2::zeros(none),
        };
        Self {
            lattice: Lattice { cell_m },
            terrain,
            extent: None,
            cells,
            steps: Vec::new(),
            views: 0,
        }
    }

    /// Counts a picture's votes: how surely cells `[H, W]` are `hot`, 0 to 1, where it is not `blind`, taken at `time_s`. `false` where it
    /// shows no ground near enough, or the ground would become more than a map may have.
    pub fn add(
        &mut self,
        hot: &Array2<f32>,
        blind: Option<&Array2<bool>>,
        pointing: &Pointing,
        time_s: f64,
    ) -> bool {
        let (h, w) = hot.dim();
        let footprint = pointing.footprint([w as f64, h as f64], &self.terrain);
        let Some(window) = self.lattice.window(&footprint) else { return false };
        let Some(extent) = window.grown(self.extent) else { return false };
        self.grow(extent);
        let (top, left) =
            ((window.top - extent.top) as usize, (window.left - extent.left) as usize);
        let to_ground = self.lattice.to_ground(window);
        let flat = pointing.homography(&self.terrain).map(|h| h.after(&to_ground));
        let coarse = self.sight(pointing, window);
        let mut any = false;
        for y in 0..window.height {
            let mut before: Option<[f64; 2]> = None;
            for x in 0..window.width {
                let px = match &flat {
                    Some(flat) => flat.at([x as f64, y as f64]),
                    None => to_ground.at([x as f64, y as f64]).and_then(|[east, north]| {
                        let up = self.terrain.up_m([east, north])?;
                        pointing.pixel([east, north, up])
                    }),
                };
                let last = std::mem::replace(&mut before, px);
                let Some([u, v]) = px else { continue };
                if !(u >= 0.0 && v >= 0.0 && u < w as f64 && v < h as f64) {
                    continue;
                }
                if blind.is_some_and(|blind| blind[[v as usize, u as usize]]) {
                    continue;
                }
                // How much picture lies between this cell and its neighbours.
                let fine = match &flat {
                    Some(flat) => flat.slopes_at([x as f64, y as f64]).map_or(0.0, least_stretch),
                    None => last.map_or(1.0, |[a, b]| (a - u).hypot(b - v)),
                };
                if fine * MOST_PIXEL_CELLS < 1.0 {
                    continue;
                }
                if coarse.as_ref().is_some_and(|seen| !seen[[y / SIGHT_EVERY, x / SIGHT_EVERY]]) {
                    continue;
                }
                let at = [top + y, left + x];
                let vote = vote(hot, u, v);
                self.cells.count(at, vote);
                if vote >= 0.5 {
                    self.cells.hot_views[at] = self.cells.hot_views[at].saturating_add(1);
                }
                self.cells.seen_s[at] = time_s;
                any = true;
            }
        }
        self.views += usize::from(any);
        any
    }

    /// Where lines of sight reach the ground, every few cells; `None` on level ground.
    fn sight(&self, pointing: &Pointing, window: Window) -> Option<Array2<bool>> {
        let cell_m = self.terrain.cell_m()?;
        let to_ground = self.lattice.to_ground(window);
        let shape = (window.height.div_ceil(SIGHT_EVERY), window.width.div_ceil(SIGHT_EVERY));
        let half = 0.5 * (SIGHT_EVERY as f64 - 1.0);
        Some(Array2::from_shape_fn(shape, |(y, x)| {
            let point = [(x * SIGHT_EVERY) as f64 + half, (y * SIGHT_EVERY) as f64 + half];
            to_ground.at(point).is_some_and(|[east, north]| {
                let up = self.terrain.up_m([east, north]);
                let within_m = cell_m.max(SIGHT_EVERY as f64 * self.lattice.cell_m);
                up.is_some_and(|up| pointing.sees([east, north, up], &self.terrain, within_m))
            })
        }))
    }

    fn grow(&mut self, extent: Window) {
        if self.extent == Some(extent) {
            return;
        }
        let (from, cells) = (self.extent, &mut self.cells);
        cells.seen = moved(&cells.seen, from, extent, 0.0);
        cells.hot = moved(&cells.hot, from, extent, 0.0);
        cells.hot_views = moved(&cells.hot_views, from, extent, 0);
        cells.burnt = moved(&cells.burnt, from, extent, false);
        cells.seen_s = moved(&cells.seen_s, from, extent, f64::NAN);
        self.extent = Some(extent);
    }

    /// Ends a step at `time_s`.
    pub fn end_step(&mut self, time_s: f64) {
        let views = std::mem::take(&mut self.views);
        self.steps.push(Step {
            time_s,
            views,
            window: self.extent,
            burnt: self.cells.burnt.clone(),
            age_s: self.cells.seen_s.mapv(|at| (time_s - at) as f32),
        });
    }

    /// Steps that ended, oldest first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Drops all but the last `count` steps; what burnt stays.
    pub fn keep_steps(&mut self, count: usize) {
        let n = self.steps.len().saturating_sub(count);
        self.steps.drain(..n);
    }

    /// All steps on one window: that of all that was seen. `None` before any ground was seen.
    #[must_use]
    pub fn gathered(&self) -> Option<Gathered> {
        let extent = self.extent?;
        let known = |pick: &dyn Fn(&[usize; 2]) -> usize| {
            let seen = || self.cells.seen_s.indexed_iter().filter(|(_, s)| s.is_finite());
            let all = || seen().map(|((y, x), _)| pick(&[y, x]));
            Some(all().min()?..all().max()? + 1)
        };
        let (rows, columns) = (known(&|p| p[0])?, known(&|p| p[1])?);
        let window = extent.part(rows, columns);
        Some(Gathered::of(self.lattice, window, &self.steps, self.spots(extent)))
    }

    /// Small hot spots away from burnt ground: hot in several views, and never in half of a step's.
    fn spots(&self, extent: Window) -> Vec<Spot> {
        let Cells { hot_views, burnt, .. } = &self.cells;
        let (h, w) = burnt.dim();
        let around = |at: usize, n: usize| {
            at.saturating_sub(SPOT_APART as usize)..(at + SPOT_APART as usize + 1).min(n)
        };
        let to_ground = self.lattice.to_ground(extent);
        let mut spots = Vec::new();
        for ((y, x), &views) in hot_views.indexed_iter() {
            if views < SPOT_VIEWS || burnt[[y, x]] {
                continue;
            }
            let others = || around(y, h).flat_map(|v| around(x, w).map(move |u| [v, u]));
            let best = others().all(|at| {
                let first = [y, x] <= at || hot_views[at] < views;
                !burnt[at] && hot_views[at] <= views && first
            });
            if let (true, Some(at_m)) = (best, to_ground.at([x as f64, y as f64])) {
                spots.push(Spot { at_m, views: views.into() });
            }
        }
        spots
    }
}

/// The smaller of the two factors by which a map stretches.
fn least_stretch([[a, b], [c, d]]: [[f64; 2]; 2]) -> f64 {
    let (sum, determinant) = (a * a + b * b + c * c + d * d, a * d - b * c);
    let root = (sum * sum - 4.0 * determinant * determinant).max(0.0).sqrt();
    (0.5 * (sum - root)).max(0.0).sqrt()
}

/// Share of what lies around a point of the picture that is hot.
fn vote(hot: &Array2<f32>, u: f64, v: f64) -> f32 {
    let (h, w) = hot.dim();
    let (u, v) = (u - 0.5, v - 0.5);
    let clamp = |i: f64, n: usize| (i.max(0.0) as usize).min(n - 1);
    let (i, j) = (clamp(u.floor(), w), clamp(v.floor(), h));
    let (k, l) = (clamp(u.floor() + 1.0, w), clamp(v.floor() + 1.0, h));
    let (a, b) = ((u - u.floor()) as f32, (v - v.floor()) as f32);
    let at = |y: usize, x: usize| hot[[y, x]];
    (1.0 - b) * ((1.0 - a) * at(j, i) + a * at(j, k)) + b * ((1.0 - a) * at(l, i) + a * at(l, k))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Homography;
    use crate::steady::Predicted;

    /// A picture of 40 × 30 pixels, a metre each, whose upper left corner lies at `east`, 0.
    fn pointing(east: f64) -> Pointing {
        let plane = Homography([1.0, 0.0, -east, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0]);
        Pointing::new(Predicted::Plane(plane), Homography::IDENTITY)
    }

    fn square(at: usize) -> Array2<f32> {
        Array2::from_shape_fn((30, 40), |(y, x)| {
            f32::from(u8::from((10..16).contains(&y) && (at..at + 6).contains(&x)))
        })
    }

    #[test]
    fn most_of_a_few_views_burn_a_cell_and_what_is_not_seen_is_not_known() {
        let mut gatherer = Gatherer::new(1.0, Terrain::Level(0.0));
        for (k, east) in [0.0, 4.0].into_iter().enumerate() {
            assert!(gatherer.add(&square(12 - east as usize), None, &pointing(east), k as f64));
        }
        // One view of three is off by six metres.
        assert!(gatherer.add(&square(18), None, &pointing(0.0), 2.0));
        gatherer.end_step(3.0);
        let found = gatherer.gathered().unwrap();
        assert_eq!((found.window.width, found.window.height), (44, 30));
        let burnt = |x: usize| found.steps[0].burnt[[12, x]];
        assert!((12..18).all(burnt) && !burnt(11) && !burnt(18) && !burnt(23));
        assert_eq!((found.steps[0].age_s[[0, 0]], found.steps[0].age_s[[0, 43]]), (1.0, 2.0));
        // Later views see nothing hot: what burnt stays burnt.
        gatherer.add(&square(100), None, &pointing(-40.0), 4.0);
        gatherer.end_step(5.0);
        let found = gatherer.gathered().unwrap();
        assert_eq!(found.window.width, 84);
        assert!(found.steps[1].burnt[[12, 52]] && found.steps[0].age_s[[0, 0]].is_nan());
        assert_eq!(found.steps[1].views, 1);
    }

    #[test]
    fn a_flame_that_passes_burns_and_a_single_flash_does_not() {
        let mut gatherer = Gatherer::new(1.0, Terrain::Level(0.0));
        for k in 0..30 {
            let hot = match k {
                10..15 => square(10),
                21 => square(25),
                _ => square(100),
            };
            gatherer.add(&hot, None, &pointing(0.0), f64::from(k));
        }
        gatherer.end_step(30.0);
        let burnt = &gatherer.gathered().unwrap().steps[0].burnt;
        assert!(burnt[[12, 12]] && !burnt[[12, 27]]);
    }

    #[test]
    fn a_spot_is_a_spot_and_no_burnt_ground() {
        let mut gatherer = Gatherer::new(1.0, Terrain::Level(0.0));
        let mut spot = Array2::zeros((30, 40));
        spot[[20, 30]] = 1.0;
        for k in 0..20 {
            let hot = if k % 4 == 0 { spot.clone() } else { square(100) };
            gatherer.add(&hot, None, &pointing(0.0), f64::from(k));
        }
        gatherer.end_step(20.0);
        let found = gatherer.gathered().unwrap();
        assert!(!found.steps[0].burnt.iter().any(|&b| b));
        assert_eq!(found.spots, [Spot { at_m: [30.5, -20.5], views: 5 }]);
    }

    #[test]
    fn pixels_that_cover_many_cells_say_nothing() {
        let mut gatherer = Gatherer::new(0.2, Terrain::Level(0.0));
        assert!(!gatherer.add(&square(0), None, &pointing(0.0), 0.0));
        assert!(gatherer.gathered().is_none());
    }
}
