"""Make or load one film set of the benchmark.

    python -m emberline_export data set reaction-diffusion DATA
    python -m emberline_export data set rain DATA            # real radar from EMBERLINE_DATA
    python -m emberline_export data set fire DATA            # of the fires of `data fire` in DATA
    python -m emberline_export data set moving-mnist DATA --scale 0.1

Writes `DATA/<set>/`: `<split>.npz` a split, `manifest.json` (what made it, SHA-256 of every split)
and `sheet.png` to look at. The same command makes the same bytes of film.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image

from . import fire, moving_mnist, rain, reaction_diffusion
from .clips import Clips, write
from .root import data_root

SETS = {
    "reaction-diffusion": lambda scale, _: reaction_diffusion.make(scale),
    "fire": lambda scale, out: fire.make(scale, data_root(), out),
    "rain": lambda scale, _: rain.make(scale, data_root()),
    "moving-mnist": lambda scale, _: moving_mnist.make(scale, data_root()),
}


def sheet(splits: dict[str, Clips], across: int = 8, side: int = 96) -> Image.Image:
    """First film of every split, a row each, `across` frames over its length."""
    page = Image.new("L", (across * (side + 2), len(splits) * (side + 2)), 128)
    for y, clips in enumerate(splits.values()):
        film = np.nan_to_num(clips.film(0))
        for x, t in enumerate(np.linspace(0, len(film) - 1, across).astype(int)):
            frame = Image.fromarray(np.round(film[t] * 255).astype(np.uint8)).resize((side, side))
            page.paste(frame, (x * (side + 2) + 1, y * (side + 2) + 1))
    return page


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `data set`."""
    p.add_argument("set", choices=sorted(SETS))
    p.add_argument("out", type=Path, help="folder that receives <set>/")
    p.add_argument("--scale", type=float, default=1.0, help="share of the benchmark's size")


def main(args: argparse.Namespace) -> int:
    """Make, write, say what was made."""
    if not 0 < args.scale <= 100:
        raise SystemExit(f"error: --scale {args.scale}: above 0, up to 100")
    began, folder = time.monotonic(), args.out / args.set
    try:
        splits, facts = SETS[args.set](args.scale, args.out)
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    write(folder, splits, {**facts, "scale": args.scale})
    sheet(splits).save(folder / "sheet.png")
    for name, clips in splits.items():
        print(f"{name:18s} {len(clips):6d} films {list(clips.frames.shape[1:])}")
    print(f"{folder}: {time.monotonic() - began:.0f} s")
    return 0
