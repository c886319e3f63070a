"""Write a page of the program's rain nowcasts from rows of `evaluate nowcast`.

    python -m emberline_export evaluate nowcast-page ../docs/nowcast-rain-v1.ndjson PAGE.md

The words are in `page.md.j2`; every number comes from the rows.
"""

import argparse
from pathlib import Path

from ...data.rain_starts import LEADS
from ...onnx.page import render
from . import inside, tables
from .forecasters import LEVELS
from .rows import by_event, read
from .run import METHODS

PAGE = Path(__file__).with_name("page.md.j2")
HIDDEN = ("data_sha256", "members", "seed", "model_sha256", "scorer")


def ordered(events: tables.Events) -> tables.Events:
    """Methods as they are told, the simplest first."""
    return {
        event: {m: methods[m] for m in METHODS if m in methods}
        for event, methods in sorted(events.items())
    }


def made(rows: list[dict]) -> str:
    """Versions that the rows were made with."""
    facts = {(k, str(v)) for r in rows for k, v in r["made"].items() if k not in HIDDEN}
    return ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in sorted(facts))


def text(rows: list[dict]) -> str:
    """The page."""
    events = ordered(by_event(rows))
    used = [r for methods in events.values() for runs in methods.values() for r in runs.values()]
    members = sorted({r["made"]["members"] for r in used if "members" in r["made"]})
    chances = any(r["probabilistic"] for r in used if r["method"] == tables.OURS)
    return render(
        PAGE,
        leads=LEADS,
        levels=LEVELS,
        members=" or ".join(map(str, members)) or "no",
        machine="; ".join(sorted({r["device"] for r in used})),
        made=made(used),
        chances=chances,
        chance_names=tables.CHANCE_NAMES,
        ours=tables.OURS,
        base=tables.BASE,
        starts=tables.starts(events),
        accuracy={e: tables.accuracy(m) for e, m in events.items()},
        differences=tables.differences(events),
        inside=inside.section(events),
        probability={e: tables.probability(m) for e, m in events.items()},
        reliability=tables.reliability(events),
        onsets=tables.onsets(events),
        costs=tables.costs(events),
    )


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate nowcast-page`."""
    p.add_argument("rows", type=Path, help="NDJSON that `evaluate nowcast` appended to")
    p.add_argument("out", type=Path, help="Markdown that is written")


def main(args: argparse.Namespace) -> int:
    """Write the page."""
    try:
        page = text(read(args.rows))
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    args.out.write_text(page)
    print(args.out)
    return 0
