"""Thermal scenes without a fire, with what is taken for one; and the gain that a camera sets.

Each scene is `[T, H, W]` in 0..1 as a share of a fire's heat. Kinds: rocks, roads and roofs that
stay as warm as they are; sun patches that wander and grow over them as clouds pass; glints on
water, of a frame or a few; vehicles with hot engines that drive, stop and go on.
"""

import numpy as np
from scipy.ndimage import gaussian_filter

from .film import patches, warm_ground

KINDS = ("rocks", "sun patches", "glints", "vehicles")
GROUND = (0.05, 0.25)  # how warm plain ground is, as a share of a fire's heat
NOISE = 0.006
FOLLOWS = 0.2  # share of the way that the gain goes to what a frame asks for


def ground(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Uneven ground with warm rocks and roads on it `[H, W]`."""
    plain = rng.uniform(*GROUND) + patches(rng, shape, rng.uniform(2, 24)) * rng.uniform(
        0.004, 0.05
    )
    return plain + 0.6 * warm_ground(rng, shape)


def sun_patches(rng: np.random.Generator, shape: tuple[int, int], count: int) -> np.ndarray:
    """What the sun adds `[T, H, W]`: a field of clouds goes by, what it lights warms and cools."""
    h, w = shape
    clouds = patches(rng, (3 * h, 3 * w), rng.uniform(12, 40))
    speed = rng.uniform(0.1, 1.0) * np.array([rng.choice([-1, 1]), rng.choice([-1, 1])])
    warms = rng.uniform(0.15, 0.4) * np.clip(1 + 0.5 * patches(rng, shape, 6), 0, None)
    slow = rng.uniform(0.03, 0.15)
    lit, out = np.zeros(shape), np.empty((count, h, w))
    for k in range(count):
        y, x = (np.array([h, w]) + speed * k).astype(int) % np.array([2 * h, 2 * w])
        lit += slow * ((clouds[y : y + h, x : x + w] > 0.3) - lit)
        out[k] = lit * warms
    return out


def glints(rng: np.random.Generator, shape: tuple[int, int], count: int) -> np.ndarray:
    """Flashes `[T, H, W]` on water, as bright as a fire, of one frame to four."""
    h, w = shape
    low = patches(rng, shape, rng.uniform(15, 40))
    places = np.argwhere(low > np.quantile(low, rng.uniform(0.7, 0.97)))
    out = np.zeros((count, h, w))
    for k in range(count):
        for _ in range(rng.poisson(rng.uniform(0.5, 6))):
            y, x = places[rng.integers(len(places))]
            size, lasts = rng.integers(1, 3), rng.integers(1, 5)
            out[k : k + lasts, y : y + size, x : x + size] = rng.uniform(0.4, 1.0)
    return out


def vehicles(rng: np.random.Generator, shape: tuple[int, int], count: int) -> np.ndarray:
    """Engines `[T, H, W]` that drive over the picture, stop for minutes, and go on."""
    h, w = shape
    out = np.zeros((count, h, w))
    for _ in range(int(rng.integers(2, 7))):
        k, heat = int(rng.integers(0, count)), rng.uniform(0.3, 0.8)
        along, row = 0.0, rng.uniform(4, h - 5)
        slope, speed = rng.uniform(-0.3, 0.3), rng.uniform(0.3, 4.0)
        stops = int(rng.integers(0, 60))
        at = rng.uniform(0.2, 0.8) * w
        while k < count and along < w:
            y, x = int(row + slope * along), int(along)
            if 0 <= y < h - 2:
                out[k, y : y + 2, x : x + 3] = np.maximum(out[k, y : y + 2, x : x + 3], heat)
            k += 1
            if along >= at and stops:
                stops -= 1
            else:
                along += speed
    return out


def scene(rng: np.random.Generator, kind: str, shape: tuple[int, int], count: int) -> np.ndarray:
    """A scene of a kind `[T, H, W]`, shares of a fire's heat."""
    makes = {"sun patches": sun_patches, "glints": glints, "vehicles": vehicles}
    heat = np.repeat(ground(rng, shape)[None], count, 0)
    if kind in makes:
        more = makes[kind](rng, shape, count)
        heat = heat + more if kind == "sun patches" else np.maximum(heat, more)
    blur = rng.uniform(0.4, 0.9)
    heat = np.stack([gaussian_filter(frame, blur) for frame in heat])
    return np.clip(heat + rng.normal(0, NOISE, heat.shape), 0, 1)


def gained(film: np.ndarray) -> np.ndarray:
    """8-bit frames of a camera that sets its range by what it sees, little by little."""
    low = high = None
    out = np.empty(film.shape, np.uint8)
    for k, frame in enumerate(film):
        asked = np.quantile(frame, [0.005, 0.9995])
        low = asked[0] if low is None else low + FOLLOWS * (asked[0] - low)
        high = asked[1] if high is None else high + FOLLOWS * (asked[1] - high)
        out[k] = np.rint(np.clip((frame - low) / max(high - low, 0.02), 0, 1) * 250)
    return out
