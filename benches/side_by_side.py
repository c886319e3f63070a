"""Side by side on one core: emberline, ONNX Runtime, PyTorch, tract, rten, and the floor.

    cargo build --release && (cd benches/alone && cargo build --release)    # once
    .venv/bin/python benches/side_by_side.py --out docs/performance.json

Every row is one forecast of one window, all frames new, as milliseconds (median) and as a ratio to
ONNX Runtime on the whole-window graph. The *floor* is what this machine's arithmetic and memory
would allow: FLOP over the measured rate of a matrix product, or bytes over that of a copy, the
longer of both. Reading films and writing products is not included. Needs the Python environment of
`tests/run`; `alone` is left out, and said so, where it was not built.
"""

import argparse
import json
import os
import subprocess
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from emberline_export.models.physicnet.checkpoint import load_network
from emberline_export.onnx.card import read_card
from torch.utils.flop_counter import FlopCounterMode

ROOT = Path(__file__).resolve().parent.parent
ALONE = ROOT / "benches" / "alone" / "target" / "release" / "alone"
NETS = {"fire-v1": ROOT / "export" / "weights" / "fire-v1.pt"}  # what PyTorch can load


def median_ms(run, rounds: int) -> float:
    """Median of `rounds` after one that is not counted."""
    run()
    spent = []
    for _ in range(rounds):
        started = time.perf_counter()
        run()
        spent.append((time.perf_counter() - started) * 1e3)
    return float(np.median(spent))


def shapes(card: dict, side: int) -> dict[str, tuple[int, ...]]:
    """Inputs of the whole-window graph."""
    takes = {"frames": (1, card["input"]["frames"], 1, side, side)}
    maps = card["physicnet"]["front_channels"]
    return takes | ({"front": (1, maps, side, side)} if maps else {})


def session(path: Path) -> onnxruntime.InferenceSession:
    """One thread, every optimisation."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])


def emberline(binary: Path, folder: Path, engine: str, side: int, rounds: int) -> dict:
    """One row of `emberline bench --matrix`."""
    call = [binary, "bench", "--matrix", "--threads", "1", "--grid", str(side), "--json"]
    call += ["--engine", engine, "--precision", "float32", "--model", folder]
    here = Path(onnxruntime.__file__).parent / "capi"
    env = {"ORT_DYLIB_PATH": str(here)} | os.environ  # the very library that stands beside it
    call += ["--rounds", str(rounds)]
    done = subprocess.run(call, capture_output=True, text=True, env=env)
    if done.returncode:
        raise SystemExit(f"error: {done.stderr.strip()}")
    return json.loads(done.stdout)["rows"][0]


def machine_rates() -> tuple[float, float]:
    """FLOP/s of a float32 matrix product of 1024² and bytes/s of a copy of 64 MiB, one thread."""
    a = torch.rand(1024, 1024)
    flops = 2 * 1024**3 / (median_ms(lambda: a @ a, 9) * 1e-3)
    x = np.ones(16 << 20, np.float32)
    y = np.empty_like(x)
    copied = 2 * x.nbytes / (median_ms(lambda: np.copyto(y, x), 9) * 1e-3)
    return flops, copied


def measure(folder: Path, side: int, args: argparse.Namespace, rates: tuple[float, float]) -> dict:
    """All rows of one model and grid."""
    card, rounds = read_card(folder), args.rounds
    given = shapes(card, side)
    feed = {k: np.random.default_rng(0).random(v, np.float32) for k, v in given.items()}
    whole = session(folder / "model.onnx")
    rows = {"ONNX Runtime, whole window": median_ms(lambda: whole.run(None, feed), rounds)}
    for engine in ("ort-cpu", "tract"):
        row = emberline(args.emberline, folder, engine, side, rounds)
        rows[f"emberline {engine}"] = row["anew"]["p50_ms"]
        rows[f"emberline {engine}, next frame"] = row["next_frame"]["p50_ms"]
    net = NETS.get(folder.name) or args.keep and args.keep.get(folder.name)
    out = {"model": folder.name, "side_px": side}
    if net and Path(net).exists():
        eager = load_network(Path(net)).eval()
        tensors = [torch.from_numpy(v) for v in feed.values()]
        with torch.no_grad():
            rows["PyTorch eager"] = median_ms(lambda: eager(*tensors), rounds)
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            eager(*tensors)
        flop = counter.get_total_flops()
        floor_s = max(flop / rates[0], folder.joinpath("model.onnx").stat().st_size / rates[1])
        rows["floor"] = floor_s * 1e3
        out["gflop"] = flop * 1e-9
    if ALONE.exists():
        inputs = [f"{k}={'x'.join(map(str, v))}" for k, v in given.items()]
        call = [ALONE, str(rounds), folder / "model.onnx", *inputs]
        said = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
        rows |= {f"{engine} alone": ms for engine, ms in said.items()}
    else:
        print(f"not run: {ALONE} is not built")
    return out | {"ms": rows}


def table(found: list[dict]) -> str:
    """Markdown: a row a competitor, a column a model and grid; ratios in brackets."""
    names = list(dict.fromkeys(n for f in found for n in f["ms"]))
    head = [f"{f['model']}, {f['side_px']}²" for f in found]
    lines = ["| ms (ratio) | " + " | ".join(head) + " |", "|---|" + "---|" * len(head)]
    for name in names:
        cells = []
        for f in found:
            ms, base = f["ms"].get(name), f["ms"]["ONNX Runtime, whole window"]
            number = isinstance(ms, float | int)
            cells.append(f"{ms:.1f} ({ms / base:.2f})" if number else f"{ms or '–'}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print the table; with --out also write the figures."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--emberline", type=Path, default=ROOT / "target" / "release" / "emberline")
    p.add_argument("--model", action="append", help="default: fire-v1, rain-v1, …")
    p.add_argument("--grid", type=int, action="append", help="default: 64 and 128")
    p.add_argument("--rounds", type=int, default=15)
    p.add_argument("--keep", type=json.loads, help='weights by model: {"rain-v1": "x.pt"}')
    p.add_argument("--out", type=Path)
    args = p.parse_args()
    torch.set_num_threads(1)
    rates = machine_rates()
    print(f"matrix product {rates[0] / 1e9:.0f} GFLOP/s, copy {rates[1] / 1e9:.1f} GB/s, one core")
    models = args.model or ["fire-v1", "rain-v1", "reaction-diffusion-v1"]
    found = [
        measure(ROOT / "models" / m, side, args, rates)
        for m in models
        for side in args.grid or [64, 128]
    ]
    print(table(found))
    if args.out:
        rows = {"gflop_s": rates[0] / 1e9, "copy_gb_s": rates[1] / 1e9, "rows": found}
        args.out.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
