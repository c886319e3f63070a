"""How far apart frames are that show the same ground, how far from the truth, and what that costs.

*Between frames*: each frame against the last one that shows the same ground. A point of the ground
is carried into a frame by the truth and back to the ground by what the method says; its error is
held against that in the last frame that shows it. *Place*: the error itself.
"""

from dataclasses import dataclass

import numpy as np

from .camera import Lens, carried

EDGE_PX = 8.0
FAR_M = 999.0  # what is further off is this far off


@dataclass
class Track:
    """Errors in metres of one flight by one method."""

    between_m: np.ndarray  # [T], NaN where a frame shares no ground with a later one
    place_m: np.ndarray  # [T], rms over the view
    align: np.ndarray  # similarity [3, 3]: true metres to the method's, by the last view

    def row(self) -> dict:
        """What is written down of it."""
        between = self.between_m[np.isfinite(self.between_m)]
        place = self.place_m[np.isfinite(self.place_m)]
        if not len(between) or not len(place):
            return {"between_m": None, "place_m": None}
        median, most = np.percentile(between, [50, 95])
        rms = np.sqrt(np.mean(place**2))
        return {
            "between_m": [round(float(median), 3), round(float(most), 3)],
            "place_m": round(float(rms), 3),
        }


def points(size_m: tuple[float, float], margin_m: float, every_m: float = 8.0) -> np.ndarray:
    """A lattice `[N, 2]` over a world."""
    half = [side / 2 + margin_m for side in size_m]
    return np.stack(np.meshgrid(*(np.arange(-h, h + every_m, every_m) for h in half)), -1).reshape(
        -1, 2
    )


def similar(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The turn, scale and shift `[3, 3]` that carries points `a` to `b` with the least squares."""
    ma, mb = a.mean(0), b.mean(0)
    (x, y), (u, v) = (a - ma).T, (b - mb).T
    size = max((x * x + y * y).sum(), 1e-12)
    c, s = (x * u + y * v).sum() / size, (x * v - y * u).sum() / size
    m = np.array([[c, -s], [s, c]])
    out = np.eye(3)
    out[:2, :2], out[:2, 2] = m, mb - m @ ma
    return out


def track(lens: Lens, lattice: np.ndarray, seen: np.ndarray, found: np.ndarray) -> Track:
    """Errors of `found` `[T, 3, 3]` (ground to pixels, NaN where lost).

    `seen` `[T, N, 2]`: the true pixels of the points of `lattice`.
    """
    frames = len(found)
    size = np.array([lens.width, lens.height])
    with np.errstate(invalid="ignore"):
        inside = ((seen > EDGE_PX) & (seen < size - EDGE_PX)).all(-1)  # T, N
    off = np.full(seen.shape, np.nan)
    for k in range(frames):
        if np.isfinite(found[k]).all() and abs(np.linalg.det(found[k])) > 0 and inside[k].any():
            there = carried(np.linalg.inv(found[k]), seen[k, inside[k]])
            off[k, inside[k]] = np.clip(there - lattice[inside[k]], -FAR_M, FAR_M)
    known = np.isfinite(off).all(-1)
    last = np.where(known.any(0), frames - 1 - known[::-1].argmax(0), -1)
    anchor = off[np.maximum(last, 0), np.arange(len(lattice))]
    between, place = np.full(frames, np.nan), np.full(frames, np.nan)
    for k in range(frames):
        if known[k].any():
            place[k] = min(np.sqrt(np.mean(np.sum(off[k, known[k]] ** 2, 1))), FAR_M)
        again = known[k] & (last > k)
        if again.sum() >= 4:
            apart = off[k, again] - anchor[again]
            between[k] = min(np.sqrt(np.mean(np.sum(apart**2, 1))), FAR_M)
    align = np.eye(3)
    if known.any():
        k = np.flatnonzero(known.any(1))[-1]
        on = lattice[known[k]]
        align = similar(on, on + off[k, known[k]])
    return Track(between, place, align)


def sampled(layer: np.ndarray, to_cells: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values of `layer` `[H, W]` at points `[N, 2]`, nearest; 0 outside of it."""
    col, row = np.floor(carried(to_cells, at).T).astype(int)
    inside = (row >= 0) & (row < layer.shape[0]) & (col >= 0) & (col < layer.shape[1])
    out = np.zeros(len(at), layer.dtype)
    out[inside] = layer[row[inside], col[inside]]
    return out


def overlap(a: np.ndarray, b: np.ndarray) -> float | None:
    """Intersection over union; None where both are empty."""
    either = (a | b).sum()
    return round(float((a & b).sum() / either), 3) if either else None


def f1(said: np.ndarray, true: np.ndarray) -> float | None:
    """F1 of what was said; None where there is nothing on either side."""
    both = said.sum() + true.sum()
    return round(float(2 * (said & true).sum() / both), 3) if both else None
