"""PhysicNet for fire fronts: two views, a codebook each, optical-flow experts, one arrival map.

After "Modeling Spatio-temporal Dynamical Systems with Neural Discrete Learning and
Levels-of-Experts" (arXiv 2402.05970), as far as its text is public; there is no public code.

    frames (b, t, 1, h, w)                       front (b, 5, h, w)
      │ encode, one frame at a time                │ distance, age, mean, local and carried speed
      ├─ global level, stride 4: conv → codebook ──┤
      └─ local level,  stride 2: conv → codebook ──┤
      │ translate: t latents → l future latents, and features of the arrival head
      │ decode, one future frame at a time
      ├─ flow experts:  frame' = warp(frame, flow_g + flow_l) + gate · fuse(source_g, source_l)
      └─ arrival head:  P(burnt by lead), from one arrival time per cell, so it never falls

The paper: a *global* level sees the whole view, a *local* level random crops that cover less than
half of it; each has a discrete codebook; the "universal expert" is optical flow, at both levels.
Ours: the local level is trained on crops by losses of its own (`train.py`) and runs over the whole
frame when deployed; flow and gated source stay in the graph as a warped rollout (as NowcastNet's
evolution network does). The arrival head is not in the paper. It starts near the "speed blend",
the strongest simple forecaster on real masks (3/4 mean speed + 1/4 local speed), and learns per
cell which speed to believe (the whole front's, its nearest piece's, or the one at which the film's
optical flow carries fire there), how to correct it, and how sure to be.
"""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from .codebook import Codebook
from .warp import pixel_grid, warp

FRONT = 5  # maps of the front: distance_px, age, mean speed, local speed, carried speed


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
class NetConfig:
    """The whole network; `vq`, `local` and `flow` can be taken out for ablations.

    `arrival` is for fire: without it there are no front maps and no burn probability.
    """

    context: int = 10
    leads: int = 20
    head: int = 24
    vq: bool = True
    local: bool = True
    flow: bool = True
    arrival: bool = True
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
        self.mix_time = conv(net.context * cfg.code_dim + FRONT * net.arrival, cfg.hidden, 1)
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

    def translate(self, latents: Tensor, front: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """`t` latents `(b, t·d, h, w)` → future latents `(b, l·f, h, w)` and arrival features."""
        if front is not None:
            latents = torch.cat([latents, F.avg_pool2d(front, self.cfg.stride)], 1)
        hidden = self.translator(self.mix_time(latents))
        features = None if self.to_arrival is None else self.up(self.to_arrival(hidden))
        return self.to_future(hidden), features

    def decode(self, future: Tensor) -> Tensor:
        """One future latent `(b, f, h, w)` → flow x, flow y, gate logit, source at full size."""
        return self.up(self.expert(future))


def scale_front(front: Tensor) -> Tensor:
    """Front maps in pixels `(b, 5, h, w)` → about unit size."""
    distance, age, *speeds = front.split(1, 1)
    log = torch.log(torch.cat([distance + 1.0, *(s + SLOW for s in speeds)], 1))
    return torch.cat([log[:, :1] * 0.5, age, log[:, 1:] * 0.5 + 0.5], 1)


UNEVEN = 2.0  # steepness that a front loses where its local speed is e times its mean speed, or 1/e
SLOW = 0.02  # px per frame, below which a front stands still


def spread(x: Tensor, reach: int = 32) -> Tensor:
    """Mean of `x` `(b, 1, h, w)` over the square of `reach` px around each cell, zero outside."""
    x = F.avg_pool2d(x, (1, 2 * reach + 1), 1, (0, reach))
    return F.avg_pool2d(x, (2 * reach + 1, 1), 1, (reach, 0))


class ArrivalHead(nn.Module):
    """Burn probability by lead from one arrival time a cell.

    arrival = distance / speed with speed = mean^w0 · local^w1 · carried^w2 · e^d, Σw = 1, and
    P(lead) = 1 − (1 − sigmoid((ln lead − ln arrival) · s)) · exp(−r · lead); w, d, s, r per cell.
    After training, where it is unsure (small s) or the front moves unevenly it leans on the speed
    blend: P' = (1 − λ) · P + λ · P_blend, λ = share · sigmoid((knee − S) · slope), with S the mean
    of s − 2 · |ln local − ln mean| along the front within 32 px. Simulation cannot teach how
    erratic real fires are; share, knee and slope are chosen on validation.
    """

    def __init__(self, net: NetConfig) -> None:
        """Start as the speed blend with an uncertain clock."""
        super().__init__()
        inputs = FRONT + 1 + 1 + 8 * (2 if net.local else 1)
        self.body = nn.Sequential(conv(inputs, net.head), conv(net.head, net.head))
        self.out = nn.Conv2d(net.head, 6, 1)
        nn.init.normal_(self.out.weight, std=1e-2)
        with torch.no_grad():
            self.out.bias.copy_(torch.tensor([0.5, 0.0, 0.0, 0.0, 0.3, -7.0]))
        self.register_buffer("lean", torch.tensor([0.0, 2.2, 8.0]))  # share, knee, slope
        # Platt scaling, fitted on validation after training: logit p' = a · logit p + b
        self.register_buffer("calibration", torch.tensor([1.0, 0.0]))

    def forward(self, front: Tensor, last: Tensor, features: Tensor) -> Tensor:
        """Return `(b, 6, h, w)`: ln arrival, s, rate, burnt, ln arrival by the blend, S."""
        distance, _, mean, local, carried = front.split(1, 1)
        burnt = (distance < 0.5).to(front.dtype)
        x = torch.cat([scale_front(front), burnt, last, features], 1)
        w, d, s, r = self.out(self.body(x)).split([3, 1, 1, 1], 1)
        speeds = torch.log(torch.cat([mean, local, carried], 1) + SLOW)
        speed = (torch.softmax(w, 1) * speeds).sum(1, keepdim=True) + d
        steep = torch.clamp(F.softplus(s), min=0.05) * 2.0
        far = torch.log(torch.clamp(distance, min=0.5))
        arrival, blend = far - speed, far - torch.log(0.75 * mean + 0.25 * local + SLOW)
        even = steep - UNEVEN * (torch.log(local + SLOW) - torch.log(mean + SLOW)).abs()
        along = ((distance > 0.5) & (distance < 9.0)).to(front.dtype)
        weight = spread(along)
        sure = torch.where(weight > 1e-4, spread(even * along) / (weight + 1e-6), even)
        rate = F.softplus(torch.clamp(r, max=2.0)) * 0.1
        return torch.cat([arrival, steep, rate, burnt, blend, sure], 1)

    def probability(self, params: Tensor, lead: Tensor) -> Tensor:
        """P(burnt by lead) `(b, l, h, w)` for leads `(l,)` from 1; never falls with lead."""
        arrival, steep, rate, burnt, blend, sure = params.split(1, 1)
        lead = lead.reshape(1, -1, 1, 1)
        reach = torch.sigmoid((torch.log(lead) - arrival) * steep)
        p = 1.0 - (1.0 - reach) * torch.exp(-rate * lead)
        if not self.training:
            share, knee, slope = self.lean.unbind()
            lean = share * torch.sigmoid((knee - sure) * slope)
            by_blend = torch.sigmoid((torch.log(lead) - blend) * 2.0)
            by_blend = 1.0 - (1.0 - by_blend) * torch.exp(-rate * lead)
            p = (1.0 - lean) * p + lean * by_blend
            p = p.clamp(1e-6, 1 - 1e-6)
            a, b = self.calibration.unbind()
            p = torch.sigmoid(a * (torch.log(p) - torch.log(1 - p)) + b)
        return burnt + (1.0 - burnt) * p


class PhysicNet(nn.Module):
    """The network. `forward` is the whole window; `encode`, `translate`, `decode` the stream."""

    def __init__(self, cfg: NetConfig | None = None) -> None:
        """Build; an untrained network is close to persistence and to the speed blend."""
        super().__init__()
        self.cfg = cfg = cfg or NetConfig()
        self.coarse = Level(cfg.coarse, cfg)
        self.fine = Level(cfg.fine, cfg) if cfg.local else None
        self.fuse = nn.Conv2d(2 if cfg.local else 1, 1, 1)
        nn.init.ones_(self.fuse.weight)
        nn.init.zeros_(self.fuse.bias)
        self.arrival = ArrivalHead(cfg) if cfg.arrival else None

    @property
    def levels(self) -> list[Level]:
        """The levels there are, coarse first."""
        return [self.coarse] if self.fine is None else [self.coarse, self.fine]

    def encode(self, frame: Tensor) -> list[tuple[Tensor, Tensor, Tensor]]:
        """One frame `(n, 1, h, w)` → (latent, codes, commitment loss) of each level."""
        return [level.encode(frame) for level in self.levels]

    def translate(
        self, latents: list[Tensor], front: Tensor | None, last: Tensor
    ) -> tuple[list[Tensor], Tensor | None]:
        """Latents `(b, t·d, ·, ·)` of each level → future latents of each, arrival parameters."""
        maps = None if self.arrival is None else scale_front(front)
        done = [lv.translate(z, maps) for lv, z in zip(self.levels, latents, strict=True)]
        futures = [f for f, _ in done]
        if self.arrival is None:
            return futures, None
        return futures, self.arrival(front, last, torch.cat([a for _, a in done], 1))

    def decode(
        self, futures: list[Tensor], frame: Tensor, grid: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """One step: future latents `(b, f, ·, ·)` and the frame before → next frame and flow."""
        parts = [lv.decode(z) for lv, z in zip(self.levels, futures, strict=True)]
        moved = torch.stack(parts).sum(0)
        flow, gate = moved[:, :2], torch.sigmoid(moved[:, 2:3])
        source = self.fuse(torch.cat([p[:, 3:] for p in parts], 1))
        base = warp(frame, flow, grid) if self.cfg.flow else frame
        return base + gate * source, flow

    def forward(self, frames: Tensor, front: Tensor | None = None) -> dict[str, Tensor]:
        """Whole window: frames `(b, t, 1, h, w)` in 0..1, front `(b, 5, h, w)` in pixels.

        Returns forecast `(b, l, 1, h, w)`, burn_probability `(b, l, h, w)`, code indices per level
        `(b, t, ·, ·)`, and for training flow `(b, l, 2, h, w)`, params, commitment.
        """
        b, t = frames.shape[:2]
        last = frames[:, -1]
        encoded = self.encode(rearrange(frames, "b t c h w -> (b t) c h w"))
        latents = [rearrange(z, "(b t) d h w -> b (t d) h w", t=t) for z, _, _ in encoded]
        futures, params = self.translate(latents, front, last)
        steps = [f.chunk(self.cfg.leads, 1) for f in futures]
        frame, out, flows, grid = last, [], [], pixel_grid(last)
        for k in range(self.cfg.leads):
            frame, flow = self.decode([s[k] for s in steps], frame, grid)
            out.append(frame)
            flows.append(flow)
        codes = [rearrange(i, "(b t) h w -> b t h w", t=t) for _, i, _ in encoded]
        fire = {}
        if self.arrival is not None:
            lead = torch.arange(1, self.cfg.leads + 1, device=frames.device, dtype=frames.dtype)
            fire = {"burn_probability": self.arrival.probability(params, lead), "params": params}
        return {
            "forecast": torch.stack(out, 1),
            **fire,
            "codes": codes,
            "flow": torch.stack(flows, 1),
            "commitment": torch.stack([c for _, _, c in encoded]).sum(),
            "futures": futures,
        }
