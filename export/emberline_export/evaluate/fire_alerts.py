"""Alerts of a fire in view: the station itself on films whose fire is known, and on ones without.

    python -m emberline_export evaluate fire-alerts --emberline ../target/release/emberline

The daemon watches a folder a film (`file://`), in real time: twenty minutes, of little work. Four
rules look at all of them, which hold for 0, 10, 30 and 60 s, and the outbox tells what came of it.
Forecasts are as few as can be (the alert waits for none). A fire has appeared at the first frame
with four
burning cells. One event is one alert: it is over when nothing has been seen for ten minutes. Told
is a fire by an alert that was raised after it appeared; an alert in a scene without a fire, or
before the fire, is false; where one is open when the fire comes, the fire has none of its own.

Sets: simulated fires of the split `test` with two minutes before them, and scenes without a fire
(`data/fire_free.py`), a frame each 5 s, the camera sets its own gain; drone films B and C, which
chose the tracker's numbers and burn from their first frame on; pieces of them in which nothing
burns by their masks, their gain set anew. Baselines, with the same spans: four cells of the picture
at 90 % of its range; four cells at a heat that a camera of degrees would tell, which B and C have
not.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import maximum_filter

from ..data.film import LATER, Fire, heat_of, warm_ground
from ..data.fire_free import KINDS, gained, scene
from ..data.firesim.travel_time import SPAN, fires
from ..onnx.page import table
from .tracker import SEED0, drones

HOLDS_S = (0, 10, 30, 60)
CLEAR_S = 600.0
CELLS = 4  # that burn, from when on a fire is there; that are hot, of the baselines
HOT = 0.9 * 250  # of a picture
HEATS = (0.5, 0.7)  # shares of a fire's heat
EVERY_S = 5.0
FRAME_S = 10.0  # of the simulator
BEFORE_S, AFTER_S = 120.0, 1080.0  # that a fire's film shows before and after it appeared
BORDER = 10  # cells around what burns that are not taken for a scene without a fire
LATE_S = 5.0  # that a frame may come: then the machine does something else, and spans are wrong
PIECE = (60, 80)  # rows and columns of such a scene


@dataclass
class Scene:
    """A film `[T, H, W]` of 8 bits, when its fire appears (seconds; None without), and its heat."""

    name: str
    frames: np.ndarray
    dt_s: float
    appears_s: float | None
    heat: np.ndarray | None = None

    @property
    def hours(self) -> float:
        """How long it is watched without a fire."""
        ends = len(self.frames) * self.dt_s if self.appears_s is None else self.appears_s
        return ends / 3600


@dataclass
class Count:
    """What became of alerts."""

    fires: int = 0
    told: int = 0
    alerts: int = 0
    false: int = 0
    hours: float = 0.0
    took_s: list[float] = field(default_factory=list)

    def row(self, name: str) -> list[str]:
        """Its columns."""
        took = [f"{np.quantile(self.took_s, q) / 60:.1f}" for q in (0.5, 0.9)] if self.told else []
        share = f"{self.told} of {self.fires}" if self.fires else "–"
        each = f"{self.alerts / self.told:.2f}" if self.told else "–"
        false = f"{self.false / self.hours:.2f}" if self.hours else "–"
        return [name, share, " / ".join(took) or "–", each, false]


def judged(film: Scene, raised_s: list[float], count: Count) -> None:
    """Counts the alerts of a film, which were raised at these seconds of it."""
    count.hours += film.hours
    if film.appears_s is None:
        count.false += len(raised_s)
        return
    count.fires += 1
    count.false += sum(at < film.appears_s for at in raised_s)
    own = [at for at in raised_s if at >= film.appears_s]
    if own:
        count.told += 1
        count.alerts += len(own)
        count.took_s.append(own[0] - film.appears_s)


def spells(seen: np.ndarray, dt_s: float, hold_s: float) -> list[float]:
    """When alerts are raised of what is seen `[T]`, as a rule of the station raises them."""
    raised: list[float] = []
    since = last = None
    is_open = False
    for k, is_seen in enumerate(seen):
        now = k * dt_s
        if is_seen:
            since = now if since is None else since
            last = now
            if not is_open and now - since >= hold_s:
                raised.append(now)
                is_open = True
        elif is_open and last is not None and now - last >= CLEAR_S:
            is_open, since = False, None
        elif not is_open:
            since = None
    return raised


def thresholds(film: Scene) -> dict[str, np.ndarray]:
    """What plain thresholds see, by name `[T]`."""
    said = {"picture, 4 cells at 90 %": (film.frames >= HOT).sum((1, 2)) >= CELLS}
    if film.heat is not None:
        for share in HEATS:
            hot = (film.heat >= share).sum((1, 2)) >= CELLS
            said[f"degrees, 4 cells at {share:.0%} of a fire's heat"] = hot
    return said


def simulated(count: int) -> list[Scene]:
    """Fires between warm rocks and roads, from before they begin on."""
    out: list[Scene] = []
    for seed, fire in fires("test", SEED0, 128):
        if len(out) == count:
            break
        # Most have smouldered long before the simulator's first frame.
        begins = float(np.sort(fire.arrival, axis=None)[CELLS - 1])
        first, last = begins - BEFORE_S / FRAME_S, begins + AFTER_S / FRAME_S
        clock = np.arange(first, min(last, SPAN - 1), EVERY_S / FRAME_S)
        rng = np.random.default_rng([seed, 23])
        plain = Fire(np.minimum(fire.arrival, LATER), fire.ros, fire.intensity, fire.residence)
        heat = heat_of(rng, plain, clock, False, warm_ground(rng, fire.arrival.shape))
        out.append(Scene(f"fire-{seed}", gained(heat), EVERY_S, BEFORE_S, heat))
    return out


def fire_free(count: int, minutes: float) -> list[Scene]:
    """Scenes of each kind without a fire."""
    out = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        rng = np.random.default_rng([SEED0, 24, number])
        heat = scene(rng, kind, (128, 128), round(60 * minutes / EVERY_S))
        out.append(Scene(f"{kind.replace(' ', '-')}-{number}", gained(heat), EVERY_S, None, heat))
    return out


def drone_scenes() -> tuple[list[Scene], list[Scene]]:
    """Films B and C, and pieces of them in which nothing ever burns."""
    burning, free = [], []
    height, width = PIECE
    for film in drones():
        burning.append(Scene(f"drone-{film.name.lower()}", film.frames, film.dt_s, 0.0))
        near = maximum_filter(film.burnt.any(0), 2 * BORDER + 1)
        taken = near.copy()
        for y in range(0, near.shape[0] - height + 1, 5):
            for x in range(0, near.shape[1] - width + 1, 5):
                piece = np.s_[y : y + height, x : x + width]
                if not taken[piece].any():
                    taken[piece] = True
                    frames = gained(film.frames[:, *piece] / 255)
                    name = f"piece-{film.name.lower()}-{y}-{x}"
                    free.append(Scene(name, frames, film.dt_s, None))
    return burning, free


def config(data: Path, room: Path, films: list[Scene]) -> str:
    """The station's file: a camera a film, a rule a span."""
    text = f'name = "trial"\nlat = 40.0\nlon = -105.0\ndata = "{data}"\n'
    for film in films:
        text += f'[[camera]]\nname = "{film.name}"\nfrom = "file://{room / film.name}/"\n'
        text += f'kind = "thermal"\nevery_s = {film.dt_s}\n'
    for hold_s in HOLDS_S:
        text += f'[[alert]]\nname = "hold-{hold_s}"\nwhen = "fire-in-view"\n'
        text += f'hold = "{hold_s}s"\nclear = "{CLEAR_S:g}s"\n'
    # As few forecasts as can be: one of each camera, and one when a fire is told of.
    text += '[forecast]\nevery_s = 86400\non_change_s = 86400\nleads = 1\nengine = "tract"\n'
    return text + '[keep]\nmin_free = "100MB"\n'


def watched(program: Path, films: list[Scene]) -> dict[tuple[str, int], list[float]]:
    """When the station raised alerts, seconds of the film, by film and span."""
    with tempfile.TemporaryDirectory() as tmp:
        room, data = Path(tmp, "films"), Path(tmp, "data")
        for film in films:
            (room / film.name).mkdir(parents=True)
        file = Path(tmp, "station.toml")
        file.write_text(config(data, room, films))
        command = [str(program), "run", str(file), "--listen", "127.0.0.1:0"]
        with Path(tmp, "log").open("wb") as log:
            station = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)
        try:
            begins = int(time.time()) + 3
            due = sorted(
                (k * f.dt_s, k, n) for n, f in enumerate(films) for k in range(len(f.frames))
            )
            for at_s, k, n in due:
                if station.poll() is not None:
                    raise RuntimeError(Path(tmp, "log").read_text()[-500:])
                time.sleep(max(0.0, begins + at_s - time.time()))
                if (late_s := time.time() - begins - at_s) > LATE_S:
                    raise RuntimeError(f"a frame is {late_s:.0f} s late: the machine is too busy")
                put(room / films[n].name, films[n].frames[k], k, begins + at_s)
                if n == 0 and k % 20 == 0:
                    print(
                        f"{at_s / 60:.0f} of {due[-1][0] / 60:.0f} min", file=sys.stderr, flush=True
                    )
            time.sleep(8)
        finally:
            station.terminate()
            station.wait(30)
        # A station that has tried no forecast of a camera has not looked at its frames either.
        seen = {path.name for path in data.glob("forecasts/*/*")}
        if unseen := [film.name for film in films if film.name not in seen]:
            raise RuntimeError(f"no forecast of {', '.join(unseen)}: nothing was looked at")
        return raised(data, films, begins)


def put(folder: Path, frame: np.ndarray, k: int, at_s: float) -> None:
    """Puts a picture there in one step; what is long read goes."""
    part = folder / "next.part"
    Image.fromarray(frame).save(part, "png")
    os.utime(part, (at_s, at_s))
    part.rename(folder / f"f{k:05}.png")
    (folder / f"f{k - 20:05}.png").unlink(missing_ok=True)


def raised(data: Path, films: list[Scene], begins: int) -> dict[tuple[str, int], list[float]]:
    """What the outbox tells: the frame that raised each alert names its time."""
    found: dict[tuple[str, int], list[float]] = {
        (film.name, hold_s): [] for film in films for hold_s in HOLDS_S
    }
    for file in sorted((data / "outbox").glob("*.ndjson")):
        for line in file.read_text().splitlines():
            alert = json.loads(line)["body"]
            if alert.get("phase") != "raised":
                continue
            taken = datetime.strptime(Path(alert["frame"]).stem + "+0000", "%Y%m%dT%H%M%SZ%z")
            key = alert["source"], int(alert["rule"].removeprefix("hold-"))
            found[key].append(taken.timestamp() - begins)
    return found


def rows(films: list[Scene], found: dict[tuple[str, int], list[float]]) -> list[list[str]]:
    """A row a span of the station, and of each baseline."""
    counts: dict[str, Count] = {}
    for film in films:
        for hold_s in HOLDS_S:
            name = f"station, hold {hold_s} s"
            judged(film, found[film.name, hold_s], counts.setdefault(name, Count()))
    for film in films:
        for what, seen in thresholds(film).items():
            for hold_s in (HOLDS_S[0], HOLDS_S[-1]):
                count = counts.setdefault(f"{what}, hold {hold_s} s", Count())
                judged(film, spells(seen, film.dt_s, hold_s), count)
    return [count.row(name) for name, count in counts.items()]


def by_kind(films: list[Scene], found: dict[tuple[str, int], list[float]]) -> list[list[str]]:
    """Hours, and false alarms at once and after a minute, of scenes without a fire."""
    lines = []
    for kind in KINDS:
        of = [film for film in films if film.name.startswith(kind.replace(" ", "-"))]
        false = [sum(len(found[film.name, hold_s]) for film in of) for hold_s in HOLDS_S]
        lines.append([kind, f"{sum(film.hours for film in of):.1f}", *map(str, false)])
    return lines


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate fire-alerts`."""
    p.add_argument("--emberline", type=Path, required=True, help="the built program")
    p.add_argument("--fires", type=int, default=24, help="simulated fires")
    p.add_argument("--free", type=int, default=24, help="scenes without a fire")
    p.add_argument("--minutes", type=float, default=20, help="of each film, at most")


def main(args: argparse.Namespace) -> int:
    """Print the tables."""
    head = ["alert", "fires told of", "minutes after it appeared (median / 90 %)"]
    head += ["alerts a fire", "false alarms an hour"]
    burning, pieces = drone_scenes()
    fires, free = simulated(args.fires), fire_free(args.free, args.minutes)
    films = burning + pieces + fires + free
    for film in films:
        frames = round(60 * args.minutes / film.dt_s)
        film.frames, film.heat = (
            film.frames[:frames],
            None if film.heat is None else film.heat[:frames],
        )
    found = watched(args.emberline, films)
    for title, of in [
        (f"Drone films B and C, and {len(pieces)} pieces of them without a fire", burning + pieces),
        (f"{len(fires)} simulated fires and {len(free)} scenes without one", fires + free),
    ]:
        hours = sum(film.hours for film in of)
        print(f"\n{title}: {hours:.1f} hours without a fire\n")
        print(table(head, rows(of, found)), flush=True)
    head = ["simulated scene", "hours", *(f"false alarms, hold {hold_s} s" for hold_s in HOLDS_S)]
    print(f"\n{table(head, by_kind(free, found))}")
    return 0
