"""Fit how likely rain is from a forecast, and write it into the cards of rain models.

    python -m emberline_export onnx chance --data EMBERLINE_DATA --models MODELS \
        --emberline ../target/release/emberline --ship ../models/rain-v1

The program forecasts held-out events (`starts.py`) with models that have not seen them. A rate is
as likely as it is common in the forecast around a cell (Theis, Hense and Damrath 2005): of two
squares that grow with the root of the lead, the shares that reach the rate go into a logistic curve
whose numbers change with the logarithm of the lead (`runtime/vision/src/nowcast/calibration.rs`
has the same formula). Card `heldout-EVENT` gets the curve of all events but its own, so that its
chances can be scored on that event; the shipped card gets the curve of all.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from ..data.rain import EVENTS, events
from ..data.rain_forecast import reaches
from ..data.rain_starts import LEADS, Start, starts
from .card import read_card, toml_text
from .folder import write_sums
from .program import Program

RATES_MM_H = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
# Weight of sharp extrapolation at lead 1, and the power of the lead by which it falls: chosen on
# the four events, each with the model that has not seen it (docs/nowcast-rain-v1.md).
BLEND = {"extrapolation": 0.5, "falls": 0.5}
NEAR_CELLS, FAR_CELLS = 0.8, 5.0  # half sides of the squares at lead 1
SHARE_LEAST = 0.002  # shares nearer to 0 or 1 tell nothing more
CELLS = 4000  # taken of each start and lead
FORECASTS = 20  # each event weighs as much as so many forecasts …
LESS = {"meteonet-20160828": 0.4}  # … or less, where it is short
SHRINK = 1e-6  # of the sum of squares, beside the mean loss a cell
ROUNDS = 50


def reach(cells: float, lead: int) -> int:
    """Half a side of a square, cells."""
    return int(np.floor(cells * np.sqrt(lead) + 0.5))


def share(wet: np.ndarray, seen: np.ndarray, cells: int) -> np.ndarray:
    """Share of the seen cells within `cells` to each side that are wet, by summed-area tables."""

    def total(of: np.ndarray) -> np.ndarray:
        sums = np.pad(of.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        (low_y, high_y), (low_x, high_x) = (
            (np.maximum(np.arange(n) - cells, 0), np.minimum(np.arange(n) + cells + 1, n))
            for n in of.shape
        )
        down = sums[high_y] - sums[low_y]
        return down[:, high_x] - down[:, low_x]

    return total(wet & seen) / np.maximum(total(seen), 1)


def logit(p: np.ndarray) -> np.ndarray:
    """Log odds, cut where shares tell nothing more."""
    p = np.clip(p, SHARE_LEAST, 1 - SHARE_LEAST)
    return np.log(p / (1 - p))


def samples(start: Start, rain_mm_h: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """What is known of some cells of one forecast, `[n, 7]` a rate, and whether it came last."""
    found: list[list[np.ndarray]] = [[] for _ in RATES_MM_H]
    seen = ~np.isnan(start.rain_mm_h[-1])
    for lead, truth in enumerate(start.truth_mm_h, 1):
        known = np.flatnonzero(seen & ~np.isnan(truth))
        if len(known) == 0:
            continue
        take = rng.choice(known, min(CELLS, len(known)), replace=False)
        for k, rate in enumerate(RATES_MM_H):
            wet = reaches(rain_mm_h[lead - 1], rate)
            near, far = (
                logit(share(wet, seen, reach(c, lead)).ravel()[take])
                for c in (NEAR_CELLS, FAR_CELLS)
            )
            x = np.stack([np.ones(len(take)), near, far], 1)
            came = reaches(truth, rate).ravel()[take]
            found[k].append(np.column_stack([x, x * np.log(lead), came]))
    return [np.concatenate(f) for f in found]


def logistic(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Numbers of the logistic curve by Newton's method, the loss weighted by row."""
    b, weight = np.zeros(x.shape[1]), weight / weight.sum()
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-(x @ b)))
        bend = (x * (weight * p * (1 - p))[:, None]).T @ x + SHRINK * np.eye(len(b))
        step = np.linalg.solve(bend, x.T @ (weight * (y - p)) - SHRINK * b)
        b += step
        if np.abs(step).max() < 1e-8:
            break
    return b


def fit(by_event: dict[str, list[np.ndarray]]) -> list[list[float]]:
    """Six numbers a rate, from the samples of some events."""
    rows = []
    for k in range(len(RATES_MM_H)):
        parts = [(v[k], FORECASTS * LESS.get(e, 1.0) / len(v[k])) for e, v in by_event.items()]
        all_, weight = np.concatenate([p for p, _ in parts]), [np.full(len(p), w) for p, w in parts]
        b = logistic(all_[:, :-1], all_[:, -1], np.concatenate(weight))
        rows.append([round(float(v), 5) for v in b])
    return rows


def write(folder: Path, chance: dict | None) -> None:
    """Put how nowcasts are made into a card, and seal the folder again."""
    card = read_card(folder)
    card["nowcast"] = {"blend": BLEND} | ({"chance": chance} if chance else {})
    below = (card["family"], "precision", "training", "score")
    tables = {k: card.pop(k) for k in below if k in card}
    (folder / "card.toml").write_text(toml_text(card | tables))
    write_sums(folder)


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of the verb."""
    p.add_argument("--data", type=Path, required=True, help="EMBERLINE_DATA")
    p.add_argument("--emberline", type=Path, required=True, help="the built program")
    p.add_argument("--models", type=Path, required=True, help="folder of heldout-EVENT models")
    p.add_argument("--ship", type=Path, help="model folder that gets the curve of all events")
    p.add_argument("--every", type=int, default=4, help="frames between starts of a long film")


def main(args: argparse.Namespace) -> int:
    """Forecast, fit, write."""
    program, rng = (
        Program(args.emberline.resolve(), args.models.resolve()),
        np.random.default_rng(5),
    )
    if args.ship:
        read_card(args.ship)  # refused now, not after an hour
    by_event: dict[str, list[np.ndarray]] = {}
    for event, clips in events(args.data).items():
        write(program.model(event), None)
        parts = []
        for n, start in enumerate(starts(event, clips, args.every), 1):
            parts.append(samples(start, program.forecast(start)[0].rain_mm_h, rng))
            print(f"\r{event}: {n} forecasts ", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        by_event[event] = [np.concatenate(p) for p in zip(*parts, strict=True)]
    targets = [(program.model(e), {k: v for k, v in by_event.items() if k != e}) for e in EVENTS]
    for folder, used in [*targets, *([(args.ship, by_event)] if args.ship else [])]:
        chance = {
            "rates_mm_h": list(RATES_MM_H),
            "near_cells": NEAR_CELLS,
            "far_cells": FAR_CELLS,
            "leads": LEADS,
            "fit": fit(used),
            "fitted_on": f"forecasts of {', '.join(used)} by models that had not seen each",
        }
        write(folder, chance)
        print(f"{folder}: {len(RATES_MM_H)} rates, {chance['fitted_on']}")
    return 0
