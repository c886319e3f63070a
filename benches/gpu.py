"""The shipped fire model on a GPU through ONNX Runtime, and the same measurements on a processor.

    .venv/bin/python benches/gpu.py --out gpu.json              # every device that is here
    .venv/bin/python benches/gpu.py --device tensorrt --grid 64 --batch 1

For each precision, grid and batch: milliseconds (p50, p99) of a plain call from and to host memory,
of one whose tensors are bound to the device's memory (copies in and out not counted), and of one
that is replayed as a CUDA graph; what launching costs; which nodes a provider leaves to another;
how long TensorRT builds an engine and loads it again. Grids are fixed when a graph is loaded. All
answers are held against float32 on the processor. docs/gpu.md explains and has the results.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from gpu_graphs import OUTPUTS, Graphs, film
from gpu_report import machine, report, shares
from gpu_run import DEVICES, GRAPH, LOW, PLAIN, Bound, Device, Plain, providers, session

WARM, LEAST = 3, 3  # rounds that are not counted (a CUDA graph is captured after two); that are
WRONG = 0.02  # mean difference of an answer from float32 on the processor, above which it is wrong
CELL_BYTES = (
    3800  # peak memory of a run on the processor by cell and film, as seen at 256² and 512²
)


def too_much(pixels: int, ms_px: float, args: argparse.Namespace, on_processor: bool) -> str:
    """Why a case is left out, empty when it fits; `ms_px` is the time of a cell in smaller ones."""
    run_s, gib = ms_px * pixels / 1e3, CELL_BYTES * pixels / 2**30
    if run_s * (WARM + LEAST) > args.budget_s:
        return f"left out: about {run_s:.1f} s a run, {WARM + LEAST} runs needed"
    if on_processor and gib > args.memory_gib:
        return f"left out: about {gib:.0f} GiB of memory"
    return ""


def times_ms(run: Callable[[], object], rounds: int, budget_s: float) -> list[float]:
    """Milliseconds of each round, as many as fit, at least `LEAST`."""
    spent, until = [], time.perf_counter() + budget_s
    while len(spent) < rounds:
        started = time.perf_counter()
        if len(spent) >= LEAST and started > until:
            break
        run()
        spent.append((time.perf_counter() - started) * 1e3)
    return spent


def why(e: Exception) -> str:
    """One line."""
    return f"failed: {(str(e).strip() or type(e).__name__).splitlines()[0]}"


class Bench:
    """What was measured so far."""

    def __init__(self, args: argparse.Namespace, room: Path) -> None:
        """Nothing is measured yet; `room` is for graphs, engines and profiles."""
        self.args, self.room, self.graphs = args, room, Graphs(room)
        self.rows: list[dict] = []
        self.nodes: list[dict] = []
        self.references: dict[tuple[int, int], list[np.ndarray]] = {}

    def off(self, side: int, answers: list[np.ndarray]) -> float:
        """Mean difference of the first and last film from float32 on the processor, the worst."""
        last, worst = len(answers[0]) - 1, 0.0
        for k in {0, last}:
            if (side, k) not in self.references:
                runner = session(self.graphs.path("float32", 1), side, ["CPUExecutionProvider"])
                one = film(self.graphs.golden, "thermal", side, range(k, k + 1))
                self.references[side, k] = runner.run(OUTPUTS[:2], one)
            for said, told in zip(answers[:2], self.references[side, k], strict=True):
                worst = max(worst, float(np.abs(said[k] - told[0]).mean()))
        return worst

    def measure(self, runner: onnxruntime.InferenceSession, memory: str, row: dict) -> None:
        """Time one way of running: warm up on one film, then time and check on another."""
        side, batch = row["side_px"], row["batch"]
        mask, thermal = (
            film(self.graphs.golden, kind, side, range(batch)) for kind in ("mask", "thermal")
        )
        way = (Plain if row["mode"] == PLAIN else Bound)(runner, mask, memory)
        for _ in range(WARM):
            way.run()
        way.set(thermal)
        spent = times_ms(way.run, self.args.rounds, self.args.budget_s)
        row["off"] = self.off(side, way.answers())
        if row["off"] > WRONG:
            raise ValueError(f"wrong answers, {row['off']:.2g} from float32 on the processor")
        p50, p99 = (float(x) for x in np.percentile(spent, [50, 99]))
        row |= {"p50_ms": p50, "p99_ms": p99, "film_ms": p50 / batch, "rounds": len(spent)}

    def start(self, device: Device, row: dict, graph: bool) -> onnxruntime.InferenceSession:
        """Load a graph, with the time it takes; TensorRT builds its engine, then loads it."""
        precision, side = row["precision"], row["side_px"]
        cache = self.room / f"engine-{precision}-{side}-{row['batch']}"
        given = providers(device, precision, graph, self.args.tf32, cache)
        path, engine = self.graphs.path(precision, row["batch"]), device.name == "tensorrt"
        feed = film(self.graphs.golden, "mask", side, range(row["batch"]))
        for kind in ("build_s", "load_s") if engine and not graph else ("load_s",):
            cache.mkdir(exist_ok=True)
            runner, began = None, time.perf_counter()
            runner = session(path, side, given, self.args.threads)
            if engine and not graph:  # an engine may be built as late as the first run
                runner.run(OUTPUTS, feed)
            row[kind] = time.perf_counter() - began
        return runner

    def case(self, device: Device, precision: str, side: int, batch: int) -> None:
        """All ways of running one graph at one grid; one that fails says why."""
        head = {"device": device.name, "precision": precision, "side_px": side, "batch": batch}
        for graph in (False, True):
            runner = None
            for mode in (m for m in device.modes if (m == GRAPH) == graph):
                row = {**head, "mode": mode}
                alike = [r for r in self.rows if "film_ms" in r and r["mode"] == mode]
                alike = [r for r in alike if all(r[k] == head[k] for k in ("device", "precision"))]
                ms_px = max((r["film_ms"] / r["side_px"] ** 2 for r in alike), default=0.0)
                left = too_much(side**2 * batch, ms_px, self.args, device.memory == "cpu")
                self.rows.append(row)
                try:
                    if not left:
                        runner = runner or self.start(device, row, graph)
                        self.measure(runner, device.memory, row)
                except Exception as e:  # ONNX Runtime's own have no other base
                    left = why(e)
                row |= {"state": left} if left else {}
                said = left or f"{row['p50_ms']:.1f} ms"
                print(f"{device.name} {precision} {mode} {side}² × {batch}: {said}", flush=True)

    def profile(self, device: Device, precision: str, side: int) -> None:
        """Which provider took which nodes at batch 1, from ONNX Runtime's own profile."""
        row = {"device": device.name, "precision": precision, "side_px": side}
        cache = self.room / f"engine-{precision}-{side}-1"
        try:
            given = providers(device, precision, False, self.args.tf32, cache)
            path, feed = self.graphs.path(precision, 1), film(self.graphs.golden, "mask", side)
            runner = session(path, side, given, self.args.threads, self.room / "profile")
            for _ in range(WARM):
                runner.run(OUTPUTS, feed)
            row |= shares(json.loads(Path(runner.end_profiling()).read_text()))
        except Exception as e:  # as above
            row["state"] = why(e)
        self.nodes.append(row)

    def device(self, device: Device) -> None:
        """Everything on one device, small cases first: they tell how long large ones take."""
        grids, batches = self.args.grid or [64, 128, 512], self.args.batch or [1, 8, 32]
        cases = sorted(((s, b) for s in grids for b in batches), key=lambda c: c[0] ** 2 * c[1])
        for precision in (x for x in device.precisions if x in (self.args.precision or LOW)):
            for side, batch in cases:
                self.case(device, precision, side, batch)
            for side in grids:
                self.profile(device, precision, side)


def chosen(name: str, here: list[str]) -> tuple[list[Device], list[str]]:
    """Devices that can be measured, and a line on each that cannot."""
    asked = [d for d in DEVICES if name in ("auto", d.name)]
    gone = [d.provider for d in asked if d.provider not in here]
    lines = [f"{x} is not in onnxruntime {onnxruntime.__version__}" for x in gone]
    return [d for d in asked if d.provider in here], lines


def arguments() -> argparse.Namespace:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--device", choices=["auto", *(d.name for d in DEVICES)], default="auto")
    p.add_argument("--precision", action="append", choices=LOW, help="default: all")
    p.add_argument("--grid", type=int, action="append", help="default: 64, 128 and 512")
    p.add_argument("--batch", type=int, action="append", help="default: 1, 8 and 32")
    p.add_argument("--rounds", type=int, default=100, help="at most, of each case")
    p.add_argument("--budget-s", type=float, default=60.0, help="seconds of each case")
    p.add_argument("--memory-gib", type=float, default=7.0, help="of a run on the processor")
    p.add_argument("--threads", type=int, default=1, help="of the processor")
    p.add_argument("--tf32", action="store_true", help="let float32 products be rounded to TF32")
    p.add_argument("--out", type=Path, help="write everything as JSON")
    return p.parse_args()


def main() -> int:
    """Measure and print; exit 1 when a case failed, 2 when a named device is not here."""
    args = arguments()
    devices, gone = chosen(args.device, onnxruntime.get_available_providers())
    if not devices:
        print(f"error: {gone[0]}", file=sys.stderr)
        return 2
    if any(d.memory == "cuda" for d in devices):
        if not args.tf32:
            os.environ.setdefault("NVIDIA_TF32_OVERRIDE", "0")  # TensorRT has no option for it
        onnxruntime.preload_dlls()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as room:
        bench = Bench(args, Path(room))
        for device in devices:
            bench.device(device)
    found = {
        "machine": machine(),
        "settings": {k: v for k, v in vars(args).items() if k != "out"},
        "batched": [asdict(x) for x in bench.graphs.made.values()],
        "rows": bench.rows,
        "nodes": bench.nodes,
        "not_run": gone,
    }
    print(report(found), end="")
    if args.out:
        args.out.write_text(json.dumps(found, indent=1) + "\n")
    return int(any(r.get("state", "").startswith("failed") for r in bench.rows + bench.nodes))


if __name__ == "__main__":
    raise SystemExit(main())
