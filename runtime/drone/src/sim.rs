//! `sim:drone`: the built-in fire seen from a simulated flight, telemetry included: a first look, and a test bed.
//!
//! Ground is that of `sim:fire` with fine texture; the camera flies a path over it and tells its poses with the errors
//! of a drone in the field, times `noise`: GPS 1.5 m, height 2 m, heading 2°, pitch and roll 0.5°, all slow, and 0.1 s
//! late. Nothing real is claimed of it.

use emberline_georeference::camera::{Optics, View};
use emberline_georeference::geodesy::Local;
use emberline_georeference::ground::{Terrain, meets};
use emberline_georeference::pose::{Flight, Heights, Lens, Place, Rotation, Sample};
use emberline_telemetry::Clock;
use emberline_vision::frame::{Elapsed, Film, Frame, FrameTime, Kind, Pixels, TimeSource};
use emberline_vision::grid::Grid;
use emberline_vision::source::{SourceOptions, read_film};
use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use ndarray::{Array2, Array3, Axis};

use crate::aim_map::Map;
use crate::refusal::Refusal;
use crate::track::Track;

/// The camera.
const SIZE_PX: [usize; 2] = [256, 192];
const HFOV_DEG: f64 = 65.0;
/// Where and when it flies.
const PLACE: Place = Place { lat_deg: 40.0, lon_deg: -105.3 };
const START: &str = "2026-08-02T14:30:00Z";
/// The fire: cells, their side in metres, seconds between its frames, and when the flight begins.
const CELLS: usize = 200;
const CELL_M: f64 = 2.0;
const FIRE_STEP_S: f64 = 10.0;
const BEGIN_S: f64 = 600.0;
/// Frames a second that are drawn.
const FRAMES_S: f64 = 1.0;

/// What is flown.
#[derive(Clone, Debug, PartialEq)]
pub struct SimDrone {
    /// Draws the fire, the wind's wobble and the errors.
    pub seed: u64,
    /// Which way.
    pub path: Path,
    /// How long.
    pub seconds: u32,
    /// Times the usual errors of telemetry; 0 for none.
    pub noise: f64,
    /// Metres above the ground.
    pub height_m: f64,
}

/// Which way is flown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// It stays above the fire.
    Hover,
    /// To and fro.
    Patrol,
    /// Around it, looking at its middle.
    Orbit,
    /// In parallel legs.
    Mower,
}

impl SimDrone {
    /// What the address means; `None` where it is another simulator's.
    ///
    /// # Errors
    /// [`Refusal`] of a key or value that cannot be.
    pub fn parse(uri: &str) -> Result<Option<Self>, Refusal> {
        let Some(rest) = uri.strip_prefix("sim:drone") else { return Ok(None) };
        let mut sim =
            Self { seed: 7, path: Path::Patrol, seconds: 300, noise: 1.0, height_m: 100.0 };
        let Some(query) = rest.strip_prefix('?') else {
            return if rest.is_empty() { Ok(Some(sim)) } else { Ok(None) };
        };
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let bad = |want: &str| {
                Refusal::new(format!("{key}={value} is none"), format!("give {key}={want}"))
            };
            match key {
                "seed" => sim.seed = value.parse().map_err(|_| bad("7"))?,
                "seconds" => {
                    sim.seconds = value
                        .parse()
                        .ok()
                        .filter(|s| (20..=3600).contains(s))
                        .ok_or_else(|| bad("20 to 3600"))?
                }
                "noise" => {
                    sim.noise = value
                        .parse()
                        .ok()
                        .filter(|n| (0.0..=10.0).contains(n))
                        .ok_or_else(|| bad("0 to 10"))?
                }
                "height_m" => {
                    sim.height_m = value
                        .parse()
                        .ok()
                        .filter(|h| (20.0..=500.0).contains(h))
                        .ok_or_else(|| bad("20 to 500"))?
                }
                "path" => {
                    sim.path = match value {
                        "hover" => Path::Hover,
                        "patrol" => Path::Patrol,
                        "orbit" => Path::Orbit,
                        "mower" => Path::Mower,
                        _ => return Err(bad("hover, patrol, orbit or mower")),
                    };
                }
                _ => {
                    return Err(Refusal::new(
                        format!("sim:drone has no key {key}"),
                        "give seed, path, seconds, noise or height_m",
                    ));
                }
            }
        }
        Ok(Some(sim))
    }

    /// The film and its telemetry.
    ///
    /// # Errors
    /// [`Refusal`] where the fire cannot be simulated.
    pub fn flown(&self, uri: &str) -> Result<(Film, Track), Refusal> {
        let failed = |what: String| Refusal::new(what, "please report this");
        let ground = self.ground().map_err(failed)?;
        let start: Timestamp = START.parse().map_err(|e: jiff::Error| failed(e.to_string()))?;
        let map = Map::around(PLACE)?;
        let (middle, local) = (map.at(PLACE)?, map.local(PLACE)?);
        let size = [SIZE_PX[0] as f64, SIZE_PX[1] as f64];
        let optics = Optics::pinhole(size, HFOV_DEG)?;
        let mut rng = Rng::with_seed(self.seed);
        let mut wobble: [Slow; 6] =
            [1.0, 1.0, 1.0, 2.0, 0.5, 0.5].map(|s| Slow::new(s, 8.0, &mut rng));
        let mut errors: [Slow; 6] =
            [(1.5, 60.0), (1.5, 60.0), (2.0, 60.0), (2.0, 120.0), (0.5, 30.0), (0.5, 30.0)]
                .map(|(sigma, tau)| Slow::new(self.noise * sigma, tau, &mut rng));
        let (mut frames, mut samples) = (Vec::new(), Vec::new());
        let count = (f64::from(self.seconds) * FRAMES_S) as usize + 1;
        for k in 0..count {
            let t = k as f64 / FRAMES_S;
            let shake = wobble.each_mut().map(|w| w.next(1.0 / FRAMES_S, &mut rng));
            let off = errors.each_mut().map(|e| e.next(1.0 / FRAMES_S, &mut rng));
            let true_pose = self.pose(t, shake);
            let view = view(true_pose, middle, local, optics)
                .ok_or_else(|| failed("no pose".to_owned()))?;
            let pixels = drawn(&ground, &view, middle, t, &mut rng);
            let utc =
                SignedDuration::try_from_secs_f64(t).ok().and_then(|d| start.checked_add(d).ok());
            let elapsed = Elapsed::from_secs_f64(t).unwrap_or_default();
            frames.push(Frame::new(
                Pixels::U8(pixels),
                FrameTime { elapsed, utc, source: TimeSource::Simulated },
            ));
            let told = self.pose(t - 0.1 * self.noise.min(1.0), shake);
            let told: [f64; 6] = std::array::from_fn(|i| told[i] + off[i]);
            let place =
                map.place([middle[0] + local.scale * told[0], middle[1] + local.scale * told[1]]);
            samples.push(Sample {
                time_s: start.as_nanosecond() as f64 * 1e-9 + t,
                place,
                heights: Heights { above_ground_m: Some(told[2]), ..Heights::default() },
                rotation: Rotation::from_yaw_pitch_roll_deg(
                    told[3] + local.convergence_deg,
                    told[4],
                    told[5],
                ),
                lens: Lens { hfov_deg: Some(HFOV_DEG), vfov_deg: None },
                ..Sample::default()
            });
        }
        let flight = Flight::new(&samples).map_err(|e| failed(e.to_string()))?;
        let film = Film {
            kind: Kind::Thermal,
            frames,
            grid: Grid::new(SIZE_PX[1], SIZE_PX[0]),
            name: uri.to_owned(),
            digest: String::new(),
            notes: Vec::new(),
        };
        Ok((film, Track { flight, clock: Clock::Utc, offset_s: 0.0 }))
    }

    /// Frames of the fire, from the flight's first second on.
    fn ground(&self) -> Result<Vec<Array2<f32>>, String> {
        let first = (BEGIN_S / FIRE_STEP_S) as usize;
        let count = first + (f64::from(self.seconds) / FIRE_STEP_S) as usize + 2;
        let uri = format!(
            "sim:fire?seed={}&height={CELLS}&width={CELLS}&cell_m={CELL_M}&step_s={FIRE_STEP_S}&frames={count}",
            self.seed
        );
        let film = read_film(&uri, &SourceOptions::default()).map_err(|e| e.to_string())?;
        Ok(film.frames[first..].iter().map(|f| f.pixels.first_channel()).collect())
    }

    /// East, north and up of the fire's middle, metres, then yaw from the map's north, pitch and roll, degrees.
    fn pose(&self, t: f64, shake: [f64; 6]) -> [f64; 6] {
        let up = self.height_m;
        let plain = match self.path {
            Path::Hover => [0.0, 0.0, up, 0.0, -90.0, 0.0],
            Path::Patrol => [
                30.0 * (t / 35.0).sin(),
                18.0 * (t / 27.0).sin(),
                up * (1.0 + 0.1 * (t / 60.0).sin()),
                50.0 * (t / 80.0).sin(),
                -90.0,
                0.0,
            ],
            Path::Orbit => {
                let turn = t / 50.0;
                let r = 0.5 * up;
                [r * turn.sin(), r * turn.cos(), up, turn.to_degrees() + 180.0, -63.0, 0.0]
            }
            Path::Mower => {
                let (leg_s, long_m) = (28.0, 140.0);
                let leg = (t / leg_s).floor();
                let along = (t / leg_s).fract() * long_m - 0.5 * long_m;
                let side = (leg % 4.0).min(4.0 - leg % 4.0);
                let is_back = leg % 2.0 == 1.0;
                [
                    40.0 * (side - 1.0),
                    if is_back { -along } else { along },
                    up,
                    if is_back { 180.0 } else { 0.0 },
                    -90.0,
                    0.0,
                ]
            }
        };
        std::array::from_fn(|i| plain[i] + shake[i])
    }
}

/// An error that changes slowly and comes back (Ornstein and Uhlenbeck).
#[derive(Clone, Copy)]
struct Slow {
    sigma: f64,
    tau_s: f64,
    now: f64,
}

impl Slow {
    fn new(sigma: f64, tau_s: f64, rng: &mut Rng) -> Self {
        Self { sigma, tau_s, now: sigma * normal(rng) }
    }

    fn next(&mut self, dt_s: f64, rng: &mut Rng) -> f64 {
        let kept = (-dt_s / self.tau_s).exp();
        self.now = kept * self.now + (1.0 - kept * kept).sqrt() * self.sigma * normal(rng);
        self.now
    }
}

/// About normal: a sum of twelve uniforms.
fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0
}

fn view(pose: [f64; 6], middle: [f64; 2], local: Local, optics: Optics) -> Option<View> {
    let [east, north, up, yaw, pitch, roll] = pose;
    let rotation = Rotation::from_yaw_pitch_roll_deg(yaw + local.convergence_deg, pitch, roll)?;
    Some(View::new(
        [middle[0] + local.scale * east, middle[1] + local.scale * north, up],
        rotation,
        local,
        optics,
    ))
}

/// What the camera shows: the fire between two of its frames, fine texture where it is cold, noise of one grey level.
fn drawn(
    ground: &[Array2<f32>],
    view: &View,
    middle: [f64; 2],
    t: f64,
    rng: &mut Rng,
) -> Array3<u8> {
    let at = (t / FIRE_STEP_S).min(ground.len() as f64 - 1.001);
    let (before, share) = (at as usize, at.fract() as f32);
    let terrain = Terrain::Level(0.0);
    let value = |px: [f64; 2]| -> f32 {
        let Some(ray) = view.ray(px) else { return 0.0 };
        let Some([east, north, _]) = meets(&terrain, view.at_m, ray) else { return 0.0 };
        let (east, north) = (east - middle[0], north - middle[1]);
        let (x, y) =
            (east / CELL_M + 0.5 * CELLS as f64 - 0.5, 0.5 * CELLS as f64 - north / CELL_M - 0.5);
        let mix = |x: f64, y: f64| {
            let fire = |k: usize| bilinear(&ground[k], x, y);
            (1.0 - share) * fire(before) + share * fire(before + 1)
        };
        let heat = mix(x, y);
        // Stones, paths and bushes: waves of a few metres that no fire has.
        let wave = (0.9 * east + 0.4 * north).sin() * (0.7 * north - 0.3 * east).cos()
            + 0.7 * (0.31 * east + 1.3).sin() * (0.43 * north).cos();
        let cold = (1.0 - (heat - 60.0) / 60.0).clamp(0.0, 1.0);
        heat + cold * 9.0 * wave as f32
    };
    let mut out = Array2::zeros((SIZE_PX[1], SIZE_PX[0]));
    for ((y, x), o) in out.indexed_iter_mut() {
        let v = value([x as f64 + 0.5, y as f64 + 0.5]) + normal(rng) as f32;
        *o = v.round().clamp(0.0, 255.0) as u8;
    }
    out.insert_axis(Axis(2))
}

/// A value between four cells; beyond the edge the ground is mirrored.
fn bilinear(a: &Array2<f32>, x: f64, y: f64) -> f32 {
    let fold = |v: f64| {
        let n = (CELLS - 1) as f64;
        let v = v.rem_euclid(2.0 * n);
        if v > n { 2.0 * n - v } else { v }
    };
    let (x, y) = (fold(x), fold(y));
    let (i, j) = ((x as usize).min(CELLS - 2), (y as usize).min(CELLS - 2));
    let (u, v) = ((x - i as f64) as f32, (y - j as f64) as f32);
    (1.0 - v) * ((1.0 - u) * a[[j, i]] + u * a[[j, i + 1]])
        + v * ((1.0 - u) * a[[j + 1, i]] + u * a[[j + 1, i + 1]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_or_refused() {
        let sim =
            SimDrone::parse("sim:drone?seed=3&path=orbit&seconds=60&noise=0").unwrap().unwrap();
        assert_eq!((sim.seed, sim.path, sim.seconds, sim.noise), (3, Path::Orbit, 60, 0.0));
        assert!(SimDrone::parse("sim:drone").unwrap().is_some());
        assert!(
            SimDrone::parse("sim:fire").unwrap().is_none()
                && SimDrone::parse("a.mp4").unwrap().is_none()
        );
        for bad in
            ["sim:drone?path=loop", "sim:drone?seconds=5", "sim:drone?noise=-1", "sim:drone?wind=3"]
        {
            let said = SimDrone::parse(bad).unwrap_err().to_string();
            assert!(said.contains("give ") && !said.contains('\n'), "{said}");
        }
    }

    #[test]
    fn a_flight_without_noise_tells_where_it_is() {
        let sim = SimDrone { seed: 1, path: Path::Orbit, seconds: 20, noise: 0.0, height_m: 100.0 };
        let (film, track) = sim.flown("sim:drone").unwrap();
        assert_eq!((film.frames.len(), film.frames[0].pixels.shape()), (21, [192, 256, 1]));
        let (again, _) = sim.flown("sim:drone").unwrap();
        assert_eq!(film.frames[20].pixels, again.frames[20].pixels, "the same for a seed");
        let pose = track.pose(&film.frames[10].time).unwrap();
        let place = pose.place.unwrap();
        assert!((place.lat_deg - PLACE.lat_deg).abs() < 1e-3 && pose.rotation.is_some());
    }
}
