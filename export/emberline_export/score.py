"""Scores, the same definitions as `runtime/src/score/`; counts are pooled, then divided."""

from dataclasses import dataclass, field

import numpy as np


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
