//! A model that is ready to run: its folder, its network, the engine that holds it, and why that one.

use std::sync::Arc;

use emberline_engine::Engine;

use super::error::ModelError;
use super::family::Family;
use super::folder::Folder;
use super::network::{Network, Progress, RunOptions};
use crate::clip::Clip;
use crate::forecast::{EngineFacts, Estimate, Forecast, ModelFacts, StageSeconds};

/// A model that is ready to run.
pub struct Model {
    folder: Folder,
    family: &'static dyn Family,
    engine: Arc<dyn Engine>,
    network: Box<dyn Network>,
    precision: String,
    threads: usize,
    why: String,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("id", &self.folder.card.id()).field("why", &self.why).finish()
    }
}

impl Model {
    /// Joins a folder with its network in an engine; `why` says why this one.
    pub(super) fn new(
        (folder, family): (Folder, &'static dyn Family),
        engine: Arc<dyn Engine>,
        network: Box<dyn Network>,
        (precision, threads): (String, usize),
        why: String,
    ) -> Self {
        Self { folder, family, engine, network, precision, threads, why }
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &dyn Engine {
        &*self.engine
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &dyn Network {
        &*self.network
    }

    /// Whether it tells how likely rates of rain are.
    #[must_use]
    pub fn gives_chances(&self) -> bool {
        self.family.gives_chances(&self.folder.card)
    }

    /// Precision of the graphs.
    #[must_use]
    pub fn precision(&self) -> &str {
        &self.precision
    }

    /// Why this engine was taken, in words: `ort-cpu: ONNX Runtime 1.31.1 at …; cuda: not in …`.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The engine's version and place and the network's form, for people.
    #[must_use]
    pub fn detail(&self) -> String {
        detail(&*self.engine, &*self.network)
    }

    /// Which model, to the byte.
    #[must_use]
    pub fn facts(&self) -> ModelFacts {
        ModelFacts {
            name: self.folder.card.name.clone(),
            version: self.folder.card.version,
            sha256: self.folder.sha256().to_owned(),
            from: self.folder.origin.to_string(),
            precision: self.precision.clone(),
        }
    }

    /// Which engine, and why.
    #[must_use]
    pub fn engine_facts(&self) -> EngineFacts {
        EngineFacts {
            name: self.engine.name(),
            detail: self.detail(),
            why: self.why.clone(),
            threads: self.threads,
        }
    }

    /// Forecasts beyond the end of `clip`; `progress` hears of parts done.
    ///
    /// # Errors
    /// As [`Network::forecast`].
    pub fn forecast(
        &self,
        clip: &Clip,
        options: RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<(Forecast, StageSeconds), ModelError> {
        let (mut forecast, spent) = self.network.forecast(clip, options, progress)?;
        forecast.hide_masked();
        Ok((forecast, spent))
    }

    /// Estimates the parameters of what moves in `clip`.
    ///
    /// # Errors
    /// [`ModelError::Unsuited`] from a model that estimates none; as [`Network::estimate`].
    pub fn estimate(&self, clip: &Clip) -> Result<Estimate, ModelError> {
        self.network.estimate(clip)?.ok_or_else(|| ModelError::Unsuited {
            model: self.folder.card.id(),
            what: "estimates no parameters".to_owned(),
            fix: "use another ‹model›".to_owned(),
        })
    }
}

/// An engine's version and place and the network's form, for people.
pub(super) fn detail(engine: &dyn Engine, network: &dyn Network) -> String {
    format!("{}, {}", engine.detail(), network.form())
}
