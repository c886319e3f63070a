"""Tables of the nowcast page, in Markdown, from pooled rows."""

import numpy as np

from ...data.rain_starts import LEADS
from ...onnx.page import table
from .onset import SAYS
from .rows import Runs, at_lead, block_starts, difference, per_cell, pooled
from .score import BINS, CHANCE_MM_H, FSS_MM_H, RATES_MM_H

SHOWN = (1, 3, 5, 6, 9, 12)  # leads
FEW = (1, 6, 12)
OURS, BASE, COSTLY = "emberline", "lucas-kanade", "steps"
CHANCE_NAMES = [f"P(≥ {r:g} mm/h)" for r in CHANCE_MM_H]
Events = dict[str, dict[str, Runs]]


def cell(*values: float, digits: int = 3) -> str:
    """Numbers with slashes; a dash where there is none at all."""
    if all(np.isnan(values)):
        return "–"
    return " / ".join("–" if np.isnan(v) else f"{v:.{digits}f}" for v in values)


def starts(events: Events) -> str:
    """What was forecast from where."""
    rows = []
    for event, methods in events.items():
        runs = next(iter(methods.values()))
        one = next(iter(runs.values()))
        films, leads = {film for film, _ in runs}, [r["leads"] for r in runs.values()]
        at = sorted({at for _, at in runs})
        every = int(np.diff(at).min()) if len(at) > 1 else 0
        told = f"frames {at[0]} to {at[-1]}, every {every}" if every else f"frame {at[0]}"
        span = str(min(leads)) if min(leads) == max(leads) else f"{min(leads)} to {max(leads)}"
        block = block_starts(runs)
        rows.append(
            [event, str(len(films)), str(len(runs)), told, f"{one['step_min']:g}", span, str(block)]
        )
    head = ["event", "films", "starts", "last frame seen", "minutes a lead", "leads scored"]
    return table([*head, "starts a block"], rows)


def accuracy(methods: dict[str, Runs]) -> dict[str, str]:
    """CSI at two rates, FSS and wet-area bias by lead (`scores`); POD and FAR (`hits`)."""
    half, heavy = RATES_MM_H.index(0.5), RATES_MM_H.index(5.0)
    fss_half = FSS_MM_H.index(0.5)
    rows, found = [], []
    for m, runs in methods.items():
        of = [("csi", half), ("csi", heavy), ("fss", fss_half), ("bias", half)]
        rows.append([m, *(cell(*(pooled(runs, s, r, k) for s, r in of)) for k in SHOWN)])
        of = [(s, r) for r in (half, heavy) for s in ("pod", "far")]
        found.append([m, *(cell(*(pooled(runs, s, r, k) for s, r in of), digits=2) for k in FEW)])
    return {
        "scores": table(["method", *(f"lead {k}" for k in SHOWN)], rows),
        "hits": table(["method", *(f"lead {k}" for k in FEW)], found),
    }


def probability(methods: dict[str, Runs]) -> dict[str, str]:
    """CRPS and error of the one forecast (`crps`), Brier scores of chances (`brier`)."""
    rows, brier = [], []
    for m, runs in methods.items():
        sums = ("crps_sum", "crps_fair_sum", "abs_error_sum")
        each = {k: [float(per_cell(runs, s, k)) for s in sums] for k in SHOWN}
        rows.append([m, *(cell(*each[k]) for k in SHOWN)])
        scores = [np.broadcast_to(per_cell(runs, "brier_sum", k), len(CHANCE_MM_H)) for k in SHOWN]
        brier.append([m, *(cell(*s) for s in scores)])
    head = ["method", *(f"lead {k}" for k in SHOWN)]
    return {"crps": table(head, rows), "brier": table(head, brier)}


def reliability(events: Events) -> dict[str, str]:
    """By chance: forecast and observed in each bin, all events, starts and leads together."""
    sums: dict[str, np.ndarray] = {}
    for methods in events.values():
        for m, runs in methods.items():
            for r in runs.values() if all(r["probabilistic"] for r in runs.values()) else ():
                sums[m] = sums.get(m, 0) + np.sum(r["reliability"], 0)  # [chances, 3, bins]
    tables = {}
    for c, name in enumerate(CHANCE_NAMES if sums else ()):
        rows = []
        for b in range(BINS):
            row = [f"{b / BINS:.1f} to {(b + 1) / BINS:.1f}"]
            for found in sums.values():
                cells, came, said = found[c, :, b]
                share = f"{cells / found[c, 0].sum():.2%}"
                row.append(f"{said / cells:.3f} → {came / cells:.3f} ({share})" if cells else "–")
            rows.append(row)
        tables[name] = table(["chance said", *sums], rows)
    return tables


def differences(events: Events, scores: tuple[str, ...] = ("csi", "fss")) -> dict[str, str]:
    """By score: our CSI and FSS less plain extrapolation's, lead by lead."""
    both = {e: m for e, m in events.items() if {OURS, BASE} <= m.keys()}
    half = {"csi": RATES_MM_H.index(0.5), "fss": FSS_MM_H.index(0.5)}
    tables = {}
    for score in scores if both else ():
        rows = []
        for lead in range(1, LEADS + 1):
            row = [str(lead)]
            for methods in both.values():
                ours, base = methods[OURS], methods[BASE]
                if not len(at_lead(ours, "cells", lead)):
                    row.append("–")
                    continue
                here, *span = difference(ours, base, score, half[score], lead)
                told = " [{:+.3f}, {:+.3f}]".format(*span) if span else ""
                row.append(f"{here:+.3f}{told}")
            rows.append(row)
        tables[score.upper()] = table(["lead", *both], rows)
    return tables


def costs(events: Events) -> str:
    """Median seconds a forecast, and how many times less than STEPS."""
    names = list(dict.fromkeys(m for methods in events.values() for m in methods))
    rows = []
    for m in names:
        runs = [r for methods in events.values() for r in methods.get(m, {}).values()]
        costly = [r for methods in events.values() for r in methods.get(COSTLY, {}).values()]
        row = [m, str(len(runs))]
        for what in ("cpu_s", "wall_s"):
            took = np.array([r[what] for r in runs])
            low, middle, high = np.percentile(took, [10, 50, 90])
            row.append(f"{middle:.3f} ({low:.3f} to {high:.3f})")
        if costly:
            ratio = np.median([r["cpu_s"] for r in costly]) / np.median([r["cpu_s"] for r in runs])
            row.append(f"{ratio:.0f} ×")
        rows.append(row)
    head = ["method", "forecasts", "CPU s, median (10 to 90 %)", "wall s, median (10 to 90 %)"]
    return table([*head, f"less CPU than {COSTLY}"][: len(rows[0])], rows)


def onsets(events: Events) -> str | None:
    """Statements on places: came true / should have / how many; None where rows have no chances."""
    rows = []
    for event, methods in events.items():
        told = [r["onsets"] for r in methods.get(OURS, {}).values() if "onsets" in r]
        if told:
            sums = {s: np.sum([t[s] for t in told], 0) for s in SAYS}
            sums["all"] = np.sum(list(sums.values()), 0)
            rows.append([event, *(of_said(*s) for s in sums.values())])
    if not rows:
        return None
    head = ["event", "stays dry", "starts in …", "goes on", "stops in …", "all"]
    return table(head, rows)


def of_said(count: float, true: float, expected: float) -> str:
    """Shares of statements of one kind."""
    if count == 0:
        return "–"
    return f"{true / count:.2f} / {expected / count:.2f} ({count:.0f})"
