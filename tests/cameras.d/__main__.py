"""Starts the cameras and the station, runs the rows, and gives the exit code."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from cost import cost
from fast import too_fast
from packages import PACKAGES, need_server
from rows import rows
from scene import PASSWORD, Scene
from station import Station
from table import Table


def main() -> int:
    """Reads what was typed; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="tests/cameras", description="Cameras by RTSP as they fail."
    )
    parser.add_argument("program", type=Path)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--cost", action="store_true")
    told = parser.parse_args()
    if not need_server(told.long):
        print(f"NOT RUN: cameras by RTSP: apt-get install {' '.join(PACKAGES)}", file=sys.stderr)
        return 2 if os.environ.get("CI") else 0
    began, table = time.monotonic(), Table()
    room = Path(tempfile.mkdtemp(prefix="emberline-cameras-"))
    if told.cost:
        cost(told.program, room)
        return 0
    scene = Scene(room, told.long)
    if told.long and scene.clock is None:
        why = "NOT RUN: apt-get install faketime"
        table.row("8  a clock that jumps", why, not os.environ.get("CI"))
    texts = scene.start()
    station = Station(told.program, room, texts, {"CAMERA_PASSWORD": PASSWORD})
    try:
        rows(table, station, scene)
    finally:
        rc = station.stop()
        scene.end()
    table.row("   the station ends in order", f"exit code {rc}", rc == 0)
    if told.long:
        too_fast(table, told.program, room)
    said = station.log.read_text()
    table.row("   nothing in it failed", f"{said.count('panicked')} panics", "panicked" not in said)
    table.row("4  the password is in no log", "", PASSWORD not in said)
    print(f"{table.missed} missed, {time.monotonic() - began:.0f} s")
    if table.missed:
        print(f"logs are in {room}", file=sys.stderr)
        return 1
    shutil.rmtree(room)
    return 0


sys.exit(main())
