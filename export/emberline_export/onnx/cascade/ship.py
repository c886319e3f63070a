"""Write the model folder of the rain nowcast that needs no network.

    python -m emberline_export onnx cascade ../models/rain-v2 --weights weights/rain-chance.json \
        --rows ../docs/rain-skill.ndjson [--without knmi]

Curves, card, golden films, how often what was said came true, hashes and a page; then everything is
checked. With `--without EVENT` the curves are those that never saw the event: what the program says
of it is then scored fairly.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np

from ...data.rain_films import OWN_STEP_MIN, WHAT
from ...data.scores import skill
from ...models.nowcast.features import NAMES
from .. import check
from ..card import head, read_card, toml_text
from ..folder import sha256, write_sums
from ..page import render, table
from . import golden

FAMILY, CURVES = "cascade", "chance.npz"
NAME, VERSION = "rain", 2
PAGE = Path(__file__).with_name("page.md.j2")
SUMMARY = (
    "Says how likely rain is, at eight rates and any lead to an hour, from radar frames 1 to 15 "
    "minutes apart."
)
LIMITS = (
    "Rain that grows from nothing is not foreseen, and what flows in from beyond the view is a "
    "guess that is marked as such. Chances beyond an hour are given, but only three events are "
    "long enough to check them. Rain of 5 mm/h and more is rarely placed right beyond half an "
    "hour. Few events taught it, all of Europe and the United States in summer and autumn; "
    "mountains, snow and the tropics are not among them."
)
LICENCE = (
    "Radar: FMI, KNMI, EUMETNET OPERA, DWD (CC BY 4.0), Meteo-France (Open Licence 2.0), NOAA/NSSL "
    "MRMS (public domain). SMHI (CC BY-SA 4.0) is only scored on."
)
METHODS = {
    "persistence": "persistence",
    "lk": "lucas-kanade",
    "sprog": "s-prog",
    "steps": "steps-mean",
    "steps cut": "steps-cut",
    "likely": "emberline-likely",
}
CHANCES = {"steps": "steps members", "steps cut": "steps chances", "likely": "chances"}
# Field of a row → rate and class of lead.
CSI = {
    f"csi_{name}_{m}min": (rate, m)
    for m, rates in {10: (0.5, 5.0), 30: (0.5, 1.0, 2.0, 5.0), 60: (0.5, 1.0, 2.0, 5.0)}.items()
    for rate in rates
    for name in [f"{rate:g}".replace(".", "p")]
}
BIAS = {"bias_0p5_30min": (0.5, 30), "bias_5_30min": (5.0, 30)}
CRPS = {"crps_30min": 30, "crps_60min": 60}


def score_rows(rows: list[dict], events: list[str]) -> list[dict]:
    """Of each event and of all, a row a forecaster."""
    found = skill.at_steps(rows, OWN_STEP_MIN)
    sets = [[e] for e in events] + ([events] if len(events) > 1 else [])
    out = []
    for of in sets:
        for method, told in METHODS.items():
            row = {"set": WHAT[of[0]] if len(of) == 1 else f"all {len(of)} events"}
            row["forecaster"] = told
            fields = {k: (csi_of, r, c) for k, (r, c) in CSI.items()}
            fields |= {k: (bias_of, r, c) for k, (r, c) in BIAS.items()}
            for name, (of_counts, rate, c) in fields.items():
                there = [e for e in of if e in found.get((c, method), {})]
                if there:
                    row[name] = of_counts(skill.pooled(found[c, method], there, rate))
            for name, c in CRPS.items():
                said = found.get((c, CHANCES.get(method)), {})
                there = [e for e in of if e in said]
                if there:
                    row[name] = round(skill.crps(said, there), 4)
            if len(row) > 2:
                out.append(row)
    return out


def csi_of(n: np.ndarray) -> float:
    """As a card has it."""
    return round(skill.csi(n), 3)


def bias_of(n: np.ndarray) -> float:
    """As a card has it."""
    return round(skill.bias(n), 2)


def calibration(rows: list[dict], events: list[str]) -> str:
    """Said against came true, by rate and tenth of the chance, left out by event."""
    found = skill.at_steps(rows, OWN_STEP_MIN)
    lines = [
        "chances of curves that had not seen the event; each event and lead weighs the same",
        f"events: {', '.join(events)}; leads: {', '.join(str(c) for c in skill.CLASSES)} min",
    ]
    for rate in skill.RELIABLE_MM_H:
        of = [
            s
            for (_, m), by in found.items()
            if m == "chances"
            for e, s in by.items()
            if e in events
        ]
        share, said, came = skill.reliability(of, rate).T
        common = share >= 0.005
        worst = np.abs(said - came)[common].max()
        lines += [
            f"{rate:g} mm/h: worst tenth off by {worst:.3f} (of those with 0.5 % of the cells)",
            "  cells    " + " ".join(f"{v:6.1%}" for v in share),
            "  said     " + " ".join(f"{v:6.3f}" for v in said),
            "  came     " + " ".join(f"{v:6.3f}" for v in came),
        ]
    return "\n".join(lines) + "\n"


def in_words(events: list[str]) -> str:
    """Events as people know them."""
    return "; ".join(WHAT[e] for e in events)


def card(folder: Path, weights: dict, used: list[str], scores: list[dict], without: str) -> str:
    """Text of `card.toml`."""
    tree = head(NAME, VERSION, "rain", FAMILY, SUMMARY, graphs=False) | {
        "input": {
            "kinds": ["rain"],
            "frames": 1,
            "scale": "full",
            "multiple_px": 1,
            "min_px": 1,
            "max_px": 4096,
            "tile_px": 1024,
            "overlap_px": 0,
            "step_s": [60.0, 3600.0],
        },
        "output": {"leads": 12, "horizon_s": 3600.0},
        FAMILY: {
            "rates_mm_h": weights["rates_mm_h"],
            "features": weights["features"],
            "checked_s": 3600.0,
            "fitted_on": in_words(used),
        },
        "precision": [
            {
                "name": "float32",
                "file": CURVES,
                "sha256": sha256(folder / CURVES),
                "loss": "reference",
            }
        ],
        "training": {
            "command": "evaluate rain-fit",
            "method": "a logistic curve a rate by Newton's method, drawn to the one before",
            "cells_an_event": weights["cells"],
            "numbers": int(np.size(weights["fit"])),
        }
        | ({"never_saw": without} if without else {}),
        "score": scores,
    }
    return toml_text(tree)


def page(name: str, card: dict) -> str:
    """README.md of the folder."""
    without = card["training"].get("never_saw")
    fields = list(dict.fromkeys(k for r in card["score"] for k in r))
    told = [[str(r.get(k, "")) for k in fields] for r in card["score"]]
    made = f" Made only to be scored on {without}, which it has not seen." if without else ""
    return render(
        PAGE,
        name=name,
        summary=card["summary"],
        rates=len(card[FAMILY]["rates_mm_h"]),
        numbers=2 * (len(card[FAMILY]["features"]) + 1),
        limits=LIMITS + made,
        seen="Each event by curves that had not seen it; all events weigh the same.",
        scores=table([f.replace("_", " ") for f in fields], told),
        fitted_on=card[FAMILY]["fitted_on"],
        training=json.dumps(card["training"], indent=1),
        data_licence=LICENCE,
    )


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of the verb."""
    p.add_argument("folder", type=Path, help="models/rain-v2; replaced if there")
    p.add_argument("--weights", type=Path, required=True, help="JSON of `evaluate rain-fit`")
    p.add_argument("--rows", type=Path, required=True, help="NDJSON of `evaluate rain-skill`")
    p.add_argument("--without", choices=list(WHAT), help="curves that never saw this event")


def main(args: argparse.Namespace) -> int:
    """Write the folder, then check it; exit 1 when a check failed."""
    weights, rows = json.loads(args.weights.read_text()), skill.read(args.rows)
    if tuple(weights["features"]) != NAMES or tuple(weights["rates_mm_h"]) != skill.RATES_MM_H:
        raise SystemExit(f"error: {args.weights}: of other features or rates; fit again")
    b = np.array(weights["without"][args.without] if args.without else weights["fit"])
    used = [e for e in weights["fitted_on"] if e != args.without]
    events = (
        [args.without] if args.without else sorted({r["event"] for r in rows}, key=list(WHAT).index)
    )
    new = args.folder.with_name(args.folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    # [K, 2, 1 + F]: the plane at 30 minutes, and what the logarithm of the lead adds.
    np.savez(new / CURVES, fit=b.reshape(len(b), 2, -1))
    golden.write(b, new / "golden.npz")
    scores = score_rows(rows, events)
    (new / "card.toml").write_text(card(new, weights, used, scores, args.without))
    (new / "calibration.txt").write_text(calibration(rows, events))
    (new / "README.md").write_text(page(args.folder.name, read_card(new)))
    write_sums(new)
    failed = check.check(new)
    if not failed:
        shutil.rmtree(args.folder, ignore_errors=True)
        new.rename(args.folder)
    return 1 if failed else 0
