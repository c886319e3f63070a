"""Rain scores: counts at rain rates, by lead.

Cells without data in the truth are left out. CSI = hits / (hits + misses + false alarms); wet-area
bias = cells said / cells seen at a rate. Counts add up over starts and events before dividing.
"""

import numpy as np
import torch
from torch import Tensor

from ..data.rain import share_of

RATES_MM_H = (0.1, 0.5, 1.0, 5.0)
SOFT = 0.02  # share over which a soft count turns: five greys


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


def soft_csi(said: Tensor, truth: Tensor, weight: Tensor, last: Tensor) -> Tensor:
    """1 − CSI at every rate of `(b, l, 1, h, w)` by `weight`; counts turn smoothly.

    A cell counts as said where it is among as many of its lead's strongest cells as reach the rate
    in `last` `(b, 1, h, w)`: what is learnt is the order of cells, as rates are matched by rank in
    the end. A rate that `last` does not reach is left out.
    """
    b, leads = said.shape[:2]
    cells = said[0, 0].numel()
    order = said.detach().reshape(b, leads, cells).sort(2).values
    loss = said.new_zeros(())
    for rate in RATES_MM_H:
        level = share_of(rate)
        area = (last >= level).reshape(b, -1).sum(1)
        at = (cells - area).clamp(max=cells - 1)[:, None, None].expand(b, leads, 1)
        some = weight * (area > 0).to(said.dtype).reshape(b, 1, 1, 1, 1)
        edge = order.gather(2, at).reshape(b, leads, 1, 1, 1)
        p, q = torch.sigmoid((said - edge) / SOFT) * some, (truth >= level) * some
        hits = (p * q).sum((0, 2, 3, 4))
        loss = loss + (1 - (hits + 1) / ((p + q - p * q).sum((0, 2, 3, 4)) + 1)).mean()
    return loss / len(RATES_MM_H)
