"""What is known of a cell at a lead, for each rate: the inputs of the chances."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter, uniform_filter

from ...data.scores.skill import RATES_MM_H
from .carry import beyond_cells, paths, sample
from .cascade import Cascade, cascade, filled
from .velocity import DRY_BELOW_DB, decibels, pairs, velocity

SQUARES_KM = (2.0, 6.0, 16.0)  # half sides at 30 minutes; they grow with the root of the lead
LAGS_MIN = ((3.0, 7.5), (7.5, 16.0))  # older frames that are compared with the last one
WIDE_KM = 48.0
GROWTH_MIN = 10.0
SHARE_LEAST = 0.002
LN_SIGMA_LEAST = 0.45  # at 30 minutes, of dB; what it rises by for each ln(lead / 30 min)
LN_SIGMA_RISES = 0.29
NAMES = (
    "own", "was", "max", "z", "near", "mid", "far", "growth_mid", "growth_far",
    "ln_sigma", "ln_sigma_near", "growth_db", "growth_wide_db", "beyond",
)  # fmt: skip


def logit(p: np.ndarray, least: float = SHARE_LEAST) -> np.ndarray:
    """Log odds, cut where shares tell nothing more."""
    p = np.clip(p, least, 1 - least)
    return np.log(p / (1 - p))


def ln_sigma(sigma: float, minutes: float) -> float:
    """Logarithm of the view's deviation, no less than in any event that taught the curves.

    A nearly dry view has far less, and beyond what they saw the curves would promise rain: of 0.1
    mm/h, 42 % after an hour under a clear sky.
    """
    least = LN_SIGMA_LEAST + LN_SIGMA_RISES * np.log(minutes / 30)
    return float(max(np.log(max(sigma, 1e-9)), least))


def half_side(km: float, minutes: float, cell_km: float) -> int:
    """Half a side of a square, cells."""
    return max(1, int(np.floor(km * np.sqrt(minutes / 30) / cell_km + 0.5)))


def box(x: np.ndarray, cells: int) -> np.ndarray:
    """Mean within `cells` to each side, the border repeated."""
    return uniform_filter(x, 2 * cells + 1, mode="nearest")


def lag_frames(ages_min: np.ndarray) -> list[int]:
    """Places of the older frames that are compared with the last one, nearest to 5 and 10 minutes.

    Of the frames in which motion is seen; where these are coarser than both windows, the two
    youngest.
    """
    chain = [older for older, _ in pairs(ages_min)]
    found = []
    for low, high in LAGS_MIN:
        inside = [k for k in chain if low <= ages_min[k] <= high]
        if inside:
            found.append(min(inside, key=lambda k: abs(ages_min[k] - (low + high) / 2)))
    return list(dict.fromkeys(found or chain[:2]))


@dataclass(frozen=True)
class Now:
    """The end of a film, made ready once for all leads."""

    db: np.ndarray  # last frame, filled
    seen: np.ndarray
    past_db: np.ndarray  # an older frame carried to now
    past_age_min: float
    velocity: np.ndarray
    cascade: Cascade
    cell_km: float


def now(
    rain_mm_h: np.ndarray, ages_min: np.ndarray, cell_km: float, moves: np.ndarray | None = None
) -> Now:
    """Of frames `[T, H, W]`, NaN no data, and ages falling to 0; motion is seen, or given."""
    db = decibels(rain_mm_h.astype(np.float64))
    v = velocity(db, ages_min) if moves is None else moves
    last = filled(db[-1], cell_km, DRY_BELOW_DB)
    seen = ~np.isnan(db[-1])
    older = []
    for k in lag_frames(ages_min):
        ((x, y),) = paths(v, [ages_min[k]])
        known = sample((~np.isnan(db[k])).astype(np.float32), x, y) > 0.5
        known &= beyond_cells(x, y) == 0
        moved = sample(filled(db[k], cell_km, DRY_BELOW_DB), x, y)
        older.append((float(ages_min[k]), np.where(known, moved, last), known))
    if older:
        age, past, _ = min(older, key=lambda o: abs(o[0] - GROWTH_MIN))
    else:
        age, past = GROWTH_MIN, last
    return Now(last, seen, past, age, v, cascade(last, seen, older, cell_km), cell_km)


def features(n: Now, minutes: float, at: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """`[K, F, H, W]` at a lead whose paths begin `at`."""
    x, y = at
    carried, past = sample(n.db, x, y), sample(n.past_db, x, y)
    mean = sample(n.cascade.mean(minutes), x, y)
    near = np.maximum(sample(n.cascade.sigma_near(minutes), x, y), 0.5)
    sides = [half_side(km, minutes, n.cell_km) for km in SQUARES_KM]
    highest = maximum_filter(carried, 2 * sides[1] + 1, mode="nearest")
    weight = GROWTH_MIN / n.past_age_min
    risen = (carried - past) * weight
    common = (
        np.full_like(mean, ln_sigma(n.cascade.sigma(minutes), minutes)),
        np.log(near),
        np.clip(box(risen, sides[2]), -5, 5),
        np.clip(box(risen, half_side(WIDE_KM, minutes, n.cell_km)), -5, 5),
        np.log1p(beyond_cells(x, y) * n.cell_km),
    )
    out = np.empty((len(RATES_MM_H), len(NAMES), *mean.shape), np.float32)
    for k, rate in enumerate(RATES_MM_H):
        level = 10 * np.log10(rate)
        wet, was = ((f >= level - 1e-3).astype(np.float32) for f in (carried, past))
        changed = (wet - was) * weight
        out[k] = (
            np.clip((carried - level) / 5, -3, 3),
            np.clip((past - level) / 5, -3, 3),
            np.clip((highest - level) / 5, -3, 3),
            np.clip((mean - level) / near, -4, 4),
            *(logit(box(wet, s)) for s in sides),
            4 * box(changed, sides[1]),
            8 * box(changed, sides[2]),
            *common,
        )
    return out


def each_lead(n: Now, leads_min: list[float]):  # noqa: ANN201
    """(lead, features) of rising leads."""
    for m, at in zip(leads_min, paths(n.velocity, leads_min), strict=True):
        yield m, features(n, m, at)
