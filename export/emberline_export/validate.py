"""Score a network and the simple forecasters on simulated test fires and on real masks.

Real masks (drone thermal, `fire_validation/`) select checkpoints and thresholds and are never
trained on. Windows slide over each film at every start; counts are pooled over starts and films.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from .baseline import NAMES, arrival_of, flow_masks
from .clips import Shards, data_root, plain
from .film import FilmConfig, Sample
from .front import Front, maps_of
from .physicnet import PhysicNet
from .score import NEVER_HORIZONS, NewBurn, Reliability, arrival_frames

LEADS = [1, 5, 10, 20]
Forecaster = Callable[[Sample], np.ndarray]  # burn probability [L, H, W]


def real_windows(steps: tuple[int, ...] = (2, 4), leads: int = 10) -> Iterator[tuple[str, Sample]]:
    """Mask windows of the drone films B and C at 30 s and 60 s (every 2nd and 4th frame)."""
    for name in "BC":
        z = np.load(data_root() / "fire_validation" / f"firesentry_{name}_208x120.npz")
        mask = np.unpackbits(z["mask"], axis=-1)[..., : z["heat"].shape[-1]].astype(bool)
        for step in steps:
            for start in range(0, len(mask) - (10 + leads - 1) * step):
                film = mask[start : start + (10 + leads) * step : step][: 10 + leads]
                burnt = np.maximum.accumulate(film, axis=0)
                now, later = burnt[9], burnt[10:]
                if not now.any():
                    continue
                first = np.argmax(later, axis=0) + 1
                by = np.where(now, 0, np.where(later[-1], first, leads + 1)).astype(np.int64)
                film = film.astype(np.float32)
                sample = Sample(film[:10], maps_of(film[:10], burnt[:10]), film[10:], by, True)
                yield f"{name}{step * 15}", sample


def front_from(channels: np.ndarray) -> Front:
    """Undo `Front.channels`."""
    return Front(channels[0], channels[1], float(channels[2].flat[0]), channels[3])


def simple(name: str, leads: int) -> Forecaster:
    """Wrap a named simple forecaster."""
    if name == "optical-flow":
        return lambda s: flow_masks(s.frames, s.burnt_by == 0, leads).astype(np.float32)
    lead = np.arange(1, leads + 1)[:, None, None]
    return lambda s: (arrival_of(name, front_from(s.front))[None] <= lead).astype(np.float32)


def network(net: PhysicNet) -> Forecaster:
    """Wrap a network; the grid is padded to a multiple of 8 by repeating the border."""

    @torch.no_grad()
    def run(s: Sample) -> np.ndarray:
        h, w = s.front.shape[1:]
        pad = ((0, 0), (0, -h % 8), (0, -w % 8))
        frames = torch.from_numpy(np.pad(s.frames, pad, mode="edge"))[None, :, None]
        front = torch.from_numpy(np.pad(s.front, pad, mode="edge"))[None]
        return net(frames, front)["burn_probability"][0, :, :h, :w].numpy()

    return run


def score(samples: list[Sample], forecaster: Forecaster, thresholds: list[float]) -> dict:
    """New-burn F1 by threshold and lead, arrival MAE (frames, never = 3 horizons), reliability."""
    leads = len(samples[0].future)
    counts = {t: NewBurn.zero(leads) for t in thresholds}
    reliability, late, cells = Reliability(), 0.0, 0
    for s in samples:
        p = forecaster(s)[:leads]
        now = s.burnt_by == 0
        truth = s.burnt_by[None] <= np.arange(1, leads + 1)[:, None, None]
        near = ~now & (s.front[0] <= 4 * leads)
        reliability.add(p[:, near].ravel(), truth[:, near].ravel())
        reached = ~now & (s.burnt_by <= leads)
        cells += int(reached.sum())
        for t in thresholds:
            counts[t].add(p >= t, truth, now)
        said = np.nan_to_num(arrival_frames(p)[reached], nan=NEVER_HORIZONS * leads)
        late += float(np.abs(said - (s.burnt_by[reached] - 0.5)).sum())
    return {
        "f1": {t: c.f1() for t, c in counts.items()},
        "arrival_mae": late / max(cells, 1),
        "reliability": reliability,
    }


def main(args: argparse.Namespace) -> int:
    """Print one table; see `add_arguments`."""
    from .train import load_network

    forecasters: dict[str, Forecaster | None] = {n: None for n in NAMES}
    net = load_network(args.checkpoint).eval() if args.checkpoint else None
    sets: dict[str, list[Sample]] = {}
    cfg = FilmConfig()
    for folder in args.shards:
        for kind in ("mask", "thermal"):
            fires = Shards(folder, args.limit)
            sets[f"{Path(folder).name} {kind}"] = [s for _, s in plain(fires, kind, cfg)]
    if args.real:
        sets["drone masks"] = [s for _, s in real_windows()]
    thresholds = [round(0.05 * i, 2) for i in range(1, 13)]
    for title, samples in sets.items():
        leads = len(samples[0].future)
        at = [x for x in LEADS if x <= leads]
        print(f"\n{title}: {len(samples)} starts; new-burn F1 at leads {at}, arrival MAE (frames)")
        for name in forecasters:
            r = score(samples, simple(name, leads), [0.5])
            row = " ".join(f"{r['f1'][0.5][x - 1]:.3f}" for x in at)
            print(f"  {name:12s}       {row}  {r['arrival_mae']:.2f}")
        if net is None:
            continue
        r = score(samples, network(net), thresholds)
        for t in thresholds:
            row = " ".join(f"{r['f1'][t][x - 1]:.3f}" for x in at)
            print(f"  physicnet    {t:.2f}  {row}  {r['arrival_mae']:.2f}")
        rel = r["reliability"]
        n = np.maximum(rel.count, 1)
        print("  said    ", " ".join(f"{x:.2f}" for x in rel.said / n))
        print("  observed", " ".join(f"{x:.2f}" for x in rel.seen / n), f"error {rel.error():.3f}")
    return 0


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `validate`."""
    p.add_argument("--checkpoint", type=Path)
    p.add_argument("--shards", nargs="*", default=[], help="folders written by make-fire")
    p.add_argument("--real", action="store_true", help="the drone masks of fire_validation/")
    p.add_argument("--limit", type=int, default=None, help="fires per folder")
