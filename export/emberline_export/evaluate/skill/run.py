"""Score the rain nowcast beside pysteps, each event by curves that have not seen it.

    python -m emberline_export evaluate rain-skill ROWS.pkl --weights WEIGHTS.json \
        --data EMBERLINE_DATA --keep KEEP [--events fmi knmi] [--steps own]
    python -m emberline_export evaluate rain-skill ROWS.pkl --tables

A row is a start, a class of leads and a method. Rivals are computed once (ten seconds a start, kept
in KEEP/rivals); a run that is stopped goes on from there. `--tables` prints what rows say.
"""

import argparse
import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...data.rain_films import EVENTS, OWN_STEP_MIN, STEPS_MIN, Start, starts
from ...models.nowcast import decide
from ...models.nowcast.features import NAMES, each_lead, now
from ...models.nowcast.logistic import RATES_MM_H, chance
from .rivals import MEMBERS, cached
from .score import of_chance, of_field
from .tables import Row, tables


def chances(b: np.ndarray, x: np.ndarray, minutes: float) -> np.ndarray:
    """Chances `[K, H, W]`, falling with the rate, of features `[K, F, H, W]`."""
    flat = x.reshape(*x.shape[:2], -1).transpose(0, 2, 1)
    p = np.stack([chance(one, f, minutes) for one, f in zip(b, flat, strict=True)])
    return decide.falling(p).reshape(len(b), *x.shape[2:])


def decided(p: np.ndarray, carried: list[float], minutes: float) -> np.ndarray:
    """The field of rain that is likely, mm/h; `carried`: cells by rate."""
    most = [
        decide.most_cells(c, float(q.sum()), minutes, r)
        for c, q, r in zip(carried, p, RATES_MM_H, strict=True)
    ]
    return decide.likely(p, [decide.cut(q, m) for q, m in zip(p, most, strict=True)])


def carried_cells(x: np.ndarray) -> list[float]:
    """Cells that reach each rate in the carried last frame, from its features."""
    return [float((own >= -1e-3).sum()) for own in x[:, NAMES.index("own")]]


def ours(start: Start, b: np.ndarray) -> Iterator[tuple[int, str, dict]]:
    """Class of lead, method, scores."""
    leads = start.leads()
    n = now(start.rain_mm_h, start.ages_min, start.film.cell_km)
    of = {m: c for c, m in leads.items()}
    for m, x in each_lead(n, sorted(of)):
        p, truth = chances(b, x, m), start.truth_mm_h(m)
        yield of[m], "chances", of_chance(p, truth)
        yield of[m], "likely", of_field(decided(p, carried_cells(x), m), truth)


def rivals(start: Start, folder: Path) -> Iterator[tuple[int, str, dict]]:
    """The same of pysteps; STEPS' chances cut by themselves alike."""
    found = cached(start, folder, costly=start.step_min == OWN_STEP_MIN[start.film.event])
    for c, m in start.leads().items():
        truth = start.truth_mm_h(m)
        for method, fields in found.fields.items():
            if c in fields:
                yield c, method, of_field(fields[c], truth)
        if c in found.members:
            p = found.members[c] / MEMBERS
            scores = of_chance(p, truth)
            plain, fair = found.crps[c]
            yield c, "steps chances", scores
            yield c, "steps members", {"crps": np.array([plain, fair, scores["crps"][1]])}
            yield c, "steps cut", of_field(decide.likely(p, [decide.cut(q) for q in p]), truth)


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of the verb."""
    p.add_argument("rows", type=Path, help="rows that are written, or read for tables")
    p.add_argument("--tables", action="store_true", help="print what rows say")
    p.add_argument("--weights", type=Path, help="JSON of `evaluate rain-fit`")
    p.add_argument("--data", type=Path, help="EMBERLINE_DATA")
    p.add_argument("--keep", type=Path, help="folder of rivals")
    p.add_argument("--events", nargs="*", choices=list(EVENTS), default=list(EVENTS))
    p.add_argument("--steps", choices=["own", "all"], default="all")


def main(args: argparse.Namespace) -> int:
    """Score, or print."""
    if args.tables:
        print(tables(pickle.loads(args.rows.read_bytes())))
        return 0
    folder = args.keep / "rivals"
    folder.mkdir(parents=True, exist_ok=True)
    without = json.loads(args.weights.read_text())["without"]
    rows: list[Row] = []
    for event in args.events:
        b = np.array(without[event])
        for step in (OWN_STEP_MIN[event],) if args.steps == "own" else STEPS_MIN[event]:
            for start in starts(args.data, event, step):
                for found in (ours(start, b), rivals(start, folder)):
                    rows += [(event, step, start.name, *one) for one in found]
        args.rows.write_bytes(pickle.dumps(rows))
        print(f"{event}: {len(rows)} rows", flush=True)
    return 0
