//! A graph in tract, and its plans: one for each shape that was met lately.

use std::sync::{Arc, Mutex, PoisonError};

use ndarray::ArrayViewD;
use tract_onnx::prelude::{Tensor as TractTensor, *};
use tract_onnx::tract_hir::internal::*;

use super::{depthwise, nearest, pool, sample, softmax};
use crate::buffers::Buffers;
use crate::engine::Graph;
use crate::net::{Net, RunError, Tensor};

/// Plans kept of each graph, one for each shape of tile.
const PLANS_MAX: usize = 4;

type Plan = Arc<TypedRunnableModel>;

/// A graph and its plans.
pub(super) struct TractNet {
    graph: InferenceModel,
    plans: Mutex<Vec<(Vec<Vec<usize>>, Plan)>>,
    buffers: Arc<Buffers>,
}

impl TractNet {
    pub(super) fn read(graph: &Graph<'_>, buffers: Arc<Buffers>) -> TractResult<Self> {
        let reader = onnx_reader();
        let read = reader.model_for_read(&mut std::io::Cursor::new(graph.onnx))?;
        Ok(Self {
            graph: read.with_outputs_by_name(graph.outputs)?,
            plans: Mutex::default(),
            buffers,
        })
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

    fn tensors(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> TractResult<Vec<Tensor>> {
        let plan = self.plan(inputs.iter().map(|(name, i)| (*name, i.shape())))?;
        let given: TVec<TValue> = inputs
            .iter()
            .map(|(name, i)| {
                let values = i.as_slice().with_context(|| format!("{name} is not contiguous"))?;
                Ok(TractTensor::from_shape(i.shape(), values)?.into())
            })
            .collect::<TractResult<_>>()?;
        plan.run(given)?
            .into_iter()
            .map(|value| {
                if value.datum_type() == i64::datum_type() {
                    let codes = value.to_plain_array_view::<i64>()?;
                    let codes = codes.mapv(|k| u16::try_from(k).unwrap_or(u16::MAX));
                    return Ok(Tensor::Codes(codes));
                }
                Ok(Tensor::Floats(self.buffers.copy(&value.to_plain_array_view::<f32>()?)))
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

impl Net for TractNet {
    fn run(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> Result<Vec<Tensor>, RunError> {
        self.tensors(inputs).map_err(|e| format!("{e:#}").into())
    }

    fn prepare(&self, shapes: &[(&str, Vec<usize>)]) {
        // A fault is told by `run`, which tries again.
        let _ = self.plan(shapes.iter().map(|(name, shape)| (*name, shape.as_slice())));
    }
}
