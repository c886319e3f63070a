//! A made-up fire for the tests of this room: an ellipse that grows to the east.

use std::sync::Arc;

use jiff::Timestamp;
use ndarray::{Array2, Array3, Array4};

use super::parts::Fire;
use crate::clip::{Burning, Clip, Observed, Span, Unit, Unseen};
use crate::forecast::{
    Burn, Chance, EngineFacts, Forecast, InputFacts, ModelFacts, Predicted, Provenance, Rain,
    StageSeconds, arrival_from_probability,
};
use crate::frame::{Elapsed, Kind, Pixels, TimeSource};
use crate::grid::Grid;
use crate::note::Note;
use crate::task::Task;

/// Everything that products are made of.
pub(crate) struct Trial {
    pub(crate) clip: Clip,
    pub(crate) forecast: Forecast,
    pub(crate) provenance: Provenance,
}

/// Of a model that does not exist.
pub(crate) fn provenance() -> Provenance {
    Provenance {
        emberline: "0.0.0",
        model: ModelFacts {
            name: "fire".to_owned(),
            version: 1,
            sha256: "0".repeat(64),
            from: "a test".to_owned(),
            precision: "float32".to_owned(),
        },
        engine: EngineFacts {
            name: "tract",
            detail: "tract".to_owned(),
            why: "a test".to_owned(),
            threads: 1,
        },
        input: InputFacts {
            name: "trial.npz".to_owned(),
            sha256: "0".repeat(64),
            kind: Kind::Thermal,
            frames: 4,
            height: 1,
            width: 1,
            film_step_s: 60.0,
            times_from: TimeSource::Utc,
            start_utc: None,
            mask: None,
            palette: None,
            last_frame_seen: Some(3),
            frames_seen: vec![0, 1, 2, 3],
        },
        timings_s: StageSeconds::default(),
        rollout_from_lead: None,
        warnings: Vec::new(),
        forecast_notes: Vec::new(),
        drift: None,
        memory: None,
        settings: serde_json::Map::new(),
    }
}

/// Surer the heavier it rains, none without data.
fn chance(rain: &Rain) -> Chance {
    let (l, h, w) = rain.mm_h.dim();
    let rates_mm_h = vec![0.1, 0.5, 1.0, 5.0];
    let percent = Array4::from_shape_fn((rates_mm_h.len(), l, h, w), |(k, l, y, x)| {
        let rate = rain.mm_h[[l, y, x]];
        let share = 100.0 * rate / (rate + rates_mm_h[k]);
        if rate.is_nan() { Chance::NO_DATA } else { share.round() as u8 }
    });
    Chance { rates_mm_h, percent }
}

impl Trial {
    /// Signed distance to the ellipse's line at step `t`, in cells; positive is inside.
    fn inside(h: usize, w: usize, y: usize, x: usize, t: f64) -> f64 {
        let s = h.min(w) as f64;
        let (ry, rx) = (s * (0.12 + 0.012 * t), s * (0.14 + 0.03 * t));
        let cx = w as f64 * 0.35 + s * 0.018 * t;
        let (dy, dx) = (y as f64 + 0.5 - h as f64 * 0.5, x as f64 + 0.5 - cx);
        let wave = 1.0 + 0.08 * (dy.atan2(dx) * 5.0).sin();
        (1.0 - (dy / ry).hypot(dx / rx) / wave) * ry
    }

    /// A thermal film of `h`×`w` with four frames a minute apart and `leads` more minutes of
    /// forecast.
    pub(crate) fn ellipse(h: usize, w: usize, leads: usize) -> Self {
        let edge = |d: f64, soft: f64| (1.0 / (1.0 + (-d / soft).exp())) as f32;
        let seen = Array3::from_shape_fn((4, h, w), |(t, y, x)| {
            let d = Self::inside(h, w, y, x, t as f64 - 3.0);
            let ground = 0.12 + 0.05 * ((x as f64 * 0.23).sin() * (y as f64 * 0.19).cos()) as f32;
            let flame = (-(d / 2.0).powi(2)).exp() as f32;
            (ground + 0.35 * edge(d, 0.4) + 0.5 * flame).clamp(0.0, 1.0)
        });
        let burnt = Array3::from_shape_fn((4, h, w), |(t, y, x)| {
            Self::inside(h, w, y, x, t as f64 - 3.0) >= 0.0
        });
        let burnt_now = burnt.index_axis(ndarray::Axis(0), 3).to_owned();
        let lead_s: Vec<f64> = (1..=leads).map(|l| l as f64 * 60.0).collect();
        let mut burn = Array3::from_shape_fn((leads, h, w), |(l, y, x)| {
            let d = Self::inside(h, w, y, x, (l + 1) as f64);
            if burnt_now[[y, x]] { 1.0 } else { edge(d, 0.5 + 0.25 * (l + 1) as f64) }
        });
        for l in 1..leads {
            for y in 0..h {
                for x in 0..w {
                    burn[[l, y, x]] = burn[[l, y, x]].max(burn[[l - 1, y, x]]);
                }
            }
        }
        let grid = Grid::new(h, w);
        let minutes = [2, 3, 4, 5].map(|m| format!("2026-08-03T14:0{m}:30Z"));
        let utc: [Timestamp; 4] = minutes.map(|text| text.parse().expect("a time"));
        let grey = |t: usize| {
            let cell = |(y, x, _)| (seen[[t, y, x]] * 255.0) as u8;
            Arc::new(Pixels::U8(Array3::from_shape_fn((h, w, 1), cell)))
        };
        let pixels = (0..4).map(grey).collect();
        let clip = Clip {
            kind: Kind::Thermal,
            frames: seen,
            observed: Observed::Fire(Burning::seen(burnt, 0.5)),
            unit: Unit::Span(Span { zero: 0.0, one: 255.0 }),
            step_s: 60.0,
            lead_steps: 1,
            end: Elapsed::counted(3, 60.0),
            end_utc: Some(utc[3]),
            pixels,
            picked: vec![0, 1, 2, 3],
            grid: grid.clone(),
            notes: vec![Note::Simulated { what: "fire", address: "trial".to_owned() }],
        };
        let arrival_s = arrival_from_probability(&burn, &lead_s, &burnt_now, 0.5);
        let forecast = Forecast {
            lead_s,
            frames: burn.clone().insert_axis(ndarray::Axis(0)),
            predicted: Predicted::Fire(Burn { probability: burn, arrival_s, threshold: 0.5 }),
            rollout_from_lead: None,
            codes: Vec::new(),
            drift: None,
            grid,
            notes: Vec::new(),
        };
        Self { clip, forecast, provenance: provenance() }
    }

    /// The same frames for a forecast of this task, with a strip without data where it is rain.
    pub(crate) fn told_as(mut self, task: Task) -> Self {
        let none = Array3::from_shape_fn(self.clip.frames.dim(), |(_, _, x)| x < 5);
        match task {
            Task::FireFront => {}
            Task::Frames => {
                (self.clip.observed, self.forecast.predicted) = (Observed::Film, Predicted::Film)
            }
            Task::Rain => {
                let unseen = Unseen::new(none, Vec::new(), 60.0);
                self.clip.kind = Kind::Rain;
                self.clip.unit = Unit::RainCode;
                let mut rain = Rain::of(&self.forecast.member(0).to_owned(), &unseen.now());
                rain.chance = Some(chance(&rain));
                // Rain comes in from the west, two cells a lead, from where there is no data.
                rain.from_outside = Some(Array3::from_shape_fn(rain.mm_h.dim(), |(l, _, x)| {
                    (5..7 + 2 * l).contains(&x)
                }));
                // Frames are what is likely; half of it is expected.
                rain.frames_are_likely = true;
                rain.mm_h.mapv_inplace(|v| v / 2.0);
                self.forecast.predicted = Predicted::Rain(rain);
                self.clip.observed = Observed::Rain(unseen);
            }
        }
        self
    }

    /// What burns in the clip.
    pub(crate) fn burning(&self) -> &Burning {
        self.clip.observed.fire().expect("a trial is a fire")
    }

    /// Where it will burn.
    pub(crate) fn burn(&self) -> &Burn {
        self.forecast.burn().expect("a trial is a fire")
    }

    /// Where it will burn, to be spoilt.
    pub(crate) fn burn_mut(&mut self) -> &mut Burn {
        let Predicted::Fire(burn) = &mut self.forecast.predicted else {
            panic!("a trial is a fire")
        };
        burn
    }

    /// Both together.
    pub(crate) fn fire(&self) -> Fire<'_> {
        Fire { burning: self.burning(), burn: self.burn() }
    }

    /// The same fire on a map.
    pub(crate) fn on(mut self, crs: &str, transform: [f64; 6], cell_m: Option<f64>) -> Self {
        for grid in [&mut self.clip.grid, &mut self.forecast.grid] {
            grid.crs = Some(crs.to_owned());
            grid.transform = Some(transform);
            grid.cell_m = cell_m;
        }
        self
    }

    /// The same forecast with the given burn, now and at every lead.
    pub(crate) fn all(mut self, burnt: bool) -> Self {
        let p = f32::from(u8::from(burnt));
        let Observed::Fire(burning) = &mut self.clip.observed else { panic!("a trial is a fire") };
        burning.burnt.fill(burnt);
        self.forecast.frames.fill(p);
        let arrival = if burnt { 0.0 } else { f32::NAN };
        let burn = self.burn_mut();
        burn.probability.fill(p);
        burn.arrival_s = Array2::from_elem(burn.arrival_s.dim(), arrival);
        self
    }

    /// The same fire with spots everywhere and probabilities in tenths, as an ensemble of ten gives
    /// them: many exactly at the threshold, many touching at corners.
    pub(crate) fn speckled(mut self) -> Self {
        let mut seed = 7u64;
        let now = self.burning().now();
        let lead_s = self.forecast.lead_s.clone();
        let burn = self.burn_mut();
        for ((_, y, x), p) in burn.probability.indexed_iter_mut() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let spot = ((seed >> 40) % 11) as f32 * if x % 3 == 0 { 1.0 } else { 0.4 };
            let tenths = (*p * 10.0 + spot - 2.0).round().clamp(0.0, 10.0);
            *p = if now[[y, x]] { 1.0 } else { tenths / 10.0 };
        }
        for l in 1..lead_s.len() {
            let before = burn.probability.index_axis(ndarray::Axis(0), l - 1).to_owned();
            let mut p = burn.probability.index_axis_mut(ndarray::Axis(0), l);
            p.zip_mut_with(&before, |p, b| *p = p.max(*b));
        }
        burn.arrival_s = arrival_from_probability(&burn.probability, &lead_s, &now, burn.threshold);
        self
    }

    /// The same fire seen in another kind of frame.
    pub(crate) fn seen_as(mut self, kind: Kind) -> Self {
        self.clip.kind = kind;
        for (t, pixels) in self.clip.pixels.iter_mut().enumerate() {
            let seen = self.clip.frames.index_axis(ndarray::Axis(0), t);
            let Observed::Fire(burning) = &self.clip.observed else { panic!("a trial is a fire") };
            let burnt = burning.burnt.index_axis(ndarray::Axis(0), t);
            let (h, w) = seen.dim();
            *pixels = Arc::new(match kind {
                Kind::Rgb => Pixels::U8(Array3::from_shape_fn((h, w, 3), |(y, x, c)| {
                    let v = seen[[y, x]];
                    ([v.powf(0.6), 0.3 + 0.5 * v, 0.25 * (1.0 - v)][c] * 255.0) as u8
                })),
                _ => Pixels::U8(Array3::from_shape_fn((h, w, 1), |(y, x, _)| {
                    u8::from(burnt[[y, x]])
                })),
            });
        }
        if kind == Kind::Mask {
            self.clip.frames = self.burning().burnt.mapv(|b| f32::from(u8::from(b)));
            self.clip.unit = Unit::Span(Span { zero: 0.0, one: 1.0 });
        }
        self
    }
}
