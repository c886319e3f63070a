"""Cost by pixels, 64² to 2048²: `emberline bench --matrix` on every engine here, with fit and plot.

    .venv/bin/python benches/scaling.py --out docs/img/performance-scaling.png

Prints milliseconds and peak memory by grid and, of each engine, the slope of log time over log
pixels from 256² on, where tiles begin (1 is linear). All cores.
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SIDES = (64, 128, 256, 512, 1024, 2048)


def rows(binary: Path, model: str, engine: str, side: int, rounds: int) -> list[dict]:
    """One grid; a process of its own, so that its peak of memory is its own."""
    call = [binary, "bench", "--matrix", "--grid", str(side), "--json", "--engine", engine]
    call += ["--precision", "float32", "--rounds", str(rounds), "--model", model]
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode:
        print(f"not run: {done.stderr.strip().splitlines()[-1]}")
        return []
    return json.loads(done.stdout)["rows"]


def plot(found: list[dict], path: Path) -> None:
    """Time and memory over pixels, both axes logarithmic."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2))
    for engine in dict.fromkeys(r["engine"] for r in found):
        mine = [r for r in found if r["engine"] == engine]
        pixels = [r["side_px"] ** 2 for r in mine]
        left.loglog(pixels, [r["anew"]["p50_ms"] for r in mine], "o-", label=engine)
        right.loglog(pixels, [r["peak_mib"] for r in mine], "o-", label=engine)
    left.set(xlabel="pixels", ylabel="ms, one forecast (p50)", title="time")
    right.set(xlabel="pixels", ylabel="peak MiB of the process", title="memory")
    for ax in (left, right):
        ax.grid(alpha=0.3, which="both")
        ax.legend()
    fig.tight_layout()
    fig.savefig(path, dpi=110)


def main() -> None:
    """Measure, print, draw."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--emberline", type=Path, default=ROOT / "target" / "release" / "emberline")
    p.add_argument("--model", default="fire")
    p.add_argument("--out", type=Path, default=Path("performance-scaling.png"))
    args = p.parse_args()
    found = []
    print("| engine | grid | ms p50 | ms a megapixel | peak MiB |\n|---|---|---|---|---|")
    for engine in ("tract", "ort-cpu"):
        for side in SIDES:
            rounds = 5 if side <= 256 else 1
            for r in rows(args.emberline, args.model, engine, side, rounds):
                found.append(r)
                ms, mega = r["anew"]["p50_ms"], side**2 / 1e6
                print(f"| {engine} | {side}² | {ms:.0f} | {ms / mega:.0f} | {r['peak_mib']:.0f} |")
    for engine in dict.fromkeys(r["engine"] for r in found):
        mine = [r for r in found if r["engine"] == engine and r["side_px"] >= 256]
        x = np.log([r["side_px"] ** 2 for r in mine])
        y = np.log([r["anew"]["p50_ms"] for r in mine])
        if len(mine) > 1:
            print(f"{engine}: time grows as pixels to the {np.polyfit(x, y, 1)[0]:.2f}")
    plot(found, args.out)
    print(args.out)


if __name__ == "__main__":
    main()
