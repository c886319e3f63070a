"""Int8 by quantize and dequantize nodes (QDQ) around chosen convolutions, all else in float32.

    int8      activations and weights signed, every zero point 0: what TensorRT takes
    int8-u8   activations unsigned with a zero point of their own: quicker in ONNX Runtime on x86

Weights have a scale for each output channel (axis 0), activations one for each tensor; biases stay
float32, as TensorRT lists no int32 dequantize. A layer is a convolution's weights: where the graph
applies them lead by lead, its uses share one range. The codebook (MatMul, ArgMin, Gather), warps
and everything that is no convolution are never touched.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

SIGNED, UNSIGNED = "int8", "int8-u8"


@dataclass(frozen=True)
class Layer:
    """Convolutions that share their weights: the tensors they take, and those they give."""

    name: str  # of the first use
    weight: str  # initialiser
    digest: str  # of the weights' bytes: the same layer in another graph of the folder
    takes: tuple[str, ...]
    gives: tuple[str, ...]  # after the ReLU, where one follows and nothing else reads before it
    bytes: int  # of the weights


@dataclass(frozen=True)
class Range:
    """Values that an activation is allowed to have; it always holds 0."""

    low: float
    high: float


Ranges = dict[str, tuple[Range, Range]]  # by layer digest: what it takes, what it gives


def readers(graph: GraphProto) -> dict[str, list[NodeProto]]:
    """Nodes that read each tensor."""
    found: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        for name in dict.fromkeys(node.input):
            found.setdefault(name, []).append(node)
    return found


def layers_of(graph: GraphProto) -> list[Layer]:
    """Every convolution's weights, in the order of the graph."""
    import hashlib

    weights = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    outputs, after = {o.name for o in graph.output}, readers(graph)
    found: dict[str, Layer] = {}
    for node in graph.node:
        if node.op_type != "Conv" or node.input[1] not in weights:
            continue
        gives = node.output[0]
        next_ = after.get(gives, [])
        if len(next_) == 1 and next_[0].op_type == "Relu" and gives not in outputs:
            gives = next_[0].output[0]
        w = weights[node.input[1]]
        old = found.get(node.input[1])
        found[node.input[1]] = Layer(
            old.name if old else node.name,
            node.input[1],
            old.digest if old else hashlib.sha256(w.tobytes()).hexdigest(),
            (*(old.takes if old else ()), node.input[0]),
            (*(old.gives if old else ()), gives),
            w.nbytes,
        )
    return list(found.values())


def weight_scales(w: np.ndarray) -> np.ndarray:
    """Scale of each output channel: the largest weight is 127 steps."""
    most = np.abs(w.reshape(len(w), -1)).max(1)
    return np.where(most > 0, most / 127, 1.0).astype(np.float32)


def rounded(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights as int8 and their scales by channel."""
    scale = weight_scales(w)
    steps = np.rint(w / scale.reshape(-1, *[1] * (w.ndim - 1)))
    return np.clip(steps, -127, 127).astype(np.int8), scale


def activation_scale(r: Range, form: str) -> tuple[np.float32, np.ndarray]:
    """Scale and zero point of an activation."""
    if form == SIGNED:
        return np.float32(max(-r.low, r.high, 1e-6) / 127), np.int8(0)
    scale = np.float32(max(r.high - r.low, 1e-6) / 255)
    return scale, np.uint8(np.clip(np.rint(-r.low / scale), 0, 255))


class Quantizer:
    """Rewrites one graph; `done` holds the tensors that went through a pair already."""

    def __init__(self, model: ModelProto, form: str) -> None:
        """Copy the model."""
        if form not in (SIGNED, UNSIGNED):
            raise ValueError(f"form {form!r}: int8 or int8-u8")
        self.model = ModelProto.FromString(model.SerializeToString())
        self.graph, self.form = self.model.graph, form
        self.done: dict[str, str] = {}
        self.first: list[NodeProto] = []  # weights: they depend on nothing
        self.added: set[str] = set()

    def value(self, name: str, array: np.ndarray) -> str:
        """Add an initialiser."""
        if name not in self.added:
            self.added.add(name)
            self.graph.initializer.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def pair(self, tensor: str, r: Range) -> list[NodeProto]:
        """Quantize and dequantize a tensor; whoever reads it will read the result."""
        if tensor in self.done:
            return []
        scale, zero = activation_scale(r, self.form)
        s = self.value(f"{tensor}:scale", scale)
        z = self.value(f"{tensor}:zero", zero)
        self.done[tensor] = f"{tensor}:real"
        return [
            helper.make_node("QuantizeLinear", [tensor, s, z], [f"{tensor}:steps"]),
            helper.make_node("DequantizeLinear", [f"{tensor}:steps", s, z], [f"{tensor}:real"]),
        ]

    def weights(self, layer: Layer) -> str:
        """Int8 weights in the place of float32 ones."""
        (tensor,) = (t for t in self.graph.initializer if t.name == layer.weight)
        steps, scale = rounded(numpy_helper.to_array(tensor))
        name = layer.weight
        self.graph.initializer.remove(tensor)
        inputs = [
            self.value(f"{name}:steps", steps),
            self.value(f"{name}:scale", scale),
            self.value(f"{name}:zero", np.zeros(len(scale), np.int8)),
        ]
        self.first.append(helper.make_node("DequantizeLinear", inputs, [f"{name}:real"], axis=0))
        return f"{name}:real"

    def run(self, layers: Iterable[Layer], ranges: Ranges) -> ModelProto:
        """Quantize `layers`: what they take, their weights, what they give."""
        layers = list(layers)
        real = {layer.weight: self.weights(layer) for layer in layers}
        wanted: dict[str, Range] = {}
        for layer in layers:
            takes, gives = ranges[layer.digest]
            wanted |= dict.fromkeys(layer.gives, gives)
            wanted |= dict.fromkeys(layer.takes, takes)
        made = {o for n in self.graph.node for o in n.output}
        outputs = {o.name for o in self.graph.output}
        nodes = list(self.first)
        for name in (i.name for i in self.graph.input):
            nodes += self.pair(name, wanted[name]) if name in wanted else []
        for old in self.graph.node:
            node = NodeProto.FromString(old.SerializeToString())
            if node.op_type == "Conv" and node.input[1] in real:
                node.input[1] = real[node.input[1]]
            node.input[:] = [self.done.get(n, n) for n in node.input]
            pairs = []
            for k, name in enumerate(node.output):
                if name not in wanted:
                    continue
                inner = f"{name}:float" if name in outputs else name
                node.output[k] = inner
                pair = self.pair(inner, wanted[name])
                if name in outputs:
                    pair[-1].output[0] = self.done[name] = name
                pairs += pair
            nodes += [node, *pairs]
        missing = set(wanted) - made - {i.name for i in self.graph.input}
        if missing:
            raise ValueError(f"nothing makes the tensors {sorted(missing)}")
        del self.graph.node[:]
        self.graph.node.extend(nodes)
        return self.model


def quantized(model: ModelProto, form: str, layers: Iterable[str], ranges: Ranges) -> ModelProto:
    """`model` with the layers whose digests are given in int8."""
    chosen = set(layers)
    return Quantizer(model, form).run(
        [x for x in layers_of(model.graph) if x.digest in chosen], ranges
    )


def check_rules(model: ModelProto, form: str) -> None:
    """Refuse an int8 graph that TensorRT would not take, or that quantizes what must stay float."""
    graph = model.graph
    values = {t.name: t for t in graph.initializer}
    real = set()
    for node in graph.node:
        if node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
            continue
        zero = values[node.input[2]]
        of_weight = node.input[0] in values
        allowed = TensorProto.INT8 if form == SIGNED or of_weight else TensorProto.UINT8
        if zero.data_type != allowed:
            raise ValueError(f"{node.output[0]}: zero point of type {zero.data_type}")
        if allowed == TensorProto.INT8 and numpy_helper.to_array(zero).any():
            raise ValueError(f"{node.output[0]}: zero point is not 0")
        axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
        if of_weight and axis != 0:
            raise ValueError(f"{node.output[0]}: weights by axis {axis}, not 0")
        if of_weight and values[node.input[0]].data_type != TensorProto.INT8:
            raise ValueError(f"{node.output[0]}: weights of another type than int8")
        if node.op_type == "DequantizeLinear":
            real.update(node.output)
    for node in graph.node:
        if node.op_type in ("MatMul", "ArgMin", "GridSample") and real.intersection(node.input):
            raise ValueError(f"{node.output[0]}: {node.op_type} reads an int8 tensor")
    onnx.checker.check_model(model, full_check=True)
