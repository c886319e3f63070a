//! Products: everything a person or a map takes from a forecast, written as one folder or not at all.

use std::io::Write as _;
use std::path::Path;

use crate::clip::Clip;
use crate::forecast::{Forecast, Provenance, Rain};

pub mod atomic;
mod beside;
mod error;
mod facts;
mod film;
mod geojson;
mod geokeys;
mod geotiff;
mod gif;
mod json;
mod likely;
mod netcdf;
mod npz;
mod outline;
mod overlay;
mod parts;
pub mod place;
mod projection;
pub mod rain_colours;
mod scene;
mod still;
mod swap;

#[cfg(test)]
mod trial;

pub use atomic::{Staged, Written};
pub use error::ProductError;
use parts::{Fire, Parts, Wet};

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
    let parts = Parts::of(clip, forecast)?;
    let facts = facts::Facts::of(clip, forecast, provenance);
    let map = place::Map::of(&forecast.grid)?;
    if let Some(map) = &map {
        map.place()?;
    }
    let mut staged = Staged::begin(out)?;
    std::thread::scope(|scope| {
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
        write_stills(&mut staged, &facts, map.as_ref(), clip, forecast, parts)?;
        let bytes = sequence.join().unwrap_or_else(|p| std::panic::resume_unwind(p));
        staged.write("forecast.gif", |sink| sink.write_all(&bytes?))
    })?;
    let json = json::document(staged.folder(), &facts, clip, forecast, parts, provenance)
        .map_err(|source| ProductError::Io { path: out.to_owned(), source })?;
    staged.write("forecast.json", |sink| json::write(sink, &json))?;
    staged.commit()
}

/// Writes everything but the sequence and the report.
fn write_stills(
    staged: &mut Staged,
    facts: &facts::Facts,
    map: Option<&place::Map>,
    clip: &Clip,
    forecast: &Forecast,
    parts: Parts<'_>,
) -> Result<(), ProductError> {
    staged.write("forecast.npz", |sink| npz::write(sink, clip, forecast, parts))?;
    if let Parts::Fire(fire) = parts {
        staged.write("isochrones.geojson", |sink| {
            geojson::write(sink, map, facts, clip, forecast, fire)
        })?;
    }
    match (map, parts) {
        (Some(map), Parts::Fire(Fire { burn, .. })) => {
            staged.write("arrival.tif", |sink| geotiff::arrival(sink, map, facts, burn))?;
            staged.write("burn_probability.tif", |sink| {
                geotiff::burn_probability(sink, map, facts, forecast, burn)
            })?;
        }
        (Some(map), Parts::Rain(Wet { rain, .. })) => {
            staged.write("rain.tif", |sink| geotiff::rain(sink, map, facts, forecast, rain))?;
            staged.write("rain.nc", |sink| {
                netcdf::rain(sink.get_ref().try_clone()?, map, facts, forecast, rain)
            })?;
            if let Some(chance) = &rain.chance {
                staged.write("rain_probability.tif", |sink| {
                    geotiff::rain_probability(sink, map, facts, forecast, chance)
                })?;
            }
        }
        (Some(_), Parts::Film) | (None, _) => {}
    }
    if let Parts::Rain(Wet { rain: Rain { chance: Some(chance), .. }, .. }) = parts {
        staged
            .write("rain_probability.png", |sink| likely::sheet(sink, facts, forecast, chance))?;
    }
    staged.write("overlay.png", |sink| match parts {
        Parts::Fire(fire) => overlay::write(sink, facts, clip, forecast, fire),
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
    use crate::task::Task;

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
            assert_eq!(written(&trial, &out).unwrap().files.len(), 7);
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
        for file in ["rain.tif", "rain.nc", "rain_probability.tif"] {
            assert!(rain.contains(&file.to_owned()), "{file}: {rain:?}");
        }
        assert!(!names(Task::Frames).iter().any(|n| n.ends_with(".tif")));
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
        let cases: [(&str, Spoil); 9] = [
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
            ("projection aea is not carried over", |t| {
                let crs = "+proj=aea +lat_1=34 +lat_2=42 +lat_0=38 +lon_0=-117 +ellps=GRS80";
                t.forecast.grid = Trial::ellipse(40, 50, 2).on(crs, utm(), None).clip.grid;
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
