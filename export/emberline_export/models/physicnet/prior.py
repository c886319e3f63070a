"""Motion of the last two frames by Lucas and Kanade's method, as part of the network's graph.

The flow experts of a level start from this motion and correct it. It is computed from the frames
alone by pooling, products and one warp a step, so every engine runs it and no caller supplies it.

Lucas and Kanade (1981): within a window the motion v minimises Σ (I_t + v · ∇I)², which is one
2 × 2 system a cell. Coarse to fine over a pyramid (Bouguet 2001), two windows a scale: where the
small one sees little texture, the large one's answer stands.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .warp import pixel_grid, warp

SCALES = (8, 4, 2, 1)  # of the pyramid, coarse first
MOST = 1.5  # cells of a scale by which one step may move
QUIET = 1e-4  # squared slope below which there is nothing to see


@dataclass(frozen=True)
class Motion:
    """Over what motion is taken to be one, and how often it is refined.

    `wide` and `whole` are the weights of a window `wider` times as wide and of the whole view,
    beside 1 for the window itself. `blur` is the side of a box that smooths both frames twice
    first: of rain, what is small changes as it moves.
    """

    window: int = 9  # cells of a scale
    wider: float = 3.5
    wide: float = 0.1
    whole: float = 0.01
    blur: int = 0
    steps: int = 2  # of Gauss–Newton at each scale
    finest: int = 2  # scale below which motion is not refined


def box(x: Tensor, k: int) -> Tensor:
    """Mean over `k` × `k` cells, borders counted by what is inside."""
    x = F.avg_pool2d(x, (1, k), 1, (0, k // 2), count_include_pad=False)
    return F.avg_pool2d(x, (k, 1), 1, (k // 2, 0), count_include_pad=False)


def slope(x: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences of `(b, 1, h, w)` along x and y, borders repeated."""
    p = F.pad(x, (1, 1, 1, 1), mode="replicate")
    return (p[..., 1:-1, 2:] - p[..., 1:-1, :-2]) / 2, (p[..., 2:, 1:-1] - p[..., :-2, 1:-1]) / 2


def twice(flow: Tensor) -> Tensor:
    """Flow of a grid twice as fine: bilinear, in cells of that grid."""
    b, c, _, _ = flow.shape
    up = F.pixel_shuffle(flow.repeat_interleave(4, 1), 2)
    return box(up, 3) * 2.0


def step(a: Tensor, b: Tensor, flow: Tensor, over: Motion) -> Tensor:
    """One Gauss–Newton step of `flow`: a(p) = b(p + flow)."""
    moved = warp(b, flow, pixel_grid(b))
    ax, ay = slope((a + moved) / 2)
    parts = torch.cat([ax * ax, ax * ay, ay * ay, ax * (a - moved), ay * (a - moved)], 1)
    wide = int(over.window * over.wider) | 1
    sums = box(parts, over.window) + over.wide * box(parts, wide)
    sums = sums + over.whole * parts.mean((2, 3), keepdim=True)
    xx, xy, yy, xt, yt = sums.split(1, 1)
    xx, yy = xx + QUIET, yy + QUIET
    det = xx * yy - xy * xy
    dx, dy = (yy * xt - xy * yt) / det, (xx * yt - xy * xt) / det
    return flow + torch.cat([dx, dy], 1).clamp(-MOST, MOST)


def lucas_kanade(frames: Tensor, over: Motion | None = None) -> Tensor:
    """Motion `(b, 2, h, w)` (x, y) in cells a frame of the last two of `frames` `(b, t, 1, h, w)`.

    Sides must be multiples of 8. What was at p is seen at p + motion one frame later.
    """
    over = over or Motion()
    a, b = frames[:, -2], frames[:, -1]
    if over.blur:
        a, b = (box(box(x, over.blur), over.blur) for x in (a, b))
    flow = None
    for scale in (s for s in SCALES if s >= over.finest):
        small_a, small_b = (F.avg_pool2d(x, scale) if scale > 1 else x for x in (a, b))
        if flow is None:
            flow = torch.zeros_like(small_a).repeat(1, 2, 1, 1)
        else:
            flow = twice(flow)
        for _ in range(over.steps):
            flow = box(step(small_a, small_b, flow, over), 3)
    for _ in range(over.finest.bit_length() - 1):
        flow = twice(flow)
    return flow


def fading(frames: Tensor, motion: Tensor) -> Tensor:
    """How far a step of one frame goes towards the mean of 3 × 3 cells: 0..1, `(b, 1, 1, 1)`.

    The least-squares answer of the last two frames: what is small and does not live from one to the
    other cannot be foreseen. Of rain it depends on the radar and its cells, and not on a model.
    """
    before, last = frames[:, -2], frames[:, -1]
    moved = warp(before, -motion)
    blurred = warp(box(before, 3), -motion) - moved
    share = (blurred * (last - moved)).mean((2, 3), keepdim=True)
    return (share / ((blurred * blurred).mean((2, 3), keepdim=True) + 1e-7)).clamp(0.0, 1.0)
