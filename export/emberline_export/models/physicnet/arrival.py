"""The head of a fire model: when each cell burns, from how far and how fast the front is."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .level import FRONT, NetConfig, conv


def scale_front(front: Tensor) -> Tensor:
    """Front maps in pixels `(b, 5 or 6, h, w)` → about unit size."""
    distance, age, *speeds = front[:, :FRONT].split(1, 1)
    log = torch.log(torch.cat([distance + 1.0, *(s + SLOW for s in speeds)], 1))
    still = [front[:, FRONT:] * 0.5] if front.shape[1] > FRONT else []
    return torch.cat([log[:, :1] * 0.5, age, log[:, 1:] * 0.5 + 0.5, *still], 1)


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
        inputs = net.front + 1 + 1 + 8 * (2 if net.local else 1)
        self.body = nn.Sequential(conv(inputs, net.head), conv(net.head, net.head))
        self.out = nn.Conv2d(net.head, 6, 1)
        nn.init.normal_(self.out.weight, std=1e-2)
        with torch.no_grad():
            self.out.bias.copy_(torch.tensor([0.5, 0.0, 0.0, 0.0, 0.3, -7.0]))
        self.register_buffer("lean", torch.tensor([0.0, 2.2, 8.0]))  # share, knee, slope
        # Beta calibration (Kull 2017), fitted later: logit p' = a · ln p − b · ln(1 − p) + c
        self.register_buffer("calibration", torch.tensor([1.0, 1.0, 0.0]))

    def forward(self, front: Tensor, last: Tensor, features: Tensor) -> Tensor:
        """Return `(b, 6, h, w)`: ln arrival, s, rate, burnt, ln arrival by the blend, S."""
        distance, _, mean, local, carried = front[:, :FRONT].split(1, 1)
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
            a, b, c = self.calibration.unbind()
            p = torch.sigmoid(a * torch.log(p) - b * torch.log(1 - p) + c)
        return burnt + (1.0 - burnt) * p
