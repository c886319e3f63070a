"""Runs the rows and gives the exit code."""

import argparse
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from table import Table

WANTED = ("numpy", "pyproj", "rasterio")
ROWS = {
    "traps": "azimuth, handedness, axes: burnt cells where pyproj says, in both hemispheres",
    "relief": "a ridge by a height model: as an independent ray caster, nothing behind it",
    "tlog": "a flight's log by pymavlink: as the same poses in lines",
    "refusals": "what cannot be flown: exit code 2 and one line that says what to type",
}


def main() -> int:
    """Reads what was typed; gives the exit code."""
    parser = argparse.ArgumentParser(prog="tests/drone", description="Geometry of the drone verb.")
    parser.add_argument("rows", nargs="*", metavar="NAME", help="rows; all where none is named")
    parser.add_argument("--program", type=Path, default=Path("target/release/emberline"))
    parser.add_argument("--list", action="store_true", help="names of the rows")
    typed = parser.parse_args()
    if typed.list:
        for name, must in ROWS.items():
            print(f"{name:10} {must}")
        return 0
    for name in typed.rows:
        if name not in ROWS:
            parser.error(f"{name}: no such row; there are {', '.join(ROWS)}")
    if not os.access(typed.program, os.X_OK):
        parser.error(f"{typed.program}: no program; cargo build --release, or say --program")
    missing = [name for name in WANTED if importlib.util.find_spec(name) is None]
    if missing:
        print(f"NOT RUN: tests/drone: pip install {' '.join(missing)}", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    began, table = time.monotonic(), Table()
    room = Path(tempfile.mkdtemp(prefix="emberline-drone-"))
    for name in typed.rows or ROWS:
        own = room / name
        own.mkdir()
        importlib.import_module(name).rows(table, typed.program.resolve(), own)
    took_s = time.monotonic() - began
    left = f"{table.left_out} not run, {took_s:.0f} s"
    print(f"drone: {table.count} rows, {table.missed} missed, {left}")
    if table.missed:
        print(f"films and folders are in {room}", file=sys.stderr)
    else:
        shutil.rmtree(room)
    return table.exit_code()


sys.exit(main())
