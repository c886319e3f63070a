"""Fourier neural operator (Li et al. 2021), from the package neuraloperator (`benchmark` extra)."""

from torch import Tensor, nn


class Fno(nn.Module):
    """Context frames as channels in, leads as channels out, added to the last frame."""

    def __init__(
        self, context: int, leads: int, modes: int = 12, hidden: int = 24, layers: int = 4
    ) -> None:
        """Build for the given lengths."""
        super().__init__()
        from neuralop.models import FNO

        self.body = FNO(
            n_modes=(modes, modes),
            in_channels=context,
            out_channels=leads,
            hidden_channels=hidden,
            n_layers=layers,
        )

    def forward(self, frames: Tensor) -> Tensor:
        """Frames `(b, t, 1, h, w)` → `(b, l, 1, h, w)`."""
        return (frames[:, -1] + self.body(frames[:, :, 0])).unsqueeze(2)
