"""Graphs of a folder run by ONNX Runtime on one thread: the whole window, and the stream.

An engine opens a folder in one precision: what runs it on films, and how near it is to PyTorch on
the folder's golden clips. Here is the one that Python has; `program` has those of emberline itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from .. import check
from ..folder import GRAPHS, file_of
from .films import Film
from .ranges import session
from .scores import Run


@dataclass(frozen=True)
class Opened:
    """A folder in one precision, ready to run."""

    run: Run
    far: float  # largest difference to PyTorch on golden clips; NaN: not measured
    alike: float  # least share of equal codes on golden clips; NaN: not measured


class Refused(Exception):
    """An engine does not run a precision; says why in its own words."""


Engine = Callable[[Path, str], Opened]


def window(path: Path) -> Run:
    """Run the whole window of one file."""
    runner = session(onnx.load(str(path)))
    names = [o.name for o in runner.get_outputs()]

    def run(film: Film) -> dict[str, np.ndarray]:
        return dict(zip(names, runner.run(names, film.feed), strict=True))

    return run


def clamped(run: Run) -> Run:
    """The same with frames within 0..1, as emberline hands them on."""

    def within(film: Film) -> dict[str, np.ndarray]:
        out = run(film)
        return out | {"forecast": out["forecast"].clip(0.0, 1.0)}

    return within


def stream(folder: Path, precision: str) -> Run:
    """Run encode, translate and decode."""
    parts = [session(onnx.load(str(folder / file_of(g, precision)))) for g in GRAPHS[1:]]

    def run(film: Film) -> dict[str, np.ndarray]:
        feed = film.feed
        return check.streamed(*parts, feed["frames"], feed.get("front"))

    return run


def golden(folder: Path) -> list[dict[str, np.ndarray]]:
    """Golden clips and PyTorch's answers."""
    z = np.load(folder / "golden.npz")
    cases = sorted({k.split(".")[0] for k in z.files})
    return [{k.split(".")[1]: z[k] for k in z.files if k.startswith(f"{c}.")} for c in cases]


class Given:
    """A golden clip in the place of a film."""

    def __init__(self, case: dict[str, np.ndarray]) -> None:
        """Frames, and front of a fire."""
        self.feed = {k: case[k] for k in ("frames", "front") if k in case}


def against_pytorch(run: Run, folder: Path) -> tuple[float, float]:
    """Largest difference of values and least share of equal codes over golden clips."""
    found = [check.compare(run(Given(case)), case) for case in golden(folder)]
    return max(f for f, _ in found), min(c for _, c in found)


def onnx_runtime(folder: Path, precision: str) -> Opened:
    """The whole window, in Python."""
    run = window(folder / file_of(GRAPHS[0], precision))
    return Opened(run, *against_pytorch(run, folder))


ENGINES: dict[str, Engine] = {"ONNX Runtime, CPU": onnx_runtime}
