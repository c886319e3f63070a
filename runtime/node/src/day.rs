//! Day files: one file of lines for each day in UTC, in the folder of a node.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::line::Line;

const SUFFIX: &str = ".ndjson";

/// Name of the day file of `time`: `2026-08-01.ndjson`.
pub(crate) fn name(time: Timestamp) -> String {
    let date = time.to_zoned(TimeZone::UTC).date();
    format!("{date}{SUFFIX}")
}

/// Name of the file of thermal images of `time`: `2026-08-01.thermal.ndjson`.
pub(crate) fn image_name(time: Timestamp) -> String {
    let date = time.to_zoned(TimeZone::UTC).date();
    format!("{date}.thermal{SUFFIX}")
}

/// Name of the day file of the line, by the time it was taken, or by when it came if nobody knows.
pub(crate) fn name_of(line: &Line) -> String {
    name(line.time().unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Names of the day files in `folder`, oldest first.
///
/// # Errors
/// When the folder cannot be read.
pub fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let date = name.strip_suffix(SUFFIX).and_then(|d| d.parse::<jiff::civil::Date>().ok());
        if date.is_some_and(|d| format!("{d}{SUFFIX}") == name) {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The date that a day file is named by.
#[must_use]
pub fn date_of(name: &str) -> Option<jiff::civil::Date> {
    name.strip_suffix(SUFFIX)?.parse().ok()
}

/// One line as it stands in a file, readable or not.
#[derive(Debug)]
pub struct RawLine {
    /// Its first byte in the file.
    pub at: u64,
    /// The first byte after it and its line end.
    pub end: u64,
    /// What it says, if it is complete and can be read.
    pub line: Option<Line>,
    /// Its text, without its end.
    pub text: String,
}

/// Lines of a day file, from a byte on.
#[derive(Debug)]
pub struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    at: u64,
    bytes: Vec<u8>,
}

impl Lines {
    /// Lines from byte `from` on, which begins one.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path, from: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        Ok(Self {
            path: path.to_owned(),
            reader: BufReader::new(file),
            at: from,
            bytes: Vec::new(),
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Iterator for Lines {
    type Item = io::Result<RawLine>;

    fn next(&mut self) -> Option<Self::Item> {
        self.bytes.clear();
        let read = match self.reader.read_until(b'\n', &mut self.bytes) {
            Ok(0) => return None,
            Ok(n) => n as u64,
            Err(e) => return Some(Err(e)),
        };
        let at = self.at;
        self.at += read;
        let whole = self.bytes.pop_if(|b| *b == b'\n').is_some();
        let line = whole.then(|| serde_json::from_slice(&self.bytes).ok()).flatten();
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        Some(Ok(RawLine { at, end: self.at, line, text }))
    }
}
