"""PhysicNet for fire fronts: two views, a codebook each, optical-flow experts, one arrival map.

After "Modeling Spatio-temporal Dynamical Systems with Neural Discrete Learning and
Levels-of-Experts" (arXiv 2402.05970), as far as its text is public; there is no public code.

    frames (b, t, 1, h, w)                       front (b, 5 or 6, h, w)
      │ encode, one frame at a time                │ distance, age, three speeds, how long still
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

import torch
from einops import rearrange
from torch import Tensor, nn

from .arrival import ArrivalHead, scale_front
from .level import FRONT, Detail, Level, LevelConfig, NetConfig
from .prior import box, fading, lucas_kanade
from .warp import pixel_grid, warp

__all__ = ["FRONT", "LevelConfig", "NetConfig", "PhysicNet", "scale_front"]


def soften(kept: Tensor, fade: Tensor) -> tuple[Tensor, Tensor]:
    """What this lead shows and what the next starts from: blurred by `fade`, and by 0.82 cells."""
    blurred = box(kept, 3)
    return kept + fade * (blurred - kept), blurred


def drawn(base: Tensor, gate: Tensor, source: Tensor) -> Tensor:
    """`base` gives way to `source` where the gate opens; it starts nearly shut."""
    return base + torch.sigmoid(gate - 2.0) * (source - base)


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
        self.detail = Detail(cfg) if cfg.draw.detail else None

    @property
    def levels(self) -> list[Level]:
        """The levels there are, coarse first."""
        return [self.coarse] if self.fine is None else [self.coarse, self.fine]

    @property
    def maps(self) -> int:
        """Maps that every lead starts from, before its own detail."""
        return 2 + self.cfg.draw.softens

    def encode(self, frame: Tensor) -> list[tuple[Tensor, Tensor, Tensor]]:
        """One frame `(n, 1, h, w)` → (latent, codes, commitment loss) of each level."""
        return [level.encode(frame) for level in self.levels]

    def translate(
        self, latents: list[Tensor], front: Tensor | None, frames: Tensor
    ) -> tuple[list[Tensor], Tensor | None, Tensor, Tensor | None]:
        """Latents `(b, t·d, ·, ·)` of each level, front, frames `(b, t, 1, h, w)` → what follows.

        Future latents of each level; arrival parameters (fire only); the maps that leads start
        from `(b, 2 + l, h, w)`, motion in cells a frame (`softens`: and how far a lead fades, so
        that there are 3 + l) and the detail of each lead; and with
        `prior` what the levels see unquantized `(b, 4, h, w)`.
        """
        last = frames[:, -1]
        maps = None if self.arrival is None else scale_front(front)
        motion, seen = torch.zeros_like(last).repeat(1, 2, 1, 1), None
        if self.cfg.flow.prior:
            with torch.no_grad():
                motion = lucas_kanade(frames, self.cfg.flow.motion)
            change = last - warp(frames[:, -2], -motion)
            seen = torch.cat([last, change, motion * 0.25], 1)
        done = [lv.translate(z, maps, seen) for lv, z in zip(self.levels, latents, strict=True)]
        futures, features = [f for f, _ in done], [a for _, a in done]
        start = [motion]
        if self.cfg.draw.softens:
            with torch.no_grad():
                start.append(fading(frames, motion) * torch.ones_like(last))
        if self.detail is not None:
            start.append(self.detail(frames))
        start = torch.cat(start, 1)
        if self.arrival is None:
            return futures, None, start, seen
        return futures, self.arrival(front, last, torch.cat(features, 1)), start, seen

    def begin(self, last: Tensor) -> Tensor:
        """State before the first lead: the frame; `composed`: displacement x, y, softened frame."""
        if not self.cfg.flow.composed:
            return last
        still = torch.zeros_like(last).repeat(1, 2, 1, 1)
        return torch.cat([still, last], 1) if self.cfg.draw.softens else still

    def decode(
        self,
        futures: list[Tensor],
        start: Tensor,
        last: Tensor,
        state: Tensor,
        grid: tuple[Tensor, Tensor] | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """One lead: future latents `(b, f, ·, ·)`, motion and this lead's detail, the last frame.

        Returns the lead's frame, the state after it, and the flow `(b, 2, h, w)`.
        """
        parts = [lv.decode(z) for lv, z in zip(self.levels, futures, strict=True)]
        flows = parts if self.cfg.flow.local else parts[:1]
        flow = -start[:, :2]
        if self.cfg.flow.corrects:
            flow = torch.stack([p[:, :2] for p in flows]).sum(0) + flow
        gate = torch.stack([p[:, 2:3] for p in parts]).sum(0)
        source = self.fuse(torch.cat([p[:, 3:] for p in parts], 1))
        if self.cfg.flow.composed:  # the last frame, moved once, gives way to what the levels draw
            path, kept = state[:, :2], state[:, 2:]
            path = warp(path, flow, grid) + flow if self.cfg.flow.warps else path
            state = path
            if self.cfg.draw.softens:
                last, kept = soften(kept, start[:, 2:3])
                state = torch.cat([path, kept], 1)
            frame = warp(last, path, grid) if self.cfg.flow.warps else last
            frame = drawn(frame, gate, source if self.cfg.draw.replaces else source + frame)
        else:
            moved = warp(state, flow, grid) if self.cfg.flow.warps else state
            frame = state = moved + torch.sigmoid(gate) * source
        return frame + start[:, self.maps :] if self.detail is not None else frame, state, flow

    def forward(self, frames: Tensor, front: Tensor | None = None) -> dict[str, Tensor]:
        """Whole window: frames `(b, t, 1, h, w)` in 0..1, front `(b, 5, h, w)` in pixels.

        Returns forecast `(b, l, 1, h, w)`, burn_probability `(b, l, h, w)`, code indices per level
        `(b, t, ·, ·)`, and for training flow `(b, l, 2, h, w)`, params, commitment.
        """
        b, t = frames.shape[:2]
        front = front if front is None else front[:, : self.cfg.front]
        encoded = self.encode(rearrange(frames, "b t c h w -> (b t) c h w"))
        latents = [rearrange(z, "(b t) d h w -> b (t d) h w", t=t) for z, _, _ in encoded]
        futures, params, start, seen = self.translate(latents, front, frames)
        steps = [f.chunk(self.cfg.leads, 1) for f in futures]
        last = frames[:, -1]
        state, out, flows, grid = self.begin(last), [], [], pixel_grid(last)
        for k in range(self.cfg.leads):
            here = start[:, : self.maps]
            if self.detail is not None:
                here = torch.cat([here, start[:, self.maps + k : self.maps + k + 1]], 1)
            frame, state, flow = self.decode([s[k] for s in steps], here, last, state, grid)
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
            "motion": start[:, :2],
            "fade": start[:, 2:3] if self.cfg.draw.softens else None,
            "seen": seen,
        }
