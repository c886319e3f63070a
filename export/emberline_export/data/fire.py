"""Fire films: simulated thermal ones at 64 and 128 cells, and the three real colour clips.

Simulated films are rendered from the fires that `data fire` wrote (split by seed), at the
simulator's own step, with the camera's own noise and no other degradation. Fact `arrival` is when
a cell burns, in frames of the film, 99 for never: the simulator's truth, which a film shows only
in part. Of real clips it is when the film first shows fire.

The pine-straw film (FDV) is split in time: its first 16 s may be trained on, its last 8 s are a
test; it comes as the FDV paper's flame share. The other clips get the runtime's flame intensity:
the doll house hardly moves and the fireplace only flickers, tests of what is no front.
"""

from pathlib import Path

import numpy as np

from .clips import Clips
from .film import NEVER, heat_of
from .front import burnt_from_heat
from .heat import flame_intensity
from .shards import Shards

FRAMES, CONTEXT = 30, 10
SHARDS = {  # split → folder of `data fire`, most films
    "train-64": ("train64", 1500),
    "train-128": ("train128", 1000),
    "val-64": ("val64", 60),
    "val-128": ("val128", 60),
    "test-64": ("test64", 160),
    "test-128": ("test128", 160),
}


def rendered(shards: Path, most: int) -> Clips:
    """Thermal films of up to `most` fires; noise is drawn from each fire's seed."""
    fires = Shards(shards, most)
    count = min(most, len(fires))
    clock = np.arange(FRAMES, dtype=np.float64)
    films, arrival = [], []
    for i in range(count):
        fire = fires.fire(i)
        film = heat_of(np.random.default_rng(fires.fires[i][0]), fire, clock, clean=True)
        films.append(np.rint(film * 255).astype(np.uint8))
        arrival.append(np.minimum(fire.arrival, NEVER).astype(np.float16))
    event = np.array([f"fire-{seed}" for seed, _ in fires.fires[:count]])
    return Clips(np.stack(films), event, {"arrival": np.stack(arrival)})


def seen_arrival(film: np.ndarray) -> np.ndarray:
    """When a film `[T, H, W]` first shows fire at each cell `[H, W]`, in frames; 99 never."""
    burnt, hot = burnt_from_heat(film[:CONTEXT])
    later = np.maximum.accumulate((film[CONTEXT:] >= hot) | burnt[-1], axis=0)
    burnt = np.concatenate([burnt, later])
    return np.where(burnt[-1], np.argmax(burnt, axis=0), NEVER).astype(np.float16)


def cut(film: np.ndarray, event: str, steps: tuple[int, ...], every: int) -> Clips:
    """Windows of 30 frames, `steps` frames apart, one start every `every` frames."""
    found = []
    for step in steps:
        for start in range(0, len(film) - (FRAMES - 1) * step, every):
            found.append(film[start : start + FRAMES * step : step][:FRAMES])
    greys = np.rint(np.stack(found) * 255).astype(np.uint8)
    arrival = np.stack([seen_arrival(w / np.float32(255)) for w in greys])
    return Clips(greys, np.full(len(greys), event), {"arrival": arrival})


def real(root: Path) -> dict[str, Clips]:
    """The real clips of `fire_dev/`."""
    files = {}
    for name in ("fdv_pine_straw", "furg_dollhouse", "nsv_fireplace"):
        path = root / "fire_dev" / f"{name}_128.npz"
        if not path.exists():
            raise FileNotFoundError(f"{path}: missing; set EMBERLINE_DATA")
        files[name] = np.load(path)
    fdv = files["fdv_pine_straw"]
    heat, end = fdv["flame_prob"].astype(np.float32) / 255, round(16.0 / float(fdv["dt_s"]))
    house, place = (flame_intensity(files[n]["rgb"]) for n in ("furg_dollhouse", "nsv_fireplace"))
    return {
        "fdv-train": cut(heat[:end], "fdv, first 16 s", (2, 3, 4, 5), 3),
        "fdv-test": cut(heat[end:], "fdv, last 8 s", (2,), 2),
        "dollhouse": cut(house, "dollhouse", (5,), 10),
        "fireplace": cut(place, "fireplace", (2,), 10),
    }


def make(scale: float, root: Path, out: Path) -> tuple[dict[str, Clips], dict]:
    """All splits; fires come from the folders of `data fire` in `out`."""
    splits = {}
    for name, (folder, most) in SHARDS.items():
        splits[name] = rendered(out / folder, max(round(most * scale), 2))
    return {**splits, **real(root)}, {"set": "fire", "unit": "share of the camera's range"}
