"""Print scores of the simple forecasters on real drone masks.

`runtime/vision/src/score/fire_scores/tests.rs` holds Rust to them.

Film C of `fire_validation/` (one camera view throughout; the view of film B jumps often),
every frame and every second one (15 s and 30 s), 10 frames seen, 10 leads, a start at every frame.
Oracle: scipy 1.17.1 (see `front.py`), numpy 2.4.6, opencv-python-headless 5.0.0.93.
Run from the repository root: `EMBERLINE_DATA=... python tests/golden/drone.py`.
"""

import os
from pathlib import Path

import cv2
import numpy as np
from front import front

SEEN, LEADS = 10, 10
STEP_FRAMES = (1, 2)


def flow_masks(film: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Burnt by each lead, the last burnt mask moved along the optical flow of the last masks."""
    a, b = (film[k].astype(np.uint8) * 255 for k in (SEEN - 4, SEEN - 1))
    flow = cv2.calcOpticalFlowFarneback(a, b, None, 0.5, 3, 15, 3, 7, 1.5, 0) / 3
    y, x = np.mgrid[: now.shape[0], : now.shape[1]].astype(np.float32)
    mask, out, sofar = now.astype(np.float32), [], now
    for lead in range(1, LEADS + 1):
        at = (x - lead * flow[..., 0], y - lead * flow[..., 1])
        sofar = sofar | (cv2.remap(mask, *at, cv2.INTER_LINEAR) > 0.5)
        out.append(sofar)
    return np.stack(out)


def main() -> None:
    """Pool counts over all starts and print F1 at leads 1, 5 and 10."""
    root = Path(os.environ.get("EMBERLINE_DATA", "../shared/data"))
    z = np.load(root / "fire_validation" / "firesentry_C_208x120.npz")
    mask = np.unpackbits(z["mask"], axis=-1).astype(bool)
    names = ["persistence", "mean-speed", "optical-flow", "local-speed", "speed-blend"]
    pool = {name: np.zeros((3, LEADS)) for name in names}
    late = {name: np.zeros(2) for name in names}
    starts = 0
    lead = np.arange(1, LEADS + 1)[:, None, None]
    for step in STEP_FRAMES:
        for start in range(len(mask) - (SEEN + LEADS - 1) * step):
            film = mask[start::step][: SEEN + LEADS]
            burnt = np.logical_or.accumulate(film)
            now, truth = burnt[SEEN - 1], burnt[SEEN:]
            if not now.any():
                continue
            starts += 1
            f = front(burnt[:SEEN])
            v, u, d = (np.asarray(f[k], np.float32) for k in ("global", "local", "distance"))
            by_speed = {
                "persistence": v * 0,
                "mean-speed": v,
                "local-speed": u,
                "speed-blend": np.float32(0.75) * v + np.float32(0.25) * u,
            }
            for name in names:
                if name == "optical-flow":
                    predicted = flow_masks(film, now)
                    by = np.where(predicted[-1], predicted.argmax(0) + 0.5, np.inf)
                else:
                    speed = by_speed[name]
                    predicted = now | (d <= lead * speed)
                    with np.errstate(divide="ignore", invalid="ignore"):
                        by = np.where(d <= LEADS * speed, d / speed, np.inf)
                s, t = predicted & ~now, truth & ~now
                pool[name] += [(s & t).sum((1, 2)), (s & ~t).sum((1, 2)), (~s & t).sum((1, 2))]
                reached = truth[-1] & ~now
                seen = truth.argmax(0) + 0.5
                error = np.abs(np.minimum(by, 3 * LEADS) - seen)[reached]
                late[name] += error.sum(), error.size
    print(starts, "starts")
    for name, (hits, false_alarms, misses) in pool.items():
        f1 = 2 * hits / (2 * hits + false_alarms + misses)
        print(f'("{name}", {[round(float(v), 4) for v in f1[[0, 4, 9]]]},', end=" ")
        print(f"{late[name][0] / late[name][1]:.3f}),")


if __name__ == "__main__":
    main()
