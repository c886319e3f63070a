"""SimVP (Gao et al. 2022; gSTA: Tan et al. 2022): all frames at once, no recurrence, no flow.

Encoder per frame (stride 4, a skip from the first layer), translator over time folded into
channels, decoder per frame. Translator blocks: ConvMixer, the best small row of OpenSTL's table, or
gated spatiotemporal attention (a large kernel split into depth-wise, dilated and 1×1).
"""

import torch
from einops import rearrange
from torch import Tensor, nn

from ..physicnet.level import Mixer


def block(i: int, o: int, stride: int = 1) -> nn.Sequential:
    """Convolution, group norm, SiLU."""
    return nn.Sequential(nn.Conv2d(i, o, 3, stride, 1), nn.GroupNorm(2, o), nn.SiLU())


class Gsta(nn.Module):
    """Gated spatiotemporal attention and a feed-forward part, both residual."""

    def __init__(self, c: int, kernel: int = 21, dilation: int = 3, ratio: int = 2) -> None:
        """Keep `c` channels."""
        super().__init__()
        near, far = 2 * dilation - 1, kernel // dilation + (kernel // dilation % 2 - 1)
        self.norm1, self.norm2 = nn.BatchNorm2d(c), nn.BatchNorm2d(c)
        self.before = nn.Sequential(nn.Conv2d(c, c, 1), nn.GELU())
        self.attend = nn.Sequential(
            nn.Conv2d(c, c, near, padding=near // 2, groups=c),
            nn.Conv2d(c, c, far, padding=far // 2 * dilation, groups=c, dilation=dilation),
            nn.Conv2d(c, 2 * c, 1),
        )
        self.after = nn.Conv2d(c, c, 1)
        wide = ratio * c
        self.feed = nn.Sequential(
            nn.Conv2d(c, wide, 1),
            nn.Conv2d(wide, wide, 3, padding=1, groups=wide),
            nn.GELU(),
            nn.Conv2d(wide, c, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Mix `(b, c, h, w)`."""
        value, gate = self.attend(self.before(self.norm1(x))).chunk(2, 1)
        x = x + self.after(torch.sigmoid(gate) * value)
        return x + self.feed(self.norm2(x))


class SimVp(nn.Module):
    """Encoder, translator, decoder."""

    def __init__(
        self,
        context: int,
        leads: int,
        kind: str,
        width: int = 16,
        hidden: int | None = None,
        depth: int | None = None,
    ) -> None:
        """`kind` is `convmixer` or `gsta`; by default both hold about 0.2 million weights."""
        super().__init__()
        mixer, wide, deep = {"convmixer": (Mixer, 128, 6), "gsta": (Gsta, 64, 5)}[kind]
        hidden, depth = hidden or wide, depth or deep
        self.leads = leads
        self.first = block(1, width, 1)
        self.down = nn.Sequential(block(width, width, 2), block(width, width, 2))
        self.translator = nn.Sequential(
            nn.Conv2d(context * width, hidden, 1),
            *[mixer(hidden) for _ in range(depth)],
            nn.Conv2d(hidden, leads * width, 1),
        )
        self.up = nn.Sequential(
            nn.Conv2d(width, 4 * width, 3, 1, 1),
            nn.PixelShuffle(2),
            nn.GroupNorm(2, width),
            nn.SiLU(),
            nn.Conv2d(width, 4 * width, 3, 1, 1),
            nn.PixelShuffle(2),
            nn.GroupNorm(2, width),
            nn.SiLU(),
        )
        self.last = nn.Sequential(block(2 * width, width), nn.Conv2d(width, 1, 1))

    def forward(self, frames: Tensor) -> Tensor:
        """Frames `(b, t, 1, h, w)` → `(b, l, 1, h, w)`."""
        b, t = frames.shape[:2]
        first = self.first(rearrange(frames, "b t c h w -> (b t) c h w"))
        z = rearrange(self.down(first), "(b t) c h w -> b (t c) h w", b=b)
        z = rearrange(self.translator(z), "b (l c) h w -> (b l) c h w", l=self.leads)
        skip = rearrange(first, "(b t) c h w -> b t c h w", t=t)[:, -1:]
        skip = skip.expand(-1, self.leads, -1, -1, -1)
        both = torch.cat([self.up(z), rearrange(skip, "b l c h w -> (b l) c h w")], 1)
        return rearrange(self.last(both), "(b l) c h w -> b l c h w", b=b)
