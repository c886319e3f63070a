//! PhysicNet as a window: frames and front maps of one tile in, its answer out.

use std::sync::Arc;

use emberline_engine::{Engine, RunError};

use super::answer::Answer;
use super::card::{CODES, LEVELS, PhysicNetCard};
use super::drift::CodeStatistics;
use super::form::Form;
use crate::forecast::{CodeMap, Drift};
use crate::frame::Kind;
use crate::model::error::ModelError;
use crate::model::folder::Folder;
use crate::model::window::{Window, WindowInput, WindowOutput};

/// A network and what its codes are compared with.
pub(super) struct PhysicNetWindow {
    form: Form,
    engine: Arc<dyn Engine>,
    own: PhysicNetCard,
    statistics: Option<CodeStatistics>,
}

impl PhysicNetWindow {
    pub(super) fn load(
        folder: &Folder,
        precision: &str,
        engine: &Arc<dyn Engine>,
        own: PhysicNetCard,
        statistics: Option<CodeStatistics>,
    ) -> Result<Self, ModelError> {
        let form = Form::load(folder, &own, precision, &**engine)?;
        Ok(Self { form, engine: Arc::clone(engine), own, statistics })
    }
}

impl Window for PhysicNetWindow {
    fn form(&self) -> &'static str {
        self.form.name()
    }

    fn front_maps(&self) -> usize {
        self.own.front_channels
    }

    fn run(&self, input: &WindowInput<'_>, lanes: usize) -> Result<WindowOutput, RunError> {
        let run = self.form.run(&*self.engine, &input.frames, input.front, lanes)?;
        let Answer { frames, burn_probability, codes } = run;
        let maps = codes.into_iter().zip(CODES).zip(LEVELS);
        let codes = maps.filter_map(|((codes, name), level)| {
            let stride = self.own.codebook(level)?.stride;
            Some(CodeMap { name, stride, codes: codes? })
        });
        Ok(WindowOutput { frames, burn_probability, codes: codes.collect() })
    }

    fn drift(&self, kind: Kind, codes: &[CodeMap]) -> Option<Drift> {
        self.statistics.as_ref()?.drift(self.own.drift.as_ref()?.of(kind), codes)
    }

    fn forget(&self) {
        self.form.forget();
    }
}
