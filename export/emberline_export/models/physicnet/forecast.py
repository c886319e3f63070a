"""A network of fires as a forecaster of samples."""

import numpy as np
import torch

from ...data.film import Sample
from ...data.scores.fire import Forecaster
from .network import PhysicNet


def network(net: PhysicNet) -> Forecaster:
    """Wrap a network; the grid is padded to a multiple of 8 by repeating the border."""

    @torch.no_grad()
    def run(s: Sample) -> np.ndarray:
        h, w = s.front.shape[1:]
        pad = ((0, 0), (0, -h % 8), (0, -w % 8))
        frames = torch.from_numpy(np.pad(s.frames, pad, mode="edge"))[None, :, None]
        front = torch.from_numpy(np.pad(s.front, pad, mode="edge"))[None]
        return net(frames, front)["burn_probability"][0, :, :h, :w].numpy()

    return run
