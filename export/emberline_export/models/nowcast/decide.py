"""From chances to one field: the largest rate whose chance passes its cut.

The cut is the forecast's own: of all cuts, the one whose area is expected to have the best critical
success index by the chances themselves, though never so low that the area is more than `AREA` times
the one expected. Cuts are found on a histogram of chances in steps of one in a thousand.
"""

import numpy as np

from .logistic import RATES_MM_H

BINS = 1000
AREA = 1.15


def cut(p: np.ndarray, area: float = AREA, own: bool = True) -> float:
    """The least chance that counts, of chances `p` of one rate and lead; 2 where none does.

    `own` false: the cut whose area is `area` times the expected one.
    """
    at = np.minimum((p * BINS + 0.5).astype(int), BINS).ravel()
    count = np.bincount(at, minlength=BINS + 1)[::-1].cumsum().astype(float)
    hits = np.bincount(at, np.asarray(p, float).ravel(), BINS + 1)[::-1].cumsum()
    total = hits[-1]
    if total <= 0:
        return 2.0
    expected = hits / np.maximum(count + total - hits, 1e-9)
    allowed = count <= area * total
    if not allowed.any():
        return 2.0
    best = int(np.flatnonzero(allowed)[np.argmax(expected[allowed])]) if own else int(allowed.sum() - 1)
    return (BINS - best - 0.5) / BINS


def half_way(p: np.ndarray) -> float:
    """Geometric mean of the cut of best expected score and of the one that keeps the area."""
    return float(np.sqrt(cut(p, np.inf) * cut(p, 1.0, own=False)))


def falling(p: np.ndarray) -> np.ndarray:
    """Chances `[K, …]` of rising rates, none above that of a smaller rate."""
    return np.minimum.accumulate(p, 0)


def logit(p: np.ndarray) -> np.ndarray:
    """Log odds within 1 in 1000."""
    p = np.clip(p, 1e-3, 1 - 1e-3)
    return np.log(p / (1 - p))


def likely(p: np.ndarray, cuts: list[float]) -> np.ndarray:
    """mm/h: the largest rate that passes, between rates by how clearly; 0 where none does.

    `p` `[K, …]`, falling. Above the largest rate that passes, margins of the log odds tell how far
    towards the next rate; the last rate goes on to twice itself.
    """
    margin = np.stack([logit(a) - logit(np.array(min(c, 1.0))) for a, c in zip(p, cuts, strict=True)])
    passes = np.stack([a >= c for a, c in zip(p, cuts, strict=True)])
    rates = np.log(np.array([*RATES_MM_H, 2 * RATES_MM_H[-1]]))
    top = np.where(passes.any(0), len(p) - 1 - passes[::-1].argmax(0), -1)
    k = np.maximum(top, 0)
    margin = np.concatenate([margin, margin[-1:] - 1.5])
    over = np.maximum(np.take_along_axis(margin, k[None], 0)[0], 0)
    under = np.minimum(np.take_along_axis(margin, k[None] + 1, 0)[0], -1e-6)
    part = np.clip(over / (over - under), 0, 0.999)
    return np.where(top < 0, 0, np.exp(rates[k] + part * (rates[k + 1] - rates[k])) * (1 + 1e-6))
