"""The bench of graphics processors: its figures, its graphs, and its path without such a device."""

import argparse
import sys
from pathlib import Path

import numpy as np
import pytest

from emberline_export.models.physicnet.checkpoint import load_network

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))

import gpu  # noqa: E402
import gpu_graphs  # noqa: E402
import gpu_report  # noqa: E402
import gpu_run  # noqa: E402

ASK = {"rounds": 4, "budget_s": 20.0, "memory_gib": 4.0, "threads": 1, "tf32": False}


def event(name: str, kind: str, provider: str, us: int) -> dict:
    """One line of ONNX Runtime's profile."""
    args = {"op_name": kind, "provider": provider, "node_index": "1"}
    return {"cat": "Node", "name": f"{name}_kernel_time", "dur": us, "args": args}


def test_shares_count_a_node_once_and_take_its_least_time() -> None:
    """Two runs of three nodes, one of which copies between memories."""
    first = [
        event("a", "Conv", "CUDAExecutionProvider", 900),
        event("b", "MemcpyToHost", "CUDAExecutionProvider", 30),
        event("c", "ArgMin", "CPUExecutionProvider", 80),
    ]
    second = [event("a", "Conv", "CUDAExecutionProvider", 50), {"cat": "Session", "name": "run"}]
    found = gpu_report.shares(first + second)
    assert found["copies"] == 1
    cpu, cuda = (found["providers"][f"{n}ExecutionProvider"] for n in ("CPU", "CUDA"))
    assert (cpu["nodes"], cuda["nodes"]) == (1, 2)
    assert cpu["share"] == pytest.approx(1 / 3)
    assert cpu["time_share"] == pytest.approx(80 / 160)


def test_overhead_needs_both_ways() -> None:
    """A CUDA graph without its bound twin says nothing."""
    at = {"device": "cuda", "precision": "float32", "side_px": 64, "batch": 1}
    graph = {**at, "mode": gpu_run.GRAPH, "p50_ms": 2.0}
    assert gpu_report.overhead([graph]) == []
    (found,) = gpu_report.overhead([graph, {**at, "mode": gpu_run.BOUND, "p50_ms": 8.0}])
    assert found["share"] == pytest.approx(0.75)


def test_a_case_that_does_not_fit_says_why() -> None:
    """By time in smaller cases, then by memory, on the processor alone."""
    args = argparse.Namespace(**ASK)
    assert gpu.too_much(64 * 64, 0.004, args, True) == ""
    assert gpu.too_much(512 * 512 * 8, 0.004, args, True).startswith("left out: about 8.4 s a run")
    assert gpu.too_much(512 * 512 * 8, 0.0, args, True) == "left out: about 7 GiB of memory"
    assert gpu.too_much(512 * 512 * 8, 0.0, args, False) == ""
    assert gpu_report.cell({"state": "left out: x"}) == "left out: x"
    row = {"p50_ms": 1234.4, "p99_ms": 1300.0, "film_ms": 38.575, "rounds": 9}
    assert gpu_report.cell(row) == "1234 / 1300 · 38.6 · 9"
    assert len(gpu.times_ms(lambda: None, 9, 0.0)) == gpu.LEAST


def test_a_device_that_is_not_here(capsys: pytest.CaptureFixture, monkeypatch) -> None:
    """Named: one line and exit code 2; otherwise a line in the report."""
    monkeypatch.setattr(
        gpu.onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"]
    )
    monkeypatch.setattr(sys, "argv", ["gpu.py", "--device", "cuda"])
    assert gpu.main() == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: CUDAExecutionProvider is not in onnxruntime")
    assert (said.out, said.err.count("\n")) == ("", 1)
    devices, gone = gpu.chosen("auto", ["CPUExecutionProvider"])
    assert ([d.name for d in devices], len(gone)) == (["cpu"], 2)


def test_options_of_providers(tmp_path: Path) -> None:
    """A CUDA graph belongs to the first provider; the processor comes last."""
    cpu, cuda, tensorrt = gpu_run.DEVICES
    assert gpu_run.providers(cpu, "int8", False, False, tmp_path) == ["CPUExecutionProvider"]
    (name, told), last = gpu_run.providers(cuda, "float16", True, False, tmp_path)
    assert (name, last) == ("CUDAExecutionProvider", "CPUExecutionProvider")
    assert (told["enable_cuda_graph"], told["use_tf32"]) == (True, False)
    (_, first), (_, second), _ = gpu_run.providers(tensorrt, "int8", True, False, tmp_path)
    assert (first["trt_cuda_graph_enable"], first["trt_int8_enable"]) == (True, True)
    assert (first["trt_fp16_enable"], second["enable_cuda_graph"]) == (False, False)


def test_all_ways_on_the_processor(tmp_path: Path, monkeypatch) -> None:
    """TensorRT's half, with sessions of the processor in its place, at two batches."""
    real, asked = gpu.session, []

    def session(path: Path, side: int, given: list, *rest: object) -> object:
        asked.append(given[0])
        return real(path, side, ["CPUExecutionProvider"], *rest)

    monkeypatch.setattr(gpu, "session", session)
    args = argparse.Namespace(**ASK, precision=["float32"], grid=[64], batch=[2, 1])
    bench = gpu.Bench(args, tmp_path)
    bench.device(gpu_run.Device("tensorrt", "TensorrtExecutionProvider", "cpu"))
    assert [r["state"] for r in bench.rows if "state" in r] == []
    ways = [gpu_run.PLAIN, gpu_run.BOUND, gpu_run.GRAPH]
    assert [(r["batch"], r["mode"]) for r in bench.rows] == [(b, m) for b in (1, 2) for m in ways]
    assert all(r["rounds"] == 4 and r["p50_ms"] <= r["p99_ms"] for r in bench.rows)
    assert sum("build_s" in r for r in bench.rows) == 2
    assert bench.nodes[0]["providers"]["CPUExecutionProvider"]["share"] == pytest.approx(1)
    made = bench.graphs.made["float32", 2]
    assert made.max_abs < gpu_graphs.MOST_OFF and made.equal_codes == 1.0
    found = {"machine": gpu_report.machine(), "not_run": [], "batched": [vars(made)]}
    text = gpu_report.report(found | {"rows": bench.rows, "nodes": bench.nodes})
    assert "launch overhead" in text and "build, s" in text


def test_stale_answers_are_wrong(tmp_path: Path, monkeypatch) -> None:
    """A device that keeps answering the first input is found out."""
    monkeypatch.setattr(gpu.Bound, "set", lambda self, feed: None)
    args = argparse.Namespace(**ASK, precision=["float32"], grid=[64], batch=[1])
    bench = gpu.Bench(args, tmp_path)
    bench.case(gpu_run.DEVICES[0], "float32", 64, 1)
    plain, bound = bench.rows
    assert "state" not in plain and bound["state"].startswith("failed: wrong answers")


def test_low_precision_twins_are_the_shipped_graphs_at_another_batch(tmp_path: Path) -> None:
    """The int8 twin takes ranges from the shipped graph; answers agree to rounding."""
    graphs = gpu_graphs.Graphs(tmp_path)
    for precision in ("float16", "int8"):
        path = graphs.path(precision, 2)
        assert path.stat().st_size < 0.6 * graphs.path("float32", 2).stat().st_size
        assert graphs.made[precision, 2].max_abs < gpu_graphs.MOST_OFF
        assert graphs.made[precision, 2].equal_codes == 1.0


def test_a_graph_that_is_not_the_shipped_one_is_refused(tmp_path: Path, monkeypatch) -> None:
    """Weights as they were before calibration give other probabilities."""
    monkeypatch.setattr(gpu_graphs, "network", lambda card: load_network(gpu_graphs.WEIGHTS))
    with pytest.raises(ValueError, match="batch 2: .* from batch 1, over 0.001"):
        gpu_graphs.Graphs(tmp_path).path("float32", 2)


def test_films_differ_from_item_to_item() -> None:
    """So that a batch that mixes its items is found out."""
    golden = dict(np.load(gpu_graphs.FOLDER / "golden.npz"))
    feed = gpu_graphs.film(golden, "thermal", 128, range(2))
    assert feed["frames"].shape == (2, 10, 1, 128, 128)
    assert feed["front"].shape == (2, 5, 128, 128)
    assert (feed["frames"][0] != feed["frames"][1]).any()
