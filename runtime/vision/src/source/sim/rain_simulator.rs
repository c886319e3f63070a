//! `sim:rain`: made-up rain that a wind carries, the same for the same seed.
//!
//! Rain is what exceeds a threshold in a sum of random fields of ever finer patches, all carried by
//! one wind. Patches grow and decay while they move, the fine ones in minutes and the broad ones in
//! hours, as real rain does (Seed, 2003). It is there for demonstrations and tests: nothing real is
//! claimed of it. Only exactly rounded arithmetic is used, so every machine draws the same pixels.

use ndarray::{Array3, Axis};

use super::address::Query;
use super::random::{Random, direction, mix};
use super::simulator::{Painter, Simulator};
use crate::frame::{Kind, Pixels};
use crate::rain_rate::FULL_CODE;
use crate::source::about::About;
use crate::source::error::SourceError;
use crate::source::options::SourceOptions;

const KEYS: &str = "seed, height, width, frames, step_s, cell_m";
/// Width of the patches of each layer, metres; how long they live, seconds; their strength.
const LAYERS: [(f64, f64, f64); 4] = [
    (48_000.0, 9_000.0, 1.0),
    (22_000.0, 4_000.0, 0.7),
    (10_000.0, 1_800.0, 0.45),
    (4_500.0, 800.0, 0.25),
];
/// Sum of the layers from which it rains.
const DRY_BELOW: f64 = 0.35;
/// Codes by which rain grows with each unit above that.
const CODES: f64 = 75.0;

/// What is simulated; the address `sim:rain?…` names it.
#[derive(Clone, Debug, PartialEq)]
pub struct SimRain {
    /// Draws the wind and the rain.
    pub seed: u64,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Number of frames.
    pub frames: usize,
    /// Seconds between frames.
    pub step_s: f64,
    /// Side of a cell, metres.
    pub cell_m: f64,
}

impl Default for SimRain {
    fn default() -> Self {
        Self { seed: 7, height: 128, width: 128, frames: 24, step_s: 300.0, cell_m: 1000.0 }
    }
}

impl SimRain {
    /// The whole address, defaults written out: what the digest is taken of.
    #[must_use]
    pub fn address(&self) -> String {
        let Self { seed, height, width, frames, step_s, cell_m } = self;
        format!(
            "sim:rain?seed={seed}&height={height}&width={width}&frames={frames}&step_s={step_s}\
             &cell_m={cell_m}"
        )
    }

    /// What the address `uri` with this query means.
    pub(super) fn parse(query: &Query<'_>, options: &SourceOptions) -> Result<Self, SourceError> {
        let (mut sim, mut step_named) = (Self::default(), false);
        for (key, value) in query.pairs() {
            match key {
                "seed" => sim.seed = query.number(key, value)?,
                "height" => sim.height = query.number(key, value)?,
                "width" => sim.width = query.number(key, value)?,
                "frames" => sim.frames = query.number(key, value)?,
                "step_s" => (sim.step_s, step_named) = (query.number(key, value)?, true),
                "cell_m" => sim.cell_m = query.number(key, value)?,
                _ => return Err(query.unknown(key, KEYS)),
            }
        }
        if options.kind.is_some_and(|kind| kind != Kind::Rain) {
            return Err(query.refused("sim:rain draws no such kind", "leave ‹kind› out"));
        }
        if let (Some(step_s), false) = (options.step_s, step_named) {
            sim.step_s = step_s;
        }
        query.check_sides(sim.height, sim.width)?;
        query.check("frames", sim.frames as f64, 2.0..=10_000.0)?;
        query.check("step_s", sim.step_s, 1.0..=3600.0)?;
        query.check("cell_m", sim.cell_m, 100.0..=4000.0)?;
        query.check_bytes(sim.frames, sim.height, sim.width)?;
        Ok(sim)
    }

    /// The frames of this rain; `uri` is what was typed.
    pub(super) fn source(self, uri: &str) -> Simulator {
        let about = About {
            kind: Some(Kind::Rain),
            ..Simulator::about(uri, "rain", self.address(), [self.height, self.width], self.cell_m)
        };
        let (frames, step_s, address) = (self.frames, self.step_s, self.address());
        Simulator::new(about, &address, frames, step_s, Box::new(Weather::of(self)))
    }

    /// Wind that carries the rain, columns and rows a second.
    fn wind_cells_s(&self, random: &mut Random) -> [f64; 2] {
        let toward = direction(random);
        let wind_m_s = random.uniform(5.0, 12.0);
        toward.map(|along| along * wind_m_s / self.cell_m)
    }
}

/// All that is drawn of the rain.
struct Weather {
    sim: SimRain,
    wind_cells_s: [f64; 2],
    layers: Vec<Layer>,
}

impl Weather {
    fn of(sim: SimRain) -> Self {
        let mut random = Random::new(sim.seed);
        let wind_cells_s = sim.wind_cells_s(&mut random);
        let layers = LAYERS.map(|(patch_m, life_s, strength)| Layer {
            seed: random.bits(),
            patch_cells: patch_m / sim.cell_m,
            life_s,
            strength,
        });
        Self { sim, wind_cells_s, layers: layers.into() }
    }
}

impl Painter for Weather {
    fn paint(&mut self, index: usize) -> Pixels {
        let time_s = index as f64 * self.sim.step_s;
        let blown = self.wind_cells_s.map(|along| along * time_s);
        let shape = (self.sim.height, self.sim.width);
        let mut sum = Array3::<f64>::zeros((shape.0, shape.1, 1));
        for layer in &self.layers {
            let field = sum.index_axis_mut(Axis(2), 0);
            layer.add_to(field, blown, time_s);
        }
        Pixels::U8(sum.mapv(|v| {
            let code = (v - DRY_BELOW) * CODES;
            if code < 1.0 { 0 } else { code.round().min(f64::from(FULL_CODE)) as u8 }
        }))
    }
}

/// A random field of patches of one width that come and go while the wind carries them.
struct Layer {
    seed: u64,
    /// Width of a patch, cells.
    patch_cells: f64,
    /// How long a patch lives, seconds.
    life_s: f64,
    /// Deviation of the field.
    strength: f64,
}

impl Layer {
    /// Adds the field of time `time_s`, carried `blown` columns and rows, to `sum` `[H, W]`.
    fn add_to(&self, mut sum: ndarray::ArrayViewMut2<'_, f64>, blown: [f64; 2], time_s: f64) {
        let (h, w) = sum.dim();
        let along = |n: usize, blown: f64| -> Vec<(i64, f64)> {
            let place = |i: usize| {
                let at = (i as f64 - blown) / self.patch_cells;
                let f = at - at.floor();
                (at.floor() as i64, f * f * (3.0 - 2.0 * f))
            };
            (0..n).map(place).collect()
        };
        let (rows, cols) = (along(h, blown[1]), along(w, blown[0]));
        let span = |all: &[(i64, f64)]| (all[0].0, (all[all.len() - 1].0 - all[0].0) as usize + 2);
        let ((top, high), (left, wide)) = (span(&rows), span(&cols));
        let nodes: Vec<f64> = (0..high * wide)
            .map(|i| self.node(top + (i / wide) as i64, left + (i % wide) as i64, time_s))
            .collect();
        for (y, &(row, fy)) in rows.iter().enumerate() {
            let upper = (row - top) as usize * wide;
            for (x, &(col, fx)) in cols.iter().enumerate() {
                let i = upper + (col - left) as usize;
                let above = nodes[i] * (1.0 - fx) + nodes[i + 1] * fx;
                let below = nodes[i + wide] * (1.0 - fx) + nodes[i + wide + 1] * fx;
                sum[[y, x]] += self.strength * (above * (1.0 - fy) + below * fy);
            }
        }
    }

    /// Value of a node, of mean 0 and deviation 1: one patch fades into the next, at each node in
    /// its own time.
    fn node(&self, row: i64, col: i64, time_s: f64) -> f64 {
        let place = mix(self.seed ^ mix(row as u64)) ^ mix((col as u64).rotate_left(32));
        let age = (mix(place) >> 11) as f64 / (1u64 << 53) as f64;
        let lives = time_s / self.life_s + age;
        let (life, f) = (lives.floor() as u64, lives - lives.floor());
        let (old, new) = (patch(place, life), patch(place, life + 1));
        ((1.0 - f) * old + f * new) / ((1.0 - f) * (1.0 - f) + f * f).sqrt()
    }
}

/// Strength of the patch that is the `life`-th at a place: about normal with mean 0 and deviation 1,
/// a sum of four 16-bit uniforms.
fn patch(place: u64, life: u64) -> f64 {
    let bits = mix(place.wrapping_add(mix(life)));
    let sum: f64 = (0..4).map(|i| ((bits >> (16 * i)) & 0xffff) as f64).sum();
    (sum / 65535.0 - 2.0) * 3f64.sqrt()
}
