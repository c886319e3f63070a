//! What a front must be: SciPy's numbers on small fires, and a few cases by hand.

#![allow(clippy::unwrap_used)] // tests only

use std::fs::File;
use std::path::Path;

use ndarray::{Array2, Array3};
use ndarray_npy::NpzReader;

use super::{Front, edge_of};

const CASES: [&str; 10] =
    ["one", "three", "late", "short", "still", "noise", "cell", "alone", "nothing", "everything"];

/// Largest difference of two maps, and the share of cells that differ by more than 1e-4.
fn difference(got: &Array2<f32>, want: &Array2<f32>) -> (f32, f64) {
    assert_eq!(got.dim(), want.dim());
    let d: Vec<f32> = got.iter().zip(want).map(|(a, b)| (a - b).abs()).collect();
    let off = d.iter().filter(|&&d| d > 1e-4).count() as f64 / d.len() as f64;
    (d.into_iter().fold(0.0, f32::max), off)
}

#[test]
fn fronts_are_those_of_scipy() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/front.npz");
    let mut npz = NpzReader::new(File::open(path).unwrap()).unwrap();
    for case in CASES {
        let burnt: Array3<bool> = npz.by_name(&format!("{case}_burnt")).unwrap();
        let mut map = |key: &str| -> Array2<f32> { npz.by_name(&format!("{case}_{key}")).unwrap() };
        let (distance, age, local) = (map("distance"), map("age"), map("local"));
        let (waits, still) = (map("burnt_for"), map("still"));
        let global: ndarray::Array0<f32> = npz.by_name(&format!("{case}_global")).unwrap();
        let front = Front::remembered(&burnt, &waits);
        assert!(difference(&front.distance_px, &distance).0 < 1e-4, "{case}: distance");
        assert!(difference(&front.age, &age).0 < 1e-6, "{case}: age");
        assert!((front.global_px - global[()]).abs() < 1e-4, "{case}: global");
        // Of equally near cells the same is taken as SciPy takes, so no cell may differ.
        let (worst, off) = difference(&front.local_px, &local);
        assert!(worst < 1e-4, "{case}: local differs by up to {worst} on {off} of the cells");
        let (worst, off) = difference(&front.still, &still);
        assert!(worst < 1e-4, "{case}: still differs by up to {worst} on {off} of the cells");
        assert!(front.channels(&front.local_px).iter().all(|v| v.is_finite()), "{case}: finite");
    }
}

#[test]
fn a_straight_front_moves_at_its_speed() {
    // 2 columns a frame, from the left side on.
    let burnt = Array3::from_shape_fn((8, 40, 64), |(t, _, x)| x < 10 + 2 * t);
    let front = Front::of(&burnt);
    assert!((front.global_px - 2.0).abs() < 1e-6);
    assert!(front.local_px.iter().all(|v| (v - 2.0).abs() < 1e-5));
    assert_eq!(front.distance_px[[7, 30]], 7.0);
    assert_eq!(front.age[[3, 9]], 1.0);
    assert_eq!(front.age[[3, 23]], 0.125);
    assert_eq!(front.age[[3, 24]], 0.0);
    let channels = front.channels(&Array2::from_elem((40, 64), 0.5));
    assert_eq!(channels.dim(), (6, 40, 64));
    assert_eq!(channels[[4, 5, 5]], 0.5);
    assert_eq!(channels[[2, 5, 5]], front.global_px);
}

#[test]
fn the_image_border_is_no_edge() {
    let burnt = Array2::from_shape_fn((6, 6), |(y, x)| y < 3 && x < 3);
    let edge = edge_of(&burnt);
    assert_eq!(edge.iter().filter(|&&e| e).count(), 5);
    assert!(!edge[[0, 0]] && edge[[2, 0]] && edge[[0, 2]]);
}

#[test]
fn an_empty_film_has_no_front() {
    for shape in [(0, 4, 4), (3, 0, 0), (3, 0, 5)] {
        let front = Front::of(&Array3::from_elem(shape, true));
        assert_eq!(front.distance_px.dim(), (shape.1, shape.2));
    }
}
