"""The front: where the fire's edge is, and how fast each piece of it moves.

The same definitions stand in `runtime/vision/src/front/`; `tests/golden/front.npz` holds both to
them. A front is computed once per forecast from the burnt masks of the context frames, and from
what the tracker remembers of the film before them, and handed to the network as maps: distance,
age, one mean speed, the local speed of the nearest front piece, the speed at which the film's
optical flow carries fire there, and for how long the nearest front piece has stood still. fire-v1
takes the first five.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_erosion, distance_transform_edt, gaussian_filter

from .flow import carried_px

CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)
LOOK_BACK = 5  # frames over which a front piece's own speed is measured
SMOOTH_PX = 2.0  # along the front
FAR_PX = 1e3  # distance when nothing burns
STILL_MAX = 100.0  # frames after which a front piece that has stood still is no longer told apart


@dataclass(frozen=True)
class Front:
    """Maps `[H, W]` float32 in pixels and pixels per frame."""

    distance_px: np.ndarray
    age: np.ndarray
    global_px: float
    local_px: np.ndarray
    still: np.ndarray  # ln(1 + frames for which the nearest front piece has stood still)

    def channels(self, carried: np.ndarray) -> np.ndarray:
        """Return `[6, H, W]` float32: distance, age, mean (constant), local, carried speed, still.

        `carried` is `flow.carried_px` of the same clip.
        """
        g = np.full_like(self.distance_px, self.global_px)
        maps = [self.distance_px, self.age, g, self.local_px, carried, self.still]
        return np.stack(maps).astype(np.float32)


def edge_of(burnt: np.ndarray) -> np.ndarray:
    """Burnt cells `[H, W]` with an unburnt 4-neighbour; outside the image counts as burnt."""
    return burnt & ~binary_erosion(burnt, CROSS, border_value=1)


def front_of(burnt: np.ndarray, since: np.ndarray | None = None) -> Front:
    """Front of burnt masks `[T, H, W]` that never shrink.

    `since` `[H, W]` is for how many frames each burnt cell has been burnt, 1 for one that burns
    since the last frame; without it, as far as the masks tell.
    """
    t = burnt.shape[0]
    now = burnt[-1]
    if not now.any():
        flat = np.zeros(now.shape, np.float32)
        still = np.full(now.shape, np.log(STILL_MAX), np.float32)
        return Front(np.full(now.shape, FAR_PX, np.float32), flat, 0.0, flat, still)
    distance, nearest = distance_transform_edt(~now, return_indices=True)
    edge = edge_of(now)
    edge_cells = max(int(edge.sum()), 1)
    grown = int(now.sum()) - int(burnt[0].sum())
    global_px = max(grown / edge_cells / max(t - 1, 1), 0.0)

    look_back = min(LOOK_BACK, t - 1)
    back = burnt[t - 1 - look_back]
    if look_back and back.any():
        speed = distance_transform_edt(~back) / look_back
    else:
        speed = np.full(now.shape, global_px)
    first = np.argmax(burnt, axis=0)
    age = np.where(now, (t - first) / t, 0.0)
    since = t - first if since is None else since
    waited = np.log(np.clip(since, 1.0, STILL_MAX))
    if edge.any():
        _, inner = distance_transform_edt(~edge, return_indices=True)
        at = np.where(now, inner, nearest)
        local, still = (along(edge, v)[at[0], at[1]] for v in (speed, waited))
    else:  # everything burnt: no edge left
        local = np.full(now.shape, global_px)
        still = np.full(now.shape, np.log(STILL_MAX))
    maps = (m.astype(np.float32) for m in (distance, age, local, still))
    distance, age, local, still = maps
    return Front(distance, age, global_px, local, still)


def along(edge: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Values of edge cells `[H, W]`, smoothed along the edge; 0 off it."""
    blur = {"sigma": SMOOTH_PX, "mode": "constant", "truncate": 4.0}
    num = gaussian_filter(np.where(edge, value, 0.0), **blur)
    den = gaussian_filter(edge.astype(np.float64), **blur)
    return np.where(edge, num / np.maximum(den, 1e-9), 0.0)


def maps_of(frames: np.ndarray, burnt: np.ndarray, since: np.ndarray | None = None) -> np.ndarray:
    """What the network is told of a clip `[6, H, W]`: intensity and burnt masks `[T, H, W]`.

    `since` as in `front_of`.
    """
    front = front_of(burnt, since)
    return front.channels(carried_px(frames, burnt[-1], front.distance_px))


def burnt_from_heat(heat: np.ndarray) -> tuple[np.ndarray, float]:
    """Burnt masks `[T, H, W]` and the hot threshold of intensity frames `[T, H, W]` in 0..1.

    Half way between the clip's median and the value that exactly 16 samples exceed; holes are
    filled. Less than 0.15 of contrast means no fire in view: empty masks.
    """
    from scipy.ndimage import binary_fill_holes

    background = float(np.median(heat))
    peak = float(np.partition(heat.reshape(-1), -17)[-17])
    hot = background + 0.5 * (peak - background)
    burnt = np.zeros(heat.shape, bool)
    if peak - background < 0.15:
        return burnt, hot
    sofar = np.zeros(heat.shape[1:], bool)
    for k, frame in enumerate(heat):
        sofar = binary_fill_holes(sofar | (frame >= hot))
        burnt[k] = sofar
    return burnt, hot


def front_from(channels: np.ndarray) -> Front:
    """Undo `Front.channels`."""
    still = channels[5] if len(channels) > 5 else np.zeros_like(channels[0])
    return Front(channels[0], channels[1], float(channels[2].flat[0]), channels[3], still)
