//! A staged folder: written under a hidden name beside its place, then put there in one step.
//!
//! Whoever looks sees no output, the old one, or the new one whole; a run that is killed leaves at
//! most a hidden `.NAME.partial-…` sibling, which the next run removes. A partial folder is locked
//! by the run that fills it, so that nobody removes one that is still alive.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::beside::{lock, prefix, sibling, split};
use super::error::{ProductError, io_at};
use super::swap::{is_mount_point, put};

/// Files that say "emberline wrote this folder".
const MARKS: [&str; 2] = ["forecast.json", "scores.json"];

/// Every file name that an output of ours may hold; a folder with anything else is not replaced.
const OURS: [&str; 20] = [
    "forecast.npz",
    "forecast.json",
    "isochrones.geojson",
    "spread.geojson",
    "forecast.kml",
    "forecast.kmz",
    "arrival.tif",
    "burn_probability.tif",
    "rain.nc",
    "rain.tif",
    "rain_from_outside.tif",
    "rain_likely.tif",
    "rain_probability.png",
    "rain_probability.tif",
    "overlay.png",
    "forecast.gif",
    "scores.ndjson",
    "scores.json",
    "report.html",
    "report.png",
];

/// What a finished output folder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Name and size in bytes of each file, in name order.
    pub files: Vec<(String, u64)>,
}

/// A folder being written; dropping it without [`Staged::commit`] removes every trace.
#[derive(Debug)]
pub struct Staged {
    out: PathBuf,
    partial: PathBuf,
    lock: Option<File>,
}

impl Staged {
    /// Begins the folder that will be `out`; missing parents are made, dead leftovers removed.
    ///
    /// # Errors
    /// [`ProductError`] when `out` is a file, a mount point, a folder that is not an older output
    /// of ours, or when its parent cannot be written.
    pub fn begin(out: &Path) -> Result<Self, ProductError> {
        let out = resolve(out)?;
        let (parent, name) = split(&out)?;
        fs::create_dir_all(parent).map_err(|e| io_at(parent, e))?;
        clean(parent, name, &out);
        may_replace(&out)?;
        // A cleaner may take a folder between its making and its locking: then make another.
        for _ in 0..16 {
            let partial = parent.join(sibling(name, "partial"));
            fs::create_dir(&partial).map_err(|e| io_at(&out, e))?;
            let lock = lock(&partial);
            if lock.is_some() && partial.is_dir() || !cfg!(unix) {
                return Ok(Self { out, partial, lock });
            }
            let _ = fs::remove_dir(&partial);
        }
        Err(io_at(&out, io::Error::other("its partial folder cannot be locked")))
    }

    /// Where the files lie until they are committed.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.partial
    }

    /// Writes the file `name` and sees it onto the disk.
    ///
    /// `name` must be one of the contract's names, or the next run would not know its own output.
    ///
    /// # Errors
    /// [`ProductError::Io`] with what `fill` or the disk said.
    pub fn write(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), ProductError> {
        debug_assert!(OURS.contains(&name), "{name} is not in the list of products");
        let told = self.out.join(name);
        let path = self.partial.join(name);
        let file = File::options().write(true).read(true).create_new(true).open(path);
        let mut sink = BufWriter::with_capacity(1 << 16, file.map_err(|e| io_at(&told, e))?);
        fill(&mut sink)
            .and_then(|()| sink.flush())
            .and_then(|()| sink.get_ref().sync_all())
            .map_err(|e| io_at(&told, e))
    }

    /// Puts the folder in its place in one step, over an older output of ours if there is one.
    ///
    /// # Errors
    /// [`ProductError`]; then `out` is as it was before.
    pub fn commit(mut self) -> Result<Written, ProductError> {
        let files = sync(&self.partial).map_err(|e| io_at(&self.out, e))?;
        may_replace(&self.out)?;
        put(&self.partial, &self.out)?;
        self.lock = None;
        let (parent, _) = split(&self.out)?;
        // The rename has happened; a file system that cannot sync a folder does not undo it.
        let _ = File::open(parent).and_then(|f| f.sync_all());
        Ok(Written { files })
    }
}

impl Drop for Staged {
    /// Removes the partial folder: an unfinished one, or after a commit the older output.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.partial);
    }
}

/// The folder meant by `out`: absolute, links followed.
fn resolve(out: &Path) -> Result<PathBuf, ProductError> {
    let absolute = std::path::absolute(out).map_err(|e| io_at(out, e))?;
    if fs::symlink_metadata(&absolute).is_err() {
        return Ok(absolute);
    }
    fs::canonicalize(&absolute).map_err(|e| io_at(out, e))
}

/// Removes what dead runs left beside `out`, and gives back an older output that a dead run had
/// moved away without putting its own in place.
fn clean(parent: &Path, name: &OsStr, out: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let (partial, old) = (prefix(name, "partial"), prefix(name, "old"));
    for entry in entries.flatten() {
        let (path, found) = (entry.path(), entry.file_name());
        let is = |p: &OsString| {
            let (found, p) = (found.as_encoded_bytes(), p.as_encoded_bytes());
            found.strip_prefix(p).is_some_and(|rest| {
                rest.len() > 17 && rest.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
            })
        };
        if !entry.file_type().is_ok_and(|t| t.is_dir()) || !(is(&partial) || is(&old)) {
            continue;
        }
        let Some(_held) = lock(&path) else { continue };
        if is(&old) && fs::symlink_metadata(out).is_err() {
            let _ = fs::rename(&path, out);
        } else {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Whether `out` is free, empty, or an older output of ours with nothing else in it.
fn may_replace(out: &Path) -> Result<(), ProductError> {
    let meta = match fs::symlink_metadata(out) {
        Ok(meta) => meta,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(io_at(out, e)),
    };
    if !meta.is_dir() {
        return Err(ProductError::NotAFolder { path: out.to_owned() });
    }
    if is_mount_point(out, &meta) {
        return Err(ProductError::MountPoint { path: out.to_owned() });
    }
    let (mut marked, mut some) = (false, None);
    for entry in fs::read_dir(out).map_err(|e| io_at(out, e))? {
        let entry = entry.map_err(|e| io_at(out, e))?;
        let found = entry.file_name().to_string_lossy().into_owned();
        let is_file = entry.file_type().is_ok_and(|t| t.is_file());
        if !is_file || !OURS.contains(&found.as_str()) {
            return Err(ProductError::Foreign { path: out.to_owned(), found });
        }
        marked |= MARKS.contains(&found.as_str());
        some = Some(found);
    }
    match some {
        Some(found) if !marked => Err(ProductError::Foreign { path: out.to_owned(), found }),
        _ => Ok(()),
    }
}

/// Sees every file and the folder itself onto the disk; gives names and sizes in name order.
fn sync(folder: &Path) -> io::Result<Vec<(String, u64)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file = File::options().read(true).write(true).open(entry.path())?;
        file.sync_all()?;
        files.push((entry.file_name().to_string_lossy().into_owned(), file.metadata()?.len()));
    }
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn commit(out: &Path, text: &str) -> Result<Written, ProductError> {
        let mut staged = Staged::begin(out)?;
        staged.write("scores.json", |sink| sink.write_all(text.as_bytes()))?;
        staged.commit()
    }

    #[test]
    fn a_folder_appears_whole_and_replaces_an_older_one() {
        let room = tempfile::tempdir().unwrap();
        let out = room.path().join("deep/er/out");
        for text in ["one", "two, longer"] {
            let written = commit(&out, text).unwrap();
            assert_eq!(written.files, [("scores.json".to_owned(), text.len() as u64)]);
            assert_eq!(fs::read_to_string(out.join("scores.json")).unwrap(), text);
            assert_eq!(names(out.parent().unwrap()), ["out"], "nothing is left beside it");
        }
    }

    #[test]
    fn what_is_not_ours_is_refused_and_stays() {
        struct Case {
            name: &'static str,
            make: fn(&Path),
            want: &'static str,
        }
        let room = tempfile::tempdir().unwrap();
        for Case { name, make, want } in [
            Case { name: "file", make: |p| fs::write(p, "x").unwrap(), want: "is a file" },
            Case {
                name: "photos",
                make: |p| {
                    fs::create_dir(p).unwrap();
                    fs::write(p.join("cat.jpg"), "x").unwrap();
                },
                want: "holds cat.jpg",
            },
            Case {
                name: "ours-and-a-note",
                make: |p| {
                    commit(p, "old").unwrap();
                    fs::write(p.join("note.txt"), "x").unwrap();
                },
                want: "holds note.txt",
            },
            Case {
                name: "only-a-picture",
                make: |p| {
                    fs::create_dir(p).unwrap();
                    fs::write(p.join("overlay.png"), "x").unwrap();
                },
                want: "holds overlay.png",
            },
        ] {
            let out = room.path().join(name);
            make(&out);
            let error = commit(&out, "new").unwrap_err().to_string();
            assert!(error.contains(want) && error.lines().count() == 1, "{name}: {error}");
            assert!(error.contains("move it away"), "{name}: {error}");
            assert!(out.exists(), "{name}");
        }
        assert_eq!(names(room.path()), ["file", "only-a-picture", "ours-and-a-note", "photos"]);
    }

    #[test]
    fn an_empty_folder_is_filled() {
        let room = tempfile::tempdir().unwrap();
        let out = room.path().join("out");
        fs::create_dir(&out).unwrap();
        commit(&out, "new").unwrap();
        assert_eq!(names(&out), ["scores.json"]);
    }

    #[test]
    fn an_unfinished_folder_leaves_no_trace() {
        let room = tempfile::tempdir().unwrap();
        let out = room.path().join("out");
        let mut staged = Staged::begin(&out).unwrap();
        let full = |_: &mut BufWriter<File>| Err(io::ErrorKind::StorageFull.into());
        let error = staged.write("scores.json", full).unwrap_err().to_string();
        assert!(error.contains("scores.json") && error.contains("free some space"), "{error}");
        assert_eq!(names(room.path()).len(), 1);
        drop(staged);
        assert_eq!(names(room.path()).len(), 0);
    }

    #[test]
    fn leftovers_of_the_dead_go_and_those_of_the_living_stay() {
        let room = tempfile::tempdir().unwrap();
        let out = room.path().join("out");
        let living = Staged::begin(&out).unwrap();
        let dead = room.path().join(".out.partial-99-0123456789abcdef");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join("forecast.npz"), "half").unwrap();
        let other = room.path().join(".outer.partial-99-0123456789abcdef");
        fs::create_dir(&other).unwrap();
        commit(&out, "new").unwrap();
        assert!(!dead.exists());
        assert!(other.exists() && living.folder().exists());
    }

    #[test]
    fn an_output_that_a_killed_run_had_moved_away_comes_back() {
        let room = tempfile::tempdir().unwrap();
        let out = room.path().join("out");
        commit(&out, "old").unwrap();
        fs::rename(&out, room.path().join(".out.old-99-0123456789abcdef")).unwrap();
        drop(Staged::begin(&out).unwrap());
        assert_eq!(fs::read_to_string(out.join("scores.json")).unwrap(), "old");
        assert_eq!(names(room.path()), ["out"]);
    }

    #[test]
    fn places_that_cannot_be_written_are_told_in_one_line() {
        let room = tempfile::tempdir().unwrap();
        fs::write(room.path().join("file"), "x").unwrap();
        for (out, want) in [
            (PathBuf::from("/"), "not a folder name"),
            (PathBuf::from("/proc/nowhere/out"), "output /proc/nowhere"),
            (PathBuf::from("/dev/full"), "is a file"),
            (PathBuf::from("/dev/shm"), "is a mount point"),
            (room.path().join("file/out"), "name another folder"),
            (room.path().join("x".repeat(300)), "name a shorter or plainer folder"),
        ] {
            if cfg!(target_os = "linux") {
                let error = Staged::begin(&out).unwrap_err().to_string();
                assert!(error.contains(want) && error.lines().count() == 1, "{error}");
            }
        }
    }
}
