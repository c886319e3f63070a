//! Drift: how far a clip is from what a model was trained on, by what the model's codes do in it.
//!
//! A network with a codebook turns each place of each frame into one of a few codes. `drift.npz` in
//! the model's folder says how often training had each code, and how surprising it is that one code
//! follows another at the same place. A film of something else uses other codes, or the same ones
//! in an order that training never had.

use std::io::{Cursor, Read as _};

use ndarray::{Array, Array1, Array2, Array3, Dimension};
use ndarray_npy::{ReadNpyExt as _, ReadableElement};
use zip::ZipArchive;
use zip::result::ZipError;

use super::card::{CODES, DriftBits, Level, PhysicNetCard};
use crate::forecast::{CodeMap, Drift, Signal};

/// How far from 1 the shares of a codebook's use may sum up: they are rounded.
const USE_SUM_MARGIN: f64 = 1e-3;
/// Most bytes of an array's header.
const HEADER_BYTES_MAX: usize = 1 << 12;
/// Surprise of a step from or to a code beyond the codebook, tenths of a bit: the most there is.
const FOREIGN_TENTHS: u8 = u8::MAX;

/// What the codes of every codebook of a card do in training.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CodeStatistics {
    /// Of the coarse and of the fine view, where the card has a codebook for it.
    books: [Option<BookStatistics>; 2],
}

/// What the `K` codes of one codebook do in training.
#[derive(Clone, Debug, PartialEq)]
struct BookStatistics {
    /// Share of places that each code covers `[K]`; they sum to about 1.
    shares: Array1<f32>,
    /// Surprise `[K, K]` of a step from a code (row) to a code (column) of the next frame at the
    /// same place, tenths of a bit.
    step_tenths: Array2<u8>,
}

/// What one clip's codes give, or a mean of several.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Signals {
    codes_bits: f64,
    all_bits: f64,
    change_bits: f64,
}

impl CodeStatistics {
    /// Reads `drift.npz` for the codebooks of `card`; says in words what is wrong with it.
    ///
    /// Of each level there must be `use_<level>` float32 `[K]`, at least 0 with the sum 1, and
    /// `bits_<level>` uint8 `[K, K]`, tenths of a bit.
    pub(super) fn read(bytes: &[u8], card: &PhysicNetCard) -> Result<Self, String> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| format!("no .npz: {e}"))?;
        let mut read = |level: Level, name: &str| -> Result<Option<BookStatistics>, String> {
            let Some(codes) = card.codebook(level).map(|c| c.codes) else { return Ok(None) };
            let of = format!("use_{name}");
            let shares: Array1<f32> = array(&mut zip, &of, &[codes])?;
            let sum: f64 = shares.iter().map(|v| f64::from(*v)).sum();
            let right = shares.iter().all(|v| *v >= 0.0) && (sum - 1.0).abs() <= USE_SUM_MARGIN;
            if !right {
                return Err(format!(
                    "array {of} must be shares of at least 0 that sum to 1 within {USE_SUM_MARGIN}"
                ));
            }
            let step_tenths = array(&mut zip, &format!("bits_{name}"), &[codes, codes])?;
            Ok(Some(BookStatistics { shares, step_tenths }))
        };
        Ok(Self { books: [read(Level::Global, "global")?, read(Level::Local, "local")?] })
    }

    /// Drift of a clip with these codes: each signal is the mean over codebooks, the ratio that of
    /// the signal furthest beyond its level. `None` without codes.
    pub(super) fn drift(&self, levels: DriftBits, codes: &[CodeMap]) -> Option<Drift> {
        let of = |book: usize| codes.iter().find(|c| c.name == CODES[book]);
        let pairs = self.books.iter().enumerate();
        let each: Vec<Signals> = pairs
            .filter_map(|(k, statistics)| Some(statistics.as_ref()?.signals(&of(k)?.codes)))
            .collect();
        if each.is_empty() {
            return None;
        }
        let mean = |of: fn(&Signals) -> f64| each.iter().map(of).sum::<f64>() / each.len() as f64;
        let codes_bits = mean(|s| s.codes_bits);
        let all_bits = mean(|s| s.all_bits);
        let change_bits = mean(|s| s.change_bits);
        let ratio = (codes_bits / levels.codes_bits)
            .max(all_bits / levels.all_bits)
            .max(change_bits / levels.change_bits);
        let signals =
            [("codes_bits", codes_bits), ("all_bits", all_bits), ("change_bits", change_bits)];
        let signals = signals.map(|(name, value)| Signal { name, value }).to_vec();
        Some(Drift { ratio, signals, warned: ratio > 1.0 })
    }
}

impl BookStatistics {
    /// Signals of a clip with codes `[T, h, w]`.
    fn signals(&self, codes: &Array3<u16>) -> Signals {
        let [mut steps, mut changes] = [(0u64, 0u64); 2];
        let later = codes.outer_iter().skip(1);
        for (now, next) in codes.outer_iter().zip(later) {
            for (a, b) in now.iter().zip(&next) {
                let at = [usize::from(*a), usize::from(*b)];
                let tenths = u64::from(*self.step_tenths.get(at).unwrap_or(&FOREIGN_TENTHS));
                steps = (steps.0 + tenths, steps.1 + 1);
                if a != b {
                    changes = (changes.0 + tenths, changes.1 + 1);
                }
            }
        }
        let mean_bits = |(tenths, n): (u64, u64)| tenths as f64 / 10.0 / n.max(1) as f64;
        Signals {
            codes_bits: self.divergence_bits(codes),
            all_bits: mean_bits(steps),
            change_bits: mean_bits(changes),
        }
    }

    /// Jensen–Shannon divergence of the codes of a clip `[T, h, w]` and their shares in training,
    /// bits: 0 where both are the same, 1 where they have no code in common.
    ///
    /// A code beyond the codebook is one that training never used.
    fn divergence_bits(&self, codes: &Array3<u16>) -> f64 {
        let mut count = vec![0u64; self.shares.len()];
        let mut foreign = 0u64;
        for &code in codes {
            *count.get_mut(usize::from(code)).unwrap_or(&mut foreign) += 1;
        }
        let all = (codes.len() as f64).max(1.0);
        let total: f64 = self.shares.iter().map(|v| f64::from(*v)).sum();
        // Half of q · log2(q / m) + p · log2(p / m), m the mean of both; 0 · log 0 is 0.
        let term = |a: f64, b: f64| if a > 0.0 { a * (2.0 * a / (a + b)).log2() } else { 0.0 };
        let pairs = count.iter().zip(&self.shares);
        let pairs = pairs.map(|(&n, &u)| (n as f64 / all, f64::from(u) / total));
        let known: f64 = pairs.map(|(q, p)| term(q, p) + term(p, q)).sum();
        (0.5 * (known + term(foreign as f64 / all, 0.0))).clamp(0.0, 1.0)
    }
}

/// The array `name` of an `.npz`, which must have this type and shape. A shape that differs is
/// refused before there is memory taken for it.
fn array<A: ReadableElement, D: Dimension>(
    zip: &mut ZipArchive<Cursor<&[u8]>>,
    name: &str,
    shape: &[usize],
) -> Result<Array<A, D>, String> {
    let entry = zip.by_name(&format!("{name}.npy")).map_err(|e| match e {
        ZipError::FileNotFound => format!("array {name} is missing"),
        e => format!("array {name}: {e}"),
    })?;
    let most = shape.iter().product::<usize>() * size_of::<A>() + HEADER_BYTES_MAX;
    let mut bytes = Vec::new();
    entry.take(most as u64).read_to_end(&mut bytes).map_err(|e| format!("array {name}: {e}"))?;
    let wanted = match shape {
        [n] => format!("({n},)"),
        more => format!("({})", more.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    };
    let header = String::from_utf8_lossy(&bytes[..bytes.len().min(HEADER_BYTES_MAX)]);
    if !header.contains(&format!("'shape': {wanted}")) {
        return Err(format!("array {name} must have the shape {wanted}"));
    }
    Array::read_npy(&bytes[..]).map_err(|e| format!("array {name}: {e}"))
}

#[cfg(test)]
mod tests;
