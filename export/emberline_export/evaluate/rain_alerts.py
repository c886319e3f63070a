"""Alerts of rain that starts or stops at a place, on radar films that its curves never saw.

    python -m emberline_export evaluate rain-alerts --data EMBERLINE_DATA \
        --weights weights/rain-chance.json

Places are drawn by chance over what the radar sees all the time. At each frame from the third on a
nowcast of the next half hour is made by the reference that the program is held to (`evaluate
rain-program`), with the curves that were fitted without the event, and judged as the station judges
it: the statement is that of `evaluate/nowcast/onset.py`, the alert is over when nothing has said so
for ten minutes. Rain starts where it was below the rate for ten minutes or more, and stops where it
is below for as long. Told before is a start or stop of which an alert was raised at most half an
hour before it. An alert that none follows within half an hour is false, where the film shows so
much; it counts per hour in which it was dry there (of `rain-stops`: in which it rained).

Baselines, with the same frames and rules: the last frame carried along its motion (pysteps, Lucas
and Kanade, dry inflow), which says so where the place changes by some lead; rain (of stops: a dry
cell) within 5, 10 or 20 km now. Places of one event are no independent trials: events are the films
of one day, and each has its own row.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.ndimage import distance_transform_edt

from ..data.rain import FULL, rain_mm_h
from ..data.rain_films import EVENTS, OWN_STEP_MIN, WHAT, Film, Start, films
from ..data.rain_forecast import reaches
from ..data.scores.skill import RATES_MM_H
from ..models.nowcast.features import each_lead, now
from ..models.nowcast.forecast import chances
from ..models.simple.rain import carry, motion
from ..onnx.page import table
from .nowcast.onset import APART, SURE

RATES = (0.5, 1.0, 2.0)
PROBABILITIES = (0.3, 0.5, 0.7, 0.9)
DISTANCES_KM = (5, 10, 20)
WITHIN_MIN = 30.0
CLEAR_MIN = 10.0
PLACES = 60  # a film
FIRST = 2  # frames before the first nowcast
SEED = 25
CELL = "told before / minutes before (median) / false alarms an hour and place"


@dataclass
class Count:
    """What became of alerts of one sort."""

    came: int = 0
    told: int = 0
    false: int = 0
    hours: float = 0.0
    gained_min: list[float] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        """Pools."""
        self.came += other.came
        self.told += other.told
        self.false += other.false
        self.hours += other.hours
        self.gained_min += other.gained_min

    def cell(self) -> str:
        """What `CELL` says."""
        share = f"{self.told / self.came:.2f}" if self.came else "–"
        gained = f"{np.median(self.gained_min):.0f}" if self.gained_min else "–"
        false = f"{self.false / self.hours:.2f}" if self.hours else "–"
        return f"{share} / {gained} / {false}"


def changes(wet: np.ndarray, times: np.ndarray, starts: bool) -> list[float]:
    """When rain starts (or stops) at a place: it was (or is) dry for ten minutes or more there.

    `wet` `[T]` at `times`, minutes. Of what lies beyond the film nothing is known.
    """
    turns = [0, *(np.flatnonzero(wet[1:] != wet[:-1]) + 1), len(wet)]
    found = []
    for first, beyond in zip(turns[:-1], turns[1:], strict=True):
        if wet[first]:
            continue
        is_last = beyond == len(wet)
        if times[beyond - 1 if is_last else beyond] - times[first] < CLEAR_MIN:
            continue
        if starts and not is_last:
            found.append(float(times[beyond]))
        if not starts and first > 0:
            found.append(float(times[first]))
    return found


def raised(says: np.ndarray, times: np.ndarray) -> list[float]:
    """When alerts are raised of what is said `[T]` at `times`."""
    out: list[float] = []
    last = None
    for time, so in zip(times, says, strict=True):
        if last is not None and time - last >= CLEAR_MIN and not so:
            last = None
        if so:
            if last is None:
                out.append(float(time))
            last = time
    return out


def judged(
    says: np.ndarray, times: np.ndarray, wet: np.ndarray, ends: float, starts: bool
) -> Count:
    """Alerts of a place: `says` and `wet` `[T]` at the frames at which nowcasts are made."""
    count = Count()
    told = raised(says & (wet != starts), times)
    came = [at for at in changes(wet, times, starts) if at > times[0]]
    count.hours = float((wet != starts).sum() * (times[1] - times[0]) / 60)
    for at in told:
        if not any(at < change <= at + WITHIN_MIN for change in came):
            count.false += int(ends >= at + WITHIN_MIN + (0 if starts else CLEAR_MIN))
    for change in came:
        before = [at for at in told if at < change <= at + WITHIN_MIN]
        count.came += 1
        count.told += bool(before)
        count.gained_min += [change - before[0]] if before else []
    return count


def likely(wet: np.ndarray, rains: np.ndarray) -> np.ndarray:
    """Chance `[N]` that it changes by the last lead, of chances `[L, N]` that it rains there."""
    change = np.minimum(np.where(rains, 1 - wet, wet), SURE)
    apart = np.where(rains, APART[True], APART[False])
    never = (1 - change.max(0)) ** (1 - apart)
    return 1 - never * np.exp(apart * np.log1p(-change).sum(0))


def frames_of(film: Film) -> list[int]:
    """Frames at which the station makes a nowcast: each, at the event's own step."""
    every = round(OWN_STEP_MIN[film.event] / film.step_min)
    return list(range(FIRST * every, len(film.codes), every))


def said(
    film: Film, b: np.ndarray, places: np.ndarray
) -> Iterator[tuple[str, float, str, np.ndarray]]:
    """Method, rate, `starts` or `stops`, and what it says `[T, N]` at the film's frames."""
    at = frames_of(film)
    step = OWN_STEP_MIN[film.event]
    leads = [step * k for k in range(1, round(WITHIN_MIN / step) + 1)]
    y, x = places.T
    kinds = ("starts", "stops")
    found: dict[tuple[str, float, str], list[np.ndarray]] = {}
    for k in at:
        start = Start(film, k, step)
        rain = start.rain_mm_h
        n = now(rain, start.ages_min, film.cell_km)
        p = np.stack([chances(b, f, m)[:, y, x] for m, f in each_lead(n, leads)])
        codes = film.codes[start.seen]
        shares = np.where(codes > FULL, np.nan, codes / np.float32(FULL))
        carried = carry(np.nan_to_num(shares[-1]), motion(shares), len(leads), "dry")
        carried = rain_mm_h(carried[:, y, x])
        for rate in RATES:
            rains = reaches(np.nan_to_num(rain[-1]), rate)
            here = rains[y, x]
            chance = likely(p[:, RATES_MM_H.index(rate)], here)
            for q in PROBABILITIES:
                for kind in kinds:
                    found.setdefault((f"nowcast, p ≥ {q}", rate, kind), []).append(chance >= q)
            for kind, there in zip(kinds, (rains, ~rains), strict=True):
                wet = reaches(carried, rate)
                by = (wet if kind == "starts" else ~wet).any(0)
                found.setdefault(("carried along", rate, kind), []).append(by)
                far = distance_transform_edt(~there)[y, x] * film.cell_km if there.any() else np.inf
                for km in DISTANCES_KM:
                    what = "rain" if kind == "starts" else "a dry cell"
                    key = f"{what} within {km} km", rate, kind
                    found.setdefault(key, []).append(np.broadcast_to(far <= km, len(places)))
    for (method, rate, kind), says in found.items():
        yield method, rate, kind, np.stack(says)


def places_of(film: Film, number: int) -> np.ndarray:
    """Cells `[N, 2]` by chance, of those that the radar always sees."""
    known = np.argwhere((film.codes != 255).all(0))
    rng = np.random.default_rng([SEED, list(EVENTS).index(film.event), number])
    return known[rng.choice(len(known), min(PLACES, len(known)), replace=False)]


def counts(data: Path, event: str, b: np.ndarray) -> dict[tuple[str, float, str], Count]:
    """Counts of an event, by method, rate and kind."""
    out: dict[tuple[str, float, str], Count] = {}
    for number, film in enumerate(films(data, event)):
        places = places_of(film, number)
        at = frames_of(film)
        times = np.array(at) * film.step_min
        truth = np.stack([Start(film, k, film.step_min).truth_mm_h(0) for k in at])
        truth = truth[:, places[:, 0], places[:, 1]]
        ends = float(times[-1])
        for method, rate, kind, says in said(film, b, places):
            wet = reaches(truth, rate)
            count = out.setdefault((method, rate, kind), Count())
            for n in range(len(places)):
                count.add(judged(says[:, n], times, wet[:, n], ends, kind == "starts"))
        print(f"{film.name}: {len(at)} nowcasts", file=sys.stderr, flush=True)
    return out


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate rain-alerts`."""
    p.add_argument("--data", type=Path, required=True, help="folder with radar_dev, radar_more")
    p.add_argument("--weights", type=Path, required=True, help="JSON of `evaluate rain-fit`")
    p.add_argument("--events", nargs="+", default=list(EVENTS), choices=list(EVENTS))


def main(args: argparse.Namespace) -> int:
    """Print the tables."""
    without = json.loads(args.weights.read_text())["without"]
    by_event = {e: counts(args.data, e, np.array(without[e])) for e in args.events}
    for kind in ("starts", "stops"):
        lines: dict[str, list[str]] = {}
        head = ["alert"]
        for rate in RATES:
            pooled: dict[str, Count] = {}
            for found in by_event.values():
                for (method, r, k), count in found.items():
                    if (r, k) == (rate, kind):
                        pooled.setdefault(method, Count()).add(count)
            head.append(f"{rate:g} mm/h, {next(iter(pooled.values())).came} times")
            for method, count in pooled.items():
                lines.setdefault(method, [method]).append(count.cell())
        print(f"\nrain-{kind}, {len(by_event)} events: {CELL}\n")
        print(table(head, list(lines.values())), flush=True)
    # The station's own rule, and its strongest rival, by event.
    methods = ("nowcast, p ≥ 0.5", "carried along")
    for kind in ("starts", "stops"):
        lines = {}
        for event, found in by_event.items():
            both = [found[method, RATES[0], kind] for method in methods]
            lines[event] = [WHAT[event], str(both[0].came), *(count.cell() for count in both)]
        print(f"\nrain-{kind} by event, {RATES[0]:g} mm/h\n")
        print(table(["event", "came", *methods], list(lines.values())), flush=True)
    return 0
