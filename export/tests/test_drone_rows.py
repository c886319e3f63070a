"""Rows of tests/drone hold for a double of the program, and find the faults that it is given."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
ROWS = HERE.parents[2] / "tests" / "drone.d"
# One place or pose of each room of rows: the others differ in numbers.
FEWER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import relief, traps, refusals
from table import Table
traps.PLACES = {"N, W of meridian": traps.PLACES["N, W of meridian"]}
traps.LOOKS = {"down": traps.LOOKS["down"]}
relief.POSES = {k: v for k, v in relief.POSES.items() if "to the ridge" in k}
table = Table()
globals()[sys.argv[2]].rows(table, Path(sys.argv[3]), Path(sys.argv[4]))
raise SystemExit(table.missed)
"""


@pytest.mark.parametrize(
    ("rows", "fault", "missed"),
    [
        ("traps", None, 0),
        ("traps", "mirror", 1),
        ("traps", "grid north", 1),  # 1.5° off, 1.7 m at the furthest spot
        ("relief", None, 0),
        ("relief", "no occlusion", 1),
        ("refusals", None, 0),
    ],
)
def test_a_fault_is_found(rows: str, fault: str | None, missed: int, tmp_path: Path) -> None:
    """As many rows are missed as there should be."""
    program = tmp_path / "emberline"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE.parent}/drone_double.py" "$@"\n')
    program.chmod(0o755)
    words = [sys.executable, "-c", FEWER, str(ROWS), rows, str(program), str(tmp_path)]
    env = os.environ | ({"EMBERLINE_DOUBLE_FAULT": fault} if fault else {})
    done = subprocess.run(words, capture_output=True, text=True, env=env)
    assert done.returncode == missed, done.stdout + done.stderr
