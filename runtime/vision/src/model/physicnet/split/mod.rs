//! The streaming split: encode each frame, translate the window's latents, decode lead by lead.
//!
//! It gives what the whole-window graph gives, with two gains: a frame that an earlier forecast saw
//! is not encoded again, and every graph runs on one frame at a time, which CPU engines do best.

use std::sync::{Arc, Mutex, PoisonError};

use emberline_engine::{Axis as Side, Buffers, Net, Outputs, RunError, Signature, Slot};
use ndarray::{Array2, Array3, Array4, ArrayD, ArrayView2, ArrayView3, Axis, concatenate, s};

use super::answer::Answer;
use super::latents::{Encoded, Latents};
use crate::model::card::Card;
use crate::task::Task;

/// Graphs of the split: names of their files before `.onnx`, and what each is asked for.
pub(super) const ENCODE: (&str, [&str; 4]) =
    ("encode", ["latent_global", "latent_local", "codes_global", "codes_local"]);
pub(super) const TRANSLATE: &str = "translate";
pub(super) const DECODE: &str = "decode";

/// What the graphs of one split take and give, read from their signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// What `translate` is asked for.
    pub translate: Vec<&'static str>,
    /// What `decode` is asked for.
    pub decode: Vec<&'static str>,
    /// Inputs of `translate` that it has.
    takes_translate: Vec<String>,
    /// Inputs of `decode` that it has.
    takes_decode: Vec<String>,
    /// The same with their axes.
    slots: [Vec<Slot>; 2],
    leads: usize,
    /// Channels of the state before the first lead that are zero: the path so far.
    state_zeros: usize,
    /// Whether the last frame is part of the state.
    state_frame: bool,
}

impl Plan {
    /// How the three graphs fit together and with `card`, or what does not fit, in words.
    pub(super) fn of(
        card: &Card,
        encode: &Signature,
        translate: &Signature,
        decode: &Signature,
    ) -> Result<Self, String> {
        for (file, graph) in [("encode", encode), ("translate", translate), ("decode", decode)] {
            let said = card.opset.unwrap_or_default();
            if graph.opset != said {
                return Err(format!("{file}.onnx has opset {}, the card {said}", graph.opset));
            }
        }
        let fire = card.task == Task::FireFront;
        let (asked_translate, asked_decode) = if fire {
            (vec!["futures_global", "futures_local", "burn_probability"], vec!["next_frame"])
        } else {
            (vec!["futures_global", "futures_local", "start"], vec!["next_frame", "next_state"])
        };
        has_all("encode", encode, &["frame"], &ENCODE.1)?;
        let latents = ["latents_global", "latents_local"];
        let besides: &[&str] = if fire { &["front"] } else { &["frames"] };
        has_all("translate", translate, &[&latents, besides].concat(), &asked_translate)?;
        let futures = ["future_global", "future_local"];
        has_all("decode", decode, &futures, &asked_decode)?;
        let t = card.input.frames;
        for (one, many) in [("latent_global", "latents_global"), ("latent_local", "latents_local")]
        {
            let (one, many) = (channels(&encode.outputs, one)?, channels(&translate.inputs, many)?);
            if one * t != many {
                return Err(format!(
                    "translate.onnx takes {many} latent maps, {t} frames give {one} each"
                ));
            }
        }
        let leads = card.output.leads;
        for (one, many) in [("future_global", "futures_global"), ("future_local", "futures_local")]
        {
            let (one, many) = (channels(&decode.inputs, one)?, channels(&translate.outputs, many)?);
            if one * leads != many {
                return Err(format!(
                    "translate.onnx gives {many} future maps, {leads} leads take {one} each"
                ));
            }
        }
        if !fire {
            let (all, here) =
                (channels(&translate.outputs, "start")?, channels(&decode.inputs, "start")?);
            if all + 1 != here + leads {
                return Err(format!("translate.onnx gives {all} start maps, a lead takes {here}"));
            }
        }
        let names = |g: &Signature| g.inputs.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
        let takes_decode = names(decode);
        let known = ["future_global", "future_local", "start", "last", "state", "frame"];
        if let Some(other) = takes_decode.iter().find(|n| !known.contains(&n.as_str())) {
            return Err(format!("decode.onnx takes {other}, which is not in the contract"));
        }
        let state = channels(&decode.outputs, if fire { "next_frame" } else { "next_state" })?;
        Ok(Self {
            translate: asked_translate,
            decode: asked_decode,
            takes_translate: names(translate),
            takes_decode,
            slots: [translate.inputs.clone(), decode.inputs.clone()],
            leads,
            state_zeros: if fire || state == 1 { 0 } else { 2 },
            state_frame: state != 2,
        })
    }
}

/// Refuses a graph that lacks an input or output.
fn has_all(file: &str, graph: &Signature, inputs: &[&str], outputs: &[&str]) -> Result<(), String> {
    for (slots, names, side) in
        [(&graph.inputs, inputs, "input"), (&graph.outputs, outputs, "output")]
    {
        if let Some(name) = names.iter().find(|n| slots.iter().all(|s| s.name != **n)) {
            return Err(format!("{file}.onnx: {side} {name} is missing"));
        }
    }
    Ok(())
}

/// Shapes of inputs for frames of `[h, w]`; `None` where an axis is not a part of a frame's side.
fn shapes(slots: &[Slot], [h, w]: [usize; 2]) -> Option<Vec<(&str, Vec<usize>)>> {
    let axis = |axis: &Side| match axis {
        Side::Fixed(n) => usize::try_from(*n).ok(),
        Side::Free(name) => {
            let (side, part) = name.split_once('_').unwrap_or((name, "1"));
            let part: usize = part.parse().ok().filter(|n| *n > 0)?;
            match side {
                "height" => Some(h / part),
                "width" => Some(w / part),
                _ => None,
            }
        }
    };
    let shape = |s: &Slot| s.axes.iter().map(axis).collect::<Option<Vec<_>>>();
    slots.iter().map(|s| Some((s.name.as_str(), shape(s)?))).collect()
}

/// Channels of a slot `[1, C, …]`.
fn channels(slots: &[Slot], name: &str) -> Result<usize, String> {
    let slot = slots.iter().find(|s| s.name == name);
    match slot.and_then(|s| s.axes.get(1)) {
        Some(Side::Fixed(n)) => usize::try_from(*n).map_err(|e| e.to_string()),
        _ => Err(format!("{name} has no fixed number of channels")),
    }
}

/// The three graphs in one engine, and the latents of late frames.
pub(super) struct Split {
    encode: Box<dyn Net>,
    translate: Box<dyn Net>,
    decode: Box<dyn Net>,
    plan: Plan,
    latents: Latents,
    /// Shape of the frames that the graphs were last made ready for.
    ready: Mutex<[usize; 2]>,
}

impl Split {
    pub(super) fn new([encode, translate, decode]: [Box<dyn Net>; 3], plan: Plan) -> Self {
        Self {
            encode,
            translate,
            decode,
            plan,
            latents: Latents::default(),
            ready: Mutex::default(),
        }
    }

    /// Runs one window `[T, H, W]`, frames encoded on at most `lanes` threads at once.
    pub(super) fn run(
        &self,
        buffers: &Buffers,
        frames: &ArrayView3<'_, f32>,
        front: Option<ArrayView3<'_, f32>>,
        lanes: usize,
    ) -> Result<Answer, RunError> {
        let encoded = self.ready_and_encoded(frames, lanes)?;
        let joined = |k: usize| -> Result<ArrayD<f32>, RunError> {
            let (d, h, w) = encoded.first().ok_or("a window of no frames")?.latents[k].dim();
            let mut all = buffers.take(encoded.len() * d * h * w);
            for e in &encoded {
                all.extend_from_slice(e.latents[k].as_slice().unwrap_or(&[]));
            }
            ArrayD::from_shape_vec(vec![1, encoded.len() * d, h, w], all)
                .map_err(|e| format!("latents differ: {e}").into())
        };
        let codes = |k: usize| -> Result<Array3<u16>, RunError> {
            let parts: Vec<_> = encoded.iter().map(|e| e.codes[k].view()).collect();
            ndarray::stack(Axis(0), &parts).map_err(|e| format!("codes differ: {e}").into())
        };
        let (coarse, fine) = (joined(0)?, joined(1)?);
        let t = frames.dim().0;
        let last = frames.index_axis(Axis(0), t - 1).to_owned();
        let last = last.insert_axis(Axis(0)).insert_axis(Axis(0));
        let frames = frames.view().insert_axis(Axis(0)).insert_axis(Axis(2));
        let frames = frames.as_standard_layout();
        let front = front.map(|f| f.insert_axis(Axis(0)));
        let front = front.as_ref().map(|f| f.as_standard_layout());
        let mut inputs = vec![
            ("latents_global", coarse.view()),
            ("latents_local", fine.view()),
            ("frames", frames.view().into_dyn()),
            ("last", last.view().into_dyn()),
        ];
        inputs.extend(front.as_ref().map(|f| ("front", f.view().into_dyn())));
        let inputs = in_order(&self.plan.takes_translate, &inputs)?;
        let mut given = Outputs::of(self.translate.run(&inputs)?);
        drop(inputs);
        for used in [coarse, fine] {
            buffers.give(used);
        }
        let futures = [given.planes()?, given.planes()?];
        let (start, burn_probability) = if self.plan.translate[2] == "start" {
            (Some(given.planes()?), None)
        } else {
            (None, Some(given.maps()?))
        };
        let frames = self.leads(&futures, start.as_ref(), &last)?;
        for used in futures.into_iter().chain(start) {
            buffers.give(used);
        }
        let codes = [Some(codes(0)?), Some(codes(1)?)];
        Ok(Answer { frames, burn_probability, codes })
    }

    /// Lets go of latents of earlier windows.
    pub(super) fn forget(&self) {
        self.latents.clear();
    }

    /// Decodes lead by lead, each from the state that the one before left.
    fn leads(
        &self,
        futures: &[Array4<f32>; 2],
        start: Option<&Array4<f32>>,
        last: &Array4<f32>,
    ) -> Result<Array3<f32>, RunError> {
        let plan = &self.plan;
        let (_, _, h, w) = last.dim();
        let zeros = Array4::zeros((1, plan.state_zeros, h, w));
        let mut state = match (plan.state_zeros > 0, plan.state_frame) {
            (true, true) => concatenate![Axis(1), zeros, *last],
            (true, false) => zeros,
            (false, _) => last.clone(),
        }
        .into_dyn();
        // Maps that every lead starts from, and behind them the detail of one lead.
        let maps = start.map_or(0, |s| s.dim().1 - plan.leads);
        let mut here = start.map(|s| s.slice(s![.., ..=maps, .., ..]).to_owned());
        let mut out = Array3::zeros((plan.leads, h, w));
        for k in 0..plan.leads {
            let part = |f: &Array4<f32>| {
                let n = f.dim().1 / plan.leads;
                f.slice(s![.., k * n..(k + 1) * n, .., ..]).to_owned().into_dyn()
            };
            let (coarse, fine) = (part(&futures[0]), part(&futures[1]));
            if let (Some(here), Some(start)) = (&mut here, start) {
                here.slice_mut(s![.., maps, .., ..]).assign(&start.slice(s![.., maps + k, .., ..]));
            }
            let mut inputs = vec![
                ("future_global", coarse.view()),
                ("future_local", fine.view()),
                ("last", last.view().into_dyn()),
                ("state", state.view()),
                ("frame", state.view()),
            ];
            inputs.extend(here.as_ref().map(|h| ("start", h.view().into_dyn())));
            let inputs = in_order(&plan.takes_decode, &inputs)?;
            let mut given = Outputs::of(self.decode.run(&inputs)?);
            let next = given.floats()?;
            let frame = next.view().into_shape_with_order((h, w));
            out.index_axis_mut(Axis(0), k)
                .assign(&frame.map_err(|e| format!("next_frame is no frame: {e}"))?);
            state = if plan.decode.len() > 1 { given.floats()? } else { next };
        }
        Ok(out)
    }

    /// As [`Self::encoded`]; of a new shape the other graphs are made ready beside it.
    fn ready_and_encoded(
        &self,
        frames: &ArrayView3<'_, f32>,
        lanes: usize,
    ) -> Result<Vec<Arc<Encoded>>, RunError> {
        let (_, h, w) = frames.dim();
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = std::mem::replace(&mut *ready, [h, w]) != [h, w];
        drop(ready);
        let all = self.plan.slots.each_ref().map(|s| shapes(s, [h, w]));
        let ([Some(translate), Some(decode)], true) = (all, is_new && lanes > 1) else {
            return self.encoded(frames, lanes);
        };
        std::thread::scope(|scope| {
            scope.spawn(move || self.translate.prepare(&translate));
            let encoded = self.encoded(frames, 1);
            self.decode.prepare(&decode);
            encoded
        })
    }

    /// Every frame of the window, encoded now or kept from before.
    fn encoded(
        &self,
        frames: &ArrayView3<'_, f32>,
        lanes: usize,
    ) -> Result<Vec<Arc<Encoded>>, RunError> {
        let mut found: Vec<_> = frames.outer_iter().map(|f| self.latents.find(&f)).collect();
        let missing: Vec<usize> = (0..found.len()).filter(|k| found[*k].is_none()).collect();
        let each = missing.len().div_ceil(lanes.max(1)).max(1);
        let encode = |at: &[usize]| -> Result<Vec<Arc<Encoded>>, RunError> {
            at.iter().map(|k| self.encode_one(&frames.index_axis(Axis(0), *k))).collect()
        };
        let done: Vec<Result<Vec<Arc<Encoded>>, RunError>> = if missing.len() <= each {
            vec![encode(&missing)]
        } else {
            std::thread::scope(|scope| {
                let parts: Vec<_> =
                    missing.chunks(each).map(|at| scope.spawn(move || encode(at))).collect();
                let join = |t: std::thread::ScopedJoinHandle<'_, _>| {
                    t.join().unwrap_or_else(|p| std::panic::resume_unwind(p))
                };
                parts.into_iter().map(join).collect()
            })
        };
        let mut at = missing.iter();
        for part in done {
            for encoded in part? {
                self.latents.keep(&encoded);
                if let Some(k) = at.next() {
                    found[*k] = Some(encoded);
                }
            }
        }
        found.into_iter().map(|e| e.ok_or_else(|| "a frame was not encoded".into())).collect()
    }

    fn encode_one(&self, frame: &ArrayView2<'_, f32>) -> Result<Arc<Encoded>, RunError> {
        let frame: Array2<f32> = frame.as_standard_layout().into_owned();
        let given = frame.view().insert_axis(Axis(0)).insert_axis(Axis(0)).into_dyn();
        let mut given = Outputs::of(self.encode.run(&[("frame", given)])?);
        let mut latent =
            || -> Result<Array3<f32>, RunError> { Ok(given.planes()?.index_axis_move(Axis(0), 0)) };
        let latents = [latent()?, latent()?];
        let mut codes =
            || -> Result<Array2<u16>, RunError> { Ok(given.codes()?.index_axis_move(Axis(0), 0)) };
        Ok(Arc::new(Encoded { frame, latents, codes: [codes()?, codes()?] }))
    }
}

/// The inputs that a graph takes, in its order.
fn in_order<'a, 'v>(
    takes: &'a [String],
    inputs: &[(&'a str, ndarray::ArrayViewD<'v, f32>)],
) -> Result<Vec<(&'a str, ndarray::ArrayViewD<'v, f32>)>, RunError> {
    takes
        .iter()
        .map(|name| {
            let found = inputs.iter().find(|(n, _)| n == name);
            found.cloned().ok_or_else(|| format!("it takes {name}, which is not at hand").into())
        })
        .collect()
}

#[cfg(test)]
mod tests;
