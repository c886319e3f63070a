"""Alerts of a front that reaches a line, held against films whose truth is known.

    python -m emberline_export evaluate alerts --emberline ../target/release/emberline

Lines are drawn by chance on ground that has not burnt at the first forecast. A forecast is made by
the program at each step, from the film up to there, and judged as the station judges it: the alert
is raised at the first forecast that gives some cell of the line the probability by a lead within
the time that is asked for. It is over when no forecast has said so for ten minutes. Lines of one
fire are no independent trials: events are fires. Films B and C have chosen the tracker's numbers,
the decision threshold and the calibration, and are no test; simulated fires are of the split
`test`. Baselines, from what the same forecasts say has burnt: the line's distance to that, by how
fast it has shrunk in the last five forecasts; and a distance alone. The latter from the true masks,
too, which no camera has.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.ndimage import distance_transform_edt

from ..onnx.page import table
from .tracker import CONTEXT, Film, drones, simulated

PROBABILITIES = (0.2, 0.3, 0.5, 0.7, 0.9)
DISTANCES = (4, 8, 16)  # cells
LEADS = 20
LINES = 40  # a film
LENGTH = 20  # cells
BACK = 4  # forecasts over which the front's approach is taken
CLEAR_S = 600.0


@dataclass
class Line:
    """Cells `[N, 2]` of a line, and when the front reaches it, seconds of the film."""

    cells: np.ndarray
    reached_s: float


@dataclass
class Count:
    """What became of alerts."""

    hits: int = 0
    missed: int = 0
    false: int = 0
    hours: float = 0.0  # of lines that were watched
    gained_s: list[float] = field(default_factory=list)

    def row(self) -> list[str]:
        """Its columns."""
        reached = self.hits + self.missed
        gained = f"{np.median(self.gained_s) / 60:.1f}" if self.gained_s else "–"
        share = f"{self.hits / reached:.2f}" if reached else "–"
        return [str(reached), share, gained, f"{self.false / max(self.hours, 1e-9):.2f}"]


def lines(film: Film, first: int, rng: np.random.Generator) -> list[Line]:
    """Lines on ground that has not burnt at the frame `first`; half of them near the fire."""
    height, width = film.burnt.shape[1:]
    away = distance_transform_edt(~film.burnt[first])
    out: list[Line] = []
    while len(out) < LINES:
        y, x, turn = rng.uniform(0, height), rng.uniform(0, width), rng.uniform(0, np.pi)
        along = np.linspace(-LENGTH / 2, LENGTH / 2, 2 * LENGTH)
        cells = np.stack([y + along * np.sin(turn), x + along * np.cos(turn)], 1).astype(int)
        if cells.min() < 0 or (cells >= [height, width]).any():
            continue
        cells = np.unique(cells, axis=0)
        nearest = away[cells[:, 0], cells[:, 1]].min()
        if nearest < 3 or (len(out) < LINES // 2 and nearest > 30):
            continue
        burns = film.burnt[:, cells[:, 0], cells[:, 1]].any(1)
        at = int(burns.argmax()) if burns.any() else None
        out.append(Line(cells, np.inf if at is None else at * film.dt_s))
    return out


def judged(says: np.ndarray, times: np.ndarray, line: Line, within_s: float, count: Count) -> None:
    """Counts the alerts of a line of which the forecasts at `times` say so, or not."""
    watched = times < line.reached_s
    count.hours += watched.sum() * (times[1] - times[0]) / 3600
    opened = last = None
    raised: list[float] = []
    for time, so in zip(times[watched], says[watched], strict=True):
        if so:
            if opened is None:
                opened = time
                raised.append(time)
            last = time
        elif opened is not None and time - last >= CLEAR_S:
            opened = None
    ends = times[-1]
    for at in raised:
        came = line.reached_s <= at + within_s
        # Whether it comes in time the film must show.
        count.false += int(not came and ends >= at + within_s)
    if np.isfinite(line.reached_s) and watched.any():
        good = [at for at in raised if line.reached_s <= at + within_s]
        if good:
            count.hits += 1
            count.gained_s.append(line.reached_s - good[0])
        else:
            count.missed += 1


def distances(burnt: np.ndarray, places: list[np.ndarray]) -> list[float]:
    """Distance of each line to what has burnt, cells."""
    if not burnt.any():
        return [np.inf] * len(places)
    away = distance_transform_edt(~burnt)
    return [away[cells[:, 0], cells[:, 1]].min() for cells in places]


def probabilities(
    program: Path, film: Film, every: int, places: list[np.ndarray], leads: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times `[S]` of forecasts, the likeliest cell of each line by the last lead `[S, N]`, and the
    distance of each to what has burnt, as far as the program knows."""
    at = range((CONTEXT - 1) * every, len(film.frames), every)
    times, said, away = [], [], []
    with tempfile.TemporaryDirectory() as tmp:
        clip, out = Path(tmp, "film.npz"), Path(tmp, "out")
        np.savez(clip, frames=film.frames, dt_s=film.dt_s, kind=film.kind)
        for k in at:
            command = [str(program), "forecast", str(clip), str(out), "--at", str(k)]
            command += ["--step", str(film.dt_s * every), "--leads", str(leads)]
            done = subprocess.run([*command, "--engine", "tract"], capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"{film.name}, frame {k}: {done.stderr.strip()}")
            forecast = np.load(out / "forecast.npz")
            burn = forecast["burn_probability"][-1]
            away.append(distances(forecast["arrival_s"] == 0, places))
            times.append(k * film.dt_s)
            said.append([burn[cells[:, 0], cells[:, 1]].max() for cells in places])
    return np.array(times), np.array(said), np.array(away)


def rows(program: Path, films: list[Film], every: int, seed: int) -> list[list[str]]:
    """A row a threshold and baseline, over all lines of these films."""
    counts: dict[str, Count] = {}
    for number, film in enumerate(films):
        rng = np.random.default_rng([seed, number])
        first = (CONTEXT - 1) * every
        burns = np.flatnonzero(film.burnt.any((1, 2)))
        first = max(first, int(burns[0]) if len(burns) else first)
        drawn = lines(film, first, rng)
        places = [line.cells for line in drawn]
        within_s = LEADS * every * film.dt_s
        times, said, away = probabilities(program, film, every, places, LEADS)
        frames = [round(time / film.dt_s) for time in times]
        true_away = np.array([distances(film.burnt[k], places) for k in frames])
        step_s = every * film.dt_s
        speed = np.zeros_like(away)
        speed[BACK:] = (away[:-BACK] - away[BACK:]) / (BACK * step_s)
        speed[~np.isfinite(speed)] = 0
        with np.errstate(divide="ignore", invalid="ignore"):
            soon = (speed > 0) & (away / np.maximum(speed, 1e-9) <= within_s)
        for k, line in enumerate(drawn):
            for p in PROBABILITIES:
                name = f"forecast, p ≥ {p}"
                judged(said[:, k] >= p, times, line, within_s, counts.setdefault(name, Count()))
            judged(soon[:, k], times, line, within_s, counts.setdefault("approach", Count()))
            for name, how_far in (("nearer", away), ("true masks, nearer", true_away)):
                for cells in DISTANCES:
                    count = counts.setdefault(f"{name} than {cells} cells", Count())
                    judged(how_far[:, k] < cells, times, line, within_s, count)
        print(f"{film.name}: {len(times)} forecasts", file=sys.stderr, flush=True)
    return [[name, *count.row()] for name, count in counts.items()]


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate alerts`."""
    p.add_argument("--emberline", type=Path, required=True, help="the built program")
    p.add_argument("--fires", type=int, default=12, help="simulated fires")
    p.add_argument("--seed", type=int, default=22)


def main(args: argparse.Namespace) -> int:
    """Print the tables."""
    head = ["alert", "lines reached", "told before", "minutes before (median)"]
    head += ["false alarms an hour and line"]
    for title, films, every in [
        ("Drone films B and C, a forecast each 30 s, within 10 min", drones(), 2),
        (
            f"{args.fires} simulated fires with warm rocks and roads, each 15 s, within 5 min",
            simulated(args.fires),
            1,
        ),
    ]:
        scored = rows(args.emberline, films, every, args.seed)
        print(f"\n{title}\n\n{table(head, scored)}", flush=True)
    return 0
