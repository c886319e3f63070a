"""Fires by minimum travel time on made ground: uneven, in parts, with edges that die.

    python -m emberline_export data fire-uneven OUT --count 3000 --seed0 0 --split train

Real fires, as drones see them, are not the closed and steadily growing fronts of a level set: a
head runs, flanks stand still for good, a second fire starts and overtakes the first, embers fly.
Here every part of a fire spreads by minimum travel time (Finney 2002, *Can. J. For. Res.* 32:1420):
the quickest path over ground whose speed varies, in ellipses along the wind (Anderson 1983), that
stop where the ellipse is too slow. Each part has its own course in time: bursts, lulls, an end.

OUT gets shards as `data fire` writes them, of arrival, rate of spread and intensity only; times are
frames since the film's first.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from ..film import Fire, patches
from .maker import SPLITS, seeds_of

SPAN = 110  # frames
SHARD = 128  # fires a file
OFFSETS = [
    (y, x) for y in range(-2, 3) for x in range(-2, 3) if (y or x) and np.gcd(abs(y), abs(x)) == 1
]


@dataclass(frozen=True)
class Ground:
    """Where fire can go from each cell: relative speed and heading `[n, n]`, and the ellipse."""

    speed: np.ndarray
    heading: np.ndarray
    eccentricity: float
    dies_below: float  # of the head's speed on even ground: slower edges go out

    @staticmethod
    def draw(rng: np.random.Generator, n: int, wind: float) -> Ground:
        """Uneven ground with patches and lines that hardly burn."""
        shape = (n, n)
        uneven = rng.uniform(0.1, 0.7) * patches(rng, shape, rng.uniform(10, 40))
        uneven += rng.uniform(0.1, 0.7) * patches(rng, shape, rng.uniform(2, 7))
        speed = np.exp(uneven)
        if rng.random() < 0.6:
            field = patches(rng, shape, rng.uniform(6, 40))
            speed[field < np.quantile(field, rng.uniform(0.05, 0.4))] *= rng.uniform(0, 0.2)
        if rng.random() < 0.4:
            line = np.abs(patches(rng, shape, rng.uniform(20, 60))) < rng.uniform(0.02, 0.08)
            speed[line] *= rng.uniform(0, 0.2)
        heading = wind + rng.uniform(0, 0.6) * patches(rng, shape, 40)
        long = np.exp(rng.uniform(np.log(1.05), np.log(4.5)))
        dies = rng.uniform(0.05, 0.4) if rng.random() < 0.6 else 0.0
        return Ground(speed, heading, float(np.sqrt(1 - 1 / long**2)), dies)

    def travel(self, sources: list[tuple[int, int]]) -> np.ndarray:
        """Least time `[n, n]` from the sources; the head does one cell in one on even ground."""
        n = len(self.speed)
        at = np.arange(n * n).reshape(n, n)
        rows, columns, costs = [], [], []
        for dy, dx in OFFSETS:
            a = (slice(max(0, -dy), n - max(0, dy)), slice(max(0, -dx), n - max(0, dx)))
            b = (slice(max(0, dy), n - max(0, -dy)), slice(max(0, dx), n - max(0, -dx)))
            towards = np.cos(np.arctan2(-dy, dx) - self.heading[a])
            share = (1 - self.eccentricity) / (1 - self.eccentricity * towards)
            speed = np.minimum(self.speed[a], self.speed[b]) * share
            goes = (speed >= self.dies_below) & (speed > 1e-3)
            rows.append(at[a][goes])
            columns.append(at[b][goes])
            costs.append(np.hypot(dy, dx) / speed[goes])
        graph = csr_matrix(
            (np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))), (n * n, n * n)
        )
        first = [y * n + x for y, x in sources]
        return dijkstra(graph, indices=first, min_only=True).reshape(n, n)


def course(rng: np.random.Generator, begin: float, head_px: float) -> np.ndarray:
    """Cells that the head has run by each frame `[2 SPAN]` from −SPAN on: bursts, lulls, an end."""
    frames = np.arange(-SPAN, SPAN)
    shape = rng.uniform(0.5, 3.0)
    rate = gaussian_filter(rng.gamma(shape, 1 / shape, len(frames)), rng.uniform(1, 8), mode="wrap")
    rate *= head_px
    if rng.random() < 0.5:
        out = begin + rng.exponential(40)
        rate[frames > out] *= rng.uniform(0, 0.1)
    rate[frames < begin] = 0
    return np.cumsum(rate)


def when(travel: np.ndarray, run: np.ndarray) -> np.ndarray:
    """Frame at which a part that has `run` this far reaches cells so far away; inf where never."""
    frames = np.arange(-SPAN, SPAN, dtype=float)
    grows = np.concatenate([[True], np.diff(run) > 1e-9])
    arrival = np.interp(travel, run[grows], frames[grows], right=np.inf)
    return np.where(np.isfinite(travel), arrival, np.inf)


def draw(rng: np.random.Generator, n: int) -> Fire | None:
    """One fire on `n` × `n` cells, or none where it is too small, too large, or over too soon."""
    wind = rng.uniform(-np.pi, np.pi)
    ground = Ground.draw(rng, n, wind)
    parts = int(rng.choice([1, 2, 3, 4], p=[0.4, 0.3, 0.2, 0.1]))
    arrival = np.full((n, n), np.inf)
    for part in range(parts):
        y, x = (int(v) for v in rng.integers(8, n - 8, 2))
        begin = rng.uniform(-60, 30) if part == 0 else rng.uniform(-60, 80)
        head_px = np.exp(rng.uniform(np.log(0.15), np.log(2.5)))
        run = course(rng, begin, head_px)
        own = when(ground.travel([(y, x)]), run)
        arrival = np.minimum(arrival, own)
        reached = np.argwhere(np.isfinite(own))
        if rng.random() < 0.25 and len(reached) > 20:  # embers
            for ember in reached[rng.integers(len(reached), size=int(rng.integers(1, 4)))]:
                far, turn = rng.exponential(10) + 3, wind + rng.normal(0, 0.4)
                to = np.rint(ember + far * np.array([-np.sin(turn), np.cos(turn)])).astype(int)
                if (to >= 0).all() and (to < n).all():
                    late = own[tuple(ember)] + rng.uniform(0, 6)
                    run_on = np.maximum(run - np.interp(late, np.arange(-SPAN, SPAN), run), 0)
                    arrival = np.minimum(arrival, when(ground.travel([tuple(to)]), run_on))

    def burnt(frame: float) -> int:
        return int((arrival <= frame).sum())

    cells = n * n
    if burnt(40) < 12 or burnt(SPAN) > 0.7 * cells or burnt(SPAN) - burnt(30) < 40:
        return None
    known = np.where(np.isfinite(arrival), arrival, SPAN + 20.0)
    dy, dx = np.gradient(gaussian_filter(known, 0.7))
    ros = np.where(np.isfinite(arrival), np.clip(1 / (np.hypot(dy, dx) + 0.2), 0.02, 4), 0)
    intensity = np.where(ros > 0, np.clip(2.6 + 1.3 * np.log10(ros + 0.05), 1, 4.5), 0)
    return Fire(arrival, ros, intensity, float(np.exp(rng.uniform(np.log(0.3), np.log(6)))))


def fires(split: str, seed0: int, n: int) -> Iterator[tuple[int, Fire]]:
    """Seeds and fires of a split, upward from `seed0`."""
    for seed in seeds_of(split, seed0):
        fire = draw(np.random.default_rng([seed, 2002]), n)
        if fire is not None:
            yield seed, fire


def write(folder: Path, number: int, kept: list[tuple[int, Fire]]) -> None:
    """Write a shard whole or not at all."""
    part = folder / f".shard_{number:05d}.part.npz"
    np.savez_compressed(
        part,
        seed=np.array([seed for seed, _ in kept], np.int64),
        arrival=np.stack([f.arrival for _, f in kept]).astype(np.float16),
        ros=np.stack([f.ros for _, f in kept]).astype(np.float16),
        intensity=np.stack([f.intensity for _, f in kept]).astype(np.float16),
        residence=np.array([f.residence for _, f in kept], np.float32),
    )
    os.replace(part, folder / f"shard_{number:05d}.npz")


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Add the options of `data fire-uneven`."""
    p.add_argument("out", type=Path, help="folder for the shards and manifest.json")
    p.add_argument("--grid", type=int, default=128, help="cells along a side")
    p.add_argument("--count", type=int, required=True, help="fires to keep")
    p.add_argument("--seed0", type=int, default=0, help="first seed looked at")
    p.add_argument("--split", choices=list(SPLITS), required=True)


def main(args: argparse.Namespace) -> int:
    """Write shards until there are enough fires."""
    if list(args.out.glob("shard_*.npz")):
        print(f"error: {args.out}: holds shards already; use another folder", file=sys.stderr)
        return 1
    args.out.mkdir(parents=True, exist_ok=True)
    kept: list[tuple[int, Fire]] = []
    for done, found in enumerate(fires(args.split, args.seed0, args.grid), 1):
        kept.append(found)
        if len(kept) == SHARD or done == args.count:
            write(args.out, (done - 1) // SHARD, kept)
            print(f"data fire-uneven: {done}/{args.count} fires", file=sys.stderr, flush=True)
            kept = []
        if done == args.count:
            break
    facts = {
        "maker": "emberline data fire-uneven",
        "split": args.split,
        "seed0": args.seed0,
        "fires": args.count,
        "span": SPAN,
        "units": {"arrival": "frames since the film's first; 99 and more: never"},
    }
    (args.out / "manifest.json").write_text(json.dumps(facts, indent=1) + "\n")
    return 0
