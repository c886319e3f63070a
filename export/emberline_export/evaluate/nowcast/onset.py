"""When rain is said to start or stop at a place, and whether it did: counts that add up.

The same statements as `emberline weather` makes (`runtime/vision/src/nowcast/onset.rs`), from the
chances of 0.5 mm/h or more, at places drawn evenly over the view, over the leads that the film
still has. Drizzle below that is what radars agree on least: of "stays dry" at 0.1 mm/h .48 came
true on one event where .84 was said, and no curve that had not seen the event mended it.
"""

import numpy as np

from ...data.rain_forecast import RainForecast, reaches

RATE_MM_H = 0.5
LIKELY, HELD = 0.5, 0.8  # chance from which a change is said, and the share that its span holds
# How far leads are from going together, where it is dry and where it rains; the surest that one is.
APART, SURE = (0.2, 0.3), 0.995
PLACES = 400  # of each start
SAYS = ("stays-dry", "starts", "goes-on", "stops")


def statement(wet: np.ndarray, rains: bool) -> tuple[str, int, int, float]:
    """What is said, first and last lead of a change (1 is the first), and its chance."""
    change = np.minimum(1 - wet if rains else wet, SURE)
    apart = APART[rains]
    never = (1 - np.maximum.accumulate(change)) ** (1 - apart)
    by = 1 - never * np.exp(apart * np.cumsum(np.log1p(-change)))
    most = float(by[-1])
    if most < LIKELY:
        return ("goes-on" if rains else "stays-dry"), 0, 0, 1 - most
    before = np.concatenate([[0.0], by])
    for length in range(1, len(by) + 1):
        held = before[length:] - before[: len(by) + 1 - length]
        first = int(np.argmax(held))
        if held[first] >= HELD * most:
            break
    return ("stops" if rains else "starts"), first + 1, first + length, float(held[first])


def came_true(said: tuple[str, int, int, float], came: np.ndarray) -> bool:
    """Whether it did; `came` is whether it rained at each lead."""
    says, first, last, _ = said
    changed = np.flatnonzero(came != (says in ("goes-on", "stops")))
    if says in ("stays-dry", "goes-on"):
        return len(changed) == 0
    return len(changed) > 0 and first <= changed[0] + 1 <= last


def score(
    said: RainForecast, now_mm_h: np.ndarray, truth_mm_h: np.ndarray, seed: list[int]
) -> dict:
    """`{says: [statements, came true, sum of chances]}` of one start."""
    return of_places(said.probability(RATE_MM_H)[: len(truth_mm_h)], now_mm_h, truth_mm_h, seed)


def of_places(
    chance: np.ndarray, now_mm_h: np.ndarray, truth_mm_h: np.ndarray, seed: list[int]
) -> dict:
    """The same of chances `[L, H, W]` of the rate."""
    known = np.flatnonzero(~np.isnan(now_mm_h).ravel() & ~np.isnan(truth_mm_h).any(0).ravel())
    rng = np.random.default_rng(seed)
    out = {says: [0, 0, 0.0] for says in SAYS}
    for place in rng.choice(known, min(PLACES, len(known)), replace=False):
        y, x = divmod(int(place), now_mm_h.shape[1])
        told = statement(chance[:, y, x], bool(reaches(now_mm_h[y, x], RATE_MM_H)))
        of = out[told[0]]
        of[0] += 1
        of[1] += came_true(told, reaches(truth_mm_h[:, y, x], RATE_MM_H))
        of[2] += told[3]
    return {k: [n, int(t), round(float(p), 3)] for k, (n, t, p) in out.items()}
