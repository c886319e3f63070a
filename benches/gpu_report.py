"""Tables of `gpu.py`: the machine, times, launch overhead, nodes by provider, engines."""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import onnxruntime
from emberline_export.evaluate.precision.page import processor
from emberline_export.onnx.page import render

PAGE = Path(__file__).with_name("gpu_report.md.j2")
COPIES = ("MemcpyFromHost", "MemcpyToHost")


def machine() -> dict[str, str]:
    """Processor, board and GPU, where each tells its name, and versions of what ran."""
    said = {"processor": f"{processor()} ({platform.machine()})"}
    board = Path("/proc/device-tree/model")
    if board.exists():
        said["board"] = board.read_text().strip("\0\n")
    call = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=30)
        if done.returncode == 0:
            said["GPU, driver"] = done.stdout.strip().splitlines()[0]
    except (FileNotFoundError, IndexError, subprocess.TimeoutExpired):
        pass
    said["onnxruntime"] = onnxruntime.__version__
    for name in ("onnxruntime-gpu", "tensorrt", "onnx", "torch", "numpy"):
        try:
            said[name] = version(name)
        except PackageNotFoundError:
            continue
    return said


def shares(events: list[dict]) -> dict[str, dict]:
    """Nodes and share of node time by provider, and copies between memories, of a profile."""
    spent: dict[tuple[str, str, str], float] = {}
    for e in events:
        if e.get("cat") == "Node" and e["name"].endswith("_kernel_time"):
            a = e["args"]
            key = (a.get("provider", "unknown"), a["op_name"], f"{e['name']} {a.get('node_index')}")
            spent[key] = min(spent.get(key, float("inf")), e["dur"])  # the first run sets up
    whole = sum(spent.values()) or 1.0
    found: dict[str, dict] = {}
    for (provider, _, _), us in spent.items():
        row = found.setdefault(provider, {"nodes": 0, "share": 0.0, "time_share": 0.0})
        row["nodes"] += 1
        row["share"] += 1 / len(spent)
        row["time_share"] += us / whole
    copies = sum(kind in COPIES for _, kind, _ in spent)
    return {"providers": found, "copies": copies}


def overhead(rows: list[dict]) -> list[dict]:
    """Share of the bound time that replaying a CUDA graph saves, of cases that have both."""
    names = ("device", "precision", "side_px", "batch")
    of = {(*(r[n] for n in names), r["mode"]): r for r in rows if "p50_ms" in r}
    found = []
    for key, row in of.items():
        bound = of.get((*key[:-1], "I/O binding"))
        if key[-1] == "CUDA graph" and bound:
            share = 1 - row["p50_ms"] / bound["p50_ms"]
            found.append({n: row[n] for n in names} | {"share": share})
    return found


def cell(row: dict | None) -> str:
    """p50 / p99 · ms a film · rounds, or why there is no time."""
    if row is None or "p50_ms" not in row:
        return (row or {}).get("state", "–")
    told = [row[k] for k in ("p50_ms", "p99_ms", "film_ms")]
    p50, p99, film = (f"{x:.0f}" if x >= 100 else f"{x:.3g}" for x in told)
    return f"{p50} / {p99} · {film} · {row['rounds']}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def times(rows: list[dict]) -> str:
    """A row a precision, way of running and grid; a column a batch."""
    batches = sorted({r["batch"] for r in rows})
    names = ("device", "precision", "mode", "side_px")
    keys = list(dict.fromkeys(tuple(r[n] for n in names) for r in rows))
    of = {(*(r[n] for n in names), r["batch"]): r for r in rows}
    order = {k: i for i, k in enumerate(dict.fromkeys(k[:3] for k in keys))}
    keys.sort(key=lambda k: (order[k[:3]], k[3]))
    head = ["device", "precision", "run", "grid", *(f"batch {b}" for b in batches)]
    return table(
        head,
        [[*k[:3], f"{k[3]}²", *(cell(of.get((*k, b))) for b in batches)] for k in keys],
    )


def nodes(rows: list[dict]) -> str:
    """Which provider took how much of a graph."""
    lines = []
    for r in rows:
        head = [r["device"], r["precision"], f"{r['side_px']}²"]
        if "providers" not in r:
            lines.append([*head, r["state"], "–", "–", "–"])
        for name, x in r.get("providers", {}).items():
            shared = [f"{x['nodes']} ({x['share']:.1%})", f"{x['time_share']:.1%}"]
            lines.append([*head, name, *shared, str(r["copies"])])
    return table(["device", "precision", "grid", "provider", "nodes", "node time", "copies"], lines)


def batched(rows: list[dict]) -> str:
    """How far a graph made for a batch is from the batch-1 graph."""
    return table(
        ["batch", "precision", "largest difference", "equal codes"],
        [
            [str(b["batch"]), b["precision"], f"{b['max_abs']:.1e}", f"{b['equal_codes']:.2%}"]
            for b in rows
        ],
    )


def launches(rows: list[dict]) -> str:
    """What replaying a CUDA graph saves."""
    return table(
        ["device", "precision", "grid", "batch", "launch overhead"],
        [
            [x["device"], x["precision"], f"{x['side_px']}²", str(x["batch"]), f"{x['share']:.0%}"]
            for x in rows
        ],
    )


def engines(rows: list[dict]) -> str:
    """Seconds to build and to load an engine of TensorRT."""
    return table(
        ["TensorRT", "grid", "batch", "build, s", "load, s"],
        [
            [r["precision"], f"{r['side_px']}²", str(r["batch"])]
            + [f"{r[k]:.1f}" for k in ("build_s", "load_s")]
            for r in rows
        ],
    )


def report(found: dict) -> str:
    """All tables as Markdown."""
    rows = found["rows"]
    saved = overhead(rows)
    built = [r for r in rows if "build_s" in r]
    return render(
        PAGE,
        machine=found["machine"],
        not_run=found["not_run"],
        batched=batched(found["batched"]) if found["batched"] else None,
        times=times(rows),
        off=max((r["off"] for r in rows if "off" in r), default=0.0),
        launches=launches(saved) if saved else None,
        engines=engines(built) if built else None,
        nodes=nodes(found["nodes"]),
    )
