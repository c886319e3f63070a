"""Warp: move a picture along a flow field; one GridSample node in ONNX."""

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor


def pixel_grid(frame: Tensor) -> tuple[Tensor, Tensor]:
    """Pixel coordinates `(b, 2, h, w)`, x then y, and the last index of each `(b, 2, 1, 1)`.

    Made in the graph (CumSum), so that one file serves every grid.
    """
    one = torch.ones_like(frame[:, :1])
    at = torch.cat([one.cumsum(3), one.cumsum(2)], 1) - 1.0
    return at, at[:, :, -1:, -1:]


def warp(frame: Tensor, flow: Tensor, grid: tuple[Tensor, Tensor] | None = None) -> Tensor:
    """Move `frame` (b, c, h, w) along `flow` (b, 2, h, w): out(p) = frame(p + flow(p)).

    Flow is in pixels per step, x then y; border values repeat. Export at opset 16–19: at 20
    TensorRT silently samples the nearest pixel (TensorRT issue 4646).
    """
    at, size = grid or pixel_grid(frame)
    where = rearrange((at + flow) * (2.0 / size) - 1.0, "b xy h w -> b h w xy")
    return F.grid_sample(frame, where, mode="bilinear", padding_mode="border", align_corners=True)
