"""Fields carried along a steady velocity: backward paths, one interpolation a lead.

What flows in from beyond the border is the border's value; how far beyond is told beside it.
"""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import map_coordinates

STEP_MIN = 5.0  # longest piece of a path
ROUNDS = 2  # in which the velocity half way back is found
EVERY_CELLS = 4  # from one followed path to the next


def sample(field: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Field at places, bilinear; beyond the border its value."""
    return map_coordinates(np.asarray(field, np.float32), (y, x), order=1, mode="nearest")


def knots(n: int) -> np.ndarray:
    """Every fourth of `n` cells and the last, at least two."""
    at = list(range(0, n, EVERY_CELLS))
    return np.array(at if at[-1] == n - 1 and len(at) > 1 else [*at, n - 1])


def between(at: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """For each of `n` cells the knot before it, and its share of the way to the next."""
    cell = np.arange(n)
    k = np.minimum(cell // EVERY_CELLS, len(at) - 2)
    return k, ((cell - at[k]) / np.maximum(at[k + 1] - at[k], 1)).astype(np.float32)


def straight(values: np.ndarray, rows: np.ndarray, cols: np.ndarray, shape: tuple) -> np.ndarray:
    """What is known at the crossings of some rows and columns, at every cell: straight lines."""
    (j, down), (i, right) = between(rows, shape[0]), between(cols, shape[1])
    line = values[:, i] * (1 - right) + values[:, i + 1] * right
    return line[j] * (1 - down[:, None]) + line[j + 1] * down[:, None]


def paths(velocity: np.ndarray, minutes: Sequence[float]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Where (x, y) the air of every cell was so many minutes before; minutes rise, cells a minute.

    Followed from every fourth row and column, between these the way is taken by straight lines.
    Pieces of at most five minutes; of each, the velocity half way back (two rounds) counts.
    """
    h, w = velocity.shape[1:]
    rows, cols = knots(h), knots(w)
    y0, x0 = (g.astype(np.float32) for g in np.meshgrid(rows, cols, indexing="ij"))
    down, right = (g.astype(np.float32) for g in np.mgrid[:h, :w])
    x, y, found, now = x0, y0, [], 0.0
    for m in minutes:
        count = max(1, int(np.ceil((m - now) / STEP_MIN - 1e-9)))
        piece = np.float32((m - now) / count)
        for _ in range(count):
            vx, vy = (sample(v, x, y) for v in velocity)
            for _ in range(ROUNDS):
                half = x - vx * piece / 2, y - vy * piece / 2
                vx, vy = (sample(v, *half) for v in velocity)
            x, y = x - vx * piece, y - vy * piece
        now = m
        moved = (straight(to - of, rows, cols, (h, w)) for to, of in ((x, x0), (y, y0)))
        found.append((right + next(moved), down + next(moved)))
    return found


def beyond_cells(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far outside the view a path begins, cells; 0 inside."""
    h, w = x.shape
    return np.maximum(np.maximum(-x, x - (w - 1)), np.maximum(-y, y - (h - 1))).clip(0)
