"""Write docs/nowcast.md from rows of `evaluate rain-skill`: every number comes from the rows.

    python -m emberline_export evaluate rain-page ../docs/rain-skill.ndjson ../docs/nowcast.md

The words are in `nowcast.md.j2`.
"""

import argparse
from pathlib import Path

from ...data.rain_films import OWN_STEP_MIN, VALIDATES_ONLY, WHAT
from ...data.scores import skill
from ...models.nowcast.features import NAMES
from ...onnx.page import render, table
from ..nowcast.forecasters import LEVELS
from . import tables
from .rivals import MEMBERS

PAGE = Path(__file__).with_name("nowcast.md.j2")
STEPS_MIN = (10, 15, 2, 4)
BY_EVENT = (30, 60)


def starts(found: skill.Found) -> str:
    """Events, and how many starts each lead has."""
    rows = []
    for e in WHAT:
        of = {c: by[e]["starts"] for (c, m), by in found.items() if m == "likely" and e in by}
        only = " (only scored on)" if e in VALIDATES_ONLY else ""
        each = [str(of.get(c, "–")) for c in skill.CLASSES]
        rows.append([e, f"{WHAT[e]}{only}", f"{OWN_STEP_MIN[e]:g}", *each])
    return table(
        ["", "event", "frames every, min", *(f"starts at {c} min" for c in skill.CLASSES)], rows
    )


def lead(found: skill.Found, c: int) -> dict | None:
    """What is told of a class of leads."""
    whole = tables.events_of(found, c, ("likely", *tables.FOUR))
    events = whole or tables.events_of(found, c, ("likely", "lk"))
    if not events:
        return None
    low, high = skill.CLASSES[c]
    return {
        "events": f"Leads of {low} to {high} minutes; events: {', '.join(events)}.",
        "table": tables.of_class(found, c, events),
        "below": tables.below(found, c, events, ("lk",)),
        "behind": tables.below(found, c, events, tables.FOUR),
        "missing": not whole,
    }


def text(rows: list[dict]) -> str:
    """The page."""
    found = tables.own(rows)
    told = {c: lead(found, c) for c in skill.CLASSES}
    classes = [c for c in skill.CLASSES if told[c]]
    hour = tables.events_of(found, 60, ("likely", *tables.FOUR))
    return render(
        PAGE,
        count=len({r["event"] for r in rows}),
        features=len(NAMES),
        levels=LEVELS,
        members=MEMBERS,
        starts=starts(found),
        leads={c: told[c] for c in classes},
        events={
            c: tables.by_event(found, c, tables.events_of(found, c, ("likely", "lk")))
            for c in BY_EVENT
            if c in classes
        },
        amounts=tables.amounts(found, classes),
        crps=tables.of_crps(found, classes),
        reliability=tables.of_reliability(found, ("chances", "steps chances")),
        steps={s: t for s in STEPS_MIN if (t := tables.of_step(rows, s, [10, 30, 60]))},
        same=tables.same_frame(rows),
        onset=tables.onsets(rows),
        heavy=tables.gain(found, 60, 5.0, hour),
        heavy_bias=skill.bias(skill.pooled(found[60, "likely"], hour, 5.0)),
    )


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of the verb."""
    p.add_argument("rows", type=Path, help="NDJSON of `evaluate rain-skill` and its like")
    p.add_argument("out", type=Path, help="nowcast.md")


def main(args: argparse.Namespace) -> int:
    """Write the page."""
    try:
        page = text(skill.read(args.rows))
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    args.out.write_text(page)
    print(args.out)
    return 0
