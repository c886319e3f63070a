//! Half: temperatures of one half of the chessboard, from the chip's RAM.
//!
//! Datasheet, section 11.2.2. A word of the RAM is a number in two's complement; nothing is filtered.

use super::array::{COLUMNS, PIXELS, WORDS, subpage_of};
use super::calibration::{Calibration, Pixel};

/// How much of its heat an object gives off as a black body would. A node does not know what it sees;
/// soil, leaves, wood and soot are between 0.90 and 0.98.
pub const EMISSIVITY: f64 = 0.95;
/// What an object mirrors is this much colder than the chip, K: the chip warms itself in its housing, and
/// Melexis' examples take 8 K off.
pub const REFLECTED_BELOW_C: f64 = 8.0;

/// 0 °C, K.
const ZERO_K: f64 = 273.15;
/// What the node sets the converter to (bits 10 and 11 of 0x1881 in the control register): 18 bits.
const RESOLUTION: u8 = 2;
/// A word that the chip has not measured.
const UNMEASURED: u16 = 0x7fff;
/// What the chip can have, °C: it works from -40 to 85 and warms itself.
const CHIP_C: std::ops::RangeInclusive<f64> = -50.0..=100.0;
/// What it can be supplied with, V: it works from 3.0 to 3.6.
const SUPPLY_V: std::ops::RangeInclusive<f64> = 2.5..=4.2;

/// The words of a half cannot have been measured: a chip that is too hot, without supply, or torn words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the chip's own temperature or supply cannot be")]
pub struct Impossible;

/// Temperatures of an image, °C, row by row from the top left; `None` is a pixel that cannot be used, or
/// one of the other half.
pub type ImageC = [Option<f64>; PIXELS];

/// What is common to all pixels of a half.
struct Common<'a> {
    calibration: &'a Calibration,
    /// Above 3.3 V, V.
    supply_v: f64,
    /// Chip above 25 °C, K.
    chip_k: f64,
    /// What the converter's gain is multiplied by to be that of the calibration.
    gain: f64,
    /// The compensation pixel's part in each pixel, LSB.
    housing: f64,
    /// Fourth power of what the object mirrors and of the chip, K⁴.
    around_k4: f64,
    emissivity: f64,
}

/// The temperatures of half `subpage` of objects with `emissivity`, from the RAM's words from 0x0400 on,
/// even beyond what the array measures; `None` is a word that cannot be used.
///
/// # Errors
/// [`Impossible`] when the words that are common to all pixels cannot be.
pub fn half_c(
    calibration: &Calibration,
    words: &[Option<u16>; WORDS],
    subpage: u8,
    emissivity: f64,
) -> Result<ImageC, Impossible> {
    let common = Common::new(calibration, words, subpage, emissivity).ok_or(Impossible)?;
    let mut image = [None; PIXELS];
    for (index, pixel_c) in image.iter_mut().enumerate() {
        let known = &calibration.pixels[index];
        if subpage_of(index) == subpage
            && known.usable
            && let Some(word) = number(words, index)
        {
            *pixel_c = Some(common.to_c(index, known, word)).filter(|c| c.is_finite());
        }
    }
    Ok(image)
}

/// The number at `at`, if it was measured.
fn number(words: &[Option<u16>; WORDS], at: usize) -> Option<f64> {
    words[at].filter(|word| *word != UNMEASURED).map(|word| f64::from(word.cast_signed()))
}

/// The supply above 3.3 V, V (11.2.2.1, 11.2.2.2).
fn supply_v(calibration: &Calibration, vdd: f64) -> f64 {
    let correction = f64::from(i16::from(calibration.resolution) - i16::from(RESOLUTION)).exp2();
    (correction * vdd - calibration.vdd_25) / calibration.kv_dd
}

/// The chip above 25 °C, K (11.2.2.3).
fn chip_k(calibration: &Calibration, supply_v: f64, ptat: f64, vbe: f64) -> f64 {
    let art = ptat / (ptat * calibration.alpha_ptat + vbe) * f64::from(1 << 18);
    (art / (1.0 + calibration.kv_ptat * supply_v) - calibration.ptat_25) / calibration.kt_ptat
}

/// An object's temperature from its `signal`, °C, with the sensitivity `alpha` of 0 °C (11.2.2.9): the
/// sensitivity goes with the temperature, which is first taken from the signal.
fn basic_c(signal: f64, alpha: f64, around_k4: f64, ks_to: f64) -> f64 {
    let sx = ks_to * (alpha.powi(3) * (signal + alpha * around_k4)).sqrt().sqrt();
    let k4 = signal / (alpha * (1.0 - ks_to * ZERO_K) + sx) + around_k4;
    k4.sqrt().sqrt() - ZERO_K
}

impl<'a> Common<'a> {
    fn new(
        calibration: &'a Calibration,
        words: &[Option<u16>; WORDS],
        subpage: u8,
        emissivity: f64,
    ) -> Option<Self> {
        let supply_v = supply_v(calibration, number(words, 810)?);
        let chip_k = chip_k(calibration, supply_v, number(words, 800)?, number(words, 768)?);
        let gain = calibration.gain / number(words, 778).filter(|gain| *gain != 0.0)?;
        let chip_c = chip_k + 25.0;
        if !SUPPLY_V.contains(&(supply_v + 3.3)) || !CHIP_C.contains(&chip_c) {
            return None;
        }
        // 11.2.2.6: the compensation pixel, one word a subpage.
        let (cp, cp_offset) = match subpage {
            0 => (number(words, 776)?, calibration.cp_offset[0]),
            _ => {
                let chess = calibration.chess.map_or(0.0, |chess| chess[0]);
                (number(words, 808)?, calibration.cp_offset[1] + chess)
            }
        };
        let [kta, kv] = [1.0 + calibration.cp_kta * chip_k, 1.0 + calibration.cp_kv * supply_v];
        let housing = calibration.tgc * (cp * gain - cp_offset * kta * kv);
        let [chip_k4, mirrored_k4] =
            [chip_c, chip_c - REFLECTED_BELOW_C].map(|c| (c + ZERO_K).powi(4));
        let around_k4 = mirrored_k4 - (mirrored_k4 - chip_k4) / emissivity;
        Some(Self { calibration, supply_v, chip_k, gain, housing, around_k4, emissivity })
    }

    /// Signal of pixel `index`, LSB (11.2.2.5.1 to 11.2.2.5.3).
    fn signal(&self, index: usize, known: &Pixel, word: f64) -> f64 {
        let [kta, kv] = [1.0 + known.kta * self.chip_k, 1.0 + known.kv * self.supply_v];
        let signal = word * self.gain - known.offset * kta * kv;
        let Some([_, second, third]) = self.calibration.chess else { return signal };
        let odd_row = if index / COLUMNS % 2 == 1 { 1.0 } else { -1.0 };
        let of_four = [0.0, -1.0, 0.0, 1.0][index % 4];
        signal + odd_row * (third + second * of_four)
    }

    /// Temperature of what pixel `index` sees, °C, or not a number.
    fn to_c(&self, index: usize, known: &Pixel, word: f64) -> f64 {
        let Calibration { ks_to, corner_c, at_corner, cp_alpha, tgc, ks_ta, .. } = self.calibration;
        // 11.2.2.5.4, 11.2.2.7. The datasheet divides by the emissivity before the housing is taken off;
        // the library after, for the housing has none of the object's.
        let signal = (self.signal(index, known, word) - self.housing) / self.emissivity;
        // 11.2.2.8. The datasheet takes the compensation pixel's sensitivity in this subpage; the library
        // takes the mean of both.
        let alpha =
            (known.alpha - tgc * (cp_alpha[0] + cp_alpha[1]) / 2.0) * (1.0 + ks_ta * self.chip_k);
        let first_c = basic_c(signal, alpha, self.around_k4, ks_to[1]);
        // 11.2.2.9.1.3: once more, with the range that it is in.
        let range = corner_c[1..].iter().filter(|corner_c| first_c >= **corner_c).count();
        let there = at_corner[range] * (1.0 + ks_to[range] * (first_c - corner_c[range]));
        (signal / (alpha * there) + self.around_k4).sqrt().sqrt() - ZERO_K
    }
}

#[cfg(test)]
mod tests;
