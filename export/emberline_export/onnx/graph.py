"""One ONNX graph: written from a module, and refused where an engine would get it wrong in silence.

Opset 17; heights and widths stay open (multiples of 8); codebooks are initialisers; batch norm is
folded; no Loop.
"""

from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from .card import OPSET


def write(
    module: nn.Module,
    args: tuple[Tensor, ...],
    path: Path,
    inputs: list[str],
    outputs: list[str],
    divide: dict[str, int],
) -> None:
    """Export one module; `divide` names the tensors whose grid is smaller, and how much."""

    def axes(name: str, rank: int) -> dict[int, str]:
        d = divide.get(name, 1)
        return {
            rank - 2: "height" if d == 1 else f"height_{d}",
            rank - 1: "width" if d == 1 else f"width_{d}",
        }

    module.eval()
    with torch.no_grad():
        result = module(*args)
    result = result if isinstance(result, tuple) else (result,)
    dynamic = {n: axes(n, a.dim()) for n, a in zip(inputs + outputs, (*args, *result), strict=True)}
    torch.onnx.export(
        module,
        args,
        str(path),
        input_names=inputs,
        output_names=outputs,
        dynamic_axes=dynamic,
        opset_version=OPSET,
        dynamo=False,
        do_constant_folding=True,
    )
    graph = onnx.load(str(path))
    graph.doc_string = ""
    graph.producer_name, graph.producer_version = "emberline-export", "0.1.0"
    for node in graph.graph.node:
        node.doc_string = ""
        if node.op_type == "Conv":  # some engines want these said
            names = {a.name for a in node.attribute}
            if "strides" not in names:
                node.attribute.append(onnx.helper.make_attribute("strides", [1, 1]))
            if "dilations" not in names:
                node.attribute.append(onnx.helper.make_attribute("dilations", [1, 1]))
    for slot, value in zip(graph.graph.output, result, strict=True):
        dims = slot.type.tensor_type.shape.dim
        for k in range(value.dim() - 2):  # shape inference may lose what is fixed
            dims[k].dim_value = value.shape[k]
    del graph.graph.value_info[:]
    onnx.save(graph, str(path))
    check_graph(path)


def check_graph(path: Path) -> dict[str, int]:
    """Refuse what breaks an engine silently; return node counts."""
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    opset = next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))
    if not 16 <= opset <= 19:
        raise ValueError(
            f"{path.name}: opset {opset}: TensorRT samples the nearest pixel at 20 and above"
        )
    counts: dict[str, int] = {}
    for node in model.graph.node:
        counts[node.op_type] = counts.get(node.op_type, 0) + 1
        if node.op_type in ("Loop", "If", "Scan"):
            raise ValueError(f"{path.name}: node {node.name}: {node.op_type} is not allowed")
        if node.op_type == "GridSample":
            mode = next((a.s.decode() for a in node.attribute if a.name == "mode"), "bilinear")
            if mode != "bilinear":
                raise ValueError(f"{path.name}: node {node.name}: GridSample mode {mode}")
    return counts
