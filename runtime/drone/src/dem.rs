//! Height models: a GeoTIFF in any map that is known here.

use std::path::Path;
use std::sync::Arc;

use emberline_georeference::ground::HeightModel;
use emberline_georeference::pose::Place;
use emberline_vision::product::place::Map;
use emberline_vision::radar::{Raster, read_raster};
use ndarray::Array2;

use crate::aim_map::Map as Utm;
use crate::refusal::Refusal;

/// Cells of a height model on the flight's own map, on a side.
const MOST_CELLS: usize = 2048;
/// Metres from a flight's first place up to which heights are taken.
const REACH_M: f64 = 10_000.0;

const ADVICE: &str =
    "give a GeoTIFF of heights in metres above sea level, one band, with its reference system";

/// Heights of the ground above sea level, in the map that they came in.
#[derive(Clone, Debug)]
pub struct HeightFile {
    /// `[H, W]`, metres; NaN where there is no data.
    heights_m: Array2<f32>,
    map: Arc<Map>,
    /// About a cell's side on the ground, metres.
    cell_m: f64,
}

impl HeightFile {
    /// Reads a height model.
    ///
    /// # Errors
    /// [`Refusal`] of a file that is no GeoTIFF, or lies on no map that is known here.
    pub fn read(path: &Path) -> Result<Self, Refusal> {
        let raster = read_raster(path).map_err(|e| Refusal::new(e.to_string(), ADVICE))?;
        Self::of(raster).map_err(|what| Refusal::new(format!("{}: {what}", path.display()), ADVICE))
    }

    fn of(raster: Raster) -> Result<Self, String> {
        let map =
            Map::of(&raster.grid).map_err(|e| e.to_string())?.ok_or("it says not where it lies")?;
        let areas = map.cell_m2_by_row().map_err(|e| e.to_string())?;
        let cell_m = areas.get(areas.len() / 2).copied().unwrap_or(f64::NAN).sqrt();
        if !raster.values.iter().any(|v| v.is_finite()) || !cell_m.is_finite() {
            return Err("it holds no heights".to_owned());
        }
        Ok(Self { heights_m: raster.values, map: Arc::new(map), cell_m })
    }

    /// The heights around a flight's first place, on the flight's own map: as far as the file goes, and no further
    /// than a flight does.
    pub(crate) fn on(&self, utm: &Utm) -> HeightModel {
        let (h, w) = self.heights_m.dim();
        let cell = self.cell_m;
        let reach = REACH_M.min(0.5 * MOST_CELLS as f64 * cell);
        let (mut west, mut east, mut south, mut north) = (reach, -reach, reach, -reach);
        // Corners and middles of the sides: a grid of degrees is bent on a map of metres.
        for k in (0..9).filter(|k| *k != 4) {
            let (col, row) = (0.5 * f64::from(k % 3) * w as f64, 0.5 * f64::from(k / 3) * h as f64);
            let place = self.map.lon_lat(col, row).ok();
            let at = place.and_then(|[lon_deg, lat_deg]| utm.at(Place { lat_deg, lon_deg }).ok());
            let [x, y] = at.unwrap_or([0.0, 0.0]);
            (west, east) = (west.min(x - cell), east.max(x + cell));
            (south, north) = (south.min(y - cell), north.max(y + cell));
        }
        let (west, north) = (west.max(-reach), north.min(reach));
        let side = |long_m: f64| ((long_m / cell).ceil().max(2.0) as usize).min(MOST_CELLS);
        let shape = (side(north - south.max(-reach)), side(east.min(reach) - west));
        let heights_m = Array2::from_shape_fn(shape, |(y, x)| {
            let at = [west + (x as f64 + 0.5) * cell, north - (y as f64 + 0.5) * cell];
            utm.place(at).map_or(f32::NAN, |place| self.up_m(place))
        });
        HeightModel { heights_m, corner_m: [west, north], cell_m: cell }
    }

    /// Height at a place, between the four cells around it; NaN off the model and where it has no data.
    fn up_m(&self, place: Place) -> f32 {
        let (h, w) = self.heights_m.dim();
        let Some([col, row]) = self.map.col_row([place.lon_deg, place.lat_deg]) else {
            return f32::NAN;
        };
        let (x, y) = (col - 0.5, row - 0.5);
        if !(x >= -0.5 && y >= -0.5 && x <= w as f64 - 0.5 && y <= h as f64 - 0.5) {
            return f32::NAN;
        }
        let (x, y) = (x.clamp(0.0, w as f64 - 1.0), y.clamp(0.0, h as f64 - 1.0));
        let (i, j) = ((x as usize).min(w.saturating_sub(2)), (y as usize).min(h.saturating_sub(2)));
        let (a, b) = ((x - i as f64) as f32, (y - j as f64) as f32);
        let at = |j: usize, i: usize| self.heights_m[[j.min(h - 1), i.min(w - 1)]];
        (1.0 - b) * ((1.0 - a) * at(j, i) + a * at(j, i + 1))
            + b * ((1.0 - a) * at(j + 1, i) + a * at(j + 1, i + 1))
    }
}

#[cfg(test)]
impl HeightFile {
    /// The same height all around a place.
    pub(crate) fn level(place: Place, up_m: f32) -> Self {
        let grid = emberline_vision::grid::Grid {
            crs: Some("EPSG:4326".to_owned()),
            transform: Some([place.lon_deg - 0.05, 1e-3, 0.0, place.lat_deg + 0.05, 0.0, -1e-3]),
            ..emberline_vision::grid::Grid::new(100, 100)
        };
        let values = Array2::from_elem((100, 100), up_m);
        Self::of(Raster { values, grid }).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use emberline_vision::grid::Grid;

    /// A plane that rises a metre for each degree of longitude times a thousand, on a grid of degrees.
    #[test]
    fn heights_are_where_their_map_has_them() {
        let grid = Grid {
            crs: Some("EPSG:4326".to_owned()),
            transform: Some([11.9, 1e-3, 0.0, 47.3, 0.0, -1e-3]),
            ..Grid::new(200, 200)
        };
        let values = Array2::from_shape_fn((200, 200), |(_, x)| 1000.0 + x as f32);
        let file = HeightFile::of(Raster { values, grid }).unwrap();
        let place = Place { lat_deg: 47.2, lon_deg: 12.0 };
        let map = Utm::around(place).unwrap();
        let model = file.on(&map);
        for (lat_deg, lon_deg) in [(47.2, 12.0), (47.21, 12.013), (47.19, 11.99)] {
            let at = map.at(Place { lat_deg, lon_deg }).unwrap();
            let want = 1000.0 + (lon_deg - 11.9) / 1e-3 - 0.5;
            assert!((model.up_m(at).unwrap() - want).abs() < 0.05, "{:?} {want}", model.up_m(at));
        }
        let off = map.at(Place { lat_deg: 47.2, lon_deg: 11.89 }).unwrap();
        assert_eq!(model.up_m(off), None);
        let none = Raster { values: Array2::from_elem((2, 2), f32::NAN), grid: Grid::new(2, 2) };
        assert!(HeightFile::of(none).unwrap_err().contains("where it lies"));
    }
}
