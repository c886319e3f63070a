//! What motion must do with made-up rain, and with no rain at all.

use ndarray::{Array3, s};

use super::*;

/// Rain of many soft cells that moves (1.5, −2.5) cells a frame, right and down.
fn film(t: usize, h: usize, w: usize) -> Array3<f32> {
    Array3::from_shape_fn((t, h, w), |(t, y, x)| {
        let (y, x) = (y as f32 + 2.5 * t as f32, x as f32 - 1.5 * t as f32);
        let wave = (0.21 * y).sin() * (0.17 * x).cos() + 0.6 * (0.11 * x + 0.07 * y).sin();
        (0.5 * wave).clamp(0.0, 0.9)
    })
}

#[test]
fn rain_that_moves_is_followed() {
    for (h, w) in [(128, 160), (64, 64), (32, 40)] {
        let flow = rain_motion(&film(4, h, w));
        let (right, down) = (flow.right_px.mean(), flow.down_px.mean());
        let near = |v: Option<f32>, want: f32| v.is_some_and(|v| (v - want).abs() < 0.4);
        assert!(near(right, 1.5) && near(down, -2.5), "{h}×{w}: {right:?} {down:?}");
    }
}

#[test]
fn where_nothing_can_be_followed_nothing_moves() {
    let film = film(3, 64, 64);
    let with = |k: usize, v: f32| {
        let mut film = film.clone();
        film.slice_mut(s![k, .., ..]).fill(v);
        film
    };
    let still = |film: &Array3<f32>| {
        let flow = rain_motion(film);
        assert_eq!(flow.right_px.dim(), (film.dim().1, film.dim().2));
        flow.right_px.iter().chain(&flow.down_px).all(|&v| v == 0.0)
    };
    assert!(still(&Array3::zeros((3, 64, 64))), "no rain");
    assert!(still(&Array3::from_elem((3, 64, 64), f32::NAN)), "no data");
    assert!(still(&Array3::from_elem((3, 64, 64), 0.5)), "the same rain everywhere");
    assert!(still(&film.slice(s![..1, .., ..]).to_owned()), "one frame");
    assert!(still(&Array3::zeros((0, 5, 7))) && still(&Array3::zeros((3, 0, 0))));
    assert!(still(&Array3::from_shape_fn((3, 1, 9), |(t, _, x)| ((t + x) % 2) as f32)));
    for v in [0.0, f32::NAN] {
        assert!(still(&with(1, v)), "both pairs have the empty frame");
        assert!(!still(&with(0, v)) && !still(&with(2, v)), "one pair is left");
    }
}

#[test]
fn a_hole_in_the_data_does_not_hold_the_rain() {
    let mut film = film(3, 128, 128);
    film.slice_mut(s![.., 40..70, 50..80]).fill(f32::NAN);
    let flow = rain_motion(&film);
    let (right, down) = (flow.right_px.mean(), flow.down_px.mean());
    assert!(right.is_some_and(|v| (v - 1.5).abs() < 0.5), "{right:?}");
    assert!(down.is_some_and(|v| (v + 2.5).abs() < 0.5), "{down:?}");
    assert!(flow.right_px.iter().chain(&flow.down_px).all(|v| v.is_finite()));
}
