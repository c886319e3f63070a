"""Cells drawn from many starts: features at several leads, and the rate that came.

Cells near heavy rain are drawn more often, and weigh as much less; every start and lead weighs the
same within its event.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...data.rain_films import EVENTS, Start, films
from ...data.scores.skill import RATES_MM_H
from ...models.nowcast.features import NAMES, each_lead, now

LEADS_MIN = (5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 120)
CELLS = 800  # of a start and lead
HEAVY = 8.0  # times as often near 5 mm/h
# Steps that a film is thinned to, and frames between starts, minutes.
THINNED = {2.0: (2, 4, 6, 10), 5.0: (5, 10, 15)}
BETWEEN_MIN = {"fmi": 10, "knmi": 20, "mrms": 8, "opera": 10, "smhi": 20}


@dataclass(frozen=True)
class Samples:
    """Of one event."""

    x: np.ndarray  # float16 [n, K, F]
    rate: np.ndarray  # mm/h [n] that came
    minutes: np.ndarray  # lead [n]
    step: np.ndarray  # minutes [n]
    weight: np.ndarray  # [n], each start and lead sums to one
    start: np.ndarray  # which [n]


def training_starts(data: Path, event: str) -> Iterator[Start]:
    """More starts than are scored; of many windows, each step is taken from some."""
    all_ = films(data, event)
    for n, film in enumerate(all_):
        for j, step in enumerate(THINNED[film.step_min]):
            if len(all_) > 2 and (n + j) % 2:
                continue
            back = round(step / film.step_min) * (2 if step < 10 else 1)
            between = max(1, round(BETWEEN_MIN.get(event, 5) / film.step_min))
            last = len(film.codes) - 1 - round(15 / film.step_min)
            for at in range(back + n % between, last + 1, between):
                yield Start(film, at, float(step))


def draw(start: Start, rng: np.random.Generator) -> list[tuple[np.ndarray, ...]]:
    """Cells of one start."""
    leads = [float(m) for m in LEADS_MIN if start.truth_mm_h(m) is not None]
    found = []
    if not leads:
        return found
    n = now(start.rain_mm_h, start.ages_min, start.film.cell_km)
    heavy = RATES_MM_H.index(5.0)
    for m, x in each_lead(n, leads):
        truth = start.truth_mm_h(m).ravel()
        flat = x.reshape(*x.shape[:2], -1)
        q = np.where((flat[heavy, NAMES.index("max")] > -0.6) | (truth >= 3), HEAVY, 1.0)
        q[np.isnan(truth)] = 0
        if not q.any():
            continue
        take = rng.choice(len(q), min(CELLS, int((q > 0).sum())), False, q / q.sum())
        w = 1 / q[take]
        found.append(
            (
                flat[:, :, take].transpose(2, 0, 1).astype(np.float16),
                truth[take],
                np.full(len(take), m, np.float32),
                np.full(len(take), start.step_min, np.float32),
                (w / w.sum()).astype(np.float32),
            )
        )
    return found


def samples(data: Path, event: str, folder: Path) -> Samples:
    """Of an event, drawn once and kept."""
    path = folder / f"{event}.npz"
    if not path.exists():
        rng, rows, which = np.random.default_rng([7, list(EVENTS).index(event)]), [], []
        for k, start in enumerate(training_starts(data, event)):
            one = draw(start, rng)
            rows += one
            which += [np.full(len(r[1]), k) for r in one]
        parts = [np.concatenate(p) for p in zip(*rows, strict=True)]
        np.savez(path, *parts, np.concatenate(which))
        print(f"{event}: {len(parts[1])} cells of {k + 1} starts", flush=True)
    with np.load(path) as z:
        return Samples(*(z[f"arr_{i}"] for i in range(6)))
