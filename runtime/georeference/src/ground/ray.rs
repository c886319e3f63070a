//! Rays: where a line of sight meets the ground.

use super::terrain::Terrain;

/// Heights above the ground beyond which nothing is looked for.
pub const MOST_HEIGHTS: f64 = 20.0;
/// Halvings of the step in which a ray goes below the ground.
const HALVINGS: usize = 20;
/// Steps along a ray, at most.
const MOST_STEPS: usize = 20_000;

/// Where the ray from `from_m` (east, north, up) along `ray` (east, north, up for each metre) meets the ground: the
/// first crossing, sought in steps of half a cell of the height model and then between.
///
/// `None` where the ray does not come down within [`MOST_HEIGHTS`], or leaves the model: never a guess.
#[must_use]
pub fn meets(terrain: &Terrain, from_m: [f64; 3], ray: [f64; 3]) -> Option<[f64; 3]> {
    let at = |t: f64| -> [f64; 3] { std::array::from_fn(|k| from_m[k] + t * ray[k]) };
    match terrain {
        Terrain::Level(up) => {
            let high = from_m[2] - up;
            let t = high / -ray[2];
            (high > 0.0 && ray[2] < 0.0 && t <= MOST_HEIGHTS * high).then(|| {
                let [east, north, _] = at(t);
                [east, north, *up]
            })
        }
        Terrain::Model(model) => {
            let below = model.up_m([from_m[0], from_m[1]]);
            let high = from_m[2] - below?;
            if high <= 0.0 {
                return None;
            }
            let step = 0.5 * model.cell_m / ray[0].hypot(ray[1]).max(0.05);
            let depth = |t: f64| {
                let [east, north, up] = at(t);
                model.up_m([east, north]).map(|ground| up - ground)
            };
            let mut before = 0.0;
            for k in 1..=MOST_STEPS {
                let t = step * k as f64;
                if t > MOST_HEIGHTS * high {
                    return None;
                }
                if depth(t)? <= 0.0 {
                    let (mut a, mut b) = (before, t);
                    for _ in 0..HALVINGS {
                        let middle = 0.5 * (a + b);
                        if depth(middle)? <= 0.0 { b = middle } else { a = middle }
                    }
                    return Some(at(b));
                }
                before = t;
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::HeightModel;
    use ndarray::Array2;

    fn slope(per_cell: f32) -> Terrain {
        let heights_m = Array2::from_shape_fn((100, 100), |(_, x)| per_cell * x as f32);
        Terrain::Model(HeightModel { heights_m, corner_m: [0.0, 1000.0], cell_m: 10.0 })
    }

    /// A plane that rises by `s` a metre to the east and is 0 half a cell in: height s·(e − 5).
    #[test]
    fn a_slope_is_met_where_its_plane_is() {
        let terrain = slope(1.5);
        for ray in [[0.0, 0.0, -1.0], [0.6, 0.0, -0.8], [-0.6, 0.0, -0.8], [0.3, 0.8, -0.52]] {
            let from = [500.0, 500.0, 200.0];
            // up − 0.15·(e − 5) = 0 along the ray.
            let t = (200.0 - 0.15 * 495.0) / (0.15 * ray[0] - ray[2]);
            let want: [f64; 3] = std::array::from_fn(|k| from[k] + t * ray[k]);
            let got = meets(&terrain, from, ray).unwrap();
            assert!((0..3).all(|k| (got[k] - want[k]).abs() < 0.01), "{ray:?} {got:?} {want:?}");
        }
    }

    #[test]
    fn no_answer_is_better_than_a_guess() {
        let level = Terrain::Level(10.0);
        assert_eq!(meets(&level, [0.0, 0.0, 110.0], [0.6, 0.0, -0.8]), Some([75.0, 0.0, 10.0]));
        for (terrain, from, ray) in [
            (&level, [0.0, 0.0, 110.0], [1.0, 0.0, 0.0]),
            (&level, [0.0, 0.0, 110.0], [0.999, 0.0, -0.04]),
            (&level, [0.0, 0.0, 5.0], [0.0, 0.0, -1.0]),
            (&slope(1.5), [500.0, 500.0, 200.0], [0.9, 0.0, 0.43]),
            (&slope(0.0), [900.0, 500.0, 200.0], [0.9, 0.0, -0.43]),
            (&slope(1.5), [-5.0, 500.0, 200.0], [0.0, 0.0, -1.0]),
        ] {
            assert_eq!(meets(terrain, from, ray), None, "{from:?} {ray:?}");
        }
    }

    #[test]
    fn a_ridge_hides_what_lies_behind() {
        let mut heights_m = Array2::zeros((20, 60));
        heights_m.slice_mut(ndarray::s![.., 30..32]).fill(50.0f32);
        let terrain =
            Terrain::Model(HeightModel { heights_m, corner_m: [0.0, 200.0], cell_m: 10.0 });
        let got = meets(&terrain, [100.0, 100.0, 60.0], [0.99, 0.0, -0.14]).unwrap();
        assert!((290.0..320.0).contains(&got[0]) && got[2] > 25.0, "{got:?}");
    }
}
