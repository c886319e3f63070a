"""A codebook: vectors are replaced by the nearest of K learned codes.

Exponential moving averages learn the codes (van den Oord et al. 2017, appendix A.1); codes nobody
uses are re-seeded from the batch; the commitment loss is returned and really used. In ONNX it is
MatMul + ArgMin + Gather with the codes as initialisers.
"""

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn


class Codebook(nn.Module):
    """Quantize `(n, d, h, w)` to K codes of D dimensions."""

    codes: Tensor
    uses: Tensor
    sums: Tensor

    def __init__(self, codes: int, dim: int, decay: float = 0.99, dead: float = 0.02) -> None:
        """Start from a normal distribution; `dead` is the share of mean use that counts as dead."""
        super().__init__()
        self.decay, self.dead = decay, dead
        start = torch.randn(codes, dim)
        self.register_buffer("codes", start)  # buffers: the optimizer must not touch them
        self.register_buffer("uses", torch.ones(codes))
        self.register_buffer("sums", start.clone())

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return quantized `z` (straight-through), code indices `(n, h, w)`, commitment loss."""
        n, d, h, w = z.shape
        rows = rearrange(z.float(), "n d h w -> (n h w) d")
        if self.training:  # the same, quicker; the graph keeps MatMul, Add and ArgMin
            with torch.no_grad():
                size = (self.codes**2).sum(1)
                index = torch.addmm(size, rows, self.codes.t(), alpha=-2.0).min(1).indices
        else:
            index = (rows @ (-2.0 * self.codes.t()) + (self.codes**2).sum(1)).argmin(1)
        picked = F.embedding(index, self.codes)
        picked = rearrange(picked, "(n h w) d -> n d h w", n=n, h=h, w=w)
        index = index.reshape(n, h, w)
        if self.training:
            self._learn(rows.detach(), index.reshape(-1))
        commitment = F.mse_loss(z, picked.detach())
        return (z + (picked - z).detach() if self.training else picked), index, commitment

    @torch.no_grad()
    def _learn(self, rows: Tensor, index: Tensor) -> None:
        k = len(self.codes)
        uses = torch.bincount(index, minlength=k).to(rows.dtype)
        sums = torch.zeros_like(self.sums).index_add_(0, index, rows)
        if torch.distributed.is_initialized():  # every rank must learn the same codes
            torch.distributed.all_reduce(uses)
            torch.distributed.all_reduce(sums)
        self.uses.lerp_(uses, 1 - self.decay)
        self.sums.lerp_(sums, 1 - self.decay)
        total = self.uses.sum()
        smoothed = (self.uses + 1e-5) / (total + k * 1e-5) * total
        self.codes.copy_(self.sums / smoothed[:, None])
        dead = self.uses < self.dead * total / k
        if bool(dead.any()):
            seeds = rows[torch.randint(len(rows), (int(dead.sum()),), device=rows.device)]
            if torch.distributed.is_initialized():
                torch.distributed.broadcast(seeds, 0)
            self.codes[dead] = seeds
            self.sums[dead] = seeds * (total / k)
            self.uses[dead] = total / k

    @torch.no_grad()
    def perplexity(self) -> float:
        """Effective number of codes in use, 1..K."""
        p = self.uses / self.uses.sum()
        return float(torch.exp(-(p * torch.log(p + 1e-10)).sum()))
