//! The file that holds the calibration of a node's array, so that a restart need not wait for it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use emberline_atomic_file as atomic_file;
use serde::{Deserialize, Serialize};

use super::array::WORDS;

#[derive(Serialize, Deserialize)]
struct Content {
    /// The chip's number: words 7 to 9.
    chip: String,
    words: Vec<u16>,
}

/// `mlx90640.json` of a node's folder.
fn path(folder: &Path) -> PathBuf {
    folder.join("mlx90640.json")
}

/// The chip's number as it is written.
fn chip(words: &[u16; WORDS]) -> String {
    format!("{:04x}-{:04x}-{:04x}", words[7], words[8], words[9])
}

/// The calibration words in `folder`; `None` if there are none or they are damaged: the node sends them
/// again.
pub(crate) fn read(folder: &Path) -> Option<Box<[u16; WORDS]>> {
    let content: Content = serde_json::from_slice(&fs::read(path(folder)).ok()?).ok()?;
    let words: Box<[u16; WORDS]> = content.words.into_boxed_slice().try_into().ok()?;
    (chip(&words) == content.chip).then_some(words)
}

/// Writes `words`, over older ones.
pub(crate) fn write(folder: &Path, words: &[u16; WORDS]) -> io::Result<()> {
    let content = Content { chip: chip(words), words: words.to_vec() };
    atomic_file::write(&path(folder), &serde_json::to_vec(&content)?)
}

/// Removes them, if there are any.
pub(crate) fn forget(folder: &Path) -> io::Result<()> {
    match fs::remove_file(path(folder)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_were_written_or_not_at_all() {
        let room = tempfile::tempdir().unwrap();
        let words: [u16; WORDS] = std::array::from_fn(|i| i as u16 * 78);
        assert_eq!(read(room.path()), None);
        write(room.path(), &words).unwrap();
        assert_eq!(read(room.path()).as_deref(), Some(&words));
        let good = fs::read_to_string(path(room.path())).unwrap();
        for bad in
            [&good[..200], &good.replace("\"0222-", "\"0223-"), &good.replace("[0,", "["), ""]
        {
            fs::write(path(room.path()), bad).unwrap();
            assert_eq!(read(room.path()), None, "{:.40}", bad);
        }
        forget(room.path()).unwrap();
        forget(room.path()).unwrap();
        assert!(!path(room.path()).exists());
    }
}
