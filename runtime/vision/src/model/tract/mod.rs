//! The embedded CPU engine, always there: the only folder that names tract.

mod depthwise;
mod nearest;
mod pool;
mod sample;
mod softmax;
mod warp;

use std::sync::{Arc, Mutex, PoisonError};

use ndarray::{ArrayView3, ArrayViewD};
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::*;

use super::choose::EngineAsk;
use super::folder::Folder;
use super::form::{Form, Want};
use super::net::{Net, Value};
use super::{Engine, ModelError, Raw, one_line, spare};

/// Plans kept of each graph, one for each shape of tile.
const PLANS_MAX: usize = 4;
const NAME: &str = "tract";
/// Version of tract in this program.
pub(crate) const VERSION: &str = "0.23.9";

type Plan = Arc<TypedRunnableModel>;

/// A network in this engine.
pub(crate) struct Tract {
    form: Form<Graph>,
    cores: usize,
}

/// A graph and its plans.
struct Graph {
    graph: InferenceModel,
    plans: Mutex<Vec<(Vec<Vec<usize>>, Plan)>>,
}

impl Tract {
    /// Reads the graphs of `folder`; plans are made when a shape is first met.
    pub(crate) fn load(folder: &Folder, ask: &EngineAsk) -> Result<Self, ModelError> {
        let precision = ask.precision.as_str();
        if precision != "float32" {
            return Err(ModelError::NoEngine {
                engine: NAME,
                what: format!("runs float32 only, not {precision}"),
                fix: "use --precision float32, or --engine ort-cpu".to_owned(),
            });
        }
        let form = Form::load(folder, precision, Want::Split, |onnx, outputs| {
            Graph::read(onnx, outputs).map_err(|e| failed("reading the graph", &format!("{e:#}")))
        })?;
        Ok(Self { form, cores: ask.cores() })
    }
}

impl Graph {
    fn read(onnx: &[u8], outputs: &[&'static str]) -> TractResult<Self> {
        let reader = onnx_reader();
        let graph = reader.model_for_read(&mut std::io::Cursor::new(onnx))?;
        Ok(Self { graph: graph.with_outputs_by_name(outputs)?, plans: Mutex::default() })
    }

    /// The plan for inputs of these shapes.
    fn plan<'a>(
        &self,
        inputs: impl Iterator<Item = (&'a str, &'a [usize])> + Clone,
    ) -> TractResult<Plan> {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |shapes: &[Vec<usize>]| {
            shapes.iter().map(Vec::as_slice).eq(inputs.clone().map(|i| i.1))
        };
        if let Some(at) = plans.iter().position(|(shapes, _)| fits(shapes)) {
            let kept = plans.remove(at);
            let plan = Arc::clone(&kept.1);
            plans.push(kept);
            return Ok(plan);
        }
        let mut graph = self.graph.clone();
        for (name, shape) in inputs.clone() {
            let node = graph.node_id_by_name(name)?;
            graph.set_outlet_fact(node.into(), f32::fact(shape).into())?;
        }
        graph.set_input_names(inputs.clone().map(|(name, _)| name))?;
        let plan = graph.into_optimized()?.into_runnable()?;
        if plans.len() >= PLANS_MAX {
            plans.remove(0);
        }
        let shapes = inputs.map(|(_, shape)| shape.to_vec()).collect();
        plans.push((shapes, Arc::clone(&plan)));
        Ok(plan)
    }

    fn values(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> TractResult<Vec<Value>> {
        let plan = self.plan(inputs.iter().map(|(name, i)| (*name, i.shape())))?;
        let given: TVec<TValue> = inputs
            .iter()
            .map(|(name, i)| {
                let values = i.as_slice().with_context(|| format!("{name} is not contiguous"))?;
                Ok(Tensor::from_shape(i.shape(), values)?.into())
            })
            .collect::<TractResult<_>>()?;
        plan.run(given)?
            .into_iter()
            .map(|value| {
                if value.datum_type() == i64::datum_type() {
                    let codes = value.to_plain_array_view::<i64>()?;
                    return Ok(Value::Codes(codes.mapv(|k| u16::try_from(k).unwrap_or(u16::MAX))));
                }
                Ok(Value::Floats(spare::copy(&value.to_plain_array_view::<f32>()?)))
            })
            .collect()
    }
}

/// Reads ONNX, with kernels of our own where the engine's are slow.
fn onnx_reader() -> tract_onnx::Onnx {
    let mut reader = onnx().with_ignore_output_shapes(true).with_ignore_value_info(true);
    reader.op_register.insert("Conv", depthwise::conv);
    reader.op_register.insert("GridSample", sample::grid_sample);
    reader.op_register.insert("Softmax", softmax::softmax);
    reader.op_register.insert("ArgMin", nearest::arg_min);
    reader.op_register.insert("AveragePool", pool::average_pool);
    reader
}

impl Net for Graph {
    fn run(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> Result<Vec<Value>, String> {
        self.values(inputs).map_err(|e| format!("{e:#}"))
    }

    fn prepare(&self, shapes: &[(&str, Vec<usize>)]) {
        // A fault is told by `run`, which tries again.
        let _ = self.plan(shapes.iter().map(|(name, shape)| (*name, shape.as_slice())));
    }
}

impl Engine for Tract {
    fn name(&self) -> &'static str {
        NAME
    }

    fn detail(&self) -> String {
        format!("tract {VERSION}, inside this program, {}", self.form.name())
    }

    fn at_once(&self) -> usize {
        self.cores
    }

    fn run(
        &self,
        frames: ArrayView3<'_, f32>,
        front: Option<ArrayView3<'_, f32>>,
        lanes: usize,
    ) -> Result<Raw, ModelError> {
        let run = self.form.run(&frames, front, lanes);
        run.map_err(|cause| failed("running the network", &cause))
    }

    fn forget(&self) {
        self.form.forget();
    }
}

fn failed(doing: &'static str, cause: &str) -> ModelError {
    ModelError::Engine { engine: NAME, doing, cause: one_line(cause) }
}
