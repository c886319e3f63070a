"""The program beside its reference, from the same starts: do they say the same?

    python -m emberline_export evaluate rain-program ../target/release/emberline \
        --weights WEIGHTS.json --data EMBERLINE_DATA

Each start of `evaluate rain-steps` is written as an archive and forecast by `emberline forecast`,
and by the reference with the same curves. Printed by event: the mean difference of the chances
(those of the program are whole percents, which is 0.0025 on average), within what 99.9 % of them
lie, and CSI of what is likely, by the program and by the reference. The curves have seen the
events: this is no score.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from ...data.rain_films import EVENTS, Start
from ...data.scores.skill import RATES_MM_H
from ...models.nowcast.features import now
from ...models.nowcast.forecast import forecast
from .steps import same

LEADS_MIN = (10, 30, 60)
SCORED_MM_H = (0.5, 1.0, 2.0, 5.0)
ROUNDING = 1e-4


def of_program(binary: Path, start: Start, leads: list[float]) -> dict[str, np.ndarray]:
    """Arrays of the program's forecast, leads 10 minutes apart."""
    with tempfile.TemporaryDirectory() as folder:
        film, out = Path(folder) / "film.npz", Path(folder) / "out"
        codes = start.film.codes[start.seen]
        about = {"dt_s": 60 * start.step_min, "cell_m": 1000 * start.film.cell_km, "kind": "rain"}
        np.savez(film, frames=codes, **about)
        command = [binary, "forecast", film, out, "--model", "rain-v2", "--every", "10min"]
        command += ["--until", f"{max(leads):g}min", "--threads", "1"]
        subprocess.run(command, check=True, capture_output=True)
        with np.load(out / "forecast.npz") as z:
            return {name: z[name] for name in ("rain_probability_percent", "rain_likely_mm_h")}


def hits(said: np.ndarray, came: np.ndarray, rate: float) -> np.ndarray:
    """Hits, and all cells said or seen."""
    a, b = (v >= rate * (1 - ROUNDING) for v in (said, came))
    return np.array([(a & b).sum(), (a | b).sum()])


def compared(binary: Path, data: Path, event: str, b: np.ndarray) -> str:
    """One row of the table."""
    off, most, starts = [], 0.0, 0
    both = np.zeros((2, len(SCORED_MM_H), 2))
    for thinned in same(data, event):
        leads = [float(m) for m in LEADS_MIN if thinned[0].truth_mm_h(m) is not None]
        if not leads:
            continue
        for start in thinned:
            theirs = of_program(binary, start, leads)
            starts += 1
            last = start.rain_mm_h[-1]
            ending = now(start.rain_mm_h, start.ages_min, start.film.cell_km)
            for said in forecast(ending, b, leads):
                at, came = int(said.minutes) // 10 - 1, start.truth_mm_h(said.minutes)
                known = ~np.isnan(last) & ~np.isnan(came)
                percent = theirs["rain_probability_percent"][: len(RATES_MM_H), at]
                apart = np.abs(percent / 100 - said.chances)[:, ~np.isnan(last)]
                off.append(float(apart.mean()))
                most = max(most, float(np.quantile(apart, 0.999)))
                fields = theirs["rain_likely_mm_h"][at], said.likely_mm_h
                for k, field in enumerate(fields):
                    for r, rate in enumerate(SCORED_MM_H):
                        both[k, r] += hits(field[known], came[known], rate)
    csi = both[..., 0] / np.maximum(both[..., 1], 1)
    pairs = " | ".join(f"{a:.3f} / {c:.3f}" for a, c in zip(*csi, strict=True))
    return f"| {event} | {starts} | {np.mean(off):.4f} | {most:.3f} | {pairs} |"


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Program, curves and data."""
    p.add_argument("binary", type=Path, help="the program, with rain-v2 of these curves inside")
    p.add_argument("--weights", type=Path, required=True)
    p.add_argument("--data", type=Path, required=True, help="folder with radar_dev, radar_more")
    p.add_argument("--events", nargs="+", default=list(EVENTS), choices=list(EVENTS))


def main(args: argparse.Namespace) -> int:
    """Print the table."""
    b = np.array(json.loads(args.weights.read_text())["fit"])
    rates = " | ".join(f"CSI {r:g} mm/h" for r in SCORED_MM_H)
    print(f"| event | forecasts | chances apart | 99.9 % within | {rates} |")
    print("|" + "---|" * (4 + len(SCORED_MM_H)))
    for event in args.events:
        print(compared(args.binary, args.data, event, b), flush=True)
    return 0
