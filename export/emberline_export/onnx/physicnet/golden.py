"""Golden clips: films and a network's own answers, which every engine must give again."""

from pathlib import Path

import numpy as np
import torch

from ...data.film import FilmConfig
from ...data.shards import Shards, plain
from ...models.physicnet.network import PhysicNet


@torch.no_grad()
def tie_gap(net: PhysicNet, frames: np.ndarray) -> float:
    """Smallest gap between the nearest and the second nearest code over frames `(1, t, 1, h, w)`.

    Rounding differs between engines; a clip near a tie flips a code and proves nothing.
    """
    gaps = []
    for level in net.levels:
        z = level.encoder(torch.from_numpy(frames[0]) * 2.0 - 0.6).permute(0, 2, 3, 1)
        near = torch.cdist(z.flatten(0, 2), level.codebook.codes).topk(2, largest=False).values
        gaps.append(float((near[:, 1] - near[:, 0]).min()))
    return min(gaps)


@torch.no_grad()
def fire(net: PhysicNet, shards: Path, path: Path) -> None:
    """Two clips (mask at full grid, thermal cut to 56 × 64) and the network's answers.

    Of twelve fires the one farthest from a tie between codes, see `tie_gap`.
    """
    fires, arrays = Shards(shards, 12), {}
    fires.fires = fires.fires[:12]
    cfg = FilmConfig(context=net.cfg.context, leads=net.cfg.leads)
    for kind, (h, w) in (("mask", (64, 64)), ("thermal", (56, 64))):
        clips = []
        for _, s in plain(fires, kind, cfg):
            frames, front = s.frames[None, :, None, :h, :w], s.front[None, : net.cfg.front, :h, :w]
            clips.append((np.ascontiguousarray(frames), np.ascontiguousarray(front)))
        frames, front = max(clips, key=lambda c: tie_gap(net, c[0]))
        out = net(torch.from_numpy(frames), torch.from_numpy(front))
        arrays |= {f"{kind}.frames": frames, f"{kind}.front": front}
        for key in ("forecast", "burn_probability"):
            arrays[f"{kind}.{key}"] = out[key].numpy()
        for key, codes in zip(("codes_global", "codes_local"), out["codes"], strict=True):
            arrays[f"{kind}.{key}"] = codes.numpy().astype(np.int64)
    np.savez_compressed(path, **arrays)


@torch.no_grad()
def frames(net: PhysicNet, films: list[np.ndarray], path: Path) -> None:
    """Two clips (a whole view, and one cut to 56 × 64) and the network's answers."""
    arrays = {}
    for name, (h, w) in (("whole", (64, 64)), ("cut", (56, 64))):
        clips = [np.ascontiguousarray(f[None, :, None, :h, :w], np.float32) for f in films]
        frames = max(clips, key=lambda c: tie_gap(net, c))
        out = net(torch.from_numpy(frames))
        arrays |= {f"{name}.frames": frames, f"{name}.forecast": out["forecast"].numpy()}
        for key, codes in zip(("codes_global", "codes_local"), out["codes"], strict=True):
            arrays[f"{name}.{key}"] = codes.numpy().astype(np.int64)
    np.savez_compressed(path, **arrays)
