"""Write docs/accuracy.md: the runtime's own replay of every test set, as one page of tables.

    python -m emberline_export evaluate accuracy --shards DATA \
        --emberline ../target/release/emberline --out ../docs/accuracy.md

DATA holds `test64` and `test128` of `data fire`; the drone masks are read from `EMBERLINE_DATA`.
Scores, baselines and intervals are those of `emberline replay`; this page only lays them out. Its
words are in `accuracy.md.j2`.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from ..data import testset
from ..data.root import data_root
from ..onnx.page import render, table

LEADS = [1, 5, 10, 20]
POOLED_LEADS = (1, 5, 10)
PAGE = Path(__file__).with_name("accuracy.md.j2")


def replay(program: Path, film: Path, out: Path, extra: list[str]) -> dict:
    """Run `emberline replay` and read its scores."""
    command = [str(program), "replay", str(film), str(out), *extra]
    print(" ".join(command[1:2] + extra), film.name, flush=True)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return json.loads((out / "scores.json").read_text())


def pooled(runs: list[dict]) -> dict[str, dict[int, float]]:
    """New-burn F1 by method and lead from the summed counts of several runs."""
    counts: dict[tuple[str, int], list[int]] = {}
    for run in runs:
        for method in run["methods"]:
            for row in method["leads"]:
                c = counts.setdefault((method["method"], row["lead"]), [0, 0, 0])
                for i, key in enumerate(("hit", "false_alarm", "miss")):
                    c[i] += row["new_burn"][key]
    out: dict[str, dict[int, float]] = {}
    for (name, lead), (hit, false, miss) in counts.items():
        out.setdefault(name, {})[lead] = 2 * hit / max(2 * hit + false + miss, 1)
    return out


def scores_table(run: dict) -> str:
    """One set: new-burn F1 with its interval at each lead, arrival error, Brier score."""
    leads = [x for x in LEADS if x <= len(run["methods"][0]["leads"])]
    head = ["forecaster", *(f"F1 lead {x}" for x in leads)]
    rows = []
    for m in run["methods"]:
        cells = [f"**{m['method']}**" if m is run["methods"][0] else m["method"]]
        for x in leads:
            row = m["leads"][x - 1]
            span = row.get("f1_interval")
            text = f"{row['f1'] or 0:.3f}"
            cells.append(text + (f" [{span['low']:.3f}, {span['high']:.3f}]" if span else ""))
        for key in ("mae_frames", "mae_frames_never_at_horizon"):
            v = m["arrival"][key]
            cells.append("–" if v is None else f"{v:.2f}")
        rows.append([*cells, f"{m['leads'][leads[-1] - 1]['brier']:.4f}"])
    return table([*head, "arrival MAE", "never = horizon", "Brier"], rows)


def reliability(run: dict) -> str:
    """Forecast probability and observed frequency by tenths, all leads together, model only."""
    said, came, cells = [0.0] * 10, [0] * 10, [0] * 10
    for row in run["methods"][0]["leads"]:
        for i, b in enumerate(row["reliability"]):
            said[i] += b["said"]
            came[i] += b["came"]
            cells[i] += b["cells"]
    return ", ".join(
        f"{s / c:.2f} → {b / c:.2f}" if c else "–"
        for s, b, c in zip(said, came, cells, strict=True)
    )


def section(run: dict, **facts: Any) -> dict[str, Any]:
    """What the page says of one set."""
    return {**facts, "run": run, "table": scores_table(run), "reliability": reliability(run)}


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate accuracy`."""
    p.add_argument("--shards", type=Path, required=True, help="folder with test64 and test128")
    p.add_argument("--emberline", type=Path, required=True, help="the built program")
    p.add_argument("--model", help="model folder [default: the built-in one]")
    p.add_argument("--out", type=Path, required=True)


def main(args: argparse.Namespace) -> int:
    """Replay all sets, write the page."""
    extra = ["--model", args.model] if args.model else []
    simulated, drone = [], []
    with tempfile.TemporaryDirectory() as tmp:
        for name in ("test64", "test128"):
            for kind in ("mask", "thermal"):
                films = Path(tmp) / f"{name}-{kind}"
                ns = argparse.Namespace(shards=args.shards / name, out=films, kind=kind, count=160)
                testset.main(ns)
                run = replay(args.emberline, films, Path(tmp) / "out", [*extra, "--at", "9"])
                simulated.append(section(run, side=name.removeprefix("test"), kind=kind))
        for step_s in (30, 60):
            flags = ["--array", "mask", "--kind", "mask", "--step", str(step_s), "--leads", "10"]
            films = data_root() / "fire_validation"
            run = replay(args.emberline, films, Path(tmp) / "out", [*extra, *flags])
            drone.append(section(run, step_s=step_s))
    both = pooled([s["run"] for s in drone])
    rows = [[name, *(f"{f1[x]:.3f}" for x in POOLED_LEADS)] for name, f1 in both.items()]
    first, *rest = POOLED_LEADS
    head = ["forecaster", f"F1 lead {first}", *map(str, rest)]
    args.out.write_text(render(PAGE, simulated=simulated, drone=drone, pooled=table(head, rows)))
    print(f"{args.out}")
    return 0
