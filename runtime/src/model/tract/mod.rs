//! The embedded CPU engine, always there: the only file that names tract.

use std::sync::{Arc, Mutex, PoisonError};

use ndarray::{Array3, ArrayRef3, ArrayView3, Ix3};
use tract_onnx::pb::NodeProto;
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::*;

use super::card::Level;
use super::folder::Folder;
use super::warp::{Corners, Outside, sample};
use super::{Engine, ModelError, Raw, one_line};
use crate::task::Task;

/// Plans kept, one for each shape of tile.
const PLANS_MAX: usize = 4;
const NAME: &str = "tract";
/// Version of tract in this program.
pub(crate) const VERSION: &str = "0.23.9";

type Plan = Arc<TypedRunnableModel>;

/// A graph and its plans.
pub(crate) struct Tract {
    graph: InferenceModel,
    leads: usize,
    outputs: Vec<&'static str>,
    plans: Mutex<Vec<([usize; 2], Plan)>>,
}

impl Tract {
    /// Reads the graph of `folder`; plans are made when a shape is first met.
    pub(crate) fn load(folder: &Folder) -> Result<Self, ModelError> {
        let card = &folder.card;
        let mut outputs = vec!["forecast"];
        if card.task == Task::FireFront {
            outputs.push("burn_probability");
        }
        for (name, level) in [("codes_global", Level::Global), ("codes_local", Level::Local)] {
            if card.codebook(level).is_some() {
                outputs.push(name);
            }
        }
        let mut reader = onnx().with_ignore_output_shapes(true).with_ignore_value_info(true);
        reader.op_register.insert("GridSample", grid_sample);
        let graph = reader
            .model_for_read(&mut std::io::Cursor::new(folder.onnx()))
            .and_then(|m| m.with_outputs_by_name(&outputs))
            .map_err(|e| failed("reading the graph", &e))?;
        Ok(Self { graph, leads: card.output.leads, outputs, plans: Mutex::default() })
    }

    /// The plan for tiles of `[H, W]`, with `front` maps of a front where the network takes them.
    fn plan(
        &self,
        frames: usize,
        front: Option<usize>,
        [h, w]: [usize; 2],
    ) -> Result<Plan, ModelError> {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = plans.iter().position(|(shape, _)| *shape == [h, w]) {
            let kept = plans.remove(at);
            let plan = Arc::clone(&kept.1);
            plans.push(kept);
            return Ok(plan);
        }
        let make = || -> TractResult<Plan> {
            let mut graph = self.graph.clone();
            let mut shapes = vec![("frames", vec![1, frames, 1, h, w])];
            shapes.extend(front.map(|maps| ("front", vec![1, maps, h, w])));
            for (name, shape) in &shapes {
                let node = graph.node_id_by_name(name)?;
                graph.set_outlet_fact(node.into(), f32::fact(shape).into())?;
            }
            graph.set_input_names(shapes.iter().map(|(name, _)| *name))?;
            graph.into_optimized()?.into_runnable()
        };
        let plan = make().map_err(|e| failed("preparing the graph", &e))?;
        if plans.len() >= PLANS_MAX {
            plans.remove(0);
        }
        plans.push(([h, w], Arc::clone(&plan)));
        Ok(plan)
    }
}

impl Engine for Tract {
    fn name(&self) -> &'static str {
        NAME
    }

    fn detail(&self) -> String {
        format!("tract {VERSION}, inside this program")
    }

    fn at_once(&self) -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }

    fn run(
        &self,
        frames: ArrayView3<'_, f32>,
        front: Option<ArrayView3<'_, f32>>,
    ) -> Result<Raw, ModelError> {
        let (t, h, w) = frames.dim();
        let plan = self.plan(t, front.as_ref().map(|f| f.dim().0), [h, w])?;
        let run = || -> TractResult<Raw> {
            let mut inputs = tvec![tensor(&frames, &[1, t, 1, h, w])?.into()];
            if let Some(front) = &front {
                inputs.push(tensor(front, &[1, front.dim().0, h, w])?.into());
            }
            let given = plan.run(inputs)?;
            let shape = (self.leads, h, w);
            let maps = |value: &Tensor| -> TractResult<Array3<f32>> {
                Ok(value.to_plain_array_view::<f32>()?.to_shape(shape)?.to_owned())
            };
            let (mut frames, mut burn_probability) = (None, None);
            let (mut codes_global, mut codes_local) = (None, None);
            for (name, value) in self.outputs.iter().zip(given) {
                match *name {
                    "forecast" => frames = Some(maps(&value)?),
                    "burn_probability" => burn_probability = Some(maps(&value)?),
                    "codes_global" => codes_global = Some(codes(&value)?),
                    _ => codes_local = Some(codes(&value)?),
                }
            }
            let frames = frames.context("the output forecast is missing")?;
            Ok(Raw { frames, burn_probability, codes_global, codes_local })
        };
        run().map_err(|e| failed("running the network", &e))
    }
}

/// A contiguous copy of a view.
fn tensor(view: &ArrayRef3<f32>, shape: &[usize]) -> TractResult<Tensor> {
    let view = view.as_standard_layout();
    Tensor::from_shape(shape, view.as_slice().context("standard layout is contiguous")?)
}

/// Code indices `[T, h, w]`.
fn codes(value: &Tensor) -> TractResult<Array3<u16>> {
    let view = value.to_plain_array_view::<i64>()?;
    let [1, t, h, w] = *view.shape() else { bail!("codes have shape {:?}", view.shape()) };
    let view = view.to_shape((t, h, w))?.into_dimensionality::<Ix3>()?;
    Ok(view.mapv(|k| u16::try_from(k).unwrap_or(u16::MAX)))
}

fn failed(doing: &'static str, error: &TractError) -> ModelError {
    ModelError::Engine { engine: NAME, doing, cause: one_line(&format!("{error:#}")) }
}

/// GridSample with our own kernel.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct FastSample {
    outside: Outside,
    corners: Corners,
}

/// Reads a GridSample node; what the kernel does not do is refused.
fn grid_sample(
    context: &tract_onnx::model::ParsingContext<'_>,
    node: &NodeProto,
) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    let opset = context.onnx_operator_set_version;
    ensure!((16..20).contains(&opset), "GridSample at opset {opset}: 16 to 19 only");
    let mode = node.get_attr_opt("mode")?.unwrap_or("bilinear");
    ensure!(mode == "bilinear", "GridSample mode {mode}: bilinear only");
    let outside = match node.get_attr_opt("padding_mode")?.unwrap_or("zeros") {
        "zeros" => Outside::Zeros,
        "border" => Outside::Border,
        other => bail!("GridSample padding_mode {other}: zeros or border only"),
    };
    let corners = match node.get_attr_opt::<i64>("align_corners")?.unwrap_or(0) {
        0 => Corners::Edges,
        _ => Corners::Centres,
    };
    Ok((expand(FastSampleRules(FastSample { outside, corners })), vec![]))
}

impl Op for FastSample {
    fn name(&self) -> StaticName {
        "FastSample".into()
    }

    op_as_typed_op!();
}

impl EvalOp for FastSample {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let (image, grid) = (&inputs[0], &inputs[1]);
        let (&[n, c, h, w], &[gn, gh, gw, 2]) = (image.shape(), grid.shape()) else {
            bail!("GridSample of {:?} at {:?}", image.shape(), grid.shape());
        };
        ensure!(n == gn, "GridSample of {n} images at {gn} grids");
        let image = image.try_as_plain_ram()?;
        let grid = grid.try_as_plain_ram()?;
        let (image, grid) = (image.as_slice::<f32>()?, grid.as_slice::<f32>()?);
        let mut out = Tensor::zero::<f32>(&[n, c, gh, gw])?;
        {
            let mut plain = out.try_as_plain_ram_mut()?;
            let all = plain.as_slice_mut::<f32>()?;
            for k in 0..n {
                sample(
                    &image[k * c * h * w..][..c * h * w],
                    [h, w],
                    &grid[k * gh * gw * 2..][..gh * gw * 2],
                    &mut all[k * c * gh * gw..][..c * gh * gw],
                    self.outside,
                    self.corners,
                );
            }
        }
        Ok(tvec!(out.into_tvalue()))
    }
}

impl TypedOp for FastSample {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let (image, grid) = (&inputs[0].shape, &inputs[1].shape);
        let shape = [&image[0], &image[1], &grid[1], &grid[2]].map(Clone::clone);
        Ok(tvec!(f32::fact(&shape)))
    }

    as_op!();
}

/// What is known of shapes before the graph is typed.
#[derive(Clone, Debug)]
struct FastSampleRules(FastSample);

impl Expansion for FastSampleRules {
    fn name(&self) -> StaticName {
        "FastSample".into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        check_input_arity(inputs, 2)?;
        check_output_arity(outputs, 1)?;
        solver.equals(&inputs[0].datum_type, f32::datum_type())?;
        solver.equals(&inputs[1].datum_type, f32::datum_type())?;
        solver.equals(&outputs[0].datum_type, f32::datum_type())?;
        for rank in [&inputs[0].rank, &inputs[1].rank, &outputs[0].rank] {
            solver.equals(rank, 4)?;
        }
        solver.equals(&inputs[0].shape[0], &outputs[0].shape[0])?;
        solver.equals(&inputs[0].shape[1], &outputs[0].shape[1])?;
        solver.equals(&inputs[1].shape[1], &outputs[0].shape[2])?;
        solver.equals(&inputs[1].shape[2], &outputs[0].shape[3])
    }

    fn wire(
        &self,
        prefix: &str,
        model: &mut TypedModel,
        inputs: &[OutletId],
    ) -> TractResult<TVec<OutletId>> {
        model.wire_node(prefix, self.0.clone(), inputs)
    }
}
