//! Engines that TensorRT built, kept on disk: building one takes minutes, loading one moments.
//!
//! A folder holds the engine of one model at one precision for one card, TensorRT, driver and ONNX
//! Runtime; all of these are its key, written out in `key.txt`. It is filled under another name and
//! renamed when whole, and every file's hash is checked before it is used. A folder that is not
//! whole is removed and built again, which a warning says.

use std::fs;
use std::path::{Path, PathBuf};

use crate::checksums::{self, sha256};

/// Variable that names the folder for what can be made again.
pub(super) const CACHE_VARIABLE: &str = "EMBERLINE_CACHE";
const KEY_FILE: &str = "key.txt";
const SUMS_FILE: &str = "SHA256SUMS";

/// Where engines are kept: `$EMBERLINE_CACHE`, else where the system keeps such things.
pub(super) fn root() -> Result<PathBuf, String> {
    let var = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    var(CACHE_VARIABLE)
        .or_else(|| Some(var("XDG_CACHE_HOME")?.join("emberline")))
        .or_else(|| Some(var("HOME")?.join(".cache/emberline")))
        .map(|p| p.join("tensorrt"))
        .ok_or_else(|| format!("no place to keep engines: set {CACHE_VARIABLE} to a folder"))
}

/// One engine's folder.
#[derive(Debug)]
pub(super) struct Cache {
    /// Its name when whole.
    place: PathBuf,
    /// Where it is built, when it is not there yet.
    building: Option<PathBuf>,
    key: String,
}

impl Cache {
    /// The folder below `root` for `name` (model and precision) and `key`; `warn` hears of one that
    /// is damaged and will be built again.
    ///
    /// # Errors
    /// When `root` cannot be written, in words.
    pub(super) fn find(
        root: &Path,
        name: &str,
        key: &str,
        warn: &dyn Fn(&str),
    ) -> Result<Self, String> {
        let digest = sha256(key.as_bytes());
        let folder = format!("{name}-{}", &digest[..16]);
        let place = root.join(&folder);
        let no = |e: std::io::Error| {
            format!(
                "engines cannot be kept in {}: {e}; set {CACHE_VARIABLE} to a folder that can be \
                 written",
                root.display()
            )
        };
        if place.exists() {
            let Err(what) = whole(&place, key) else {
                return Ok(Self { place, building: None, key: key.to_owned() });
            };
            warn(&format!("note: TensorRT engine {}: {what}; building it again", place.display()));
            fs::remove_dir_all(&place).map_err(no)?;
        }
        let building = root.join(format!(".{folder}.{}", std::process::id()));
        fs::create_dir_all(&building).map_err(no)?;
        Ok(Self { place, building: Some(building), key: key.to_owned() })
    }

    /// Where the provider reads and writes.
    pub(super) fn folder(&self) -> &Path {
        self.building.as_deref().unwrap_or(&self.place)
    }

    /// Whether the engine is yet to be built.
    pub(super) fn is_new(&self) -> bool {
        self.building.is_some()
    }

    /// Keeps what was built for the next start; nothing to do when it came from there.
    ///
    /// # Errors
    /// When there is no engine in it, or it cannot be kept, in words.
    pub(super) fn keep(mut self) -> Result<(), String> {
        let Some(building) = self.building.as_deref() else { return Ok(()) };
        let no = |e: std::io::Error| format!("{}: {e}", building.display());
        let mut files = Vec::new();
        for entry in fs::read_dir(building).map_err(no)? {
            files.push(entry.map_err(no)?.file_name().to_string_lossy().into_owned());
        }
        if !files.iter().any(|f| f.ends_with(".engine")) {
            return Err(format!("TensorRT left no engine in {}", building.display()));
        }
        fs::write(building.join(KEY_FILE), &self.key).map_err(no)?;
        files.push(KEY_FILE.to_owned());
        files.sort_unstable();
        let mut lines = String::new();
        for file in &files {
            let bytes = fs::read(building.join(file)).map_err(no)?;
            lines += &format!("{}  {file}\n", sha256(&bytes));
        }
        fs::write(building.join(SUMS_FILE), lines).map_err(no)?;
        // Another process may have been quicker; then its engine is as good.
        if let Err(e) = fs::rename(building, &self.place)
            && whole(&self.place, &self.key).is_err()
        {
            return Err(no(e));
        }
        if self.building.as_deref().is_some_and(|b| !b.exists()) {
            self.building = None;
        }
        Ok(())
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        if let Some(building) = &self.building {
            let _ = fs::remove_dir_all(building);
        }
    }
}

/// Whether the folder holds what was put there for `key`, or what is wrong with it.
fn whole(place: &Path, key: &str) -> Result<(), String> {
    let read =
        |file: &str| fs::read(place.join(file)).map_err(|e| format!("{file} cannot be read ({e})"));
    let listed = checksums::read(&read(SUMS_FILE)?).map_err(|e| format!("{SUMS_FILE} {e}"))?;
    for (file, hash) in &listed {
        if sha256(&read(file)?) != *hash {
            return Err(format!("{file} is damaged"));
        }
    }
    if !listed.keys().any(|f| f.ends_with(".engine")) {
        return Err("there is no engine in it".to_owned());
    }
    if read(KEY_FILE)? != key.as_bytes() {
        return Err(format!("{KEY_FILE} is for another machine"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    const KEY: &str = "model fire-v1\ncard A\n";
    const ENGINE: &str = "TRTKernel_0_sm87.engine";

    /// Finds a cache; also the warnings.
    fn find(root: &Path, key: &str) -> (Cache, Vec<String>) {
        let warnings = RefCell::new(Vec::new());
        let cache = Cache::find(root, "fire-v1-float16", key, &|t| {
            warnings.borrow_mut().push(t.to_owned());
        });
        (cache.expect("a folder that can be written"), warnings.into_inner())
    }

    fn built(root: &Path) -> PathBuf {
        let (cache, warnings) = find(root, KEY);
        assert!(cache.is_new() && warnings.is_empty());
        fs::write(cache.folder().join(ENGINE), b"an engine").expect("write");
        fs::write(cache.folder().join("timing.cache"), b"times").expect("write");
        let place = cache.place.clone();
        cache.keep().expect("kept");
        place
    }

    #[test]
    fn an_engine_is_kept_for_its_key_alone() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let place = built(root.path());
        let (again, warnings) = find(root.path(), KEY);
        assert!(!again.is_new() && warnings.is_empty());
        assert_eq!(again.folder(), place);
        again.keep().expect("nothing to do");
        let (other, _) = find(root.path(), "model fire-v1\ncard B\n");
        assert!(other.is_new() && other.place != place);
        drop(other);
        let left: Vec<_> = fs::read_dir(root.path()).expect("a folder").flatten().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn a_damaged_engine_is_told_removed_and_built_again() {
        type Damage = fn(&Path);
        let cases: [(Damage, &str); 6] = [
            (|p| fs::write(p.join(ENGINE), b"an engin").expect("w"), "sm87.engine is damaged"),
            (|p| fs::remove_file(p.join(ENGINE)).expect("w"), "sm87.engine cannot be read ("),
            (|p| fs::write(p.join("timing.cache"), b"").expect("w"), "timing.cache is damaged"),
            (|p| fs::write(p.join(SUMS_FILE), b"\xff\xfe").expect("w"), "SHA256SUMS is no text"),
            (|p| fs::write(p.join(SUMS_FILE), b"").expect("w"), "there is no engine in it"),
            (|p| fs::remove_file(p.join(KEY_FILE)).expect("w"), "key.txt cannot be read ("),
        ];
        for (damage, want) in cases {
            let root = tempfile::tempdir().expect("a temporary folder");
            let place = built(root.path());
            damage(&place);
            let (again, warnings) = find(root.path(), KEY);
            assert!(again.is_new() && !place.exists(), "{want}");
            assert_eq!(warnings.len(), 1, "{warnings:?}");
            assert!(
                warnings[0].contains(want) && warnings[0].ends_with("building it again"),
                "{warnings:?}"
            );
            drop(again);
            assert!(!find(root.path(), KEY).0.folder().join(ENGINE).exists());
        }
    }

    #[test]
    fn what_cannot_be_kept_is_an_error_in_one_line() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let (empty, _) = find(root.path(), KEY);
        let error = empty.keep().expect_err("no engine");
        assert!(error.starts_with("TensorRT left no engine in "), "{error}");
        assert_eq!(fs::read_dir(root.path()).expect("a folder").count(), 0);
        let file = root.path().join("file");
        fs::write(&file, b"").expect("a file");
        let error = Cache::find(&file, "fire-v1-float16", KEY, &|_| ()).expect_err("a file");
        assert!(error.contains("set EMBERLINE_CACHE to a folder that can be written"), "{error}");
    }
}
