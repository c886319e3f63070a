"""Scores of fields and chances against what came, as sums that add up over starts and events."""

import numpy as np
from scipy.ndimage import uniform_filter

from ...data.rain_forecast import reaches
from ...data.scores.skill import FSS_MM_H, RATES_MM_H, RELIABLE_MM_H
from ..nowcast.crps import of_chances

FSS_CELLS = 9
BINS = 10


def counts(said: np.ndarray, truth: np.ndarray, known: np.ndarray) -> list[float]:
    """Hits, misses, false alarms of masks."""
    hit, was, yes = (said & truth & known).sum(), (truth & known).sum(), (said & known).sum()
    return [float(hit), float(was - hit), float(yes - hit)]


def of_field(mm_h: np.ndarray, truth: np.ndarray) -> dict[str, np.ndarray]:
    """`counts` [K, 3], `fss` [., 2], `mae` (sum, cells), `amount` (said, came) of one field."""
    known = ~np.isnan(truth)
    came = np.nan_to_num(truth)
    fss = []
    for r in FSS_MM_H:
        a, b = (
            uniform_filter((reaches(f, r) & known).astype(np.float32), FSS_CELLS, mode="constant")
            for f in (mm_h, came)
        )
        fss.append([float(((a - b) ** 2).sum()), float((a * a + b * b).sum())])
    wrong = np.abs(mm_h - came)[known]
    return {
        "counts": np.array([counts(reaches(mm_h, r), reaches(came, r), known) for r in RATES_MM_H]),
        "fss": np.array(fss),
        "mae": np.array([wrong.sum(dtype=float), known.sum()]),
        "amount": np.array([mm_h[known].sum(dtype=float), came[known].sum(dtype=float)]),
    }


def of_chance(p: np.ndarray, truth: np.ndarray) -> dict[str, np.ndarray]:
    """`brier` [K] sums, `crps` (sum, cells), `reliable` [., bins, 3] (cells, said, came)."""
    known = ~np.isnan(truth)
    t, q = truth[known].astype(np.float64), p[:, known]
    table = []
    for r in RELIABLE_MM_H:
        said, came = q[RATES_MM_H.index(r)], reaches(t, r)
        at = np.minimum((said * BINS + 1e-6).astype(int), BINS - 1)
        table.append([np.bincount(at, w, BINS) for w in (np.ones(len(at)), said, came)])
    return {
        "brier": np.array(
            [((c - reaches(t, r)) ** 2).sum() for c, r in zip(q, RATES_MM_H, strict=True)]
        ),
        "crps": np.array([of_chances(q, np.array(RATES_MM_H), t).sum(), known.sum()]),
        "reliable": np.array(table).transpose(0, 2, 1),
    }
