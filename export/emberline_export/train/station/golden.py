"""Write the golden readings and outlooks that the runtime's tests compare with.

Sixty made-up hours in emberline's own columns, with holes so that most sets of inputs come up, and
what the model says of them with a record of at least ten errors.

    python -m emberline_export train station-golden --model ../runtime/weather/src/outlook.json \\
        --out ../runtime/weather/src/golden
"""

import argparse
import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from .hours import QUANTITIES, Hours, derive
from .model import LEADS_H, SAID, Model
from .model import outlooks as all_outlooks

START, LONGITUDE, SEED = datetime(2026, 11, 3, 7, tzinfo=UTC), -73.87, 0
ROWS, RECORD_LEAST = 60, 10
ISSUES = (5, 26, 30, 37, 41, 47, 59)
DIGITS = {"temp_c": 1, "rh_percent": 1, "wind_m_s": 2, "wind_from_deg": 0, "pressure_hpa": 1}
HOLES = {  # quantity: rows without it
    "pressure_hpa": [30, 55, 56],
    "wind_from_deg": [12, 37],
    "wind_m_s": [41],
    "rh_percent": [47],
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--model", type=Path, required=True, help="file that `train station` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")


def made_up() -> Hours:
    """A warm and a cold day, a wind that turns, a pressure that falls and rises; with holes."""
    rng, t = np.random.default_rng(SEED), np.arange(ROWS)
    day = np.sin(2 * np.pi * (t - 7) / 24)
    grid = {
        "temp_c": 11 + 4 * day - 0.06 * t + rng.normal(0, 0.4, ROWS),
        "rh_percent": np.clip(62 - 14 * day + rng.normal(0, 2, ROWS), 5, 100),
        "wind_m_s": np.abs(4.5 + 1.5 * day + rng.normal(0, 0.7, ROWS)),
        "wind_from_deg": np.round((330 + 2.5 * t + rng.normal(0, 12, ROWS)) / 10) % 36 * 10,
        "pressure_hpa": 1016 - 6 * np.sin(2 * np.pi * t / 70) + rng.normal(0, 0.2, ROWS),
    }
    grid = {q: np.round(grid[q], DIGITS[q]) for q in QUANTITIES}
    for q, rows in HOLES.items():
        grid[q][rows] = np.nan
    return Hours("made up", START, LONGITUDE, derive(grid))


def number(v: float, digits: int) -> str:
    """A cell; empty where there is nothing."""
    return "" if np.isnan(v) else f"{v:.{digits}f}"


def stamp(hours: Hours, i: int) -> str:
    """UTC time of an hour."""
    return (hours.start + timedelta(hours=int(i))).strftime("%Y-%m-%dT%H:%M:%SZ")


def readings(hours: Hours) -> str:
    """CSV of the readings."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["time", *QUANTITIES])
    for i in range(len(hours)):
        table.writerow([stamp(hours, i), *(number(hours.values[q][i], DIGITS[q]) for q in DIGITS)])
    return out.getvalue()


def outlooks(model: Model, hours: Hours) -> str:
    """CSV of what is said at `ISSUES`; empty where nothing can be."""
    issue = np.isin(np.arange(len(hours)), ISSUES)
    cases = [(hours, what, lead) for what in SAID for lead in LEADS_H]
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["issued", "what", "lead_h", "set", "own", "value", "north", "half"])
    for (_, what, lead), o in zip(
        cases, all_outlooks(model, cases, [issue] * len(cases)), strict=True
    ):
        for i in ISSUES:
            said = complex(o.said[i])
            north = "" if what != "wind_vector" or np.isnan(said) else f"{said.imag:.6f}"
            cells = [number(said.real, 6), north, number(o.half[i], 6)]
            table.writerow([stamp(hours, i), what, lead, o.names[i], int(o.own[i]), *cells])
    return out.getvalue()


def main(args: argparse.Namespace) -> int:
    """Write `readings.csv` and `outlooks.csv`."""
    hours = made_up()
    model = replace(Model.read(args.model), record_least=RECORD_LEAST)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "readings.csv").write_text(readings(hours))
    (args.out / "outlooks.csv").write_text(outlooks(model, hours))
    print(f"wrote {args.out}: {ROWS} readings, outlooks issued at {len(ISSUES)} of them")
    return 0
