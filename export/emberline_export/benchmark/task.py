"""One forecasting task of the benchmark: which films, how much context, how many leads."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..data.clips import Clips, read


@dataclass(frozen=True)
class Task:
    """Films in, films out; every method sees the same windows."""

    name: str
    folder: str  # of the set, as `make-data` writes it
    train: str
    tests: tuple[str, ...]
    context: int = 10
    leads: int = 10
    side: int | None = None  # cells of a training view; None: whole frames


TASKS = {
    t.name: t
    for t in (
        Task("reaction-diffusion", "reaction-diffusion", "train", ("test", "test-parameter")),
        Task("rd-classical", "reaction-diffusion", "classical-train", ("classical-test",)),
        Task("moving-mnist", "moving-mnist", "train", ("test",)),
        Task("rain-simulated", "rain", "maker-train", ("maker-val",), side=64),
    )
}


def training(task: Task, data: Path) -> Clips:
    """Films to train on."""
    return read(data / task.folder, task.train)


def batches(
    clips: Clips, task: Task, batch: int, seed: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless context and future, each `(b, ·, 1, h, w)`: random film, start, cut, turn and flip.

    The same for every method: a seed gives the same batches whatever learns from them.
    """
    rng, length = np.random.default_rng([seed, 77]), task.context + task.leads
    _, frames, h, w = clips.frames.shape
    side = task.side or min(h, w)
    while True:
        films = []
        for _ in range(batch):
            film = clips.film(int(rng.integers(len(clips))))
            t = int(rng.integers(frames - length + 1))
            y, x = int(rng.integers(h - side + 1)), int(rng.integers(w - side + 1))
            film = np.nan_to_num(film[t : t + length, y : y + side, x : x + side])
            film = np.rot90(film, int(rng.integers(4)), (1, 2))[..., :: int(rng.choice([-1, 1]))]
            films.append(np.ascontiguousarray(film))
        stack = torch.from_numpy(np.stack(films))[:, :, None]
        yield stack[:, : task.context], stack[:, task.context :]


def windows(clips: Clips, task: Task, limit: int | None = None) -> Iterator[tuple[str, np.ndarray]]:
    """Event and first window `[context + leads, H, W]` of every test film, NaN as 0."""
    for i in range(min(len(clips), limit or len(clips))):
        film = clips.film(i)[: task.context + task.leads]
        yield str(clips.event[i]), np.nan_to_num(film)
