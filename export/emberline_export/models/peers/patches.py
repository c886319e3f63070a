"""Frames cut into patches of 4 × 4 cells, as recurrent forecasters see them, and rolled out."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PATCH = 4


class Stack(nn.Module):
    """Recurrent cells over patches, and how their top says the next frame differs."""

    def __init__(self, cell: type, leads: int, hidden: int, layers: int, kernel: int = 3) -> None:
        """Build for `leads` frames; an untrained stack says that nothing changes."""
        super().__init__()
        self.leads, self.hidden = leads, hidden
        widths = [PATCH**2] + [hidden] * (layers - 1)
        self.cells = nn.ModuleList(cell(w, hidden, kernel) for w in widths)
        self.out = nn.Conv2d(hidden, PATCH**2, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def empty(self, frames: Tensor) -> Tensor:
        """State before the first of `frames` `(b, t, 1, h, w)`."""
        b, _, _, h, w = frames.shape
        return frames.new_zeros(b, self.hidden, h // PATCH, w // PATCH)


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
