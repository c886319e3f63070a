"""Films by which a precision is calibrated and judged: training views, and the validation split.

    fire                 views of train-64 and train-128; val-64 and val-128, as heat and as masks
    rain                 views of simulated and radar films; maker-val
    reaction-diffusion, moving-mnist      views of train; val

Validation films are never calibrated on, and no layer's sensitivity is measured on them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...data.clips import read
from ...data.fire_starts import Start, start_of
from ...data.front import burnt_from_heat, maps_of
from ...data.task import TASKS, Task, batches, training, windows
from ...models.physicnet.network import FRONT

TASK_OF = {"fire": "fire", "rain": "rain-all"}  # by the card's name; others are named alike
VALIDATION = {"fire": ("val-64", "val-128"), "rain": ("maker-val",)}
MASK_SHARE = 2  # every second view of a fire is shown as masks


@dataclass(frozen=True)
class Film:
    """What a graph is fed with, and what then happened."""

    set: str
    frames: np.ndarray  # [T, H, W], 0..1
    future: np.ndarray  # [L, H, W]; NaN where a radar saw nothing
    start: Start | None = None  # of a fire
    maps: int = FRONT  # of the front that the graph takes

    @property
    def feed(self) -> dict[str, np.ndarray]:
        """Inputs of the whole-window graph; sides are padded to a multiple of 8, borders repeat."""
        h, w = self.frames.shape[1:]
        pad = ((0, 0), (0, -h % 8), (0, -w % 8))
        feed = {"frames": np.pad(self.frames, pad, mode="edge")[None, :, None]}
        if self.start is not None:
            feed["front"] = np.pad(self.start.front[: self.maps], pad, mode="edge")[None]
        return {k: np.ascontiguousarray(v, np.float32) for k, v in feed.items()}


def maps_of_card(card: dict) -> int:
    """How many maps of the front a model takes."""
    return card.get("physicnet", {}).get("front_channels", FRONT)


def task_of(card: dict) -> Task:
    """Benchmark task that a model folder was made for."""
    name = TASK_OF.get(card["name"], card["name"])
    if name not in TASKS:
        raise ValueError(f"model {name}: no film set is known for it; known: {', '.join(TASKS)}")
    return TASKS[name]


def fire(name: str, film: np.ndarray, arrival: np.ndarray, task: Task, as_mask: bool) -> Film:
    """Fire as heat, or as the masks of what has burnt."""
    context, future = film[: task.context], film[task.context :]
    if not as_mask:
        return Film(f"{name} thermal", context, future, start_of(context, arrival, task.leads))
    burnt, _ = burnt_from_heat(context)
    seen = start_of(context, arrival, task.leads)
    masks = burnt.astype(np.float32)
    lead = np.arange(1, task.leads + 1)[:, None, None]
    future = (seen.burnt_by[None] <= lead).astype(np.float32)
    return Film(
        f"{name} mask",
        masks,
        future,
        Start(masks, maps_of(masks, burnt), seen.now, seen.burnt_by),
    )


def calibration(task: Task, data: Path, count: int, seed: int = 11) -> list[Film]:
    """`count` training views."""
    films: list[Film] = []
    if task.kind != "fire":
        stream = batches(training(task, data), task, 8, seed)
        while len(films) < count:
            batch = next(stream)
            pairs = zip(batch.context[:, :, 0].numpy(), batch.future[:, :, 0].numpy(), strict=True)
            films += [Film("train", c, f) for c, f in pairs]
        return films[:count]
    sets = [read(data / task.folder, s) for s in ("train-64", "train-128")]
    rng = np.random.default_rng(seed)
    while len(films) < count:
        k = len(films)
        clips = sets[k % 4 // 2]
        i = int(rng.integers(len(clips)))
        arrival = clips.facts["arrival"][i].astype(np.float32)
        length = task.context + task.leads
        found = fire("train", clips.film(i)[:length], arrival, task, k % MASK_SHARE == 1)
        if 4 <= found.start.now.sum() <= 0.8 * found.start.now.size:
            films.append(found)
    return films


def validation(task: Task, data: Path, name: str, limit: int | None = None) -> Iterator[Film]:
    """Films of the validation split; `limit` of each set."""
    for split in VALIDATION.get(name, ("val",)):
        clips, some = read(data / task.folder, split), 0
        if task.kind == "fire":
            for i in range(len(clips)):
                arrival = clips.facts["arrival"][i]
                length = task.context + task.leads
                for as_mask in (False, True):
                    found = fire(split, clips.film(i)[:length], arrival, task, as_mask)
                    if found.start.now.any() and (limit is None or some < 2 * limit):
                        yield found
                        some += 1
            continue
        for _, film in windows(clips, task):
            if limit is None or some < limit:
                context = np.nan_to_num(film[: task.context])
                yield Film(split, context, film[task.context :])
                some += 1
