//! Terrain: how high the ground is at a place of the map.

use ndarray::Array2;

/// Heights of the ground on a grid of the map, north up.
#[derive(Clone, Debug)]
pub struct HeightModel {
    /// Heights `[H, W]`, metres; NaN where they are not known.
    pub heights_m: Array2<f32>,
    /// East and north of the upper left corner of the first cell, metres.
    pub corner_m: [f64; 2],
    /// Side of a cell, metres.
    pub cell_m: f64,
}

/// The ground: level, or of a height model.
#[derive(Clone, Debug)]
pub enum Terrain {
    /// The same height everywhere, metres.
    Level(f64),
    /// Of a model.
    Model(HeightModel),
}

impl HeightModel {
    /// Height at a place, between the four cells around it; `None` outside the model and where it has no data.
    #[must_use]
    pub fn up_m(&self, [east, north]: [f64; 2]) -> Option<f64> {
        let (h, w) = self.heights_m.dim();
        let x = (east - self.corner_m[0]) / self.cell_m - 0.5;
        let y = (self.corner_m[1] - north) / self.cell_m - 0.5;
        // Half a cell beyond the outermost centres is still the model's.
        let inside = |v: f64, n: usize| n > 0 && v >= -0.5 && v <= n as f64 - 0.5;
        if !(inside(x, w) && inside(y, h)) {
            return None;
        }
        let (x, y) = (x.clamp(0.0, w as f64 - 1.0), y.clamp(0.0, h as f64 - 1.0));
        let (i, j) = ((x as usize).min(w.saturating_sub(2)), (y as usize).min(h.saturating_sub(2)));
        let (a, b) = (x - i as f64, y - j as f64);
        let at = |j: usize, i: usize| f64::from(self.heights_m[[j.min(h - 1), i.min(w - 1)]]);
        let up = (1.0 - b) * ((1.0 - a) * at(j, i) + a * at(j, i + 1))
            + b * ((1.0 - a) * at(j + 1, i) + a * at(j + 1, i + 1));
        up.is_finite().then_some(up)
    }
}

impl Terrain {
    /// Height at a place; `None` where it is not known.
    #[must_use]
    pub fn up_m(&self, place: [f64; 2]) -> Option<f64> {
        match self {
            Self::Level(up) => Some(*up),
            Self::Model(model) => model.up_m(place),
        }
    }

    /// Side of the cells between which heights are known; `None` of level ground.
    #[must_use]
    pub fn cell_m(&self) -> Option<f64> {
        match self {
            Self::Level(_) => None,
            Self::Model(model) => Some(model.cell_m),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_a_slope_and_no_data_is_no_height() {
        // Rises 1 m a cell to the south, 2 m to the east; cells of 10 m.
        let mut heights_m = Array2::from_shape_fn((5, 6), |(y, x)| (y + 2 * x) as f32);
        let model =
            HeightModel { heights_m: heights_m.clone(), corner_m: [1000.0, 2000.0], cell_m: 10.0 };
        assert_eq!(model.up_m([1005.0, 1995.0]), Some(0.0));
        assert_eq!(model.up_m([1010.0, 1995.0]), Some(1.0));
        assert_eq!(model.up_m([1055.0, 1955.0]), Some(14.0));
        assert_eq!(model.up_m([1059.9, 1950.1]), Some(14.0));
        for outside in [
            [999.0, 1990.0],
            [1061.0, 1990.0],
            [1010.0, 2001.0],
            [1010.0, 1949.0],
            [f64::NAN, 1990.0],
        ] {
            assert_eq!(model.up_m(outside), None, "{outside:?}");
        }
        heights_m[[1, 1]] = f32::NAN;
        let holed = HeightModel { heights_m, ..model };
        assert_eq!((holed.up_m([1012.0, 1988.0]), holed.up_m([1035.0, 1965.0])), (None, Some(9.0)));
    }
}
