"""The same scores where nothing flows in: cells that plain extrapolation reaches from the view.

What flows in from beyond the view is seen by nobody. pysteps says nothing there, which counts as
dry; emberline repeats the border. Where rain moves fast that is a large part of the view, so a
difference over all cells may be one of borders, not of nowcasts.
"""

from ...onnx.page import table
from . import tables
from .rows import Runs, per_cell, pooled
from .score import CHANCE_MM_H, RATES_MM_H


def of(runs: Runs) -> Runs:
    """Rows with the inside in place of the whole."""
    return {at: {**r, **r["inside"]} for at, r in runs.items()}


def events_inside(events: tables.Events) -> tables.Events:
    """The same of every method; nothing where a row does not tell it."""
    each = [r for methods in events.values() for runs in methods.values() for r in runs.values()]
    if not all("inside" in r for r in each):
        return {}
    return {e: {m: of(runs) for m, runs in methods.items()} for e, methods in events.items()}


def share(whole: Runs, inside: Runs, lead: int) -> float:
    """Share of the view that is inside."""
    had = [r["leads"] >= lead for r in whole.values()]
    if not any(had):
        return float("nan")
    both = (
        [r["cells"][lead - 1] for r in x.values() if r["leads"] >= lead] for x in (inside, whole)
    )
    kept, cells = both
    return sum(kept) / sum(cells)


def scores(whole: dict[str, Runs], inside: dict[str, Runs]) -> str:
    """CSI at two rates, CRPS and one Brier score of every method."""
    half, heavy, one = RATES_MM_H.index(0.5), RATES_MM_H.index(5.0), CHANCE_MM_H.index(1.0)
    first = next(iter(whole))
    rows = [["share of the view"]]
    rows[0] += [tables.cell(share(whole[first], inside[first], k), digits=2) for k in tables.SHOWN]
    for m, runs in inside.items():
        row = [m]
        for k in tables.SHOWN:
            brier = per_cell(runs, "brier_sum", k)
            found = [pooled(runs, "csi", half, k), pooled(runs, "csi", heavy, k)]
            found += [float(per_cell(runs, "crps_sum", k))]
            row.append(tables.cell(*found, brier if isinstance(brier, float) else brier[one]))
        rows.append(row)
    return table(["method", *(f"lead {k}" for k in tables.SHOWN)], rows)


def section(events: tables.Events) -> dict[str, dict[str, str]] | None:
    """`differences` by score and `scores` by event; None where rows do not tell of the inside."""
    found = events_inside(events)
    if not found:
        return None
    return {
        "differences": tables.differences(found, ("csi",)),
        "scores": {event: scores(methods, found[event]) for event, methods in events.items()},
    }
