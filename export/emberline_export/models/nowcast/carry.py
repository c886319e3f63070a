"""Fields carried along a steady velocity: backward paths, one interpolation a lead.

What flows in from beyond the border is the border's value; how far beyond is told beside it.
"""

from collections.abc import Sequence

import cv2
import numpy as np

STEP_MIN = 5.0  # longest piece of a path


def sample(field: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Field at places, bilinear; beyond the border its value."""
    return cv2.remap(
        np.ascontiguousarray(field, np.float32),
        x.astype(np.float32),
        y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def paths(velocity: np.ndarray, minutes: Sequence[float]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Where (x, y) the air of every cell was so many minutes before; minutes rise, cells a minute.

    Pieces of at most five minutes; of each, the velocity half way back (two rounds) counts.
    """
    h, w = velocity.shape[1:]
    y, x = (g.astype(np.float32) for g in np.mgrid[:h, :w])
    found, now = [], 0.0
    for m in minutes:
        count = max(1, int(np.ceil((m - now) / STEP_MIN - 1e-9)))
        piece = (m - now) / count
        for _ in range(count):
            vx, vy = (sample(v, x, y) for v in velocity)
            for _ in range(2):
                half = x - vx * piece / 2, y - vy * piece / 2
                vx, vy = (sample(v, *half) for v in velocity)
            x, y = x - vx * piece, y - vy * piece
        now = m
        found.append((x, y))
    return found


def beyond_cells(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far outside the view a path begins, cells; 0 inside."""
    h, w = x.shape
    return np.maximum(np.maximum(-x, x - (w - 1)), np.maximum(-y, y - (h - 1))).clip(0)
