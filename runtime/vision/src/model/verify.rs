//! Proof that a model runs on this machine as it ran where it was made: its golden clips, replayed.

use std::io::Cursor;
use std::time::Instant;

use ndarray::{Array3, Array4, Axis};
use ndarray_npy::NpzReader;
use serde::Serialize;

use super::choose::{EngineAsk, EngineKind, REFERENCE, Standing, open_engine, standings};
use super::folder::Folder;
use super::{Engine, ModelError, one_line};
use crate::task::Task;

/// Largest difference allowed from the golden answer.
pub const DIFFERENCE_MAX: f32 = 1e-3;
/// Smallest share of cells and leads that must agree on "probability at least one half".
pub const AGREE_MIN: f64 = 0.999;

/// Smallest share of equal codes of another precision than float32.
pub const CODES_AGREE_MIN: f64 = 0.99;

/// One golden clip on one engine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// Engine, as on the command line.
    pub engine: &'static str,
    /// Precision of the graphs.
    pub precision: String,
    /// Name of the golden clip; empty when the engine did not start.
    pub case: String,
    /// Largest difference of the forecast frames.
    pub frames_difference: f32,
    /// Largest difference of burn probability, where the network gives one.
    pub probability_difference: Option<f32>,
    /// Share of cells and leads that agree on "at least one half", likewise.
    pub agree: Option<f64>,
    /// Share of equal codes of both codebooks.
    pub codes_agree: f64,
    /// Seconds for the run.
    pub seconds: f64,
    /// What went wrong, where the engine refused.
    pub fault: Option<String>,
}

impl Check {
    /// Whether the engine gives the golden answer: the frames and, of fire, the probability; where
    /// there is no probability, the codes. Another precision than float32 must keep
    /// [`CODES_AGREE_MIN`] of the codes; what it loses of scores was measured when it was made.
    #[must_use]
    pub fn passed(&self) -> bool {
        if self.precision != REFERENCE {
            let finite = self.frames_difference.is_finite();
            return self.fault.is_none() && finite && self.codes_agree >= CODES_AGREE_MIN;
        }
        let besides = match (self.probability_difference, self.agree) {
            (Some(difference), Some(agree)) => difference <= DIFFERENCE_MAX && agree >= AGREE_MIN,
            _ => self.codes_agree >= AGREE_MIN,
        };
        self.fault.is_none() && self.frames_difference <= DIFFERENCE_MAX && besides
    }
}

/// A golden clip and its answer.
struct Golden {
    name: String,
    frames: Array3<f32>,
    forecast: Array3<f32>,
    fire: Option<GoldenFire>,
    codes: [Option<Array3<i64>>; 2],
}

/// What a golden clip of fire holds besides.
struct GoldenFire {
    front: Array3<f32>,
    burn_probability: Array3<f32>,
}

/// Replays every golden clip of `folder` on every engine that is here, at every precision that it runs.
///
/// # Errors
/// [`ModelError::Damaged`] when `golden.npz` cannot be read. An engine that is here but fails is a
/// [`Check`] with a fault.
pub fn checks(folder: &Folder) -> Result<Vec<Check>, ModelError> {
    let cases = golden(folder)?;
    let mut out = Vec::new();
    for Standing { engine, state } in standings() {
        // TensorRT builds an engine for minutes at each shape; it is checked when asked for.
        if state.is_err() || engine == EngineKind::Tensorrt {
            continue;
        }
        for precision in folder.card.precision.iter().map(|p| p.name.as_str()) {
            let ask = EngineAsk { precision: precision.to_owned(), ..EngineAsk::of(engine) };
            match open_engine(&ask, folder) {
                Ok(opened) => {
                    out.extend(cases.iter().map(|case| check(&*opened, precision, case)));
                }
                // An engine that does not run it, or a graph that is not inside this program.
                Err(ModelError::NoEngine { .. } | ModelError::NoPrecision { .. })
                    if precision != REFERENCE => {}
                Err(e) => out.push(failed(engine.name(), precision, "", &e)),
            }
        }
    }
    Ok(out)
}

/// Replays every golden clip of `folder` on one engine, opened at a precision.
///
/// # Errors
/// [`ModelError::Damaged`] when `golden.npz` cannot be read.
pub fn replay_golden(
    engine: &dyn Engine,
    precision: &str,
    folder: &Folder,
) -> Result<Vec<Check>, ModelError> {
    Ok(golden(folder)?.iter().map(|case| check(engine, precision, case)).collect())
}

fn failed(engine: &'static str, precision: &str, case: &str, error: &ModelError) -> Check {
    Check {
        engine,
        precision: precision.to_owned(),
        case: case.to_owned(),
        frames_difference: f32::NAN,
        probability_difference: None,
        agree: None,
        codes_agree: 0.0,
        seconds: 0.0,
        fault: Some(one_line(&error.to_string())),
    }
}

fn check(engine: &dyn Engine, precision: &str, case: &Golden) -> Check {
    // The first run also prepares the graph for this shape.
    let front = case.fire.as_ref().map(|f| f.front.view());
    let run = || {
        engine.forget();
        engine.run(case.frames.view(), front, 1)
    };
    let first = run();
    let started = Instant::now();
    let raw = match first.and_then(|_| run()) {
        Ok(raw) => raw,
        Err(e) => return failed(engine.name(), precision, &case.name, &e),
    };
    let seconds = started.elapsed().as_secs_f64();
    let half = |p: &Array3<f32>| p.mapv(|p| p >= 0.5);
    let wanted = case.fire.as_ref().map(|f| &f.burn_probability);
    let burn = raw.burn_probability.as_ref().zip(wanted);
    let codes = [&raw.codes_global, &raw.codes_local];
    let codes = codes.into_iter().zip(&case.codes).filter_map(|(got, want)| {
        let (got, want) = (got.as_ref()?, want.as_ref()?);
        Some(equal_share(&got.mapv(i64::from), want))
    });
    Check {
        engine: engine.name(),
        precision: precision.to_owned(),
        case: case.name.clone(),
        frames_difference: difference(&raw.frames, &case.forecast),
        probability_difference: burn.map(|(got, want)| difference(got, want)),
        agree: burn.map(|(got, want)| equal_share(&half(got), &half(want))),
        codes_agree: codes.fold(1.0, f64::min),
        seconds,
        fault: None,
    }
}

/// Largest difference; infinite when a shape differs or a value is no number.
fn difference(a: &Array3<f32>, b: &Array3<f32>) -> f32 {
    if a.dim() != b.dim() {
        return f32::INFINITY;
    }
    a.iter().zip(b).fold(0.0, |most, (a, b)| {
        let d = (a - b).abs();
        if d.is_nan() { f32::INFINITY } else { d.max(most) }
    })
}

fn equal_share<T: PartialEq>(a: &Array3<T>, b: &Array3<T>) -> f64 {
    if a.dim() != b.dim() || a.is_empty() {
        return 0.0;
    }
    a.iter().zip(b).filter(|(a, b)| a == b).count() as f64 / a.len() as f64
}

/// Reads the golden clips.
fn golden(folder: &Folder) -> Result<Vec<Golden>, ModelError> {
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
    let has = |name: &str| names.iter().any(|n| plain(n) == name);
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
        let mut codes = [None, None];
        for (k, part) in ["codes_global", "codes_local"].into_iter().enumerate() {
            let part = format!("{name}.{part}");
            if has(&part) {
                let array: Array4<i64> = npz
                    .by_name(&key(part.clone()))
                    .map_err(|e| wrong(format!("array {part}: {e}")))?;
                let first = array.index_axis_move(Axis(0), 0);
                codes[k] = Some(first);
            }
        }
        out.push(Golden { name, frames, forecast, fire, codes });
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
        let all = checks(&Folder::builtin()?)?;
        assert!(!all.is_empty());
        for check in all {
            assert!(check.passed(), "{check:?}");
            assert!(check.codes_agree > 0.999, "{check:?}");
        }
        Ok(())
    }
}
