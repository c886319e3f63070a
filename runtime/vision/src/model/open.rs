//! Opening a model: in the engine asked for, or in the first that starts, and why.

use std::sync::Arc;

use emberline_engine::{
    Engine, EngineError, EngineKind, EngineOptions, ModelFacts, availability, open,
};

use super::error::ModelError;
use super::families::{FAMILIES, of};
use super::family::Family;
use super::folder::Folder;
use super::model::{Model, detail};
use super::network::Network;
use super::no_engine::NoEngine;

impl Model {
    /// Loads a folder's network into the engine asked for, or with [`EngineKind::Auto`] into the first
    /// that starts of CUDA, ONNX Runtime on the processor, and tract.
    ///
    /// # Errors
    /// [`ModelError::NoPrecision`]; [`ModelError::Engine`] when the engine is not here, does not run
    /// that precision or refuses a graph, with `Auto` only when none starts.
    pub fn open(folder: Folder, options: &EngineOptions) -> Result<Self, ModelError> {
        Self::open_with(folder, options, &FAMILIES)
    }

    /// The same, for a model of one of these `families`.
    ///
    /// # Errors
    /// As [`Self::open`], and [`ModelError::NoFamily`].
    pub fn open_with(
        folder: Folder,
        options: &EngineOptions,
        families: &[&'static dyn Family],
    ) -> Result<Self, ModelError> {
        let family = of(&folder, families)?;
        folder.window(&options.precision)?;
        options.check()?;
        let made = |folder: Folder, (engine, network): Loaded, why: String| {
            let asked = (options.precision.clone(), options.cores());
            Self::new((folder, family), engine, network, asked, why)
        };
        if !family.needs_engine() {
            let engine: Arc<dyn Engine> = Arc::new(NoEngine::of(options.cores()));
            let network = family.load(&folder, &options.precision, &engine)?;
            let asked = match options.engine {
                EngineKind::Auto => String::new(),
                asked => format!("; {} was asked for and is not needed", asked.name()),
            };
            let why = format!("{}: {}{asked}", engine.name(), detail(&*engine, &*network));
            return Ok(made(folder, (engine, network), why));
        }
        if options.engine != EngineKind::Auto {
            let loaded = load(&folder, family, options)?;
            let detail = detail(&*loaded.0, &*loaded.1);
            let why = format!("{}: asked for; {detail}", loaded.0.name());
            return Ok(made(folder, loaded, why));
        }
        let mut passed = Vec::new();
        for kind in EngineKind::TRIED {
            if let Err(why_not) = availability(kind) {
                passed.push((kind.name(), why_not));
                continue;
            }
            match load(&folder, family, &EngineOptions { engine: kind, ..options.clone() }) {
                Ok(loaded) => {
                    let detail = detail(&*loaded.0, &*loaded.1);
                    let why = format!("{}: {detail}{}", loaded.0.name(), words(&passed));
                    return Ok(made(folder, loaded, why));
                }
                Err(e) => passed.push((kind.name(), e.reason())),
            }
        }
        Err(ModelError::Engine(EngineError::Absent {
            engine: "auto",
            what: words(&passed).trim_start_matches("; ").to_owned(),
            fix: "run ‹emberline doctor›".to_owned(),
        }))
    }
}

type Loaded = (Arc<dyn Engine>, Box<dyn Network>);

/// Loads `folder`'s network into one engine.
fn load(
    folder: &Folder,
    family: &dyn Family,
    options: &EngineOptions,
) -> Result<Loaded, ModelError> {
    let precision = options.precision.clone();
    let facts = ModelFacts {
        id: folder.card.id(),
        sha256: folder.card.precision(&precision).map_or("", |p| &p.sha256).to_owned(),
        shapes: family.input_shapes(&folder.card),
        precision,
    };
    let engine = open(options, facts)?;
    let network = family.load(folder, &options.precision, &engine)?;
    Ok((engine, network))
}

/// Engines passed over and why, those with one reason together: `; cuda, ort-cpu: no library …`.
fn words(passed: &[(&'static str, String)]) -> String {
    let mut text = String::new();
    for (k, (engine, why)) in passed.iter().enumerate() {
        let again = passed.get(k + 1).is_some_and(|(_, next)| next == why);
        let follows = k > 0 && passed[k - 1].1 == *why;
        text += &format!("{}{engine}", if follows { ", " } else { "; " });
        if !again {
            text += &format!(": {why}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reason_is_given_once() {
        let passed = |a: &str, b: &str| [("cuda", a.to_owned()), ("ort-cpu", b.to_owned())];
        assert_eq!(words(&passed("gone", "gone")), "; cuda, ort-cpu: gone");
        assert_eq!(words(&passed("no card", "gone")), "; cuda: no card; ort-cpu: gone");
        assert_eq!(words(&[]), "");
    }

    #[cfg(feature = "tract")]
    #[test]
    fn an_engine_that_was_asked_for_is_taken() -> Result<(), ModelError> {
        let folder = crate::model::inside("fire-v1")?;
        let model = Model::open(folder, &EngineOptions::of(EngineKind::Tract))?;
        assert_eq!(model.engine().name(), "tract");
        assert!(model.why().starts_with("tract: asked for"), "{}", model.why());
        assert!(model.detail().ends_with(", inside this program, streaming split"));
        Ok(())
    }
}
