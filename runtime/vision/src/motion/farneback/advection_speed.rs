//! Advection speed: how fast a film's optical flow carries fire onto each cell.

use ndarray::{Array2, ArrayRef2, ArrayRef3};

use super::optical_flow::flow_at_end;

/// Leads within which the flow must reach a cell to count.
const LEADS: usize = 20;

/// Pixels per frame `[H, W]`: the distance to the fire over the first lead by which its flow, as of
/// the end of the film, brings it to the cell; 0 where it does not within 20 leads, and where it
/// burns already.
///
/// `frames` is intensity `[T, H, W]` in 0..1, `now` and `distance_px` `[H, W]` are what burns at the
/// last frame and how far each cell is from it.
#[must_use]
pub fn advection_speed_px(
    frames: &ArrayRef3<f32>,
    now: &ArrayRef2<bool>,
    distance_px: &ArrayRef2<f32>,
) -> Array2<f32> {
    if !now.iter().any(|&b| b) {
        return Array2::zeros(now.dim());
    }
    let flow = flow_at_end(frames);
    let mask = now.mapv(|b| f32::from(u8::from(b)));
    Array2::from_shape_fn(now.dim(), |(y, x)| {
        // Too little flow to cover the distance: this decides most cells of a large film.
        let far = flow.right_px[[y, x]].abs().max(flow.down_px[[y, x]].abs()) * LEADS as f32;
        if now[[y, x]] || (far + 1.0) * std::f32::consts::SQRT_2 < distance_px[[y, x]] {
            return 0.0;
        }
        (1..=LEADS)
            .find(|&lead| flow.mask_reaches(&mask, y, x, lead as f32))
            .map_or(0.0, |lead| distance_px[[y, x]] / lead as f32)
    })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, Axis};

    use super::*;

    #[test]
    fn fire_of_a_moving_blob_arrives_at_its_speed() {
        // A soft blob that moves 1.5 px right a frame; at frame 9 it stands at column 40.
        let blob = |t: f32, y: usize, x: usize| {
            let (dy, dx) = (y as f32 - 24.0, x as f32 - 40.0 - 1.5 * (t - 9.0));
            (-(dy * dy + dx * dx) / 90.0).exp()
        };
        let frames = Array3::from_shape_fn((10, 48, 80), |(t, y, x)| blob(t as f32, y, x));
        let now = frames.index_axis(Axis(0), 9).mapv(|v| v > 0.5);
        let row = |x: usize| now[[24, x]];
        let (first, last) = ((0..80).find(|&x| row(x)), (0..80).rfind(|&x| row(x)));
        let (Some(first), Some(last)) = (first, last) else { panic!("the blob burns") };
        let distance = Array2::from_shape_fn((48, 80), |(_, x)| {
            first.saturating_sub(x).max(x.saturating_sub(last)) as f32
        });
        let speed = advection_speed_px(&frames, &now, &distance);
        for ahead in 3..9 {
            // Whole leads: what the blob reaches after 2.1 frames counts as reached after 3.
            let speed = speed[[24, last + ahead]];
            assert!((1.0..=1.6).contains(&speed), "{ahead} px ahead: {speed}");
        }
        for x in first..=last {
            assert_eq!(speed[[24, x]], 0.0, "burns already");
        }
        assert_eq!(speed[[24, first - 4]], 0.0, "the fire moves away");
    }

    #[test]
    fn without_fire_or_film_nothing_arrives() {
        for (t, h, w) in [(0, 8, 8), (1, 32, 40), (10, 32, 40)] {
            let frames = Array3::from_elem((t, h, w), 0.3);
            for burns in [false, true] {
                let now = Array2::from_elem((h, w), burns);
                let speed = advection_speed_px(&frames, &now, &Array2::from_elem((h, w), 5.0));
                assert!(speed.iter().all(|&v| v == 0.0), "{t} {burns}");
            }
        }
    }
}
