"""Examine a trained network: rollout, other grids, the share of each level, and drift.

    python -m emberline_export evaluate examine \
        KEEP/reaction-diffusion-physicnet-1.pt DATA ROWS.ndjson

- *rollout*: 10, 20, 50, 100 frames on the network's own output; error, and the drift of mass,
  energy and small scales against the truth's own drift from the last frame seen;
- *grid*: the same film on 64 to 4096 cells, whole or tiled, with time and memory;
- *level*: what the forecast loses without one level's flow, source or both;
- *drift*: area under the curve between films of the test split and films of every other set.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from ...data.clips import Clips, read
from ...data.scores.image import image_scores
from ...data.task import STRANGERS, TASKS, Task, contexts, windows
from ...models.physicnet import drift
from ...models.physicnet.checkpoint import load_network
from ...models.physicnet.network import PhysicNet
from .run import forecaster

HORIZONS = (10, 20, 50, 100)
GRIDS = (64, 128, 256, 512, 4096)
TILE, OVERLAP = 256, 64


def spectrum_high(frame: np.ndarray) -> float:
    """Share of a frame's variance at wavelengths under 8 cells."""
    power = np.abs(np.fft.fft2(frame - frame.mean())) ** 2
    k = np.hypot(np.fft.fftfreq(frame.shape[0])[:, None], np.fft.fftfreq(frame.shape[1])[None])
    return float(power[k > 1 / 8].sum() / max(power.sum(), 1e-12))


def physics(film: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Relative drift of mass and energy from `last`, and share of small scales, `[L, 3]`."""
    mass, energy = last.mean(), (last**2).mean()
    return np.array(
        [
            ((f.mean() - mass) / mass, ((f**2).mean() - energy) / energy, spectrum_high(f))
            for f in film
        ]
    )


def roll(net: PhysicNet, context: np.ndarray, leads: int) -> np.ndarray:
    """`leads` frames, the network fed with its own output."""
    run, seen, out = forecaster(net), context, []
    while len(out) < leads:
        out += list(np.clip(run(seen, net.cfg.leads), 0, 1))
        seen = np.concatenate([seen, np.stack(out)])[-len(context) :]
    return np.stack(out[:leads])


def rollout(net: PhysicNet, clips: Clips, task: Task, films: int) -> Iterator[dict]:
    """Rows by horizon, as far as the films reach."""
    reach = min(HORIZONS[-1], clips.frames.shape[1] - task.context)
    said, true, scores = [], [], []
    for i in range(min(films, len(clips))):
        film = np.nan_to_num(clips.film(i)[: task.context + reach])
        context, truth = film[: task.context], film[task.context :]
        forecast = roll(net, context, reach)
        said.append(physics(forecast, context[-1]))
        true.append(physics(truth, context[-1]))
        scores.append(image_scores(forecast, truth))
    for horizon in (h for h in HORIZONS if h <= reach):
        a, b = (np.mean([np.abs(x[horizon - 1]) for x in rows], 0) for rows in (said, true))
        yield {
            "part": f"{horizon}",
            "films": len(said),
            "psnr": float(np.mean([s["psnr"][horizon - 1] for s in scores])),
            "ssim": float(np.mean([s["ssim"][horizon - 1] for s in scores])),
            **dict(zip(("mass", "energy", "high"), map(float, a), strict=True)),
            **dict(zip(("mass_true", "energy_true", "high_true"), map(float, b), strict=True)),
        }


def enlarge(film: np.ndarray, side: int) -> np.ndarray:
    """Repeat a film by mirror images until it is `side` wide: the same physics, no seam."""
    reps = -(-side // film.shape[1])
    rows = [film if k % 2 == 0 else film[:, ::-1] for k in range(reps)]
    tall = np.concatenate(rows, 1)[:, :side]
    cols = [tall if k % 2 == 0 else tall[:, :, ::-1] for k in range(reps)]
    return np.concatenate(cols, 2)[:, :, :side]


def tiled(run: Callable, context: np.ndarray, leads: int) -> np.ndarray:
    """Forecast in overlapping tiles, blended by distance from a tile's edge."""
    h, w = context.shape[1:]
    if max(h, w) <= TILE:
        return run(context, leads)
    out, weight = np.zeros((leads, h, w), np.float32), np.zeros((h, w), np.float32)
    edge = np.minimum(np.arange(1, TILE + 1), np.arange(TILE, 0, -1))
    ramp = np.minimum(edge / OVERLAP, 1).astype(np.float32)
    ramp = ramp[:, None] * ramp[None]
    for y in range(0, h - OVERLAP, TILE - OVERLAP):
        for x in range(0, w - OVERLAP, TILE - OVERLAP):
            y0, x0 = min(y, h - TILE), min(x, w - TILE)
            box = (slice(y0, y0 + TILE), slice(x0, x0 + TILE))
            out[(slice(None), *box)] += run(context[(slice(None), *box)], leads) * ramp
            weight[box] += ramp
    return out / weight


def grids(net: PhysicNet, clips: Clips, task: Task, most: int) -> Iterator[dict]:
    """Rows by grid; error is of the whole forecast."""
    film = np.nan_to_num(clips.film(0)[: task.context + task.leads])
    for side in (g for g in GRIDS if g <= most):
        big = enlarge(film, side)
        began = time.process_time()
        said = tiled(forecaster(net), big[: task.context], task.leads)
        spent = time.process_time() - began
        mse = float(((said - big[task.context :]) ** 2).mean())
        yield {
            "part": f"{side}",
            "mse": mse,
            "cpu_s": round(spent, 2),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "tiled": side > TILE,
        }


def without(net: PhysicNet, clips: Clips, task: Task, films: int) -> Iterator[dict]:
    """Rows by what is taken out of the trained network: an expert's flow or what it draws."""
    names = ["global", "local"]

    def mse(silent: dict[int, slice]) -> float:
        hooks = [
            net.levels[k].expert.register_forward_hook(mute(net.levels[k].cfg.stride, part))
            for k, part in silent.items()
        ]
        run = forecaster(net)
        pairs = [(f[: task.context], f[task.context :]) for _, f in windows(clips, task, films)]
        off = [((run(np.nan_to_num(c), task.leads) - t) ** 2).mean() for c, t in pairs]
        for hook in hooks:
            hook.remove()
        return float(np.mean(off))

    def mute(stride: int, part: slice) -> Callable:
        def hook(_module: torch.nn.Module, _given: tuple, said: torch.Tensor) -> torch.Tensor:
            b, c, h, w = said.shape
            cells = said.reshape(b, 4, stride**2, h, w).clone()
            cells[:, part] = 0
            return cells.reshape(b, c, h, w)

        return hook

    yield {"part": "nothing", "mse": mse({})}
    for k, name in enumerate(names[: len(net.levels)]):
        for what, part in (("flow", slice(0, 2)), ("source", slice(3, 4)), ("level", slice(0, 4))):
            yield {"part": f"{name} {what}", "mse": mse({k: part})}


def strangers(net: PhysicNet, data: Path, task: Task, films: int) -> Iterator[dict]:
    """Rows by foreign set: area under the curve against the task's own test films."""
    usage = drift.learn(net, contexts(task, data, 5, 200))
    level = drift.levels(
        np.array([drift.signals(net, usage, c) for c in contexts(task, data, 6, 200)])
    )

    def of(folder: str, split: str) -> np.ndarray:
        clips, rows = read(data / folder, split), []
        for i in np.linspace(0, len(clips) - 1, min(films, len(clips))).astype(int):
            film = np.nan_to_num(clips.film(int(i)))
            for start in range(0, len(film) - task.context + 1, max(len(film) // 4, 1)):
                rows.append(drift.signals(net, usage, film[start : start + task.context, :64, :64]))
        return np.array(rows)

    own = drift.ratio(of(task.folder, task.tests[0]), level)
    for folder, split in STRANGERS.items():
        if folder != task.folder:
            other = drift.ratio(of(folder, split), level)
            yield {
                "part": folder,
                "auc": drift.area_under_curve(own, other),
                "warned": float((other > 1).mean()),
                "warned_own": float((own > 1).mean()),
                "films": [len(own), len(other)],
            }


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate examine`."""
    p.add_argument("checkpoint", type=Path, help="weights that `evaluate benchmark --keep` wrote")
    p.add_argument("data", type=Path)
    p.add_argument("rows", type=Path, help="NDJSON file to append to")
    p.add_argument("--films", type=int, default=20)
    p.add_argument("--most", type=int, default=512, help="largest grid")


def main(args: argparse.Namespace) -> int:
    """Append a row for each part of each examination."""
    saved = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    task, net = TASKS[saved["task"]], load_network(args.checkpoint)
    clips = read(args.data / task.folder, task.tests[0])
    parts = {
        "rollout": rollout(net, clips, task, args.films),
        "grid": grids(net, clips, task, args.most),
        "level": without(net, clips, task, args.films),
        "drift": strangers(net, args.data, task, args.films),
    }
    for kind, rows in parts.items():
        for row in rows:
            row = {"row": kind, "task": task.name, "method": saved["method"], **row}
            print(json.dumps(row), flush=True)
            with args.rows.open("a") as f:
                f.write(json.dumps(row) + "\n")
    return 0
