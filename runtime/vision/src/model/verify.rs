//! Proof that a model runs on this machine as it ran where it was made: its golden clips, replayed.

use std::io::Cursor;

use emberline_engine::{
    Availability, EngineError, EngineKind, EngineOptions, REFERENCE_PRECISION, availabilities,
    one_line,
};
use ndarray::{Array3, Array4, Axis};
use ndarray_npy::NpzReader;

use super::error::ModelError;
use super::families::{FAMILIES, of};
use super::folder::Folder;
use super::golden::{Check, Golden, GoldenFire, GoldenRain, failed};
use super::model::Model;
use crate::task::Task;

/// Replays every golden clip of `folder` on every engine that is here, at every precision that it runs.
///
/// # Errors
/// [`ModelError::Damaged`] when `golden.npz` cannot be read. An engine that is here but fails is a
/// [`Check`] with a fault.
pub fn checks(folder: &Folder) -> Result<Vec<Check>, ModelError> {
    golden(folder, REFERENCE_PRECISION)?;
    if !of(folder, &FAMILIES)?.needs_engine() {
        let model = Model::open(folder.clone(), &EngineOptions::of(EngineKind::Auto))?;
        return model.replay_golden();
    }
    let mut out = Vec::new();
    for Availability { engine, state } in availabilities() {
        // TensorRT builds an engine for minutes at each shape; it is checked when asked for.
        if state.is_err() || engine == EngineKind::Tensorrt {
            continue;
        }
        for precision in folder.card.precision.iter().map(|p| p.name.clone()) {
            let options =
                EngineOptions { precision: precision.clone(), ..EngineOptions::of(engine) };
            match Model::open(folder.clone(), &options) {
                Ok(model) => out.extend(model.replay_golden()?),
                // An engine that does not run it, or a graph that is not inside this program.
                Err(
                    ModelError::Engine(EngineError::Absent { .. }) | ModelError::NoPrecision { .. },
                ) if precision != REFERENCE_PRECISION => {}
                Err(e) => out.push(failed(engine.name(), &precision, "", &e.to_string())),
            }
        }
    }
    Ok(out)
}

impl Model {
    /// Replays every golden clip of its folder.
    ///
    /// # Errors
    /// [`ModelError::Damaged`] when `golden.npz` cannot be read.
    pub fn replay_golden(&self) -> Result<Vec<Check>, ModelError> {
        let cases = golden(self.folder(), self.precision())?;
        Ok(cases.iter().map(|case| self.network().replay(case)).collect())
    }
}

/// Reads the golden clips.
fn golden(folder: &Folder, precision: &str) -> Result<Vec<Golden>, ModelError> {
    let wrong = |what: String| ModelError::Damaged {
        model: folder.card.id(),
        file: "golden.npz".to_owned(),
        what: one_line(&what),
    };
    let mut npz = NpzReader::new(Cursor::new(folder.golden()))
        .map_err(|e| wrong(format!("cannot be read: {e}")))?;
    let names = npz.names().map_err(|e| wrong(format!("cannot be read: {e}")))?;
    let plain = |n: &String| n.strip_suffix(".npy").unwrap_or(n).to_owned();
    let mut cases: Vec<String> = names
        .iter()
        .map(plain)
        .filter_map(|n| n.strip_suffix(".frames").map(str::to_owned))
        .collect();
    cases.sort_unstable();
    let key = |name: String| match names.iter().find(|n| plain(n) == name) {
        Some(stored) => stored.clone(),
        None => name,
    };
    let mut out = Vec::new();
    for name in cases {
        let mut read = |part: &str| -> Result<Array3<f32>, ModelError> {
            let array: ndarray::ArrayD<f32> = npz
                .by_name(&key(format!("{name}.{part}")))
                .map_err(|e| wrong(format!("array {name}.{part}: {e}")))?;
            // Batch and channel axes of length 1 go away.
            let shape: Vec<usize> = array.shape().to_vec();
            let shape = match shape[..] {
                [1, n, 1, h, w] | [1, n, h, w] => (n, h, w),
                _ => return Err(wrong(format!("array {name}.{part} has shape {shape:?}"))),
            };
            array.into_shape_with_order(shape).map_err(|e| wrong(format!("{name}.{part}: {e}")))
        };
        let (frames, forecast) = (read("frames")?, read("forecast")?);
        let fire = match folder.card.task {
            Task::FireFront => Some(GoldenFire {
                front: read("front")?,
                burn_probability: read("burn_probability")?,
            }),
            Task::Frames | Task::Rain => None,
        };
        let mut numbers = |part: &str| -> Result<Vec<f64>, ModelError> {
            let array: ndarray::Array1<f64> = npz
                .by_name(&key(format!("{name}.{part}")))
                .map_err(|e| wrong(format!("array {name}.{part}: {e}")))?;
            Ok(array.to_vec())
        };
        let rain = match names.iter().any(|n| plain(n) == format!("{name}.age_s")) {
            true => Some((numbers("age_s")?, numbers("lead_s")?, numbers("cell_km")?)),
            false => None,
        };
        let rain = match rain {
            None => None,
            Some((age_s, lead_s, cell_km)) => {
                let velocity: Array3<f32> = npz
                    .by_name(&key(format!("{name}.velocity")))
                    .map_err(|e| wrong(format!("array {name}.velocity: {e}")))?;
                let Some(cell_km) = cell_km.first().copied() else {
                    return Err(wrong(format!("array {name}.cell_km is empty")));
                };
                Some(GoldenRain { age_s, lead_s, cell_km, velocity })
            }
        };
        let mut codes = Vec::new();
        let prefix = format!("{name}.codes_");
        for part in names.iter().map(plain).filter(|n| n.starts_with(&prefix)) {
            let array: Array4<i64> =
                npz.by_name(&key(part.clone())).map_err(|e| wrong(format!("array {part}: {e}")))?;
            let code_name = part[name.len() + 1..].to_owned();
            codes.push((code_name, array.index_axis_move(Axis(0), 0)));
        }
        let precision = precision.to_owned();
        out.push(Golden { name, precision, frames, forecast, fire, rain, codes });
    }
    if out.is_empty() {
        return Err(wrong("holds no clip".to_owned()));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_here_gives_the_golden_answer() -> Result<(), ModelError> {
        let all = checks(&crate::model::inside("fire-v1")?)?;
        assert!(!all.is_empty());
        for check in all {
            assert!(check.passed(), "{check:?}");
            assert!(check.codes_agree > 0.999, "{check:?}");
        }
        Ok(())
    }
}
