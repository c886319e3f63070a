//! Where ONNX Runtime's library is, and loading it once.
//!
//! It is looked for at `$ORT_DYLIB_PATH` alone when that is set, else beside this program and in the
//! usual places.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ort::environment::Environment;

use crate::one_line;

/// Variable that names the library, as everywhere around ONNX Runtime.
pub(super) const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";

/// The library of this process.
#[derive(Debug)]
pub(super) struct Library {
    pub(super) environment: Environment,
    pub(super) path: PathBuf,
    pub(super) version: String,
}

/// Loads the library once; afterwards the same answer.
pub(super) fn library() -> Result<&'static Library, String> {
    static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();
    LIBRARY.get_or_init(load).as_ref().map_err(Clone::clone)
}

fn load() -> Result<Library, String> {
    let named = std::env::var_os(LIBRARY_VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from);
    let candidates = match &named {
        Some(path) if path.is_dir() => in_folder(path),
        Some(path) => vec![path.clone()],
        None => usual_places().iter().flat_map(|p| in_folder(p)).collect(),
    };
    let mut why = match &named {
        Some(path) => format!("no ONNX Runtime library at {LIBRARY_VARIABLE}={}", path.display()),
        None => "no ONNX Runtime library (libonnxruntime.so) beside this program or in the usual \
                 places"
            .to_owned(),
    };
    for path in candidates.iter().filter(|p| p.is_file()) {
        // Messages of the library go nowhere: what matters comes back as an error.
        let built = match ort::init_from(path) {
            Ok(builder) => builder
                .with_name("emberline")
                .with_telemetry(false)
                .with_logger(Arc::new(|_, _, _, _, _| {}))
                .build()
                .map_err(|e| e.to_string()),
            Err(e) => Err(e.to_string()),
        };
        match built {
            Ok(environment) => {
                return Ok(Library { environment, version: version(path), path: path.clone() });
            }
            Err(e) => why = format!("{} cannot be used: {}", path.display(), one_line(&e)),
        }
    }
    Err(why)
}

/// Places where installers put libraries.
fn usual_places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    if let Some(beside) = std::env::current_exe().ok().and_then(|e| e.parent().map(Path::to_owned))
    {
        places.extend([beside.clone(), beside.join("lib"), beside.join("../lib")]);
    }
    let arch = std::env::consts::ARCH;
    places.extend(
        [
            "/usr/local/lib".to_owned(),
            "/usr/lib".to_owned(),
            format!("/usr/lib/{arch}-linux-gnu"),
            "/usr/lib64".to_owned(),
            "/opt/onnxruntime/lib".to_owned(),
            "/opt/homebrew/lib".to_owned(),
        ]
        .map(PathBuf::from),
    );
    places
}

/// Files in `folder` that are named like the library, plain name first, then the newest.
fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let is_library = |name: &str| {
        name == "libonnxruntime.dylib"
            || name
                .strip_prefix("libonnxruntime.so")
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .flatten()
        .filter(|e| e.file_name().to_str().is_some_and(is_library))
        .map(|e| (numbers(&e.file_name().to_string_lossy()), e.path()))
        .collect();
    found.sort_by(|(a, _), (b, _)| a.is_empty().cmp(&b.is_empty()).then(a.cmp(b)).reverse());
    found.into_iter().map(|(_, p)| p).collect()
}

/// `1.31.1` of `libonnxruntime.so.1.31.1`.
fn numbers(name: &str) -> Vec<u32> {
    name.rsplit_once(".so.")
        .map_or(Vec::new(), |(_, v)| v.split('.').flat_map(str::parse).collect())
}

/// The library's version, from its real file name or from what it says of its build.
fn version(path: &Path) -> String {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = real.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let numbers = numbers(&name);
    if numbers.len() >= 2 {
        return numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
    }
    let info = one_line(ort::info());
    let words = info.trim_start_matches("ORT Build Info: ").split(", ");
    let known = words.filter(|w| w.starts_with("git-branch=") || w.starts_with("git-commit-id="));
    format!("of unknown version ({})", known.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_name_comes_first_and_then_the_newest_version() {
        let at = tempfile::tempdir().expect("a temporary folder");
        let names = [
            "libonnxruntime.so.1.9.0",
            "libonnxruntime.so.1.31.1",
            "libonnxruntime.so",
            "libonnxruntime_providers_cuda.so",
            "libother.so.1",
        ];
        for name in names {
            std::fs::write(at.path().join(name), b"").expect("w");
        }
        let found: Vec<_> = in_folder(at.path());
        let found: Vec<_> =
            found.iter().map(|p| p.file_name().unwrap_or_default().to_string_lossy()).collect();
        assert_eq!(found, [names[2], names[1], names[0]]);
    }
}
