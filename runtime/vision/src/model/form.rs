//! The two equal forms of a network in one engine: the whole window, or the streaming split.

use ndarray::{ArrayView3, Axis};

use super::card::Level;
use super::folder::Folder;
use super::net::{Given, Net};
use super::signature::Signature;
use super::split::{DECODE, ENCODE, Plan, Split, TRANSLATE};
use super::{ModelError, Raw, one_line};
use crate::task::Task;

/// Which form is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// The split where the folder has it: what CPU engines run best.
    Split,
    /// One graph: what a graphics card runs best.
    #[cfg_attr(not(feature = "ort"), allow(dead_code, reason = "no engine without ort wants it"))]
    Whole,
}

/// A network in an engine.
pub(super) enum Form<N> {
    /// One graph, what it is asked for, and whether it takes the front.
    Whole { net: N, outputs: Vec<&'static str> },
    /// Three graphs.
    Split(Box<Split<N>>),
}

impl<N: Net> Form<N> {
    /// Loads a form of `folder` at a `precision`; `make` loads one graph, asked for these outputs.
    ///
    /// # Errors
    /// [`ModelError::Signature`] when the graphs of the split do not fit each other; what `make` says.
    pub(super) fn load(
        folder: &Folder,
        precision: &str,
        want: Want,
        make: impl Fn(&[u8], &[&'static str]) -> Result<N, ModelError>,
    ) -> Result<Self, ModelError> {
        let unfit = |file: &str, what: &str| ModelError::Signature {
            model: folder.card.id(),
            file: file.to_owned(),
            what: one_line(what),
        };
        let read = |file: &str, onnx: &[u8]| {
            Signature::read(onnx).ok_or_else(|| unfit(file, "it is no ONNX graph"))
        };
        let graphs = [ENCODE.0, TRANSLATE, DECODE].map(|name| folder.graph(name, precision));
        if let ([Some(encode), Some(translate), Some(decode)], Want::Split) = (graphs, want) {
            let of = [read("encode.onnx", encode)?, read("translate.onnx", translate)?];
            let last = read("decode.onnx", decode)?;
            let plan = Plan::of(&folder.card, &of[0], &of[1], &last)
                .map_err(|what| unfit("the streaming split", &what))?;
            let nets = [
                make(encode, &ENCODE.1)?,
                make(translate, &plan.translate)?,
                make(decode, &plan.decode)?,
            ];
            return Ok(Self::Split(Box::new(Split::new(nets, plan))));
        }
        let mut outputs = vec!["forecast"];
        if folder.card.task == Task::FireFront {
            outputs.push("burn_probability");
        }
        for (name, level) in [("codes_global", Level::Global), ("codes_local", Level::Local)] {
            if folder.card.codebook(level).is_some() {
                outputs.push(name);
            }
        }
        let onnx = folder.window(precision)?;
        let net = make(onnx, &outputs)?;
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

    /// Runs one window; see [`super::Engine::run`].
    pub(super) fn run(
        &self,
        frames: &ArrayView3<'_, f32>,
        front: Option<ArrayView3<'_, f32>>,
        lanes: usize,
    ) -> Result<Raw, String> {
        let (net, outputs) = match self {
            Self::Split(split) => return split.run(frames, front, lanes),
            Self::Whole { net, outputs } => (net, outputs),
        };
        let frames = frames.view().insert_axis(Axis(0)).insert_axis(Axis(2));
        let frames = frames.as_standard_layout();
        let front = front.map(|f| f.insert_axis(Axis(0)));
        let front = front.as_ref().map(|f| f.as_standard_layout());
        let mut inputs = vec![("frames", frames.view().into_dyn())];
        inputs.extend(front.as_ref().map(|f| ("front", f.view().into_dyn())));
        let mut given = Given::of(net.run(&inputs)?);
        let has = |name: &str| outputs.contains(&name);
        Ok(Raw {
            frames: given.maps()?,
            burn_probability: has("burn_probability").then(|| given.maps()).transpose()?,
            codes_global: has("codes_global").then(|| given.codes()).transpose()?,
            codes_local: has("codes_local").then(|| given.codes()).transpose()?,
        })
    }
}
