"""Write docs/tracker.md: what has burnt, and the forecast from it, on whole thermal films.

    python -m emberline_export evaluate tracker --emberline ../target/release/emberline \
        --before OLD/emberline --out ../docs/tracker.md

The films are the drone films B and C of `EMBERLINE_DATA`, with their annotated masks: they chose
the tracker's numbers and are never trained on. Each start is one run of the program on the thermal
film up to there, or on the annotated masks. `--before` adds rows of another program.
"""

import argparse
import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..data.root import data_root
from ..onnx.page import render, table

PAGE = Path(__file__).with_name("tracker.md.j2")
LEADS = (5, 10)
FILM_STEP_S = 15.0
CONTEXT = 10


@dataclass
class Film:
    """A thermal film `[T,H,W]` and what had burnt by each of its frames."""

    name: str
    heat: np.ndarray
    burnt: np.ndarray
    segment: np.ndarray


@dataclass
class Row:
    """Sums over the starts of one film."""

    now: list[float] = field(default_factory=list)
    new: dict[int, np.ndarray] = field(default_factory=lambda: {x: np.zeros(3) for x in LEADS})


def films() -> list[Film]:
    """The drone films; breaks of B are jumps of gain and not of the view."""
    out = []
    for name in "BC":
        z = np.load(data_root() / "fire_validation" / f"firesentry_{name}_208x120.npz")
        mask = np.unpackbits(z["mask"], axis=-1)[..., : z["heat"].shape[-1]].astype(bool)
        segment = z["segment"] if name == "C" else np.zeros(len(mask))
        out.append(Film(name, z["heat"], np.maximum.accumulate(mask, axis=0), segment))
    return out


def starts(film: Film, every: int, count: int) -> list[int]:
    """Evenly spread starts with a whole clip before and, where the film has it, ten steps after."""
    need = LEADS[-1] * every
    if len(film.heat) - need < (CONTEXT - 1) * every + count:
        need = LEADS[0] * every
    first = max((CONTEXT - 1) * every, 20)
    fit = [
        k for k in range(first, len(film.heat) - need) if film.segment[k] == film.segment[k + need]
    ]
    if not fit:
        return []
    return sorted({fit[int(i)] for i in np.linspace(0, len(fit) - 1, count)})


def f1(hit: float, miss: float, false: float) -> float:
    """F1 of counts."""
    return 2 * hit / max(2 * hit + miss + false, 1)


def counts(forecast: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Hits, misses, false alarms."""
    sums = (forecast & truth).sum(), (truth & ~forecast).sum(), (forecast & ~truth).sum()
    return np.array(sums, float)


def score(program: Path, film: Film, kind: str, every: int, count: int) -> Row:
    """Forecasts of one program from one film, held against the annotated masks."""
    row = Row()
    with tempfile.TemporaryDirectory() as tmp:
        frames = film.heat if kind == "thermal" else film.burnt.astype(np.uint8)
        clip, out = Path(tmp, "film.npz"), Path(tmp, "out")
        np.savez(clip, frames=frames, dt_s=FILM_STEP_S, kind=kind)
        for at in starts(film, every, count):
            step_s = str(FILM_STEP_S * every)
            command = [str(program), "forecast", str(clip), str(out), "--at", str(at)]
            command += ["--step", step_s, "--leads", str(LEADS[-1]), "--engine", "tract"]
            subprocess.run(command, check=True, capture_output=True)
            forecast = np.load(out / "forecast.npz")
            threshold = json.loads((out / "forecast.json").read_text())["product"]["threshold"]
            was, now = forecast["arrival_s"] == 0, film.burnt[at]
            row.now.append(f1(*counts(was, now)))
            for lead in LEADS:
                if at + lead * every < len(film.burnt):
                    said = (forecast["burn_probability"][lead - 1] >= threshold) & ~was & ~now
                    row.new[lead] += counts(said, film.burnt[at + lead * every] & ~now)
    return row


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate tracker`."""
    p.add_argument("--emberline", type=Path, required=True, help="the built program")
    p.add_argument("--before", type=Path, help="another program, such as one without a tracker")
    p.add_argument("--starts", type=int, default=10, help="a film and step")
    p.add_argument("--out", type=Path, required=True)


def main(args: argparse.Namespace) -> int:
    """Score, write the page."""
    methods = [
        ("annotated masks", args.emberline, "mask"),
        ("thermal film", args.emberline, "thermal"),
    ]
    if args.before:
        methods.append(("thermal film, ten frames only", args.before, "thermal"))
    rows = []
    for every in (2, 4):
        for name, program, kind in methods:
            by_film = {
                film.name: score(program, film, kind, every, args.starts) for film in films()
            }
            pooled = {x: sum(row.new[x] for row in by_film.values()) for x in LEADS}
            cells = [f"{np.mean(row.now):.2f}" for row in by_film.values()]
            cells += [f"{f1(*pooled[x]):.2f}" for x in LEADS]
            many = " / ".join(str(len(row.now)) for row in by_film.values())
            rows.append([f"{every * FILM_STEP_S:.0f} s", name, *cells, many])
            print(*rows[-1], flush=True)
    head = ["step", "forecast from", "burnt now B", "C"]
    head += [*(f"new burn, lead {x}" for x in LEADS), "starts B / C"]
    args.out.write_text(render(PAGE, table=table(head, rows)))
    print(f"{args.out}")
    return 0
