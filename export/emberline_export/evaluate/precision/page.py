"""Measure every precision of model folders on every engine, write docs/precisions.md.

    python -m emberline_export evaluate precisions ../models/fire-v1 ../models/rain-v1 \
        ../models/reaction-diffusion-v1 --data DATA --also int8-u8 --out ../docs/precisions.md

Size, validation scores, largest difference and equal codes against float32 PyTorch (whose answers
stand in `golden.npz`), and processor time on one core beside float32 in the same run. Where int8 is
not 1.5 times as fast, the page says where the time goes. `--also` makes a precision that the folder
does not have, and so is a stream that it has no space for: in a copy, shown as not shipped.
Engines are ONNX Runtime as Python has it, and those of the built program `--emberline`, which runs
the folder as it is; where there is no program, the page says so.
"""

import argparse
import platform
import shutil
import tempfile
from pathlib import Path
from typing import Any

import onnx
import onnxruntime

from ...onnx.folder import GRAPHS, file_of, has_stream
from ...onnx.page import render
from ...onnx.precision import gate
from ...onnx.precision.plan import PRECISIONS
from ...onnx.precision.quantize import Workshop
from ...onnx.precision.runner import ENGINES, clamped, window
from ...onnx.precision.scores import measure
from ...onnx.precision.shrink import pack, shrink
from . import program
from .rows import accuracy_table, measured, table_of
from .timing import CONVOLUTIONS, calls_of, least_ms, profile

FLOAT32, FAST, SIDES = "float32", 1.5, (64, 128)
PAGE = Path(__file__).with_name("page.md.j2")


def speed_table(folder: Path, precisions: list[str]) -> tuple[str, float]:
    """Milliseconds and ratios to float32; the best ratio of an int8 form."""
    ms = {side: least_ms(calls_of(folder, precisions, side)) for side in SIDES}
    rows, best = [], 0.0
    for p in precisions:
        row = {"precision": p}
        for side in SIDES:
            for form in ("window", "stream"):
                name, cell = f"{side}² {form}, ms", "–"
                if f"{p} {form}" in ms[side]:
                    took = ms[side][f"{p} {form}"]
                    ratio = ms[side][f"{FLOAT32} {form}"] / took
                    cell = f"{took:.1f} (×{ratio:.2f})"
                    best = max(best, ratio if p.startswith("int8") else 0.0)
                row[name] = cell
        rows.append(row)
    return table_of(rows), best


def anatomy(model: onnx.ModelProto) -> dict[str, int]:
    """Where the bytes of a graph are."""
    parts = {"int8": 0, "float16": 0, "float32": 0, "integers": 0}
    names = {
        onnx.TensorProto.INT8: "int8",
        onnx.TensorProto.FLOAT16: "float16",
        onnx.TensorProto.FLOAT: "float32",
    }
    for tensor in model.graph.initializer:
        parts[names.get(tensor.data_type, "integers")] += tensor.ByteSize()
    return parts | {"nodes and names": model.ByteSize() - sum(parts.values())}


def bytes_table(folder: Path, precisions: list[str]) -> str:
    """Where the bytes of every window are, and what shrinking alone does to float32."""
    models = {p: onnx.load(str(folder / file_of(GRAPHS[0], p))) for p in precisions}
    models = {f"{FLOAT32}, shrunken only": pack(shrink(models[FLOAT32])), **models}
    rows = []
    for name, model in models.items():
        parts = {"all": model.ByteSize(), **anatomy(model)}
        rows.append({"kB": name} | {k: f"{v / 1e3:.0f}" for k, v in parts.items()})
    return table_of(rows)


def profiled(folder: Path, precisions: list[str], side: int) -> dict[str, Any]:
    """Where a window's time goes, by kind of node, and what convolutions could give at most."""
    shown = [p for p in precisions if p == FLOAT32 or p.startswith("int8")]
    found = {p: profile(folder / file_of(GRAPHS[0], p), side) for p in shown}
    kinds = sorted(
        {k for t in found.values() for k in t},
        key=lambda k: -max(t.get(k, (0, 0.0))[1] for t in found.values()),
    )
    total = {p: sum(ms for _, ms in t.values()) for p, t in found.items()}
    rows = []
    for kind in kinds:
        if max(t.get(kind, (0, 0.0))[1] / total[p] for p, t in found.items()) < 0.02:
            continue
        row = {"node": kind}
        for p, t in found.items():
            count, ms = t.get(kind, (0, 0.0))
            row[f"{p}: nodes"], row[f"{p}: ms"] = str(count), f"{ms:.2f}"
        rows.append(row)
    rows.append({"node": "**all nodes**"})
    for p, t in found.items():
        rows[-1][f"{p}: nodes"] = str(sum(n for n, _ in t.values()))
        rows[-1][f"{p}: ms"] = f"**{total[p]:.2f}**"
    conv = {p: sum(t.get(k, (0, 0.0))[1] for k in CONVOLUTIONS) for p, t in found.items()}
    share = conv[FLOAT32] / total[FLOAT32]
    return {
        "side": side,
        "table": table_of(rows),
        "convolutions": ", ".join(f"{p} {ms:.2f} ms" for p, ms in conv.items()),
        "share": f"{share:.0%}",
        "most": f"{1 / (1 - share):.2f}",
    }


def section(
    folder: Path, data: Path, also: list[str], limit: int | None, emberline: Path
) -> dict[str, Any]:
    """What the page says of one model."""
    print(folder.name, flush=True)
    with tempfile.TemporaryDirectory() as room:
        copy = Path(shutil.copytree(folder, Path(room) / folder.name))
        shop = Workshop(copy, data, copy, limit)
        has = {p["name"]: "" for p in shop.card["precision"]}
        for p in (p for p in has if not has_stream(copy, p)):
            shop.trial(p)
            has[p] = " (its stream is not shipped)"
        shipped = dict(has)
        for p in (p for p in also if p not in has):
            reasons = shop.trial(p).reasons
            has[p] = f" (not shipped{': refused' if reasons else ''})"
        here, note = program.engines(emberline, folder)
        print(f"  {note}", flush=True)
        rows = measured(shop, copy, ENGINES, has, shop.reference)
        if here:
            run = clamped(window(folder / GRAPHS[0]))
            reference = measure(run, shop.validation, shop.card)
            rows += measured(shop, folder, here, shipped, reference)
        speed, best = speed_table(copy, list(has))
        slow = any(p.startswith("int8") for p in has) and best < FAST
        return {
            "name": folder.name,
            "sets": sorted({f.set for f in shop.validation}),
            "films": len(shop.validation),
            "accuracy": accuracy_table(rows),
            "note": note,
            "bytes": bytes_table(copy, list(has)),
            "speed": speed,
            "best": best,
            "profile": profiled(copy, list(has), SIDES[0]) if slow else None,
        }


def processor() -> str:
    """Name of the processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((x.split(": ", 1)[1] for x in lines if x.startswith("model name")), "unknown CPU")


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate precisions`."""
    p.add_argument("folders", type=Path, nargs="+")
    p.add_argument("--data", type=Path, required=True, help="folder that `data set` wrote to")
    p.add_argument("--out", type=Path, required=True, help="page to write")
    p.add_argument("--also", nargs="*", choices=PRECISIONS, default=[], help="made for the page")
    p.add_argument("--limit", type=int, help="validation films a set")
    p.add_argument(
        "--emberline",
        type=Path,
        default=program.PROGRAM,
        help="the built program [target/release/emberline of the repository]",
    )


def main(args: argparse.Namespace) -> int:
    """Write the page."""
    try:
        given = (args.data, args.also, args.limit, args.emberline)
        models = [section(f, *given) for f in args.folders]
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    page = render(
        PAGE,
        models=models,
        fast=FAST,
        machine=f"{processor()} ({platform.machine()})",
        onnxruntime=onnxruntime.__version__,
        also=args.also,
        psnr=gate.PSNR_DB,
        f1=gate.F1,
        csi=gate.CSI,
        codes=f"{gate.CODES:.0%}",
    )
    args.out.write_text(page)
    print(args.out)
    return 0
