"""Score the rain nowcast beside pysteps, each event by curves that have not seen it.

    python -m emberline_export evaluate rain-skill ../docs/rain-skill.ndjson \
        --weights WEIGHTS.json --data EMBERLINE_DATA --keep KEEP [--events fmi knmi] [--steps own]

A row is an event, the step it was seen at, a class of leads and a method; its scores are sums over
the starts (`data/scores/skill.py`). Rivals are computed once (ten seconds a start, kept in
KEEP/rivals); events and steps that the file has are not scored again, so that a run that was
stopped goes on.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...data.rain_films import EVENTS, OWN_STEP_MIN, STEPS_MIN, Start, starts
from ...data.scores import skill
from ...models.nowcast import decide
from ...models.nowcast.features import now
from ...models.nowcast.forecast import forecast
from .rivals import MEMBERS, cached
from .score import of_chance, of_field

Scored = Iterator[tuple[int, str, skill.Sums]]  # class of lead, method, scores


def ours(start: Start, b: np.ndarray) -> Scored:
    """Chances, and both fields that are made of them."""
    leads = start.leads()
    n = now(start.rain_mm_h, start.ages_min, start.film.cell_km)
    of = {m: c for c, m in leads.items()}
    for said in forecast(n, b, sorted(of)):
        c, truth = of[said.minutes], start.truth_mm_h(said.minutes)
        yield c, "chances", of_chance(said.chances, truth)
        yield c, "likely", of_field(said.likely_mm_h, truth)
        yield c, "expected", of_field(decide.expected(said.chances), truth)
        logs = decide.expected_by_logarithms(said.chances)
        yield c, "expected by logarithms", of_field(logs, truth)


def rivals(start: Start, folder: Path) -> Scored:
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


def scored(data: Path, event: str, step: float, b: np.ndarray, folder: Path) -> Iterator[str]:
    """Rows of an event at a step, as text."""
    sums: dict[tuple[int, str], skill.Sums] = {}
    count: dict[tuple[int, str], int] = {}
    for start in starts(data, event, step):
        for found in (ours(start, b), rivals(start, folder)):
            for c, method, scores in found:
                mine = sums.setdefault((c, method), {})
                count[c, method] = count.get((c, method), 0) + 1
                for name, value in scores.items():
                    mine[name] = mine.get(name, 0) + value
    for (c, method), found in sorted(sums.items()):
        yield skill.line(event, step, c, method, count[c, method], found)


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of the verb."""
    p.add_argument("rows", type=Path, help="NDJSON that rows are appended to")
    p.add_argument("--weights", type=Path, required=True, help="JSON of `evaluate rain-fit`")
    p.add_argument("--data", type=Path, required=True, help="EMBERLINE_DATA")
    p.add_argument("--keep", type=Path, required=True, help="folder of rivals")
    p.add_argument("--events", nargs="*", choices=list(EVENTS), default=list(EVENTS))
    p.add_argument("--steps", choices=["own", "all"], default="all")


def main(args: argparse.Namespace) -> int:
    """Score what the file does not have yet."""
    folder = args.keep / "rivals"
    folder.mkdir(parents=True, exist_ok=True)
    without = json.loads(args.weights.read_text())["without"]
    there = skill.read(args.rows) if args.rows.exists() else []
    done = {(r["event"], r["step_min"]) for r in there if r["method"] == "lk"}
    wanted = [(e, OWN_STEP_MIN[e]) for e in args.events]
    if args.steps == "all":
        wanted += [(e, s) for e in args.events for s in STEPS_MIN[e] if s != OWN_STEP_MIN[e]]
    for event, step in wanted:
        if (event, step) in done:
            continue
        text = list(scored(args.data, event, step, np.array(without[event]), folder))
        with args.rows.open("a") as f:
            f.writelines(text)
        print(f"{event}, seen every {step:g} min: {len(text)} rows", flush=True)
    return 0
