"""Runs rows one after the other in one browser, and prints a table at the end."""

import argparse
import os
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

import packages
from trial import Miss, NotRun, Trial

NAMES = {
    "live": "pictures change by themselves; no error on the console, no request to another host",
    "draw": "a line is drawn, becomes an alert, fires, is acknowledged, closes",
    "keyboard": "the same by keyboard alone",
    "plain": "the same without a script",
    "users": "log-in, a wrong password, who may only look, log-out",
    "lost": "a station that stops is told, and found again",
    "looks": "desktop and phone, day and night: nothing overflows, axe-core finds no serious fault",
}


def main() -> int:
    """Reads what was typed; gives the exit code."""
    parser = argparse.ArgumentParser(prog="tests/page", description="The page in a real browser.")
    parser.add_argument("rows", nargs="*", metavar="NAME", help="rows; all where none is named")
    parser.add_argument("--program", type=Path, default=Path("target/release/emberline"))
    parser.add_argument("--shots", type=Path, help="folder for pictures of the page")
    parser.add_argument("--list", action="store_true", help="names of the rows")
    typed = parser.parse_args()
    if typed.list:
        for name, must in NAMES.items():
            print(f"{name:10} {must}")
        return 0
    unknown = [name for name in typed.rows if name not in NAMES]
    if unknown:
        parser.error(f"{unknown[0]}: no such row; there are {', '.join(NAMES)}")
    if not os.access(typed.program, os.X_OK):
        parser.error(f"{typed.program}: no program; cargo build --release, or say --program")
    try:
        import browser
        import rows

        packages.need("chromium", "chromium")
    except (ImportError, NotRun) as why:
        print(f"NOT RUN: tests/page: {why}", file=sys.stderr)
        return int(bool(os.environ.get("CI")))
    seen = {}
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="emberline-page-") as temporary:
        with browser.Chromium(typed.shots) as chromium:
            for name in typed.rows or NAMES:
                room = Path(temporary) / name
                room.mkdir()
                rng = random.Random(name)
                program = typed.program.resolve()
                trial = Trial(
                    name, program, room, False, 0, rng, lambda line: print(line, flush=True)
                )
                try:
                    getattr(rows, name)(trial, chromium)
                except Miss as miss:
                    trial.miss(str(miss))
                except Exception:  # A fault of the test is no pass.
                    trial.miss(" ".join(traceback.format_exc().split()))
                verdict = "MISS" if trial.misses else "held"
                seen[name] = (verdict, "; ".join([*trial.misses, *trial.figures]))
    print("\n| row | must hold | | seen |\n|---|---|---|---|")
    for name, (verdict, figures) in seen.items():
        print(f"| {name} | {NAMES[name]} | {verdict} | {figures} |")
    missed = sum(verdict == "MISS" for verdict, _ in seen.values())
    print(f"\npage: {len(seen)} rows, {missed} missed, {time.monotonic() - began:.0f} s")
    return int(missed > 0)


sys.exit(main())
