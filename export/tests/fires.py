"""Elliptical fires in the layout of `data fire`, made without the simulator."""

from pathlib import Path

import numpy as np


def write_shard(folder: Path, count: int, grid: int = 64, seed0: int = 0) -> Path:
    """`count` fires of even speed, each from a point of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed0)
    yy, xx = np.mgrid[0:grid, 0:grid].astype(np.float32)
    arrival, ros = [], []
    for _ in range(count):
        y, x, v = *rng.uniform(0.3 * grid, 0.7 * grid, 2), rng.uniform(0.3, 1.2)
        arrival.append(np.hypot(yy - y, (xx - x) * rng.uniform(0.5, 1.5)) / v - 4)
        ros.append(np.full((grid, grid), v))
    np.savez(
        folder / "shard_00000.npz",
        seed=np.arange(seed0, seed0 + count),
        arrival=np.stack(arrival).astype(np.float32),
        ros=np.stack(ros).astype(np.float16),
        intensity=np.full((count, grid, grid), 3, np.float16),
        residence=np.ones(count, np.float32),
        dt_s=np.full(count, 30.0),
        cell_m=np.full(count, 5.0),
    )
    return folder
