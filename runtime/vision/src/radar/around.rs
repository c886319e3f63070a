//! Around a place: the square of a map that a station cares for, cut out of a whole country's frame.

use super::ground::Ground;

/// A square of ground around a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Around {
    /// Longitude of its centre, degrees east.
    pub lon_deg: f64,
    /// Latitude of its centre, degrees north.
    pub lat_deg: f64,
    /// Length of a side on the ground.
    pub side_km: f64,
}

/// Rows and columns of a frame that are kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) rows: std::ops::Range<usize>,
    pub(super) cols: std::ops::Range<usize>,
    /// Whether the map ends inside the square.
    pub(super) cut: bool,
}

/// A text that is no square.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no square: write LON,LAT,KM such as 24.94,60.17,256")]
pub struct NoSquare {
    /// What was written.
    pub text: String,
}

/// A square as people write it: `24.94,60.17,256`.
impl std::str::FromStr for Around {
    type Err = NoSquare;

    fn from_str(text: &str) -> Result<Self, NoSquare> {
        let all: Result<Vec<f64>, _> = text.split(',').map(|t| t.trim().parse()).collect();
        match all.unwrap_or_default()[..] {
            [lon_deg, lat_deg, side_km] if side_km > 0.0 => Ok(Self { lon_deg, lat_deg, side_km }),
            _ => Err(NoSquare { text: text.to_owned() }),
        }
    }
}

impl Around {
    /// The window of this square in a grid of `h` × `w` cells; the cell with the centre is in its
    /// middle, and it ends where the map ends.
    pub(super) fn window(
        &self,
        ground: &Ground,
        t: &[f64; 6],
        [h, w]: [usize; 2],
    ) -> Result<Window, String> {
        if !(self.side_km.is_finite() && self.side_km > 0.0) {
            return Err(format!("a square of {} km has no size", self.side_km));
        }
        let [x, y] = ground.xy([self.lon_deg, self.lat_deg])?;
        let middle = t[0] + 0.5 * (w as f64 * t[1] + h as f64 * t[2]);
        let x = ground.beside(x, middle);
        let area = t[1] * t[5] - t[2] * t[4];
        let (dx, dy) = (x - t[0], y - t[3]);
        let col = (dx * t[5] - dy * t[2]) / area;
        let row = (dy * t[1] - dx * t[4]) / area;
        if !(col >= 0.0 && row >= 0.0 && col < w as f64 && row < h as f64) {
            return Err(format!("{} E {} N is not on this map", self.lon_deg, self.lat_deg));
        }
        let [wide_m, high_m] = ground.sides_m(t, self.lat_deg);
        let span = |at: f64, cell_m: f64, most: usize| {
            let cells = (self.side_km * 1000.0 / cell_m).round().max(1.0);
            let first = at.floor() - (cells / 2.0).floor();
            let end = first + cells;
            let range = first.max(0.0) as usize..end.min(most as f64) as usize;
            (range, first < 0.0 || end > most as f64)
        };
        let (rows, cut_rows) = span(row, high_m, h);
        let (cols, cut_cols) = span(col, wide_m, w);
        Ok(Window { rows, cols, cut: cut_rows || cut_cols })
    }
}

impl Window {
    /// The transform of the window, from that of the whole grid.
    pub(super) fn transform(&self, t: &[f64; 6]) -> [f64; 6] {
        let (row, col) = (self.rows.start as f64, self.cols.start as f64);
        [t[0] + col * t[1] + row * t[2], t[1], t[2], t[3] + col * t[4] + row * t[5], t[4], t[5]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_square_and_ends_where_the_map_ends() {
        // A 1 km grid on UTM 35 (EPSG:3067) with its upper left corner at 400 km E, 6700 km N.
        let t = [400_000.0, 1000.0, 0.0, 6_700_000.0, 0.0, -1000.0];
        let ground = Ground::of("EPSG:3067").unwrap();
        let centre = ground.lon_lat([450_500.0, 6_649_500.0]).unwrap(); // row 50, column 50
        let around = |side_km| Around { lon_deg: centre[0], lat_deg: centre[1], side_km };
        for (side_km, rows, cols, cut) in [
            (40.0, 30..70, 30..70, false),
            (41.0, 30..71, 30..71, false),
            (100.0, 0..100, 0..100, false),
            (130.0, 0..100, 0..115, true),
        ] {
            let window = around(side_km).window(&ground, &t, [100, 200]).unwrap();
            assert_eq!(window, Window { rows, cols, cut }, "{side_km}");
        }
        assert_eq!("24.9, 60.2, 40".parse::<Around>().unwrap().side_km, 40.0);
        for text in ["", "24.9,60.2", "24.9,60.2,0", "24.9,60.2,40,1", "a,b,c"] {
            assert!(text.parse::<Around>().is_err(), "{text}");
        }
        let window = around(40.0).window(&ground, &t, [100, 200]).unwrap();
        assert_eq!(window.transform(&t)[0], 430_000.0);
        assert_eq!(window.transform(&t)[3], 6_670_000.0);
        // A map from 230 to 300 degrees east, and one from −130 to −60: either spelling on both.
        let degrees = Ground::of("EPSG:4326").unwrap();
        for west in [230.0, -130.0] {
            let t = [west, 0.5, 0.0, 50.0, 0.0, -0.5];
            for lon_deg in [263.5, -96.5] {
                let around = Around { lon_deg, lat_deg: 37.5, side_km: 1.0 };
                let window = around.window(&degrees, &t, [60, 140]).unwrap();
                assert_eq!((window.rows, window.cols), (25..26, 67..68), "{west} {lon_deg}");
            }
        }
        for (bad, why) in [
            (Around { lat_deg: 30.0, ..around(40.0) }, "is not on this map"),
            (Around { lon_deg: f64::NAN, ..around(40.0) }, "no longitude and latitude"),
            (around(0.0), "has no size"),
        ] {
            let got = bad.window(&ground, &t, [100, 200]).unwrap_err();
            assert!(got.contains(why), "{got}");
        }
    }
}
