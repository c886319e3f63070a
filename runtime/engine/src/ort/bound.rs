//! A graph whose tensors stay where they are: bound device buffers, which a CUDA graph needs.
//!
//! A CUDA graph records the launches of one run with the addresses they use, and replays them. So
//! inputs and outputs are allocated once on the device, and what a run takes and gives is copied in
//! and out. One shape is held: a recording for one must never be replayed for another.

use ndarray::ArrayViewD;
use ort::memory::{AllocationDevice, Allocator, AllocatorType, MemoryInfo, MemoryType};
use ort::session::{IoBinding, Session};
use ort::value::{DynTensor, DynTensorValueType, Tensor, ValueType};

use super::tensor::tensor;
use crate::buffers::Buffers;
use crate::net;

/// Shapes of the inputs, in their order.
type Shapes = Vec<Vec<usize>>;

/// The buffers of one shape.
pub(super) struct Bound {
    device: AllocationDevice<'static>,
    held: Option<Held>,
}

struct Held {
    shapes: Shapes,
    /// Of each input the tensor of this machine's memory and that of the device.
    inputs: Vec<[Tensor<f32>; 2]>,
    binding: IoBinding,
}

impl Bound {
    /// Buffers on `device`, allocated when a shape is known.
    pub(super) fn on(device: AllocationDevice<'static>) -> Self {
        Self { device, held: None }
    }

    /// Runs `session` on `inputs`; `sides` are those of a frame.
    ///
    /// # Errors
    /// What ONNX Runtime said; another shape than that of the first run.
    pub(super) fn run(
        &mut self,
        session: &mut Session,
        inputs: &[(&str, ArrayViewD<'_, f32>)],
        outputs: &[&'static str],
        buffers: &Buffers,
    ) -> ort::Result<Vec<net::Tensor>> {
        let shapes: Shapes = inputs.iter().map(|(_, v)| v.shape().to_vec()).collect();
        if let Some(held) = &self.held
            && held.shapes != shapes
        {
            return Err(ort::Error::new(format!(
                "a CUDA graph was recorded for {:?} and cannot run {:?}: leave out ‹cuda-graph› for \
                 films of several sizes",
                held.shapes, shapes
            )));
        }
        if self.held.is_none() {
            self.held = Some(held(session, &self.device, shapes, inputs, outputs)?);
        }
        let Some(held) = &mut self.held else {
            return Err(ort::Error::new("no buffers are held"));
        };
        // By an owned tensor: ort 2.0.0-rc.15 waits for itself when a borrowed one is copied.
        for ((_, values), [here, there]) in inputs.iter().zip(&mut held.inputs) {
            here.extract_array_mut().assign(values);
            here.copy_into(there)?;
        }
        let results = session.run_binding(&held.binding)?;
        let take = |name: &&'static str| {
            let value = results
                .get(*name)
                .ok_or_else(|| ort::Error::new(format!("output {name} is missing")))?;
            let here =
                value.view().downcast::<DynTensorValueType>()?.to(AllocationDevice::CPU, 0)?;
            tensor(&here.into_dyn(), buffers)
        };
        outputs.iter().map(take).collect()
    }
}

/// Allocates and binds buffers for inputs of these shapes.
fn held(
    session: &Session,
    device: &AllocationDevice<'static>,
    shapes: Shapes,
    inputs: &[(&str, ArrayViewD<'_, f32>)],
    outputs: &[&'static str],
) -> ort::Result<Held> {
    let memory = MemoryInfo::new(device.clone(), 0, AllocatorType::Device, MemoryType::Default)?;
    let allocator = Allocator::new(session, memory)?;
    let mut binding = session.create_binding()?;
    let mut buffers = Vec::new();
    for (name, values) in inputs {
        let buffer = Tensor::<f32>::new(&allocator, values.shape().to_vec())?;
        binding.bind_input(*name, &buffer)?;
        let here = Tensor::<f32>::new(&Allocator::default(), values.shape().to_vec())?;
        buffers.push([here, buffer]);
    }
    // Every frame has these sides: the last two axes of any input of the whole window.
    let sides = shapes.first().map(|s| &s[s.len().saturating_sub(2)..]);
    let (Some(&[height, width]), Some(&frames)) = (sides, shapes.first().and_then(|s| s.get(1)))
    else {
        return Err(ort::Error::new("the graph takes no frames"));
    };
    for name in outputs {
        let outlet = session.outputs().iter().find(|o| o.name() == *name);
        let (element, shape) = match outlet.map(ort::value::Outlet::dtype) {
            Some(ValueType::Tensor { ty, shape, dimension_symbols }) => {
                let mut all = Vec::new();
                for (k, (n, symbol)) in shape.iter().zip(dimension_symbols.iter()).enumerate() {
                    all.push(match (*n, k) {
                        (n @ 0.., _) => n,
                        // Axes that the exporter did not name: one window, of so many frames.
                        (_, 0) => 1,
                        (_, 1) => frames as i64,
                        _ => side(symbol, height, width)?,
                    });
                }
                (*ty, all)
            }
            _ => return Err(ort::Error::new(format!("output {name} is no tensor"))),
        };
        let buffer = DynTensor::new(&allocator, element, shape)?;
        binding.bind_output(*name, buffer)?;
    }
    Ok(Held { shapes, inputs: buffers, binding })
}

/// Length of an axis that is a part of a frame's side, by its name: `height_4` is a quarter.
fn side(symbol: &str, height: usize, width: usize) -> ort::Result<i64> {
    let (name, part) = symbol.split_once('_').unwrap_or((symbol, "1"));
    let whole = match name {
        "height" => Some(height),
        "width" => Some(width),
        _ => None,
    };
    let part = part.parse().ok().filter(|n: &usize| *n > 0);
    let length = whole.zip(part).map(|(whole, part)| (whole / part) as i64);
    length.ok_or_else(|| ort::Error::new(format!("axis {symbol} is no part of a frame's side")))
}

#[cfg(test)]
mod tests {
    use super::super::Provider;
    use super::super::library::library;
    use super::super::session::{OrtNet, Start};
    use super::*;
    use crate::engine::Graph;
    use crate::kind::EngineKind;
    use crate::net::{Net as _, Outputs};
    use crate::options::EngineOptions;
    use ndarray::ArrayD;
    use std::sync::Arc;

    /// Needs an ONNX Runtime, named by `ORT_DYLIB_PATH`; on the processor, since no card is here.
    #[test]
    fn bound_buffers_give_what_a_plain_run_gives_and_hold_one_shape() {
        if std::env::var_os("ORT_DYLIB_PATH").is_none() {
            assert!(std::env::var("CI").is_err(), "CI must set ORT_DYLIB_PATH");
            println!("NOT RUN: ORT_DYLIB_PATH names no ONNX Runtime");
            return;
        }
        for (id, t, front) in [("fire-v1", 10, Some(5)), ("rain-v1", 2, None)] {
            let path = format!("{}/../../models/{id}/model.onnx", env!("CARGO_MANIFEST_DIR"));
            let onnx = std::fs::read(path).expect("a model of this repository");
            let graph = Graph { onnx: &onnx, outputs: &["forecast", "codes_local"] };
            let options = EngineOptions::of(EngineKind::OrtCpu);
            let library = library().expect("ONNX Runtime");
            let start = Start { provider: Provider::Cpu, options: &options, library, plan: None };
            let plain = OrtNet::open(&start, &graph, None, Arc::default()).expect("a graph");
            let device = Some(AllocationDevice::CPU);
            let bound = OrtNet::open(&start, &graph, device, Arc::default());
            let bound = bound.expect("a graph");
            let window = |seed: usize, side: usize| -> Vec<(&str, ArrayD<f32>)> {
                let pixel = |k: usize| ((k * 7 + k / 3 + seed) % 11) as f32 / 11.0;
                let filled = |shape: Vec<usize>| {
                    let n = shape.iter().product();
                    ArrayD::from_shape_vec(shape, (0..n).map(pixel).collect()).expect("its length")
                };
                let frames = ("frames", filled(vec![1, t, 1, side, side + 8]));
                let front = front.map(|c| ("front", filled(vec![1, c, side, side + 8])));
                [frames].into_iter().chain(front).collect()
            };
            let run = |net: &OrtNet, seed: usize, side: usize| {
                let window = window(seed, side);
                let views: Vec<_> = window.iter().map(|(n, a)| (*n, a.view())).collect();
                net.run(&views).map(Outputs::of)
            };
            for seed in 0..3 {
                let mut want = run(&plain, seed, 32).expect("plain");
                let mut got = run(&bound, seed, 32).expect("bound");
                let difference = want.floats().expect("frames") - got.floats().expect("frames");
                let most = difference.fold(0f32, |a, d| a.max(d.abs()));
                assert!(most < 1e-3, "{id}: {most}");
                assert_eq!(want.codes(), got.codes(), "{id}");
            }
            let refused = run(&bound, 0, 40);
            assert!(refused.is_err_and(|e| e.0.contains("leave out ‹cuda-graph›")), "{id}");
        }
    }

    #[test]
    fn an_axis_is_a_part_of_a_side() {
        let length = |symbol: &str| side(symbol, 64, 96).ok();
        assert_eq!(length("height"), Some(64));
        assert_eq!(length("width_4"), Some(24));
        for bad in ["depth", "width_0", "width_x"] {
            assert_eq!(length(bad), None, "{bad}");
        }
    }
}
