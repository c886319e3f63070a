"""Continuous ranked probability score, mm/h a cell: of an ensemble, and of chances at a few rates.

CRPS = ∫ (F(r) − [r ≥ y])² dr for a forecast distribution F and a rate y that came (Hersbach 2000).
0 is perfect; a single forecast's is its absolute error.
"""

import numpy as np


def of_ensemble(members: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """CRPS of members `[M, …]` against `[…]`, by two estimators.

    The first takes the members as the whole distribution: E|X − y| − ½ E|X − X'|, over all pairs.
    The second takes them as a sample of it and leaves a member's pair with itself out ("fair").
    Ties need no care, as they do in `pysteps.verification.probscores.CRPS`.
    """
    m = len(members)
    if m < 2:
        raise ValueError(f"CRPS: an ensemble of {m}")
    members = np.sort(members.astype(np.float64), 0)
    away = np.abs(members - truth).mean(0)
    weights = 2 * np.arange(1, m + 1) - m - 1  # Σ|xi − xj| over pairs = 2 Σ weight · sorted x
    spread = np.tensordot(weights, members, 1)
    return away - spread / m**2, away - spread / (m * (m - 1))


def of_chances(chance: np.ndarray, rates_mm_h: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """CRPS of the distribution that exceeds `rates_mm_h` `[K]` with `chance` `[K, …]`.

    Between rates the chance is linear in the rate; it is 0 from twice the largest rate on. Below
    the smallest rate it stays that rate's chance: the films have no rain below 0.1 mm/h but dry, so
    what is not above it is dry. The integral is exact: on each piece, cut at the truth, the square
    of a linear function. Rates must rise from above 0.
    """
    rates = np.asarray(rates_mm_h, np.float64)
    if rates[0] <= 0 or (np.diff(rates) <= 0).any():
        raise ValueError(f"CRPS: rates {rates.tolist()} do not rise from above 0")
    knots = np.concatenate([[0.0], rates, [2 * rates[-1]]])
    above = np.concatenate([chance[:1], chance, np.zeros_like(chance[:1])]).astype(np.float64)
    total = np.maximum(truth - knots[-1], 0.0)
    for k in range(len(knots) - 1):
        low, high = knots[k], knots[k + 1]
        cut = np.clip(truth, low, high)
        at_cut = above[k] + (above[k + 1] - above[k]) * (cut - low) / (high - low)
        total = total + (cut - low) * square(1 - above[k], 1 - at_cut)
        total = total + (high - cut) * square(at_cut, above[k + 1])
    return total


def square(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean of the square of what goes linearly from `a` to `b`."""
    return (a * a + a * b + b * b) / 3
