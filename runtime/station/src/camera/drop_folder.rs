//! A folder that a camera or an FTP server fills: each picture is taken once it is whole.
//!
//! The folder is listed, not watched: that works on network file systems too. A file is whole when neither
//! its size nor its time has changed for two seconds.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use emberline_vision::frame::{Kind, TimeSource};
use emberline_vision::source::{SourceOptions, read_picture};
use jiff::Timestamp;

use super::feed::{Feed, Got, Shot};
use crate::source::Fault;

/// A file of this age, unchanged, is whole.
const RESTS: Duration = Duration::from_secs(2);
/// Between two looks at the folder: so long, or so many times as long as a look takes, which is long where there
/// are very many files, up to the longest.
const LOOK: Duration = Duration::from_millis(500);
const SHARE: u32 = 20;
const LONGEST: Duration = Duration::from_secs(2);
/// A file that was taken and is so much older than the newest is asked for its size and time once in so many looks:
/// its name may be used again.
const OLDER: Duration = Duration::from_secs(60);
const TURNS: u64 = 16;
/// Endings of pictures.
const PICTURES: [&str; 6] = ["png", "jpg", "jpeg", "tif", "tiff", "pgm"];
/// Pictures that lay there before the station began, of which so many of the newest are taken.
const OLD: usize = 64;
/// A time that the picture tells and one of its file may differ by this.
const AGREE_S: f64 = 600.0;

/// What is seen of a file that is not taken yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    bytes: u64,
    written: SystemTime,
}

/// Which files are to be taken, from listings and times alone.
#[derive(Debug, Default)]
struct Rest {
    /// Files that have been taken, each as it was then: one name may be used again and again.
    taken: HashMap<PathBuf, Seen>,
    /// When the newest of them was written.
    newest: Option<SystemTime>,
    looks: u64,
    /// Files that may still be written, and since when they have been as they are.
    waiting: BTreeMap<PathBuf, (Seen, Duration)>,
    begun: bool,
}

impl Rest {
    /// What the file `path` was like, where that need not be asked again this time.
    fn known(&self, path: &Path) -> Option<Seen> {
        let seen = self.taken.get(path)?;
        let is_old = self.newest.is_some_and(|newest| seen.written + OLDER < newest);
        let mut turn = DefaultHasher::new();
        path.hash(&mut turn);
        (is_old && turn.finish() % TURNS != self.looks % TURNS).then_some(*seen)
    }

    /// Takes in what the folder shows at `now`; gives the files that are whole, oldest first.
    fn look(&mut self, listing: &BTreeMap<PathBuf, Seen>, now: Duration) -> Vec<PathBuf> {
        // What is gone is forgotten, so that no memory grows.
        self.taken.retain(|path, _| listing.contains_key(path));
        self.waiting.retain(|path, _| listing.contains_key(path));
        self.looks += 1;
        if !self.begun {
            self.begun = true;
            let mut old: Vec<_> = listing.iter().map(|(path, seen)| (seen.written, path)).collect();
            old.sort();
            let skipped = old.len().saturating_sub(OLD);
            let skipped = old[..skipped].iter().map(|(_, path)| ((*path).clone(), listing[*path]));
            self.taken.extend(skipped);
        }
        let mut whole = Vec::new();
        for (path, seen) in listing {
            if self.taken.get(path).is_some_and(|taken| taken.written == seen.written) {
                continue;
            }
            let (known, since) = self.waiting.entry(path.clone()).or_insert((*seen, now));
            if known != seen {
                (*known, *since) = (*seen, now);
            } else if now.saturating_sub(*since) >= RESTS && seen.bytes > 0 {
                whole.push((seen.written, path.clone()));
            }
        }
        whole.sort();
        for (written, path) in &whole {
            self.waiting.remove(path);
            self.taken.insert(path.clone(), listing[path]);
            self.newest = self.newest.max(Some(*written));
        }
        whole.into_iter().map(|(_, path)| path).collect()
    }
}

/// The pictures that are put into a folder.
pub(super) struct DropFolder {
    folder: PathBuf,
    kind: Kind,
    began: Instant,
    looked: Option<Instant>,
    /// Until the next look.
    pause: Duration,
    rest: Rest,
    /// Whole files, the next to be read last.
    whole: Vec<PathBuf>,
}

impl DropFolder {
    /// Looks into `folder`.
    pub(super) fn open(folder: &Path, kind: Kind) -> Result<Self, Fault> {
        list(folder, |_| None)?;
        Ok(Self {
            folder: folder.to_owned(),
            kind,
            began: Instant::now(),
            looked: None,
            pause: LOOK,
            rest: Rest::default(),
            whole: Vec::new(),
        })
    }

    fn read(&self, path: &Path) -> Got {
        let options = SourceOptions { kind: Some(self.kind), ..SourceOptions::default() };
        let written = std::fs::metadata(path).and_then(|m| m.modified());
        let film = match read_picture(&path.display().to_string(), &options) {
            Ok(film) => film,
            Err(cause) => return Got::Spoiled(cause.to_string()),
        };
        let written = written.ok().and_then(|at| Timestamp::try_from(at).ok());
        let (Some(frame), Some(written)) = (film.frames.into_iter().next(), written) else {
            return Got::Spoiled(format!("{}: it tells no time", path.display()));
        };
        // What the picture itself tells, with its zone, goes first; but a camera's clock may be anything.
        let near = |told: &Timestamp| written.duration_since(*told).as_secs_f64().abs() <= AGREE_S;
        let (taken, time_source) = match frame.time.utc.filter(near) {
            Some(told) => (told, frame.time.source),
            None => (written, TimeSource::Host),
        };
        let (pixels, grid) = (frame.pixels, film.grid);
        Got::Shot(Box::new(Shot { pixels, grid, taken, time_source, new_scene: false }))
    }
}

/// The pictures in `folder`; hidden files and those of other endings, such as `.part`, are none.
/// Those of which `known` tells are not asked.
fn list(
    folder: &Path,
    known: impl Fn(&Path) -> Option<Seen>,
) -> Result<BTreeMap<PathBuf, Seen>, Fault> {
    let entries = std::fs::read_dir(folder)
        .map_err(|e| Fault { refused: false, why: format!("{}: {e}", folder.display()) })?;
    let is_picture = |path: &PathBuf| {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or(".");
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        !name.starts_with('.') && PICTURES.iter().any(|p| p.eq_ignore_ascii_case(ending))
    };
    let seen = |path: PathBuf| {
        if let Some(seen) = known(&path) {
            return Some((path, seen));
        }
        let about = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
        Some((path, Seen { bytes: about.len(), written: about.modified().ok()? }))
    };
    Ok(entries.flatten().map(|e| e.path()).filter(is_picture).filter_map(seen).collect())
}

impl Feed for DropFolder {
    fn next(&mut self, wait: Duration) -> Result<Got, Fault> {
        if let Some(path) = self.whole.pop() {
            return Ok(self.read(&path));
        }
        let next = self.looked.map_or(Duration::ZERO, |at| self.pause.saturating_sub(at.elapsed()));
        std::thread::sleep(next.min(wait));
        if next > wait {
            return Ok(Got::Nothing);
        }
        let looked = Instant::now();
        let listing = list(&self.folder, |path| self.rest.known(path))?;
        self.whole = self.rest.look(&listing, self.began.elapsed());
        self.pause = (looked.elapsed() * SHARE).clamp(LOOK, LONGEST);
        self.looked = Some(Instant::now());
        self.whole.reverse();
        Ok(self.whole.pop().map_or(Got::Nothing, |path| self.read(&path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(bytes: u64, written_s: u64) -> Seen {
        Seen { bytes, written: SystemTime::UNIX_EPOCH + Duration::from_secs(written_s) }
    }

    #[test]
    fn a_file_is_taken_once_when_it_has_rested() {
        let mut rest = Rest::default();
        // Second, the files then (name, bytes, time), and those that are whole.
        type Look = (u64, &'static [(&'static str, u64, u64)], &'static [&'static str]);
        let looks: [Look; 10] = [
            (0, &[("a.png", 10, 1)], &[]),
            (1, &[("a.png", 10, 1)], &[]),
            (2, &[("a.png", 10, 1), ("b.png", 5, 2)], &["a.png"]),
            (3, &[("a.png", 10, 1), ("b.png", 9, 3)], &[]), // still written
            (4, &[("a.png", 10, 1), ("b.png", 9, 3), ("c.png", 0, 4)], &[]),
            (5, &[("a.png", 10, 1), ("b.png", 9, 3), ("c.png", 0, 4)], &["b.png"]),
            (9, &[("b.png", 9, 3), ("c.png", 0, 4)], &[]), // empty: not yet
            (10, &[("b.png", 12, 8), ("c.png", 7, 7)], &[]), // the same name, another picture
            (12, &[("b.png", 12, 8), ("c.png", 7, 7)], &["c.png", "b.png"]), // oldest first
            (20, &[("b.png", 12, 8), ("c.png", 7, 7)], &[]),
        ];
        for (now_s, files, want) in looks {
            let listing: BTreeMap<_, _> =
                files.iter().map(|&(name, bytes, at)| (name.into(), seen(bytes, at))).collect();
            let got = rest.look(&listing, Duration::from_secs(now_s));
            let want: Vec<PathBuf> = want.iter().map(PathBuf::from).collect();
            assert_eq!(got, want, "second {now_s}");
        }
        assert_eq!((rest.taken.len(), rest.waiting.len()), (2, 0), "what is gone is forgotten");
    }

    #[test]
    fn of_a_full_folder_the_newest_are_taken() {
        let listing: BTreeMap<PathBuf, Seen> =
            (0..1000u64).map(|k| (format!("{k}.png").into(), seen(3, k))).collect();
        let mut rest = Rest::default();
        assert!(rest.look(&listing, Duration::ZERO).is_empty());
        let whole = rest.look(&listing, RESTS);
        assert_eq!(whole.len(), OLD);
        assert_eq!(whole[0], PathBuf::from("936.png"));
    }

    #[test]
    fn old_files_are_asked_in_turn_and_young_ones_always() {
        let listing: BTreeMap<PathBuf, Seen> =
            (0..64u64).map(|k| (format!("{k}.png").into(), seen(3, 10 * k))).collect();
        let mut rest = Rest::default();
        rest.look(&listing, Duration::ZERO);
        rest.look(&listing, RESTS);
        let mut asked = vec![0; 64];
        for _ in 0..TURNS {
            for (k, asked) in asked.iter_mut().enumerate() {
                *asked += u64::from(rest.known(Path::new(&format!("{k}.png"))).is_none());
            }
            assert!(rest.look(&listing, RESTS).is_empty());
        }
        // The last was written at second 630, and 57 is a minute older.
        let want: Vec<u64> = (0..64).map(|k| if k < 57 { 1 } else { TURNS }).collect();
        assert_eq!(asked, want);
        assert!(rest.known(Path::new("new.png")).is_none());
    }

    #[test]
    fn hidden_and_unfinished_names_are_no_pictures() {
        let room = tempfile::tempdir().unwrap();
        for name in [".a.png", "b.png.part", "c.tmp", "d.PNG", "e.txt"] {
            std::fs::write(room.path().join(name), b"x").unwrap();
        }
        std::fs::create_dir(room.path().join("f.png")).unwrap();
        let files: Vec<_> = list(room.path(), |_| None).unwrap().into_keys().collect();
        assert_eq!(files, [room.path().join("d.PNG")]);
        let fault = list(&room.path().join("none"), |_| None).unwrap_err();
        assert!(!fault.refused && fault.why.contains("none"), "{fault:?}");
    }
}
