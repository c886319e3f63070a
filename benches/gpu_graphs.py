"""Graphs and films for `gpu.py`: the shipped fire model at batches it is not shipped for.

Shipped graphs have batch 1. For another batch the network is exported again from its weights with
the shipped calibration; its float16 and int8 twins take layers and ranges from the shipped ones.
Every graph made is held against the batch-1 graph on golden films before it may be timed.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from emberline_export.models.physicnet.checkpoint import load_network
from emberline_export.models.physicnet.network import FRONT, PhysicNet
from emberline_export.onnx.card import read_card
from emberline_export.onnx.folder import GRAPHS, file_of
from emberline_export.onnx.graph import check_graph, write
from emberline_export.onnx.physicnet.graphs import Window
from emberline_export.onnx.precision.plan import Plan, build
from emberline_export.onnx.precision.qdq import Range, Ranges, layers_of
from emberline_export.onnx.precision.ranges import session
from emberline_export.onnx.precision.rules import check_rules
from emberline_export.onnx.precision.shrink import pack, shrink
from onnx import ModelProto, NodeProto, TensorProto, numpy_helper

ROOT = Path(__file__).resolve().parent.parent
FOLDER, WEIGHTS = ROOT / "models" / "fire-v1", ROOT / "export" / "weights" / "fire-v1.pt"
OUTPUTS = ["forecast", "burn_probability", "codes_global", "codes_local"]
MOST_OFF = 1e-3  # largest difference in float32 from the batch-1 graph on the same films


@dataclass(frozen=True)
class Batched:
    """A graph made for a batch, and how far it is from the batch-1 graph on golden films."""

    precision: str
    batch: int
    max_abs: float  # of forecast and burn probability
    mean_abs: float
    equal_codes: float  # share


def network(card: dict) -> PhysicNet:
    """The weights, with leaning and calibration of the card: they were fitted after training."""
    net, told = load_network(WEIGHTS), card["training"]
    with torch.no_grad():
        lean = [told[f"lean_{k}"] for k in ("share", "knee", "slope")]
        net.arrival.lean.copy_(torch.tensor(lean))
        abc = [told.get(f"calibration_{k}") for k in "abc"]
        if abc[2] is None:  # fire-v1: a · logit p + b
            abc = [abc[0], abc[0], abc[1]]
        net.arrival.calibration.copy_(torch.tensor(abc))
    return net.requires_grad_(False)


def export(net: PhysicNet, batch: int, path: Path, side: int = 64) -> None:
    """The whole window in float32; height and width stay open, the batch is fixed."""
    frames = torch.rand(batch, net.cfg.context, 1, side, side)
    front = torch.rand(batch, FRONT, side, side) * 5
    divide = {"codes_global": net.cfg.coarse.stride, "codes_local": net.cfg.fine.stride}
    write(Window(net), (frames, front), path, ["frames", "front"], OUTPUTS, divide)


def layers_in(model: ModelProto) -> dict[str, tuple[str, Range | None, Range | None]]:
    """Layers of a low-precision graph: precision, and for int8 the ranges of input and output."""
    graph = model.graph
    made = {o: n for n in graph.node for o in n.output}
    read = {i: n for n in graph.node for i in n.input}
    values = {t.name: t for t in graph.initializer}

    def span(node: NodeProto) -> Range:
        most = 127 * float(numpy_helper.to_array(values[node.input[1]]))
        return Range(-most, most)

    found: dict[str, tuple[str, Range | None, Range | None]] = {}
    for node in (n for n in graph.node if n.op_type == "Conv"):
        weight = made.get(node.input[1])
        if weight is None:
            half = values[node.input[1]].data_type == TensorProto.FLOAT16
            found[node.name] = ("float16" if half else "float32", None, None)
        elif weight.op_type == "Cast":
            found[node.name] = ("stored", None, None)
        else:
            after = read[node.output[0]]
            after = read[after.output[0]] if after.op_type == "Relu" else after
            found[node.name] = ("int8", span(made[node.input[0]]), span(after))
    return found


def twin(precision: str, small: ModelProto, shipped: ModelProto) -> ModelProto:
    """`small` (shrunken, float32) with every layer as it is in the shipped graph."""
    told, ranges, low, stored = layers_in(shipped), Ranges(), set(), set()
    for layer in layers_of(small.graph):
        kind, takes, gives = told[layer.name]
        if kind == precision:
            low.add(layer.digest)
            ranges[layer.digest] = (takes, gives)
        elif kind == "stored":
            stored.add(layer.digest)
    return pack(build(Plan(precision, frozenset(low), frozenset(stored)), small, ranges))


def film(golden: dict, kind: str, side: int, items: range = range(1)) -> dict[str, np.ndarray]:
    """A golden film repeated over the view, moved on by 8 cells from one item to the next."""
    feed = {}
    for name in ("frames", "front"):
        tile = golden[f"{kind}.{name}"]
        times = [-(-side // n) for n in tile.shape[-2:]]
        whole = np.tile(tile, [1] * (tile.ndim - 2) + times)[..., :side, :side]
        feed[name] = np.concatenate([np.roll(whole, 8 * k, -1) for k in items])
    return feed


def compared(one: ModelProto, many: ModelProto, golden: dict, batch: int) -> dict[str, float]:
    """Answers of both on the two golden films in turn, which are far from a tie between codes."""
    films = [
        {n: np.ascontiguousarray(golden[f"{k}.{n}"][..., :56, :64]) for n in ("frames", "front")}
        for k in ("mask", "thermal")
    ]
    runner = session(one)
    said = [runner.run(OUTPUTS, f) for f in films]
    order = [k % 2 for k in range(batch)]
    feed = {n: np.concatenate([films[k][n] for k in order]) for n in films[0]}
    parts = list(zip(session(many).run(OUTPUTS, feed), zip(*said, strict=True), strict=True))
    off = [np.abs(a - np.concatenate([b[k] for k in order])) for a, b in parts[:2]]
    same = [(a == np.concatenate([b[k] for k in order])).mean() for a, b in parts[2:]]
    return {
        "max_abs": float(max(x.max() for x in off)),
        "mean_abs": float(max(x.mean() for x in off)),
        "equal_codes": float(min(same)),
    }


class Graphs:
    """Paths of graphs by precision and batch; those not shipped are made in `room`, once."""

    def __init__(self, room: Path) -> None:
        """Nothing is made yet."""
        self.room, self.card = room, read_card(FOLDER)
        self.golden = dict(np.load(FOLDER / "golden.npz"))
        self.made: dict[tuple[str, int], Batched] = {}

    def path(self, precision: str, batch: int) -> Path:
        """The graph's file.

        Raises `ValueError` when a float32 graph differs from batch 1 by more than `MOST_OFF`.
        """
        name = file_of(GRAPHS[0], precision)
        if batch == 1:
            return FOLDER / name
        path = self.room / f"{batch}-{name}"
        if (precision, batch) in self.made:
            return path
        shipped = onnx.load(str(FOLDER / name))
        if precision == "float32":
            export(network(self.card), batch, path)
        else:
            small = shrink(onnx.load(str(self.path("float32", batch))))
            onnx.save(twin(precision, small, shipped), str(path))
            check_rules(precision, onnx.load(str(path)))
        check_graph(path)
        found = compared(shipped, onnx.load(str(path)), self.golden, batch)
        if precision == "float32" and found["max_abs"] > MOST_OFF:
            raise ValueError(f"batch {batch}: {found['max_abs']:.1e} from batch 1, over {MOST_OFF}")
        self.made[precision, batch] = Batched(precision, batch, **found)
        return path
