"""Golden films of the cascade: made showers and the reference's own answers.

Motion is given, so that what is compared is all that comes after it. No radar is handed on.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from ...data.rain import FULL, STEP_DB
from ...data.rain_starts import rates_of
from ...models.nowcast.carry import paths, sample
from ...models.nowcast.features import now
from ...models.nowcast.forecast import forecast

SHAPE = (72, 88)
VALUE_BAR = 1e-4  # of what is computed again by the same code
STEADY = 2e-4  # by how much an answer may change when motion changes by a millionth
SEEDS = 40


@dataclass(frozen=True)
class Case:
    """One film: when its frames were seen, and how wide its cells are."""

    name: str
    age_s: tuple[float, ...]
    lead_s: tuple[float, ...]
    cell_km: float
    speed: tuple[float, float]  # right and down, cells a minute
    turn: float  # radians a minute, about the middle
    hidden: tuple[slice, slice]  # a corner without data


CASES = (
    Case(
        "showers",
        (900.0, 600.0, 300.0, 0.0),
        (300.0, 1800.0, 3600.0),
        1.0,
        (0.55, -0.2),
        0.004,
        (slice(0, 14), slice(70, None)),
    ),
    Case(
        "two-frames",
        (610.0, 0.0),
        (600.0, 1500.0, 3600.0),
        2.0,
        (-0.3, 0.25),
        -0.003,
        (slice(60, None), slice(0, 20)),
    ),
)


def wind(case: Case) -> np.ndarray:
    """Velocity `[2, H, W]`, right and down, cells a minute: it turns about the middle."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    right = case.speed[0] - case.turn * (y - SHAPE[0] / 2)
    return np.stack([right, case.speed[1] + case.turn * (x - SHAPE[1] / 2)]).astype(np.float32)


def film(case: Case, seed: int) -> np.ndarray:
    """Shares of rain `[T, H, W]`, NaN no data: showers that ride on the wind, grow and decay."""
    rng = np.random.default_rng(seed)
    h, w = SHAPE

    def noise(cells: float) -> np.ndarray:
        field = gaussian_filter(rng.standard_normal((3 * h, 3 * w)), cells)
        return field / field.std()

    showers = 0.75 * noise(7) + 0.55 * noise(2.5) + 0.35 * noise(1)
    grows, fresh = noise(12), noise(1.5)
    v, oldest = wind(case), case.age_s[0] / 60
    frames = []
    for age in case.age_s:
        minutes = oldest - age / 60
        ((x, y),) = paths(v, [minutes])
        total = 9 * showers + minutes / 15 * (3 * grows + 1.5 * fresh) + 2
        db = sample(total, x + w, y + h)
        code = np.where(db < 0, 0, np.clip(np.round(db / STEP_DB) + 1, 1, FULL))
        share = (code / FULL).astype(np.float32)
        share[case.hidden] = np.nan
        frames.append(share)
    return np.stack(frames)


def answer(
    shares: np.ndarray,
    age_s: np.ndarray,
    lead_s: np.ndarray,
    v: np.ndarray,
    km: float,
    b: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Chances `[1, K · L, H, W]`, of each rate all leads, and likely rain `[1, L, H, W]`."""
    codes = np.where(np.isnan(shares), FULL + 1, np.round(np.nan_to_num(shares) * FULL))
    n = now(rates_of(codes.astype(np.uint8)), age_s / 60, km, v)
    said = list(forecast(n, b, [float(s) / 60 for s in lead_s]))
    p = np.stack([s.chances for s in said], 1)
    likely = np.stack([s.likely_mm_h for s in said])
    return p.reshape(1, -1, *p.shape[2:]).astype(np.float32), likely[None].astype(np.float32)


def steady(case: Case, b: np.ndarray) -> dict[str, np.ndarray]:
    """The first film whose answer does not hang on the last digits of its motion.

    Whether a cell reaches a rate is yes or no, and so is which cut is best; a film near a tie
    proves nothing about another program.
    """
    times = np.array(case.age_s), np.array(case.lead_s)
    v = wind(case)
    for seed in range(SEEDS):
        frames = film(case, seed)
        p, likely = answer(frames, *times, v, case.cell_km, b)
        moved = [
            answer(frames, *times, v * np.float32(1 + d), case.cell_km, b) for d in (2e-6, -2e-6)
        ]
        near = max(np.abs(q - p).max() for q, _ in moved) < STEADY
        same = max(np.abs(r - likely).max() for _, r in moved) < 0.01
        if near and same:
            return {
                "frames": frames[None, :, None],
                "age_s": times[0],
                "lead_s": times[1],
                "velocity": v,
                "cell_km": np.array([case.cell_km]),
                "forecast": p,
                "likely_mm_h": likely,
            }
    raise ValueError(f"{case.name}: no film of {SEEDS} is far from a tie")


def write(b: np.ndarray, path: Path) -> None:
    """All cases."""
    found = {f"{c.name}.{k}": v for c in CASES for k, v in steady(c, b).items()}
    np.savez_compressed(path, **found)


def apart(path: Path, b: np.ndarray) -> dict[str, tuple[float, float]]:
    """By case the largest difference of chances, and of likely rain in mm/h, computed again."""
    with np.load(path) as z:
        whole = {k: z[k] for k in z.files}
    found = {}
    for case in sorted({k.split(".")[0] for k in whole}):
        of = lambda k: whole[f"{case}.{k}"]  # noqa: B023, E731
        p, likely = answer(
            of("frames")[0, :, 0],
            of("age_s"),
            of("lead_s"),
            of("velocity"),
            float(of("cell_km")[0]),
            b,
        )
        wrong = (np.abs(a - of(k)).max() for a, k in ((p, "forecast"), (likely, "likely_mm_h")))
        found[case] = tuple(float(v) for v in wrong)
    return found
