//! The cells of a map that a place covers, taken as one: the most that any of them has.

use ndarray::ArrayRef2;

use super::area::Area;
use super::error::RainAtError;
use super::lat_lon::LatLon;
use super::place::Place;
use crate::forecast::Chance;
use crate::product::place::Map;

/// Row and column of each cell, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cells(Vec<[usize; 2]>);

impl Cells {
    /// The cell of a point, or the cells whose centre lies in an area, on a map of `size` rows and
    /// columns.
    pub(super) fn of(place: &Place, map: &Map, size: [usize; 2]) -> Result<Self, RainAtError> {
        let file = match place {
            Place::Point(text) => return Self::at(text.parse()?, map, size),
            Place::Area(file) => file,
        };
        let area = Area::read(file, map)?;
        let [h, w] = size;
        let all = (0..h).flat_map(|y| (0..w).map(move |x| [y, x]));
        let cells: Vec<[usize; 2]> =
            all.filter(|[y, x]| area.holds([*x as f64 + 0.5, *y as f64 + 0.5])).collect();
        if cells.is_empty() {
            return Err(RainAtError::NoCell { file: file.display().to_string() });
        }
        Ok(Self(cells))
    }

    /// The cell of a point.
    fn at(at: LatLon, map: &Map, [h, w]: [usize; 2]) -> Result<Self, RainAtError> {
        let inside = |v: f64, n: usize| (0.0..n as f64).contains(&v);
        match map.col_row([at.lon_deg, at.lat_deg]) {
            Some([col, row]) if inside(col, w) && inside(row, h) => {
                Ok(Self(vec![[row as usize, col as usize]]))
            }
            _ => Err(RainAtError::OffMap { at }),
        }
    }

    /// How many.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Largest of `rates` `[H, W]`, mm/h; `None` where no cell has data (NaN).
    pub(super) fn most_mm_h(&self, rates: &ArrayRef2<f32>) -> Option<f32> {
        self.0.iter().map(|cell| rates[*cell]).filter(|v| !v.is_nan()).reduce(f32::max)
    }

    /// Chance in 0..1 at each lead that it rains anywhere here at rate `k` of `chance` or more: no
    /// less than in the likeliest cell. `None` where no cell has data.
    pub(super) fn chance_by_lead(&self, chance: &Chance, k: usize) -> Option<Vec<f64>> {
        let each = self.0.iter().filter_map(|cell| chance.by_lead(k, *cell));
        each.reduce(|most, one| most.iter().zip(&one).map(|(a, b)| a.max(*b)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Grid;
    use ndarray::{Array2, Array4};

    /// 10 × 20 cells of a tenth of a degree, from 5 E 52 N on.
    fn map() -> Map {
        let mut grid = Grid::new(10, 20);
        grid.crs = Some("EPSG:4326".to_owned());
        grid.transform = Some([5.0, 0.1, 0.0, 52.0, 0.0, -0.1]);
        Map::of(&grid).unwrap().unwrap()
    }

    #[test]
    fn a_place_covers_the_cells_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("area.json");
        let corners = "[[5.1,51.9],[5.3,51.9],[5.3,51.7],[5.1,51.7],[5.1,51.9]]";
        let json = format!(r#"{{"type":"Polygon","coordinates":[{corners}]}}"#);
        std::fs::write(&file, json).unwrap();
        let size = [10, 20];
        let point = |text: &str| Cells::of(&Place::Point(text.to_owned()), &map(), size);
        assert_eq!(point("51.95,5.05").unwrap(), Cells(vec![[0, 0]]));
        assert_eq!(point("51.05,6.95").unwrap(), Cells(vec![[9, 19]]));
        let area = Cells::of(&Place::Area(file), &map(), size).unwrap();
        assert_eq!(area, Cells(vec![[1, 1], [1, 2], [2, 1], [2, 2]]));
        for (text, want) in [
            ("53,5.05", "‹at› 53,5.05: the place is not on this map; give one that is"),
            ("north", "‹at› north: not LAT,LON in degrees, as 40.78,-73.87"),
        ] {
            assert_eq!(point(text).unwrap_err().to_string(), want);
        }
    }

    #[test]
    fn an_area_has_the_most_of_its_cells() {
        let cells = Cells(vec![[0, 0], [0, 1], [0, 2]]);
        let rates = Array2::from_shape_vec((1, 3), vec![0.2, f32::NAN, 1.5]).unwrap();
        assert_eq!(cells.most_mm_h(&rates), Some(1.5));
        assert_eq!(cells.most_mm_h(&rates.mapv(|_| f32::NAN)), None);
        // Two leads: the likeliest cell is another one at each.
        let percent = vec![10, Chance::NO_DATA, 30, 60, Chance::NO_DATA, 20];
        let percent = Array4::from_shape_vec((1, 2, 1, 3), percent).unwrap();
        let chance = Chance { rates_mm_h: vec![0.1], percent };
        assert_eq!(cells.chance_by_lead(&chance, 0), Some(vec![0.3, 0.6]));
    }
}
