//! `sim:fire`: a made-up fire over patchy ground, the same for the same seed.
//!
//! Wind, slope and fuel are drawn from the seed, [`super::spread`] finds when each cell burns, gusts
//! stretch that clock, and the result is drawn as a thermal camera or a mask would show it. It is
//! there for demonstrations and tests: nothing real is claimed of it. Only exactly rounded
//! arithmetic is used, so every machine draws the same pixels.

use ndarray::{Array2, Array3, Axis};

use super::address::Query;
use super::random::{Random, direction, patches};
use super::simulator::{Painter, Simulator};
use super::spread::{Land, eccentricity};
use crate::frame::{Kind, Pixels};
use crate::source::about::About;
use crate::source::error::SourceError;
use crate::source::options::SourceOptions;

/// Grounds that are tried before a fire that hardly grows is taken.
const TRIES: usize = 8;
const KEYS: &str = "seed, height, width, frames, kind, step_s, cell_m";

/// What is simulated; the address `sim:fire?…` names it.
#[derive(Clone, Debug, PartialEq)]
pub struct SimFire {
    /// Draws the ground, the wind and the start.
    pub seed: u64,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Number of frames.
    pub frames: usize,
    /// [`Kind::Thermal`] or [`Kind::Mask`].
    pub kind: Kind,
    /// Seconds between frames.
    pub step_s: f64,
    /// Side of a cell, metres.
    pub cell_m: f64,
}

impl Default for SimFire {
    fn default() -> Self {
        Self {
            seed: 7,
            height: 128,
            width: 128,
            frames: 40,
            kind: Kind::Thermal,
            step_s: 30.0,
            cell_m: 5.0,
        }
    }
}

impl SimFire {
    /// The whole address, defaults written out: what the digest is taken of.
    #[must_use]
    pub fn address(&self) -> String {
        let Self { seed, height, width, frames, kind, step_s, cell_m } = self;
        format!(
            "sim:fire?seed={seed}&height={height}&width={width}&frames={frames}&kind={kind}\
             &step_s={step_s}&cell_m={cell_m}"
        )
    }

    /// What the address `uri` with this query means.
    pub(super) fn parse(query: &Query<'_>, options: &SourceOptions) -> Result<Self, SourceError> {
        let (mut sim, mut kind_named, mut step_named) = (Self::default(), None, false);
        for (key, value) in query.pairs() {
            match key {
                "seed" => sim.seed = query.number(key, value)?,
                "height" => sim.height = query.number(key, value)?,
                "width" => sim.width = query.number(key, value)?,
                "frames" => sim.frames = query.number(key, value)?,
                "step_s" => (sim.step_s, step_named) = (query.number(key, value)?, true),
                "cell_m" => sim.cell_m = query.number(key, value)?,
                "kind" => {
                    kind_named = Some(match value {
                        "thermal" => Kind::Thermal,
                        "mask" => Kind::Mask,
                        _ => return Err(no_kind(query)),
                    });
                }
                _ => return Err(query.unknown(key, KEYS)),
            }
        }
        if let (Some(a), Some(b)) = (kind_named, options.kind)
            && a != b
        {
            let what = format!("the address says {a} and ‹kind› says {b}");
            return Err(query.refused(what, "leave one out"));
        }
        sim.kind = kind_named.or(options.kind).unwrap_or(sim.kind);
        if !matches!(sim.kind, Kind::Thermal | Kind::Mask) {
            return Err(no_kind(query));
        }
        if let (Some(step_s), false) = (options.step_s, step_named) {
            sim.step_s = step_s;
        }
        query.check_sides(sim.height, sim.width)?;
        query.check("frames", sim.frames as f64, 2.0..=10_000.0)?;
        query.check("step_s", sim.step_s, 0.1..=3600.0)?;
        query.check("cell_m", sim.cell_m, 0.1..=1000.0)?;
        query.check_bytes(sim.frames, sim.height, sim.width)?;
        Ok(sim)
    }

    /// The frames of this fire; `uri` is what was typed.
    pub(super) fn source(self, uri: &str) -> Simulator {
        let about = About {
            kind: Some(self.kind),
            ..Simulator::about(uri, "fire", self.address(), [self.height, self.width], self.cell_m)
        };
        let (frames, step_s, address) = (self.frames, self.step_s, self.address());
        Simulator::new(about, &address, frames, step_s, Box::new(Scenery::of(self)))
    }
}

fn no_kind(query: &Query<'_>) -> SourceError {
    query.refused("sim:fire draws no such kind", "give kind=thermal or kind=mask")
}

/// Frame (a fraction counts the way to the next) at which each cell begins to burn: below 0 before
/// the film begins, infinite where fire does not come.
#[must_use]
pub fn arrival_frames(sim: &SimFire) -> Array2<f32> {
    let mut r = Random::new(sim.seed);
    let gusts = gusts(sim, &mut r);
    // The film begins when the fire is large enough to be seen moving.
    let seen = (sim.height * sim.width / 200).max(16);
    let (step_s, steady) = (sim.step_s as f32, gusts[gusts.len() - 1]);
    let mut drawn = (Vec::new(), 0.0);
    for _ in 0..TRIES {
        let (land, start) = land(sim, &mut r);
        let fire_s = land.arrival_s(&start_cells(sim, start), seen, steady * step_s);
        let mut sorted: Vec<f32> = fire_s.iter().copied().filter(|t| t.is_finite()).collect();
        sorted.sort_by(f32::total_cmp);
        let begin_s = sorted.get(seen - 1).copied().unwrap_or(0.0);
        let early_s = begin_s + 10.0 * step_s;
        let grows = sorted.partition_point(|&t| t <= early_s) as f64 >= 1.6 * seen as f64;
        drawn = (fire_s, begin_s);
        // A fire shut in by bare ground is no demonstration: another ground.
        if grows || sim.frames <= 10 {
            break;
        }
    }
    let (fire_s, begin_s) = drawn;
    let frames = fire_s.iter().map(|&t| frame_at(&gusts, (t - begin_s) / step_s));
    Array2::from_shape_vec((sim.height, sim.width), frames.collect()).expect("one arrival a cell")
}

/// Draws wind, slope and fuel; gives the ground and where the fire starts (column, row).
fn land(sim: &SimFire, r: &mut Random) -> (Land, [f64; 2]) {
    let (h, w) = (sim.height, sim.width);
    let toward = direction(r);
    let wind_m_s = r.uniform(1.5, 4.0);
    let side = h.min(w) as f64;
    let fuel = patches(r, h, w, side / 14.0);
    let bare = patches(r, h, w, side / 7.0);
    let hills = patches(r, h, w, side / 2.2);
    let relief_m = r.uniform(0.04, 0.12) * side * sim.cell_m;
    let mut land = Land {
        height: h,
        width: w,
        cell_m: sim.cell_m as f32,
        head_m_s: Vec::with_capacity(h * w),
        heading: Vec::with_capacity(h * w),
        eccentricity: Vec::with_capacity(h * w),
    };
    for y in 0..h {
        for x in 0..w {
            let at = |y: usize, x: usize| f64::from(hills[y * w + x]) * relief_m;
            let rise = |a: f64, b: f64, n: usize| (b - a) / (n as f64 * sim.cell_m);
            let (x0, x1) = (x.saturating_sub(1), (x + 1).min(w - 1));
            let (y0, y1) = (y.saturating_sub(1), (y + 1).min(h - 1));
            let slope = [rise(at(y, x0), at(y, x1), x1 - x0), rise(at(y0, x), at(y1, x), y1 - y0)];
            // Fire runs uphill as if wind blew: a slope of 0.2 counts as about 1 m/s.
            let push =
                [toward[0] * wind_m_s + 5.0 * slope[0], toward[1] * wind_m_s + 5.0 * slope[1]];
            let strength = (push[0] * push[0] + push[1] * push[1]).sqrt();
            let i = y * w + x;
            let burns = (1.0 + 0.8 * f64::from(fuel[i])).clamp(0.25, 2.2);
            let head = if bare[i] > 1.3 { 0.0 } else { 0.085 * burns * (1.0 + 0.9 * strength) };
            land.head_m_s.push(head as f32);
            land.eccentricity.push(eccentricity((1.0 + 0.22 * strength).min(3.0) as f32));
            let d = strength.max(1e-9);
            land.heading.push([(push[0] / d) as f32, (push[1] / d) as f32]);
        }
    }
    let jitter = 0.06 * side;
    let start = [
        w as f64 * (0.5 - 0.25 * toward[0]) + r.uniform(-jitter, jitter),
        h as f64 * (0.5 - 0.25 * toward[1]) + r.uniform(-jitter, jitter),
    ];
    for i in start_cells(sim, start) {
        land.head_m_s[i] = land.head_m_s[i].max(0.05); // the fire did start there
    }
    (land, start)
}

/// Cells within two of the start.
fn start_cells(sim: &SimFire, [x, y]: [f64; 2]) -> Vec<usize> {
    let mut cells = Vec::new();
    for j in 0..sim.height {
        for i in 0..sim.width {
            let (dx, dy) = (i as f64 - x, j as f64 - y);
            if dx * dx + dy * dy <= 4.0 {
                cells.push(j * sim.width + i);
            }
        }
    }
    cells
}

/// Frames of steady fire passed by each frame of the film `[frames + 1]`, from 0: fire runs in
/// gusts and rests between them.
fn gusts(sim: &SimFire, r: &mut Random) -> Vec<f32> {
    let (mut from, mut to) = (1.0, r.uniform(0.6, 1.5));
    let mut passed = vec![0f32];
    for k in 0..sim.frames {
        if k % 4 == 0 && k > 0 {
            (from, to) = (to, r.uniform(0.6, 1.5));
        }
        let speed = from + (to - from) * ((k % 4) as f64 / 4.0);
        passed.push(passed[k] + speed as f32);
    }
    passed
}

/// Film frame at which `steady` frames of steady fire have passed.
fn frame_at(gusts: &[f32], steady: f32) -> f32 {
    if steady <= 0.0 {
        return steady;
    }
    let k = gusts.partition_point(|&g| g < steady);
    match (gusts.get(k.wrapping_sub(1)), gusts.get(k)) {
        (Some(&a), Some(&b)) => (k - 1) as f32 + (steady - a) / (b - a),
        _ => f32::INFINITY,
    }
}

/// All that is drawn of a fire.
struct Scenery {
    sim: SimFire,
    /// As [`arrival_frames`] gives it.
    arrival: Array2<f32>,
    /// Unevenness of the ground, and of how long it flames: −1 to 1 or so, row by row.
    texture: Vec<f32>,
    flames: Vec<f32>,
    /// Its own stream, so that drawing never changes the fire.
    random: Random,
}

impl Scenery {
    fn of(sim: SimFire) -> Self {
        let arrival = arrival_frames(&sim);
        let mut random = Random::new(sim.seed ^ 0x5eed_cafe_f00d_d00d);
        let (h, w) = arrival.dim();
        let (mut texture, mut flames) = (Vec::new(), Vec::new());
        if sim.kind != Kind::Mask {
            texture = patches(&mut random, h, w, 3.0);
            flames = patches(&mut random, h, w, 6.0);
        }
        Self { sim, arrival, texture, flames, random }
    }
}

impl Painter for Scenery {
    fn paint(&mut self, k: usize) -> Pixels {
        if self.sim.kind == Kind::Mask {
            let burnt = self.arrival.mapv(|t| u8::from(t <= k as f32));
            return Pixels::U8(burnt.insert_axis(Axis(2)));
        }
        let (h, w) = self.arrival.dim();
        let r = &mut self.random;
        let mut heat = vec![0f32; h * w];
        for (i, &t) in self.arrival.iter().enumerate() {
            let age_s = (k as f32 - t) * self.sim.step_s as f32;
            let flaming_s = 45.0 + 12.0 * self.flames[i];
            let fire = if age_s < 0.0 || !age_s.is_finite() {
                0.0
            } else if age_s < flaming_s {
                r.uniform(0.85, 1.0) as f32
            } else {
                0.42 / (1.0 + (age_s - flaming_s) / 150.0)
            };
            let ground = 0.16 + 0.03 * self.texture[i];
            heat[i] = ground + (0.99 - ground) * fire;
        }
        let lens = blur(&heat, h, w);
        let grey = lens.iter().map(|v| {
            let noisy = v + 0.008 * r.normal() as f32;
            (noisy.clamp(0.0, 1.0) * 255.0).round() as u8
        });
        Pixels::U8(Array3::from_shape_vec((h, w, 1), grey.collect()).expect("a value a cell"))
    }
}

/// The lens: weights 1 6 1 along rows, then columns; edges repeat.
fn blur(v: &[f32], h: usize, w: usize) -> Vec<f32> {
    let pass = |v: &[f32], step: usize, n: usize, place: fn(usize, usize) -> usize| -> Vec<f32> {
        (0..v.len())
            .map(|i| {
                let p = place(i, w);
                let a = if p == 0 { i } else { i - step };
                let b = if p + 1 == n { i } else { i + step };
                (v[a] + 6.0 * v[i] + v[b]) / 8.0
            })
            .collect()
    };
    let rows = pass(v, 1, w, |i, w| i % w);
    pass(&rows, w, h, |i, w| i / w)
}
