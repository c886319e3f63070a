//! The two equal forms of a network in one engine: the whole window, or the streaming split.

use emberline_engine::{Engine, Graph, Net, Outputs, RunError, Signature, one_line};
use ndarray::{ArrayView3, Axis};

use super::answer::Answer;
use super::card::{CODES, LEVELS, PhysicNetCard};
use super::split::{DECODE, ENCODE, Plan, Split, TRANSLATE};
use crate::model::error::ModelError;
use crate::model::folder::Folder;
use crate::task::Task;

/// A network in an engine.
pub(super) enum Form {
    /// One graph, and what it is asked for.
    Whole { net: Box<dyn Net>, outputs: Vec<&'static str> },
    /// Three graphs.
    Split(Box<Split>),
}

impl Form {
    /// Loads the form of `folder` at a `precision` that suits the engine: the split where the folder
    /// has it and the engine likes parts.
    ///
    /// # Errors
    /// [`ModelError::Signature`] when the graphs of the split do not fit each other; what the engine
    /// says.
    pub(super) fn load(
        folder: &Folder,
        own: &PhysicNetCard,
        precision: &str,
        engine: &dyn Engine,
    ) -> Result<Self, ModelError> {
        let graphs = [ENCODE.0, TRANSLATE, DECODE].map(|name| folder.graph(name, precision));
        // Of each window all frames but the newest were encoded for the one before.
        let parts = engine.preference().parts(folder.card.input.frames);
        if let ([Some(encode), Some(translate), Some(decode)], true) = (graphs, parts) {
            let unfit = |file: &str, what: &str| ModelError::Signature {
                model: folder.card.id(),
                file: file.to_owned(),
                what: one_line(what),
            };
            let read = |file: &str, onnx: &[u8]| {
                Signature::read(onnx).ok_or_else(|| unfit(file, "it is no ONNX graph"))
            };
            let of = [read("encode.onnx", encode)?, read("translate.onnx", translate)?];
            let last = read("decode.onnx", decode)?;
            let plan = Plan::of(&folder.card, &of[0], &of[1], &last)
                .map_err(|what| unfit("the streaming split", &what))?;
            let nets = [
                engine.load(&Graph { onnx: encode, outputs: &ENCODE.1 })?,
                engine.load(&Graph { onnx: translate, outputs: &plan.translate })?,
                engine.load(&Graph { onnx: decode, outputs: &plan.decode })?,
            ];
            return Ok(Self::Split(Box::new(Split::new(nets, plan))));
        }
        let mut outputs = vec!["forecast"];
        if folder.card.task == Task::FireFront {
            outputs.push("burn_probability");
        }
        let books = CODES.into_iter().zip(LEVELS);
        outputs.extend(books.filter(|(_, l)| own.codebook(*l).is_some()).map(|(name, _)| name));
        let onnx = folder.window(precision)?;
        let net = engine.load(&Graph { onnx, outputs: &outputs })?;
        Ok(Self::Whole { net, outputs })
    }

    /// Lets go of latents of earlier windows.
    pub(super) fn forget(&self) {
        if let Self::Split(split) = self {
            split.forget();
        }
    }

    /// Which form it is, for people.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Whole { .. } => "whole window",
            Self::Split(_) => "streaming split",
        }
    }

    /// Runs one window: frames `[T, H, W]` and, of a fire, front maps `[5 or 6, H, W]`, on at most `lanes`
    /// threads.
    ///
    /// # Errors
    /// What the engine said, or which output is missing.
    pub(super) fn run(
        &self,
        engine: &dyn Engine,
        frames: &ArrayView3<'_, f32>,
        front: Option<ArrayView3<'_, f32>>,
        lanes: usize,
    ) -> Result<Answer, RunError> {
        let (net, outputs) = match self {
            Self::Split(split) => return split.run(engine.buffers(), frames, front, lanes),
            Self::Whole { net, outputs } => (net, outputs),
        };
        let frames = frames.view().insert_axis(Axis(0)).insert_axis(Axis(2));
        let frames = frames.as_standard_layout();
        let front = front.map(|f| f.insert_axis(Axis(0)));
        let front = front.as_ref().map(|f| f.as_standard_layout());
        let mut inputs = vec![("frames", frames.view().into_dyn())];
        inputs.extend(front.as_ref().map(|f| ("front", f.view().into_dyn())));
        let mut given = Outputs::of(net.run(&inputs)?);
        let has = |name: &str| outputs.contains(&name);
        Ok(Answer {
            frames: given.maps()?,
            burn_probability: has("burn_probability").then(|| given.maps()).transpose()?,
            codes: [
                has(CODES[0]).then(|| given.codes()).transpose()?,
                has(CODES[1]).then(|| given.codes()).transpose()?,
            ],
        })
    }
}
