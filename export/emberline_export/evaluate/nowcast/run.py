"""Score emberline's rain nowcasts and those of pysteps on held-out radar events; a row a forecast.

    python -m emberline_export evaluate nowcast ROWS.ndjson --data EMBERLINE_DATA \
        --emberline ../target/release/emberline --models MODELS

MODELS holds a folder `heldout-EVENT` for each event, made from a network trained on the others:

    python -m emberline_export onnx ship KEEP/rain-fmi-physicnet-1.pt MODELS/heldout-fmi-20160928 \
        --data DATA --rows ../docs/results.ndjson

Every method forecasts 12 leads from the same starts (`starts.py`) and meets the same scorer
(`score.py`). Rows are appended as they are made; a row that is there already (same start, method,
versions, settings and data) is not made again, so a run goes on where it stopped, and a new program
adds its own rows. Set OMP_NUM_THREADS=1: seconds are those of one thread. They cover a method's
whole job (motion too), neither imports of Python nor scoring. `inside` of a row holds the scores of
cells that plain extrapolation reaches from within the view.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...data.clips import Clips
from ...data.rain import EVENTS, events
from ...data.rain_forecast import RainForecast
from ...data.rain_starts import Start, starts
from ...onnx.program import Program
from . import forecasters, onset
from .rows import key, read
from .score import score, score_inside

SCORER = 2  # rises when rows change, so that older ones are made again
METHODS = ("persistence", "lucas-kanade", "s-prog", "steps", "emberline")
Timed = Callable[[Start], tuple[RainForecast, float, float]]


def timed(run: forecasters.Forecaster) -> Timed:
    """A forecast with its processor and wall seconds."""

    def both(start: Start) -> tuple[RainForecast, float, float]:
        cpu, wall = time.process_time(), time.perf_counter()
        said = run(start)
        return said, time.process_time() - cpu, time.perf_counter() - wall

    return both


def method_of(name: str, args: argparse.Namespace) -> Timed:
    """The forecaster of a name."""
    if name == "emberline":
        return Program(args.emberline, args.models).forecast
    simple = {
        "persistence": forecasters.persistence,
        "lucas-kanade": forecasters.lucas_kanade,
        "s-prog": forecasters.s_prog,
        "steps": forecasters.steps(args.members),
    }
    return timed(simple[name])


def made_by(name: str, event: str, args: argparse.Namespace, versions: dict[str, str]) -> dict:
    """What a forecast depends on, besides its start."""
    if name == "emberline":
        return Program(args.emberline, args.models).made(event)
    return versions | forecasters.settings(name, args.members)


def machine() -> str:
    """Processor and cores."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def chosen(text: str | None, known: tuple[str, ...], what: str) -> list[str]:
    """Names of a comma list; the beginning of a name will do."""
    found = []
    for part in text.split(",") if text else known:
        names = [n for n in known if n == part] or [n for n in known if n.startswith(part)]
        if len(names) != 1:
            raise SystemExit(f"error: --{what}: {part}: not one of {', '.join(known)}")
        found += names
    return found


def refuse(args: argparse.Namespace, names: list[str], methods: list[str]) -> None:
    """Say what is missing before an hour is spent."""
    if "emberline" not in methods:
        return
    if args.emberline is None or args.models is None:
        raise SystemExit("error: emberline needs --emberline PROGRAM and --models FOLDER")
    for path in (args.emberline, *(Program(args.emberline, args.models).model(n) for n in names)):
        if not path.exists():
            raise SystemExit(f"error: {path}: missing")


def rows_of(
    name: str, clips: Clips, methods: list[str], args: argparse.Namespace, have: set
) -> int:
    """Make and append the rows of one event that are not there; how many."""
    versions, device, new = forecasters.versions(), machine(), 0
    runs = {m: method_of(m, args) for m in methods}
    made = {m: made_by(m, name, args, versions) for m in methods}
    data = clips.digest()[:16]
    for start in starts(name, clips, args.every):
        inside = None
        for method in methods:
            row = {"row": "nowcast", "event": name, "method": method}
            row |= {"film": start.film, "at": start.at, "step_min": start.step_min}
            row |= {"made": made[method] | {"data_sha256": data, "scorer": SCORER}}
            if key(row) in have:
                continue
            said, cpu_s, wall_s = runs[method](start)
            row |= {"history": len(start.codes), "leads": len(start.truth_mm_h)}
            row |= {"probabilistic": said.probabilistic, "device": device}
            row |= {"cpu_s": round(cpu_s, 4), "wall_s": round(wall_s, 4)}
            row |= score(said, start.truth_mm_h)
            if inside is None:
                inside = ~np.isnan(forecasters.extrapolated(start))
            row["inside"] = score_inside(said, start.truth_mm_h, inside)
            if said.chance is not None:
                seed = [start.film, start.at]
                row["onsets"] = onset.score(said, start.rain_mm_h[-1], start.truth_mm_h, seed)
            with args.rows.open("a") as f:
                f.write(json.dumps(row) + "\n")
            new += 1
            print(f"{name} film {start.film} frame {start.at} {method}: {cpu_s:.2f} s", flush=True)
    return new


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate nowcast`."""
    p.add_argument("rows", type=Path, help="NDJSON file to append to")
    p.add_argument("--data", type=Path, required=True, help="folder that holds radar_dev/")
    p.add_argument("--emberline", type=Path, help="the built program")
    p.add_argument("--models", type=Path, help="folder of heldout-EVENT model folders")
    p.add_argument("--every", type=int, default=2, help="frames between starts of a long film")
    p.add_argument("--members", type=int, default=16, help="of the STEPS ensemble")
    p.add_argument("--events", help="comma list, such as fmi,knmi; default all")
    p.add_argument("--methods", help=f"comma list; default all: {','.join(METHODS)}")


def main(args: argparse.Namespace) -> int:
    """Make every row that is not there yet."""
    names = chosen(args.events, tuple(EVENTS), "events")
    methods = chosen(args.methods, METHODS, "methods")
    refuse(args, names, methods)
    args.rows.parent.mkdir(parents=True, exist_ok=True)
    try:
        have = {key(r) for r in read(args.rows)} if args.rows.exists() else set()
        films = events(args.data)
        new = sum(rows_of(name, films[name], methods, args, have) for name in names)
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    print(f"{args.rows}: {new} new rows")
    return 0
