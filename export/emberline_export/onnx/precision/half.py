"""Float16 in the graph: an engine that takes its types from the graph (TensorRT 11) obeys them.

Convolutions, and what only passes their values on to the next, are float16. Float32 stay: whatever
a GridSample or the codebook's MatMul depends on down to the nearest convolution (coordinates, flow,
distances, ArgMin), all other arithmetic (logarithms, divisions, sigmoids, sums over leads), layers
that are kept by measured sensitivity, and every input and output of the graph.
"""

from collections.abc import Iterable

import numpy as np
import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from .qdq import layers_of

# What passes values on, and which inputs are values; every one of them must be float16 already.
PASSES = {
    "Relu": slice(0, 1),
    "Add": slice(0, 2),
    "Concat": slice(0, None),
    "Slice": slice(0, 1),
    "Split": slice(0, 1),
    "DepthToSpace": slice(0, 1),
}
STAYS = ("GridSample", "MatMul", "ArgMin")  # and what they depend on down to a convolution


def float_zone(graph: GraphProto) -> set[int]:
    """Indices of nodes that a GridSample or a codebook depends on, down to a convolution."""
    makers = {o: i for i, n in enumerate(graph.node) for o in n.output}
    todo = [i for i, n in enumerate(graph.node) if n.op_type in STAYS]
    zone: set[int] = set()
    while todo:
        i = todo.pop()
        if i in zone or graph.node[i].op_type == "Conv":
            continue
        zone.add(i)
        todo += [makers[name] for name in graph.node[i].input if name in makers]
    return zone


def typed(model: ModelProto, layers: Iterable[str]) -> ModelProto:
    """`model` with the layers whose digests are given, and what lies between them, in float16."""
    half_model = ModelProto.FromString(model.SerializeToString())
    graph, chosen = half_model.graph, set(layers)
    convolutions = {x.weight for x in layers_of(graph) if x.digest in chosen}
    zone, values = float_zone(graph), {t.name: t for t in graph.initializer}
    halves: dict[str, str] = {}  # float32 tensor → its float16 copy
    reals: dict[str, str] = {}  # float16 tensor → its float32 copy
    outputs, nodes = {o.name for o in graph.output}, []

    def cast(name: str, to: int) -> str:
        copies, kind = (halves, "half") if to == TensorProto.FLOAT16 else (reals, "real")
        if name in copies:
            return copies[name]
        new = f"{name}:{kind}"
        if name in values:
            array = numpy_helper.to_array(values[name]).astype(np.float16)
            graph.initializer.append(numpy_helper.from_array(array, new))
        else:
            nodes.append(helper.make_node("Cast", [name], [new], to=to))
        copies[name] = new
        return new

    made: set[str] = set()  # tensors that are float16
    for i, old in enumerate(graph.node):
        node = NodeProto.FromString(old.SerializeToString())
        is_layer = node.op_type == "Conv" and node.input[1] in convolutions
        where = PASSES.get(node.op_type)
        passes = where is not None and i not in zone and made.issuperset(node.input[where])
        if not is_layer and not passes:
            for k, name in enumerate(node.input):
                if name in made:
                    node.input[k] = cast(name, TensorProto.FLOAT)
            nodes.append(node)
            continue
        for k, name in enumerate(node.input):
            if name and name not in made and (is_layer or k in range(*where.indices(99))):
                node.input[k] = cast(name, TensorProto.FLOAT16)
        nodes.append(node)
        for k, name in enumerate(node.output):
            if name in outputs:
                node.output[k] = inner = f"{name}:half"
                nodes.append(helper.make_node("Cast", [inner], [name], to=TensorProto.FLOAT))
                made.add(inner)
            else:
                made.add(name)
    del graph.node[:]
    graph.node.extend(nodes)
    return half_model


def stored(model: ModelProto, layers: Iterable[str]) -> ModelProto:
    """`model` with weights of the given layers kept as float16 in the file and cast when loaded."""
    small = ModelProto.FromString(model.SerializeToString())
    graph, chosen = small.graph, set(layers)
    casts = []
    for layer in layers_of(graph):
        if layer.digest not in chosen:
            continue
        (tensor,) = (t for t in graph.initializer if t.name == layer.weight)
        array = numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(array, f"{layer.weight}:half"))
        cast = helper.make_node(
            "Cast", [tensor.name], [f"{layer.weight}:real"], to=TensorProto.FLOAT
        )
        casts.append(cast)
        for node in graph.node:
            if node.op_type == "Conv" and node.input[1] == layer.weight:
                node.input[1] = cast.output[0]
    nodes = [*casts, *(NodeProto.FromString(n.SerializeToString()) for n in graph.node)]
    del graph.node[:]
    graph.node.extend(nodes)
    return small


def check_rules(model: ModelProto) -> None:
    """Refuse a float16 graph whose warps, codebooks, inputs or outputs are not float32."""
    onnx.checker.check_model(model, full_check=True)
    seen = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
    of = {v.name: v.type.tensor_type.elem_type for v in (*seen.value_info, *seen.input)}
    of |= {v.name: v.type.tensor_type.elem_type for v in seen.output}
    of |= {t.name: t.data_type for t in seen.initializer}
    for value in (*seen.input, *seen.output):
        if of[value.name] == TensorProto.FLOAT16:
            raise ValueError(f"{value.name}: float16; inputs and outputs are float32")
    for node in seen.node:
        halves = [n for n in node.input if of.get(n) == TensorProto.FLOAT16]
        if node.op_type in STAYS and halves:
            raise ValueError(f"{node.op_type} reads {halves[0]}, which is float16")
    if any(v.type.tensor_type.elem_type for v in model.graph.value_info):
        raise ValueError("value_info is not empty: an engine would believe its stale types")
