//! ArgMin in the embedded engine, by our own kernel: which code is nearest.
//!
//! The engine's own compares with strides, one value at a time: a quarter of what encoding a frame
//! took. This one finds the least value by whole lanes and then where it stands.

use tract_onnx::pb::NodeProto;
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::*;

/// Values compared at once.
const LANES: usize = 16;

/// Index of the least value along the last axis, which stays with length 1.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct FastArgMin;

/// Reads an ArgMin node along the last axis, the first of equals; what the kernel does not do is
/// refused.
pub(super) fn arg_min(
    context: &tract_onnx::model::ParsingContext<'_>,
    node: &NodeProto,
) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    let opset = context.onnx_operator_set_version;
    ensure!(opset >= 13, "ArgMin at opset {opset}: 13 and later only");
    ensure!(
        node.get_attr_opt::<i64>("select_last_index")?.unwrap_or(0) == 0,
        "ArgMin with select_last_index: the first of equals only"
    );
    let keep = node.get_attr_opt::<i64>("keepdims")?.unwrap_or(1) != 0;
    let axis = node.get_attr_opt::<i64>("axis")?.unwrap_or(0);
    Ok((expand(Rules { axis, keep }), vec![]))
}

/// [`least`] of each `n` values.
#[pulp::with_simd(least_each = pulp::Arch::new())]
#[inline(always)]
fn least_each_by<S: pulp::Simd>(_: S, values: &[f32], n: usize) -> Vec<i64> {
    // A loop: what iterators are made into is not built for wide lanes.
    let mut found = Vec::with_capacity(values.len() / n);
    for values in values.chunks_exact(n) {
        found.push(least(values));
    }
    found
}

/// Index of the first least value; 0 where one is no number.
#[inline(always)]
fn least(values: &[f32]) -> i64 {
    let mut lanes = [f32::INFINITY; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            *lane = if *v < *lane { *v } else { *lane };
        }
    }
    let mut least = f32::INFINITY;
    for v in lanes.iter().chain(rest) {
        least = if *v < least { *v } else { least };
    }
    // By whole lanes to the chunk that holds it, then one by one.
    let mut before = 0;
    for chunk in values.chunks_exact(LANES) {
        let mut here = false;
        for v in chunk {
            here |= *v == least;
        }
        if here {
            break;
        }
        before += LANES;
    }
    for (k, v) in values.iter().enumerate().skip(before) {
        if *v == least {
            return k as i64;
        }
    }
    0
}

impl Op for FastArgMin {
    fn name(&self) -> StaticName {
        "FastArgMin".into()
    }

    op_as_typed_op!();
}

impl EvalOp for FastArgMin {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut shape: TVec<usize> = inputs[0].shape().into();
        let n = shape.pop().context("ArgMin of a scalar")?;
        ensure!(n > 0, "ArgMin of nothing");
        shape.push(1);
        let plain = inputs[0].try_as_plain_ram()?;
        let found: Vec<i64> = least_each(plain.as_slice::<f32>()?, n);
        Ok(tvec!(Tensor::from_shape(&shape, &found)?.into_tvalue()))
    }
}

impl TypedOp for FastArgMin {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let mut shape = inputs[0].shape.clone();
        let last = shape.rank().checked_sub(1).context("ArgMin of a scalar")?;
        shape.set(last, 1.to_dim());
        Ok(tvec!(i64::fact(shape)))
    }

    as_op!();
}

/// What is known of shapes before the graph is typed.
#[derive(Clone, Debug)]
struct Rules {
    axis: i64,
    keep: bool,
}

impl Expansion for Rules {
    fn name(&self) -> StaticName {
        "FastArgMin".into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        check_input_arity(inputs, 1)?;
        check_output_arity(outputs, 1)?;
        solver.equals(&inputs[0].datum_type, f32::datum_type())?;
        solver.equals(&outputs[0].datum_type, i64::datum_type())?;
        let gone = i64::from(!self.keep);
        solver.equals(inputs[0].rank.bex() - gone, outputs[0].rank.bex())
    }

    fn wire(
        &self,
        prefix: &str,
        model: &mut TypedModel,
        inputs: &[OutletId],
    ) -> TractResult<TVec<OutletId>> {
        let rank = model.outlet_fact(inputs[0])?.rank() as i64;
        let axis = if self.axis < 0 { self.axis + rank } else { self.axis };
        ensure!(axis + 1 == rank, "ArgMin along axis {} of rank {rank}: the last only", self.axis);
        let found = model.wire_node(prefix, FastArgMin, inputs)?;
        if self.keep {
            return Ok(found);
        }
        let gone = AxisOp::Rm(usize::try_from(axis).context("ArgMin axis")?);
        model.wire_node(format!("{prefix}.squeeze"), gone, &found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_least_values_is_found() {
        let mut long = [1.0f32; 256];
        long[200] = -2.0;
        long[17] = -2.0;
        let mut tail = [0.0f32; 35];
        tail[34] = -1.0;
        for (values, want) in [
            (&long[..], 17),
            (&tail[..], 34),
            (&[3.0, 1.0, 1.0][..], 1),
            (&[f32::INFINITY; 20][..], 0),
            (&[f32::NAN; 3][..], 0),
        ] {
            assert_eq!(least(values), want, "{values:?}");
        }
    }
}
