//! Pointings: which pixel shows which ground in one frame, as telemetry has it and as the map corrects it.

use crate::camera::View;
use crate::ground::{MOST_HEIGHTS, Terrain, meets};
use crate::plane::Homography;

/// What is known of a frame before it is laid on the map.
#[derive(Clone, Copy, Debug)]
pub enum Predicted {
    /// A pose of telemetry, with a straight lens.
    View(View),
    /// No telemetry: ground is a plane in units of the first frame's pixels (x right, y up), seen as given.
    Plane(Homography),
}

/// Which pixel shows which ground in one frame.
#[derive(Clone, Copy, Debug)]
pub struct Pointing {
    predicted: Predicted,
    /// From where ground is on the map to where the prediction sees it.
    pub correction: Homography,
    /// Its inverse.
    back: Homography,
}

impl Pointing {
    /// As predicted, after a correction; uncorrected where the correction has no inverse.
    #[must_use]
    pub fn new(predicted: Predicted, correction: Homography) -> Self {
        match correction.inverse() {
            Some(back) => Self { predicted, correction, back },
            None => {
                Self { predicted, correction: Homography::IDENTITY, back: Homography::IDENTITY }
            }
        }
    }

    /// Pixel that shows a point of the ground (east, north, up); `None` where none does.
    #[must_use]
    pub fn pixel(&self, [east, north, up]: [f64; 3]) -> Option<[f64; 2]> {
        let [east, north] = self.correction.at([east, north])?;
        match self.predicted {
            Predicted::View(view) => view.pixel([east, north, up]),
            Predicted::Plane(plane) => plane.at([east, north]),
        }
    }

    /// Point of the ground that a pixel shows; `None` where it shows none that is near enough.
    #[must_use]
    pub fn ground(&self, px: [f64; 2], terrain: &Terrain) -> Option<[f64; 2]> {
        let seen = match self.predicted {
            Predicted::View(view) => {
                let [east, north, _] = meets(terrain, view.at_m, view.ray(px)?)?;
                [east, north]
            }
            Predicted::Plane(plane) => plane.inverse()?.at(px)?,
        };
        self.back.at(seen)
    }

    /// From level ground (east, north) to pixels; `None` where the ground is not level.
    #[must_use]
    pub fn homography(&self, terrain: &Terrain) -> Option<Homography> {
        let plane = match (self.predicted, terrain) {
            (Predicted::View(view), Terrain::Level(up)) => view.homography(*up),
            (Predicted::Plane(plane), _) => plane,
            (Predicted::View(_), Terrain::Model(_)) => return None,
        };
        Some(plane.after(&self.correction))
    }

    /// Whether a line of sight goes to that point without meeting other ground before.
    #[must_use]
    pub fn sees(&self, point: [f64; 3], terrain: &Terrain, within_m: f64) -> bool {
        let (Predicted::View(view), Terrain::Model(_)) = (self.predicted, terrain) else {
            return true;
        };
        let Some([east, north]) = self.correction.at([point[0], point[1]]) else { return false };
        let d = [east - view.at_m[0], north - view.at_m[1], point[2] - view.at_m[2]];
        let length = d.iter().map(|v| v * v).sum::<f64>().sqrt();
        let met = meets(terrain, view.at_m, d.map(|v| v / length));
        met.is_some_and(|m| (m[0] - east).hypot(m[1] - north) <= within_m)
    }

    /// Height above the ground's level, metres; `None` without telemetry.
    #[must_use]
    pub fn up_m(&self) -> Option<f64> {
        match self.predicted {
            Predicted::View(view) => Some(view.at_m[2]),
            Predicted::Plane(_) => None,
        }
    }

    /// The pose, where there is one.
    #[must_use]
    pub fn view(&self) -> Option<&View> {
        match &self.predicted {
            Predicted::View(view) => Some(view),
            Predicted::Plane(_) => None,
        }
    }

    /// Metres of ground between two neighbouring pixels at `px`, the longer way; `None` where it shows no ground.
    #[must_use]
    pub fn pixel_m(&self, px: [f64; 2], terrain: &Terrain) -> Option<f64> {
        let at = self.ground(px, terrain)?;
        let gap = |q: [f64; 2]| self.ground(q, terrain).map(|g| (g[0] - at[0]).hypot(g[1] - at[1]));
        Some(gap([px[0] + 1.0, px[1]])?.max(gap([px[0], px[1] + 1.0])?))
    }

    /// Points of the ground that a regular grid of pixels of a picture of `size_px` shows.
    #[must_use]
    pub fn footprint(&self, size_px: [f64; 2], terrain: &Terrain) -> Vec<[f64; 2]> {
        const SIDE: usize = 9;
        let at = |k: usize, n: f64| 0.5 + (n - 1.0) * k as f64 / (SIDE - 1) as f64;
        (0..SIDE * SIDE)
            .filter_map(|k| {
                self.ground([at(k % SIDE, size_px[0]), at(k / SIDE, size_px[1])], terrain)
            })
            .filter(|p| self.is_near(*p))
            .collect()
    }

    /// Whether a place is near enough for a picture to say anything of it.
    fn is_near(&self, [east, north]: [f64; 2]) -> bool {
        let Predicted::View(view) = self.predicted else { return true };
        let away = (east - view.at_m[0]).hypot(north - view.at_m[1]);
        away <= MOST_HEIGHTS * view.at_m[2].abs().max(50.0)
    }
}
