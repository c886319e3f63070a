"""Runs rows side by side, prints their figures as they come, and a table at the end."""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import alert_files
import alerts
import attacks
import broker
import camera_folder
import chaos
import clients
import disk_full
import drone
import hostile
import killed
import living
import load
import model
import month
import night
import prometheus
import radar_folder
import reload
import steps
import systemd
import tls
import two
import webhook
from trial import Miss, NotHere, NotRun, Trial

# Name, what must hold, what does it. The slowest first: rows run side by side.
ROWS = [
    ("month", "days at speed: memory, files and threads flat, store within max_bytes", month.row),
    (
        "chaos",
        "one thing after another goes wrong: told, no half product, fresh in 30 s",
        chaos.row,
    ),
    ("model", "damaged: page up, withheld with its reason, back when mended", model.row),
    ("clock", "± 1 h, ± 1 day, 1970: told, nothing deleted by age, fresh in 30 s", steps.row),
    ("kill", "kill -9 at any moment: no half product, page in 5 s", killed.row),
    (
        "folder",
        "many files, half a picture, black, white: each named, then fresh",
        camera_folder.row,
    ),
    ("broker", "killed, hub away, station killed: every message arrives, in order", broker.row),
    ("hostile", "a broker that lies, a flood, far too much: told, and all goes on", hostile.row),
    ("tls", "another certificate: nothing is sent, told; the right one: all comes", tls.row),
    (
        "alerts",
        "kill -9 while alerts fire: none lost, none twice; one event is one alert; none in a pause",
        alerts.row,
    ),
    (
        "files",
        "no folder, a kill: all written in the end, read by others' readers",
        alert_files.row,
    ),
    ("webhook", "500, a hang, 404: tried again or not, signed, in order", webhook.row),
    ("attacks", "the page attacked: refused in a line each, no secret told", attacks.row),
    ("clients", "fifty who look at the page: memory and files flat", clients.row),
    ("disk-full", "told, forecasts go on, nothing half, fresh in 30 s", disk_full.full),
    ("disk-read-only", "told, forecasts go on, nothing half, fresh in 30 s", disk_full.read_only),
    ("disk-hangs", "the page answers, told, fresh in 30 s", disk_full.hangs),
    ("retention", "max_bytes holds, on the disk and in /healthz", disk_full.retention),
    (
        "drone",
        "a forecast on a map from moving pictures and MAVLink; no telemetry, lies: told",
        drone.row,
    ),
    ("night", "a day camera by night: night and no fault; fresh by day", night.row),
    (
        "radar",
        "many files, half a file, another grid: told, a new frame is found",
        radar_folder.row,
    ),
    ("reload", "SIGHUP: a broken file changes nothing, a camera more begins alone", reload.row),
    ("living", "healthy in 30 s, SIGTERM: exit 0", living.row),
    ("prometheus", "a real Prometheus reads /metrics", prometheus.row),
    ("notify", "READY, STATUS, WATCHDOG in time, STOPPING", systemd.notify),
    ("two", "the second daemon: exit 2, one line, the first one's pid", two.row),
    ("unit", "systemd-analyze verify is clean", systemd.unit),
    (
        "load",
        "two cameras 640 × 512, a forecast each 10 s, radar, three nodes: all fresh; no row beside",
        load.row,
    ),
]
# Wants the machine for itself.
ALONE = {"load"}
# Rows side by side: most of them wait most of the time.
WIDTH = 5

SAY = threading.Lock()


def say(line: str) -> None:
    """A line of one thread, whole."""
    with SAY:
        print(line, flush=True)


def run(name: str, row, trial: Trial) -> tuple[str, str]:
    """Runs a row; gives its verdict and what was seen."""
    began = time.monotonic()
    try:
        row(trial)
    except NotHere as why:
        return "not here", str(why)
    except NotRun as why:
        return "NOT RUN", str(why)
    except Miss as miss:
        trial.miss(str(miss))
    except Exception:  # A fault of the test is no pass.
        trial.miss(" ".join(traceback.format_exc().split()))
    say(f"{name}: {time.monotonic() - began:.0f} s in all")
    seen = "; ".join(trial.figures)
    if trial.misses:
        return "MISS", "; ".join([*trial.misses, seen])
    return "held", seen


def main() -> int:
    """Reads what was typed; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="tests/life", description="The station's life under test."
    )
    names = [name for name, _, _ in ROWS]
    parser.add_argument("rows", nargs="*", metavar="NAME", help="rows; all where none is named")
    parser.add_argument("--long", action="store_true", help="the long form, an hour")
    parser.add_argument(
        "--days", type=int, default=30, help="of the month's long form, two minutes each"
    )
    parser.add_argument("--program", type=Path, default=Path("target/release/emberline"))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--width", type=int, default=WIDTH, help="rows side by side")
    parser.add_argument("--keep", type=Path, help="folder in which everything is left behind")
    parser.add_argument("--list", action="store_true", help="names of the rows")
    typed = parser.parse_args()
    if typed.list:
        for name, must, _ in ROWS:
            print(f"{name:16} {must}")
        return 0
    unknown = [name for name in typed.rows if name not in names]
    if unknown:
        parser.error(f"{unknown[0]}: no such row; there are {', '.join(names)}")
    if not os.access(typed.program, os.X_OK):
        parser.error(f"{typed.program}: no program; cargo build --release, or say --program")
    chosen = [row for row in ROWS if not typed.rows or row[0] in typed.rows]
    form = "long" if typed.long else "short"
    say(f"tests/life: {form} form, seed {typed.seed}, {typed.program.resolve()}")
    began = time.monotonic()
    seen = {}

    def trial(name: str, folder: Path) -> Trial:
        room = folder / name
        room.mkdir(parents=True)
        rng = random.Random(f"{typed.seed} {name}")
        return Trial(name, typed.program.resolve(), room, typed.long, typed.days, rng, say)

    with tempfile.TemporaryDirectory(prefix="emberline-life-") as temporary:
        folder = (typed.keep or Path(temporary)).resolve()

        def stop(number: int, _: object) -> None:
            # What rows have started ends with this process.
            shutil.rmtree(temporary, ignore_errors=True)
            os._exit(128 + number)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        with ThreadPoolExecutor(typed.width) as pool:
            beside = [row for row in chosen if row[0] not in ALONE]
            futures = {pool.submit(run, n, row, trial(n, folder)): n for n, _, row in beside}
            for future in as_completed(futures):
                seen[futures[future]] = future.result()
        for name, _, row in chosen:
            if name in ALONE:
                seen[name] = run(name, row, trial(name, folder))
    print(f"\n| row | must hold | {form} form | seen |\n|---|---|---|---|")
    for name, must, _ in chosen:
        verdict, figures = seen[name]
        print(f"| {name} | {must} | {verdict} | {figures} |")
    verdicts = [verdict for verdict, _ in seen.values()]
    missed, left_out = verdicts.count("MISS"), verdicts.count("NOT RUN")
    print(
        f"\nlife: {len(verdicts)} rows, {missed} missed, {left_out} not run, "
        f"{time.monotonic() - began:.0f} s, seed {typed.seed}"
    )
    for name, (verdict, why) in seen.items():
        if verdict in ("NOT RUN", "not here"):
            print(f"NOT RUN: {name}: {why}", file=sys.stderr)
    return int(missed > 0 or (left_out > 0 and bool(os.environ.get("CI"))))


sys.exit(main())
