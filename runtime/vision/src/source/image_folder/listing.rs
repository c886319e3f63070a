//! Listings: the pictures in a folder, and what is there instead where there are none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::natural;
use crate::radar::Content;
use crate::source::error::SourceError;
use crate::source::events::events;

/// Endings of files that are read as pictures.
const PICTURES: [&str; 5] = ["png", "jpg", "jpeg", "tif", "tiff"];

/// The files of a folder.
pub(super) struct Listing {
    /// Those that are pictures, in natural order.
    pub(super) files: Vec<PathBuf>,
    /// How many visible files are something else.
    pub(super) others: usize,
}

impl Listing {
    /// The files in the folder `path`, with PGM among the pictures where `pgm` is asked for; or the
    /// file `path` alone.
    pub(super) fn of(path: &Path, pgm: bool) -> Result<Self, SourceError> {
        if path.is_file() {
            return Ok(Self { files: vec![path.to_owned()], others: 0 });
        }
        let mut out = Self { files: Vec::new(), others: 0 };
        for file in visible(path)?.into_iter().filter(|p| p.is_file()) {
            let ending = ending(&file);
            if PICTURES.contains(&ending.as_str()) || (pgm && ending == "pgm") {
                out.files.push(file);
            } else {
                out.others += 1;
            }
        }
        out.files.sort_by(|a, b| natural::order(&a.to_string_lossy(), &b.to_string_lossy()));
        Ok(out)
    }

    /// Refuses the folder `uri`, which holds no picture: what it holds, and what to do with that.
    pub(super) fn refuse_empty(uri: &str) -> SourceError {
        let path = Path::new(uri);
        if let Some(sets) = events(path) {
            return SourceError::refused(
                uri,
                format!("a folder of {} .npz files is a set of events", sets.len()),
                "give one of them, or the folder to emberline replay",
            );
        }
        let entries = match visible(path) {
            Ok(entries) => entries,
            Err(e) => return e,
        };
        let mut endings: BTreeMap<String, usize> = BTreeMap::new();
        for file in entries.iter().filter(|p| p.is_file()) {
            *endings.entry(ending(file)).or_default() += 1;
        }
        let most = endings.iter().max_by_key(|(_, files)| **files).map(|(e, n)| (e.as_str(), *n));
        let mut folders: Vec<&PathBuf> = entries.iter().filter(|p| p.is_dir()).collect();
        folders.sort_by(|a, b| natural::order(&a.to_string_lossy(), &b.to_string_lossy()));
        let (held, fix) = match (most, folders.first()) {
            (Some((ending, n)), _) => {
                let like = |p: &&PathBuf| p.is_file() && self::ending(p) == ending;
                let content = entries.iter().find(like).and_then(|p| Content::of_file(p));
                let told =
                    content.and_then(|c| Some((c.name(), c.remedy(uri.trim_end_matches('/'))?)));
                match told.filter(|_| content != Some(Content::Empty)) {
                    Some((name, fix)) => (format!("{}: {name}", words(ending, n)), fix),
                    None => (words(ending, n), remedy(uri, ending)),
                }
            }
            (None, Some(first)) => (
                format!("only {} folders", folders.len()),
                format!("give one of them, such as {}", first.display()),
            ),
            (None, None) => ("nothing".to_owned(), "put the frames of one film into it".to_owned()),
        };
        SourceError::refused(uri, format!("no PNG, JPEG or TIFF in this folder, but {held}"), fix)
    }
}

fn words(ending: &str, n: usize) -> String {
    match (ending, n) {
        ("", 1) => "a file without an ending".to_owned(),
        ("", _) => format!("{n} files without an ending"),
        (_, 1) => format!("a .{ending} file"),
        _ => format!("{n} .{ending} files"),
    }
}

/// What to do with the files of this ending in the folder `uri`; films are refused before (`foreign`).
fn remedy(uri: &str, ending: &str) -> String {
    match ending {
        "bmp" | "webp" | "gif" | "jp2" | "jxl" | "avif" | "ppm" | "pnm" | "tga" | "dng" | "exr" => {
            format!(
                "make PNG of them: mkdir frames; for f in \"{uri}\"/*.{ending}; do b=\"${{f##*/}}\"; \
                 ffmpeg -i \"$f\" \"frames/${{b%.*}}.png\"; done"
            )
        }
        "npy" => format!(
            "make one .npz of them: python3 -c \"import glob, numpy as n; \
             n.savez_compressed('film.npz', dt_s=60, frames=n.stack([n.load(f) for f in \
             sorted(glob.glob('{uri}/*.npy'))]))\", with the true seconds between frames for 60"
        ),
        "heic" | "heif" => format!(
            "make JPEG of them: mkdir frames; magick mogrify -path frames -format jpg \
             \"{uri}\"/*.{ending}"
        ),
        "seq" | "csq" | "fff" => {
            "export them as radiometric TIFF with the camera's own program (FLIR Thermal Studio)"
                .to_owned()
        }
        "pgm" => "say ‹kind› thermal where they are pictures of a thermal camera".to_owned(),
        _ => "put the frames of one film into it, as PNG, JPEG or TIFF".to_owned(),
    }
}

/// What is in the folder `path` and not hidden.
fn visible(path: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|e| SourceError::io(path, e))? {
        let file = entry.map_err(|e| SourceError::io(path, e))?.path();
        if !file.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b".")) {
            out.push(file);
        }
    }
    Ok(out)
}

fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}
