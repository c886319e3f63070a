"""Training, the same for every method: films, optimizer, schedule and budget."""

import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

from ..data.task import Batch
from ..models.physicnet.network import PhysicNet
from .losses import LossConfig, foreseeable, frame_loss, soft_csi, total

WARM_UP = 0.1  # share of a run over which the rate rises


@dataclass(frozen=True)
class Budget:
    """What a method may spend; whichever is spent first ends the run."""

    steps: int
    cpu_s: float  # processor seconds of training, data included; inf for none
    rate: float = 2e-3


def share(rate: float, progress: float) -> float:
    """Rate at `progress` 0..1: rises linearly, then falls by half a cosine to nothing."""
    if progress < WARM_UP:
        return rate * (0.1 + 0.9 * progress / WARM_UP)
    return rate * 0.5 * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP)))


def learn(
    net: nn.Module,
    stream: Iterator[Batch],
    budget: Budget,
    cfg: LossConfig,
    csi: float = 0.0,
) -> tuple[int, float]:
    """Train in place: AdamW, gradients clipped at 1; return steps done and seconds spent.

    Every method learns the image loss and, with a weight of `csi` above 0, the soft CSI of rain,
    both on the cells that can be foreseen; PhysicNet has its own terms beside them.
    """
    device = next(net.parameters()).device
    optimizer = torch.optim.AdamW(net.parameters(), lr=budget.rate, weight_decay=0.02)
    began, shown, step, spent = time.process_time(), 0.0, 0, 0.0
    net.train()
    while step < budget.steps and spent < budget.cpu_s:
        for group in optimizer.param_groups:
            group["lr"] = share(budget.rate, max(step / budget.steps, spent / budget.cpu_s))
        batch = (None if x is None else x.to(device) for x in next(stream))
        context, future, front, burnt_by = batch
        weight = foreseeable(context, future.shape[1]) if csi else None
        if isinstance(net, PhysicNet):
            out = net(context, front)
            said = out["forecast"]
            loss, terms = total(net, out, context, front, future, burnt_by, cfg, weight)
            image = terms["frame"]
        else:
            said = net(context)
            loss = frame_loss(said, future, weight)
            image = float(loss.detach())
        if csi:
            loss = loss + csi * soft_csi(said, future, weight, context[:, -1])
        if not torch.isfinite(loss):
            raise RuntimeError(f"step {step}: loss is not finite; try a smaller --rate")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        step, spent, shown = step + 1, time.process_time() - began, shown + image / 50
        if step % 50 == 0:
            text = f"\rstep {step} of {budget.steps}, {spent:.0f} of {budget.cpu_s:.0f} s, "
            print(text + f"image loss {shown:.5f} ", end="", file=sys.stderr, flush=True)
            shown = 0.0
    net.eval()
    return step, spent
