"""Motion of rain in cells a minute, from frames of any age.

The chain is that of `pysteps.motion.lucaskanade.dense_lucaskanade` (1.21.5): corners, pyramids of
windows, outliers, one vector a square of 20 cells, mean of the nearest. Only the pairs are chosen
by their times, and each vector is divided by the minutes of its pair.
"""

import warnings
from collections.abc import Sequence

import numpy as np

from ...data.rain import DRY_DB

DRY_BELOW_DB = DRY_DB - 5.0
# With room for frames that come a little early or late:
SPAN_MIN = 15.5  # frames older than this tell of another wind
PAIR_MIN = 3.9  # a pair is at least so far apart: at 1 km and 2 minutes rain moves by noise
APART_MIN = 30.0  # frames farther apart show no motion: rain of another place is taken for it


def decibels(rain_mm_h: np.ndarray) -> np.ndarray:
    """dBR, −15 where dry; NaN stays."""
    with np.errstate(divide="ignore", invalid="ignore"):
        db = 10 * np.log10(rain_mm_h)
        return np.where(rain_mm_h < 10 ** (DRY_DB / 10) * (1 - 1e-5), DRY_BELOW_DB, db)


def pairs(ages_min: Sequence[float]) -> list[tuple[int, int]]:
    """Places (older, newer) of the frames whose motion is measured, newest pair first.

    Backwards from the last frame, each pair the shortest that is `PAIR_MIN` long, as long as it
    begins within `SPAN_MIN`; the newest pair is taken however short or long it is, up to half an
    hour.
    """
    found, newer = [], len(ages_min) - 1
    for older in range(newer - 1, -1, -1):
        minutes = ages_min[older] - ages_min[newer]
        if minutes < PAIR_MIN and (found or older > 0):
            continue
        if ages_min[older] > SPAN_MIN and found or minutes > APART_MIN:
            break
        found.append((older, newer))
        newer = older
    return found


def velocity(db: np.ndarray, ages_min: Sequence[float]) -> np.ndarray:
    """Velocity `[2, H, W]` (x, y), cells a minute, of dBR `[T, H, W]` (NaN no data)."""
    from pysteps.motion.lucaskanade import dense_lucaskanade
    from pysteps.utils.cleansing import decluster, detect_outliers
    from pysteps.utils.interpolate import idwinterp2d

    places, moved = [np.empty((0, 2))], [np.empty((0, 2))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for older, newer in pairs(ages_min):
            pair = db[[older, newer]]
            if any(np.nanmin(p) == np.nanmax(p) for p in pair if not np.isnan(p).all()):
                continue
            xy, uv = dense_lucaskanade(pair, dense=False, nr_std_outlier=1e9, verbose=False)
            places.append(xy)
            moved.append(uv / (ages_min[older] - ages_min[newer]))
        xy, uv = np.concatenate(places), np.concatenate(moved)
        if len(xy) == 0:
            return np.zeros((2, *db.shape[1:]))
        bad = detect_outliers(uv, 3, xy, 30, False)
        xy, uv = decluster(xy[~bad], uv[~bad], 20, 1, False)
        h, w = db.shape[1:]
        return idwinterp2d(xy, uv, np.arange(w), np.arange(h))
