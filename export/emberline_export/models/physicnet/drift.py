"""Drift: how unlike its training films a film looks to a model, from the codes of its codebooks.

Three signals, each the mean over codebooks, in bits:

- `codes_bits`, Jensen–Shannon divergence of a film's code counts and the training films' (0 to 1);
- `all_bits`, surprise at the code that follows a code at the same place one frame later;
- `change_bits`, the same where the code changes: how things move.

No single one tells every stranger (a spiral wave has foreign codes, digits have a fire's codes but
move as no fire does), so a film is unlike when any exceeds its level, a high quantile over films
that are known to be alike. The runtime has the same definitions in `model/drift.rs`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch

from .network import PhysicNet

MOST_BITS, RARE = 25.5, 2.0**-25.5  # a transition that was never seen
QUANTILE = 0.99
SIGNALS = ("codes_bits", "all_bits", "change_bits")


@dataclass(frozen=True)
class Usage:
    """How training films use the codes of a model, a table a codebook."""

    use: list[np.ndarray]  # [K], shares
    bits: list[np.ndarray]  # [K, K] uint8, tenths of a bit: surprise at b (column) after a (row)

    def arrays(self) -> dict[str, np.ndarray]:
        """As `drift.npz` holds them."""
        names = ("global", "local")
        use = {f"use_{n}": u.astype(np.float32) for n, u in zip(names, self.use, strict=False)}
        return use | {f"bits_{n}": b for n, b in zip(names, self.bits, strict=False)}


@torch.no_grad()
def codes_of(net: PhysicNet, context: np.ndarray) -> list[np.ndarray]:
    """Codes `[T, h, w]` of each codebook for frames `[T, H, W]`; sides multiples of 8."""
    frames = torch.from_numpy(np.ascontiguousarray(context, np.float32))[:, None]
    return [index.numpy() for _, index, _ in net.encode(frames)]


def learn(net: PhysicNet, contexts: Iterable[np.ndarray]) -> Usage:
    """Usage of codes over training films of equal weight."""
    sizes = [len(lv.codebook.codes) for lv in net.levels]
    use, follow, films = [np.zeros(k) for k in sizes], [np.zeros((k, k)) for k in sizes], 0
    for context in contexts:
        films += 1
        for u, f, c in zip(use, follow, codes_of(net, context), strict=True):
            u += np.bincount(c.ravel(), minlength=len(u)) / c.size
            pairs = c[:-1].ravel() * len(u) + c[1:].ravel()
            f += np.bincount(pairs, minlength=f.size).reshape(f.shape) / len(pairs)
    if not films:
        raise ValueError("drift: no films to learn from")
    bits = [-np.log2(np.maximum(f / films, RARE)) for f in follow]
    return Usage([u / films for u in use], [np.round(b * 10).astype(np.uint8) for b in bits])


def divergence_bits(p: np.ndarray, q: np.ndarray) -> float:
    """Jensen–Shannon divergence of two shares, bits."""
    m = (p + q) / 2

    def against(a: np.ndarray) -> float:
        some = a > 0
        return float((a[some] * np.log2(a[some] / m[some])).sum())

    return (against(p) + against(q)) / 2


def signals(net: PhysicNet, usage: Usage, context: np.ndarray) -> np.ndarray:
    """`codes_bits`, `all_bits`, `change_bits` of one film."""
    rows = []
    for use, bits, c in zip(usage.use, usage.bits, codes_of(net, context), strict=True):
        share = np.bincount(c.ravel(), minlength=len(use)) / c.size
        surprise, moved = bits[c[:-1], c[1:]] / 10, c[:-1] != c[1:]
        change = surprise[moved].mean() if moved.any() else 0.0
        rows.append((divergence_bits(share, use), surprise.mean(), change))
    return np.mean(rows, 0)


def levels(alike: np.ndarray) -> np.ndarray:
    """Level of each signal from films that are alike `[N, 3]`."""
    return np.maximum(np.quantile(alike, QUANTILE, axis=0), 1e-3)


def ratio(signal: np.ndarray, level: np.ndarray) -> np.ndarray:
    """How far the worst signal is above its level; above 1 is unlike."""
    return (signal / level).max(-1)


def area_under_curve(alike: np.ndarray, unlike: np.ndarray) -> float:
    """Chance that a film of `unlike` drifts more than one of `alike` (ties count half)."""
    more = (unlike[:, None] > alike[None]).mean() + 0.5 * (unlike[:, None] == alike[None]).mean()
    return float(more)
