"""Memories of what has burnt that the tracker is held against: each a few lines, no hidden state.

Both map thermal film `[T, H, W]` of 8-bit values to burnt masks `[T, H, W]` that never shrink.
Their numbers were chosen on the drone films B and C of 208 × 120 cells, as the tracker's were.
"""

from collections.abc import Iterator

import numpy as np
from scipy import ndimage

HOT, HITS = 160, 2  # classical: grey from which ground is hot, and frames in which it must be
CORE, WARM = 0.91, 0.55  # sketch: shares of the film's running top
REACH, CLOSE, SMOOTH, PATCH, SPOT = 4, 3, 2.0, 20, 60  # cells, cells, cells, area, area
TOP = 99.95  # per cent
TOUCHES = np.ones((3, 3))


def classical(heat: np.ndarray) -> np.ndarray:
    """Hot in two frames since the film began; closed, filled, specks dropped."""
    often = np.cumsum(heat >= HOT, axis=0) >= HITS
    return grown(large(closed(m), PATCH) for m in often)


def sketch(heat: np.ndarray) -> np.ndarray:
    """Hysteresis over the whole film, levels as shares of the running median of its tops."""
    core = warm = burnt = np.zeros(heat.shape[1:], bool)
    tops, masks, still = [], [], float(np.median(heat[0]))
    for frame in heat.astype(np.float32):
        frame = frame - (np.median(frame) - still)
        tops.append(np.percentile(frame, TOP))
        core = core | (frame >= CORE * np.median(tops))
        warm = warm | (frame >= WARM * np.median(tops))
        near = ndimage.binary_dilation(core, disk(REACH)) & warm
        mask = closed(ndimage.binary_propagation(core, mask=core | near))
        mask = large(ndimage.gaussian_filter(mask.astype(np.float32), SMOOTH) >= 0.5, PATCH)
        label, n = ndimage.label(mask | burnt, TOUCHES)
        each = range(1, n + 1)
        size, old = ndimage.sum(mask, label, each), ndimage.maximum(burnt, label, each)
        believed = [k for k, s, o in zip(each, size, old, strict=True) if s >= SPOT or o > 0]
        burnt = burnt | (mask & np.isin(label, believed))
        masks.append(burnt)
    return np.stack(masks)


def grown(masks: Iterator[np.ndarray]) -> np.ndarray:
    """Nothing unburns."""
    return np.maximum.accumulate(np.stack(list(masks)), axis=0)


def disk(radius: int) -> np.ndarray:
    """Cells within `radius` of the middle one."""
    return np.hypot(*np.mgrid[-radius : radius + 1, -radius : radius + 1]) <= radius


def closed(mask: np.ndarray) -> np.ndarray:
    """Gaps closed, holes filled."""
    pad = CLOSE + 1
    wide = ndimage.binary_closing(np.pad(mask, pad), disk(CLOSE))
    return ndimage.binary_fill_holes(wide[pad:-pad, pad:-pad])


def large(mask: np.ndarray, least: int) -> np.ndarray:
    """Patches of at least `least` cells."""
    label, n = ndimage.label(mask, TOUCHES)
    size = ndimage.sum(mask, label, range(1, n + 1))
    return np.isin(label, 1 + np.flatnonzero(size >= least))
