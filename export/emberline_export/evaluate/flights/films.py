"""Grounds to fly over: real films of fires, their own wander taken out.

FireSentry B and C (thermal, 1 m a cell assumed) validate and are never trained on or shown;
pine straw is colour, one frame of .2 s called 1.5 s and a cell .7 m.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from ...data.root import data_root

WIDE_M = 60.0  # the ground is mirrored this far beyond the film


@dataclass(frozen=True)
class Ground:
    """A film seen from straight above, its rows from north to south."""

    name: str
    kind: str
    frames: np.ndarray  # float32 [T, H, W] or [T, H, W, 3]
    burning: np.ndarray  # bool [T, H, W]
    cell_m: float
    dt_s: float

    @property
    def size_m(self) -> tuple[float, float]:
        """East-west and north-south."""
        return self.frames.shape[2] * self.cell_m, self.frames.shape[1] * self.cell_m

    def cells(self, margin: int = 0) -> np.ndarray:
        """Affine `[3, 3]` from metres of the world to cells, (0, 0) the first cell's corner."""
        wide, high = self.size_m
        c = self.cell_m
        return np.array(
            [[1 / c, 0, wide / 2 / c + margin], [0, -1 / c, high / 2 / c + margin], [0, 0, 1]]
        )


def still(frames: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """A drone's film whose cold ground keeps still: its median, at each frame's gain."""
    ground, out = np.median(frames, 0), np.empty_like(frames)
    calm = ground < np.percentile(ground, 92)
    for k, frame in enumerate(frames):
        cold = calm & (frame < np.percentile(frame, 92))
        known = np.c_[ground[cold], np.ones(cold.sum())]
        gain, offset = np.linalg.lstsq(known, frame[cold], rcond=None)[0]
        level = np.clip(gain, 0.4, 2) * ground + offset
        hotter = np.clip((cv2.GaussianBlur(frame - level, (0, 0), 1) - 18) / 20, 0, 1)
        near = cv2.dilate(masks[k].astype(np.uint8), np.ones((9, 9)))
        share = cv2.GaussianBlur((hotter * near).astype(np.float32), (0, 0), 1)
        out[k] = (1 - share) * level + share * frame
    return out


@cache
def ground(name: str) -> Ground:
    """`B`, `C` or `pine straw`."""
    if name in ("B", "C"):
        z = np.load(data_root() / "fire_validation" / f"firesentry_{name}_208x120.npz")
        heat = z["heat"].astype(np.float32)
        masks = np.unpackbits(z["mask"], axis=-1)[..., : heat.shape[-1]].astype(bool)
        return Ground(name, "thermal", still(heat, masks), masks, 1.0, 15.0)
    path = data_root() / "fire_dev" / "clips" / "fdv_visual_fire.mp4"
    film, shots = cv2.VideoCapture(str(path)), []
    while (got := film.read())[0]:
        shots.append(got[1])
    if not shots:
        raise FileNotFoundError(f"{path}: no frames; set EMBERLINE_DATA")
    rgb = np.stack(shots[::6])[..., ::-1].astype(np.float32)
    flame = (rgb[..., 0] > 190) & (rgb[..., 0] - rgb[..., 2] > 60)
    return Ground(name, "rgb", rgb, flame, 0.7, 1.5)
