//! The steadier: takes pictures one after another and says how each points.

use super::box_sums::eroded;
use super::cold_map::{ColdMap, Laid};
use super::contrast::{Contrast, Picture};
use super::fit::{Fit, Pair};
use super::pointing::{Pointing, Predicted};
use crate::ground::Terrain;
use crate::lattice::Window;
use crate::plane::Homography;
use emberline_tracking::{Choice, Pyramid, corners, follow};

/// Side of the window that is followed, cells of the map.
const WINDOW: usize = 21;
/// Times a picture is halved.
const HALVINGS: usize = 3;
/// Cells around a corner that must be cold on both sides.
const MARGIN: usize = 6;
/// Corners that are followed.
const CHOICE: Choice = Choice { most: 150, quality: 0.01, apart_cells: 6 };
/// Cells by which a track may miss its corner on the way back.
const BACK_CELLS: f32 = 1.0;
/// Seconds without a fit after which the map is begun anew.
const MOST_LOST_S: f64 = 30.0;
/// Seconds after which a correction that no fit confirmed has gone by two thirds: telemetry's errors change.
const FORGOTTEN_S: f64 = 60.0;

/// Share of a correction that is given up over as much new ground as a picture shows.
const GIVEN_WAY: f64 = 0.5;

/// How a picture was laid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The first of a map: as telemetry has it.
    First,
    /// It fits the map.
    Steadied,
    /// It does not: as telemetry and the last correction have it.
    Telemetry,
    /// It does not, and there is no telemetry: it says nothing.
    Lost,
}

/// How one picture points.
#[derive(Clone, Copy, Debug)]
pub struct Steadied {
    /// How it was laid.
    pub how: How,
    /// Corners that were followed both ways.
    pub tracks: usize,
    /// Those that agree.
    pub agree: usize,
    /// How far those are off, root mean square, metres (cells without telemetry).
    pub off_m: f64,
    /// Which pixel shows which ground.
    pub pointing: Pointing,
    /// How many maps were begun so far; ground of different ones agrees by telemetry only.
    pub map: usize,
}

/// How to steady.
#[derive(Clone, Copy, Debug)]
pub struct SteadierOptions {
    /// Side of the map's cells, metres: about that of a pixel.
    pub cell_m: f64,
    /// Whether each frame has a pose of its own.
    pub has_telemetry: bool,
    /// Off: each picture is laid as telemetry has it.
    pub is_on: bool,
}

/// Lays pictures on a map of the cold ground.
#[derive(Debug)]
pub struct Steadier {
    options: SteadierOptions,
    terrain: Terrain,
    map: ColdMap,
    correction: Homography,
    maps: usize,
    /// Seconds of the last fit, and of the last picture.
    fitted_s: f64,
    last_s: f64,
}

impl Steadier {
    /// A steadier that has seen nothing.
    #[must_use]
    pub fn new(options: SteadierOptions, terrain: Terrain) -> Self {
        let map = ColdMap::new(options.cell_m);
        let correction = Homography::IDENTITY;
        Self { options, terrain, map, correction, maps: 0, fitted_s: 0.0, last_s: 0.0 }
    }

    /// Says how a picture, taken at `time_s` with the pose `predicted`, points; times must not fall.
    pub fn steady(&mut self, picture: &Picture, predicted: Predicted, time_s: f64) -> Steadied {
        let by_telemetry = |this: &Self, how, tracks| Steadied {
            how,
            tracks,
            agree: 0,
            off_m: 0.0,
            pointing: Pointing::new(predicted, this.correction),
            map: this.maps,
        };
        if !self.options.is_on {
            return by_telemetry(self, How::Telemetry, 0);
        }
        if self.maps > 0 && time_s - self.fitted_s > MOST_LOST_S && self.options.has_telemetry {
            self.map = ColdMap::new(self.options.cell_m);
            self.correction = Homography::IDENTITY;
            self.maps += 1;
        }
        self.fade(time_s);
        let contrast = Contrast::of(picture);
        let (h, w) = picture.grey.dim();
        let size_px = [w as f64, h as f64];
        let pointing = Pointing::new(predicted, self.correction);
        let footprint = pointing.footprint(size_px, &self.terrain);
        let failed = if self.options.has_telemetry { How::Telemetry } else { How::Lost };
        let Some(window) = self.map.lattice().window(&footprint) else {
            return by_telemetry(self, failed, 0);
        };
        let laid = self.map.laid(&contrast, &pointing, &self.terrain, window);
        let known = self.map.on(window);
        if !known.seen.iter().any(|&s| s) && (self.maps == 0 || self.options.has_telemetry) {
            self.maps += usize::from(self.maps == 0);
            self.fitted_s = time_s;
            self.map.blend(&laid);
            return Steadied { map: self.maps, ..by_telemetry(self, How::First, 0) };
        }
        let pairs = tracks(&known, &laid);
        let size = [window.width as f64, window.height as f64];
        let Some(fit) = Fit::of(&pairs, size) else {
            return by_telemetry(self, failed, pairs.len());
        };
        self.fitted_s = time_s;
        let on_ground = |on_map: &Homography| {
            let ground = self.map.lattice().to_ground(window);
            ground.inverse().map(|back| ground.after(on_map).after(&back))
        };
        let (Some(four), Some(all)) =
            (on_ground(&fit.similarity.homography()), on_ground(&fit.homography))
        else {
            return by_telemetry(self, failed, pairs.len());
        };
        // Only the four numbers are carried on: what is left of the eight is this picture's own.
        let carried = if self.options.has_telemetry { four } else { all };
        // A map that grows drifts, and telemetry does not: over new ground the fit gives way to it a little.
        let new =
            known.seen.iter().zip(&laid.seen).filter(|(known, now)| **now && !**known).count();
        let share = new as f64 / laid.seen.iter().filter(|now| **now).count().max(1) as f64;
        let kept = if self.options.has_telemetry { 1.0 - GIVEN_WAY * share } else { 1.0 };
        let corrected = Pointing::new(predicted, part(&self.correction.after(&all), kept));
        self.correction = part(&self.correction.after(&carried), kept);
        if let Some(window) =
            self.map.lattice().window(&corrected.footprint(size_px, &self.terrain))
        {
            let laid = self.map.laid(&contrast, &corrected, &self.terrain, window);
            self.map.blend(&laid);
        }
        Steadied {
            how: How::Steadied,
            tracks: pairs.len(),
            agree: fit.agree,
            off_m: fit.off_cells * self.options.cell_m,
            pointing: corrected,
            map: self.maps,
        }
    }

    /// Lets a correction go that no fit has confirmed for long.
    fn fade(&mut self, time_s: f64) {
        let (before, now) = (self.last_s - self.fitted_s, time_s - self.fitted_s);
        self.last_s = time_s;
        if self.options.has_telemetry && self.maps > 0 && before > 0.0 && now > before {
            self.correction = part(&self.correction, (-(now - before) / FORGOTTEN_S).exp());
        }
    }
}

/// A share of a correction: each point moves that share of its way.
fn part(correction: &Homography, share: f64) -> Homography {
    let (one, c) = (Homography::IDENTITY.0, correction.0);
    Homography(std::array::from_fn(|k| one[k] + share * (c[k] - one[k])))
}

/// Corners of the map that are found in the picture, and back.
fn tracks(known: &Laid, laid: &Laid) -> Vec<Pair> {
    let Window { width, height, .. } = known.window;
    if width.min(height) < WINDOW {
        return Vec::new();
    }
    let both = ndarray::Zip::from(&known.seen).and(&laid.seen).map_collect(|&a, &b| a && b);
    let codes = |laid: &Laid| laid.codes.mapv(|v| (v + 0.5) as u8);
    let (a, b) = (codes(known), codes(laid));
    let found = corners(&a, &eroded(&both, MARGIN), &CHOICE);
    let a = Pyramid::<WINDOW>::of(&a, HALVINGS).sloped();
    let b = Pyramid::<WINDOW>::of(&b, HALVINGS).sloped();
    let track = |[y, x]: [usize; 2]| {
        let from = [y as f32, x as f32];
        let to = follow(&a, &b.picture, from, [0.0; 2])?;
        let back = follow(&b, &a.picture, to, [from[0] - to[0], from[1] - to[1]])?;
        ((back[0] - from[0]).hypot(back[1] - from[1]) < BACK_CELLS)
            .then(|| ([from[1], from[0]].map(f64::from), [to[1], to[0]].map(f64::from)))
    };
    found.into_iter().filter_map(track).collect()
}
