"""Where samples come from: shards of simulated fires, and the real films that may be trained on."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import IterableDataset, get_worker_info

from .film import LATER, NEVER, FilmConfig, Fire, Sample, sample_of
from .front import burnt_from_heat, maps_of
from .root import data_root

SPAN = 40.0  # frames for which fires of `data fire` are known


class Shards:
    """Fires of one folder written by `data fire`, kept in memory in half precision."""

    def __init__(self, folder: Path, limit: int | None = None) -> None:
        """Read every shard (up to `limit` fires)."""
        files = sorted(Path(folder).glob("shard_*.npz"))
        if not files:
            raise FileNotFoundError(f"{folder}: no shard_*.npz; make them with `data fire`")
        about = Path(folder) / "manifest.json"
        facts = json.loads(about.read_text()) if about.exists() else {}
        self.span = float(facts.get("span", SPAN))  # frames for which fires are known
        self.fires: list[tuple[int, Fire]] = []
        for f in files:
            z = np.load(f)
            seed, residence = z["seed"], z["residence"]
            arrival = np.minimum(z["arrival"], NEVER if self.span <= SPAN else LATER).astype(
                np.float16
            )
            ros, intensity = z["ros"].astype(np.float16), z["intensity"].astype(np.float16)
            for i in range(len(seed)):
                fire = Fire(arrival[i], ros[i], intensity[i], float(residence[i]))
                self.fires.append((int(seed[i]), fire))
            if limit and len(self.fires) >= limit:
                break

    @property
    def side(self) -> int:
        """Cells along a side."""
        return min(self.fires[0][1].arrival.shape)

    def __len__(self) -> int:
        """Count fires."""
        return len(self.fires)

    def fire(self, i: int) -> Fire:
        """Fire `i` in single precision."""
        f = self.fires[i][1]
        maps = (m.astype(np.float32) for m in (f.arrival, f.ros, f.intensity))
        return Fire(*maps, f.residence)


class PineStraw:
    """The first 16 s of the pine-needle film (MIT): flame probability and burnt masks."""

    def __init__(self, root: Path) -> None:
        """Read the film; the rest of it is for validation."""
        z = np.load(root / "fire_dev" / "fdv_pine_straw_128.npz")
        n = round(16.0 / float(z["dt_s"]))
        self.heat = z["flame_prob"][:n].astype(np.float32) / 255.0

    def sample(self, rng: np.random.Generator, cfg: FilmConfig) -> Sample | None:
        """Cut a random window of `context + leads` frames at 5 to 2 Hz, cropped and turned."""
        t, n = cfg.context, cfg.context + cfg.leads
        step = int(rng.integers(2, len(self.heat) // n + 1))
        start = int(rng.integers(0, len(self.heat) - (n - 1) * step))
        film = self.heat[start : start + n * step : step][:n]
        y, x = rng.integers(0, film.shape[1] - cfg.grid + 1, 2)
        film = film[:, y : y + cfg.grid, x : x + cfg.grid]
        turn = int(rng.integers(4))
        film = np.ascontiguousarray(np.rot90(film, turn, (1, 2))[..., :: rng.choice([-1, 1])])
        burnt, hot = burnt_from_heat(film[:t])
        now = burnt[-1]
        if not 4 <= int(now.sum()) <= 0.8 * now.size:
            return None
        later = np.maximum.accumulate((film[t:] >= hot) | now, axis=0)
        first = np.argmax(later, axis=0) + 1
        burnt_by = np.where(now, 0, np.where(later[-1], first, cfg.leads + 1)).astype(np.int64)
        return Sample(film[:t], maps_of(film[:t], burnt), film[t:], burnt_by, False)


class Stream(IterableDataset):
    """Endless training batches; worker `i` of rank `r` draws its own reproducible stream.

    A batch has one grid, drawn from `grids`; larger views come in smaller batches, so that a batch
    costs about the same.
    """

    def __init__(
        self,
        folders: list[Path],
        cfg: FilmConfig,
        grids: tuple[int, ...],
        batch: int,
        seed: int,
        real: float,
        rank: int,
    ) -> None:
        """Read the shards; `real` is the share of pine-straw samples (0 where data is absent)."""
        self.sets = [Shards(f) for f in folders]
        self.cfg, self.grids, self.batch = cfg, grids, batch
        self.seed, self.rank = seed, rank
        film = data_root() / "fire_dev" / "fdv_pine_straw_128.npz"
        if real > 0 and not film.exists():
            raise FileNotFoundError(f"{film}: real film asked for (--real {real}): EMBERLINE_DATA?")
        self.real, self.pine = real, PineStraw(data_root()) if real > 0 else None
        for g in grids:
            if not any(s.side >= g for s in self.sets):
                raise ValueError(f"--grids {g}: no folder holds fires that large")

    def __iter__(self) -> Iterator[tuple[torch.Tensor, ...]]:
        """Yield frames, front, future, burnt_by, each with a batch axis."""
        info = get_worker_info()
        rng = np.random.default_rng([self.seed, self.rank, info.id if info else 0])
        while True:
            grid = self.grids[rng.integers(len(self.grids))]
            size = max(round(self.batch * (min(self.grids) / grid) ** 2), 2)
            cfg, sets = replace(self.cfg, grid=grid), [s for s in self.sets if s.side >= grid]
            samples: list[Sample] = []
            while len(samples) < size:
                if self.pine is not None and rng.random() < self.real:
                    s = self.pine.sample(rng, cfg)
                else:
                    fires = sets[rng.integers(len(sets))]
                    fire = fires.fire(int(rng.integers(len(fires))))
                    s = sample_of(rng, fire, cfg, fires.span)
                samples += [s] if s is not None else []
            yield tuple(torch.stack(x) for x in zip(*map(tensors, samples), strict=True))


def tensors(s: Sample) -> tuple[torch.Tensor, ...]:
    """Sample → frames (t, 1, h, w), front (6, h, w), future (l, 1, h, w), burnt_by (h, w)."""
    f = torch.from_numpy
    return f(s.frames)[:, None], f(s.front), f(s.future)[:, None], f(s.burnt_by)


def plain(fires: Shards, kind: str, cfg: FilmConfig) -> Iterator[tuple[int, Sample]]:
    """Undegraded test films at the simulator's own step and full grid, one a fire.

    `kind` is `mask` or `thermal`; the thermal film's noise is drawn from the fire's seed.
    """
    from .film import heat_of

    n = cfg.context + cfg.leads
    clock = np.arange(n, dtype=np.float64)
    for i, (seed, _) in enumerate(fires.fires):
        fire = fires.fire(i)
        burnt = fire.arrival[None] <= clock[:, None, None]
        film, context = burnt.astype(np.float32), burnt[: cfg.context]
        if kind == "thermal":
            film = heat_of(np.random.default_rng(seed), fire, clock, clean=True)
            context, _ = burnt_from_heat(film[: cfg.context])
        now = context[-1]
        later = burnt[cfg.context :] | now
        first = np.argmax(later, axis=0) + 1
        by = np.where(later[-1], first, cfg.leads + 1).astype(np.int64)
        by[now | burnt[cfg.context - 1]] = 0  # cooled ground has burnt too: not new burn
        front = maps_of(film[: cfg.context], context)
        yield seed, Sample(film[: cfg.context], front, film[cfg.context :], by, kind == "mask")
