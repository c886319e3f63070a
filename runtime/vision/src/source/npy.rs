//! Arrays as NumPy stores them: a header that is checked before a byte is set aside, then values.
//!
//! Frames are read one at a time, so that a film never lies in memory twice, and strings (which
//! carry units and times) are read too.

use std::io::Read;

/// Longest header that is read, bytes; NumPy writes 128 for plain arrays.
const HEADER_MAX: usize = 64 * 1024;

/// Why an array could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// Not the `.npy` layout.
    #[error("not a NumPy array: {0}")]
    Layout(&'static str),
    /// The bytes ended early or could not be read.
    #[error("cannot be read to its end ({0}): the file is cut short or damaged")]
    Io(std::io::Error),
    /// Values of a type that has no meaning here.
    #[error("holds {0}, not numbers or text")]
    Type(String),
    /// Whole numbers too large for the type that frames are read as.
    #[error(
        "holds whole numbers over 16777216, where float32 rounds; subtract an offset from them"
    )]
    Rounded,
}

impl From<std::io::Error> for NpyError {
    fn from(cause: std::io::Error) -> Self {
        Self::Io(cause)
    }
}

/// What one array is: value type, order and shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// `b` bool, `u`, `i`, `f` numbers, `U`, `S` text; anything else is not read.
    pub(super) letter: char,
    /// Bytes a value.
    pub(super) bytes: usize,
    /// Most significant byte first.
    pub(super) big_endian: bool,
    /// First index fastest.
    pub(super) fortran: bool,
    /// Ticks of a second of NumPy dates: `None` of other values, and of dates in longer units.
    pub(super) ticks: Option<i64>,
    /// Length of each axis.
    pub(super) shape: Vec<usize>,
}

impl Header {
    /// Reads the header and leaves `from` at the first value.
    ///
    /// # Errors
    /// [`NpyError`] when the bytes are not a NumPy array header.
    pub(super) fn read(from: &mut impl Read) -> Result<Self, NpyError> {
        let mut start = [0u8; 8];
        from.read_exact(&mut start)?;
        if start[..6] != *b"\x93NUMPY" {
            return Err(NpyError::Layout("it does not start with the NumPy mark"));
        }
        let len = match start[6] {
            1 => {
                let mut b = [0u8; 2];
                from.read_exact(&mut b)?;
                usize::from(u16::from_le_bytes(b))
            }
            2 | 3 => {
                let mut b = [0u8; 4];
                from.read_exact(&mut b)?;
                u32::from_le_bytes(b) as usize
            }
            _ => return Err(NpyError::Layout("unknown format version")),
        };
        if len > HEADER_MAX {
            return Err(NpyError::Layout("its header is too long"));
        }
        let mut text = vec![0u8; len];
        from.read_exact(&mut text)?;
        let text = String::from_utf8(text).map_err(|_| NpyError::Layout("header is not text"))?;
        Self::parse(&text)
    }

    /// The dictionary that NumPy writes: `{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}`.
    fn parse(text: &str) -> Result<Self, NpyError> {
        let after = |key: &str| {
            text.split_once(key)
                .map(|(_, rest)| rest.trim_start_matches([':', ' ']))
                .ok_or(NpyError::Layout("its header lacks descr, fortran_order or shape"))
        };
        let descr = after("'descr'")?;
        let descr = match descr.strip_prefix('\'').and_then(|d| d.split_once('\'')) {
            Some((d, _)) => d,
            None => return Err(NpyError::Type("records of several fields".into())),
        };
        let mut letters = descr.chars();
        let order = letters.next().unwrap_or('?');
        let letter = letters.next().unwrap_or('?');
        let (size, unit) = letters.as_str().split_once('[').unwrap_or((letters.as_str(), ""));
        let size: usize = size.parse().unwrap_or(0);
        let ticks = match unit {
            "s]" => Some(1),
            "ms]" => Some(1_000),
            "us]" => Some(1_000_000),
            "ns]" => Some(1_000_000_000),
            _ => None,
        };
        let bytes = if letter == 'U' { size.saturating_mul(4) } else { size };
        let fortran = after("'fortran_order'")?.starts_with("True");
        let shape = after("'shape'")?
            .strip_prefix('(')
            .and_then(|s| s.split_once(')'))
            .map(|(s, _)| s)
            .ok_or(NpyError::Layout("its shape is not a list of numbers"))?;
        let shape = shape
            .split(',')
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .map(|s| s.parse().map_err(|_| NpyError::Layout("its shape is not a list of numbers")))
            .collect::<Result<Vec<usize>, _>>()?;
        Ok(Self { letter, bytes, big_endian: order == '>', fortran, ticks, shape })
    }

    /// Number of values, or `None` where that overflows.
    #[must_use]
    pub(super) fn len(&self) -> Option<usize> {
        self.shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d))
    }

    /// Bytes of all values, or `None` where that overflows.
    #[must_use]
    pub(super) fn total_bytes(&self) -> Option<u64> {
        self.len()?.checked_mul(self.bytes)?.try_into().ok()
    }

    /// The value type as NumPy names it.
    #[must_use]
    pub(super) fn type_name(&self) -> String {
        let bits = self.bytes * 8;
        match self.letter {
            'b' => "bool".into(),
            'u' => format!("uint{bits}"),
            'i' => format!("int{bits}"),
            'f' => format!("float{bits}"),
            'U' | 'S' => "text".into(),
            'O' => "Python objects".into(),
            'c' => format!("complex{bits}"),
            'M' | 'm' => "NumPy dates".into(),
            other => format!("values of type '{other}'"),
        }
    }

    /// Type and shape for a person: `uint8 [120,208]`.
    #[must_use]
    pub(super) fn describe(&self) -> String {
        let shape: Vec<String> = self.shape.iter().map(ToString::to_string).collect();
        format!("{} [{}]", self.type_name(), shape.join(","))
    }

    /// All values as numbers. A float32 becomes the decimal it was meant to be (0.1, not
    /// 0.10000000149), because times and cell sizes are written that way.
    ///
    /// # Errors
    /// [`NpyError`] when the values are no numbers or end early.
    pub(super) fn numbers(&self, from: &mut impl Read) -> Result<Vec<f64>, NpyError> {
        self.values(from, |b| {
            let wide = |b: &[u8], negative: bool| {
                let mut w = [if negative { 0xff } else { 0 }; 8];
                w[..b.len()].copy_from_slice(b);
                w
            };
            Some(match (self.letter, b.len()) {
                ('b' | 'u', 1 | 2 | 4 | 8) => u64::from_le_bytes(wide(b, false)) as f64,
                ('i', 1 | 2 | 4 | 8) => {
                    i64::from_le_bytes(wide(b, b[b.len() - 1] & 0x80 != 0)) as f64
                }
                ('f', 4) => {
                    let v = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
                    v.to_string().parse().unwrap_or(f64::from(v))
                }
                ('f', 8) => f64::from_le_bytes(wide(b, false)),
                _ => return None,
            })
        })
    }

    /// All values of NumPy dates, nanoseconds since 1970; `None` where there is no date.
    ///
    /// # Errors
    /// [`NpyError`] when the values are no dates of a second or finer, or end early.
    pub(super) fn dates_ns(&self, from: &mut impl Read) -> Result<Vec<Option<i128>>, NpyError> {
        self.values(from, |b| {
            let ticks = self.ticks.filter(|_| self.letter == 'M')?;
            let count = i64::from_le_bytes(b.try_into().ok()?);
            let ns = i128::from(count) * i128::from(1_000_000_000 / ticks);
            Some((count != i64::MIN).then_some(ns))
        })
    }

    /// All values as text.
    ///
    /// # Errors
    /// [`NpyError`] when the values are no text or end early.
    pub(super) fn texts(&self, from: &mut impl Read) -> Result<Vec<String>, NpyError> {
        if self.bytes == 0 && matches!(self.letter, 'U' | 'S') {
            return Ok(vec![String::new(); self.len().unwrap_or(0).min(1 << 20)]);
        }
        self.values(from, |b| match self.letter {
            'U' => b
                .chunks_exact(4)
                .map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]]))
                .take_while(|&c| c != 0)
                .map(char::from_u32)
                .collect(),
            'S' => {
                let end = b.iter().position(|&c| c == 0).unwrap_or(b.len());
                std::str::from_utf8(&b[..end]).ok().map(str::to_owned)
            }
            _ => None,
        })
    }

    /// Reads each value, little-endian, through `one`.
    fn values<T>(
        &self,
        from: &mut impl Read,
        one: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, NpyError> {
        let no = || NpyError::Type(self.type_name());
        let n = self.len().filter(|&n| n <= 1 << 24 && self.bytes > 0).ok_or_else(no)?;
        if self.bytes > 1 << 16 {
            return Err(no());
        }
        let (mut all, mut value) = (Vec::new(), vec![0u8; self.bytes]);
        for _ in 0..n {
            from.read_exact(&mut value)?;
            if self.big_endian {
                let word = if self.letter == 'U' { 4 } else { self.bytes };
                if self.letter != 'S' {
                    value.chunks_exact_mut(word).for_each(<[u8]>::reverse);
                }
            }
            all.push(one(&value).ok_or_else(no)?);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(descr: &str, shape: &str) -> Vec<u8> {
        let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut b = b"\x93NUMPY\x01\x00".to_vec();
        b.extend((text.len() as u16).to_le_bytes());
        b.extend(text.bytes());
        b
    }

    #[test]
    fn reads_numbers_and_text() {
        let cases: [(&str, &str, &[u8], &[f64]); 6] = [
            ("|u1", "(2,)", &[1, 255], &[1.0, 255.0]),
            ("<i2", "(2,)", &[0xff, 0xff, 2, 0], &[-1.0, 2.0]),
            (">u2", "()", &[1, 0], &[256.0]),
            ("<f4", "()", &0.1f32.to_le_bytes(), &[0.1]),
            (">f8", "()", &30.0f64.to_be_bytes(), &[30.0]),
            ("|b1", "(1, 1)", &[1], &[1.0]),
        ];
        for (descr, shape, values, want) in cases {
            let bytes = [header(descr, shape), values.to_vec()].concat();
            let mut from = &bytes[..];
            let h = Header::read(&mut from).unwrap();
            assert_eq!(h.numbers(&mut from).unwrap(), want, "{descr}");
        }
        let dates = [
            header("<M8[ms]", "(2,)"),
            1500i64.to_le_bytes().to_vec(),
            i64::MIN.to_le_bytes().to_vec(),
        ];
        let dates = dates.concat();
        let mut from = &dates[..];
        let h = Header::read(&mut from).unwrap();
        assert_eq!(h.dates_ns(&mut from).unwrap(), [Some(1_500_000_000), None]);
        let days = [header("<M8[D]", "()"), 1i64.to_le_bytes().to_vec()].concat();
        let mut from = &days[..];
        assert!(Header::read(&mut from).unwrap().dates_ns(&mut from).is_err());
        for (descr, values) in [
            ("<U2", vec![b'h', 0, 0, 0, b'i', 0, 0, 0]),
            (">U3", vec![0, 0, 0, b'h', 0, 0, 0, b'i', 0, 0, 0, 0]),
            ("|S3", vec![b'h', b'i', 0]),
        ] {
            let bytes = [header(descr, "()"), values].concat();
            let mut from = &bytes[..];
            let h = Header::read(&mut from).unwrap();
            assert_eq!(h.texts(&mut from).unwrap(), ["hi"], "{descr}");
        }
    }

    #[test]
    fn refuses_what_is_no_array() {
        let long = [b"\x93NUMPY\x02\x00".to_vec(), vec![0xff; 4]].concat();
        let cases: [(Vec<u8>, &str); 5] = [
            (b"hello world".to_vec(), "NumPy mark"),
            (b"\x93NUM".to_vec(), "cut short"),
            (b"\x93NUMPY\x09\x00..".to_vec(), "version"),
            (long, "too long"),
            (header("|u1", "(2, x)"), "list of numbers"),
        ];
        for (bytes, why) in cases {
            let e = Header::read(&mut &bytes[..]).unwrap_err().to_string();
            assert!(e.contains(why), "{e}");
        }
        let huge = header("<f4", "(18446744073709551615, 2)");
        let h = Header::read(&mut &huge[..]).unwrap();
        assert_eq!(h.total_bytes(), None);
        assert!(h.numbers(&mut &huge[..]).is_err());
    }
}
