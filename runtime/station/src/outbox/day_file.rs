//! Day files: the messages of a UTC day, a line each, found again and mended after a power cut.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::message::Message;

/// Longest line that is read: a longer one is damage.
const LINE_BYTES: usize = 4 << 20;

/// A day's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DayFile {
    /// Number of its first message. Files are sorted by it: clocks are set, numbers only grow.
    pub(super) first: u64,
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
}

impl DayFile {
    /// A file that begins with the message `first`, which is said on `day`.
    pub(super) fn new(folder: &Path, first: u64, day: &str) -> Self {
        Self { first, path: folder.join(format!("{first:012}-{day}.ndjson")), bytes: 0 }
    }

    /// The day that its name tells.
    pub(super) fn day(&self) -> &str {
        let name = self.path.file_stem().and_then(|name| name.to_str()).unwrap_or("");
        name.split_once('-').map_or("", |(_, day)| day)
    }

    /// All files in `folder`, first messages first.
    pub(super) fn all(folder: &Path) -> io::Result<Vec<Self>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".ndjson"));
            let number = number.and_then(|name| name.split_once('-')?.0.parse().ok());
            if let Some(first) = number {
                files.push(Self { first, path: entry.path(), bytes: entry.metadata()?.len() });
            }
        }
        files.sort_by_key(|file| file.first);
        Ok(files)
    }

    /// Adds `line` and sees it onto the disk. What cannot be written whole is taken back.
    pub(super) fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        let written = file.write_all(line).and_then(|()| file.sync_data());
        if let Err(cause) = written {
            let _ = file.set_len(self.bytes);
            return Err(cause);
        }
        if self.bytes == 0 {
            // A new name must outlive a power cut, too.
            let folder = self.path.parent().unwrap_or(Path::new("."));
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Cuts off a last line that a power cut has left half, and gives the last whole message.
    pub(super) fn mend(&mut self) -> io::Result<Option<Message>> {
        let (mut last, mut whole) = (None, 0);
        self.each(0, |message, end| {
            (last, whole) = (Some(message), end);
            true
        })?;
        if whole < self.bytes {
            OpenOptions::new().write(true).open(&self.path)?.set_len(whole)?;
            self.bytes = whole;
        }
        Ok(last)
    }

    /// Hands each message from the byte `from` on to `take`, with the byte at which its line ends, until that says no.
    /// A line that is no message is passed over.
    pub(super) fn each(
        &self,
        from: u64,
        mut take: impl FnMut(Message, u64) -> bool,
    ) -> io::Result<()> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(from))?;
        let (mut lines, mut at, mut line) = (BufReader::new(file), from, Vec::new());
        loop {
            line.clear();
            let got = lines.read_until(b'\n', &mut line)?;
            if got == 0 || line.last() != Some(&b'\n') {
                return Ok(());
            }
            at += got as u64;
            let message = match line.len() <= LINE_BYTES {
                true => Message::of_line(&line[..line.len() - 1]),
                false => None,
            };
            if message.is_some_and(|message| !take(message, at)) {
                return Ok(());
            }
        }
    }
}
