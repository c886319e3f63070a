"""Tables of the results page: image scores, PhysicNet's lead, rain counts, costs."""

from typing import Any

import numpy as np

from ...data.scores.rain import RATES_MM_H, bias, csi
from ...data.scores.rows import Methods, by_film, comparable, interval
from ...models.peers import PEERS
from ...models.simple.frames import NAMES
from ...onnx.page import table
from .fire import FRONTS
from .methods import AT_CARD, OWN_RATES, SHIPPED, VARIANTS

AIM_DB, AIM_SSIM = 0.81, 0.007  # by which the paper claims to lead the best other method
BIASES = (0, 1, 3)  # rates whose wet area is told: drizzle, rain, heavy rain
NETWORKS = [m + tail for m in (*PEERS, *VARIANTS) for tail in ("", OWN_RATES)]
ORDER = (*NAMES, *FRONTS, *NETWORKS, SHIPPED, SHIPPED + AT_CARD)
RIVALS = [m for m in NETWORKS if m.removesuffix(OWN_RATES) in PEERS]


def images(methods: Methods) -> dict[str, Any]:
    """Windows, events, one table of image scores, and PhysicNet's lead (None: it has no rival)."""
    comparable(methods)
    order = [m for m in ORDER if m in methods and "by_film" in methods[m][0]]
    first = methods[order[0]][0]
    events = len(set(first["event"]))
    head = ["method", "seeds", "steps", "CPU s", "PSNR, dB", "first / last lead", "SSIM", "MSE"]
    lines = []
    for m in order:
        rows = methods[m]
        psnr, ssim = by_film(rows, "psnr"), by_film(rows, "ssim")
        bounds = "[{:.2f}, {:.2f}]".format(*interval(psnr, rows[0]["event"]))
        lead = np.mean([r["by_lead"]["psnr"] for r in rows], axis=0)
        mse, steps = by_film(rows, "mse").mean(), round(np.mean([r["steps"] for r in rows]))
        spent = round(np.mean([r.get("cpu_s", 0) for r in rows]))
        lines.append(
            [
                m,
                str(len(rows) if rows[0]["weights"] else ""),
                str(steps or ""),
                str(spent or ""),
                f"{psnr.mean():.2f} {bounds if events > 1 else ''}",
                f"{lead[0]:.2f} / {lead[-1]:.2f}",
                f"{ssim.mean():.4f}",
                f"{mse:.5f}",
            ]
        )
    rivals = [m for m in RIVALS if m in methods]
    return {
        "windows": len(first["event"]),
        "events": events,
        "table": table(head, lines),
        "lead": lead_over(methods, rivals) if "physicnet" in methods and rivals else None,
    }


def lead_over(methods: Methods, rivals: list[str]) -> str:
    """PhysicNet less the best peer of each score, with its interval."""
    said, events = [], methods["physicnet"][0]["event"]
    for name, unit, aim in (("psnr", " dB", AIM_DB), ("ssim", "", AIM_SSIM)):
        best = max(rivals, key=lambda m: by_film(methods[m], name).mean())
        gap = by_film(methods["physicnet"], name) - by_film(methods[best], name)
        low, high = interval(gap, events)
        bounds = f"[{low:+.4f}, {high:+.4f}] " if len(set(events)) > 1 else ""
        said.append(
            f"{name.upper()} {gap.mean():+.4f}{unit} {bounds}over {best} "
            f"(aim {aim:+}{unit}: {'met' if gap.mean() >= aim else 'not met'})"
        )
    return "PhysicNet: " + "; ".join(said) + "."


def rain(events: dict[str, Methods]) -> tuple[dict[str, str], str]:
    """CSI and wet-area bias of every held-out event, and pooled over events; means over seeds."""
    at = [(0, 1), (4, 1), (9, 1), (4, 3)]
    head = ["method", *(f"CSI {RATES_MM_H[r]} mm/h, lead {k + 1}" for k, r in at)]
    head += [f"wet-area bias {RATES_MM_H[r]} mm/h, lead 10" for r in BIASES]
    each, counts_of = {}, {}
    for event, methods in events.items():
        rows = []
        for m in (m for m in ORDER if m in methods):
            counts = [np.array(r["rain_counts"]) for r in methods[m]]
            rows.append(rain_row(m, counts, at))
            counts_of.setdefault(m, []).append(counts)
        each[event] = table(head, rows)
    pooled = []
    for m, of_events in counts_of.items():
        if len(of_events) == len(events):
            seeds = min(len(c) for c in of_events)
            counts = [sum(c[k] for c in of_events) for k in range(seeds)]
            pooled.append(rain_row(m, counts, at))
    return each, table(head, pooled)


def rain_row(method: str, counts: list[np.ndarray], at: list[tuple[int, int]]) -> list[str]:
    """One line: mean over seeds, and the spread of seeds where there are several."""
    cells = []
    for lead, rate in at:
        seen = [float(csi(c[lead, rate])) for c in counts]
        cells.append(f"{np.mean(seen):.3f}" + (f" ± {np.std(seen):.3f}" if len(seen) > 1 else ""))
    for rate in BIASES:
        cells.append(f"{np.mean([float(bias(c[9, rate])) for c in counts]):.2f}")
    return [method, *cells]


def costs(rows: list[dict], scores: dict[tuple[str, str], Methods]) -> str:
    """Parameters, GFLOP and milliseconds in the runtime beside the accuracy of each variant."""
    short = scores.get(("rd-short", "test"), {})
    head = ["method", "what", "weights", "GFLOP", "tract, ms", "ONNX Runtime, ms"]
    head += ["PSNR, dB by task", "rd-short: less the whole network, dB"]
    lines = []
    for m in (*VARIANTS, *PEERS):
        row = next((r for r in rows if r["method"] == m), None)
        found = [
            f"{task} {by_film(methods[m], 'psnr').mean():.2f}"
            for (task, split), methods in sorted(scores.items())
            if m in methods and split == "test"
        ]
        if row is None:
            continue
        ms = [row["ms"].get(e) for e in ("tract", "ort-cpu")]
        cells = ["" if v is None else f"{v:.1f}" for v in ms]
        says = VARIANTS[m].says if m in VARIANTS else "peer"
        facts = [m, says, str(row["weights"]), f"{row['gflop']:.2f}", *cells]
        lines.append([*facts, ", ".join(found), gap(m, short)])
    return table(head, lines)


def gap(method: str, methods: Methods) -> str:
    """PSNR of a variant less the whole network's, film by film, with its interval."""
    if method == "physicnet" or not {method, "physicnet"} <= methods.keys():
        return ""
    less = by_film(methods[method], "psnr") - by_film(methods["physicnet"], "psnr")
    low, high = interval(less, methods[method][0]["event"])
    return f"{less.mean():+.2f} [{low:+.2f}, {high:+.2f}]"
