//! Physics: what a forecast must not lose or make, whatever is observed.

use ndarray::{ArrayRef2, ArrayRef3, Axis};
use serde::Serialize;

use super::mean::ratio;
use crate::forecast::Burn;
use crate::front::edge_of;

/// Change of mass and energy by lead, as a share of what the last frame seen had.
///
/// Mass is the sum of the values, energy the sum of their squares. `None` where the last frame has
/// none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MassEnergyDrift {
    /// `(mass − mass seen) / mass seen`, one a lead.
    pub mass: Vec<Option<f64>>,
    /// `(energy − energy seen) / energy seen`, one a lead.
    pub energy: Vec<Option<f64>>,
}

impl MassEnergyDrift {
    /// Drift of frames `[L, H, W]` from the last frame seen `[H, W]`.
    #[must_use]
    pub fn of(seen: &ArrayRef2<f32>, frames: &ArrayRef3<f32>) -> Self {
        let (mass, energy) = mass_and_energy(seen);
        let sums: Vec<_> = frames.outer_iter().map(|frame| mass_and_energy(&frame)).collect();
        Self {
            mass: sums.iter().map(|s| ratio(s.0 - mass, mass)).collect(),
            energy: sums.iter().map(|s| ratio(s.1 - energy, energy)).collect(),
        }
    }

    /// How much more (or less) than the observed frames' own drift this is, lead by lead.
    #[must_use]
    pub fn beyond(&self, observed: &Self) -> Self {
        let minus = |a: &[Option<f64>], b: &[Option<f64>]| {
            a.iter().zip(b).map(|(a, b)| Some((*a)? - (*b)?)).collect()
        };
        Self {
            mass: minus(&self.mass, &observed.mass),
            energy: minus(&self.energy, &observed.energy),
        }
    }
}

fn mass_and_energy(frame: &ArrayRef2<f32>) -> (f64, f64) {
    frame.iter().fold((0.0, 0.0), |(mass, energy), &v| {
        let v = f64::from(v);
        (mass + v, energy + v * v)
    })
}

/// Cells that a forecast takes back, over all leads: burnt at one lead (or at the last frame seen,
/// `now`) and not at the next. 0 in a sound forecast.
#[must_use]
pub fn shrunk_cells(burn: &Burn, now: &ArrayRef2<bool>) -> u64 {
    let mut before = now.to_owned();
    let mut shrunk = 0;
    for l in 0..burn.probability.dim().0 {
        let after = burn.by(l);
        shrunk += before.iter().zip(&after).filter(|&(&b, &a)| b && !a).count() as u64;
        before = after;
    }
    shrunk
}

/// Front speed over the leads, pixels per frame: growth of the burnt area from the last frame seen
/// (`now`) to lead `L` (`then`), per cell of the later edge and frame. `None` without an edge.
#[must_use]
pub fn front_speed_px(now: &ArrayRef2<bool>, then: &ArrayRef2<bool>, leads: usize) -> Option<f64> {
    let count = |m: &ArrayRef2<bool>| m.iter().filter(|&&b| b).count() as f64;
    ratio(count(then) - count(now), count(&edge_of(then)) * leads as f64)
}

/// Front-speed error of forecast and observed masks `[L, H, W]`, pixels per frame: positive is too
/// fast.
/// `None` where either has no edge.
#[must_use]
pub fn front_speed_error_px(
    predicted: &ArrayRef3<bool>,
    observed: &ArrayRef3<bool>,
    now: &ArrayRef2<bool>,
) -> Option<f64> {
    let leads = predicted.dim().0.min(observed.dim().0);
    let last = leads.checked_sub(1)?;
    let speed = |m: &ArrayRef3<bool>| front_speed_px(now, &m.index_axis(Axis(0), last), leads);
    Some(speed(predicted)? - speed(observed)?)
}
