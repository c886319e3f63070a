"""Score a network and the simple forecasters on simulated test fires and on real masks.

    python -m emberline_export evaluate validate --checkpoint RUN/last.pt \
        --shards DATA/test64 DATA/test128 --real

Real masks (drone thermal, `fire_validation/`) select checkpoints and thresholds and are never
trained on. Windows slide over each film at every start; counts are pooled over starts and films.
"""

import argparse
from pathlib import Path

import numpy as np

from ..data.drone import real_windows
from ..data.film import FilmConfig, Sample
from ..data.scores.fire import Forecaster, score
from ..data.shards import Shards, plain
from ..models.physicnet.checkpoint import load_network
from ..models.physicnet.forecast import network
from ..models.simple.fire import NAMES, simple

LEADS = [1, 5, 10, 20]


def main(args: argparse.Namespace) -> int:
    """Print one table; see `add_arguments`."""
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
    """Command line of `evaluate validate`."""
    p.add_argument("--checkpoint", type=Path)
    p.add_argument("--shards", nargs="*", default=[], help="folders written by `data fire`")
    p.add_argument("--real", action="store_true", help="the drone masks of fire_validation/")
    p.add_argument("--limit", type=int, default=None, help="fires per folder")
