//! Drift: how far a clip is from what a model was trained on, by how it uses the model's codes.
//!
//! A network with a codebook turns each place of each frame into one of a few codes. How often each
//! code came up in training stands in the card; a film of something else uses other codes.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::card::Card;
use crate::forecast::Drift;

/// From when on a clip is too unlike the training data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftLimit {
    /// Drift above which a forecast warns, bits in 0..1.
    pub warn_above: f64,
    /// How the limit was found, in words.
    pub measured: String,
}

/// Drift of a clip with these codes, of the codebooks in the card's order of levels (global, local):
/// the mean of their divergences. `None` where the card has no limit or the network gave no codes.
#[must_use]
pub(super) fn drift(card: &Card, codes: [Option<&Array3<u16>>; 2]) -> Option<Drift> {
    use super::card::Level;
    let limit = card.drift.as_ref()?;
    let books = [Level::Global, Level::Local].into_iter().zip(codes);
    let signals: Vec<f64> = books
        .filter_map(|(level, codes)| Some(divergence_bits(codes?, &card.codebook(level)?.usage)))
        .collect();
    if signals.is_empty() {
        return None;
    }
    let bits = signals.iter().sum::<f64>() / signals.len() as f64;
    Some(Drift { bits, warn_above: limit.warn_above, warned: bits > limit.warn_above })
}

/// Jensen–Shannon divergence of the codes of a clip `[T, h, w]` and their share `usage` in training,
/// bits: 0 where both are the same, 1 where they have no code in common.
///
/// A code beyond the codebook is one that training never used.
#[must_use]
fn divergence_bits(codes: &Array3<u16>, usage: &[f64]) -> f64 {
    let mut count = vec![0u64; usage.len()];
    let mut foreign = 0u64;
    for &code in codes {
        *count.get_mut(usize::from(code)).unwrap_or(&mut foreign) += 1;
    }
    let all = (codes.len() as f64).max(1.0);
    let total: f64 = usage.iter().sum();
    // Half of q · log2(q / m) + p · log2(p / m), m the mean of both; 0 · log 0 is 0.
    let term = |a: f64, b: f64| if a > 0.0 { a * (2.0 * a / (a + b)).log2() } else { 0.0 };
    let pairs = count.iter().zip(usage).map(|(&n, &u)| (n as f64 / all, u / total));
    let known: f64 = pairs.map(|(q, p)| term(q, p) + term(p, q)).sum();
    (0.5 * (known + term(foreign as f64 / all, 0.0))).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::card::tests::GOOD;

    fn codes(of: &[u16]) -> Array3<u16> {
        Array3::from_shape_fn((1, 1, of.len()), |(.., x)| of[x])
    }

    #[test]
    fn divergence_is_scipys() {
        struct Case {
            codes: &'static [u16],
            usage: &'static [f64],
            want: f64,
        }
        // scipy.spatial.distance.jensenshannon(q, p, base=2) ** 2.
        for Case { codes: of, usage, want } in [
            Case { codes: &[0, 1, 2, 3], usage: &[0.25; 4], want: 0.0 },
            Case { codes: &[0, 0, 0], usage: &[0.0, 0.5, 0.5], want: 1.0 },
            Case { codes: &[0, 0, 1, 1], usage: &[0.5, 0.0, 0.5], want: 0.5 },
            Case { codes: &[0, 0, 0, 1], usage: &[0.25, 0.75], want: 0.188_722 },
            Case { codes: &[0, 1, 1, 2], usage: &[0.7, 0.2, 0.1], want: 0.151_911 },
            Case { codes: &[9, 9], usage: &[1.0], want: 1.0 }, // no code of the codebook
            Case { codes: &[0, 9], usage: &[1.0], want: 0.311_278 },
        ] {
            let said = divergence_bits(&codes(of), usage);
            assert!((said - want).abs() < 1e-5, "{of:?} {usage:?}: {said}");
        }
    }

    #[test]
    fn drift_is_the_mean_of_codebooks_and_warns_above_its_limit() {
        let book =
            "[[codebook]]\nlevel = \"local\"\ncodes = 2\ndim = 4\nstride = 2\nuse = [0.5, 0.5]\n";
        let text = GOOD
            .replace("codes = 256\ndim = 16", "codes = 2\nuse = [1.0, 0.0]\ndim = 16")
            .replace("[[precision]]", &format!("{book}[[precision]]"))
            + "[drift]\nwarn_above = 0.45\nmeasured = \"in a test\"\n";
        let card = Card::parse("m", &text).expect("a good card");
        let [far, near] = [codes(&[1, 1]), codes(&[0, 0])];
        let even = codes(&[0, 1]);
        let said = drift(&card, [Some(&far), Some(&even)]).expect("a drift");
        assert_eq!(said, Drift { bits: 0.5, warn_above: 0.45, warned: true });
        let said = drift(&card, [Some(&near), Some(&even)]).expect("a drift");
        assert_eq!(said, Drift { bits: 0.0, warn_above: 0.45, warned: false });
        assert_eq!(drift(&card, [None, None]), None);
        let silent = Card::parse("m", GOOD).expect("a good card");
        assert_eq!(drift(&silent, [Some(&far), None]), None);
    }
}
