"""Memory over thousands of forecasts of one stream: it must stay where it is.

    .venv/bin/python benches/soak.py --forecasts 10000

Runs `emberline bench --matrix` with as many rounds (each a forecast one frame later, then as many
with every frame new) and reads the process's memory while it runs. Prints memory at the quarters
and its growth over the second half; exit code 1 when that is more than 1 MiB.
"""

import argparse
import subprocess
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
GROWTH_MIB_MAX = 1.0  # over the second half of the run


def rss_mib(pid: int) -> float | None:
    """Memory that a process holds now."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return None
    line = next((x for x in status.splitlines() if x.startswith("VmRSS:")), None)
    return int(line.split()[1]) / 1024 if line else None


def main() -> int:
    """Run, watch, judge."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--emberline", type=Path, default=ROOT / "target" / "release" / "emberline")
    p.add_argument("--engine", default="tract")
    p.add_argument("--model", default="fire")
    p.add_argument("--grid", type=int, default=64)
    p.add_argument("--forecasts", type=int, default=10_000)
    args = p.parse_args()
    call = [args.emberline, "bench", "--matrix", "--grid", str(args.grid), "--model", args.model]
    call += ["--engine", args.engine, "--precision", "float32"]
    call += ["--rounds", str(args.forecasts // 2)]
    began, seen = time.monotonic(), []
    running = subprocess.Popen(call, stdout=subprocess.PIPE, text=True)
    while running.poll() is None:
        now = rss_mib(running.pid)
        if now:
            seen.append((time.monotonic() - began, now))
        time.sleep(0.25)
    print(running.stdout.read())
    if running.returncode or len(seen) < 8:
        raise SystemExit(f"error: exit code {running.returncode}, {len(seen)} readings")
    t, mib = np.array(seen).T
    quarters = [mib[min(int(len(mib) * q), len(mib) - 1)] for q in (0.05, 0.25, 0.5, 0.75, 0.99)]
    late = t > t[-1] / 2
    growth = float(np.polyfit(t[late], mib[late], 1)[0] * (t[-1] - t[-1] / 2))
    print(f"{args.forecasts} forecasts in {t[-1]:.0f} s")
    print("MiB at 5, 25, 50, 75, 99 %: " + " ".join(f"{q:.1f}" for q in quarters))
    print(f"growth over the second half {growth:+.2f} MiB (at most {GROWTH_MIB_MAX})")
    return int(growth > GROWTH_MIB_MAX)


if __name__ == "__main__":
    raise SystemExit(main())
