//! Calibration: what the maker measured of one MLX90640, from the 832 words of its memory.
//!
//! Datasheet, section 11.1. Temperatures count from 25 °C and the supply from 3.3 V; one LSB is one step
//! of the chip's converter at the resolution that it was calibrated with.

use super::array::{COLUMNS, PIXELS, WORDS};

/// More deviating pixels than this the maker does not deliver (section 9).
const MOST_DEVIATING: usize = 4;
/// The words before those of the pixels.
const HEAD: usize = 64;

/// Why words are no calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCalibration {
    /// There are not 832, or the chip has no number.
    #[error("empty or not whole")]
    Empty,
    /// The maker delivers no chip with so many.
    #[error("{0} pixels deviate, and the maker allows {MOST_DEVIATING}")]
    Deviating(usize),
    /// Something that is divided by is 0.
    #[error("a value in it cannot be")]
    Impossible,
}

/// What is known of one pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pixel {
    /// Signal without any heat, LSB (11.1.3).
    pub(super) offset: f64,
    /// Sensitivity, LSB/K⁴ (11.1.4).
    pub(super) alpha: f64,
    /// How the offset goes with the chip's temperature, 1/K (11.1.6).
    pub(super) kta: f64,
    /// How the offset goes with the supply, 1/V (11.1.5).
    pub(super) kv: f64,
    /// Whether the maker vouches for it.
    pub(super) usable: bool,
}

/// What the maker measured of one chip.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// LSB/V and LSB (11.1.1).
    pub(super) kv_dd: f64,
    pub(super) vdd_25: f64,
    /// 1/V, LSB/K, LSB and 1 (11.1.2).
    pub(super) kv_ptat: f64,
    pub(super) kt_ptat: f64,
    pub(super) ptat_25: f64,
    pub(super) alpha_ptat: f64,
    /// LSB (11.1.7).
    pub(super) gain: f64,
    /// How the sensitivity goes with the chip's temperature, 1/K (11.1.8).
    pub(super) ks_ta: f64,
    /// Where the four ranges of object temperature begin, °C (11.1.9).
    pub(super) corner_c: [f64; 4],
    /// How the sensitivity goes with the object's temperature, by range, 1/K (11.1.10).
    pub(super) ks_to: [f64; 4],
    /// Sensitivity where a range begins, as a part of that at 0 °C (11.2.2.9.1.2): no step at a corner.
    pub(super) at_corner: [f64; 4],
    /// The compensation pixel, which sees the housing, by subpage: LSB/K⁴ (11.1.12), LSB (11.1.13),
    /// 1/V (11.1.14) and 1/K (11.1.15).
    pub(super) cp_alpha: [f64; 2],
    pub(super) cp_offset: [f64; 2],
    pub(super) cp_kv: f64,
    pub(super) cp_kta: f64,
    /// How much of the compensation pixel is in every pixel (11.1.16).
    pub(super) tgc: f64,
    /// The converter's resolution, two bits (11.1.17).
    pub(super) resolution: u8,
    /// What a chessboard adds if the calibration was made row by row, LSB (11.1.3.1).
    pub(super) chess: Option<[f64; 3]>,
    /// Row by row from the top left.
    pub(super) pixels: Box<[Pixel; PIXELS]>,
}

/// `bits` bits of a word from bit `low` on.
fn bits(word: u16, low: u32, bits: u32) -> u16 {
    word >> low & (u16::MAX >> (16 - bits))
}

/// The same as a number in two's complement.
fn signed(word: u16, low: u32, bits: u32) -> f64 {
    f64::from((word << (16 - low - bits)).cast_signed() >> (16 - bits))
}

/// 2 to the power `power`.
fn two(power: u16) -> f64 {
    f64::from(power).exp2()
}

/// Four bits with a sign: number `index` of those that begin at `first`, the lowest bits first.
fn nibble(words: &[u16; WORDS], first: usize, index: usize) -> f64 {
    signed(words[first + index / 4], index as u32 % 4 * 4, 4)
}

impl Calibration {
    /// The calibration that `words` hold, from address 0x2400 on.
    ///
    /// # Errors
    /// [`BadCalibration`] when they hold none.
    pub fn new(words: &[u16; WORDS]) -> Result<Self, BadCalibration> {
        if [[0; 3], [0xffff; 3]].iter().any(|none| words[7..10] == none[..]) {
            return Err(BadCalibration::Empty);
        }
        let pixels = pixels(words);
        let deviating = pixels.iter().filter(|pixel| !pixel.usable).count();
        if deviating > MOST_DEVIATING {
            return Err(BadCalibration::Deviating(deviating));
        }
        let [kta_scale, kv_scale] = [two(bits(words[56], 4, 4) + 8), two(bits(words[56], 8, 4))];
        let cp_alpha = signed(words[57], 0, 10) / two(bits(words[32], 12, 4) + 27);
        let cp_offset = signed(words[58], 0, 10);
        let ks_to_scale = two(bits(words[63], 0, 4) + 8);
        let ks_to = [(61, 0), (61, 8), (62, 0), (62, 8)]
            .map(|(word, low): (usize, u32)| signed(words[word], low, 8) / ks_to_scale);
        let step_c = f64::from(bits(words[63], 12, 2) * 10);
        let third_c = f64::from(bits(words[63], 4, 4)) * step_c;
        let fourth_c = third_c + f64::from(bits(words[63], 8, 4)) * step_c;
        let at_third = 1.0 + ks_to[1] * third_c;
        let at_fourth = at_third * (1.0 + ks_to[2] * (fourth_c - third_c));
        // Bit 11 of word 10 is set if the maker read rows in turn and not a chessboard.
        let by_rows = bits(words[10], 11, 1) == 1;
        let chess = [
            signed(words[53], 0, 6) / 16.0,
            signed(words[53], 6, 5) / 2.0,
            signed(words[53], 11, 5) / 8.0,
        ];
        let calibration = Self {
            kv_dd: signed(words[51], 8, 8) * 32.0,
            vdd_25: (f64::from(bits(words[51], 0, 8)) - 256.0) * 32.0 - 8192.0,
            kv_ptat: signed(words[50], 10, 6) / 4096.0,
            kt_ptat: signed(words[50], 0, 10) / 8.0,
            ptat_25: signed(words[49], 0, 16),
            alpha_ptat: f64::from(bits(words[16], 12, 4)) / 4.0 + 8.0,
            gain: signed(words[48], 0, 16),
            ks_ta: signed(words[60], 8, 8) / 8192.0,
            corner_c: [-40.0, 0.0, third_c, fourth_c],
            ks_to,
            at_corner: [1.0 / (1.0 + ks_to[0] * 40.0), 1.0, at_third, at_fourth],
            cp_alpha: [cp_alpha, cp_alpha * (1.0 + signed(words[57], 10, 6) / 128.0)],
            cp_offset: [cp_offset, cp_offset + signed(words[58], 10, 6)],
            cp_kv: signed(words[59], 8, 8) / kv_scale,
            cp_kta: signed(words[59], 0, 8) / kta_scale,
            tgc: signed(words[60], 0, 8) / 32.0,
            resolution: bits(words[56], 12, 2) as u8,
            chess: by_rows.then_some(chess),
            pixels,
        };
        let divided_by = [calibration.kv_dd, calibration.kt_ptat, calibration.gain];
        if divided_by.contains(&0.0) || !calibration.at_corner.iter().all(|v| v.is_finite()) {
            return Err(BadCalibration::Impossible);
        }
        Ok(calibration)
    }
}

/// The calibration of each pixel, put together from its row, its column, its place in a square of four and
/// its own word: six bits of offset, six of sensitivity, three of Kta and one of doubt.
fn pixels(words: &[u16; WORDS]) -> Box<[Pixel; PIXELS]> {
    let alpha_scale = two(bits(words[32], 12, 4) + 30);
    let [kta_scale, kv_scale] = [two(bits(words[56], 4, 4) + 8), two(bits(words[56], 8, 4))];
    let row_column_rest = |word: u16| [8, 4, 0].map(|low| two(bits(word, low, 4)));
    let [offset_row, offset_column, offset_rest] = row_column_rest(words[16]);
    let [alpha_row, alpha_column, alpha_rest] = row_column_rest(words[32]);
    let kta_rest = two(bits(words[56], 0, 4));
    let mut pixels = Box::new([Pixel::default(); PIXELS]);
    for (index, pixel) in pixels.iter_mut().enumerate() {
        let (row, column, word) = (index / COLUMNS, index % COLUMNS, words[HEAD + index]);
        let offset = signed(words[17], 0, 16)
            + nibble(words, 18, row) * offset_row
            + nibble(words, 24, column) * offset_column
            + signed(word, 10, 6) * offset_rest;
        let alpha = f64::from(words[33])
            + nibble(words, 34, row) * alpha_row
            + nibble(words, 40, column) * alpha_column
            + signed(word, 4, 6) * alpha_rest;
        // The datasheet counts rows and columns from 1: its odd ones are the even ones here.
        let (kta, kv) = match (row % 2, column % 2) {
            (0, 0) => (signed(words[54], 8, 8), signed(words[52], 12, 4)),
            (0, _) => (signed(words[55], 8, 8), signed(words[52], 4, 4)),
            (_, 0) => (signed(words[54], 0, 8), signed(words[52], 8, 4)),
            (_, _) => (signed(words[55], 0, 8), signed(words[52], 0, 4)),
        };
        *pixel = Pixel {
            offset,
            alpha: alpha / alpha_scale,
            kta: (kta + signed(word, 1, 3) * kta_rest) / kta_scale,
            kv: kv / kv_scale,
            // 0 has failed; the lowest bit is set of one outside the specification.
            usable: word != 0 && word & 1 == 0,
        };
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_a_word() {
        for (word, low, count, want, want_signed) in [
            (0x9d68, 8, 8, 0x9d, -99.0),
            (0x5952, 10, 6, 22, 22.0),
            (0x5952, 0, 10, 338, 338.0),
            (0x00f0, 4, 4, 15, -1.0),
            (0x8000, 0, 16, 0x8000, -32768.0),
            (0x0008, 1, 3, 4, -4.0),
        ] {
            assert_eq!(bits(word, low, count), want, "{word:#06x}");
            assert_eq!(signed(word, low, count), want_signed, "{word:#06x}");
        }
    }

    #[test]
    fn words_that_are_no_calibration_are_refused() {
        let mut words = [0x0040; WORDS];
        words[48..52].copy_from_slice(&[0x18ef, 0x2ff1, 0x5952, 0x9d68]);
        assert!(Calibration::new(&words).is_ok());
        let with = |change: fn(&mut [u16; WORDS])| {
            let mut words = words;
            change(&mut words);
            Calibration::new(&words).map(|_| ())
        };
        for (change, want) in [
            ((|w| w[7..10].fill(0)) as fn(&mut [u16; WORDS]), BadCalibration::Empty),
            (|w| w.fill(0xffff), BadCalibration::Empty),
            (|w| w[64..69].fill(0), BadCalibration::Deviating(5)),
            (|w| w[48] = 0, BadCalibration::Impossible),
            (|w| w[51] = 0x0068, BadCalibration::Impossible),
            (|w| w[50] = 0x5800, BadCalibration::Impossible),
        ] {
            assert_eq!(with(change), Err(want));
        }
        assert_eq!(with(|w| w[64..68].fill(0x41)), Ok(()));
    }
}
