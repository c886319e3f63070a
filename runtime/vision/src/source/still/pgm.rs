//! PGM pictures (P5, P2), as programs for thermal cameras write them: 8 or 16 bit of grey.

use ndarray::Array3;

use super::still::Still;
use crate::frame::Pixels;
use crate::source::error::SourceError;

/// Reads the PGM file `name` from its bytes.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Still, SourceError> {
    let damaged = |why: &str| SourceError::undecodable(name, why);
    let mut words = Words { bytes, at: 2 };
    let mut number = || {
        words
            .next()
            .ok_or_else(|| damaged("it ends in its header"))?
            .ok_or_else(|| damaged("its header holds something else than numbers"))
    };
    let (w, h, most) = (number()?, number()?, number()?);
    SourceError::check_sides(name, h, w)?;
    if !(1..=65535).contains(&most) {
        return Err(damaged(&format!("its largest value is {most}")));
    }
    let values: Vec<usize> = if bytes.starts_with(b"P2") {
        let all: Option<Vec<usize>> = words.by_ref().collect();
        all.ok_or_else(|| damaged("it holds something else than numbers"))?
    } else {
        // One blank ends the header; what follows may look like one, and is a pixel.
        let body = bytes.get(words.at + 1..).unwrap_or_default();
        let wide = if most > 255 { 2 } else { 1 };
        if body.len() > h * w * wide
            && body[h * w * wide..].iter().any(|b| !b.is_ascii_whitespace())
        {
            return Err(damaged("it goes on behind its picture"));
        }
        let value = |v: &[u8]| v.iter().fold(0, |sum, b| 256 * sum + usize::from(*b));
        body.chunks_exact(wide).take(h * w).map(value).collect()
    };
    if values.len() != h * w || values.iter().any(|v| *v > most) {
        return Err(damaged(&format!("it says {h}×{w} values up to {most}, and holds others")));
    }
    let shape = (h, w, 1);
    let wrong = |_| damaged("its pixels do not fill its size");
    let pixels = if most > 255 {
        let values = values.iter().map(|&v| v as u16).collect();
        Pixels::U16(Array3::from_shape_vec(shape, values).map_err(wrong)?)
    } else {
        // Its largest value is white.
        let values = values.iter().map(|&v| ((2 * 255 * v + most) / (2 * most)) as u8).collect();
        Pixels::U8(Array3::from_shape_vec(shape, values).map_err(wrong)?)
    };
    Ok(Still::opaque(pixels))
}

/// The numbers in a text, comments passed over; `None` of what is no number.
struct Words<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Option<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.bytes.get(self.at)? {
                b'#' => {
                    let line = self.bytes[self.at..].iter().take_while(|b| **b != b'\n').count();
                    self.at += line;
                }
                b if b.is_ascii_whitespace() => self.at += 1,
                _ => break,
            }
        }
        let rest = &self.bytes[self.at..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += digits.max(1);
        Some(std::str::from_utf8(&rest[..digits]).ok().and_then(|word| word.parse().ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_of_8_and_16_bit_is_read_in_both_forms() {
        let values: Vec<usize> = (0..40 * 33).map(|i| i % 40).collect();
        let text = values.iter().map(|v| format!("{v}\n")).collect::<String>();
        let one: Vec<u8> = values.iter().map(|&v| v as u8).collect();
        let two: Vec<u8> = values.iter().flat_map(|&v| (v as u16 * 300).to_be_bytes()).collect();
        let head = |kind, most| format!("{kind}\n# a comment\n40 33\n{most}\n").into_bytes();
        for (bytes, want) in [
            ([head("P5", 255), one.clone()].concat(), Ok(39.0)),
            ([head("P5", 65535), two.clone()].concat(), Ok(11700.0)),
            ([head("P2", 255), text.clone().into_bytes()].concat(), Ok(39.0)),
            ([head("P2", 300), text.clone().into_bytes()].concat(), Ok(39.0)),
            ([head("P5", 39), one.clone()].concat(), Ok(255.0)),
            ([head("P5", 255), one[1..].to_vec()].concat(), Err("holds others")),
            ([head("P5", 255), one.clone(), one].concat(), Err("goes on behind")),
            ([head("P5", 9000), two].concat(), Err("holds others")),
            (b"P5 40".to_vec(), Err("ends in its header")),
            (b"P5 40 x 33 255 ".to_vec(), Err("something else than numbers")),
        ] {
            match (read("a.pgm", &bytes).map(|s| s.pixels.first_channel()[[32, 39]]), want) {
                (Ok(got), Ok(want)) => assert_eq!(got, want),
                (Err(e), Err(why)) => assert!(e.to_string().contains(why), "{e}"),
                (got, want) => panic!("{got:?} is not {want:?}"),
            }
        }
    }
}
