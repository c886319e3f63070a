//! Aims: what is known of where a frame looks before it is laid on the ground.

use emberline_georeference::budget::{Budget, Deviations, Motion};
use emberline_georeference::camera::{Optics, View};
use emberline_georeference::geodesy::Local;
use emberline_georeference::ground::Terrain;
use emberline_georeference::plane::Homography;
use emberline_georeference::pose::{Heights, Place, Pose, Rotation};
use emberline_georeference::steady::Predicted;

use crate::aim_map::Map;
use crate::camera_file::{CameraFile, MastTable};
use crate::heights::{self, Datum, Ground};
use crate::options::SurveyOptions;
use crate::refusal::Refusal;

/// Metres a second from which on a course is a heading.
const COURSE_M_S: f64 = 1.0;

/// How frames of one camera are aimed.
#[derive(Debug)]
pub(crate) enum Aim {
    /// By its telemetry.
    Flown(Box<Flown>),
    /// It stands still, and looks as a person measured.
    Still(Box<Still>),
    /// Nothing is known: ground is what the first frame shows, in its pixels.
    Pixels(Homography),
}

/// A camera that stands still.
#[derive(Debug)]
pub(crate) struct Still {
    map: Map,
    pub(crate) predicted: Predicted,
    terrain: Terrain,
    /// How far off the place may be, metres.
    pub(crate) error_m: Option<f64>,
}

/// What a flight's poses are made views by.
#[derive(Debug)]
pub(crate) struct Flown {
    pub(crate) map: Map,
    pub(crate) terrain: Terrain,
    pub(crate) datum: Datum,
    takeoff_m: Option<f64>,
    /// Optics of the pictures, straight, and frame pixels of one of a picture.
    optics: Optics,
    times: f64,
    /// Whether a person said the field of view: then telemetry's changes of it do not count.
    is_fixed_lens: bool,
    yaw_offset_deg: f64,
    is_nadir: bool,
    course_deg: f64,
}

/// A frame's aim.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aimed {
    pub(crate) predicted: Predicted,
    /// How far off the place may be, metres.
    pub(crate) error_m: Option<f64>,
}

impl Flown {
    /// For a flight whose first pose is this.
    pub(crate) fn new(
        pose: &Pose,
        start: Place,
        place: Place,
        (optics, times): (Optics, f64),
        options: &SurveyOptions,
    ) -> Result<Self, Refusal> {
        if pose.rotation.is_none() && !options.is_nadir {
            return Err(Refusal::new(
                "the telemetry says where the camera was and not how it looked",
                "give ‹nadir› if it looked straight down (it then heads where it flew)",
            ));
        }
        let map = Map::around(place)?;
        let (datum, terrain) = options.ground.settled(&pose.heights, &map)?;
        let takeoff_m = map.at(start).ok().and_then(|at| terrain.up_m(at));
        if datum == Datum::TakeOffOnModel && takeoff_m.is_none() {
            return Err(Refusal::new(
                "the height model does not reach to the place of take-off, from which the heights count",
                "give ‹dem› a model that does, or poses with alt_msl_m",
            ));
        }
        let is_fixed_lens = options.hfov_deg.is_some()
            || options.camera.focal_px.is_some()
            || options.camera.hfov_deg.is_some();
        Ok(Self {
            map,
            terrain,
            datum,
            takeoff_m,
            optics,
            times,
            is_fixed_lens,
            yaw_offset_deg: options.yaw_offset_deg,
            is_nadir: options.is_nadir,
            course_deg: 0.0,
        })
    }

    /// The aim of a frame with this pose; `None` where the pose does not say enough.
    pub(crate) fn aimed(&mut self, pose: &Pose) -> Option<Aimed> {
        let place = pose.place?;
        let [east, north] = self.map.at(place).ok()?;
        let up =
            heights::up_m(self.datum, &pose.heights, &self.terrain, [east, north], self.takeoff_m)?;
        let rotation = self.rotation(pose)?;
        let local = self.map.local(place).ok()?;
        let optics = self.zoomed(pose);
        let view = View::new([east, north, up], rotation, local, optics);
        let velocity = pose.velocity_m_s.unwrap_or_default();
        let motion = Motion { velocity_m_s: [velocity[1], velocity[0]], yaw_deg_s: 0.0 };
        let usual = Deviations::USUAL;
        let told = pose.accuracy;
        let off = Deviations {
            place_m: told.horizontal_m.unwrap_or(usual.place_m),
            height_m: told.vertical_m.unwrap_or(usual.height_m),
            yaw_deg: told.yaw_deg.unwrap_or(usual.yaw_deg),
            ground_m: if self.terrain.cell_m().is_some() { 2.0 } else { usual.ground_m },
            ..usual
        };
        let budget = Budget::of(view.at_m, rotation, optics, &self.terrain, motion, &off);
        Some(Aimed { predicted: Predicted::View(view), error_m: budget.map(|b| b.all_m) })
    }

    fn rotation(&mut self, pose: &Pose) -> Option<Rotation> {
        if self.is_nadir {
            if let Some([north, east]) =
                pose.velocity_m_s.filter(|v| v[0].hypot(v[1]) >= COURSE_M_S)
            {
                self.course_deg = east.atan2(north).to_degrees();
            }
            return Rotation::from_yaw_pitch_roll_deg(
                self.course_deg + self.yaw_offset_deg,
                -90.0,
                0.0,
            );
        }
        pose.rotation.map(|r| r.turned_deg(self.yaw_offset_deg))
    }

    /// Optics at the zoom that a pose tells.
    fn zoomed(&self, pose: &Pose) -> Optics {
        let told = pose.lens.hfov_deg.filter(|_| !self.is_fixed_lens);
        let size = self.optics.size_px.map(|v| v * self.times);
        let wanted = told.and_then(|deg| Optics::pinhole(size, deg).ok());
        let focal = wanted.map(|w| w.focal_px[0] / self.times);
        Optics { focal_px: focal.map_or(self.optics.focal_px, |f| [f; 2]), ..self.optics }
    }
}

impl Aim {
    /// Of a camera that stands still, where its file says how; `times` frame pixels are one of a picture's.
    pub(crate) fn still(
        file: &CameraFile,
        optics: &Optics,
        times: f64,
        ground: &Ground,
    ) -> Result<Self, Refusal> {
        match (&file.mast, file.point.is_empty()) {
            (Some(mast), _) => Self::mast(mast, optics, times, ground),
            (None, false) => Self::points(file, optics, times),
            (None, true) => Err(Refusal::new(
                "nothing says where the camera was",
                "give ‹pose› FILE, a ‹camera› file with a [mast] or four [[point]]s, or ‹pose› none to work in pixels",
            )),
        }
    }

    fn mast(
        mast: &MastTable,
        optics: &Optics,
        times: f64,
        ground: &Ground,
    ) -> Result<Self, Refusal> {
        let place = Place { lat_deg: mast.lat_deg, lon_deg: mast.lon_deg };
        let map = Map::around(place)?;
        let heights = Heights { above_ground_m: Some(mast.height_m), ..Heights::default() };
        let (datum, terrain) = ground.settled(&heights, &map)?;
        let at = map.at(place)?;
        let off_model = || {
            Refusal::new(
                "the height model does not reach to the mast",
                "give ‹dem› a model that does",
            )
        };
        let up = heights::up_m(datum, &heights, &terrain, at, None).ok_or_else(off_model)?;
        let rotation =
            Rotation::from_yaw_pitch_roll_deg(mast.heading_deg, -mast.tilt_deg, mast.roll_deg)
                .ok_or_else(|| {
                    Refusal::new("the mast's angles are not numbers", "look at the camera file")
                })?;
        let local: Local = map.local(place)?;
        let straight = optics.reduced(times).straight();
        let view = View::new([at[0], at[1], up], rotation, local, straight);
        // Somebody measured: a good hand-held GPS, a compass, a clinometer.
        let off = Deviations {
            place_m: 3.0,
            height_m: 0.5,
            yaw_deg: 2.0,
            tilt_deg: 0.5,
            time_s: 0.0,
            ground_m: 2.0,
            lens: 0.02,
        };
        let budget = Budget::of(view.at_m, rotation, straight, &terrain, Motion::default(), &off);
        let error_m = budget.map(|b| b.all_m);
        let predicted = Predicted::View(view);
        Ok(Self::Still(Box::new(Still { map, predicted, terrain, error_m })))
    }

    fn points(file: &CameraFile, optics: &Optics, times: f64) -> Result<Self, Refusal> {
        let first = &file.point[0];
        let map = Map::around(Place { lat_deg: first.lat_deg, lon_deg: first.lon_deg })?;
        let mut pairs = Vec::with_capacity(file.point.len());
        for point in &file.point {
            let [u, v] = point.pixel;
            let bad = || {
                Refusal::new(
                    format!("the camera file's point at pixel {u}, {v} is outside the picture"),
                    "pixels count from the upper left corner of the film's own frames",
                )
            };
            let [w, h] = optics.size_px;
            if !(u >= 0.0 && v >= 0.0 && u <= w && v <= h) {
                return Err(bad());
            }
            let d = optics.direction(point.pixel).ok_or_else(bad)?;
            let straight = optics.straight().pixel(d).ok_or_else(bad)?.map(|v| v / times);
            pairs.push((
                map.at(Place { lat_deg: point.lat_deg, lon_deg: point.lon_deg })?,
                straight,
            ));
        }
        let plane = Homography::through(&pairs)?;
        let back = plane.inverse();
        let off = |(ground, px): &([f64; 2], [f64; 2])| {
            let at = back.and_then(|b| b.at(*px));
            at.map_or(f64::INFINITY, |p| (p[0] - ground[0]).hypot(p[1] - ground[1]))
        };
        let worst = pairs.iter().map(off).fold(0.0, f64::max);
        if !worst.is_finite() {
            return Err(Refusal::new(
                "the camera file's points lie on both sides of the horizon that they tell",
                "look whether latitude and longitude, or right and down, are mixed up",
            ));
        }
        // Four points always fit; what more of them are off by says how good they are.
        let spare = pairs.len().saturating_sub(4);
        let sum: f64 = pairs.iter().map(|p| off(p).powi(2)).sum();
        let error_m = (spare > 0).then(|| (sum / (2.0 * spare as f64)).sqrt() * 2f64.sqrt());
        let (predicted, terrain) = (Predicted::Plane(plane), Terrain::Level(0.0));
        Ok(Self::Still(Box::new(Still { map, predicted, terrain, error_m })))
    }

    /// Nothing is known: ground is the first frame's pixels, `times` of which are one of a picture's.
    pub(crate) fn pixels(times: f64) -> Self {
        Self::Pixels(Homography([1.0 / times, 0.0, 0.0, 0.0, -1.0 / times, 0.0, 0.0, 0.0, 1.0]))
    }

    /// The ground that is aimed at.
    pub(crate) fn terrain(&self) -> Terrain {
        match self {
            Self::Flown(flown) => flown.terrain.clone(),
            Self::Still(still) => still.terrain.clone(),
            Self::Pixels(_) => Terrain::Level(0.0),
        }
    }

    /// The map; `None` where nothing is known of the place.
    pub(crate) fn map(&self) -> Option<&Map> {
        match self {
            Self::Flown(flown) => Some(&flown.map),
            Self::Still(still) => Some(&still.map),
            Self::Pixels(_) => None,
        }
    }
}
