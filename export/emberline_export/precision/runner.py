"""Graphs of a folder run by ONNX Runtime on one thread: the whole window, and the stream.

An engine is a function from a folder and a precision to two such runs. Here is the one that Python
has; the runtime's own (tract, ORT on the CPU, TensorRT) would stand beside it.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx

from .. import check
from ..folder import GRAPHS, file_of, has_stream
from .films import Film
from .ranges import session
from .scores import Run


def window(path: Path) -> Run:
    """Run the whole window of one file."""
    runner = session(onnx.load(str(path)))
    names = [o.name for o in runner.get_outputs()]

    def run(film: Film) -> dict[str, np.ndarray]:
        return dict(zip(names, runner.run(names, film.feed), strict=True))

    return run


def stream(folder: Path, precision: str) -> Run:
    """Run encode, translate and decode."""
    parts = [session(onnx.load(str(folder / file_of(g, precision)))) for g in GRAPHS[1:]]

    def run(film: Film) -> dict[str, np.ndarray]:
        feed = film.feed
        return check.streamed(*parts, feed["frames"], feed.get("front"))

    return run


ENGINES: dict[str, Callable[[Path, str], tuple[Run, Run | None]]] = {
    "ONNX Runtime, CPU": lambda folder, precision: (
        window(folder / file_of(GRAPHS[0], precision)),
        stream(folder, precision) if has_stream(folder, precision) else None,
    )
}
