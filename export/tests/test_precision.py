"""Float16 and int8: rules of the graphs, the gate, and a folder that stays whole."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from discs import discs
from onnx import TensorProto, numpy_helper

from emberline_export.__main__ import main
from emberline_export.evaluate.precision import page as precisions
from emberline_export.evaluate.precision import timing
from emberline_export.onnx import check
from emberline_export.onnx.card import read_card
from emberline_export.onnx.precision import gate, half, qdq, quantize, ranges, sensitivity
from emberline_export.onnx.precision.films import calibration, task_of
from emberline_export.onnx.precision.plan import PRECISIONS, Plan, build
from emberline_export.onnx.precision.scores import Loss
from emberline_export.onnx.precision.shrink import pack, shrink

pytest_plugins = ["precision_room"]  # films and a model folder


def digests(path: Path) -> dict[str, str]:
    """What is in a folder."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in path.iterdir()}


def small_graph(made: Path) -> tuple[onnx.ModelProto, dict[str, np.ndarray]]:
    """Whole window, shrunken, and something to feed it with."""
    frames = discs(1, 7)[:, :10, None].astype(np.float32) / 255
    return shrink(onnx.load(str(made / "model.onnx"))), {"frames": frames}


def answers(model: onnx.ModelProto, feed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Outputs by name."""
    runner = ranges.session(model)
    names = [o.name for o in runner.get_outputs()]
    return dict(zip(names, runner.run(names, feed), strict=True))


def whole(made: Path, form: str) -> onnx.ModelProto:
    """Everything that can be is in the precision."""
    small, feed = small_graph(made)
    low = frozenset(x.digest for x in qdq.layers_of(small.graph))
    found = {} if form == "float16" else ranges.ranges_of(small, [feed], form)
    return pack(build(Plan(form, low), small, found))


def test_shrinking_changes_no_answer(made: Path) -> None:
    """Oracle: the graph as it was exported; inputs, outputs and layers keep their names."""
    small, feed = small_graph(made)
    before = onnx.load(str(made / "model.onnx"))
    packed = pack(small)
    assert packed.ByteSize() < 0.8 * before.ByteSize()
    was, now = answers(before, feed), answers(packed, feed)
    assert list(was) == list(now)
    assert all(np.abs(was[k] - now[k]).max() <= 1e-5 for k in was)
    names = [n.name for n in packed.graph.node if n.op_type == "Conv"]
    assert "encoder.0" in names and "translator.0.space" in names


@pytest.mark.parametrize("form", ["int8", "int8-u8"])
def test_int8_graphs_follow_the_rules(made: Path, form: str) -> None:
    """Int8 only, zero points 0 (signed), weights by axis 0, no int32 bias, codebook in float."""
    model = whole(made, form)
    values = {t.name: t for t in model.graph.initializer}
    makers = {o: n for n in model.graph.node for o in n.output}
    pairs = [n for n in model.graph.node if n.op_type in ("QuantizeLinear", "DequantizeLinear")]
    assert pairs
    for node in pairs:
        zero, of_weight = values[node.input[2]], node.input[0] in values
        signed = form == "int8" or of_weight
        assert zero.data_type == (TensorProto.INT8 if signed else TensorProto.UINT8)
        assert not (signed and numpy_helper.to_array(zero).any())
        if of_weight:
            weight = values[node.input[0]]
            assert weight.data_type == TensorProto.INT8  # and so no int32 bias
            assert [a.i for a in node.attribute if a.name == "axis"] == [0]
            assert values[node.input[1]].dims == [weight.dims[0]]
    for node in model.graph.node:
        feeders = {makers[n].op_type for n in node.input if n in makers}
        if node.op_type == "Conv":
            assert feeders == {"DequantizeLinear"}
            assert values[node.input[2]].data_type == TensorProto.FLOAT
        if node.op_type in ("MatMul", "ArgMin", "GridSample"):
            assert "DequantizeLinear" not in feeders
    qdq.check_rules(model, form)


def test_int8_rules_refuse_a_zero_point() -> None:
    """TensorRT takes symmetric tensors only."""
    scale = numpy_helper.from_array(np.float32(0.1), "s")
    zero = numpy_helper.from_array(np.int8(3), "z")
    node = onnx.helper.make_node("QuantizeLinear", ["x", "s", "z"], ["y"])
    graph = onnx.helper.make_graph([node], "g", [], [], [scale, zero])
    with pytest.raises(ValueError, match="zero point is not 0"):
        qdq.check_rules(onnx.helper.make_model(graph), "int8")


def test_a_float16_graph_keeps_warps_codebooks_and_ends_in_float32(made: Path) -> None:
    """Types by ONNX's own inference."""
    model = whole(made, "float16")
    half.check_rules(model)
    seen = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
    kind = {
        v.name: v.type.tensor_type.elem_type for v in (*seen.value_info, *seen.input, *seen.output)
    }
    kind |= {t.name: t.data_type for t in seen.initializer}
    convolutions = [n for n in seen.node if n.op_type == "Conv"]
    assert all(kind[n.input[0]] == TensorProto.FLOAT16 for n in convolutions)
    warps = [n for n in seen.node if n.op_type in ("GridSample", "MatMul", "ArgMin")]
    assert {n.op_type for n in warps} == {"GridSample", "MatMul", "ArgMin"}
    assert all(kind[name] == TensorProto.FLOAT for n in warps for name in n.input)
    assert {kind[v.name] for v in seen.input} == {TensorProto.FLOAT}
    assert kind["forecast"] == TensorProto.FLOAT and not model.graph.value_info


@pytest.mark.parametrize(
    ("loss", "refused"),
    [
        (Loss(0.1, 0.01, 0.01, 0.99), None),  # at every limit
        (Loss(0.0, None, None, None), None),  # a model without codebook, fire or rain
        (Loss(0.11, 0.0, None, 1.0), "PSNR"),
        (Loss(0.0, 0.011, None, 1.0), "new-burn F1"),
        (Loss(0.0, None, 0.011, 1.0), "CSI"),
        (Loss(0.0, None, None, 0.9899), "codes"),
        (Loss(float("nan"), None, None, 1.0), "PSNR"),
    ],
)
def test_the_gate_refuses_by_each_limit(loss: Loss, refused: str | None) -> None:
    """One limit is enough, and it is named."""
    reasons = gate.refused(loss)
    assert [r for r in reasons if refused and r.startswith(refused)] == reasons
    assert bool(reasons) == (refused is not None)
    assert (gate.strain(loss) > 1 + 1e-9) == (refused is not None)


def test_layers_go_back_to_float32_the_costliest_first(
    made: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A narrow margin: some layers stay int8, and those in float32 cost most when alone."""
    small, _ = small_graph(made)
    card = read_card(made)
    films = calibration(task_of(card), data, 1)
    probe = sensitivity.Probe(small, films, card)
    found = ranges.ranges_of(small, [f.feed for f in films], "int8")
    layers = frozenset(x.digest for x in qdq.layers_of(small.graph))
    whole_cost = probe.cost(build(Plan("int8", layers), small, found))
    monkeypatch.setattr(sensitivity, "MARGIN", whole_cost.strain() * 0.3)
    monkeypatch.setattr(sensitivity, "SUM", whole_cost.strain() * 0.5)
    search = sensitivity.search("int8", probe, found)
    assert frozenset() < search.plan.low < layers
    assert search.plan.stored == layers - search.plan.low
    assert search.cost.strain() <= whole_cost.strain() * 0.3

    names = {x.digest: x.name for x in qdq.layers_of(small.graph)}
    listed = [line.split()[0] for line in search.lines[2 : 2 + len(layers)]]
    assert set(listed[: len(search.plan.stored)]) == {names[x] for x in search.plan.stored}


def test_quantize_adds_what_passes_and_check_agrees(model_folder: Path, data: Path) -> None:
    """Card, hashes and files fit; a second run gives the same bytes."""
    before = digests(model_folder)
    call = [
        "onnx",
        "quantize",
        str(model_folder),
        "--data",
        str(data),
        "--precisions",
        *PRECISIONS[:2],
    ]
    assert main(call) == 0
    after, card = digests(model_folder), read_card(model_folder)
    assert [p["name"] for p in card["precision"]] == ["float32", *PRECISIONS[:2]]
    for entry in card["precision"]:
        assert set(entry) == {"name", "file", "sha256", "loss"}
        assert after[entry["file"]] == entry["sha256"]
    assert "dB PSNR" in card["precision"][1]["loss"] and "codes" in card["precision"][1]["loss"]
    old = ["model.onnx", "encode.onnx", "translate.onnx", "decode.onnx", "golden.npz"]
    assert all(after[name] == before[name] for name in old)
    assert "encode.int8.onnx" in after and "quantization.txt" in after
    assert check.check(model_folder) == []
    assert main(call) == 0 and digests(model_folder) == after


def test_a_refused_precision_leaves_the_folder_as_it_was(
    model_folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing passes a gate that asks for a gain."""
    monkeypatch.setattr(gate, "PSNR_DB", -1.0)
    monkeypatch.setattr(quantize, "TRIALS", 1)
    before = digests(model_folder)
    call = ["onnx", "quantize", str(model_folder), "--data", str(data), "--precisions", "float16"]
    assert main(call) == 1
    assert digests(model_folder) == before
    assert [p.name for p in model_folder.parent.iterdir()] == [model_folder.name]


def test_what_has_no_space_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows come before streams; a window that does not fit is refused."""
    room, models = tmp_path / "room", tmp_path / "m"
    for path, files in ((room, {"w1": 40, "s1": 50, "w2": 40, "w3": 40}), (models, {"card": 100})):
        path.mkdir()
        for name, size in files.items():
            (path / name).write_bytes(bytes(size))
    monkeypatch.setattr(quantize, "FOLDER_BYTES", 200)
    trials = [quantize.Trial(f"p{k}", [], files=[f"w{k}"]) for k in (1, 2, 3)]
    trials[0].files.append("s1")
    quantize.fitted(trials, models, room, reserve=0)
    assert [t.files for t in trials] == [["w1"], ["w2"], ["w3"]]
    assert [bool(t.reasons) for t in trials] == [False, False, True]


def test_one_command_writes_the_page(
    model_folder: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Precisions that are there, and one that is made for the page."""
    monkeypatch.setattr(timing, "ROUNDS", 2)
    monkeypatch.setattr(precisions, "SIDES", (32,))
    monkeypatch.setattr(precisions, "FAST", float("inf"))  # the profile, however fast int8 was here
    call = ["--data", str(data), "--limit", "1"]
    assert main(["onnx", "quantize", str(model_folder), *call, "--precisions", "int8"]) == 0
    before, page = digests(model_folder), tmp_path / "precisions.md"
    extra = ["--also", "int8-u8", "--out", str(page), "--emberline", str(tmp_path / "none")]
    assert main(["evaluate", "precisions", str(model_folder), *call, *extra]) == 0
    text = page.read_text()
    assert "| int8 |" in text and "| int8-u8 (not shipped" in text and "Conv" in text
    assert "emberline: not run, no program at none." in text
    assert digests(model_folder) == before
