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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::MotionField;
    use crate::nowcast::cascade::{Aged, NUMBERS};
    use crate::rain_rate::{mm_h, share_of_mm_h};

    /// A shower of 8 mm/h, 10 cells to each side of a column.
    fn shower(col: f32) -> Array2<f32> {
        Array2::from_shape_fn((50, 80), |(y, x)| {
            let near = (y as f32 - 25.0).abs().max((x as f32 - col).abs()) <= 10.0;
            if near { share_of_mm_h(8.0) } else { 0.0 }
        })
    }

    /// Curves that look at the carried frame and the expected value.
    fn curves() -> Curves {
        let mut numbers = [0.0; NUMBERS];
        (numbers[1], numbers[4]) = (2.0, 0.5);
        Curves { rates_mm_h: vec![0.5, 5.0], fit: vec![[numbers, [0.0; NUMBERS]]; 2] }
    }

    fn forecast(
        now: &Array2<f32>,
        cores: usize,
        progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Option<Leads> {
        let wind = MotionField::even((50, 80), 0.0, 0.8);
        let before = shower(20.0);
        let frames = [Aged { age_min: 10.0, shares: &before }, Aged { age_min: 0.0, shares: now }];
        let ending = Ending::of(&frames, &wind, 1.0)?;
        let minutes = [10.0, 25.0];
        let lattice = Lattice::of_minutes(&wind, &minutes);
        let no_data = now.mapv(f32::is_nan);
        leads(&ending, &curves(), (&lattice, &minutes), &no_data, cores, progress)
    }

    #[test]
    fn rain_is_likely_where_it_is_carried_to_and_nowhere_without_data() {
        let mut now = shower(28.0);
        now[[3, 70]] = f32::NAN;
        let mut heard = Vec::new();
        let got = forecast(&now, 1, &mut |done, of| {
            heard.push((done, of));
            ControlFlow::Continue(())
        });
        let got = got.unwrap();
        assert_eq!(heard, [(1, 2), (2, 2)]);
        for (l, col) in [36, 48].into_iter().enumerate() {
            for (x, wet) in [(col - 7, true), (col, true), (col + 7, true), (col + 14, false)] {
                let likely = mm_h(got.likely[[l, 25, x]]);
                assert_eq!(likely >= 5.0, wet, "{l} {x}: {likely}");
                assert_eq!(got.chance.percent[[1, l, 25, x]] > 50, wet, "{l} {x}");
            }
            assert!(got.chance.percent[[0, l, 25, col]] >= got.chance.percent[[1, l, 25, col]]);
            let expected = got.mm_h[[l, 25, col]];
            assert!(expected > 4.0 && expected < 10.0, "{expected}");
            assert!(got.mm_h[[l, 3, 70]].is_nan() && got.likely[[l, 3, 70]] == 0.0);
            assert_eq!(got.chance.percent[[0, l, 3, 70]], Chance::NO_DATA);
        }
        // On more cores the same.
        let again = forecast(&now, 3, &mut |_, _| ControlFlow::Continue(())).unwrap();
        assert_eq!(again.chance, got.chance);
        assert_eq!(again.likely, got.likely);
    }

    #[test]
    fn the_rate_to_expect_is_the_integral_of_the_chances() {
        let got = forecast(&shower(28.0), 1, &mut |_, _| ControlFlow::Continue(())).unwrap();
        for ((l, y, x), expected) in got.mm_h.indexed_iter() {
            let p = [0, 1].map(|k| f64::from(got.chance.percent[[k, l, y, x]]) / 100.0);
            if p[1] < 0.05 || p[0] - p[1] < 0.05 {
                continue;
            }
            // Up to 0.5 mm/h, to 5 mm/h by logarithms, and on to 10 by a straight line.
            let between = 4.5 * (p[0] - p[1]) / (p[0] / p[1]).ln();
            let want = 0.5 * p[0] + between + 2.5 * p[1];
            assert!((f64::from(*expected) - want).abs() < 0.05, "{l} {y} {x}: {expected} {want}");
        }
    }

    #[test]
    fn work_is_called_off() {
        assert!(forecast(&shower(28.0), 2, &mut |_, _| ControlFlow::Break(())).is_none());
    }

    #[test]
    fn nothing_but_dry_or_no_data_is_forecast_too() {
        for value in [0.0, f32::NAN] {
            let now = Array2::from_elem((50, 80), value);
            let got = forecast(&now, 1, &mut |_, _| ControlFlow::Continue(())).unwrap();
            assert!(got.likely.iter().all(|v| *v == 0.0), "{value}");
            assert!(got.mm_h.iter().all(|v| v.is_nan() == value.is_nan()), "{value}");
        }
    }
}
