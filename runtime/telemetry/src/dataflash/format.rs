//! Formats: how the messages of a log are laid out, as the log itself says.

/// Bytes of a message's head, and the number of the message that describes others, with its length.
pub(crate) const HEAD: usize = 3;
pub(crate) const FORMAT: u8 = 128;
pub(crate) const FORMAT_LENGTH: usize = 89;

/// How one kind of message is laid out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Format {
    pub(crate) name: String,
    /// Bytes, head included.
    pub(crate) length: usize,
    /// Name, letter of the form and place of each value.
    columns: Vec<(String, u8, usize)>,
}

impl Format {
    /// Of the message that describes formats.
    pub(crate) fn of_formats() -> Self {
        Self { name: "FMT".to_owned(), length: FORMAT_LENGTH, columns: Vec::new() }
    }

    /// Number and layout that a message describes; `None` where it contradicts itself.
    pub(crate) fn read(body: &[u8]) -> Option<(u8, Self)> {
        let [kind, length, rest @ ..] = body else { return None };
        let (name, rest) = rest.split_at_checked(4)?;
        let (letters, rest) = rest.split_at_checked(16)?;
        let (names, _) = rest.split_at_checked(64)?;
        let names = text(names);
        let mut at = HEAD;
        let mut columns = Vec::new();
        for (letter, name) in text(letters).bytes().zip(names.split(',')) {
            columns.push((name.to_owned(), letter, at));
            at += size(letter)?;
        }
        let length = usize::from(*length);
        (at <= length && length > HEAD).then(|| (*kind, Self { name: text(name), length, columns }))
    }

    /// A value of a whole message by its name, in its own unit.
    pub(crate) fn value(&self, message: &[u8], name: &str) -> Option<f64> {
        let (_, letter, at) = self.columns.iter().find(|c| c.0 == name)?;
        number(*letter, message.get(*at..)?).filter(|v| v.is_finite())
    }
}

/// Text up to its first nought.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// Bytes of a value.
fn size(letter: u8) -> Option<usize> {
    Some(match letter {
        b'b' | b'B' | b'M' => 1,
        b'h' | b'H' | b'c' | b'C' | b'g' => 2,
        b'i' | b'I' | b'e' | b'E' | b'f' | b'L' | b'n' => 4,
        b'd' | b'q' | b'Q' => 8,
        b'N' => 16,
        b'a' | b'Z' => 64,
        _ => return None,
    })
}

/// The number at the beginning of `b`: hundredths and ten-millionths of a degree are made whole.
fn number(letter: u8, b: &[u8]) -> Option<f64> {
    let b2 = || b.first_chunk::<2>().copied();
    let b4 = || b.first_chunk::<4>().copied();
    let b8 = || b.first_chunk::<8>().copied();
    Some(match letter {
        b'b' => f64::from(*b.first()? as i8),
        b'B' | b'M' => f64::from(*b.first()?),
        b'h' => f64::from(i16::from_le_bytes(b2()?)),
        b'H' => f64::from(u16::from_le_bytes(b2()?)),
        b'c' => f64::from(i16::from_le_bytes(b2()?)) / 100.0,
        b'C' => f64::from(u16::from_le_bytes(b2()?)) / 100.0,
        b'i' => f64::from(i32::from_le_bytes(b4()?)),
        b'I' => f64::from(u32::from_le_bytes(b4()?)),
        b'e' => f64::from(i32::from_le_bytes(b4()?)) / 100.0,
        b'E' => f64::from(u32::from_le_bytes(b4()?)) / 100.0,
        b'L' => f64::from(i32::from_le_bytes(b4()?)) / 1e7,
        b'f' => f64::from(f32::from_le_bytes(b4()?)),
        b'd' => f64::from_le_bytes(b8()?),
        b'q' => i64::from_le_bytes(b8()?) as f64,
        b'Q' => u64::from_le_bytes(b8()?) as f64,
        _ => return None,
    })
}
