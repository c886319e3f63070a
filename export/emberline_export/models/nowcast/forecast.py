"""A whole nowcast: chances of each rate, rain that is likely, and rain to expect, lead by lead."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...data.scores.skill import RATES_MM_H
from . import decide
from .features import NAMES, Now, each_lead
from .logistic import chance


@dataclass(frozen=True)
class Said:
    """What is said of one lead."""

    minutes: float
    chances: np.ndarray  # [K, H, W], falling with the rate
    likely_mm_h: np.ndarray  # [H, W]


def chances(b: np.ndarray, x: np.ndarray, minutes: float) -> np.ndarray:
    """Chances `[K, H, W]`, falling with the rate, of features `[K, F, H, W]`."""
    flat = x.reshape(*x.shape[:2], -1).transpose(0, 2, 1)
    p = np.stack([chance(one, f, minutes) for one, f in zip(b, flat, strict=True)])
    return decide.falling(p).reshape(len(b), *x.shape[2:])


def decided(p: np.ndarray, carried: list[float], last: list[float], minutes: float) -> np.ndarray:
    """The field of rain that is likely, mm/h; cells by rate in the last frame, carried and not."""
    most = [
        decide.most_cells(c, a, float(q.sum()), minutes, r)
        for c, a, q, r in zip(carried, last, p, RATES_MM_H, strict=True)
    ]
    return decide.likely(p, [decide.cut(q, m) for q, m in zip(p, most, strict=True)])


def carried_cells(x: np.ndarray) -> list[float]:
    """Cells that reach each rate in the carried last frame, from its features."""
    return [float((own >= -1e-3).sum()) for own in x[:, NAMES.index("own")]]


def last_cells(n: Now) -> list[float]:
    """Cells that reach each rate in the last frame, filled."""
    return [float((n.db >= 10 * np.log10(r) - 1e-3).sum()) for r in RATES_MM_H]


def forecast(n: Now, b: np.ndarray, leads_min: list[float]) -> Iterator[Said]:
    """Of rising leads, by the numbers of the curves `[K, 2 (F + 1)]`."""
    last = last_cells(n)
    for m, x in each_lead(n, leads_min):
        p = chances(b, x, m)
        yield Said(m, p, decided(p, carried_cells(x), last, m))
