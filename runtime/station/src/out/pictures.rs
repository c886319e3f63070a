//! Pictures for a broker: of each source the one of its newest forecast, where a line can carry it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The picture in a forecast's folder.
const FILE: &str = "overlay.png";
/// Between two pictures of a source.
const EACH: Duration = Duration::from_secs(10);
/// Most bytes of a picture: larger ones are not sent.
const MOST: u64 = 512_000;
/// A line that broke under a picture is spared them for so long.
const SPARED: Duration = Duration::from_secs(600);

/// What is known of a source's pictures.
#[derive(Debug, Default)]
struct Of {
    /// Folder of its newest forecast.
    newest: PathBuf,
    /// The folder whose picture was last sent, where it need not be sent again.
    sent: Option<PathBuf>,
    at: Option<Instant>,
    /// Whether it was told that the last one is too large.
    is_told: bool,
}

/// The pictures of all sources.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    sources: BTreeMap<String, Of>,
    spared: Option<Instant>,
}

impl Pictures {
    /// The newest forecast of `source` lies in `folder`.
    pub(super) fn look(&mut self, source: &str, folder: PathBuf) {
        match self.sources.get_mut(source) {
            Some(of) => of.newest = folder,
            None => {
                drop(self.sources.insert(source.to_owned(), Of { newest: folder, ..Of::default() }))
            }
        }
    }

    /// The picture that is due at `now`, and its source.
    pub(super) fn next(&mut self, now: Instant) -> Option<(String, Vec<u8>)> {
        if self.is_spared(now) {
            return None;
        }
        let is_due = |of: &Of| {
            of.sent.as_ref() != Some(&of.newest)
                && of.at.is_none_or(|at| now.saturating_duration_since(at) >= EACH)
        };
        let due = self.sources.iter_mut().filter(|(_, of)| is_due(of));
        // Who has waited longest goes first.
        let (source, of) = due.min_by_key(|(_, of)| of.at)?;
        (of.sent, of.at) = (Some(of.newest.clone()), Some(now));
        // The folder may have become too old meanwhile.
        let png = read(&of.newest.join(FILE)).ok()?;
        let is_large = png.len() as u64 > MOST;
        if is_large && !std::mem::replace(&mut of.is_told, true) {
            let most = MOST / 1000;
            tracing::warn!("mqtt: pictures of {source} have over {most} kB and are not sent");
        }
        of.is_told &= is_large;
        (!is_large).then(|| (source.clone(), png))
    }

    /// The broker may have forgotten them.
    pub(super) fn forget(&mut self) {
        self.sources.values_mut().for_each(|of| of.sent = None);
    }

    /// The line broke under a picture.
    pub(super) fn spare(&mut self, now: Instant) {
        self.spared = Some(now);
    }

    /// Whether the line is spared them.
    pub(super) fn is_spared(&self, now: Instant) -> bool {
        self.spared.is_some_and(|since| now.saturating_duration_since(since) < SPARED)
    }
}

/// The bytes of a file, and no more of them than show that it is too large.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_picture_goes_each_ten_seconds_at_most_and_a_large_one_never() {
        let room = tempfile::tempdir().unwrap();
        let folder = |name: &str, bytes: usize| {
            let folder = room.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join(FILE), vec![7; bytes]).unwrap();
            folder
        };
        let most = usize::try_from(MOST).unwrap();
        let (a, b, c) = (folder("a", 5), folder("b", most), folder("c", most + 1));
        let none = room.path().join("none");
        let (mut pictures, began) = (Pictures::default(), Instant::now());
        /// When, what is looked at and what is done before, and the bytes of the picture that comes.
        type Row<'a> = (u64, &'a Path, fn(&mut Pictures, Instant), Option<usize>);
        let nothing: fn(&mut Pictures, Instant) = |_, _| {};
        let rows: [Row<'_>; 12] = [
            (0, &a, nothing, Some(5)),
            (0, &a, nothing, None),
            (9, &b, nothing, None),
            (10, &b, nothing, Some(most)),
            (30, &b, nothing, None),
            (30, &b, |pictures, _| pictures.forget(), Some(most)),
            (31, &b, |pictures, _| pictures.forget(), None),
            (60, &c, nothing, None),
            (80, &none, nothing, None),
            (100, &a, Pictures::spare, None),
            (699, &a, nothing, None),
            (700, &a, nothing, Some(5)),
        ];
        for (s, newest, before, want) in rows {
            let now = began + Duration::from_secs(s);
            pictures.look("north", newest.to_owned());
            before(&mut pictures, now);
            let got = pictures.next(now);
            assert_eq!(got.map(|(_, png)| png.len()), want, "after {s} s");
        }
        // One that waits longer goes before one that was just sent.
        pictures.look("south", b);
        pictures.look("north", c);
        let now = began + Duration::from_secs(800);
        assert_eq!(pictures.next(now).unwrap().0, "south");
    }
}
