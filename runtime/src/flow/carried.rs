//! The speed at which a film's optical flow carries fire onto each cell.

use ndarray::{Array2, ArrayRef2, ArrayRef3};

use super::Flow;

/// Leads within which the flow must reach a cell to count.
const LEADS: usize = 20;

/// Pixels per frame `[H, W]`: the distance to the fire over the first lead by which its flow, as of
/// the end of the film, brings it to the cell; 0 where it does not within 20 leads, and where it
/// burns already.
///
/// `frames` is intensity `[T, H, W]` in 0..1, `now` and `distance_px` `[H, W]` are what burns at the
/// last frame and how far each cell is from it.
#[must_use]
pub fn carried_px(
    frames: &ArrayRef3<f32>,
    now: &ArrayRef2<bool>,
    distance_px: &ArrayRef2<f32>,
) -> Array2<f32> {
    if !now.iter().any(|&b| b) {
        return Array2::zeros(now.dim());
    }
    let flow = Flow::ending(frames);
    let mask = now.mapv(|b| f32::from(u8::from(b)));
    Array2::from_shape_fn(now.dim(), |(y, x)| {
        // No flow, no way: most cells of a large film are told apart here.
        let far = flow.right_px[[y, x]].abs().max(flow.down_px[[y, x]].abs()) * LEADS as f32;
        if now[[y, x]] || (far + 1.0) * std::f32::consts::SQRT_2 < distance_px[[y, x]] {
            return 0.0;
        }
        (1..=LEADS)
            .find(|&lead| flow.brings(&mask, y, x, lead as f32))
            .map_or(0.0, |lead| distance_px[[y, x]] / lead as f32)
    })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, Axis, s};

    use super::*;

    #[test]
    fn a_moving_bar_is_carried_at_its_speed() {
        // A soft bar that moves 1.5 px right a frame; at frame 9 its right edge stands at 38.5.
        let bar = |t: f32, x: usize| {
            let d = x as f32 - 30.0 - 1.5 * (t - 9.0);
            1.0 / (1.0 + ((d.abs() - 8.5) / 0.7).exp())
        };
        let frames = Array3::from_shape_fn((10, 48, 80), |(t, _, x)| bar(t as f32, x));
        let now = frames.index_axis(Axis(0), 9).mapv(|v| v > 0.5);
        let distance = Array2::from_shape_fn((48, 80), |(_, x)| {
            (22.0 - x as f32).max(x as f32 - 38.0).max(0.0)
        });
        let speed = carried_px(&frames, &now, &distance);
        for x in 40..44 {
            // Whole leads: 2 px are reached after 2 frames, not after 1.33.
            let said = speed[[24, x]];
            assert!((0.8..=1.7).contains(&said), "column {x}: {said}");
        }
        assert!(speed.slice(s![.., 22..39]).iter().all(|&v| v == 0.0), "burns already");
        assert!(speed.slice(s![.., ..15]).iter().all(|&v| v == 0.0), "the fire moves away");
    }

    #[test]
    fn without_fire_or_film_nothing_is_carried() {
        for (t, h, w) in [(0, 8, 8), (1, 32, 40), (10, 32, 40)] {
            let frames = Array3::from_elem((t, h, w), 0.3);
            for burns in [false, true] {
                let now = Array2::from_elem((h, w), burns);
                let speed = carried_px(&frames, &now, &Array2::from_elem((h, w), 5.0));
                assert!(speed.iter().all(|&v| v == 0.0), "{t} {burns}");
            }
        }
    }
}
