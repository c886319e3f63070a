//! Depth-wise convolution in the embedded engine, by our own kernel: each map with a filter of its own.
//!
//! The engine's own is quick where a filter lies wholly inside the map and slow at its border, and a
//! 7 × 7 filter on a map of 16 × 16 cells is mostly border. Here the map is framed with zeros first,
//! so that there is no border.

use std::sync::Arc;

use pulp::Simd;
use tract_onnx::pb::NodeProto;
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::*;

/// Cells of a row that are computed at once where no wide lanes are known.
const RUN: usize = 16;

type Built = TractResult<(Box<dyn InferenceOp>, Vec<String>)>;

/// Filters `[C, 1, k, k]` over `[N, C, H, W]`, one a map, output of the same size.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct DepthWise {
    filters: Arc<Tensor>,
    bias: Option<Arc<Tensor>>,
    side: usize,
}

/// Reads a Conv node: a depth-wise one of the kind above is ours, any other the engine's own.
pub(super) fn conv(context: &tract_onnx::model::ParsingContext<'_>, node: &NodeProto) -> Built {
    if let Some(side) = side_of(context, node)? {
        let bias = node.input.get(2).is_some_and(|b| !b.is_empty());
        return Ok((expand(Rules { side, bias }), vec![]));
    }
    let stock = onnx();
    let conv = stock.op_register.0.get("Conv").context("the engine has no Conv")?;
    conv(context, node)
}

/// Side of the filters of a node that is ours.
fn side_of(
    context: &tract_onnx::model::ParsingContext<'_>,
    node: &NodeProto,
) -> TractResult<Option<usize>> {
    let list = |name: &str, or: Vec<usize>| -> TractResult<Vec<usize>> {
        Ok(node.get_attr_opt_tvec::<usize>(name)?.map_or(or, |v| v.to_vec()))
    };
    let group = node.get_attr_opt::<i64>("group")?.unwrap_or(1);
    let weights =
        context.model.graph.as_ref().and_then(|graph| {
            graph.initializer.iter().find(|i| Some(&i.name) == node.input.get(1))
        });
    let Some(&[out, 1, k, wide]) = weights.map(|w| w.dims.as_slice()) else { return Ok(None) };
    let side = usize::try_from(k)?;
    let same = list("pads", vec![0; 4])? == [side / 2; 4] && side % 2 == 1 && k == wide;
    let plain = list("strides", vec![1, 1])? == [1, 1]
        && list("dilations", vec![1, 1])? == [1, 1]
        && node.get_attr_opt("auto_pad")?.unwrap_or("NOTSET") == "NOTSET";
    Ok((group > 1 && out == group && same && plain).then_some(side))
}

/// One map `[h, w]` with its `filter` of `side` × `side`; `framed` is room for the framed map.
#[pulp::with_simd(filtered = pulp::Arch::new())]
#[inline(always)]
fn filtered_by<S: Simd>(
    simd: S,
    map: &[f32],
    [h, w]: [usize; 2],
    filter: &[f32],
    bias: f32,
    framed: &mut Vec<f32>,
    out: &mut [f32],
) {
    let run = if S::F32_LANES > 1 { 2 * S::F32_LANES } else { RUN };
    let side = filter.len().isqrt();
    let around = side / 2;
    // Rows end in zeros up to whole runs; their number is even.
    let wide = w.next_multiple_of(run) + side - 1;
    framed.clear();
    framed.resize((h.next_multiple_of(2) + side - 1) * wide, 0.0);
    for (row, to) in map.chunks_exact(w).zip(framed.chunks_exact_mut(wide).skip(around)) {
        to[around..around + w].copy_from_slice(row);
    }
    if S::F32_LANES > 1 {
        by_lanes(simd, framed, wide, filter, bias, out, w);
    } else {
        by_runs(framed, wide, filter, bias, out, w);
    }
}

/// Two vectors of each of two rows at once: four sums that do not wait for each other.
#[inline(always)]
fn by_lanes<S: Simd>(
    simd: S,
    framed: &[f32],
    wide: usize,
    filter: &[f32],
    bias: f32,
    out: &mut [f32],
    w: usize,
) {
    let side = filter.len().isqrt();
    let run = 2 * S::F32_LANES;
    for (pair, out) in out.chunks_mut(2 * w).enumerate() {
        let (upper, lower) = out.split_at_mut(w);
        for at in (0..w).step_by(run) {
            let row = |i: usize| &framed[(2 * pair + i) * wide + at..][..run + side - 1];
            let taps = |i: usize| &filter[i * side..][..side];
            // Row `i` below the upper one's first is row `i − 1` below the lower one's.
            let mut above = add(simd, [simd.splat_f32s(bias); 2], row(0), taps(0));
            let mut below = [simd.splat_f32s(bias); 2];
            for i in 1..side {
                for ((cells, t), u) in row(i).windows(run).zip(taps(i)).zip(taps(i - 1)) {
                    let (cells, _) = S::as_simd_f32s(cells);
                    let (t, u) = (simd.splat_f32s(*t), simd.splat_f32s(*u));
                    above = fused(simd, above, cells, t);
                    below = fused(simd, below, cells, u);
                }
            }
            below = add(simd, below, row(side), taps(side - 1));
            let end = w.min(at + run);
            for (sums, out) in [(above, upper.get_mut(at..end)), (below, lower.get_mut(at..end))] {
                if let Some(out) = out {
                    out.copy_from_slice(&pulp::bytemuck::cast_slice::<_, f32>(&sums)[..end - at]);
                }
            }
        }
    }
}

/// Adds one row of a filter.
#[inline(always)]
fn add<S: Simd>(simd: S, mut sums: [S::f32s; 2], row: &[f32], taps: &[f32]) -> [S::f32s; 2] {
    for (cells, t) in row.windows(2 * S::F32_LANES).zip(taps) {
        let (cells, _) = S::as_simd_f32s(cells);
        sums = fused(simd, sums, cells, simd.splat_f32s(*t));
    }
    sums
}

/// Adds `tap` times each of two vectors.
#[inline(always)]
fn fused<S: Simd>(simd: S, sums: [S::f32s; 2], cells: &[S::f32s], tap: S::f32s) -> [S::f32s; 2] {
    [simd.mul_add_e_f32s(tap, cells[0], sums[0]), simd.mul_add_e_f32s(tap, cells[1], sums[1])]
}

/// Where no wide lanes are known: runs of cells that the compiler makes what it can of.
#[inline(always)]
fn by_runs(framed: &[f32], wide: usize, filter: &[f32], bias: f32, out: &mut [f32], w: usize) {
    let side = filter.len().isqrt();
    for (y, out) in out.chunks_exact_mut(w).enumerate() {
        for (run, out) in out.chunks_mut(RUN).enumerate() {
            let mut sum = [bias; RUN];
            for (i, taps) in filter.chunks_exact(side).enumerate() {
                let row = &framed[(y + i) * wide + run * RUN..][..RUN + side - 1];
                for (tap, cells) in taps.iter().zip(row.windows(RUN)) {
                    for (s, v) in sum.iter_mut().zip(cells) {
                        *s += tap * v;
                    }
                }
            }
            out.copy_from_slice(&sum[..out.len()]);
        }
    }
}

impl Op for DepthWise {
    fn name(&self) -> StaticName {
        "DepthWise".into()
    }

    op_as_typed_op!();
}

impl EvalOp for DepthWise {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let &[n, c, h, w] = inputs[0].shape() else {
            bail!("a depth-wise convolution of {:?}", inputs[0].shape());
        };
        let mut out = Tensor::zero::<f32>(&[n, c, h, w])?;
        if h * w > 0 {
            let (maps, filters) = (inputs[0].try_as_plain_ram()?, self.filters.try_as_plain_ram()?);
            let bias = self.bias.as_ref().map(|b| b.try_as_plain_ram()).transpose()?;
            let bias = bias.as_ref().map(|b| b.as_slice::<f32>()).transpose()?;
            let mut to = out.try_as_plain_ram_mut()?;
            let mut framed = Vec::new();
            let each = filters.as_slice::<f32>()?.chunks_exact(self.side * self.side);
            ensure!(each.len() == c, "{} filters for {c} maps", each.len());
            let maps = maps.as_slice::<f32>()?.chunks_exact(h * w);
            let outs = to.as_slice_mut::<f32>()?.chunks_exact_mut(h * w);
            for ((k, filter), (map, out)) in (0..c).zip(each).cycle().zip(maps.zip(outs)) {
                let bias = bias.map_or(0.0, |b| b[k]);
                filtered(map, [h, w], filter, bias, &mut framed, out);
            }
        }
        Ok(tvec!(out.into_tvalue()))
    }
}

impl TypedOp for DepthWise {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(inputs[0].shape.clone())))
    }

    as_op!();
}

/// What is known of shapes before the graph is typed.
#[derive(Clone, Debug)]
struct Rules {
    side: usize,
    bias: bool,
}

impl Expansion for Rules {
    fn name(&self) -> StaticName {
        "DepthWise".into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        check_input_arity(inputs, 2 + usize::from(self.bias))?;
        check_output_arity(outputs, 1)?;
        for proxy in inputs {
            solver.equals(&proxy.datum_type, f32::datum_type())?;
        }
        solver.equals(&outputs[0].datum_type, f32::datum_type())?;
        solver.equals(&inputs[0].rank, 4)?;
        solver.equals(&outputs[0].rank, 4)?;
        solver.equals(&inputs[0].shape, &outputs[0].shape)
    }

    fn wire(
        &self,
        prefix: &str,
        model: &mut TypedModel,
        inputs: &[OutletId],
    ) -> TractResult<TVec<OutletId>> {
        let constant = |outlet: &OutletId| -> TractResult<Arc<Tensor>> {
            let fact = model.outlet_fact(*outlet)?;
            fact.konst.clone().context("filters of a depth-wise convolution must be constant")
        };
        let filters = constant(&inputs[1])?;
        let bias = inputs.get(2).map(constant).transpose()?;
        model.wire_node(prefix, DepthWise { filters, bias, side: self.side }, &inputs[..1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map filtered by a plain loop.
    fn plain(map: &[f32], [h, w]: [usize; 2], filter: &[f32], bias: f32) -> Vec<f32> {
        let side = filter.len().isqrt();
        let at = |y: usize, i: usize, n: usize| (y + i).checked_sub(side / 2).filter(|v| *v < n);
        let mut out = Vec::new();
        for (y, x) in (0..h).flat_map(|y| (0..w).map(move |x| (y, x))) {
            let taps = (0..side).flat_map(|i| (0..side).map(move |j| (i, j)));
            let sum: f32 = taps
                .filter_map(|(i, j)| {
                    Some(filter[i * side + j] * map[at(y, i, h)? * w + at(x, j, w)?])
                })
                .sum();
            out.push(sum + bias);
        }
        out
    }

    #[test]
    fn a_filtered_map_is_that_of_a_plain_loop() {
        let mut framed = Vec::new();
        for (h, w, side) in [(16, 16, 7), (8, 8, 7), (5, 3, 3), (9, 33, 5), (1, 1, 1), (2, 40, 7)] {
            let map: Vec<f32> = (0..h * w).map(|k| ((k * 37) % 19) as f32 / 7.0 - 1.0).collect();
            let filter: Vec<f32> =
                (0..side * side).map(|k| ((k * 11) % 7) as f32 / 9.0 - 0.3).collect();
            let mut got = vec![0.0; h * w];
            filtered(&map, [h, w], &filter, 0.25, &mut framed, &mut got);
            for (a, b) in got.iter().zip(plain(&map, [h, w], &filter, 0.25)) {
                assert!((a - b).abs() < 1e-4, "{h} {w} {side}: {a} {b}");
            }
        }
    }
}
