//! Leads: all leads of a forecast, side by side on the cores there are.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::mpsc::channel;

use ndarray::{Array2, Array3, Array4, Axis};

use super::curves::Curves;
use super::ending::Ending;
use super::lead::{Chances, Written, write};
use crate::extrapolation::Lattice;
use crate::forecast::Chance;

/// What is forecast at each lead.
pub(crate) struct Leads {
    /// Chances of each rate.
    pub(crate) chance: Chance,
    /// Expected rate `[L, H, W]`, mm/h; NaN where there is no data.
    pub(crate) mm_h: Array3<f32>,
    /// Rain that is likely `[L, H, W]`, as shares (`crate::rain_rate`); 0 where there is no data.
    pub(crate) likely: Array3<f32>,
}

/// Forecasts at the leads `minutes` of `lattice`, on at most `cores` cores; `no_data` `[H, W]` is where nothing
/// is forecast. `progress` hears of leads done and of how many; `None` where it broke off.
pub(crate) fn leads(
    ending: &Ending,
    curves: &Curves,
    (lattice, minutes): (&Lattice, &[f64]),
    no_data: &Array2<bool>,
    cores: usize,
    progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Option<Leads> {
    let ((h, w), n, k) = (no_data.dim(), minutes.len(), curves.rates_mm_h.len());
    let mut percent = Array4::from_elem((k, n, h, w), Chance::NO_DATA);
    let mut mm_h = Array3::zeros((n, h, w));
    let mut likely = Array3::zeros((n, h, w));
    let parts = percent
        .axis_iter_mut(Axis(1))
        .zip(mm_h.outer_iter_mut())
        .zip(likely.outer_iter_mut())
        .map(|((percent, mm_h), likely)| Written { percent, mm_h, likely });
    let work = Mutex::new(minutes.iter().enumerate().zip(parts));
    let next = || work.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    let (done, heard) = channel();
    let finished = std::thread::scope(|scope| {
        for _ in 0..cores.clamp(1, n.max(1)) {
            let done = done.clone();
            scope.spawn(move || {
                while let Some(((l, minutes), out)) = next() {
                    write(ending, curves, lattice, (l, *minutes), no_data, out);
                    if done.send(()).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let mut count = 0;
        // When nobody listens any more, nobody works on.
        for () in heard {
            count += 1;
            if progress(count, n).is_break() {
                return false;
            }
        }
        true
    });
    finished.then(|| Leads {
        chance: Chance { rates_mm_h: curves.rates_mm_h.clone(), percent },
        mm_h,
        likely,
    })
}

/// Chances `[K, L, H, W]` as they are, before they are rounded: what a golden answer is held against.
pub(crate) fn exact_chances(
    ending: &Ending,
    curves: &Curves,
    (lattice, minutes): (&Lattice, &[f64]),
) -> Array4<f32> {
    let all: Vec<Chances> = minutes
        .iter()
        .enumerate()
        .map(|(l, minutes)| Chances::of(ending, curves, lattice, (l, *minutes)))
        .collect();
    let (h, w) = ending.shape();
    Array4::from_shape_fn((curves.rates_mm_h.len(), minutes.len(), h, w), |(k, l, y, x)| {
        all[l].at(k, y * w + x)
    })
}
