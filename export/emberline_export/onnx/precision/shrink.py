"""Make a graph small without changing what it computes: of little networks, names are heavy.

An exporter writes every constant as a node and names every tensor after the module it came from: of
a file of 1 MB, that is 180 kB. Here constants become initialisers, equal ones one; what depends on
constants alone is computed (by ONNX Runtime, once); equal nodes are merged; what nobody reads goes;
and tensors get short names. Inputs and outputs of the graph keep theirs, convolutions a readable
name of their own. The result depends on the graph alone.
"""

import itertools
import re
from collections.abc import Iterable

import numpy as np
import onnx
import onnxruntime
from onnx import GraphProto, ModelProto, NodeProto, numpy_helper

FOLD_MOST_BYTES = 4096  # a computed constant may be larger only if it replaces as much
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def reads(node: NodeProto) -> list[str]:
    """Names of the tensors a node takes; left-out inputs are left out."""
    return [name for name in node.input if name]


def layer_name(node: NodeProto) -> str:
    """Readable name of a convolution, from the module it came from: `translator.0.space`.

    `/net/translator/translator.0/space/space.0/Conv` repeats each module in the next one's name,
    and `space.0` is the convolution in its block with batch norm and ReLU.
    """
    parts = [p for p in node.name.split("/") if p and p not in ("net", "Conv")]
    kept = [p for p, after in zip(parts, [*parts[1:], ""], strict=True) if not after.startswith(p)]
    return ".".join(kept) or node.name


def constants_to_initialisers(graph: GraphProto) -> None:
    """Write `Constant` nodes as initialisers."""
    nodes = []
    for node in graph.node:
        if node.op_type == "Constant":
            (value,) = node.attribute
            if value.name != "value":
                raise ValueError(f"node {node.name}: Constant of {value.name} is not known here")
            tensor = graph.initializer.add()
            tensor.CopyFrom(value.t)
            tensor.name = node.output[0]
        else:
            nodes.append(node)
    replace_nodes(graph, nodes)


def replace_nodes(graph: GraphProto, nodes: Iterable[NodeProto]) -> None:
    """Put `nodes` in the place of all nodes."""
    copies = [NodeProto.FromString(n.SerializeToString()) for n in nodes]
    del graph.node[:]
    graph.node.extend(copies)


def fold(model: ModelProto) -> None:
    """Compute what depends on initialisers alone."""
    graph = model.graph
    constant = {t.name: len(t.raw_data) for t in graph.initializer}
    folded: list[NodeProto] = []
    for node in graph.node:
        if all(name in constant for name in node.input) and node.input:
            folded.append(node)
            constant |= dict.fromkeys(node.output, sum(constant[n] for n in node.input))
    made = {o for n in folded for o in n.output}
    if not made:
        return
    done = {id(n) for n in folded}
    wanted = {n for node in graph.node if id(node) not in done for n in reads(node)} & made
    names = sorted(wanted - {o.name for o in graph.output})
    outputs = [onnx.ValueInfoProto(name=n) for n in names]
    taken = {n for node in folded for n in reads(node)}
    given = [t for t in graph.initializer if t.name in taken]
    part = onnx.helper.make_graph(folded, "constants", [], outputs, given)
    runner = onnx.helper.make_model(
        part, opset_imports=list(model.opset_import), ir_version=model.ir_version
    )
    values = onnxruntime.InferenceSession(
        onnx.shape_inference.infer_shapes(runner).SerializeToString(),
        providers=["CPUExecutionProvider"],
    ).run(names, {})
    for name, value in zip(names, values, strict=True):
        if value.nbytes <= max(FOLD_MOST_BYTES, constant[name]):
            graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    have = {t.name for t in graph.initializer}
    replace_nodes(graph, [n for n in graph.node if not have.issuperset(n.output)])


def merge(graph: GraphProto) -> bool:
    """Merge equal initialisers, equal nodes and identities; whether anything changed."""
    outputs = {o.name for o in graph.output}
    same: dict[str, str] = {}
    seen: dict[bytes, list[str]] = {}
    tensors = []
    for tensor in graph.initializer:
        bare = onnx.TensorProto.FromString(tensor.SerializeToString())
        bare.name = ""
        first = seen.setdefault(bare.SerializeToString(), [tensor.name])
        if first[0] == tensor.name:
            tensors.append(tensor)
        else:
            same[tensor.name] = first[0]
    nodes = []
    for node in graph.node:
        node = NodeProto.FromString(node.SerializeToString())
        node.input[:] = [same.get(n, n) for n in node.input]
        if node.op_type == "Identity" and node.output[0] not in outputs:
            same[node.output[0]] = node.input[0]
            continue
        bare = NodeProto.FromString(node.SerializeToString())
        bare.name, bare.output[:] = "", [""] * len(node.output)
        first = seen.setdefault(bare.SerializeToString(), list(node.output))
        if first == list(node.output) or outputs.intersection(node.output):
            nodes.append(node)
        else:
            same |= dict(zip(node.output, first, strict=True))
    kept = [onnx.TensorProto.FromString(t.SerializeToString()) for t in tensors]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    replace_nodes(graph, nodes)
    return bool(same)


def drop_unread(graph: GraphProto) -> None:
    """Remove nodes and initialisers that no output depends on."""
    wanted, nodes = {o.name for o in graph.output}, []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            wanted.update(reads(node))
            nodes.append(node)
    replace_nodes(graph, nodes[::-1])
    kept = [t for t in graph.initializer if t.name in wanted]
    kept = [onnx.TensorProto.FromString(t.SerializeToString()) for t in kept]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def short(index: int) -> str:
    """0, 1 … z, 10 …: the shortest names there are."""
    text = LETTERS[index % 36]
    while index := index // 36:
        text = LETTERS[index % 36] + text
    return text


def rename(graph: GraphProto) -> None:
    """Short names for tensors, none for nodes but convolutions."""
    names = {p.name: p.name for p in (*graph.input, *graph.output)}
    taken = set(names)
    free = (name for name in map(short, itertools.count()) if name not in taken)

    def new(old: str) -> str:
        if old and old not in names:
            names[old] = next(free)
        return names.get(old, "")

    for node in graph.node:
        node.name = node.name if node.op_type == "Conv" else ""
        node.input[:] = [new(n) for n in node.input]
        node.output[:] = [new(n) for n in node.output]
    for tensor in graph.initializer:
        tensor.name = new(tensor.name)


def name_layers(graph: GraphProto) -> None:
    """Readable names for convolutions; one that is used again gets `~1`, `~2` …."""
    used: dict[str, int] = {}
    for node in graph.node:
        if node.op_type == "Conv" and node.name.startswith("/"):
            name = re.sub(r"\.0(_\d+)?$", r"\1", layer_name(node))
            used[name] = used.get(name, -1) + 1
            node.name = name + (f"~{used[name]}" if used[name] else "")


def shrink(model: ModelProto) -> ModelProto:
    """Return the same graph, small."""
    small = ModelProto.FromString(model.SerializeToString())
    graph = small.graph
    del graph.value_info[:]
    constants_to_initialisers(graph)
    fold(small)
    while merge(graph):
        drop_unread(graph)
    drop_unread(graph)
    name_layers(graph)
    return small


def pack(model: ModelProto) -> ModelProto:
    """Last step before a file is written: merge what became equal, drop, rename."""
    small = ModelProto.FromString(model.SerializeToString())
    drop_unread(small.graph)
    while merge(small.graph):
        drop_unread(small.graph)
    rename(small.graph)
    del small.graph.value_info[:]
    small.graph.name = "g"
    return small
