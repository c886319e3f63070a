"""Rain scores: counts at rain rates, by lead.

Cells without data in the truth are left out. CSI = hits / (hits + misses + false alarms); wet-area
bias = cells said / cells seen at a rate. Counts add up over starts and events before dividing.
"""

import numpy as np

from ..rain import share_of

RATES_MM_H = (0.1, 0.5, 1.0, 5.0)


def counts(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Hits, misses, false alarms `[L, rates, 3]` of shares `[L, H, W]`."""
    known, out = ~np.isnan(truth), np.zeros((len(truth), len(RATES_MM_H), 3), int)
    for r, rate in enumerate(RATES_MM_H):
        yes, is_ = (said >= share_of(rate)) & known, (truth >= share_of(rate)) & known
        hits = (yes & is_).sum((1, 2))
        out[:, r] = np.stack([hits, is_.sum((1, 2)) - hits, yes.sum((1, 2)) - hits], 1)
    return out


def csi(c: np.ndarray) -> np.ndarray:
    """Critical success index of counts `[…, 3]`; NaN where it neither rained nor was said to."""
    total = c.sum(-1)
    return np.where(total > 0, c[..., 0] / np.maximum(total, 1), np.nan)


def bias(c: np.ndarray) -> np.ndarray:
    """Wet area said over wet area seen of counts `[…, 3]`; NaN where it did not rain."""
    seen = c[..., 0] + c[..., 1]
    return np.where(seen > 0, (c[..., 0] + c[..., 2]) / np.maximum(seen, 1), np.nan)
