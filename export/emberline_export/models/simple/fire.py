"""Simple forecasters a network has to beat.

The runtime has the same in `runtime/vision/src/baseline/`.
"""

import numpy as np

from ...data.flow import moved_masks, optical_flow
from ...data.front import Front, front_from
from ...data.scores.fire import Forecaster

BLEND = 0.25  # share of local speed in the speed blend (tuned on real drone masks)


def speed_of(name: str, front: Front) -> np.ndarray | float:
    """Front speed in px per frame of a named forecaster."""
    return {
        "persistence": 0.0,
        "mean-speed": front.global_px,
        "local-speed": front.local_px,
        "speed-blend": (1 - BLEND) * front.global_px + BLEND * front.local_px,
    }[name]


NAMES = ["persistence", "mean-speed", "optical-flow", "local-speed", "speed-blend"]


def arrival_of(name: str, front: Front) -> np.ndarray:
    """Frames until each cell burns `[H, W]`: 0 burnt now, inf never."""
    speed = np.maximum(speed_of(name, front), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        arrival = np.where(speed > 1e-6, front.distance_px / speed, np.inf)
    return np.where(front.distance_px < 0.5, 0.0, arrival)


def flow_masks(frames: np.ndarray, now: np.ndarray, leads: int) -> np.ndarray:
    """Burnt masks `[L, H, W]` when what was seen moves on as between the last frames."""
    return moved_masks(optical_flow(frames), now, leads)


def simple(name: str, leads: int) -> Forecaster:
    """Wrap a named simple forecaster."""
    if name == "optical-flow":
        return lambda s: flow_masks(s.frames, s.burnt_by == 0, leads).astype(np.float32)
    lead = np.arange(1, leads + 1)[:, None, None]
    return lambda s: (arrival_of(name, front_from(s.front))[None] <= lead).astype(np.float32)
