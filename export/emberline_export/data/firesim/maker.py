"""Make fires: walk the seeds of one split, burn each, keep the good ones in shards of 128.

    python -m emberline_export data fire OUT --grid 128 --count 6000 --seed0 0 --split train

OUT gets `shard_00000.npz`, ... (arrays of `spread.Fire`, stacked) and `manifest.json`. Seeds are
judged in order, so a shard depends on its seeds only, not on the workers. A run that stopped goes
on after its last complete shard.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from functools import partial
from itertools import count as count_from
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from . import landscape, spread

VERSION = 1  # of the drawing rules and the shard layout; same version + seed = same fire
SPLIT_RULE = "seed % 5: 0 test, 1 val, 2 3 4 train"
SPLITS = {"train": (2, 3, 4), "val": (1,), "test": (0,)}
CHUNK = 8  # seeds handed to a worker at once
AHEAD = 12  # chunks in flight per worker, so that packing a shard leaves none idle
REPORT_S = 15.0

Outcome = spread.Fire | spread.Rejected
Burn = Callable[[int], Outcome]


class MakeFireError(RuntimeError):
    """The folder holds something else than the asked run would write."""


@dataclass(frozen=True)
class MakerConfig:
    """One run of the maker."""

    out: Path
    count: int
    seed0: int
    split: str
    fire: spread.FireConfig
    workers: int = 2
    shard: int = 128  # fires per file


def seeds_of(split: str, seed0: int) -> Iterator[int]:
    """Endless seeds of a split, upward from seed0 inclusive."""
    return (seed for seed in count_from(seed0) if seed % 5 in SPLITS[split])


def make(config: MakerConfig, burn: Burn) -> dict[str, Any]:
    """Write shards until `count` fires are kept; returns the manifest."""
    config.out.mkdir(parents=True, exist_ok=True)
    manifest = _resume(config)
    shards = manifest["shards"]
    kept = sum(shard["fires"] for shard in shards)
    if kept >= config.count:
        return manifest
    start = shards[-1]["last_seed"] + 1 if shards else config.seed0
    outcomes = _burn_in_order(burn, seeds_of(config.split, start), config.workers)
    clock = _Clock(config.count, kept)
    fires: list[spread.Fire] = []
    rejected: Counter[str] = Counter()
    for outcome in outcomes:
        if isinstance(outcome, spread.Rejected):
            rejected[outcome.reason] += 1
            continue
        fires.append(outcome)
        kept += 1
        clock.tick(kept)
        if len(fires) < config.shard and kept < config.count:
            continue
        entry = _write_shard(config.out / f"shard_{len(shards):05d}.npz", fires)
        shards.append({**entry, "rejected": dict(sorted(rejected.items()))})
        _write_manifest(config.out, manifest)
        fires, rejected = [], Counter()
        if kept >= config.count:
            break
    outcomes.close()
    return manifest


def _burn_in_order(burn: Burn, seeds: Iterator[int], workers: int) -> Iterator[Outcome]:
    """Outcomes in the order of the seeds, burnt by this process (workers < 2) or by a pool."""
    if workers < 2:
        yield from map(burn, seeds)
        return
    with multiprocessing.Pool(workers) as pool:
        waiting: deque[Any] = deque()
        while True:
            while len(waiting) < workers * AHEAD:
                waiting.append(pool.map_async(burn, list(islice(seeds, CHUNK)), chunksize=CHUNK))
            yield from waiting.popleft().get()


def stack(fires: list[spread.Fire]) -> dict[str, np.ndarray]:
    """Arrays of a shard by name, the fires along the first axis."""
    arrays = {
        field.name: np.stack([getattr(fire, field.name) for fire in fires])
        for field in fields(spread.Fire)
    }
    return {**arrays, "seed": arrays["seed"].astype(np.int64)}


def _write_shard(path: Path, fires: list[spread.Fire]) -> dict[str, Any]:
    """Write a shard whole or not at all; returns its line of the manifest."""
    partial_path = path.with_suffix(".tmp")
    with partial_path.open("wb") as file:
        np.savez_compressed(file, **stack(fires))
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial_path, path)
    return {
        "file": path.name,
        "sha256": _sha256(path),
        "bytes": path.stat().st_size,
        "fires": len(fires),
        "first_seed": fires[0].seed,
        "last_seed": fires[-1].seed,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _new_manifest(config: MakerConfig) -> dict[str, Any]:
    """Manifest of a run that has written nothing yet."""
    return {
        "maker": "emberline make-fire",  # as in manifests from before verbs had groups
        "version": VERSION,
        "pyretechnics": spread.PYRETECHNICS,
        "split": config.split,
        "split_rule": SPLIT_RULE,
        "seed0": config.seed0,
        "shard": config.shard,
        "config": json.loads(json.dumps(asdict(config.fire))),
        "ignition_codes": dict(enumerate(landscape.KINDS)),
        "row_0": "north",
        "units": {
            "arrival": "frames after frame 0; negative before, +inf not within the span",
            "ros": "px/frame, 0 not reached",
            "intensity": "log10 of max(kW/m, 1), 0 not reached",
            "fuel": "Scott & Burgan number; 91, 98, 99 do not burn",
            "dem_m": "m above the mean of the map",
            "residence": "flame residence time, frames",
            "wind_kmh": "at 10 m, per frame from frame 0",
            "wind_from_deg": "clockwise from north, per frame from frame 0",
            "moisture": "kg/kg: dead 1 h, 10 h, 100 h, live herbaceous, live woody",
        },
        "shards": [],
    }


def _write_manifest(out: Path, manifest: dict[str, Any]) -> None:
    """Bring the sums up to date and write `manifest.json` whole or not at all."""
    rejected: Counter[str] = Counter()
    for shard in manifest["shards"]:
        rejected.update(shard["rejected"])
    manifest["fires"] = sum(shard["fires"] for shard in manifest["shards"])
    manifest["tried"] = manifest["fires"] + rejected.total()
    manifest["rejected"] = dict(sorted(rejected.items()))
    partial_path = out / "manifest.tmp"
    partial_path.write_text(json.dumps(manifest, indent=1) + "\n")
    os.replace(partial_path, out / "manifest.json")


def _resume(config: MakerConfig) -> dict[str, Any]:
    """Manifest to go on from: the leading shards that are on disk, whole and as recorded."""
    fresh = json.loads(json.dumps(_new_manifest(config)))
    path = config.out / "manifest.json"
    if not path.exists():
        if len(list(config.out.glob("shard_*.npz"))) > 1:  # one is a run stopped in between
            raise MakeFireError(f"{config.out}: shards without manifest.json; move them away")
        return fresh
    found = json.loads(path.read_text())
    for key in fresh.keys() - {"shards"}:
        if found.get(key) != fresh[key]:
            raise MakeFireError(
                f"{path}: {key} is {found.get(key)!r}, this run has {fresh[key]!r}; use another OUT"
            )
    for shard in found["shards"]:
        file = config.out / shard["file"]
        last_of_a_shorter_run = shard["fires"] < config.shard and found["fires"] < config.count
        if last_of_a_shorter_run or not file.exists() or _sha256(file) != shard["sha256"]:
            break
        fresh["shards"].append(shard)
    _write_manifest(config.out, fresh)
    return fresh


class _Clock:
    """Progress on stderr: fires kept, rate and time left, every `REPORT_S` and at the end."""

    def __init__(self, wanted: int, kept: int) -> None:
        self.wanted, self.kept_before = wanted, kept
        self.start = self.said = time.monotonic()

    def tick(self, kept: int) -> None:
        """Say how far it is, if it is time to."""
        now = time.monotonic()
        if kept < self.wanted and now - self.said < REPORT_S:
            return
        self.said = now
        rate = (kept - self.kept_before) / max(now - self.start, 1e-3)
        left_s = (self.wanted - kept) / rate
        print(
            f"data fire: {kept}/{self.wanted} fires, {3600 * rate:,.0f} per hour, "
            f"{left_s / 60:.1f} min left",
            file=sys.stderr,
            flush=True,
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `data fire`."""
    parser.add_argument("out", type=Path, help="folder for the shards and manifest.json")
    parser.add_argument("--grid", type=int, default=128, help="cells along a side")
    parser.add_argument("--count", type=int, required=True, help="fires to keep")
    parser.add_argument("--seed0", type=int, default=0, help="first seed looked at")
    parser.add_argument(
        "--split", choices=list(SPLITS), required=True, help=SPLIT_RULE.replace("%", "%%")
    )
    parser.add_argument("--workers", type=int, default=2, help="processes that burn")


def main(args: argparse.Namespace) -> int:
    """Make fires as asked on the command line; returns the exit status."""
    fire = spread.FireConfig(grid=args.grid)
    config = MakerConfig(args.out, args.count, args.seed0, args.split, fire, args.workers)
    try:
        spread.require_pyretechnics()
        manifest = make(config, partial(spread.make_fire, config=fire))
    except (spread.PyretechnicsError, MakeFireError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{args.out}: {manifest['fires']} of {manifest['tried']} seeds kept")
    for reason, times in manifest["rejected"].items():
        print(f"  rejected {times}: {reason}")
    return 0
