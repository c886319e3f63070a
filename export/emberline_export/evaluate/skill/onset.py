"""How often what is said of a point came true, each event by curves that have not seen it.

    python -m emberline_export evaluate rain-onset ../docs/rain-skill.ndjson \
        --weights WEIGHTS.json --data EMBERLINE_DATA

Statements are those of `evaluate/nowcast/onset.py`, at places drawn evenly over the view, from the
starts of `evaluate rain-skill` at the films' own step. A row an event is appended: method `onset`,
`says` a kind of statement a row (statements, came true, sum of the chances said).
"""

import argparse
import json

import numpy as np

from ...data.rain_films import EVENTS, OWN_STEP_MIN, Start, starts
from ...data.scores import skill
from ...models.nowcast.features import each_lead, now
from ...models.nowcast.forecast import chances
from ..nowcast.onset import RATE_MM_H, SAYS, of_places
from .steps import add_arguments

__all__ = ["add_arguments", "main"]

HORIZON_MIN = 60
FEWEST_LEADS = 6


def leads_of(start: Start) -> list[float]:
    """To an hour, or as far as the film goes, minutes."""
    count = round(HORIZON_MIN / start.step_min)
    every = (start.step_min * k for k in range(1, count + 1))
    return [m for m in every if start.truth_mm_h(m) is not None]


def of_start(start: Start, b: np.ndarray, seed: list[int]) -> np.ndarray | None:
    """`[kinds, 3]`; None where the film ends too early."""
    leads = leads_of(start)
    if len(leads) < FEWEST_LEADS:
        return None
    n = now(start.rain_mm_h, start.ages_min, start.film.cell_km)
    k = skill.RATES_MM_H.index(RATE_MM_H)
    p = np.stack([chances(b, x, m)[k] for m, x in each_lead(n, leads)])
    truth = np.stack([start.truth_mm_h(m) for m in leads])
    said = of_places(p, start.rain_mm_h[-1], truth, seed)
    return np.array([said[kind] for kind in SAYS], float)


def main(args: argparse.Namespace) -> int:
    """Say, wait, count."""
    without = json.loads(args.weights.read_text())["without"]
    for event in args.events:
        step, b = OWN_STEP_MIN[event], np.array(without[event])
        found = [
            said
            for n, start in enumerate(starts(args.data, event, step))
            if (said := of_start(start, b, [n, list(EVENTS).index(event)])) is not None
        ]
        text = skill.line(event, step, HORIZON_MIN, "onset", len(found), {"says": sum(found)})
        with args.rows.open("a") as f:
            f.write(text)
        print(f"{event}: {len(found)} starts", flush=True)
    return 0
