"""What PhysicNet and each of its variants cost: weights, GFLOP, and milliseconds in the runtime.

    python -m emberline_export evaluate cost ../docs/results.ndjson \
        --emberline ../target/release/emberline

Every variant is built untrained as for the task rd-short (10 frames in, 10 out), 64 × 64, exported
as a model folder and timed by `emberline bench` on the engines that are here: the median of the
model stage, on whatever cores the machine has. GFLOP counts two for a multiply-add of convolutions
and matrix products (torch.utils.flop_counter); sampling and the rest are not counted.
"""

import argparse
import json
import platform
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from ...data.task import TASKS
from ...models.physicnet.network import PhysicNet
from ...onnx.card import head, precision_tables, toml_text
from ...onnx.folder import write_sums
from ...onnx.physicnet.graphs import export_window
from ...onnx.physicnet.tables import FAMILY, family_table, input_table
from .methods import VARIANTS, network

SIDE = 64
ENGINES = ("tract", "ort-cpu")


def gflop(net: PhysicNet) -> float:
    """Of one forecast."""
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        net(torch.rand(1, net.cfg.context, 1, SIDE, SIDE))
    return counter.get_total_flops() / 1e9


def bare_folder(net: PhysicNet, folder: Path) -> None:
    """Smallest model folder that the runtime takes."""
    export_window(net, folder / "model.onnx", SIDE)
    text = toml_text(
        {
            **head("variant", 1, "frames", FAMILY, "Untrained, for timing."),
            "input": input_table(net, ["thermal"], (0.02, 7200.0)),
            "output": {"leads": net.cfg.leads},
            FAMILY: family_table(net),
            "precision": precision_tables(folder),
        }
    )
    (folder / "card.toml").write_text(text)
    frames = np.random.default_rng(0).random((1, net.cfg.context, 1, SIDE, SIDE), np.float32)
    np.savez_compressed(folder / "golden.npz", **{"clip.frames": frames})
    (folder / "README.md").write_text("# variant-v1\n\nUntrained, for timing.\n")
    write_sums(folder)


def milliseconds(emberline: Path, folder: Path, film: Path, rounds: int) -> dict[str, float]:
    """Median of the model stage by engine; an engine that is not here is left out."""
    found = {}
    for engine in ENGINES:
        call = [str(emberline), "bench", str(film), "--model", str(folder), "--engine", engine]
        done = subprocess.run(
            [*call, "--rounds", str(rounds), "--json"], capture_output=True, text=True
        )
        if done.returncode == 0:
            stage = json.loads(done.stdout)["stages"]["model"]
            found[engine] = round(stage["p50_s"] * 1e3, 1)
        else:
            print(f"{engine}: {done.stderr.strip().splitlines()[-1]}")
    if not found:
        raise SystemExit("error: no engine timed anything; build the runtime first")
    return found


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate cost`."""
    p.add_argument("rows", type=Path, help="NDJSON file to append to")
    p.add_argument("--emberline", type=Path, default=Path("../target/release/emberline"))
    p.add_argument("--rounds", type=int, default=15)
    p.add_argument("--method", choices=sorted(VARIANTS), action="append", help="default: all")


def main(args: argparse.Namespace) -> int:
    """Time every variant, append a row each."""
    if not args.emberline.exists():
        raise SystemExit(f"error: {args.emberline}: missing; `cargo build --release`")
    for method in args.method or VARIANTS:
        torch.manual_seed(0)
        net = network(method, TASKS["rd-short"]).eval()
        with tempfile.TemporaryDirectory() as room:
            folder, film = Path(room) / "variant-v1", Path(room) / "film.npz"
            folder.mkdir()
            bare_folder(net, folder)
            frames = np.random.default_rng(0).integers(0, 256, (12, SIDE, SIDE), np.uint8)
            np.savez(film, frames=frames, dt_s=np.float64(1.0), kind=np.array("thermal"))
            ms = milliseconds(args.emberline, folder, film, args.rounds)
        row = {
            "row": "cost",
            "task": "any",
            "method": method,
            "weights": sum(p.numel() for p in net.parameters()),
            "gflop": round(gflop(net), 4),
            "ms": ms,
            "side": SIDE,
            "device": platform.machine(),
        }
        with args.rows.open("a") as f:
            f.write(json.dumps(row) + "\n")
        print(method, row["weights"], row["gflop"], ms, flush=True)
    return 0
