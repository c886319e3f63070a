"""Write docs/tracker.md: what has burnt, and the forecast from it, on whole films.

    python -m emberline_export evaluate tracker --emberline ../target/release/emberline \
        --out ../docs/tracker.md

Sets: the drone films B and C of `EMBERLINE_DATA`, thermal, with annotated masks (they chose the
tracker's numbers and are never trained on); simulated thermal films with warm rocks and roads;
colour films. Each start is one run of the program on the film up to there, or on masks: the true
ones, and those of the memories in `memories.py`. Rows of `fire-v1` are the model before this one.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..data.film import LATER, Fire, heat_of, warm_ground
from ..data.firesim.travel_time import SPAN, fires
from ..data.heat import flame_intensity
from ..data.root import data_root
from ..onnx.page import render, table
from .memories import classical, sketch

PAGE = Path(__file__).with_name("tracker.md.j2")
LEADS = (5, 10)
CONTEXT = 10
SEED0 = 9_700_000  # of the simulated fires, split `test`
FULL = 255.0


@dataclass
class Film:
    """A film `[T, H, W]` or `[T, H, W, 3]` and what had burnt by each of its frames."""

    name: str
    kind: str
    frames: np.ndarray
    burnt: np.ndarray
    dt_s: float
    segment: np.ndarray | None = None  # starts and leads lie in one
    first: int = 20  # earliest start


@dataclass
class Row:
    """Sums over the starts of some films."""

    now: list[float] = field(default_factory=list)
    new: dict[int, np.ndarray] = field(default_factory=lambda: {x: np.zeros(3) for x in LEADS})

    def add(self, other: "Row") -> None:
        """Pool."""
        self.now += other.now
        for lead in LEADS:
            self.new[lead] = self.new[lead] + other.new[lead]


def drones() -> list[Film]:
    """The drone films; breaks of B are jumps of gain and not of the view."""
    out = []
    for name in "BC":
        z = np.load(data_root() / "fire_validation" / f"firesentry_{name}_208x120.npz")
        mask = np.unpackbits(z["mask"], axis=-1)[..., : z["heat"].shape[-1]].astype(bool)
        segment = z["segment"] if name == "C" else None
        burnt = np.maximum.accumulate(mask, axis=0)
        out.append(Film(name, "thermal", z["heat"], burnt, 15.0, segment))
    return out


def simulated(count: int) -> list[Film]:
    """Uneven fires between warm rocks and roads, from their beginning on."""
    out: list[Film] = []
    for seed, fire in fires("test", SEED0, 128):
        if len(out) == count:
            break
        clock = np.arange(0, SPAN - 1.5, 1.5)
        rng = np.random.default_rng([seed, 18])
        plain = Fire(np.minimum(fire.arrival, LATER), fire.ros, fire.intensity, fire.residence)
        film = heat_of(rng, plain, clock, False, warm_ground(rng, fire.arrival.shape))
        burnt = fire.arrival[None] <= clock[:, None, None]
        frames = np.rint(film * FULL).astype(np.uint8)
        out.append(Film(f"simulated {seed}", "thermal", frames, burnt, 15.0, None, 30))
    return out


def colours() -> list[Film]:
    """Colour films; where nobody annotated them, burnt is what has shown flame."""
    out = []
    for name, begin in (("fdv_pine_straw", 170), ("furg_dollhouse", 0), ("nsv_fireplace", 0)):
        z = np.load(data_root() / "fire_dev" / f"{name}_128.npz")
        rgb = z["rgb"][begin:]
        if "burned" in z.files:
            mask = np.unpackbits(z["burned"], axis=-1)[begin:, :, : rgb.shape[2]].astype(bool)
        else:
            mask = flame_intensity(rgb) >= 0.5
        burnt = np.maximum.accumulate(mask, axis=0)
        out.append(Film(name, "rgb", rgb, burnt, float(z["dt_s"])))
    return out


def starts(film: Film, every: int, count: int) -> list[int]:
    """Evenly spread starts with a whole clip before and, where the film has it, ten steps after."""
    need = LEADS[-1] * every
    if len(film.frames) - need < (CONTEXT - 1) * every + count:
        need = LEADS[0] * every
    first = max((CONTEXT - 1) * every, min(film.first, len(film.frames) // 3))
    fit = [k for k in range(first, len(film.frames) - need) if film.burnt[k].any()]
    if film.segment is not None:
        fit = [k for k in fit if film.segment[k] == film.segment[k + need]]
    return sorted({fit[int(i)] for i in np.linspace(0, len(fit) - 1, count)}) if fit else []


def f1(hit: float, miss: float, false: float) -> float:
    """F1 of counts."""
    return 2 * hit / max(2 * hit + miss + false, 1)


def counts(forecast: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Hits, misses, false alarms."""
    sums = (forecast & truth).sum(), (truth & ~forecast).sum(), (forecast & ~truth).sum()
    return np.array(sums, float)


@dataclass(frozen=True)
class Method:
    """A way from film to forecast: a program, its model, and masks if not the film itself."""

    name: str
    program: Path
    model: str = "fire"
    masks: Callable[[Film], np.ndarray] | None = None

    def score(self, film: Film, every: int, count: int) -> Row:
        """Forecasts from one film, held against its truth."""
        row = Row()
        with tempfile.TemporaryDirectory() as tmp:
            frames = film.frames if self.masks is None else self.masks(film).astype(np.uint8)
            kind = film.kind if self.masks is None else "mask"
            clip, out = Path(tmp, "film.npz"), Path(tmp, "out")
            np.savez(clip, frames=frames, dt_s=film.dt_s, kind=kind)
            for at in starts(film, every, count):
                step_s = str(film.dt_s * every)
                command = [str(self.program), "forecast", str(clip), str(out), "--at", str(at)]
                command += ["--step", step_s, "--leads", str(LEADS[-1]), "--engine", "tract"]
                done = subprocess.run(
                    [*command, "--model", self.model], capture_output=True, text=True
                )
                if done.returncode:
                    raise RuntimeError(f"{film.name}, frame {at}: {done.stderr.strip()}")
                forecast = np.load(out / "forecast.npz")
                threshold = json.loads((out / "forecast.json").read_text())["product"]["threshold"]
                was, now = forecast["arrival_s"] == 0, film.burnt[at]
                row.now.append(f1(*counts(was, now)))
                for lead in LEADS:
                    if at + lead * every < len(film.burnt):
                        said = forecast["burn_probability"][lead - 1] >= threshold
                        truth = film.burnt[at + lead * every] & ~now
                        row.new[lead] += counts(said & ~was & ~now, truth)
        return row


def methods(kind: str, program: Path, before: Path | None) -> list[Method]:
    """What is compared on a kind of film."""
    out = [
        Method("true masks", program, masks=lambda film: film.burnt),
        Method("true masks, fire-v1", program, "fire-v1", lambda film: film.burnt),
        Method("film", program),
        Method("film, fire-v1", program, "fire-v1"),
    ]
    if kind == "thermal":
        out.append(Method("memory of the sketch", program, masks=lambda film: sketch(film.frames)))
        out.append(Method("classical memory", program, masks=lambda film: classical(film.frames)))
    if before:
        out.append(Method("film, ten frames only", before, "fire-v1"))
    return out


def rows(args: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """Set and row of its table."""
    sets = [
        ("drone", "30 s", drones(), 2, args.starts),
        ("drone", "60 s", drones(), 4, args.starts),
        ("warm", "15 s", simulated(args.fires), 1, 2),
        *(
            ("colour", film.name, [film], every, args.starts)
            for film, every in zip(colours(), (2, 5, 2), strict=True)
        ),
    ]
    for title, step, films, every, count in sets:
        for method in methods(films[0].kind, args.emberline, args.before):
            each = [method.score(film, every, count) for film in films]
            pooled = Row()
            for row in each:
                pooled.add(row)
            now = [f"{np.mean(row.now):.2f}" for row in each]
            now = [" / ".join(now)] if len(now) <= 2 else [f"{np.mean(pooled.now):.2f}"]
            new = [f"{f1(*pooled.new[x]):.2f}" for x in LEADS]
            yield title, [step, method.name, *now, *new, str(len(pooled.now))]


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate tracker`."""
    p.add_argument("--emberline", type=Path, required=True, help="the built program")
    p.add_argument("--before", type=Path, help="another program, such as one without a tracker")
    p.add_argument("--starts", type=int, default=10, help="a film and step")
    p.add_argument("--fires", type=int, default=40, help="simulated fires")
    p.add_argument("--out", type=Path, required=True)


def main(args: argparse.Namespace) -> int:
    """Score, write the page."""
    tables: dict[str, list[list[str]]] = {}
    for title, row in rows(args):
        tables.setdefault(title, []).append(row)
        print(title, *row, sep=" | ", flush=True, file=sys.stderr)
    head = ["step", "forecast from", "burnt now", *(f"new burn, lead {x}" for x in LEADS), "starts"]
    args.out.write_text(render(PAGE, **{k: table(head, v) for k, v in tables.items()}))
    print(args.out)
    return 0
