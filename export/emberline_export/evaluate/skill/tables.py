"""Tables of the rain nowcast's skill, in Markdown: each event weighs the same in what is pooled."""

import numpy as np

from ...data.rain_films import CLASSES, OWN_STEP_MIN, VALIDATES_ONLY
from ...models.nowcast.logistic import RATES_MM_H
from ...onnx.page import table
from .score import FSS_MM_H, RELIABLE_MM_H

Row = tuple[str, float, str, int, str, dict]  # event, step, start, class of lead, method, sums
Sums = dict[str, dict[str, np.ndarray]]  # event → what → sums over starts
FOUR = ("persistence", "lk", "sprog", "steps")
FIELDS = (*FOUR, "honest", "steps cut", "likely")
SHOWN_MM_H = (0.5, 1.0, 2.0, 5.0)
DRAWS = 1000


def gathered(rows: list[Row], step: float | None) -> dict[tuple[int, str], Sums]:
    """(class, method) → sums by event, of films at their own step or at one they are thinned to."""
    found: dict[tuple[int, str], Sums] = {}
    for event, at, _, c, method, sums in rows:
        if at != (OWN_STEP_MIN[event] if step is None else step):
            continue
        mine = found.setdefault((c, method), {}).setdefault(event, {})
        for name, value in sums.items():
            mine[name] = mine.get(name, 0) + value
    return found


def pooled(of: Sums, events: list[str], rate: float) -> np.ndarray:
    """Hits, misses, false alarms as shares of the cells known, summed over events."""
    k = RATES_MM_H.index(rate)
    return sum((of[e]["counts"][k] / of[e]["mae"][1] for e in events if e in of), np.zeros(3))


def csi(n: np.ndarray) -> float:
    """Critical success index."""
    return float(n[0] / max(n.sum(), 1e-12))


def bias(n: np.ndarray) -> float:
    """Area said over area that came."""
    return float((n[0] + n[2]) / max(n[0] + n[1], 1e-12))


def gain(found: dict, c: int, rate: float, events: list[str]) -> float:
    """Of our field over the best of the four, per cent."""
    best = max(csi(pooled(found[c, m], events, rate)) for m in FOUR)
    return 100 * (csi(pooled(found[c, "likely"], events, rate)) / max(best, 1e-9) - 1)


def of_class(found: dict, c: int, events: list[str]) -> str:
    """CSI and area bias of every method, our gain with its interval, and where we are below LK."""
    rng, lines = np.random.default_rng(0), []
    for m in FIELDS:
        if (c, m) not in found:
            continue
        row = [m]
        for r in SHOWN_MM_H:
            n = pooled(found[c, m], events, r)
            row.append(f"{csi(n):.3f} / {bias(n):.2f}")
        fss = sum(found[c, m][e]["fss"] / found[c, m][e]["mae"][1] for e in events)
        row += [f"{1 - a / b:.3f}" for a, b in fss]
        lines.append(row)
    row = ["gain, %"]
    for r in SHOWN_MM_H:
        drawn = [gain(found, c, r, list(rng.choice(events, len(events)))) for _ in range(DRAWS)]
        low, high = np.percentile(drawn, [2.5, 97.5])
        row.append(f"{gain(found, c, r, events):+.1f} [{low:+.0f}, {high:+.0f}]")
    below = [
        f"{e} at {r:g}"
        for r in SHOWN_MM_H
        for e in events
        if csi(pooled(found[c, "likely"], [e], r)) < csi(pooled(found[c, "lk"], [e], r))
    ]
    lines.append([*row, *[""] * len(FSS_MM_H)])
    head = ["method", *(f"{r:g} mm/h: CSI / bias" for r in SHOWN_MM_H)]
    text = table([*head, *(f"FSS {r:g}" for r in FSS_MM_H)], lines)
    return f"{text}\n\nBelow LK: {', '.join(below) or 'nowhere'}."


def of_crps(found: dict, c: int, events: list[str]) -> str:
    """CRPS by event, mm/h."""
    rows = []
    for m in ("chances", "steps members", "steps chances"):
        of = found[c, m]
        per = [of[e]["crps"][0] / of[e]["crps"][-1] for e in events]
        fair = [of[e]["crps"][-2] / of[e]["crps"][-1] for e in events]
        rows.append([m, f"{np.mean(per):.4f}", f"{np.mean(fair):.4f}", *(f"{v:.3f}" for v in per)])
    return table(["CRPS", "mean of events", "fair", *events], rows)


def of_reliability(found: dict, method: str) -> str:
    """By tenth of the chance: said → came (share of cells), all events and leads."""
    rows = []
    for k, r in enumerate(RELIABLE_MM_H):
        sums = sum(
            s["reliable"][k] / s["crps"][-1]
            for (_, m), of in found.items()
            if m == method
            for s in of.values()
        )
        cells = np.maximum(sums[:, 0], 1e-12)
        told = zip(sums[:, 1] / cells, sums[:, 2] / cells, 100 * cells / cells.sum(), strict=True)
        rows.append([f"{r:g}", *(f"{a:.2f} → {b:.2f} ({share:.1f} %)" for a, b, share in told)])
    return table(["mm/h", *(f"{q / 10:.1f}" for q in range(10))], rows)


def tables(rows: list[Row]) -> str:
    """Everything, by step and class of lead; events that only validate are named."""
    text = []
    for step in (None, *sorted({r[1] for r in rows})):
        found = gathered(rows, step)
        for c in CLASSES:
            events = list(found.get((c, "lk"), {}))
            events = [
                e for e in events if all(e in found.get((c, m), {}) for m in (*FOUR, "likely"))
            ]
            if not events:
                continue
            named = [f"{e} (validates only)" if e in VALIDATES_ONLY else e for e in events]
            at = "own step" if step is None else f"step {step:g} min"
            text.append(f"### {at}, {c} min: {', '.join(named)}\n\n{of_class(found, c, events)}")
            text.append(of_crps(found, c, events))
        if step is None:
            text += [
                f"### Chances of {m}\n\n{of_reliability(found, m)}"
                for m in ("chances", "steps chances")
            ]
    return "\n\n".join(text)
