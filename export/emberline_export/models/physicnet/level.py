"""One view of PhysicNet: a frame encoder, a codebook, a translator in time, and its experts."""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .codebook import Codebook
from .prior import Motion

FRONT = 5  # maps of the front: distance_px, age, mean, local and carried speed; a sixth: still


@dataclass(frozen=True)
class LevelConfig:
    """One level: its stride, codebook and widths."""

    stride: int
    width: int
    codes: int
    code_dim: int
    hidden: int
    depth: int
    future: int  # channels of one future latent


@dataclass(frozen=True)
class FlowConfig:
    """How frames are moved.

    `warps`: frames are moved at all (else flow is at most a loss), `local`: by the local level too.
    `prior` starts the flow experts from Lucas and Kanade's motion, measured as `motion` says, and
    shows the levels the last frame, its change along that motion, and the motion, none of them
    quantized; `corrects` lets the experts change that motion; without, it is the motion.
    `composed` samples the last frame once a lead, along composed trajectories.
    """

    warps: bool = True
    local: bool = True
    prior: bool = False
    corrects: bool = True
    composed: bool = False
    motion: Motion = field(default_factory=Motion)


@dataclass(frozen=True)
class DrawConfig:
    """What is drawn besides what moves.

    `replaces` lets the last frame give way to what the levels draw instead of adding to it;
    `softens` blurs the last frame by 0.82 cells times the root of the leads before, and for the
    lead itself by what the frames tell of it (`prior.fading`), as what is small lives short;
    `detail` is the width of a path at full resolution beside the levels, 0 for none.
    """

    replaces: bool = True
    softens: bool = False
    detail: int = 0


@dataclass(frozen=True)
class NetConfig:
    """The whole network; `vq` and `local` can be taken out for ablations.

    `arrival` is for fire: without it there are no front maps and no burn probability. `front` is
    how many of the front's maps are taken (`data.front.Front.channels`). `dropout` is the share of
    a level's feature maps that are dropped in training. Defaults of `flow` and `draw` are those of
    the first fire models; their other parts came with the benchmark (docs/results.md).
    """

    context: int = 10
    leads: int = 20
    head: int = 24
    vq: bool = True
    local: bool = True
    arrival: bool = True
    front: int = FRONT
    dropout: float = 0.0
    flow: FlowConfig = field(default_factory=FlowConfig)
    draw: DrawConfig = field(default_factory=DrawConfig)
    coarse: LevelConfig = field(default_factory=lambda: LevelConfig(4, 32, 256, 16, 112, 5, 8))
    fine: LevelConfig = field(default_factory=lambda: LevelConfig(2, 16, 128, 8, 48, 3, 4))


def conv(i: int, o: int, k: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution, batch norm (folds away at export), ReLU."""
    c = nn.Conv2d(i, o, k, stride, k // 2, groups=groups, bias=False)
    return nn.Sequential(c, nn.BatchNorm2d(o), nn.ReLU(inplace=True))


class Mixer(nn.Module):
    """ConvMixer block: 7×7 depth-wise over space, 1×1 over channels."""

    def __init__(self, c: int) -> None:
        """Keep `c` channels."""
        super().__init__()
        self.space, self.channels = conv(c, c, 7, groups=c), conv(c, c, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Mix `(b, c, h, w)`."""
        return self.channels(x + self.space(x))


class Residual(nn.Module):
    """Two convolutions around which the input is added."""

    def __init__(self, c: int) -> None:
        """Keep `c` channels."""
        super().__init__()
        self.body = nn.Sequential(conv(c, c), nn.Conv2d(c, c, 1, bias=False), nn.BatchNorm2d(c))

    def forward(self, x: Tensor) -> Tensor:
        """Add to `(b, c, h, w)`."""
        return F.relu(x + self.body(x))


class Level(nn.Module):
    """One view: encoder, codebook, translator, and its flow expert."""

    def __init__(self, cfg: LevelConfig, net: NetConfig) -> None:
        """Build for the level's stride."""
        super().__init__()
        self.cfg, self.leads = cfg, net.leads
        down = [conv(1, cfg.width, 3, 2)]
        down += [conv(cfg.width, cfg.width, 3, 2)] * (cfg.stride == 4)
        self.encoder = nn.Sequential(
            *down, Residual(cfg.width), nn.Conv2d(cfg.width, cfg.code_dim, 1)
        )
        self.codebook = Codebook(cfg.codes, cfg.code_dim) if net.vq else None
        seen = (2 * cfg.stride**2 + 2) * net.flow.prior  # last frame, its change, the motion
        inputs = net.context * cfg.code_dim + net.front * net.arrival + seen
        self.mix_time = conv(inputs, cfg.hidden, 1)
        self.drop = nn.Dropout2d(net.dropout)
        self.translator = nn.Sequential(*[Mixer(cfg.hidden) for _ in range(cfg.depth)])
        self.to_future = nn.Conv2d(cfg.hidden, net.leads * cfg.future, 1)
        self.to_arrival = nn.Conv2d(cfg.hidden, 8 * cfg.stride**2, 1) if net.arrival else None
        self.expert = nn.Conv2d(cfg.future, 4 * cfg.stride**2, 1)  # flow x, y, gate, source
        self.up = nn.PixelShuffle(cfg.stride)
        nn.init.normal_(self.expert.weight, std=1e-2)
        nn.init.zeros_(self.expert.bias)

    def encode(self, frame: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One frame `(n, 1, h, w)` → latent, code indices, commitment loss."""
        z = self.encoder(frame * 2.0 - 0.6)
        if self.codebook is None:
            n, _, h, w = z.shape
            return z, torch.zeros(n, h, w, dtype=torch.long, device=z.device), z.new_zeros(())
        return self.codebook(z)

    def translate(
        self, latents: Tensor, front: Tensor | None, seen: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """`t` latents `(b, t·d, h, w)` → future latents `(b, l·f, h, w)` and arrival features."""
        if front is not None:
            latents = torch.cat([latents, F.avg_pool2d(front, self.cfg.stride)], 1)
        if seen is not None:
            fine = F.pixel_unshuffle(seen[:, :2], self.cfg.stride)
            latents = torch.cat([latents, fine, F.avg_pool2d(seen[:, 2:], self.cfg.stride)], 1)
        hidden = self.translator(self.drop(self.mix_time(latents)))
        features = None if self.to_arrival is None else self.up(self.to_arrival(hidden))
        return self.to_future(hidden), features

    def decode(self, future: Tensor) -> Tensor:
        """One future latent `(b, f, h, w)` → flow x, flow y, gate logit, source at full size."""
        return self.up(self.expert(future))


class Detail(nn.Module):
    """What the levels are too coarse for: a small network on the frames at full resolution.

    A linear map of the 5 × 5 cells around each cell in every frame, and a narrow network beside it.
    """

    def __init__(self, net: NetConfig) -> None:
        """Start at zero: no detail."""
        super().__init__()
        self.linear = nn.Conv2d(net.context, net.leads, 5, padding=2)
        self.body = nn.Sequential(
            conv(net.context, net.draw.detail),
            conv(net.draw.detail, net.draw.detail),
            nn.Conv2d(net.draw.detail, net.leads, 3, padding=1),
        )
        for layer in (self.linear, self.body[-1]):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, frames: Tensor) -> Tensor:
        """Frames `(b, t, 1, h, w)` → detail `(b, l, h, w)`."""
        x = frames[:, :, 0]
        x = torch.cat([x[:, :-1] - x[:, -1:], x[:, -1:]], 1)
        return self.linear(x) + self.body(x)
