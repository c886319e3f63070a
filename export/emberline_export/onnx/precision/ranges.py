"""How large activations get: a float32 graph is run on calibration films, every layer is watched.

Of each tensor that a layer takes or gives a fixed share of its values is kept. The range is the one
that loses least: of shrunken copies of the range seen, that with the smallest mean squared error
after rounding. A few far values are then clipped, and all others get finer steps.
"""

from collections.abc import Iterable

import numpy as np
import onnx
import onnxruntime
from onnx import ModelProto

from .qdq import Layer, Range, Ranges, activation_scale, layers_of

KEEP = 4096  # values of a tensor that are kept of each film
SHARES = np.linspace(0.4, 1.0, 25)  # of the range seen, that are tried


def session(model: ModelProto, optimise: bool = True) -> onnxruntime.InferenceSession:
    """One thread on the CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    level = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = (
        level.ORT_ENABLE_ALL if optimise else level.ORT_ENABLE_EXTENDED
    )
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def thinned(values: np.ndarray) -> np.ndarray:
    """Evenly picked values, the smallest and the largest."""
    flat = values.ravel()
    step = max(len(flat) // KEEP, 1) | 1  # odd, so that it does not follow rows
    return np.concatenate([flat[::step], [flat.min(), flat.max()]]).astype(np.float32)


def best_range(values: np.ndarray, form: str) -> Range:
    """The range of smallest squared error."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    best, least = Range(low, high), np.inf
    for share in SHARES:
        r = Range(low * share, high * share)
        scale, zero = activation_scale(r, form)
        info = np.iinfo(zero.dtype)
        steps = np.clip(np.rint(values / scale) + int(zero), max(info.min, -127), info.max)
        error = float((((steps - int(zero)) * scale - values) ** 2).mean())
        if error < least:
            best, least = r, error
    return best


def watched(model: ModelProto, tensors: Iterable[str]) -> ModelProto:
    """The model with more outputs."""
    more = ModelProto.FromString(model.SerializeToString())
    have = {o.name for o in more.graph.output} | {i.name for i in more.graph.input}
    for name in dict.fromkeys(tensors):
        if name not in have:
            more.graph.output.append(onnx.ValueInfoProto(name=name))
    return more


def ranges_of(model: ModelProto, feeds: Iterable[dict[str, np.ndarray]], form: str) -> Ranges:
    """Ranges of every layer of a shrunken float32 graph."""
    layers: list[Layer] = layers_of(model.graph)
    names = list(dict.fromkeys(t for x in layers for t in (*x.takes, *x.gives)))
    inputs = {i.name for i in model.graph.input}
    asked = [n for n in names if n not in inputs]
    runner = session(watched(model, asked))
    kept: dict[str, list[np.ndarray]] = {n: [] for n in names}
    for feed in feeds:
        for name, value in zip(asked, runner.run(asked, feed), strict=True):
            kept[name].append(thinned(value))
        for name in inputs.intersection(names):
            kept[name].append(thinned(feed[name]))
    values = {n: np.concatenate(v) for n, v in kept.items()}
    found: dict[tuple[str, ...], Range] = {}

    def of(tensors: tuple[str, ...]) -> Range:
        key = tuple(dict.fromkeys(tensors))
        if key not in found:
            found[key] = best_range(np.concatenate([values[t] for t in key]), form)
        return found[key]

    return {x.digest: (of(x.takes), of(x.gives)) for x in layers}
