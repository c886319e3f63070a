"""Score one forecast against what came: counts and sums by lead, which add up over starts.

Cells without data in the truth are left out; where a forecast says nothing it says dry. A cell is
rainy at a rate from that rate on. FSS (Roberts and Lean 2008) counts rainy cells in windows of
9 × 9; outside the view, and where the truth has no data, it is dry in both. Reliability has ten
bins; bin k holds k/10 ≤ p < (k+1)/10, give or take a rounding, the last one also 1.
"""

import numpy as np
from scipy.ndimage import uniform_filter

from ...data.rain_forecast import NEAR, RainForecast, reaches
from .crps import of_chances, of_ensemble

RATES_MM_H = (0.1, 0.5, 1.0, 5.0)
FSS_MM_H, WINDOW_CELLS = (0.5, 5.0), 9
CHANCE_MM_H = (0.1, 1.0, 5.0)
BINS = 10
INSIDE = ("cells", "counts", "abs_error_sum", "crps_sum", "crps_fair_sum", "brier_sum")


def counts(said: np.ndarray, truth: np.ndarray, rate_mm_h: float) -> list[int]:
    """Hits, misses and false alarms in `[H, W]`; NaN of the truth is left out."""
    yes = reaches(said, rate_mm_h) & ~np.isnan(truth)
    rained = reaches(truth, rate_mm_h)  # NaN is not
    hits = int((yes & rained).sum())
    return [hits, int(rained.sum()) - hits, int(yes.sum()) - hits]


def fss_sums(said: np.ndarray, truth: np.ndarray, rate_mm_h: float) -> list[float]:
    """Σ (a − b)² and Σ a² + b² of rainy shares of windows; FSS = 1 − first / second."""
    rainy = (reaches(said, rate_mm_h) & ~np.isnan(truth), reaches(truth, rate_mm_h))
    a, b = (uniform_filter(r.astype(float), WINDOW_CELLS, mode="constant") for r in rainy)
    return [float(((a - b) ** 2).sum()), float((a**2 + b**2).sum())]


def reliability(chance: np.ndarray, rained: np.ndarray) -> list[list[float]]:
    """Of each bin: cells, cells where it rained, sum of the chances said."""
    at = np.minimum(((chance + NEAR) * BINS).astype(int), BINS - 1)
    cells, came = np.bincount(at, minlength=BINS), np.bincount(at, rained, BINS)
    said = np.round(np.bincount(at, chance, BINS), 3)
    return [cells.tolist(), came.astype(int).tolist(), said.tolist()]


def crps_sums(
    said: RainForecast, lead: int, known: np.ndarray, truth: np.ndarray
) -> tuple[float, float]:
    """CRPS summed over known cells of a lead, and the fair one of an ensemble (else the same)."""
    if said.members_mm_h is not None:
        each = of_ensemble(said.members_mm_h[:, lead][:, known], truth)
        return float(each[0].sum()), float(each[1].sum())
    if said.chance is not None:
        total = float(of_chances(said.chance[:, lead][:, known], said.chance_mm_h, truth).sum())
    else:
        total = float(np.abs(said.rain_mm_h[lead][known].astype(np.float64) - truth).sum())
    return total, total


def score(said: RainForecast, truth_mm_h: np.ndarray) -> dict[str, list]:
    """Counts and sums, a list over leads each.

    `counts` `[L][rates][hit, miss, false]`; `fss` `[L][rates][2]`; `cells` with data;
    `abs_error_sum`, `crps_sum`, `crps_fair_sum` mm/h; `brier_sum` `[L][chances]`; `reliability`
    `[L][chances][cells, came, said][bins]` of what has chances.
    """
    said = said.cut(len(truth_mm_h))
    chances = np.stack([said.probability(r) for r in CHANCE_MM_H])
    rows: list[dict] = []
    for lead, frame in enumerate(truth_mm_h):
        known = ~np.isnan(frame)
        truth, one = frame[known].astype(np.float64), said.rain_mm_h[lead]
        crps, fair = crps_sums(said, lead, known, truth)
        row = {
            "cells": int(known.sum()),
            "counts": [counts(one, frame, r) for r in RATES_MM_H],
            "fss": [fss_sums(one, frame, r) for r in FSS_MM_H],
            "abs_error_sum": float(np.abs(one[known].astype(np.float64) - truth).sum()),
            "crps_sum": crps,
            "crps_fair_sum": fair,
            "brier_sum": [],
        }
        tables = []
        for chance, rate in zip(chances[:, lead], CHANCE_MM_H, strict=True):
            p, rained = chance[known], reaches(frame, rate)[known]
            row["brier_sum"].append(float(((p - rained) ** 2).sum()))
            tables.append(reliability(p, rained))
        if said.probabilistic:
            row["reliability"] = tables
        rows.append(row)
    return {name: [r[name] for r in rows] for name in rows[0]}


def score_inside(said: RainForecast, truth_mm_h: np.ndarray, inside: np.ndarray) -> dict[str, list]:
    """The same over the cells `[L, H, W]` that are `inside`, without windows and bins."""
    found = score(said, np.where(inside[: len(truth_mm_h)], truth_mm_h, np.nan))
    return {name: found[name] for name in INSIDE}
