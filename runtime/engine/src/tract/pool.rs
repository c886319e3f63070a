//! AveragePool in the embedded engine, by our own kernel: means over boxes by running sums.
//!
//! Motion is measured over boxes of up to 75 cells; the engine's own adds up every box anew. Here a
//! box costs the same whatever its size: the difference of two sums, which are held in float64.

use tract_onnx::pb::NodeProto;
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::*;

/// One axis of a box.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
struct Side {
    kernel: usize,
    stride: usize,
    before: usize,
    after: usize,
}

impl Side {
    /// Length of the output along an axis of `n`.
    fn out(self, n: usize) -> usize {
        ((n + self.before + self.after).saturating_sub(self.kernel)) / self.stride + 1
    }

    /// First cell of box `i` and the one behind its last, within an axis of `n`.
    fn reach(self, i: usize, n: usize) -> (usize, usize) {
        let start = i * self.stride;
        let end = (start + self.kernel).saturating_sub(self.before).min(n);
        (start.saturating_sub(self.before).min(end), end)
    }

    /// Whether a box is one cell.
    fn is_cell(self) -> bool {
        self == Self { kernel: 1, stride: 1, before: 0, after: 0 }
    }
}

/// Mean over boxes of `[N, C, H, W]`.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct BoxMean {
    rows: Side,
    cols: Side,
    /// Whether cells beyond the map count, as 0.
    padding_counts: bool,
}

/// Reads an AveragePool node over two axes; what the kernel does not do is refused.
pub(super) fn average_pool(
    _: &tract_onnx::model::ParsingContext<'_>,
    node: &NodeProto,
) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    let list = |name: &str, or: Vec<usize>| -> TractResult<Vec<usize>> {
        Ok(node.get_attr_opt_tvec::<usize>(name)?.map_or(or, |v| v.to_vec()))
    };
    ensure!(
        node.get_attr_opt::<i64>("ceil_mode")?.unwrap_or(0) == 0
            && node.get_attr_opt("auto_pad")?.unwrap_or("NOTSET") == "NOTSET"
            && list("dilations", vec![1, 1])? == [1, 1],
        "AveragePool with ceil_mode, auto_pad or dilations is not run here"
    );
    let kernel = list("kernel_shape", vec![])?;
    ensure!(kernel.len() == 2, "AveragePool over {} axes: two only", kernel.len());
    let (stride, pads) = (list("strides", vec![1, 1])?, list("pads", vec![0; 4])?);
    ensure!(stride.len() == 2 && pads.len() == 4, "AveragePool: strides or pads of another length");
    let side = |k: usize| Side {
        kernel: kernel[k],
        stride: stride[k].max(1),
        before: pads[k],
        after: pads[k + 2],
    };
    let padding_counts = node.get_attr_opt::<i64>("count_include_pad")?.unwrap_or(0) != 0;
    Ok((expand(Rules(BoxMean { rows: side(0), cols: side(1), padding_counts })), vec![]))
}

impl BoxMean {
    /// Means of one map `[h, w]`.
    #[inline(always)]
    fn mean(&self, map: &[f32], [h, w]: [usize; 2], out: &mut [f32]) {
        let (out_h, out_w) = (self.rows.out(h), self.cols.out(w));
        // Sums of the rows above, for every column of the output.
        let mut above = vec![0.0f64; if self.rows.is_cell() { 0 } else { (h + 1) * out_w }];
        let mut line = vec![0.0f64; w + 1];
        let across: Vec<_> = (0..out_w).map(|x| self.cols.reach(x, w)).collect();
        let scale_x: Vec<f64> = across.iter().map(|(a, b)| self.share(self.cols, b - a)).collect();
        for (y, row) in map.chunks_exact(w).enumerate() {
            let mut sum = 0.0f64;
            for (to, v) in line[1..].iter_mut().zip(row) {
                sum += f64::from(*v);
                *to = sum;
            }
            let cells = across.iter().zip(&scale_x).map(|((a, b), s)| (line[*b] - line[*a]) * s);
            if self.rows.is_cell() {
                out[y * out_w..][..out_w].iter_mut().zip(cells).for_each(|(o, v)| *o = v as f32);
            } else {
                let (before, here) = above[y * out_w..][..2 * out_w].split_at_mut(out_w);
                let both = here.iter_mut().zip(before).zip(cells);
                both.for_each(|((to, before), v)| *to = *before + v);
            }
        }
        for y in (0..out_h).take_while(|_| !self.rows.is_cell()) {
            let (a, b) = self.rows.reach(y, h);
            let s = self.share(self.rows, b - a);
            let (low, high) = (&above[a * out_w..][..out_w], &above[b * out_w..][..out_w]);
            let to = out[y * out_w..][..out_w].iter_mut();
            to.zip(low.iter().zip(high)).for_each(|(o, (l, h))| *o = ((h - l) * s) as f32);
        }
    }

    /// What a sum over `inside` cells is multiplied by.
    fn share(&self, side: Side, inside: usize) -> f64 {
        1.0 / if self.padding_counts { side.kernel } else { inside.max(1) } as f64
    }
}

/// [`BoxMean::mean`] with the processor's widest lanes.
#[pulp::with_simd(mean = pulp::Arch::new())]
#[inline(always)]
fn mean_by<S: pulp::Simd>(_: S, of: &BoxMean, map: &[f32], sides: [usize; 2], out: &mut [f32]) {
    of.mean(map, sides, out);
}

impl Op for BoxMean {
    fn name(&self) -> StaticName {
        "BoxMean".into()
    }

    op_as_typed_op!();
}

impl EvalOp for BoxMean {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let &[n, c, h, w] = inputs[0].shape() else {
            bail!("AveragePool of {:?}", inputs[0].shape());
        };
        let (out_h, out_w) = (self.rows.out(h), self.cols.out(w));
        let mut out = Tensor::zero::<f32>(&[n, c, out_h, out_w])?;
        if h * w > 0 {
            let plain = inputs[0].try_as_plain_ram()?;
            let mut to = out.try_as_plain_ram_mut()?;
            let maps = plain.as_slice::<f32>()?.chunks_exact(h * w);
            let outs = to.as_slice_mut::<f32>()?.chunks_exact_mut(out_h * out_w);
            maps.zip(outs).for_each(|(map, out)| mean(self, map, [h, w], out));
        }
        Ok(tvec!(out.into_tvalue()))
    }
}

impl TypedOp for BoxMean {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let shape = &inputs[0].shape;
        ensure!(shape.rank() == 4, "AveragePool of rank {}", shape.rank());
        let along = |side: Side, n: &TDim| {
            let padded = n.clone() + (side.before + side.after) as i64 - side.kernel as i64;
            padded / side.stride as u64 + 1
        };
        let shape = [
            shape[0].clone(),
            shape[1].clone(),
            along(self.rows, &shape[2]),
            along(self.cols, &shape[3]),
        ];
        Ok(tvec!(f32::fact(&shape)))
    }

    as_op!();
}

/// What is known of shapes before the graph is typed.
#[derive(Clone, Debug)]
struct Rules(BoxMean);

impl Expansion for Rules {
    fn name(&self) -> StaticName {
        "BoxMean".into()
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
        solver.equals(&outputs[0].datum_type, f32::datum_type())?;
        solver.equals(&inputs[0].rank, 4)?;
        solver.equals(&outputs[0].rank, 4)?;
        solver.given(&inputs[0].shape, move |solver, shape| {
            let fact = f32::fact(shape);
            let out = self.0.output_facts(&[&fact])?.remove(0);
            solver.equals(&outputs[0].shape, ShapeFactoid::from(out.shape.to_tvec()))
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Means over boxes by a plain loop.
    fn plain(op: &BoxMean, map: &[f32], [h, w]: [usize; 2]) -> Vec<f32> {
        let mut out = Vec::new();
        for (y, x) in (0..op.rows.out(h)).flat_map(|y| (0..op.cols.out(w)).map(move |x| (y, x))) {
            let (mut sum, mut count) = (0.0, 0.0f32);
            for (i, j) in (0..op.rows.kernel).flat_map(|i| (0..op.cols.kernel).map(move |j| (i, j)))
            {
                let at = |k: usize, i: usize, side: Side, n: usize| {
                    (k * side.stride + i).checked_sub(side.before).filter(|v| *v < n)
                };
                let inside = at(y, i, op.rows, h).zip(at(x, j, op.cols, w));
                sum += inside.map_or(0.0, |(y, x)| map[y * w + x]);
                count += f32::from(u8::from(inside.is_some() || op.padding_counts));
            }
            out.push(sum / count);
        }
        out
    }

    #[test]
    fn means_are_those_of_a_plain_loop() {
        let side = |kernel, stride, pad| Side { kernel, stride, before: pad, after: pad };
        let cell = side(1, 1, 0);
        for (h, w) in [(8, 8), (9, 16), (3, 5)] {
            let map: Vec<f32> = (0..h * w).map(|k| ((k * 37) % 19) as f32 / 7.0 - 1.0).collect();
            for (rows, cols) in [
                (cell, side(3, 1, 1)),
                (side(3, 1, 1), cell),
                (cell, side(15, 1, 7)),
                (side(75, 1, 37), cell),
                (side(2, 2, 0), side(2, 2, 0)),
                (side(3, 1, 1), side(3, 2, 1)),
            ] {
                for padding_counts in [false, true] {
                    let op = BoxMean { rows, cols, padding_counts };
                    let want = plain(&op, &map, [h, w]);
                    let mut got = vec![0.0; want.len()];
                    op.mean(&map, [h, w], &mut got);
                    for (a, b) in got.iter().zip(&want) {
                        assert!((a - b).abs() < 1e-5, "{op:?} {h} {w}: {got:?} {want:?}");
                    }
                }
            }
        }
    }
}
