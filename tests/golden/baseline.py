"""Write `baseline.npz`: a made-up fire film, and what simple forecasters make of it.

Oracles: opencv-python-headless 5.0.0.93 (`calcOpticalFlowFarneback`, `remap`) for optical flow,
scipy 1.17.1 for the front the others start from (see `front.py`), numpy 2.4.6.
Run from the repository root: `python tests/golden/baseline.py`.
"""

from pathlib import Path

import cv2
import numpy as np
import scipy
from front import front
from scipy.ndimage import gaussian_filter

T, LEADS, REACH, H, W = 10, 10, 20, 132, 150


def main() -> None:
    """Burn, film, forecast, store."""
    rng = np.random.default_rng(7)
    yy, xx = np.mgrid[:H, :W]
    slow = np.exp(gaussian_filter(rng.normal(size=(H, W)), 6) * 9)
    far = np.minimum(np.hypot((yy - 60) * 1.3, xx - 50), np.hypot(yy - 85, (xx - 95) * 0.8))
    arrival = far * slow * 0.75 - 6
    time = np.arange(T + LEADS)[:, None, None]
    burnt = arrival[None] <= time
    age = np.maximum(time - arrival[None], 0)
    heat = np.where(burnt, 60 + 180 * np.exp(-age / 3), 30 + 6 * slow[None])
    frames = np.clip(gaussian_filter(heat, (0, 0.7, 0.7)), 0, 255).astype(np.uint8)
    before, now = frames[T - 4], frames[T - 1]

    flow = cv2.calcOpticalFlowFarneback(before, now, None, 0.5, 3, 15, 3, 7, 1.5, 0)
    last = burnt[T - 1]
    out = {
        "before": before,
        "now": now,
        "burnt": burnt[:T],
        "truth": burnt[T:],
        "flow": np.round(flow * 512).astype(np.int16),  # 1/512 px; right, down
    }
    moved, sofar = [], last
    for lead in range(1, REACH + 1):
        x = (xx - lead * flow[..., 0] / 3).astype(np.float32)
        y = (yy - lead * flow[..., 1] / 3).astype(np.float32)
        warped = cv2.remap(last.astype(np.float32), x, y, cv2.INTER_LINEAR)
        sofar = sofar | (warped > 0.5)
        moved.append(sofar)
    out["optical-flow"] = np.stack(moved[:LEADS])

    f = front(burnt[:T])
    # The speed at which flow carries fire to a cell: distance over the first lead, 1/256 px a frame.
    speed = f["distance"] / (np.argmax(np.stack(moved), 0) + 1)
    out["carried"] = np.round(np.where(moved[-1] & ~last, speed, 0) * 256).astype(np.uint16)
    lead = np.arange(1, LEADS + 1, dtype=np.float32)[:, None, None]
    mean, local = np.float32(f["global"]), f["local"].astype(np.float32)
    distance = f["distance"].astype(np.float32)
    speeds = {"mean-speed": mean, "local-speed": local, "speed-blend": 0.75 * mean + 0.25 * local}
    for name, speed in speeds.items():
        out[name] = last | (distance <= lead * speed)
    path = Path(__file__).with_suffix(".npz")
    np.savez_compressed(path, **out)
    print(path, path.stat().st_size, "bytes; cv2", cv2.__version__, "scipy", scipy.__version__)
    for name in ["mean-speed", "local-speed", "speed-blend", "optical-flow"]:
        hit = (out[name] & out["truth"] & ~last).sum((1, 2))
        both = (out[name] & ~last).sum((1, 2)) + (out["truth"] & ~last).sum((1, 2))
        print(name, "F1", np.round(2 * hit / both, 3))
    print("new", (out["truth"] & ~last).sum((1, 2)), "moving", (np.hypot(*flow.T) > 0.5).mean())


if __name__ == "__main__":
    main()
