"""Draw strips to look at: input, truth, PhysicNet, and another method, for films of a test split.

    python -m emberline_export evaluate strips moving-mnist simvp-convmixer KEEP DATA ../docs/img

Reads the weights that `evaluate benchmark --keep` wrote; writes `strip-<task>-<split>.png`.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from ...data.clips import read
from ...data.task import TASKS, Task, training, windows
from ...models.simple.frames import NAMES
from .methods import METHODS, network
from .run import Forecaster, forecaster, kept, matched, simple_forecaster

SEEN = (-3, -1)
SHARES = (0.1, 0.3, 0.5, 0.7, 1.0)  # of the leads, that are shown
MARGIN, LABEL = 2, 74
FILMS = 2


def weights(method: str, task: Task, folder: Path, seed: int) -> torch.nn.Module:
    """Trained network of a kept run."""
    path = kept(folder, task.name, method, seed)
    if not path.exists():
        raise FileNotFoundError(
            f"{path}: missing; run `evaluate benchmark {task.name} {method} --keep`"
        )
    net = network(method, task)
    net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["net"])
    return net.eval()


def trained(method: str, task: Task, args: argparse.Namespace) -> Forecaster:
    """Frames of a kept run, of rain as they are scored."""
    run = forecaster(weights(method, task, args.keep, args.seed))
    return matched(run) if task.kind == "rain" else run


def sheet(rows: list[tuple[str, list[np.ndarray | None]]], side: int) -> Image.Image:
    """A row of pictures each, with its name at the left."""
    wide = LABEL + max(len(r) for _, r in rows) * (side + MARGIN)
    page = Image.new("L", (wide, len(rows) * (side + MARGIN)), 255)
    draw = ImageDraw.Draw(page)
    for y, (name, pictures) in enumerate(rows):
        draw.text((4, y * (side + MARGIN) + side // 2 - 5), name, fill=0)
        for x, picture in enumerate(pictures):
            if picture is not None:
                grey = Image.fromarray(np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8))
                at = (LABEL + x * (side + MARGIN), y * (side + MARGIN))
                page.paste(grey.resize((side, side), Image.Resampling.NEAREST), at)
    return page


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate strips`."""
    p.add_argument("task", choices=sorted(TASKS))
    p.add_argument("peer", choices=METHODS)
    p.add_argument("keep", type=Path)
    p.add_argument("data", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--split", action="append", help="test split, several may be given; default all")


def main(args: argparse.Namespace) -> int:
    """One picture a test split."""
    task = TASKS[args.task]
    try:
        films = {s: read(args.data / task.folder, s) for s in args.split or task.tests}
        runs = {"physicnet": trained("physicnet", task, args)}
        if args.peer in NAMES:
            grid = next(iter(films.values())).frames.shape[2:]
            runs[args.peer] = simple_forecaster(args.peer, training(task, args.data), task, grid)
        else:
            runs[args.peer] = trained(args.peer, task, args)
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    args.out.mkdir(parents=True, exist_ok=True)
    leads = [max(round(s * task.leads), 1) for s in SHARES]
    for split, clips in films.items():
        rows: list[tuple[str, list[np.ndarray | None]]] = []
        found = [np.nan_to_num(f) for _, f in windows(clips, task)]
        for film in found[:: max(len(found) // FILMS, 1)][:FILMS]:
            context, truth = film[: task.context], film[task.context :]
            seen: list[np.ndarray | None] = [context[k] for k in SEEN if -k <= task.context]
            rows.append(("input, truth", [*seen, *(truth[k - 1] for k in leads)]))
            for name, run in runs.items():
                said = run(context, task.leads)
                blank: list[np.ndarray | None] = [None] * len(seen)
                rows.append((name[:12], [*blank, *(said[k - 1] for k in leads)]))
        path = args.out / f"strip-{task.name}-{split}.png"
        sheet(rows, 80).save(path)
        print(path)
    return 0
