"""From chances to one field: the largest rate whose chance passes its cut, or the mean.

The cut is the forecast's own: of all cuts, the one whose area is expected to have the best critical
success index by the chances themselves. That area grows where chances are small, so it is bounded:
by the area that the last frame has when carried, which needs no chance to be right, and at longer
leads more and more by the area that the chances expect. Heavy rain, whose chances are the least
sure, is bounded by the carried area, at longer leads more and more by that of the last frame as
seen where this is smaller: what stands at the border flows in without end when carried, and heavy
rain does not. Cuts are found on a histogram of chances in steps of one in a thousand.
"""

import numpy as np

from ...data.scores.skill import RATES_MM_H

BINS = 1000
AREA = 1.1  # times the area that is looked for
ALL_EXPECTED_MIN = 120.0  # lead from which only the chances tell the area
HEAVY_MM_H = 5.0  # from here on they do not
ALL_SEEN_MIN = 60.0  # lead from which heavy rain covers no more than was seen


def most_cells(
    carried: float, last: float, expected: float, minutes: float, rate_mm_h: float
) -> float:
    """Cells that may pass: a weighted mean of the area carried and of another, cells.

    `last`: cells that reach the rate in the last frame, not carried.
    """
    if rate_mm_h >= HEAVY_MM_H:
        part, other = min(minutes / ALL_SEEN_MIN, 1.0), min(carried, last)
    else:
        part, other = min(minutes / ALL_EXPECTED_MIN, 1.0), expected
    return AREA * max(carried, 1e-9) ** (1 - part) * max(other, 1e-9) ** part


def cut(p: np.ndarray, most: float = np.inf) -> float:
    """The least chance that counts, of chances `p` of one rate and lead; 2 where none does."""
    at = np.minimum((p * BINS + 0.5).astype(int), BINS).ravel()
    count = np.bincount(at, minlength=BINS + 1)[::-1].cumsum().astype(float)
    hits = np.bincount(at, np.asarray(p, float).ravel(), BINS + 1)[::-1].cumsum()
    allowed = int((count <= most + 0.5).sum())
    if hits[-1] <= 0 or allowed == 0:
        return 2.0
    best = int(np.argmax((hits / np.maximum(count + hits[-1] - hits, 1e-9))[:allowed]))
    return max(BINS - best - 0.5, 0.0) / BINS


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
    margin = np.stack(
        [logit(a) - logit(np.array(min(c, 1.0))) for a, c in zip(p, cuts, strict=True)]
    )
    passes = np.stack([a >= c for a, c in zip(p, cuts, strict=True)])
    rates = np.log(np.array([*RATES_MM_H, 2 * RATES_MM_H[-1]]))
    top = np.where(passes.any(0), len(p) - 1 - passes[::-1].argmax(0), -1)
    k = np.maximum(top, 0)
    margin = np.concatenate([margin, margin[-1:] - 1.5])
    over = np.maximum(np.take_along_axis(margin, k[None], 0)[0], 0)
    under = np.minimum(np.take_along_axis(margin, k[None] + 1, 0)[0], -1e-6)
    part = np.clip(over / (over - under), 0, 0.999)
    return np.where(top < 0, 0, np.exp(rates[k] + part * (rates[k + 1] - rates[k])) * (1 + 1e-6))


def expected(p: np.ndarray) -> np.ndarray:
    """mm/h to expect: the integral of the chances `[K, …]` over the rate.

    Linear between the rates; below the smallest its chance, above the largest falling to nothing
    at twice it. That is the distribution whose CRPS is scored.
    """
    rates = np.array([0.0, *RATES_MM_H, 2 * RATES_MM_H[-1]])
    above = np.concatenate([p[:1], p, np.zeros_like(p[:1])])
    return np.tensordot(np.diff(rates), (above[1:] + above[:-1]) / 2, 1)


def expected_by_logarithms(p: np.ndarray) -> np.ndarray:
    """The same with the logarithm of the chance linear between the rates, as rain has it."""
    q = np.maximum(p, 1e-6)
    falls = np.log(q[:-1] / q[1:])
    steep = falls > 1e-3
    mean = np.where(steep, (q[:-1] - q[1:]) / np.where(steep, falls, 1), (q[:-1] + q[1:]) / 2)
    ends = RATES_MM_H[0] * p[0] + RATES_MM_H[-1] / 2 * p[-1]
    return ends + np.tensordot(np.diff(RATES_MM_H), mean, 1)
