"""A picture of one hot spot in each quadrant, no two alike, and the film of it."""

from pathlib import Path

import numpy as np
from pose import utc

WIDTH, HEIGHT, HFOV_DEG = 320, 256, 50.0
FOCAL_PX = WIDTH / 2 / np.tan(np.radians(HFOV_DEG) / 2)
# x, y (pixels from the upper left corner), radius: no turn or flip of the picture is itself.
SPOTS = ((60.0, 50.0, 9.0), (250.0, 70.0, 13.0), (215.0, 210.0, 17.0), (90.0, 190.0, 21.0))
TIMES_S = tuple(range(0, 61, 10))


def burns(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Number of the spot that these places of the picture lie in, from 1; 0 for none."""
    out = np.zeros(np.shape(x), int)
    for number, (sx, sy, radius) in enumerate(SPOTS, 1):
        with np.errstate(invalid="ignore"):
            out[(x - sx) ** 2 + (y - sy) ** 2 < radius**2] = number
    return out


def middles() -> tuple[np.ndarray, np.ndarray]:
    """Middles of all pixels."""
    return np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)


def write_film(path: Path) -> None:
    """A minute of the same mask."""
    mask = (burns(*middles()) > 0).astype(np.uint8)
    frames = np.repeat(mask[None], len(TIMES_S), 0)
    np.savez(path, frames=frames, kind="mask", time_utc=[utc(s) for s in TIMES_S])
