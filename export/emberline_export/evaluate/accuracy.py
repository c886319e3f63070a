"""Write docs/accuracy.md: the runtime's own replay of every test set, as one page of tables.

    python -m emberline_export evaluate accuracy --shards DATA \
        --emberline ../target/release/emberline --out ../docs/accuracy.md

DATA holds `test64` and `test128` of `data fire`; the drone masks are read from `EMBERLINE_DATA`.
Scores, baselines and intervals are those of `emberline replay`; this page only lays them out.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from ..data import testset
from ..data.root import data_root

LEADS = [1, 5, 10, 20]


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


def table(run: dict) -> list[str]:
    """One set: new-burn F1 with its interval at each lead, arrival error, Brier score."""
    leads = [x for x in LEADS if x <= len(run["methods"][0]["leads"])]
    head = [
        "forecaster",
        *[f"F1 lead {x}" for x in leads],
        "arrival MAE",
        "never = horizon",
        "Brier",
    ]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
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
        cells.append(f"{m['leads'][leads[-1] - 1]['brier']:.4f}")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def reliability(run: dict) -> list[str]:
    """Said probability against observed frequency, all leads together, model only."""
    said, burnt, cells = [0.0] * 10, [0] * 10, [0] * 10
    for row in run["methods"][0]["leads"]:
        for i, b in enumerate(row["reliability"]):
            said[i] += b["said"]
            burnt[i] += b["burnt"]
            cells[i] += b["cells"]
    share = [
        f"{s / c:.2f} → {b / c:.2f}" if c else "–"
        for s, b, c in zip(said, burnt, cells, strict=True)
    ]
    return ["said → observed, by tenths: " + ", ".join(share) + "."]


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate accuracy`."""
    p.add_argument("--shards", type=Path, required=True, help="folder with test64 and test128")
    p.add_argument("--emberline", type=Path, required=True, help="the built program")
    p.add_argument("--model", help="model folder [default: the built-in one]")
    p.add_argument("--out", type=Path, required=True)


def main(args: argparse.Namespace) -> int:
    """Replay all sets, write the page."""
    extra = ["--model", args.model] if args.model else []
    page = (Path(__file__).parent / "accuracy.md").read_text().rstrip().splitlines() + [""]
    with tempfile.TemporaryDirectory() as tmp:
        for name in ("test64", "test128"):
            for kind in ("mask", "thermal"):
                films = Path(tmp) / f"{name}-{kind}"
                ns = argparse.Namespace(shards=args.shards / name, out=films, kind=kind, count=160)
                testset.main(ns)
                run = replay(args.emberline, films, Path(tmp) / "out", [*extra, "--at", "9"])
                page += [f"## Simulated, {name.removeprefix('test')}² cells, {kind} input", ""]
                page += [f"{run['starts']} fires, one start each (frame 9).", ""]
                page += [*table(run), "", *reliability(run), ""]
        drone = data_root() / "fire_validation"
        runs = []
        for step in (30, 60):
            flags = ["--array", "mask", "--kind", "mask", "--step", str(step), "--leads", "10"]
            run = replay(args.emberline, drone, Path(tmp) / "out", [*extra, *flags])
            runs.append(run)
            page += [f"## Drone thermal masks (B and C), {step} s steps", ""]
            page += [
                f"{run['starts']} starts of two films; the interval is over two events only.",
                "",
            ]
            page += [*table(run), "", *reliability(run), ""]
        both = pooled(runs)
        page += [
            "## Drone thermal masks, both steps pooled",
            "",
            "| forecaster | F1 lead 1 | 5 | 10 |",
        ]
        page += ["|---|---|---|---|"]
        for name, row in both.items():
            page.append(f"| {name} | " + " | ".join(f"{row[x]:.3f}" for x in (1, 5, 10)) + " |")
    args.out.write_text("\n".join(page) + "\n")
    print(f"{args.out}")
    return 0
