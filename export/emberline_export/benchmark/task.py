"""One forecasting task of the benchmark: which films, how much context, how many leads."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..data.clips import Clips, read
from ..data.rain import EVENTS


@dataclass(frozen=True)
class Task:
    """Films in, films out; every method sees the same windows."""

    name: str
    folder: str  # of the set, as `make-data` writes it
    train: tuple[tuple[str, float], ...]  # splits to train on, and the share of films from each
    tests: tuple[str, ...]
    context: int = 10
    leads: int = 10
    side: int | None = None  # cells of a training view; None: whole frames
    kind: str = "image"  # or `rain`, which is also scored by rate, or `fire`, by new burn
    most: int | None = None  # films of a test split that are scored


def rain(event: str | None) -> Task:
    """Rain with one event held out: half real films of the others, half simulated films.

    None held out: what gets shipped; only simulated films are left to score it on.
    """
    others = [n for n in EVENTS if n != event]
    weight = {n: 1.0 for n in others} | {n: 0.4 for n in others if n.startswith("meteonet")}
    total = 2 * sum(weight.values())
    train = (("maker-train", 0.5), *((n, weight[n] / total) for n in others))
    name = f"rain-{event.split('-')[0] if event else 'all'}"
    return Task(name, "rain", train, (event or "maker-val",), 2, 10, 96, "rain")


TASKS = {
    t.name: t
    for t in (
        Task(
            "reaction-diffusion",
            "reaction-diffusion",
            (("train", 1.0),),
            ("test", "test-parameter"),
        ),
        Task(
            "rd-classical",
            "reaction-diffusion",
            (("classical-train", 1.0),),
            ("classical-test",),
        ),
        Task("moving-mnist", "moving-mnist", (("train", 1.0),), ("test",), most=1000),
        Task("rain-simulated", "rain", (("maker-train", 1.0),), ("maker-val",), 2, 10, 96, "rain"),
        *(rain(event) for event in (*EVENTS, None)),
    )
}

WET_GREY = 48  # about 0.5 mm/h: views should show some rain
WET_SHARE = 0.05
DRY_KEPT = 0.1  # share of dry views that are taken all the same
JITTER_GREYS = 12  # by which rain is made stronger or weaker


def training(task: Task, data: Path) -> list[tuple[Clips, float]]:
    """Films to train on, with the share of each."""
    return [(read(data / task.folder, split), share) for split, share in task.train]


def digest(sets: list[tuple[Clips, float]]) -> str:
    """What was trained on, in 16 letters."""
    return "-".join(clips.digest()[:8] for clips, _ in sets)[:53]


def view(rng: np.random.Generator, clips: Clips, task: Task) -> np.ndarray | None:
    """Random window `[context + leads, side, side]` as greys; `None` for most dry rain."""
    film = clips.frames[int(rng.integers(len(clips)))]
    length, side = task.context + task.leads, task.side or min(film.shape[1:])
    t = int(rng.integers(len(film) - length + 1))
    y, x = (int(rng.integers(s - side + 1)) for s in film.shape[1:])
    film = film[t : t + length, y : y + side, x : x + side]
    if task.kind == "rain":
        wet = (film[-1] > WET_GREY) & (film[-1] <= clips.full)
        if wet.mean() < WET_SHARE and rng.random() > DRY_KEPT:
            return None
    return film


def batches(
    sets: list[tuple[Clips, float]], task: Task, batch: int, seed: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless context and future, each `(b, ·, 1, h, w)`: random film, start, cut, turn and flip.

    Rain is also made stronger or weaker. A seed gives the same batches whatever learns from them.
    """
    rng, share = np.random.default_rng([seed, 77]), np.array([s for _, s in sets])
    while True:
        films = []
        while len(films) < batch:
            clips = sets[int(rng.choice(len(sets), p=share / share.sum()))][0]
            film = view(rng, clips, task)
            if film is None:
                continue
            film = np.where(film > clips.full, 0, film)
            if task.kind == "rain":
                louder = film + rng.integers(-JITTER_GREYS, JITTER_GREYS + 1)
                film = np.where(film > 0, np.clip(louder, 0, clips.full), 0)
            film = np.rot90(film, int(rng.integers(4)), (1, 2))[..., :: int(rng.choice([-1, 1]))]
            films.append(np.ascontiguousarray(film) / np.float32(clips.full))
        stack = torch.from_numpy(np.stack(films).astype(np.float32))[:, :, None]
        yield stack[:, : task.context], stack[:, task.context :]


def contexts(task: Task, data: Path, seed: int, count: int) -> list[np.ndarray]:
    """`count` training views `[T, H, W]`."""
    found: list[np.ndarray] = []
    stream = batches(training(task, data), task, 8, seed)
    while len(found) < count:
        found += list(next(stream)[0][:, :, 0].numpy())
    return found[:count]


def windows(clips: Clips, task: Task, limit: int | None = None) -> Iterator[tuple[str, np.ndarray]]:
    """Event and windows `[context + leads, H, W]` of the test films, NaN for no data.

    The first window of every film; of radar films, a window every 4 frames (every frame of a
    short film).
    """
    length = task.context + task.leads
    for i in range(min(len(clips), limit or len(clips))):
        film, event = clips.film(i), str(clips.event[i])
        last = len(film) - length
        every = (4 if last >= 12 else 1) if task.kind == "rain" else last + 1
        for start in range(0, last + 1, every):
            yield event, film[start : start + length]
