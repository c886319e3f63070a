"""ConvLSTM (Shi et al. 2015): gates are convolutions, so a cell remembers where things are."""

import torch
from torch import Tensor, nn

from .patches import Stack, rolled


class Cell(nn.Module):
    """One layer."""

    def __init__(self, inputs: int, hidden: int, kernel: int) -> None:
        """Build the four gates as one convolution."""
        super().__init__()
        self.gates = nn.Conv2d(inputs + hidden, 4 * hidden, kernel, padding=kernel // 2)

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Return hidden and cell state after `x` `(b, c, h, w)`."""
        h, c = state
        i, f, o, g = self.gates(torch.cat([x, h], 1)).chunk(4, 1)
        c = torch.sigmoid(f + 1.0) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class ConvLstm(Stack):
    """Three cells."""

    def __init__(self, leads: int, hidden: int = 32, layers: int = 3) -> None:
        """Build for `leads` frames."""
        super().__init__(Cell, leads, hidden, layers)

    def forward(self, frames: Tensor) -> Tensor:
        """Frames `(b, t, 1, h, w)` → `(b, l, 1, h, w)`."""
        zero = self.empty(frames)
        states = [(zero, zero)] * len(self.cells)

        def step(x: Tensor) -> Tensor:
            for i, cell in enumerate(self.cells):
                states[i] = cell(x, states[i])
                x = states[i][0]
            return self.out(x)

        return rolled(frames, self.leads, step)
