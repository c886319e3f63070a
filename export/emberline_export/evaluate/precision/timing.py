"""How long graphs take on one processor core, and where the time goes.

Milliseconds are the processor time of the calling thread (sessions have one thread), the least of
many rounds in which all graphs take turns, so that a busy machine slows them alike and the clock on
the wall does not matter. Profiles are ONNX Runtime's own: of every node the least of its runs.
"""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from ...onnx.check import streamed
from ...onnx.folder import GRAPHS, file_of, has_stream
from ...onnx.precision.ranges import session

ROUNDS = 15
CONVOLUTIONS = ("Conv", "FusedConv", "QLinearConv", "NhwcFusedConv", "ConvInteger")


def feed_of(runner: onnxruntime.InferenceSession, side: int) -> dict[str, np.ndarray]:
    """Random values of the shapes that a graph takes on a square view."""
    rng, feed = np.random.default_rng(0), {}
    for value in runner.get_inputs():
        shape = []
        for d in value.shape:  # `height`, or `height_4` where the grid is 4 times coarser
            if isinstance(d, str):
                stem, _, divide = d.partition("_")
                if stem not in ("height", "width"):
                    raise ValueError(f"{value.name}: axis {d} is not known")
                d = side // int(divide or 1)
            shape.append(d)
        feed[value.name] = rng.random(shape, dtype=np.float32)
    return feed


def window_call(path: Path, side: int) -> Callable[[], object]:
    """One run of a whole window."""
    runner = session(onnx.load(str(path)))
    feed = feed_of(runner, side)
    return lambda: runner.run(None, feed)


def stream_call(folder: Path, precision: str, side: int) -> Callable[[], object]:
    """One new frame of a stream: it is encoded, all latents translated, every lead decoded."""
    parts = [session(onnx.load(str(folder / file_of(g, precision)))) for g in GRAPHS[1:]]
    runner = session(onnx.load(str(folder / file_of(GRAPHS[0], precision))))
    feed = feed_of(runner, side)
    encode = parts[0]
    newest = encode.run(None, {"frame": feed["frames"][:, -1]})

    class Ring:
        """Stands for `encode`: older frames are in the ring, only the newest is encoded."""

        def __init__(self) -> None:
            self.asked = 0

        def run(self, names: None, given: dict[str, np.ndarray]) -> list[np.ndarray]:
            self.asked += 1
            last = self.asked % feed["frames"].shape[1] == 0
            return encode.run(names, given) if last else newest

    ring = Ring()
    return lambda: streamed(ring, *parts[1:], feed["frames"], feed.get("front"))


def least_ms(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Least processor milliseconds of each call over interleaved rounds."""
    best = dict.fromkeys(calls, float("inf"))
    for call in calls.values():  # the first run sets up
        call()
    for _ in range(ROUNDS):
        for name, call in calls.items():
            start = time.thread_time()
            call()
            best[name] = min(best[name], (time.thread_time() - start) * 1e3)
    return best


def calls_of(folder: Path, precisions: list[str], side: int) -> dict[str, Callable[[], object]]:
    """Window and stream of every precision: `int8 window`, `int8 stream`."""
    calls = {}
    for p in precisions:
        calls[f"{p} window"] = window_call(folder / file_of(GRAPHS[0], p), side)
        if has_stream(folder, p):
            calls[f"{p} stream"] = stream_call(folder, p, side)
    return calls


def profile(path: Path, side: int) -> dict[str, tuple[int, float]]:
    """Nodes and milliseconds by kind of node, the slowest first."""
    with tempfile.TemporaryDirectory() as room:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_profiling, options.profile_file_prefix = True, str(Path(room) / "p")
        runner = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        feed = feed_of(runner, side)
        for _ in range(ROUNDS):
            runner.run(None, feed)
        events = json.loads(Path(runner.end_profiling()).read_text())
    least: dict[tuple[str, str], float] = {}
    for e in events:
        if e.get("cat") == "Node" and e["name"].endswith("kernel_time"):
            key = (e["args"]["op_name"], e["name"])
            least[key] = min(least.get(key, float("inf")), e["dur"] / 1e3)
    table: dict[str, tuple[int, float]] = {}
    for (kind, _), ms in least.items():
        count, total = table.get(kind, (0, 0.0))
        table[kind] = (count + 1, total + ms)
    return dict(sorted(table.items(), key=lambda row: -row[1][1]))
