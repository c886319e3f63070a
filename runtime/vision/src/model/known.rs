//! Models by name: those inside this program and those of a folder of models, and which one a film
//! is for.

use std::borrow::Cow;
use std::path::Path;

use super::builtin::{self, BuiltIn};
use super::error::ModelError;
use super::families::{FAMILIES, checked};
use super::family::Family;
use super::folder::Folder;
use super::origin::Origin;
use crate::frame::Kind;

/// Folder of more models, named after the built-in ones: `fire-v2`.
const MODELS_VARIABLE: &str = "EMBERLINE_MODELS";
/// The model for any film that no other is for.
const USUAL: &str = "fire";
/// The model for rain.
const RAIN: &str = "rain";

/// A model that can be asked for by name; it has not been read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Name and version: `fire-v1`.
    pub id: String,
    /// Where it is.
    pub origin: Origin,
}

impl Known {
    /// Reads and checks it.
    ///
    /// # Errors
    /// What is wrong with its files.
    pub fn open(&self) -> Result<Folder, ModelError> {
        match &self.origin {
            Origin::BuiltIn => inside(&self.id),
            Origin::Path(path) => open(path, &FAMILIES),
        }
    }

    /// Whether it is the one called `name`, with its version (`fire-v1`) or without (`fire`).
    fn is(&self, name: &str) -> bool {
        self.id == name || version_of(&self.id).is_some_and(|(n, _)| n == name)
    }
}

/// Models that can be asked for by name: the built-in ones and those in `$EMBERLINE_MODELS`, newest
/// first; of two with one name and version the built-in one is first.
#[must_use]
pub fn known() -> Vec<Known> {
    let inside = builtin::ALL.iter().map(|m| m.id.to_owned());
    let mut all: Vec<Known> = inside.map(|id| Known { id, origin: Origin::BuiltIn }).collect();
    if let Some(root) = std::env::var_os(MODELS_VARIABLE)
        && let Ok(entries) = std::fs::read_dir(root)
    {
        for entry in entries.flatten().filter(|e| e.path().join("card.toml").is_file()) {
            let id = entry.file_name().to_string_lossy().into_owned();
            if version_of(&id).is_some() {
                all.push(Known { id, origin: Origin::Path(entry.path()) });
            }
        }
    }
    all.sort_by(|a, b| version_of(&b.id).cmp(&version_of(&a.id)));
    all
}

/// Name and version of `fire-v3`.
fn version_of(id: &str) -> Option<(&str, u32)> {
    let (name, version) = id.rsplit_once("-v")?;
    Some((name, version.parse().ok()?))
}

/// The model called `name` (`fire`: its newest version; `fire-v1`: that one), or in the folder
/// `name`. A folder of the current directory is written `./fire`.
///
/// # Errors
/// [`ModelError::NotFound`], or what is wrong with the folder.
pub fn find(name: &str) -> Result<Folder, ModelError> {
    if let Some(model) = known().iter().find(|m| m.is(name)) {
        return model.open();
    }
    let path = Path::new(name);
    if path.is_dir() { open(path, &FAMILIES) } else { Err(not_found(name)) }
}

/// The model inside this program with this name and version: `fire-v1`.
///
/// # Errors
/// [`ModelError::NotFound`], or what is wrong when this program was built from a damaged folder.
pub fn inside(id: &str) -> Result<Folder, ModelError> {
    let model = BuiltIn::find(id).ok_or_else(|| not_found(id))?;
    let read = |file: &str| Ok(model.read(file).map(Cow::Borrowed));
    let folder = Folder::load(&format!("{id} (built in)"), Origin::BuiltIn, read)?;
    checked(&folder, &FAMILIES)?;
    Ok(folder)
}

/// The model in the folder `path`, of one of these `families` (those of this program: [`FAMILIES`]).
///
/// # Errors
/// [`ModelError`] naming the file: missing, empty, changed, of another schema, or a graph that
/// disagrees with its card; [`ModelError::NoFamily`].
pub fn open(path: &Path, families: &[&'static dyn Family]) -> Result<Folder, ModelError> {
    let folder = Folder::open(path)?;
    checked(&folder, families)?;
    Ok(folder)
}

/// No model of this name, and which there are.
fn not_found(name: &str) -> ModelError {
    let known: Vec<String> = known().into_iter().map(|m| m.id).collect();
    ModelError::NotFound { name: name.to_owned(), known: known.join(", ") }
}

/// The model that a film of this kind is for where none was asked for by name: `rain` for rain, where
/// a model of that name is known, else `fire`.
#[must_use]
pub fn usual(kind: Kind) -> &'static str {
    match kind {
        Kind::Rain => usual_rain(&known()),
        Kind::Thermal | Kind::Mask | Kind::Rgb => USUAL,
    }
}

/// The model for rain where these are known.
fn usual_rain(known: &[Known]) -> &'static str {
    if known.iter().any(|m| m.is(RAIN)) { RAIN } else { USUAL }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_inside_is_whole_and_bears_its_name() -> Result<(), ModelError> {
        for model in builtin::ALL {
            let folder = inside(model.id)?;
            assert_eq!((folder.card.id().as_str(), &folder.origin), (model.id, &Origin::BuiltIn));
            for file in model.files().filter(|f| *f != "SHA256SUMS") {
                assert!(folder.hashes().contains_key(file), "{}: {file}", model.id);
            }
            let same = builtin::ALL.iter().filter(|m| m.id == model.id);
            assert_eq!(same.count(), 1, "{} twice", model.id);
        }
        let refused = inside("smoke-v1").expect_err("no such model").to_string();
        assert!(refused.contains("no such model or folder; known here: "), "{refused}");
        Ok(())
    }

    #[test]
    fn names_find_the_newest_version() -> Result<(), ModelError> {
        assert_eq!(find("fire")?.card.name, "fire");
        assert_eq!(find("fire-v1")?.origin, Origin::BuiltIn);
        let error = find("smoke").expect_err("no such model").to_string();
        assert!(error.contains("known here: ") && error.contains("fire-v1"), "{error}");
        Ok(())
    }

    #[test]
    fn rain_is_for_the_rain_model_where_there_is_one_and_all_else_for_fire() {
        let model = |id: &str| Known { id: id.to_owned(), origin: Origin::BuiltIn };
        for (ids, want) in [
            (&["fire-v1"][..], "fire"),
            (&["rain-v1", "fire-v1"], "rain"),
            (&["rainbow-v1", "rain", "fire-v1"], "rain"), // a model may have no version
            (&["rainbow-v1"], "fire"),
        ] {
            let known: Vec<Known> = ids.iter().copied().map(model).collect();
            assert_eq!(usual_rain(&known), want, "{ids:?}");
        }
        for kind in [Kind::Thermal, Kind::Mask, Kind::Rgb] {
            assert_eq!(usual(kind), "fire");
        }
    }
}
