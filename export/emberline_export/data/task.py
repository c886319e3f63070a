"""One forecasting task of the benchmark: which films, how much context, how many leads."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from .clips import Clips, read
from .fire_starts import start_of
from .rain import EVENTS


@dataclass(frozen=True)
class Task:
    """Films in, films out; every method sees the same windows."""

    name: str
    folder: str  # of the set, as `data set` writes it
    train: tuple[tuple[str, float], ...]  # splits to train on, and the share of films from each
    tests: tuple[str, ...]
    context: int = 10
    leads: int = 10
    side: int | None = None  # cells of a training view; None: whole frames
    kind: str = "image"  # or `rain`, which is also scored by rate, or `fire`, by new burn
    most: int | None = None  # films of a test split that are scored

    def val(self, split: str) -> str | None:
        """Films that choose the decision threshold for a test split of fire."""
        if self.kind != "fire":
            return None
        return split.replace("test", "val") if split.startswith("test-") else "val-128"


class Batch(NamedTuple):
    """What is learnt from, `(b, ·, 1, h, w)`; of fire also the front and first burnt leads."""

    context: torch.Tensor
    future: torch.Tensor
    front: torch.Tensor | None = None  # (b, 5, h, w)
    burnt_by: torch.Tensor | None = None  # (b, h, w)


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
        # The same films for runs that are shorter: what each part gives.
        Task("rd-short", "reaction-diffusion", (("train", 1.0),), ("test",)),
        Task(
            "rd-classical",
            "reaction-diffusion",
            (("classical-train", 1.0),),
            ("classical-test",),
        ),
        Task(
            "fire",
            "fire",
            (("train-64", 0.45), ("train-128", 0.45), ("fdv-train", 0.1)),
            ("test-64", "test-128", "fdv-test", "dollhouse", "fireplace"),
            10,
            20,
            64,
            "fire",
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


def view(
    rng: np.random.Generator, clips: Clips, task: Task
) -> tuple[np.ndarray, np.ndarray | None] | None:
    """Random window `[context + leads, side, side]` as greys, and of fire when each cell burns.

    `None` for most dry rain, and for fire where nothing burns, or nearly all.
    """
    i = int(rng.integers(len(clips)))
    film = clips.frames[i]
    length, side = task.context + task.leads, task.side or min(film.shape[1:])
    t = int(rng.integers(len(film) - length + 1))
    y, x = (int(rng.integers(s - side + 1)) for s in film.shape[1:])
    film = film[t : t + length, y : y + side, x : x + side]
    if task.kind == "rain":
        wet = (film[-1] > WET_GREY) & (film[-1] <= clips.full)
        if wet.mean() < WET_SHARE and rng.random() > DRY_KEPT:
            return None
    if task.kind != "fire":
        return film, None
    arrival = clips.facts["arrival"][i][y : y + side, x : x + side].astype(np.float32) - t
    burnt = (arrival <= task.context - 1).sum()
    return (film, arrival) if 4 <= burnt <= 0.8 * arrival.size else None


def batches(
    sets: list[tuple[Clips, float]], task: Task, batch: int, seed: int, fronts: bool = False
) -> Iterator[Batch]:
    """Endless batches: random film, start, cut, turn and flip; `fronts` for a model of fire.

    Rain is also made stronger or weaker. A seed gives the same films whatever learns from them.
    """
    rng, share = np.random.default_rng([seed, 77]), np.array([s for _, s in sets])
    while True:
        films, extra = [], []
        while len(films) < batch:
            clips = sets[int(rng.choice(len(sets), p=share / share.sum()))][0]
            found = view(rng, clips, task)
            if found is None:
                continue
            film, arrival = found
            film = np.where(film > clips.full, 0, film)
            if task.kind == "rain":
                louder = film + rng.integers(-JITTER_GREYS, JITTER_GREYS + 1)
                film = np.where(film > 0, np.clip(louder, 0, clips.full), 0)
            turn, flip = int(rng.integers(4)), int(rng.choice([-1, 1]))
            film = np.ascontiguousarray(np.rot90(film, turn, (1, 2))[..., ::flip])
            films.append((film / np.float32(clips.full)).astype(np.float32))
            if fronts:
                start = start_of(
                    films[-1][: task.context], np.rot90(arrival, turn)[:, ::flip], task.leads
                )
                extra.append((start.front, start.burnt_by))
        stack = torch.from_numpy(np.stack(films))[:, :, None]
        more = (torch.from_numpy(np.stack(x)) for x in zip(*extra, strict=True))
        yield Batch(stack[:, : task.context], stack[:, task.context :], *more)


def contexts(task: Task, data: Path, seed: int, count: int) -> list[np.ndarray]:
    """`count` training views `[T, H, W]`."""
    found: list[np.ndarray] = []
    stream = batches(training(task, data), task, 8, seed)
    while len(found) < count:
        found += list(next(stream).context[:, :, 0].numpy())
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


# The split by which each set stands where films of another task are meant.
STRANGERS = {
    "fire": "test-64",
    "reaction-diffusion": "test",
    "moving-mnist": "test",
    "rain": "mrms-20190610",
}
