//! Products: everything a person or a map takes from a forecast, written as one folder or not at all.

use std::io::Write as _;
use std::path::Path;

use crate::clip::Clip;
use crate::forecast::{Forecast, Provenance, Rain};
use crate::grid::Grid;
use crate::note::Note;
use crate::task::Task;

pub mod atomic;
mod beside;
pub mod cot;
mod error;
mod facts;
mod film;
mod film_file;
mod frame_file;
pub mod fronts;
mod geojson;
mod geotiff;
mod gif;
mod ground;
mod json;
mod kml;
pub mod kml_shape;
mod kmz;
mod likely;
mod moment;
mod netcdf;
mod netcdf4;
mod npz;
mod outline;
mod overlay;
mod parts;
pub mod place;
pub mod rain_colours;
mod rings;
mod scene;
mod spread;
mod spread_points;
mod still;
mod swap;
mod warp;
pub mod xml;

#[cfg(test)]
mod trial;

pub use atomic::{Staged, Written};
pub use cot::{CotError, Events};
pub use error::ProductError;
pub use film_file::film_file;
pub use frame_file::frame_file;
use parts::{Fire, Parts, Wet};

/// Which products are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    #[default]
    All,
    /// Those that are small: of a fire or film without `forecast.npz` and `burn_probability.tif`, which take
    /// fifty times as much as all others, and without `forecast.kmz`, which says what `forecast.kml` and
    /// `arrival.tif` say; of rain without `forecast.npz`.
    Light,
}

/// Writes every product of one forecast into the folder `out`, whole or not at all.
///
/// `clip` is what the model saw, `provenance` how the forecast came to
/// be. An older output of ours at `out` is replaced in one step.
///
/// # Errors
/// [`ProductError`]; then `out` is as it was before.
pub fn write_all(
    out: &Path,
    clip: &Clip,
    forecast: &Forecast,
    provenance: &Provenance,
) -> Result<Written, ProductError> {
    write(out, clip, forecast, provenance, Which::All)
}

/// The same, for `which` products.
///
/// # Errors
/// As [`write_all`].
pub fn write(
    out: &Path,
    clip: &Clip,
    forecast: &Forecast,
    provenance: &Provenance,
    which: Which,
) -> Result<Written, ProductError> {
    write_beside(out, clip, forecast, provenance, which, &mut |_| Ok(()))
}

/// The same, with files of the caller's own in the same folder: `beside` writes them.
///
/// # Errors
/// As [`write_all`], and what `beside` says.
pub fn write_beside(
    out: &Path,
    clip: &Clip,
    forecast: &Forecast,
    provenance: &Provenance,
    which: Which,
    beside: &mut dyn FnMut(&mut Staged) -> Result<(), ProductError>,
) -> Result<Written, ProductError> {
    let parts = Parts::of(clip, forecast)?;
    let facts = facts::Facts::of(clip, forecast, provenance);
    let map = place::Map::of(&forecast.grid)?;
    let spread = match parts {
        Parts::Fire(fire) => spread_of(map.as_ref(), forecast, fire),
        Parts::Film | Parts::Rain(_) => None,
    };
    let mut staged = Staged::begin(out)?;
    beside(&mut staged)?;
    std::thread::scope(|scope| -> Result<(), ProductError> {
        // The sequence takes longest: it is drawn beside all the others.
        let sequence = scope.spawn(|| {
            let mut bytes = Vec::new();
            match parts {
                Parts::Fire(fire) => gif::write(&mut bytes, &facts, clip, forecast, fire),
                Parts::Film | Parts::Rain(_) => {
                    film::sequence(&mut bytes, &facts, clip, forecast, parts)
                }
            }
            .map(|()| bytes)
        });
        // So is NetCDF put together, which packs on one core.
        let cdf = match (&map, parts) {
            (Some(map), Parts::Rain(Wet { rain, .. })) => {
                let facts = &facts;
                Some(scope.spawn(move || {
                    let mut bytes = Vec::new();
                    netcdf::rain(&mut bytes, map, facts, forecast, rain).map(|()| bytes)
                }))
            }
            _ => None,
        };
        let seen = Seen { clip, forecast, parts, map: map.as_ref(), spread: spread.as_ref() };
        write_stills(&mut staged, &facts, seen, which)?;
        let bytes = sequence.join().unwrap_or_else(|p| std::panic::resume_unwind(p));
        staged.write("forecast.gif", |sink| sink.write_all(&bytes?))?;
        let Some(cdf) = cdf else { return Ok(()) };
        let bytes = cdf.join().unwrap_or_else(|p| std::panic::resume_unwind(p));
        staged.write("rain.nc", |sink| sink.write_all(&bytes?))
    })?;
    let spread = spread.map(|spread| spread_points::summary(&spread, map.is_some()));
    let json = json::document(staged.folder(), &facts, clip, forecast, parts, provenance, spread)
        .map_err(|source| ProductError::Io { path: out.to_owned(), source })?;
    staged.write("forecast.json", |sink| json::write(sink, &json))?;
    staged.commit()
}

/// What map files of a forecast of `task` on `grid` cannot tell: such files are left out, and a person
/// should know. Asked before a forecast is made, since a place that is of no use is refused.
///
/// # Errors
/// [`ProductError::Crs`] and [`ProductError::Transform`].
pub fn places(grid: &Grid, task: Task) -> Result<Vec<Note>, ProductError> {
    let Some(map) = place::Map::of(grid)? else { return Ok(Vec::new()) };
    let mut notes = Vec::new();
    if let (Err(why), Task::FireFront | Task::Rain) = (map.geo_keys(), task) {
        notes.push(Note::GeoTiffLeftOut { why });
    }
    if task == Task::Rain && map.projection().is_none() {
        notes.push(Note::PlaceByCell);
    }
    Ok(notes)
}

/// How the front of a fire spreads, where the size of a cell is known.
fn spread_of(map: Option<&place::Map>, f: &Forecast, fire: Fire<'_>) -> Option<spread::Spread> {
    let on_map = |map| move |at| ground::Ground::at(map, at).ok();
    match (map, f.grid.cell_m) {
        (Some(map), _) => Some(spread::Spread::of(&on_map(map), f, fire)),
        (None, Some(cell_m)) => {
            let flat = |_| Some(ground::Ground::of_cells(cell_m));
            Some(spread::Spread::of(&flat, f, fire))
        }
        (None, None) => None,
    }
}

/// What stills are made of.
#[derive(Clone, Copy)]
struct Seen<'a> {
    clip: &'a Clip,
    forecast: &'a Forecast,
    parts: Parts<'a>,
    map: Option<&'a place::Map>,
    spread: Option<&'a spread::Spread>,
}

/// Writes everything but the sequence and the report.
fn write_stills(
    staged: &mut Staged,
    facts: &facts::Facts,
    Seen { clip, forecast, parts, map, spread }: Seen<'_>,
    which: Which,
) -> Result<(), ProductError> {
    let is_whole = which == Which::All;
    if is_whole {
        staged.write("forecast.npz", |sink| npz::write(sink, clip, forecast, parts))?;
    }
    if let Parts::Fire(fire) = parts {
        staged.write("isochrones.geojson", |sink| {
            geojson::write(sink, map, facts, clip, forecast, fire)
        })?;
        if let Some(spread) = spread {
            staged.write("spread.geojson", |sink| {
                spread_points::write(sink, map, facts, forecast, spread)
            })?;
        }
        if let Some(map) = map {
            staged.write("forecast.kml", |sink| {
                let text = kml::document(map, facts, forecast, fire, spread, None)?;
                sink.write_all(text.as_bytes())
            })?;
            if is_whole {
                staged.write("forecast.kmz", |sink| {
                    kmz::write(sink, map, facts, forecast, fire, spread)
                })?;
            }
        }
    }
    match (map, parts) {
        // Left out where GeoTIFF cannot place it: [`places`] tells.
        (Some(map), Parts::Fire(Fire { burn, .. })) if map.geo_keys().is_ok() => {
            staged.write("arrival.tif", |sink| geotiff::arrival(sink, map, facts, burn))?;
            if is_whole {
                staged.write("burn_probability.tif", |sink| {
                    geotiff::burn_probability(sink, map, facts, forecast, burn)
                })?;
            }
        }
        (Some(map), Parts::Rain(Wet { rain, .. })) => {
            let in_geotiff = map.geo_keys().is_ok();
            if in_geotiff {
                staged.write("rain.tif", |sink| geotiff::rain(sink, map, facts, forecast, rain))?;
            }
            if rain.frames_are_likely && in_geotiff {
                staged.write("rain_likely.tif", |sink| {
                    geotiff::rain_likely(sink, map, facts, forecast, rain)
                })?;
            }
            if let Some(guessed) = rain.from_outside.as_ref().filter(|_| in_geotiff) {
                staged.write("rain_from_outside.tif", |sink| {
                    geotiff::from_outside(sink, map, facts, forecast, rain, guessed)
                })?;
            }
            if let Some(chance) = rain.chance.as_ref().filter(|_| in_geotiff) {
                staged.write("rain_probability.tif", |sink| {
                    geotiff::rain_probability(sink, map, facts, forecast, chance)
                })?;
            }
        }
        (Some(_), Parts::Film | Parts::Fire(_)) | (None, _) => {}
    }
    if let Parts::Rain(Wet { rain: rain @ Rain { chance: Some(chance), .. }, .. }) = parts {
        staged.write("rain_probability.png", |sink| {
            likely::sheet(sink, facts, forecast, rain, chance)
        })?;
    }
    let middle = [forecast.grid.width as f64 / 2.0, forecast.grid.height as f64 / 2.0];
    let here = map.map(|map| ground::Ground::at(map, middle)).transpose()?;
    staged.write("overlay.png", |sink| match parts {
        Parts::Fire(fire) => overlay::write(sink, facts, clip, forecast, fire, here),
        Parts::Film | Parts::Rain(_) => film::sheet(sink, facts, clip, forecast, parts),
    })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io;
    use std::path::PathBuf;

    use super::trial::Trial;
    use super::*;
    use crate::frame::Kind;

    const PLAIN: [&str; 5] =
        ["forecast.gif", "forecast.json", "forecast.npz", "isochrones.geojson", "overlay.png"];

    fn written(trial: &Trial, out: &Path) -> Result<Written, ProductError> {
        write_all(out, &trial.clip, &trial.forecast, &trial.provenance)
    }

    fn utm() -> [f64; 6] {
        [500_000.0, 30.0, 0.0, 4_200_000.0, 0.0, -30.0]
    }

    #[test]
    fn every_shape_and_kind_of_fire_gives_every_product() {
        let room = tempfile::tempdir().unwrap();
        let keep = std::env::var_os("EMBERLINE_KEEP").map(PathBuf::from);
        for (name, trial) in [
            ("square", Trial::ellipse(128, 128, 12)),
            ("smallest", Trial::ellipse(32, 32, 1)),
            ("tall", Trial::ellipse(256, 32, 4)),
            ("narrow", Trial::ellipse(32, 256, 4)),
            ("large", Trial::ellipse(700, 900, 3)),
            ("too-large-for-a-screen", Trial::ellipse(1300, 1700, 2)),
            ("mask", Trial::ellipse(96, 128, 6).seen_as(Kind::Mask)),
            ("rgb", Trial::ellipse(120, 160, 6).seen_as(Kind::Rgb)),
            ("nothing-burns", Trial::ellipse(48, 64, 3).all(false)),
            ("everything-burns", Trial::ellipse(48, 64, 3).all(true)),
            ("many-leads", Trial::ellipse(40, 40, 60)),
            ("speckled", Trial::ellipse(90, 70, 3).speckled()),
        ] {
            let out = keep.as_deref().unwrap_or(room.path()).join(name);
            let files = written(&trial, &out).unwrap().files;
            let names: Vec<&str> = files.iter().map(|(n, _)| n.as_str()).collect();
            assert_eq!(names, PLAIN, "{name}");
            for (file, bytes) in &files {
                assert_eq!(fs::metadata(out.join(file)).unwrap().len(), *bytes);
                assert!(*bytes < 4_000_000 || file == "forecast.npz", "{name}/{file}: {bytes}");
            }
            let png =
                png::Decoder::new(io::BufReader::new(File::open(out.join("overlay.png")).unwrap()));
            let info = png.read_info().unwrap().info().size();
            assert!(info.0 >= 460 && info.0.max(info.1) <= 1800, "{name}: {info:?}");
        }
        for (name, crs, transform, cell_m) in [
            ("map-utm", "EPSG:32611", utm(), Some(30.0)),
            ("map-south", "+proj=utm +zone=55 +south +datum=WGS84", utm(), None),
            ("map-mercator", "EPSG:3857", [-13e6, 40.0, 0.0, 45e5, 0.0, -40.0], None),
            ("map-degrees", "EPSG:4326", [23.5, 3e-4, 0.0, 38.1, 0.0, -3e-4], None),
            ("map-rotated", "EPSG:3035", [4321e3, 25.0, 3.0, 3210e3, 2.0, -25.0], None),
            ("map-south-up", "EPSG:32611", [5e5, 30.0, 0.0, 42e5, 0.0, 30.0], Some(30.0)),
            ("map-lab-bench", "EPSG:32611", [5e5, 0.01, 0.0, 42e5, 0.0, -0.01], Some(0.01)),
        ] {
            let out = keep.as_deref().unwrap_or(room.path()).join(name);
            let trial = Trial::ellipse(96, 128, 4).speckled().on(crs, transform, cell_m);
            assert_eq!(written(&trial, &out).unwrap().files.len(), 10, "{name}");
        }
    }

    #[test]
    fn films_and_rain_of_every_shape_give_their_products() {
        let room = tempfile::tempdir().unwrap();
        let keep = std::env::var_os("EMBERLINE_KEEP").map(PathBuf::from);
        for (k, (h, w, leads)) in [
            (128, 128, 12),
            (32, 32, 1),
            (256, 32, 4),
            (32, 256, 4),
            (700, 900, 3),
            (1300, 1700, 2),
        ]
        .into_iter()
        .enumerate()
        {
            for task in [Task::Frames, Task::Rain] {
                let out = keep.as_deref().unwrap_or(room.path()).join(format!("{task}-{k}"));
                let trial = Trial::ellipse(h, w, leads).told_as(task);
                let files = written(&trial, &out).unwrap().files;
                let names: Vec<&str> = files.iter().map(|(n, _)| n.as_str()).collect();
                let chance = (task == Task::Rain).then_some("rain_probability.png");
                let want = ["forecast.gif", "forecast.json", "forecast.npz", "overlay.png"];
                assert_eq!(names, want.into_iter().chain(chance).collect::<Vec<_>>());
                let png = File::open(out.join("overlay.png")).unwrap();
                let info = png::Decoder::new(io::BufReader::new(png)).read_info().unwrap();
                let size = info.info().size();
                assert!(size.0 >= 300 && size.0.max(size.1) <= 1800, "{task} {h}×{w}: {size:?}");
            }
        }
        let on_a_map = |task| Trial::ellipse(40, 50, 2).told_as(task).on("EPSG:32611", utm(), None);
        let names = |task: Task| -> Vec<String> {
            let files = written(&on_a_map(task), &room.path().join(task.name())).unwrap().files;
            files.into_iter().map(|(n, _)| n).collect()
        };
        let rain = names(Task::Rain);
        for file in [
            "rain.tif",
            "rain_likely.tif",
            "rain.nc",
            "rain_from_outside.tif",
            "rain_probability.tif",
        ] {
            assert!(rain.contains(&file.to_owned()), "{file}: {rain:?}");
        }
        assert!(!names(Task::Frames).iter().any(|n| n.ends_with(".tif")));
    }

    /// Projections that radars come in, EPSG codes of countries and PROJ strings without one, each with a
    /// place in it: longitude and latitude. tests/golden/product_check.py reads the files.
    const PLACES: [(&str, [f64; 2]); 65] = [
        ("EPSG:27700", [-2.0, 53.0]),
        ("EPSG:2056", [8.0, 47.0]),
        ("EPSG:21781", [8.0, 47.0]),
        ("EPSG:28992", [5.3, 52.1]),
        ("EPSG:31370", [4.5, 50.6]),
        ("EPSG:31467", [9.0, 50.0]),
        ("EPSG:5514", [15.0, 49.8]),
        ("EPSG:5070", [-96.0, 38.0]),
        ("EPSG:3577", [145.0, -37.8]),
        ("EPSG:23030", [-3.0, 40.0]),
        ("EPSG:29903", [-8.0, 53.0]),
        ("EPSG:3003", [9.5, 44.0]),
        ("EPSG:31287", [14.0, 47.5]),
        ("EPSG:5880", [-50.0, -15.0]),
        ("EPSG:6933", [10.0, 45.0]),
        ("EPSG:2039", [35.0, 31.5]),
        ("EPSG:4230", [9.0, 46.0]),
        ("EPSG:3067", [26.0, 62.0]),
        ("EPSG:3006", [15.0, 60.0]),
        ("EPSG:25832", [9.0, 52.0]),
        ("EPSG:32633", [15.0, 45.0]),
        ("EPSG:32755", [145.0, -37.0]),
        ("EPSG:3035", [10.0, 52.0]),
        ("EPSG:3857", [10.0, 52.0]),
        ("EPSG:4326", [10.0, 52.0]),
        ("EPSG:4258", [10.0, 52.0]),
        ("EPSG:4269", [-96.0, 38.0]),
        ("EPSG:2154", [3.0, 47.0]),
        ("EPSG:27572", [3.0, 47.0]),
        ("EPSG:2180", [19.0, 52.0]),
        ("EPSG:3301", [25.0, 58.5]),
        ("EPSG:3413", [-45.0, 75.0]),
        ("EPSG:3031", [100.0, -75.0]),
        ("EPSG:3995", [10.0, 75.0]),
        ("EPSG:3112", [145.0, -37.0]),
        ("EPSG:2193", [174.0, -41.0]),
        ("EPSG:3005", [-123.0, 49.5]),
        ("EPSG:3978", [-95.0, 50.0]),
        ("EPSG:2263", [-74.0, 40.7]),
        ("EPSG:2227", [-122.0, 37.5]),
        ("EPSG:6668", [139.0, 36.0]),
        ("EPSG:3812", [4.5, 50.6]),
        ("+proj=aeqd +lat_0=52.3469 +lon_0=19.0926 +ellps=sphere", [19.0, 52.0]),
        ("+proj=stere +lat_0=56 +lon_0=10.5666 +ellps=WGS84", [10.5, 56.0]),
        (
            "+proj=somerc +lat_0=46.95241 +lon_0=7.43958 +k_0=1 +x_0=600000 +y_0=200000 \
             +ellps=bessel +towgs84=674.374,15.056,405.346,0,0,0,0",
            [8.0, 47.0],
        ),
        ("+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996 +x_0=4e5 +y_0=-1e5 +ellps=airy", [-2.0, 53.0]),
        ("+proj=aea +lat_1=-18 +lat_2=-36 +lat_0=0 +lon_0=144.75 +ellps=GRS80", [144.7, -37.8]),
        ("+proj=gnom +lat_0=52 +lon_0=10", [10.5, 52.5]),
        ("+proj=geos +lon_0=0 +h=35785831 +sweep=y +ellps=GRS80", [10.0, 45.0]),
        (
            "+proj=stere +lon_0=25E +lat_0=90N +lat_ts=60 +a=6371288 +x_0=380886 +y_0=3395677",
            [26.0, 61.0],
        ),
        ("+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378.137 +b=6356.752", [5.0, 52.0]),
        ("+proj=stere +lat_0=90 +lon_0=10 +lat_ts=60 +a=6370040 +b=6370040 +units=km", [9.0, 51.0]),
        ("+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +ellps=WGS84", [10.0, 50.0]),
        ("+proj=lcc +lat_1=49 +lat_2=44 +lat_0=46.5 +lon_0=3 +ellps=WGS84", [3.0, 47.0]),
        ("+proj=lcc +lat_1=49 +lat_0=49 +k_0=0.99 +lon_0=3 +ellps=intl", [3.0, 47.0]),
        ("+proj=lcc +lat_1=49 +lat_2=44 +lat_0=46 +k_0=0.99 +lon_0=3", [3.0, 47.0]),
        ("+proj=merc +lat_ts=45 +lon_0=16 +ellps=WGS84", [16.0, 49.0]),
        ("+proj=eqc +lat_ts=40 +lon_0=5 +R=6370000", [5.0, 45.0]),
        ("+proj=ortho +lat_0=52 +lon_0=10 +ellps=WGS84", [10.5, 52.5]),
        ("+proj=cass +lat_0=52 +lon_0=10 +ellps=WGS84", [10.5, 52.5]),
        ("+proj=sterea +lat_0=52.15 +lon_0=5.38 +k=0.9999079 +ellps=bessel", [5.3, 52.1]),
        (
            "+proj=omerc +lat_0=45 +lonc=10 +alpha=30 +gamma=30 +k=1 +x_0=1e5 +ellps=WGS84",
            [10.2, 45.2],
        ),
        ("+proj=moll +lon_0=10 +ellps=WGS84", [10.5, 45.0]),
        ("+proj=sinu +lon_0=10 +R=6371007.181", [10.5, 45.0]),
        ("+proj=tpers +h=5500000 +lat_0=45 +lon_0=10", [10.5, 45.0]),
    ];

    #[test]
    fn maps_of_every_projection_are_written() {
        use proj4rs::{Proj, transform::transform};
        let room = tempfile::tempdir().unwrap();
        let keep = std::env::var_os("EMBERLINE_KEEP").map(PathBuf::from);
        let wgs84 = Proj::from_proj_string("+proj=longlat +datum=WGS84").unwrap();
        for (k, (crs, [lon, lat])) in PLACES.into_iter().enumerate() {
            let out = keep.as_deref().unwrap_or(room.path()).join(format!("place-{k}"));
            let code = crs.strip_prefix("EPSG:").map(|c| c.parse().unwrap());
            let proj = code.map_or_else(|| Proj::from_proj_string(crs), Proj::from_epsg_code);
            let proj = proj.unwrap();
            let mut at = (f64::to_radians(lon), f64::to_radians(lat), 0.0);
            transform(&wgs84, &proj, &mut at).unwrap();
            // Cells of about a kilometre, whatever the unit.
            let in_km = proj.ellipse_parameters().0 < 1e5;
            let (unit, cell) = match proj.is_latlong() {
                true => (1f64.to_degrees(), 0.01),
                false => (1.0, 1000.0 / proj.to_meter() / if in_km { 1000.0 } else { 1.0 }),
            };
            let t = [at.0 * unit, cell, 0.0, at.1 * unit, 0.0, -cell];
            let trial = Trial::ellipse(40, 50, 2).told_as(Task::Rain).on(crs, t, None);
            let notes = places(&trial.forecast.grid, Task::Rain).unwrap();
            let names: Vec<String> =
                written(&trial, &out).unwrap().files.into_iter().map(|(n, _)| n).collect();
            let has = |name: &str| names.iter().any(|n| n == name);
            let without = ["moll", "tpers", "geos", "k_0=0.99 +lon_0=3"].iter();
            let in_geotiff = !without.into_iter().any(|w| crs.contains(w) && !crs.contains("intl"));
            assert!(has("rain.nc"), "{crs}");
            assert_eq!(has("rain.tif") && has("rain_probability.tif"), in_geotiff, "{crs}");
            assert_eq!(notes.len(), usize::from(!in_geotiff), "{crs}: {notes:?}");
        }
    }

    #[test]
    fn a_place_that_is_of_no_use_is_told_before_a_forecast_is_made() {
        let grid = |crs: &str, transform| {
            let grid = Trial::ellipse(40, 50, 2).on(crs, transform, None).clip.grid;
            places(&grid, Task::Rain).map_err(|e| e.to_string())
        };
        let south = grid("+proj=tmerc +axis=wsu", utm()).unwrap();
        assert_eq!(south.len(), 2, "{south:?}");
        assert!(grid("Mars", utm()).unwrap_err().contains("neither"));
        assert!(grid("EPSG:32611", [0.0; 6]).unwrap_err().contains("no area"));
        assert_eq!(grid("EPSG:32611", utm()), Ok(vec![]));
    }

    #[test]
    fn forecast_json_keeps_the_report_and_names_each_file() {
        let room = tempfile::tempdir().unwrap();
        let out = room.path().join("out");
        written(&Trial::ellipse(40, 50, 2), &out).unwrap();
        let json: serde_json::Value =
            serde_json::from_reader(File::open(out.join("forecast.json")).unwrap()).unwrap();
        let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        let first = ["emberline", "model", "engine", "input", "timings_s", "rollout_from_lead"];
        assert_eq!(keys[..6], first, "the provenance's order first");
        assert_eq!(keys[6..], ["warnings", "product", "files"]);
        assert_eq!(json["product"]["issue_time"], "2026-08-03T14:05:30Z");
        for name in PLAIN.into_iter().filter(|n| *n != "forecast.json") {
            let bytes = fs::read(out.join(name)).unwrap();
            use sha2::Digest as _;
            let sha256: String =
                sha2::Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(json["files"][name]["sha256"], sha256);
            assert_eq!(json["files"][name]["bytes"], bytes.len());
        }
    }

    #[test]
    fn parts_that_do_not_fit_are_refused_before_anything_is_written() {
        type Spoil = fn(&mut Trial);
        let room = tempfile::tempdir().unwrap();
        let cases: [(&str, Spoil); 8] = [
            ("burn_probability", |t| {
                t.burn_mut().probability = ndarray::Array3::zeros((2, 40, 49));
            }),
            ("arrival_s", |t| t.burn_mut().arrival_s = ndarray::Array2::zeros((1, 1))),
            ("lead_s does not rise", |t| t.forecast.lead_s = vec![60.0, 60.0]),
            ("lead_s does not rise", |t| t.forecast.lead_s = vec![f64::NAN, 60.0]),
            ("threshold", |t| t.burn_mut().threshold = 0.0),
            ("rain_mm_h", |t| {
                *t = Trial::ellipse(40, 50, 2).told_as(Task::Rain);
                let crate::forecast::Predicted::Rain(rain) = &mut t.forecast.predicted else {
                    return;
                };
                rain.mm_h = ndarray::Array3::zeros((2, 40, 49));
            }),
            ("the clip is for frames", |t| t.clip.observed = crate::clip::Observed::Film),
            ("neither", |t| {
                t.forecast.grid = Trial::ellipse(40, 50, 2).on("Mars", utm(), None).clip.grid
            }),
        ];
        for (want, spoil) in cases {
            let mut trial = Trial::ellipse(40, 50, 2);
            spoil(&mut trial);
            let error = written(&trial, &room.path().join("out")).unwrap_err().to_string();
            assert!(error.contains(want) && error.lines().count() == 1, "{want}: {error}");
            assert_eq!(fs::read_dir(room.path()).unwrap().count(), 0, "{want}");
        }
    }
}
