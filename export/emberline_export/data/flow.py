"""Optical flow of a film's last frames, and where it carries the fire.

The same definitions stand in `runtime/vision/src/motion/farneback/`; there, Farnebäck's method is
written out, and OpenCV is its oracle.
"""

import cv2
import numpy as np

STEPS = 3  # frames over which flow is measured
LEADS = 20  # leads within which flow must reach a cell to count


def optical_flow(frames: np.ndarray) -> np.ndarray:
    """Farnebäck flow `[H, W, 2]` (x, y), px per frame, from frame T-4 to T-1 of `[T, H, W]`."""
    a, b = ((frames[i] * 255).astype(np.uint8) for i in (-1 - STEPS, -1))
    return cv2.calcOpticalFlowFarneback(a, b, None, 0.5, 3, 15, 3, 7, 1.5, 0) / STEPS


def moved_masks(flow: np.ndarray, now: np.ndarray, leads: int) -> np.ndarray:
    """Burnt masks `[L, H, W]` when `now` moves on along `flow`; what has burnt stays burnt."""
    yy, xx = np.mgrid[0 : now.shape[0], 0 : now.shape[1]].astype(np.float32)
    mask, out, sofar = now.astype(np.float32), [], now.copy()
    for lead in range(1, leads + 1):
        x, y = xx - lead * flow[..., 0], yy - lead * flow[..., 1]
        sofar = sofar | (cv2.remap(mask, x, y, cv2.INTER_LINEAR) > 0.5)
        out.append(sofar)
    return np.stack(out)


def carried_px(frames: np.ndarray, now: np.ndarray, distance_px: np.ndarray) -> np.ndarray:
    """Speed at which flow carries fire onto each cell `[H, W]` float32, px per frame.

    Distance over the first lead by which `moved_masks` reaches the cell; 0 where it does not
    within 20 leads, and where it burns already.
    """
    if not now.any():
        return np.zeros(now.shape, np.float32)
    moved = moved_masks(optical_flow(frames), now, LEADS)
    lead = np.argmax(moved, axis=0) + 1.0
    return np.where(moved[-1] & ~now, distance_px / lead, 0.0).astype(np.float32)
