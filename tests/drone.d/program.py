"""The program on one film and pose, and what it says of the ground."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CELL_M = 0.5


@dataclass
class Burnt:
    """Burnt cells of the last step, and the middles of all cells on the map."""

    crs: str
    burnt: np.ndarray
    east: np.ndarray
    north: np.ndarray


def drone(program: Path, film: Path, out: Path, *words: object) -> subprocess.CompletedProcess:
    """Runs the verb."""
    command = [program, "drone", film, out, *words]
    return subprocess.run([str(w) for w in command], capture_output=True, text=True)


def ground(program: Path, film: Path, out: Path, *words: object) -> Burnt:
    """Runs it by telemetry alone; what burns on its grid."""
    fixed = ("--steady", "off", "--kind", "mask", "--no-forecast", "--cell", CELL_M)
    done = drone(program, film, out, *fixed, *words)
    if done.returncode:
        raise ValueError(f"exit {done.returncode}: {done.stderr.strip()}")
    crs = json.loads((out / "drone.json").read_text())["crs"]
    with np.load(out / "ground.npz") as z:
        burnt, gdal = z["frames"][-1] > 0, z["transform"].astype(float)
    row, col = np.mgrid[: burnt.shape[0], : burnt.shape[1]] + 0.5
    east = gdal[0] + gdal[1] * col + gdal[2] * row
    north = gdal[3] + gdal[4] * col + gdal[5] * row
    return Burnt(crs, burnt, east, north)
