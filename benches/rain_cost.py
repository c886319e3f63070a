"""What a rain forecast costs beside pysteps', in one run: processor seconds, as ratios.

    cargo build --release    # once
    .venv/bin/python benches/rain_cost.py FILM.npz --rounds 5

FILM holds rain codes (docs/formats.md), five minutes a frame; without one, simulated showers of
256 × 256 cells are forecast. Every method makes twelve leads of five minutes from the same last
frame, on one core, in turns. The program is run whole: start, reading, forecast, all products
written. pysteps' methods are called in this process, their imports not counted, with the settings
of its examples. The program's own stages stand below. Needs the Python environment of `tests/run`.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
LEADS, STEP_MIN, MEMBERS, SIDE = 12, 5, 16, 256


def showers() -> np.ndarray:
    """Rain codes of simulated showers."""
    from scipy.ndimage import gaussian_filter, shift

    field = gaussian_filter(np.random.default_rng(1).normal(size=(2 * SIDE, 2 * SIDE)), 6)
    frames = [
        shift(field, (0, 4 * t), order=1)[128 : 128 + SIDE, 128 : 128 + SIDE] for t in range(4)
    ]
    return np.stack([np.clip(f / field.std() * 60 + 20, 0, 200) for f in frames]).astype(np.uint8)


def program(binary: Path, film: Path, out: Path) -> tuple[float, dict]:
    """Processor seconds of one run, and its stages."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [
        binary,
        "forecast",
        film,
        out,
        "--threads",
        "1",
        "--every",
        "5min",
        "--until",
        "1h",
    ]
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, json.loads((out / "forecast.json").read_text())["timings_s"]


def rivals(codes: np.ndarray) -> dict[str, Callable[[], object]]:
    """pysteps' methods on the last three frames."""
    from pysteps import nowcasts
    from pysteps.motion.lucaskanade import dense_lucaskanade

    rain = np.where(codes == 0, 0, 0.1 * 10 ** (0.015 * (np.minimum(codes, 254.0) - 1)))
    db = np.where(rain < 0.1, -15.0, 10 * np.log10(np.maximum(rain, 0.1)))[-3:]
    common = {"n_cascade_levels": 6, "precip_thr": -10.0}

    def lucas_kanade() -> object:
        flow = dense_lucaskanade(db, verbose=False)
        return nowcasts.get_method("extrapolation")(rain[-1], flow, LEADS)

    def s_prog() -> object:
        flow = dense_lucaskanade(db, verbose=False)
        return nowcasts.get_method("sprog")(db, flow, LEADS, **common)

    def steps() -> object:
        flow = dense_lucaskanade(db, verbose=False)
        return nowcasts.get_method("steps")(
            db,
            flow,
            LEADS,
            MEMBERS,
            kmperpixel=1.0,
            timestep=STEP_MIN,
            seed=1,
            num_workers=1,
            **common,
        )

    return {
        "lucas-kanade": lucas_kanade,
        "s-prog": s_prog,
        f"steps, {MEMBERS} members": steps,
    }


def cpu_s(run: Callable[[], object]) -> float:
    """Processor seconds of this process."""
    started = time.process_time()
    with open(os.devnull, "w") as null, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kept = os.dup(1)
        os.dup2(null.fileno(), 1)
        try:
            run()
        finally:
            os.dup2(kept, 1)
            os.close(kept)
    return time.process_time() - started


def main() -> None:
    """Runs everything in turns and prints a table."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("film", nargs="?", type=Path)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--emberline", type=Path, default=ROOT / "target" / "release" / "emberline")
    args = p.parse_args()
    codes = np.load(args.film)["frames"] if args.film else showers()
    codes = codes[-4:]
    methods = rivals(np.where(codes == 255, 0, codes).astype(float))
    spent: dict[str, list[float]] = {name: [] for name in ["emberline", *methods]}
    stages: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.npz"
        np.savez(film, frames=codes, dt_s=60.0 * STEP_MIN, kind="rain", cell_m=1000.0)
        for _ in range(args.rounds):
            seconds, timings = program(args.emberline, film, Path(folder) / "out")
            spent["emberline"].append(seconds)
            for stage, value in timings.items():
                stages.setdefault(stage, []).append(value)
            for name, run in methods.items():
                spent[name].append(cpu_s(run))
    ours = statistics.median(spent["emberline"])
    print(f"{LEADS} leads, {codes.shape[1]} x {codes.shape[2]} cells, {args.rounds} rounds\n")
    print("| method | CPU s, median (least to most) | times the program |\n|---|---|---|")
    for name, values in spent.items():
        median = statistics.median(values)
        span = f"{min(values):.2f} to {max(values):.2f}"
        print(f"| {name} | {median:.2f} ({span}) | {median / ours:.1f} |")
    told = {stage: statistics.median(values) for stage, values in stages.items()}
    rest = ours - sum(told.values())
    words = ", ".join(f"{stage} {value:.3f}" for stage, value in told.items() if value > 0)
    print(f"\nthe program, seconds a stage: {words}; products, start and end {rest:.3f}")


if __name__ == "__main__":
    main()
