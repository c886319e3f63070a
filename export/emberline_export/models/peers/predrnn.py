"""PredRNN (Wang et al. 2017): beside each layer's own memory, one memory zigzags through all."""

import torch
from torch import Tensor, nn

from .patches import Stack, rolled


class Cell(nn.Module):
    """Spatiotemporal LSTM: temporal memory c of the layer, spatial memory m of the whole stack."""

    def __init__(self, inputs: int, hidden: int, kernel: int) -> None:
        """Build the gates of both memories."""
        super().__init__()
        pad = kernel // 2
        self.x = nn.Conv2d(inputs, 7 * hidden, kernel, padding=pad)
        self.h = nn.Conv2d(hidden, 4 * hidden, kernel, padding=pad, bias=False)
        self.m = nn.Conv2d(hidden, 3 * hidden, kernel, padding=pad, bias=False)
        self.o = nn.Conv2d(2 * hidden, hidden, kernel, padding=pad, bias=False)
        self.last = nn.Conv2d(2 * hidden, hidden, 1)

    def forward(self, x: Tensor, h: Tensor, c: Tensor, m: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return h, c, m after `x` `(b, i, h, w)`."""
        ix, fx, gx, jx, kx, nx, ox = self.x(x).chunk(7, 1)
        ih, fh, gh, oh = self.h(h).chunk(4, 1)
        jm, km, nm = self.m(m).chunk(3, 1)
        c = torch.sigmoid(fx + fh + 1.0) * c + torch.sigmoid(ix + ih) * torch.tanh(gx + gh)
        m = torch.sigmoid(kx + km + 1.0) * m + torch.sigmoid(jx + jm) * torch.tanh(nx + nm)
        both = torch.cat([c, m], 1)
        return torch.sigmoid(ox + oh + self.o(both)) * torch.tanh(self.last(both)), c, m


class PredRnn(Stack):
    """Two cells."""

    def __init__(self, leads: int, hidden: int = 24, layers: int = 2) -> None:
        """Build for `leads` frames."""
        super().__init__(Cell, leads, hidden, layers)

    def forward(self, frames: Tensor) -> Tensor:
        """Frames `(b, t, 1, h, w)` → `(b, l, 1, h, w)`."""
        zero = self.empty(frames)
        hs, cs, memory = [zero] * len(self.cells), [zero] * len(self.cells), [zero]

        def step(x: Tensor) -> Tensor:
            for i, cell in enumerate(self.cells):
                hs[i], cs[i], memory[0] = cell(x, hs[i], cs[i], memory[0])
                x = hs[i]
            return self.out(x)

        return rolled(frames, self.leads, step)
