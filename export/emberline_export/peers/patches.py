"""Frames cut into patches of 4 × 4 cells, as recurrent forecasters see them, and rolled out."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

PATCH = 4


def rolled(frames: Tensor, leads: int, step: Callable[[Tensor], Tensor]) -> Tensor:
    """Feed `frames` `(b, t, 1, h, w)` to `step` one by one, then its own answers.

    `step` takes patches `(b, 16, h/4, w/4)` and says by how much the next frame differs.
    """
    h, w = frames.shape[-2:]
    if h % PATCH or w % PATCH:
        raise ValueError(f"grid {h} × {w}: sides must be multiples of {PATCH}")
    out, last = [], frames.shape[1] - 1
    for t in range(last + leads):
        x = F.pixel_unshuffle(frames[:, t] if t <= last else out[-1], PATCH)
        x = F.pixel_shuffle(x + step(x), PATCH)
        if t >= last:
            out.append(x)
    return torch.stack(out, 1)
