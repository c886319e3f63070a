"""What PhysicNet is trained to do, one term a line; weights in `LossConfig`."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

from ..data.rain import share_of
from ..data.scores.rain import RATES_MM_H
from ..models.physicnet.arrival import scale_front
from ..models.physicnet.network import PhysicNet, drawn, soften
from ..models.physicnet.prior import lucas_kanade
from ..models.physicnet.warp import pixel_grid, warp


@dataclass(frozen=True)
class LossConfig:
    """Weights; 0 leaves a term out."""

    burn: float = 1.0
    overlap: float = 1.5  # soft F1 at leads 5, 10, 20
    frame: float = 4.0
    commitment: float = 0.25
    photometric: float = 0.1
    smooth: float = 0.002
    divergence: float = 0.0
    crop: float = 1.0
    crops: int = 2
    crop_px: int = 32


def burn_loss(p: Tensor, burnt_by: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy and 1 − soft F1 of burn probability `(b, l, h, w)` on cells not burnt now.

    `burnt_by` `(b, h, w)` is the first lead by which a cell burns (0 burnt now, l+1 not yet). Each
    sample's cross-entropy is divided by its new-burn volume, so small fires count too.
    """
    leads = p.shape[1]
    lead = torch.arange(1, leads + 1, device=p.device).reshape(1, -1, 1, 1)
    truth = (burnt_by[:, None] <= lead).to(p.dtype)
    open_ = (burnt_by[:, None] > 0).to(p.dtype)
    entropy = F.binary_cross_entropy(p.clamp(1e-5, 1 - 1e-5), truth, reduction="none") * open_
    volume = (truth * open_).sum((1, 2, 3)) + 100.0
    at = [x - 1 for x in (5, 10, 20) if x <= leads]
    ps, ts = (p * open_)[:, at], (truth * open_)[:, at]
    f1 = (2 * (ps * ts).sum((2, 3)) + 4) / (ps.sum((2, 3)) + ts.sum((2, 3)) + 4)
    return (entropy.sum((1, 2, 3)) / volume).mean(), (1 - f1).mean()


def frame_loss(said: Tensor, truth: Tensor, weight: Tensor | None = None) -> Tensor:
    """Squared plus a tenth of absolute difference of frames `(b, l, 1, h, w)`, by `weight`."""
    if weight is None:
        return F.mse_loss(said, truth) + 0.1 * F.l1_loss(said, truth)
    off, total = (said - truth) * weight, weight.sum().clamp_min(1.0)
    return (off * off).sum() / total + 0.1 * off.abs().sum() / total


@torch.no_grad()
def foreseeable(frames: Tensor, leads: int) -> Tensor:
    """1 where a cell's air was inside the view at the last of `frames`, else 0 `(b, l, 1, h, w)`.

    What flows into a view cannot be foreseen. A network that is trained on it learns that rain
    fades with lead, and dries out large frames where it need not.
    """
    motion, at = lucas_kanade(frames)[:, None], pixel_grid(frames[:, 0])[0][:, None]
    lead = torch.arange(1, leads + 1, device=frames.device).reshape(1, -1, 1, 1, 1)
    x, y = (at - lead * motion).split(1, 2)
    h, w = frames.shape[-2:]
    return ((x > -1) & (x < w) & (y > -1) & (y < h)).to(frames.dtype)


def photometric(flow: Tensor, frames: Tensor, future: Tensor, picks: int = 2) -> Tensor:
    """|warp(true frame, flow) − next true frame| at random leads: flow must explain motion."""
    before = torch.cat([frames[:, -1:], future[:, :-1]], 1)
    loss = flow.new_zeros(())
    for k in torch.randint(flow.shape[1], (picks,)).tolist():
        loss = loss + F.l1_loss(warp(before[:, k], flow[:, k]), future[:, k])
    return loss / picks


def total_variation(flow: Tensor) -> Tensor:
    """Mean absolute difference of neighbouring flow vectors `(b, l, 2, h, w)`."""
    dx = (flow[..., 1:] - flow[..., :-1]).abs().mean()
    return dx + (flow[..., 1:, :] - flow[..., :-1, :]).abs().mean()


def divergence(flow: Tensor) -> Tensor:
    """Mean absolute divergence of flow `(b, l, 2, h, w)`: air that neither swells nor shrinks."""
    dx = flow[:, :, 0, :-1, 1:] - flow[:, :, 0, :-1, :-1]
    dy = flow[:, :, 1, 1:, :-1] - flow[:, :, 1, :-1, :-1]
    return (dx + dy).abs().mean()


def crop_loss(
    net: PhysicNet, out: dict, frames: Tensor, front: Tensor | None, future: Tensor, cfg: LossConfig
) -> Tensor:
    """Local level alone on random crops: it must forecast what it sees without the whole view.

    Each crop covers (crop_px / h)·(crop_px / w) of the view, less than half. Five leads. The motion
    that the flow expert starts from is the whole view's.
    """
    level, t, leads = net.fine, frames.shape[1], min(5, net.cfg.leads)
    h, w = frames.shape[-2:]
    maps = None if front is None else scale_front(front[:, : net.cfg.front])
    seen, motion = out["seen"], out["motion"]
    loss = frames.new_zeros(())
    for _ in range(cfg.crops):
        y = int(torch.randint(0, h - cfg.crop_px + 1, ()))
        x = int(torch.randint(0, w - cfg.crop_px + 1, ()))
        box = (..., slice(y, y + cfg.crop_px), slice(x, x + cfg.crop_px))
        z, _, commitment = level.encode(rearrange(frames[box], "b t c h w -> (b t) c h w"))
        latents = rearrange(z, "(b t) d h w -> b (t d) h w", t=t)
        cut = [None if m is None else m[box] for m in (maps, seen)]
        future_z, _ = level.translate(latents, *cut)
        last, said = frames[:, -1][box], []
        soft = last
        frame, path, moves = (
            last,
            torch.zeros_like(motion[box]),
            net.cfg.flow.warps and net.cfg.flow.local,
        )
        for f in future_z.chunk(net.cfg.leads, 1)[:leads]:
            flow, gate, source = level.decode(f).split([2, 1, 1], 1)
            flow = flow - motion[box] if net.cfg.flow.corrects else -motion[box]
            if net.cfg.flow.composed:
                path = warp(path, flow) + flow if moves else path
                shown = last
                if net.cfg.draw.softens:
                    shown, soft = soften(soft, out["fade"][box])
                base = warp(shown, path)
                frame = drawn(base, gate, source if net.cfg.draw.replaces else source + base)
            else:
                frame = warp(frame, flow) if moves else frame
                frame = frame + torch.sigmoid(gate) * source
            said.append(frame)
        loss = loss + frame_loss(torch.stack(said, 1), future[:, :leads][box])
        loss = loss + 0.1 * cfg.commitment * commitment
    return loss / cfg.crops


def total(
    net: PhysicNet,
    out: dict,
    frames: Tensor,
    front: Tensor | None,
    future: Tensor,
    burnt_by: Tensor | None,
    cfg: LossConfig,
    weight: Tensor | None = None,
) -> tuple[Tensor, dict[str, float]]:
    """Weighted sum and each term's value; `weight` of the cells of the frame loss."""
    terms = {}
    if net.arrival is not None:
        terms["burn"], terms["overlap"] = burn_loss(out["burn_probability"], burnt_by)
    terms |= {
        "frame": frame_loss(out["forecast"], future, weight),
        "commitment": out["commitment"],
    }
    if cfg.photometric:
        terms["photometric"] = photometric(out["flow"], frames, future)
    if cfg.smooth:
        terms["smooth"] = total_variation(out["flow"])
    if cfg.divergence:
        terms["divergence"] = divergence(out["flow"])
    if net.fine is not None and cfg.crop:
        terms["crop"] = crop_loss(net, out, frames, front, future, cfg)
    loss = sum(getattr(cfg, k) * v for k, v in terms.items())
    return loss, {k: float(v.detach()) for k, v in terms.items()}


SOFT = 0.02  # share over which a soft count turns: five greys


def soft_csi(said: Tensor, truth: Tensor, weight: Tensor, last: Tensor) -> Tensor:
    """1 − CSI at every rate of `(b, l, 1, h, w)` by `weight`; counts turn smoothly.

    A cell counts as said where it is among as many of its lead's strongest cells as reach the rate
    in `last` `(b, 1, h, w)`: what is learnt is the order of cells, as rates are matched by rank in
    the end. A rate that `last` does not reach is left out.
    """
    b, leads = said.shape[:2]
    cells = said[0, 0].numel()
    order = said.detach().reshape(b, leads, cells).sort(2).values
    loss = said.new_zeros(())
    for rate in RATES_MM_H:
        level = share_of(rate)
        area = (last >= level).reshape(b, -1).sum(1)
        at = (cells - area).clamp(max=cells - 1)[:, None, None].expand(b, leads, 1)
        some = weight * (area > 0).to(said.dtype).reshape(b, 1, 1, 1, 1)
        edge = order.gather(2, at).reshape(b, leads, 1, 1, 1)
        p, q = torch.sigmoid((said - edge) / SOFT) * some, (truth >= level) * some
        hits = (p * q).sum((0, 2, 3, 4))
        loss = loss + (1 - (hits + 1) / ((p + q - p * q).sum((0, 2, 3, 4)) + 1)).mean()
    return loss / len(RATES_MM_H)
