//! GridSample in the embedded engine, by our own kernel: it finds the neighbours of a point once.

use tract_onnx::pb::NodeProto;
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::*;

use super::warp::{Corners, Outside, sample};

/// GridSample with our own kernel.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct FastSample {
    outside: Outside,
    corners: Corners,
}

/// Reads a GridSample node; what the kernel does not do is refused.
pub(super) fn grid_sample(
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
