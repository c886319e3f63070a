"""Warp: move a picture along a flow field; one GridSample node in ONNX."""

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor


def warp(frame: Tensor, flow: Tensor) -> Tensor:
    """Move `frame` (b, c, h, w) along `flow` (b, 2, h, w): out(p) = frame(p + flow(p)).

    Flow is in pixels per step, x then y; border values repeat. The pixel grid is made in the graph
    (CumSum), so one file serves every grid. Export at opset 16–19: at 20 TensorRT silently samples
    the nearest pixel (TensorRT issue 4646).
    """
    h, w = frame.shape[-2:]
    one = torch.ones_like(flow[:, :1])
    x, y = one.cumsum(3) - 1.0, one.cumsum(2) - 1.0
    at = torch.cat([x, y], 1) + flow
    size = torch.cat([x[:, :, -1:, -1:], y[:, :, -1:, -1:]], 1)  # w-1, h-1, whatever the grid
    grid = rearrange(at * 2.0 / size - 1.0, "b xy h w -> b h w xy")
    return F.grid_sample(frame, grid, mode="bilinear", padding_mode="border", align_corners=True)
