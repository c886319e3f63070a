"""Whether films thinned to other steps give the same forecast in minutes, from the same last frame.

    python -m emberline_export evaluate rain-steps ../docs/rain-skill.ndjson \
        --weights WEIGHTS.json --data EMBERLINE_DATA

Rows are appended to those of `evaluate rain-skill`; their methods are `same likely` and
`same chances`. Beside the scores they hold how the field agrees with that of the finest film
(`agree`: hits, misses, false alarms by rate), how far the chances are from its (`apart`: by rate,
sum of absolute differences), and the median speed (`speed`, km/h).
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...data.rain_films import EVENTS, Start, films
from ...data.rain_forecast import reaches
from ...data.scores import skill
from ...models.nowcast.features import now
from ...models.nowcast.forecast import forecast
from .score import counts, of_chance, of_field

STEPS_MIN = {2.0: (2, 4, 6, 10), 5.0: (5, 10, 15)}  # by the film's own, the finest first
LEADS_MIN = (10, 20, 30, 60)
SEEN_MIN = 30  # of film before the last frame, where it is long enough
AT = {"mrms": [12], "fmi": range(6, 28, 3), "knmi": range(6, 80, 7), "smhi": range(6, 19, 4)}


def same(data: Path, event: str) -> Iterator[list[Start]]:
    """Starts of one last frame, a step each."""
    for film in films(data, event):
        for at in AT.get(event, [6]):
            yield [Start(film, at, float(s)) for s in STEPS_MIN[film.step_min]]


def scored(data: Path, event: str, b: np.ndarray) -> Iterator[str]:
    """Rows of an event, as text."""
    sums: dict[tuple[float, int, str], skill.Sums] = {}
    count: dict[tuple[float, int, str], int] = {}

    def add(key: tuple[float, int, str], found: skill.Sums) -> None:
        mine = sums.setdefault(key, {})
        count[key] = count.get(key, 0) + 1
        for name, value in found.items():
            mine[name] = mine.get(name, 0) + value

    for starts in same(data, event):
        leads = [float(m) for m in LEADS_MIN if starts[0].truth_mm_h(m) is not None]
        finest = {}
        for start in starts:
            cell_km = start.film.cell_km
            n = now(start.rain_mm_h, start.ages_min, cell_km)
            speed = 60 * cell_km * float(np.median(np.hypot(*n.velocity)))
            for said in forecast(n, b, leads):
                c, truth = int(said.minutes), start.truth_mm_h(said.minutes)
                of = finest.setdefault(c, said)
                agree = [
                    counts(reaches(said.likely_mm_h, r), reaches(of.likely_mm_h, r), truth == truth)
                    for r in skill.RATES_MM_H
                ]
                apart = np.abs(said.chances - of.chances)[:, truth == truth].sum(1)
                field = of_field(said.likely_mm_h, truth) | {"agree": np.array(agree)}
                add((start.step_min, c, "same likely"), field | {"speed": np.array([speed, 1.0])})
                add(
                    (start.step_min, c, "same chances"),
                    of_chance(said.chances, truth) | {"apart": apart},
                )
    for (step, c, method), found in sorted(sums.items()):
        yield skill.line(event, step, c, method, count[step, c, method], found)


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of the verb."""
    p.add_argument("rows", type=Path, help="NDJSON that rows are appended to")
    p.add_argument("--weights", type=Path, required=True, help="JSON of `evaluate rain-fit`")
    p.add_argument("--data", type=Path, required=True, help="EMBERLINE_DATA")
    p.add_argument("--events", nargs="*", choices=list(EVENTS), default=list(EVENTS))


def main(args: argparse.Namespace) -> int:
    """Forecast from the same last frames, append."""
    without = json.loads(args.weights.read_text())["without"]
    for event in args.events:
        text = list(scored(args.data, event, np.array(without[event])))
        with args.rows.open("a") as f:
            f.writelines(text)
        print(f"{event}: {len(text)} rows", flush=True)
    return 0
