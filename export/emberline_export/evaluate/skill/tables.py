"""Tables of the rain nowcast's skill, in Markdown: each event weighs the same in what is pooled."""

import numpy as np

from ...data.rain_films import OWN_STEP_MIN, VALIDATES_ONLY, WHAT
from ...data.scores.skill import (
    FSS_MM_H,
    RATES_MM_H,
    Found,
    at_steps,
    bias,
    crps,
    csi,
    fss,
    pooled,
    reliability,
)
from ...onnx.page import table

FOUR = ("persistence", "lk", "sprog", "steps")  # what a gain is over
NAMES = {
    "persistence": "persistence",
    "lk": "lucas-kanade",
    "honest": "lucas-kanade, honest",
    "sprog": "s-prog",
    "steps": "steps, mean",
    "steps cut": "steps, chances cut alike",
    "expected by logarithms": "emberline `rain_mm_h`",
    "likely": "emberline `rain_likely_mm_h`",
}
SHOWN_MM_H = (0.5, 1.0, 2.0, 5.0)
RELIABLE_SHOWN = (0.1, 1.0, 5.0)
DRAWS = 1000


def own(rows: list[dict]) -> Found:
    """Rows of films at their own step."""
    return at_steps(rows, OWN_STEP_MIN)


def events_of(found: Found, c: int, methods: tuple[str, ...]) -> list[str]:
    """Events that have rows of all the methods, in the order in which they are told."""
    sets = [set(found.get((c, m), {})) for m in methods]
    return sorted(set.intersection(*sets), key=list(WHAT).index)


def best(
    found: Found, c: int, rate: float, events: list[str], of: tuple[str, ...] = FOUR
) -> tuple[float, str]:
    """CSI of the best of some methods, of those that have all the events, and which."""
    there = [m for m in of if all(e in found.get((c, m), {}) for e in events)]
    return max((csi(pooled(found[c, m], events, rate)), m) for m in there)


def gain(found: Found, c: int, rate: float, events: list[str]) -> float:
    """Of the likely field over the best of the four, per cent."""
    mine = csi(pooled(found[c, "likely"], events, rate))
    return 100 * (mine / max(best(found, c, rate, events)[0], 1e-9) - 1)


def gain_told(found: Found, c: int, rate: float, events: list[str]) -> str:
    """With its interval: events drawn anew, with replacement."""
    if len(events) < 4:
        return f"{gain(found, c, rate, events):+.1f}"
    rng = np.random.default_rng(0)
    drawn = [gain(found, c, rate, list(rng.choice(events, len(events)))) for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{gain(found, c, rate, events):+.1f} [{low:+.0f}, {high:+.0f}]"


def of_class(found: Found, c: int, events: list[str]) -> str:
    """CSI and area bias of every method, and our gain."""
    lines = []
    for m, told in NAMES.items():
        of = found.get((c, m), {})
        if not all(e in of for e in events):
            continue
        counts = [pooled(of, events, r) for r in SHOWN_MM_H]
        row = [told, *(f"{csi(n):.3f} / {bias(n):.2f}" for n in counts)]
        lines.append([*row, *(f"{v:.3f}" for v in fss(of, events))])
    told = [gain_told(found, c, r, events) for r in SHOWN_MM_H]
    lines.append(["gain over the best of four, %", *told, *[""] * len(FSS_MM_H)])
    head = ["method", *(f"{r:g} mm/h" for r in SHOWN_MM_H), *(f"FSS {r:g}" for r in FSS_MM_H)]
    return table(head, lines)


def below(found: Found, c: int, events: list[str], than: tuple[str, ...]) -> str:
    """Where the likely field is worse than the best of some others, event by event."""
    worse = []
    for r in SHOWN_MM_H:
        for e in events:
            mine = csi(pooled(found[c, "likely"], [e], r))
            theirs, which = best(found, c, r, [e], than)
            if mine < theirs:
                named = f", {NAMES[which]}" if len(than) > 1 else ""
                worse.append(f"{e} at {r:g} mm/h ({mine:.3f} : {theirs:.3f}{named})")
    return ", ".join(worse) or "nowhere"


def by_event(found: Found, c: int, events: list[str]) -> str:
    """CSI of the likely field, and of the best of the four on that event, by event."""
    lines = []
    for e in events:
        row = [WHAT[e] + (" (only scored on)" if e in VALIDATES_ONLY else "")]
        row.append(str(found[c, "likely"][e]["starts"]))
        for r in SHOWN_MM_H:
            theirs, which = best(found, c, r, [e])
            mine = csi(pooled(found[c, "likely"], [e], r))
            row.append(f"{mine:.3f} : {theirs:.3f} ({NAMES[which]})")
        lines.append(row)
    return table(["event", "starts", *(f"{r:g} mm/h" for r in SHOWN_MM_H)], lines)


def amounts(found: Found, classes: list[int]) -> str:
    """Rain said over rain that came, mean over events, and mean absolute error."""
    methods = ("lk", "honest", "sprog", "steps", "expected by logarithms", "likely")
    lines = []
    for c in classes:
        events = events_of(found, c, ("likely", "lk"))
        row = [str(c)]
        for m in methods:
            of = found.get((c, m), {})
            if not all(e in of for e in events):
                row.append("–")
                continue
            said = np.mean([of[e]["amount"][0] / max(of[e]["amount"][1], 1e-9) for e in events])
            wrong = np.mean([of[e]["mae"][0] / of[e]["mae"][1] for e in events])
            row.append(f"{said:.2f} / {wrong:.3f}")
        lines.append(row)
    return table(["lead, min", *(NAMES[m] for m in methods)], lines)


def of_crps(found: Found, classes: list[int]) -> str:
    """CRPS by lead, mm/h, and by event at each."""
    lines = []
    for c in classes:
        events = events_of(found, c, ("chances", "steps members"))
        if not events:
            continue
        ours, theirs = found[c, "chances"], found[c, "steps members"]
        row = [str(c), f"{crps(ours, events):.4f}", f"{crps(theirs, events):.4f}"]
        row.append(f"{crps(theirs, events, fair=True):.4f}")
        each = [f"{e} {crps(ours, [e]):.3f} : {crps(theirs, [e]):.3f}" for e in events]
        lines.append([*row, ", ".join(each)])
    return table(["lead, min", "emberline", "steps", "steps, fair", "emberline : steps"], lines)


def of_reliability(found: Found, methods: tuple[str, ...]) -> str:
    """By tenth of the chance: said → came (share of cells), all events and leads."""
    columns = []
    for r in RELIABLE_SHOWN:
        for m in methods:
            of = [s for (_, name), by in found.items() if name == m for s in by.values()]
            columns.append(reliability(of, r))
    lines = [
        [f"{k / 10:.1f} to {(k + 1) / 10:.1f}"]
        + [
            f"{said:.3f} → {came:.3f} ({share:.1%})" if share > 0 else "–"
            for share, said, came in (q[k] for q in columns)
        ]
        for k in range(10)
    ]
    told = {"chances": "emberline", "steps chances": "steps"}
    return table(
        ["chance", *(f"{r:g} mm/h, {told[m]}" for r in RELIABLE_SHOWN for m in methods)], lines
    )


def of_step(rows: list[dict], step: float, classes: list[int]) -> str:
    """Films that are seen more rarely: CSI, bias and gain by lead."""
    found, lines = at_steps(rows, dict.fromkeys(WHAT, step)), []
    for c in classes:
        events = events_of(found, c, ("likely", "lk"))
        four = [e for e in events if e in found.get((c, "steps"), {})]
        if not events:
            continue
        row = [str(c), ", ".join(events)]
        for r in SHOWN_MM_H:
            n = pooled(found[c, "likely"], events, r)
            lk = csi(pooled(found[c, "lk"], events, r))
            told = gain_told(found, c, r, four) if four else "–"
            row.append(f"{csi(n):.3f} : {lk:.3f} / {bias(n):.2f}; {told}")
        lines.append(row)
    return (
        table(["lead, min", "events", *(f"{r:g} mm/h" for r in SHOWN_MM_H)], lines) if lines else ""
    )


def same_frame(rows: list[dict]) -> str:
    """One last frame, older frames at several steps: speed, scores, and what the fields share."""
    rows = [r for r in rows if r["method"].startswith("same ")]
    lines = []
    for e in WHAT:
        mine = [r for r in rows if r["event"] == e]
        for step in sorted({r["step_min"] for r in mine}):
            of = {(r["lead_min"], r["method"]): r for r in mine if r["step_min"] == step}
            c = max(lead for lead, _ in of if lead <= 30)
            speed = of[c, "same likely"]["speed"]
            row = [
                e,
                f"{step:g}",
                str(of[c, "same likely"]["starts"]),
                f"{speed[0] / speed[1]:.1f}",
            ]
            row.append(str(c))
            for r in (0.5, 2.0):
                k = RATES_MM_H.index(r)
                likely = of[c, "same likely"]
                row.append(f"{csi(likely['counts'][k]):.3f} / {csi(likely['agree'][k]):.2f}")
            chances = of[c, "same chances"]
            row.append(f"{chances['crps'][0] / chances['crps'][1]:.4f}")
            k = RATES_MM_H.index(0.5)
            row.append(f"{100 * chances['apart'][k] / chances['crps'][1]:.1f}")
            lines.append(row)
    head = ["event", "frames every, min", "starts", "speed, km/h", "lead, min"]
    head += [
        "CSI 0.5 mm/h / overlap",
        "CSI 2 mm/h / overlap",
        "CRPS",
        "chance of 0.5 mm/h apart, points",
    ]
    return table(head, lines)


def onsets(rows: list[dict]) -> str:
    """Statements for a point: said → came true, by event and kind."""
    lines = []
    for row in sorted((r for r in rows if r["method"] == "onset"), key=order):
        says = np.array([*row["says"], row["says"].sum(0)])
        told = [f"{p / max(n, 1):.2f} → {t / max(n, 1):.2f} ({n:.0f})" for n, t, p in says]
        lines.append([row["event"], str(row["starts"]), *told])
    return table(
        ["event", "starts", "stays dry", "starts in …", "goes on", "stops in …", "all"], lines
    )


def order(row: dict) -> int:
    """Place of a row's event among all."""
    return list(WHAT).index(row["event"])
