"""Forecasters that learn nothing, or by heart: what a network must be set beside."""

import cv2
import numpy as np

from ...data.clips import Clips
from ...data.task import Task

NAMES = ("persistence", "nearest-frame", "optical-flow", "lucas-kanade", "lucas-kanade-matched")


def persistence(context: np.ndarray, leads: int) -> np.ndarray:
    """Repeat the last frame of `[T, H, W]` `leads` times."""
    return np.repeat(context[-1:], leads, 0)


def optical_flow(context: np.ndarray, leads: int) -> np.ndarray:
    """Carry the last frame on along Farnebäck's flow of the last two, held along each path."""
    a, b = ((np.clip(f, 0, 1) * 255).astype(np.uint8) for f in context[-2:])
    flow = cv2.calcOpticalFlowFarneback(a, b, None, 0.5, 4, 21, 3, 7, 1.5, 0)
    yy, xx = np.mgrid[0 : a.shape[0], 0 : a.shape[1]].astype(np.float32)
    x, y, out = xx.copy(), yy.copy(), []
    for _ in range(leads):
        step = cv2.remap(flow, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        x, y = x - step[..., 0], y - step[..., 1]
        out.append(cv2.remap(context[-1], x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    return np.stack(out)


class NearestFrame:
    """Find the training window whose last frames look most alike, and answer what followed it.

    A set on which this scores high has its test films in its training part (physicnet.md, §3.2).
    """

    def __init__(self, sets: list[Clips], task: Task, most: int = 20_000) -> None:
        """Keep every window's last two context frames, at a quarter of the size; one grid."""
        if not sets or len({c.frames.shape[2:] for c in sets}) > 1:
            raise ValueError("nearest-frame: needs training films of the test films' grid")
        self.sets, self.task = sets, task
        length = task.context + task.leads
        at = [
            (k, film, start)
            for k, clips in enumerate(sets)
            for film in range(len(clips))
            for start in range(clips.frames.shape[1] - length + 1)
        ]
        self.at = at[:: max(1, len(at) // most)]
        self.keys = np.stack([self.key(self.frames(*a, task.context)) for a in self.at])
        self.norm = (self.keys**2).sum(1)

    def frames(self, k: int, film: int, start: int, count: int) -> np.ndarray:
        """Training frames, no data as 0."""
        clips = self.sets[k]
        frames = clips.frames[film, start : start + count]
        return np.where(frames > clips.full, 0, frames / np.float32(clips.full))

    def key(self, context: np.ndarray) -> np.ndarray:
        """What is compared."""
        h, w = context.shape[1:]
        small = context[-2:, : h // 4 * 4, : w // 4 * 4].reshape(2, h // 4, 4, w // 4, 4)
        return small.mean((2, 4)).ravel().astype(np.float32)

    def __call__(self, context: np.ndarray, leads: int) -> np.ndarray:
        """Answer the future of the nearest window, of the same size as `context`."""
        key = self.key(context)
        k, film, start = self.at[int(np.argmin(self.norm - 2 * self.keys @ key))]
        return self.frames(k, film, start + self.task.context, leads)
