//! The front: where the fire's edge is, and how fast each piece of it moves.
//!
//! Computed once per forecast from the burnt masks of a clip. The same definitions stand in
//! `export/emberline_export/front.py`; golden files hold both to them.

use std::ops::RangeInclusive;

use ndarray::{Array2, Array3, ArrayRef2, ArrayRef3, Axis, s};

use crate::burnt::burnt_for;

mod nearest;
mod smoothing;

pub(crate) use nearest::Nearest;

/// Frames over which a piece of front's own speed is measured.
const LOOK_BACK: usize = 5;
/// Frames after which a piece of front that has stood still is no longer told apart.
const STILL_MAX: f32 = 100.0;
/// Distance where nothing burns, pixels.
const FAR_PX: f32 = 1e3;

/// Maps `[H, W]` of a fire's front at the last frame of a clip, in pixels and pixels per frame.
///
/// The edge is the burnt cells with an unburnt 4-neighbour; outside the image counts as burnt.
#[derive(Clone, Debug)]
pub struct Front {
    /// Euclidean distance to the nearest burnt cell's centre, 0 inside; 1000 everywhere when
    /// nothing is burnt.
    pub distance_px: Array2<f32>,
    /// 0 where unburnt, else `(T − first burnt frame) / T`: just burnt is `1/T`, burnt from the
    /// first frame on is 1.
    pub age: Array2<f32>,
    /// Mean speed of the whole front, pixels per frame: growth of the burnt area over the clip, per
    /// edge cell and frame; at least 0.
    pub global_px: f32,
    /// Speed of the nearest edge cell, pixels per frame: its distance from where the fire was 5
    /// frames earlier over 5 (fewer in a shorter clip), smoothed along the front (Gaussian, 2 px).
    pub local_px: Array2<f32>,
    /// For how long the nearest edge cell has stood still: ln(1 + n) of n frames, 0 for one that burns
    /// since the last frame, n at most 99; smoothed along the front like its speed.
    pub still: Array2<f32>,
}

impl Front {
    /// Maps that [`Self::channels`] gives: a network takes the first so many.
    pub(crate) const CHANNELS: RangeInclusive<usize> = 5..=6;

    /// Front of burnt masks `[T, H, W]`, oldest first, that never shrink; nothing is known of before.
    #[must_use]
    pub fn of(burnt: &Array3<bool>) -> Self {
        Self::remembered(burnt, &burnt_for(burnt))
    }

    /// Front of burnt masks `[T, H, W]`, oldest first, that never shrink, of a fire that has been
    /// followed for longer: each burnt cell burns for so many frames, 1 for one that burns since the
    /// last.
    ///
    /// Where the fire was not there yet 5 frames earlier, the speed of the whole front stands for
    /// its pieces'; likewise where no edge is left because everything has burnt.
    #[must_use]
    pub fn remembered(burnt: &Array3<bool>, burnt_for: &Array2<f32>) -> Self {
        let (t, h, w) = burnt.dim();
        let still_max = STILL_MAX.ln();
        let far = |age| Self {
            distance_px: Array2::from_elem((h, w), FAR_PX),
            age,
            global_px: 0.0,
            local_px: Array2::zeros((h, w)),
            still: Array2::from_elem((h, w), still_max),
        };
        let Some(last) = t.checked_sub(1) else { return far(Array2::zeros((h, w))) };
        let now = burnt.index_axis(Axis(0), last);
        if !now.iter().any(|&b| b) {
            return far(Array2::zeros((h, w)));
        }
        let edge = edge_of(&now);
        let global_px = global_speed_px(burnt, &edge);
        let age = age_of(burnt);
        let Some(mut to_edge) = Nearest::to(&edge) else {
            // Everything is burnt.
            let local_px = Array2::from_elem((h, w), global_px);
            let still = Array2::from_elem((h, w), still_max);
            return Self { distance_px: Array2::zeros((h, w)), age, global_px, local_px, still };
        };
        let look_back = LOOK_BACK.min(last);
        let back = burnt.slice(s![last - look_back, .., ..]);
        let speed = smoothing::along(&edge, &edge_speed_px(&edge, &back, look_back, global_px));
        let waited =
            smoothing::along(&edge, &burnt_for.mapv(|frames| frames.clamp(1.0, STILL_MAX).ln()));

        // The burnt cell nearest to an unburnt one is always on the edge: one search does for both.
        let mut distance_px = Array2::zeros((h, w));
        let mut local_px = Array2::zeros((h, w));
        let mut still = Array2::zeros((h, w));
        let mut cells = Vec::with_capacity(w);
        for y in 0..h {
            to_edge.row(y, &mut cells);
            for (x, cell) in cells.iter().enumerate() {
                let edge = [cell.row as usize, cell.col as usize];
                local_px[[y, x]] = speed[edge];
                still[[y, x]] = waited[edge];
                if !now[[y, x]] {
                    distance_px[[y, x]] = cell.distance_px(y, x) as f32;
                }
            }
        }
        Self { distance_px, age, global_px, local_px, still }
    }

    /// Input of a network `[6, H, W]`: distance, age, mean speed (constant), local speed,
    /// `advection_speed_px` `[H, W]`, the speed at which optical flow carries fire there (see
    /// [`crate::motion::farneback`]), and how long the front has stood still.
    #[must_use]
    pub fn channels(&self, advection_speed_px: &Array2<f32>) -> Array3<f32> {
        let (h, w) = self.distance_px.dim();
        let mut out = Array3::from_elem((*Self::CHANNELS.end(), h, w), self.global_px);
        let maps = [
            (0, &self.distance_px),
            (1, &self.age),
            (3, &self.local_px),
            (4, advection_speed_px),
            (5, &self.still),
        ];
        for (k, map) in maps {
            out.index_axis_mut(Axis(0), k).assign(map);
        }
        out
    }
}

/// Burnt cells `[H, W]` with an unburnt 4-neighbour; outside the image counts as burnt.
#[must_use]
pub(crate) fn edge_of(burnt: &ArrayRef2<bool>) -> Array2<bool> {
    let (h, w) = burnt.dim();
    Array2::from_shape_fn((h, w), |(y, x)| {
        burnt[[y, x]]
            && !((y == 0 || burnt[[y - 1, x]])
                && (y + 1 == h || burnt[[y + 1, x]])
                && (x == 0 || burnt[[y, x - 1]])
                && (x + 1 == w || burnt[[y, x + 1]]))
    })
}

/// Growth of the burnt area `[T, H, W]` per edge cell and frame, at least 0. With no edge left the
/// growth counts as one cell's.
fn global_speed_px(burnt: &ArrayRef3<bool>, edge: &Array2<bool>) -> f32 {
    let count = |m: &ArrayRef2<bool>| m.iter().filter(|&&b| b).count();
    let last = burnt.dim().0 - 1;
    let grown = count(&burnt.index_axis(Axis(0), last)) as f64
        - count(&burnt.index_axis(Axis(0), 0)) as f64;
    let edge_cells = count(edge).max(1);
    (grown / edge_cells as f64 / last.max(1) as f64).max(0.0) as f32
}

/// How long each cell has been burnt, as a share of the clip `[T, H, W]`.
fn age_of(burnt: &ArrayRef3<bool>) -> Array2<f32> {
    let (t, h, w) = burnt.dim();
    let mut age = Array2::zeros((h, w));
    for (k, frame) in burnt.outer_iter().enumerate().rev() {
        let value = ((t - k) as f64 / t as f64) as f32;
        age.zip_mut_with(&frame, |a, &b| {
            if b {
                *a = value;
            }
        });
    }
    let now = burnt.index_axis(Axis(0), t - 1);
    age.zip_mut_with(&now, |a, &b| {
        if !b {
            *a = 0.0;
        }
    });
    age
}

/// Speed of each edge cell, pixels per frame, 0 off the edge: its distance from the cells burnt
/// `look_back` frames earlier, over `look_back`.
fn edge_speed_px(
    edge: &Array2<bool>,
    back: &ArrayRef2<bool>,
    look_back: usize,
    global_px: f32,
) -> Array2<f32> {
    let uniform = || edge.mapv(|e| if e { global_px } else { 0.0 });
    if look_back == 0 {
        return uniform();
    }
    let Some(mut nearest) = Nearest::to(back) else { return uniform() };
    let mut speed = Array2::zeros(edge.dim());
    let mut cells = Vec::new();
    for (y, row) in edge.outer_iter().enumerate() {
        if !row.iter().any(|&e| e) {
            continue;
        }
        nearest.row(y, &mut cells);
        for (x, cell) in cells.iter().enumerate().filter(|&(x, _)| row[x]) {
            speed[[y, x]] = (cell.distance_px(y, x) / look_back as f64) as f32;
        }
    }
    speed
}

#[cfg(test)]
mod tests;
