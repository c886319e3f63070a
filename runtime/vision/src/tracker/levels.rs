//! Levels: from which value on ground is a fire's core, and from which it is warm.

use ndarray::ArrayRef2;

use crate::quantile::{nth, quantile};

/// Share of a frame's cells that lie below its top.
const TOP: f64 = 0.9995;
/// Contrast of a core, and of warm ground, as shares of the film's own.
const CORE: f32 = 0.92;
const WARM: f32 = 0.5;
/// Tops kept for their median; of a longer film evenly spaced ones.
pub(super) const TOPS: usize = 256;

/// What the frames so far say of background and fire; as much memory for a month as for a minute.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    /// Median of the first frame: later ones are shifted to it, because a camera drifts.
    pub(super) background: Option<f32>,
    /// Tops of every `stride`-th frame, oldest first.
    pub(super) tops: Vec<f32>,
    pub(super) stride: u64,
    pub(super) frames: u64,
}

/// Levels for one frame, in its own values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FrameLevels {
    /// Median of the frame.
    pub(super) background: f32,
    /// Contrast of the film's top over its background.
    pub(super) contrast: f32,
    /// Value from which a cell is a core.
    pub(super) core: f32,
    /// Value from which a cell is warm.
    pub(super) warm: f32,
}

impl Levels {
    /// Before the first frame.
    pub(super) fn new() -> Self {
        Self { background: None, tops: Vec::new(), stride: 1, frames: 0 }
    }

    /// Takes the values `[H, W]` of one more frame into account.
    pub(super) fn of(&mut self, values: &ArrayRef2<f32>) -> FrameLevels {
        let all = || values.iter().copied();
        let n = values.len();
        let median = nth(all, n / 2);
        let background = *self.background.get_or_insert(median);
        self.add(quantile(all, n, TOP) - (median - background));
        let contrast = self.top() - background;
        FrameLevels {
            background: median,
            contrast,
            core: median + CORE * contrast,
            warm: median + WARM * contrast,
        }
    }

    fn add(&mut self, top: f32) {
        if self.frames.is_multiple_of(self.stride) {
            if self.tops.len() == TOPS {
                let mut place = 0;
                self.tops.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                self.stride *= 2;
            }
            self.tops.push(top);
        }
        self.frames += 1;
    }

    /// Median of the tops.
    fn top(&self) -> f32 {
        let mut sorted = self.tops.clone();
        sorted.sort_by(f32::total_cmp);
        let half = sorted.len() / 2;
        match sorted.len() {
            0 => 0.0,
            n if n % 2 == 1 => sorted[half],
            _ => f32::midpoint(sorted[half - 1], sorted[half]),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn gain_and_offset_move_the_levels_along() {
        let scene = Array2::from_shape_fn((50, 40), |(y, x)| if y < 2 { 200.0 } else { x as f32 });
        let of = |gain: f32, offset: f32| {
            let mut levels = Levels::new();
            levels.of(&scene.mapv(|v| gain * v + offset))
        };
        let plain = of(1.0, 0.0);
        assert_eq!((plain.background, plain.contrast), (20.0, 180.0));
        for (gain, offset) in [(0.8, 0.0), (1.0, 15.0), (0.5, 60.0)] {
            let moved = of(gain, offset);
            for (ours, theirs) in [(moved.core, plain.core), (moved.warm, plain.warm)] {
                assert!((ours - (gain * theirs + offset)).abs() < 1e-3, "{gain} {offset}");
            }
        }
    }

    #[test]
    fn months_take_no_more_memory_and_one_jump_moves_nothing() {
        let mut levels = Levels::new();
        for frame in 0..100_000u32 {
            levels.add(if frame % 1000 == 0 { 999.0 } else { 100.0 });
        }
        assert!(levels.tops.len() <= TOPS && levels.tops.capacity() <= 2 * TOPS);
        assert_eq!(levels.top(), 100.0);
    }
}
