//! Text: a table's bytes as lines, whatever they are packed in and whichever letters they are written with.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;

/// Most bytes of a table, unpacked.
pub(super) const BYTES_MAX: u64 = 1 << 30;
/// How much of a table is looked at before it is read.
pub(super) const BYTES_SEEN: u64 = 1 << 16;
/// Beginnings of gzip and of the two UTF-16.
const GZIP: &[u8] = b"\x1f\x8b";
const LITTLE: &[u8] = b"\xff\xfe";
const BIG: &[u8] = b"\xfe\xff";

/// Where a table's bytes are, so that they can be read more than once.
#[derive(Debug)]
pub(super) enum Origin {
    File { path: PathBuf, is_packed: bool },
    Bytes(Vec<u8>),
}

impl Origin {
    /// A file; one in UTF-16 is taken into memory.
    pub(super) fn of_file(path: PathBuf) -> io::Result<Self> {
        let mut start = Vec::new();
        File::open(&path)?.take(2).read_to_end(&mut start)?;
        Self::File { path, is_packed: start.starts_with(GZIP) }.without_utf16()
    }

    /// Bytes, packed or not.
    pub(super) fn of_bytes(bytes: Vec<u8>) -> io::Result<Self> {
        let bytes = match bytes.starts_with(GZIP) {
            true => {
                let mut out = Vec::new();
                MultiGzDecoder::new(Cursor::new(bytes)).take(BYTES_MAX).read_to_end(&mut out)?;
                out
            }
            false => bytes,
        };
        Self::Bytes(bytes).without_utf16()
    }

    /// From the beginning.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match self {
            Self::File { path, is_packed: true } => {
                Box::new(MultiGzDecoder::new(File::open(path)?))
            }
            Self::File { path, .. } => Box::new(File::open(path)?),
            Self::Bytes(bytes) => Box::new(Cursor::new(bytes)),
        })
    }

    /// The first bytes; an error on the way is told once they are used up.
    pub(super) fn start(&self) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        match self.open()?.take(BYTES_SEEN).read_to_end(&mut start) {
            Err(e) if start.is_empty() => Err(e),
            _ => Ok(start),
        }
    }

    fn without_utf16(self) -> io::Result<Self> {
        let start = self.start()?;
        let Some(is_big) = utf16(&start) else { return Ok(self) };
        let mut bytes = Vec::new();
        self.open()?.take(BYTES_MAX).read_to_end(&mut bytes)?;
        let pair = |b: &[u8]| {
            let two = [b[0], b[1]];
            if is_big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) }
        };
        let units = bytes.chunks_exact(2).map(pair);
        let text: String =
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Ok(Self::Bytes(text.into_bytes()))
    }
}

/// Whether bytes are UTF-16, by their mark or by every other byte being 0; and which end comes first.
fn utf16(start: &[u8]) -> Option<bool> {
    if start.starts_with(LITTLE) {
        return Some(false);
    }
    if start.starts_with(BIG) {
        return Some(true);
    }
    let some = &start[..start.len().min(64) & !1];
    let zeros = |at: usize| some.iter().skip(at).step_by(2).filter(|b| **b == 0).count();
    let half = some.len() / 2;
    match (zeros(0), zeros(1)) {
        (0, n) if half > 4 && n == half => Some(false),
        (n, 0) if half > 4 && n == half => Some(true),
        _ => None,
    }
}

/// The lines of a table, ended in any way.
pub(super) struct Lines<'a> {
    from: BufReader<io::Take<Box<dyn Read + 'a>>>,
    bytes: Vec<u8>,
    /// Number of the last line, the first is 1.
    pub(super) number: u64,
    after_return: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(from: Box<dyn Read + 'a>) -> Self {
        let from = BufReader::with_capacity(1 << 16, from.take(BYTES_MAX));
        Self { from, bytes: Vec::new(), number: 0, after_return: false }
    }

    /// The next line without its end; what is not UTF-8 is read as Latin-1.
    pub(super) fn next(&mut self) -> io::Result<Option<Cow<'_, str>>> {
        self.bytes.clear();
        let mut is_any = false;
        loop {
            let seen = self.from.fill_buf()?;
            if seen.is_empty() {
                if !is_any {
                    return Ok(None);
                }
                break;
            }
            if std::mem::take(&mut self.after_return) && seen[0] == b'\n' {
                self.from.consume(1);
                continue;
            }
            is_any = true;
            let end = seen.iter().position(|b| matches!(b, b'\n' | b'\r'));
            self.bytes.extend_from_slice(&seen[..end.unwrap_or(seen.len())]);
            let used = end.map_or(seen.len(), |n| n + 1);
            self.after_return = end.is_some_and(|n| seen[n] == b'\r');
            self.from.consume(used);
            if end.is_some() {
                break;
            }
        }
        self.number += 1;
        if self.number == 1 && self.bytes.starts_with(b"\xef\xbb\xbf") {
            self.bytes.drain(..3);
        }
        Ok(Some(decoded(&self.bytes)))
    }

    /// Whether the most that is read has been read.
    pub(super) fn is_too_long(&self) -> bool {
        self.from.get_ref().limit() == 0
    }
}

/// UTF-8, or else Latin-1 with the signs of Windows where those differ.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()),
    }
}

/// What stands between the cells of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Mark(char),
    /// Any number of blanks.
    Blanks,
}

/// Those that are tried, the likelier first.
pub(super) const SEPARATORS: [Separator; 5] = [
    Separator::Mark(','),
    Separator::Mark(';'),
    Separator::Mark('\t'),
    Separator::Mark('|'),
    Separator::Blanks,
];

impl Separator {
    /// Cuts a line into cells, trimmed; `false` where a quote is never closed.
    pub(super) fn cut(self, line: &str, cells: &mut Row) -> bool {
        cells.clear();
        let Self::Mark(mark) = self else {
            line.split_whitespace().for_each(|cell| cells.push(cell.trim_matches('"')));
            return true;
        };
        if !line.contains('"') {
            line.split(mark).for_each(|cell| cells.push(cell.trim()));
            return true;
        }
        let mut rest = line;
        loop {
            let trimmed = rest.trim_start_matches(|c: char| c == ' ' || c == '\t' && mark != '\t');
            if let Some(inside) = trimmed.strip_prefix('"') {
                let Some((cell, behind)) = quoted(inside) else { return false };
                cells.push(cell.trim());
                match behind.trim_start_matches(' ').split_once(mark) {
                    Some((extra, next)) if extra.trim().is_empty() => rest = next,
                    None if behind.trim().is_empty() => return true,
                    _ => return false,
                }
            } else {
                match rest.split_once(mark) {
                    Some((cell, next)) => {
                        cells.push(cell.trim());
                        rest = next;
                    }
                    None => {
                        cells.push(rest.trim());
                        return true;
                    }
                }
            }
        }
    }
}

/// The cell up to its closing quote, two quotes inside being one, and what is behind.
fn quoted(inside: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut from = 0;
    loop {
        let end = from + inside[from..].find('"')?;
        if inside[end + 1..].starts_with('"') {
            from = end + 2;
            continue;
        }
        let cell = &inside[..end];
        let cell =
            if from == 0 { Cow::Borrowed(cell) } else { Cow::Owned(cell.replace("\"\"", "\"")) };
        return Some((cell, &inside[end + 1..]));
    }
}

/// The cells of one row; its memory is used again for the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    text: String,
    ends: Vec<usize>,
}

impl Row {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub(super) fn push(&mut self, cell: &str) {
        self.text += cell;
        self.ends.push(self.text.len());
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell; empty beyond the last.
    pub(super) fn cell(&self, at: usize) -> &str {
        let start =
            at.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or(0));
        self.ends.get(at).map_or("", |end| &self.text[start..*end])
    }

    /// Makes one cell of `Wed, 01 Jul 2026` where the comma was taken for the end of a cell.
    pub(super) fn join_weekday(&mut self) {
        const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let is_day = |cell: &str| {
            let lower = cell.to_ascii_lowercase();
            lower.len() <= 9 && DAYS.iter().any(|d| lower.starts_with(d)) && lower.ends_with("day")
                || DAYS.contains(&lower.as_str())
        };
        if let Some(at) = (0..self.len().saturating_sub(1)).find(|at| is_day(self.cell(*at))) {
            self.ends.remove(at);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.cell(at))
    }
}

impl<'a> FromIterator<&'a str> for Row {
    fn from_iter<I: IntoIterator<Item = &'a str>>(cells: I) -> Self {
        let mut row = Self::default();
        cells.into_iter().for_each(|cell| row.push(cell));
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_any_way_and_have_any_letters() {
        let utf16: Vec<u8> = "a,°C\n1,2\n5,6\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [LITTLE, &utf16].concat();
        for (bytes, want) in [
            (&b"a\nb\n"[..], &["a", "b"][..]),
            (b"a\r\nb", &["a", "b"]),
            (b"a\rb\r", &["a", "b"]),
            (b"\xef\xbb\xbfa\n\nb", &["a", "", "b"]),
            (b"\xb0C\n", &["°C"]),
            (&utf16, &["a,°C", "1,2", "5,6"]),
            (&marked, &["\u{feff}a,°C", "1,2", "5,6"]),
            (b"", &[]),
        ] {
            let origin = Origin::of_bytes(bytes.to_vec()).unwrap();
            let mut lines = Lines::new(origin.open().unwrap());
            let mut got = Vec::new();
            while let Some(line) = lines.next().unwrap() {
                got.push(line.into_owned());
            }
            // The mark of UTF-16 has become one of UTF-8.
            let want: Vec<&str> = want.iter().map(|l| l.trim_start_matches('\u{feff}')).collect();
            assert_eq!(got, want);
        }
    }

    #[test]
    fn the_comma_behind_a_weekday_ends_no_cell() {
        let mut row = Row::from_iter(["a", "Wed", "01 Jul 2026", "5"]);
        row.join_weekday();
        assert_eq!(row.iter().collect::<Vec<_>>(), ["a", "Wed01 Jul 2026", "5"]);
    }

    #[test]
    fn rows_are_cut_at_their_separator_outside_quotes() {
        let comma = Separator::Mark(',');
        for (by, line, want) in [
            (comma, "a, b ,c", Some(&["a", "b", "c"][..])),
            (comma, "\"a,1\",b", Some(&["a,1", "b"])),
            (comma, "\"a \"\"x\"\"\" , b", Some(&["a \"x\"", "b"])),
            (comma, "a,", Some(&["a", ""])),
            (comma, "a,\"b", None),
            (comma, "\"a\"b,c", None),
            (comma, "5\",b", Some(&["5\"", "b"])),
            (Separator::Mark(';'), "1,5;2", Some(&["1,5", "2"])),
            (Separator::Mark('\t'), "a\t\tb", Some(&["a", "", "b"])),
            (Separator::Blanks, " 1   2 3", Some(&["1", "2", "3"])),
        ] {
            let mut row = Row::default();
            let got = by.cut(line, &mut row).then(|| row.iter().collect::<Vec<_>>());
            assert_eq!(got.as_deref(), want, "{line}");
        }
    }
}
