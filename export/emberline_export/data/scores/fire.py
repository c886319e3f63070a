"""Scores, the same definitions as `runtime/vision/src/score/`; counts are pooled, then divided."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..film import Sample

Forecaster = Callable[[Sample], np.ndarray]  # burn probability [L, H, W]


@dataclass
class NewBurn:
    """Counts on cells not burnt at the last context frame, one row a lead."""

    hit: np.ndarray
    false: np.ndarray
    miss: np.ndarray

    @classmethod
    def zero(cls, leads: int) -> "NewBurn":
        """No counts yet."""
        return cls(*(np.zeros(leads, np.int64) for _ in range(3)))

    def add(self, said: np.ndarray, truth: np.ndarray, now: np.ndarray) -> None:
        """Count said and true burnt masks `[L, H, W]`, outside `now` `[H, W]`."""
        s, t = said & ~now, truth & ~now
        self.hit += (s & t).sum((1, 2))
        self.false += (s & ~t).sum((1, 2))
        self.miss += (~s & t).sum((1, 2))

    def f1(self) -> np.ndarray:
        """F1 by lead; 0 where nothing was said and nothing burnt."""
        return 2 * self.hit / np.maximum(2 * self.hit + self.false + self.miss, 1)


ARRIVAL_CHANCE_MIN = 0.1  # chance to burn within the horizon below which no time is given
NEVER_HORIZONS = 3.0  # what "never" counts as


def arrival_frames(p: np.ndarray) -> np.ndarray:
    """Frames until a cell burns if it burns within the horizon `[H, W]`: the median, NaN never.

    From burn probability `[L, H, W]` that never falls with lead, interpolated within a lead.
    """
    chance = p[-1]
    steps = np.concatenate([np.zeros_like(p[:1]), p])
    after = np.maximum(np.argmax(steps >= 0.5 * chance, axis=0), 1)[None]
    low, high = (np.take_along_axis(steps, k, 0)[0] for k in (after - 1, after))
    within = np.clip((0.5 * chance - low) / np.maximum(high - low, 1e-9), 0, 1)
    sure = (chance > 0) & (chance >= ARRIVAL_CHANCE_MIN)
    return np.where(sure, after[0] - 1 + within, np.nan)


@dataclass
class Reliability:
    """Observed frequency by said probability, in tenths."""

    said: np.ndarray = field(default_factory=lambda: np.zeros(10))
    seen: np.ndarray = field(default_factory=lambda: np.zeros(10))
    count: np.ndarray = field(default_factory=lambda: np.zeros(10))
    brier: float = 0.0

    def add(self, p: np.ndarray, truth: np.ndarray) -> None:
        """Add probabilities and outcomes, flat."""
        b = np.minimum((p * 10).astype(int), 9)
        self.said += np.bincount(b, p, 10)
        self.seen += np.bincount(b, truth, 10)
        self.count += np.bincount(b, minlength=10)
        self.brier += float(((p - truth) ** 2).sum())

    def error(self) -> float:
        """Expected calibration error over all bins but the lowest (far, cold cells)."""
        n = np.maximum(self.count[1:], 1)
        gap = np.abs(self.said[1:] / n - self.seen[1:] / n)
        return float((gap * self.count[1:]).sum() / max(self.count[1:].sum(), 1))


def score(samples: list[Sample], forecaster: Forecaster, thresholds: list[float]) -> dict:
    """New-burn F1 by threshold and lead, arrival MAE (frames, never = 3 horizons), reliability."""
    leads = len(samples[0].future)
    counts = {t: NewBurn.zero(leads) for t in thresholds}
    reliability, late, cells = Reliability(), 0.0, 0
    for s in samples:
        p = forecaster(s)[:leads]
        now = s.burnt_by == 0
        truth = s.burnt_by[None] <= np.arange(1, leads + 1)[:, None, None]
        near = ~now & (s.front[0] <= 4 * leads)
        reliability.add(p[:, near].ravel(), truth[:, near].ravel())
        reached = ~now & (s.burnt_by <= leads)
        cells += int(reached.sum())
        for t in thresholds:
            counts[t].add(p >= t, truth, now)
        said = np.nan_to_num(arrival_frames(p)[reached], nan=NEVER_HORIZONS * leads)
        late += float(np.abs(said - (s.burnt_by[reached] - 0.5)).sum())
    return {
        "f1": {t: c.f1() for t, c in counts.items()},
        "arrival_mae": late / max(cells, 1),
        "reliability": reliability,
    }
