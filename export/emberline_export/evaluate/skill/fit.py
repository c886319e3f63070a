"""Fit the chances of the rain nowcast, once without each event and once on all that may be shipped.

    python -m emberline_export evaluate rain-fit WEIGHTS.json --data EMBERLINE_DATA --keep KEEP

Rates in rising order, each drawn to the one before it. Events weigh the same, short ones less; SMHI
is never fitted on. KEEP holds the samples: drawn once, a quarter of an hour of one core.
"""

import argparse
import json
import re
from pathlib import Path

import numpy as np

from ...data.rain_films import EVENTS, VALIDATES_ONLY
from ...data.scores.skill import RATES_MM_H
from ...models.nowcast.features import NAMES
from ...models.nowcast.logistic import REFERENCE_MIN, design, fit
from .samples import Samples, samples

WEIGHT = {"meteonet": 0.6, "dwd_ry": 0.6, "dwd_yw": 0.6}  # of short events; others 1
RIDGE = (1e-5, 1e-4, 1e-4, 3e-4, 1e-3, 1e-2, 1e-3, 1e-3)  # by rate
CELLS = 16000  # of each event


def curves(by_event: dict[str, Samples], cells: int = CELLS) -> np.ndarray:
    """Numbers `[K, 2 (F + 1)]` from the samples of some events."""
    rng = np.random.default_rng(0)
    take = {e: rng.permutation(len(s.rate))[:cells] for e, s in by_event.items()}
    minutes = np.concatenate([s.minutes[take[e]] for e, s in by_event.items()])
    came = np.concatenate([s.rate[take[e]] for e, s in by_event.items()])
    each = [(WEIGHT.get(e, 1.0), s.weight[take[e]]) for e, s in by_event.items()]
    weight = np.concatenate([share * w / w.sum() for share, w in each])
    found: list[np.ndarray] = []
    for k, rate in enumerate(RATES_MM_H):
        x = np.concatenate([s.x[take[e], k].astype(np.float32) for e, s in by_event.items()])
        y = (came >= rate * (1 - 1e-5)).astype(float)
        prior = found[-1] if found else None
        found.append(fit(design(x, minutes), y, weight, RIDGE[k], prior))
    return np.stack(found)


def weights(data: Path, keep: Path, events: list[str]) -> dict:
    """What the runtime needs, and the curves that have not seen each event."""
    (keep / "samples").mkdir(parents=True, exist_ok=True)
    used = [e for e in events if e not in VALIDATES_ONLY]
    of = {e: samples(data, e, keep / "samples") for e in used}
    without = {e: curves({k: v for k, v in of.items() if k != e}) for e in events}
    digits = lambda b: [[float(f"{v:.6g}") for v in row] for row in b]  # noqa: E731
    return {
        "rates_mm_h": list(RATES_MM_H),
        "features": list(NAMES),
        "reference_min": REFERENCE_MIN,
        "layout": "a rate a row: 1, the features, and the same times ln(lead_min / reference_min)",
        "fitted_on": used,
        "cells": CELLS,
        "fit": digits(curves(of)),
        "without": {e: digits(b) for e, b in without.items()},
    }


def as_text(found: dict) -> str:
    """JSON, a rate a line."""
    lists = re.compile(r"\[[^\[\]]*\]")  # innermost
    return lists.sub(lambda m: " ".join(m[0].split()), json.dumps(found, indent=1)) + "\n"


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of the verb."""
    p.add_argument("weights", type=Path, help="JSON that is written")
    p.add_argument("--data", type=Path, required=True, help="EMBERLINE_DATA")
    p.add_argument("--keep", type=Path, required=True, help="folder of samples and rivals")
    p.add_argument("--events", nargs="*", choices=list(EVENTS), default=list(EVENTS))


def main(args: argparse.Namespace) -> int:
    """Draw, fit, write."""
    found = weights(args.data, args.keep, args.events)
    args.weights.write_text(as_text(found))
    print(f"{args.weights}: {len(found['fit'])} rates, {len(found['features'])} features")
    return 0
