//! A picture of a grid, north up in a box of longitudes and latitudes, as globes lay it on the ground.

use std::io::{self, Write};

use emberline_picture::palette::{self, BURNT, Rgb};
use ndarray::Axis;

use super::error::ProductError;
use super::ground::Ground;
use super::parts::Fire;
use super::place::Map;
use crate::forecast::Forecast;

/// Longest side, pixels.
const LONGEST: usize = 1024;
/// Steps of the lattice that is projected; between its points straight lines do.
const STEPS: usize = 32;
/// Opacity of what has burnt and of what surely will, and of what hardly will.
const SURE: f32 = 190.0;
const HARDLY: f32 = 40.0;

/// A picture in its box.
#[derive(Clone, Debug)]
pub(crate) struct Warped {
    /// West, south, east and north, degrees; east may lie beyond 180.
    pub(crate) bounds: [f64; 4],
    width: usize,
    height: usize,
    /// Red, green, blue, opacity.
    pixels: Vec<[u8; 4]>,
}

impl Warped {
    /// When it burns, by colour, and how likely, by opacity; `None` where the projection cannot be undone.
    ///
    /// # Errors
    /// As [`Map::lon_lat`].
    pub(crate) fn of(
        map: &Map,
        f: &Forecast,
        fire: Fire<'_>,
    ) -> Result<Option<Self>, ProductError> {
        let (rows, cols) = (f.grid.height, f.grid.width);
        let bounds = bounds(map, rows, cols)?;
        let [west, south, east, north] = bounds;
        // Pixels about as large as cells.
        let ground = Ground::at(map, [cols as f64 / 2.0, rows as f64 / 2.0])?;
        let middle = 0.5 * (south + north);
        let deg_m = Ground::degree_m(middle);
        let cells = [
            (east - west) * deg_m[0] / ground.side_m(),
            (north - south) * deg_m[1] / ground.side_m(),
        ];
        let longest = cells[0].max(cells[1]).max(1.0);
        let scale = (LONGEST as f64 / longest).min(1.0);
        let [width, height] =
            cells.map(|n| (n * scale).round().clamp(1.0, LONGEST as f64) as usize);
        let Some(lattice) = Lattice::of(map, bounds) else { return Ok(None) };
        let picture = Colours::of(f, fire);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let share = [(x as f64 + 0.5) / width as f64, (y as f64 + 0.5) / height as f64];
                let [col, row] = lattice.at(share);
                let inside = (0.0..cols as f64).contains(&col) && (0.0..rows as f64).contains(&row);
                let colour = inside.then(|| picture.of_cell([row as usize, col as usize]));
                pixels.push(colour.unwrap_or_default());
            }
        }
        Ok(Some(Self { bounds, width, height, pixels }))
    }

    /// Writes it as PNG.
    pub(crate) fn png(&self, sink: impl Write) -> io::Result<()> {
        let mut encoder = png::Encoder::new(sink, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.pixels.as_flattened())?;
        Ok(writer.finish()?)
    }
}

/// The box around a grid, by points along its edge.
fn bounds(map: &Map, rows: usize, cols: usize) -> Result<[f64; 4], ProductError> {
    let [h, w] = [rows as f64, cols as f64];
    let middle = map.lon_lat(w / 2.0, h / 2.0)?[0];
    let mut found = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for k in 0..=STEPS {
        let t = k as f64 / STEPS as f64;
        for [col, row] in [[t * w, 0.0], [t * w, h], [0.0, t * h], [w, t * h]] {
            let [lon, lat] = map.lon_lat(col, row)?;
            let lon = lon + 360.0 * ((middle - lon) / 360.0).round();
            found = [found[0].min(lon), found[1].min(lat), found[2].max(lon), found[3].max(lat)];
        }
    }
    Ok(found)
}

/// Columns and rows of a grid at even steps of longitude and latitude.
struct Lattice {
    nodes: Vec<[f64; 2]>,
}

impl Lattice {
    fn of(map: &Map, [west, south, east, north]: [f64; 4]) -> Option<Self> {
        let share = |k: usize| k as f64 / STEPS as f64;
        let node = |y: usize, x: usize| {
            let lon = west + (east - west) * share(x);
            map.col_row([lon, north + (south - north) * share(y)])
        };
        let nodes = (0..=STEPS).flat_map(|y| (0..=STEPS).map(move |x| node(y, x)));
        Some(Self { nodes: nodes.collect::<Option<_>>()? })
    }

    /// Column and row at these shares of the way from west to east and from north to south.
    fn at(&self, share: [f64; 2]) -> [f64; 2] {
        let [x, y] = share.map(|s| (s * STEPS as f64).clamp(0.0, STEPS as f64));
        let (i, j) = ((x as usize).min(STEPS - 1), (y as usize).min(STEPS - 1));
        let (fx, fy) = (x - i as f64, y - j as f64);
        let node = |j: usize, i: usize| self.nodes[j * (STEPS + 1) + i];
        let mix = |a: [f64; 2], b: [f64; 2], t: f64| [0, 1].map(|k| a[k] + (b[k] - a[k]) * t);
        let (top, bottom) =
            (mix(node(j, i), node(j, i + 1), fx), mix(node(j + 1, i), node(j + 1, i + 1), fx));
        mix(top, bottom, fy)
    }
}

/// The colour of each cell.
struct Colours<'a> {
    fire: Fire<'a>,
    horizon_s: f32,
    last: usize,
    by_share: Vec<Rgb>,
}

impl<'a> Colours<'a> {
    fn of(f: &Forecast, fire: Fire<'a>) -> Self {
        let by_share = (0..=255u8).map(|k| palette::lead(f64::from(k) / 255.0)).collect();
        let horizon_s = f.lead_s.last().map_or(1.0, |s| *s as f32);
        Self { fire, horizon_s, last: f.lead_s.len() - 1, by_share }
    }

    fn of_cell(&self, at: [usize; 2]) -> [u8; 4] {
        let arrival_s = self.fire.burn.arrival_s[at];
        let ([r, g, b], opacity) = match arrival_s {
            t if t.is_nan() => return [0; 4],
            0.0 => (BURNT, SURE),
            t => {
                let chance = self.fire.burn.probability.index_axis(Axis(0), self.last)[at];
                let share = (t / self.horizon_s).clamp(0.0, 1.0);
                let colour = self.by_share[(share * 255.0) as usize];
                (colour, HARDLY + (SURE - HARDLY) * chance.clamp(0.0, 1.0))
            }
        };
        [r, g, b, opacity as u8]
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;

    #[test]
    fn each_pixel_is_the_cell_that_lies_there() {
        for (crs, transform) in [
            ("EPSG:32611", [3e5, 30.0, 0.0, 42e5, 0.0, -30.0]),
            ("EPSG:3035", [4_321e3, 25.0, 3.0, 3_210e3, 2.0, -25.0]),
            ("EPSG:32611", [5e5, 8.0, 6.0, 42e5, 6.0, -8.0]),
            ("EPSG:4326", [23.5, 3e-4, 0.0, 38.1, 0.0, -3e-4]),
            ("EPSG:32601", [357_911.0, 30.0, 0.0, 7_213_000.0, 0.0, -30.0]),
            ("EPSG:32611", [5e5, 3000.0, 0.0, 42e5, 0.0, -3000.0]),
        ] {
            let trial = Trial::ellipse(96, 128, 4).on(crs, transform, None);
            let map = Map::of(&trial.forecast.grid).unwrap().unwrap();
            let warped = Warped::of(&map, &trial.forecast, trial.fire()).unwrap().unwrap();
            let [west, south, east, north] = warped.bounds;
            let picture = Colours::of(&trial.forecast, trial.fire());
            let (mut same, mut all) = (0, 0);
            for y in (0..warped.height).step_by(3) {
                for x in (0..warped.width).step_by(3) {
                    let lon = west + (x as f64 + 0.5) / warped.width as f64 * (east - west);
                    let lat = north + (y as f64 + 0.5) / warped.height as f64 * (south - north);
                    let [col, row] = map.col_row([lon, lat]).unwrap();
                    let inside = (0.0..128.0).contains(&col) && (0.0..96.0).contains(&row);
                    let want = inside.then(|| picture.of_cell([row as usize, col as usize]));
                    all += 1;
                    let found = warped.pixels[y * warped.width + x];
                    same += usize::from(found == want.unwrap_or_default());
                }
            }
            // On the border of two cells the lattice may fall on the other.
            assert!(all > 500 && same * 200 >= all * 199, "{crs}: {same} of {all}");
        }
    }
}
