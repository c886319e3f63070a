"""Render simulated fires to clips that `emberline replay` reads: one npz a fire.

    python -m emberline_export data film SHARDS OUT --kind mask --count 160

Plain films: the simulator's own step and grid, no degradation but the camera's own noise.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from .film import FilmConfig
from .shards import Shards, plain


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `data film`."""
    p.add_argument("shards", type=Path, help="folder written by `data fire`")
    p.add_argument("out", type=Path)
    p.add_argument("--kind", choices=["mask", "thermal"], default="mask")
    p.add_argument("--count", type=int, default=160)


def main(args: argparse.Namespace) -> int:
    """Write `fire_<seed>.npz` with frames, dt_s, cell_m, kind; and `manifest.json`."""
    args.out.mkdir(parents=True, exist_ok=True)
    meta = {}
    for f in sorted(args.shards.glob("shard_*.npz")):
        z = np.load(f)
        meta |= {
            int(s): (float(d), float(c))
            for s, d, c in zip(z["seed"], z["dt_s"], z["cell_m"], strict=True)
        }
    fires = Shards(args.shards, args.count)
    fires.fires = fires.fires[: args.count]
    for seed, s in plain(fires, args.kind, FilmConfig()):
        film = np.concatenate([s.frames, s.future])
        scale = 1 if args.kind == "mask" else 255
        dt_s, cell_m = meta[seed]
        np.savez_compressed(
            args.out / f"fire_{seed:07d}.npz",
            frames=np.rint(film * scale).astype(np.uint8),
            dt_s=np.float64(dt_s),
            cell_m=np.float64(cell_m),
            kind=np.array(args.kind),
        )
    note = {"shards": args.shards.name, "kind": args.kind, "clips": len(fires), "context": 10}
    (args.out / "manifest.json").write_text(json.dumps(note, indent=1))
    print(f"{args.out}: {len(fires)} {args.kind} clips")
    return 0
