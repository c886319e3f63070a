"""Runs the rows, and gives the exit code."""

import argparse
import importlib.util
import os
import sys
import tempfile
from pathlib import Path

NEEDED = ["pymavlink", "tstrans", "klvdata"]


def main() -> int:
    """Reads what was typed; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="tests/telemetry", description="Telemetry as other programs write and read it."
    )
    parser.add_argument("program", type=Path)
    program = parser.parse_args().program
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        print(f"NOT RUN: telemetry: pip install {' '.join(missing)}", file=sys.stderr)
        return 2 if os.environ.get("CI") else 0
    if not program.exists():
        build = "cargo build --release -p emberline-telemetry --example samples"
        print(f"error: {program}: not there: {build}", file=sys.stderr)
        return 2
    from klv import klv
    from log import log
    from mavlink import mavlink
    from ours import Ours
    from table import Table

    table, ours = Table(), Ours(program)
    with tempfile.TemporaryDirectory(prefix="emberline-telemetry-") as name:
        room = Path(name)
        mavlink(table, ours, room)
        log(table, ours, room)
        klv(table, ours, room)
    print(f"{table.missed} missed")
    return 1 if table.missed else 0


sys.exit(main())
