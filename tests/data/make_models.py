"""Makes the model folders of this folder: networks of about a kilobyte that repeat the last frame,
or halve it at every lead.

    python tests/data/make_models.py

`still-v1` takes any film (task `frames`), `rain-v9` rain, `fade-v1` rain that fades. `rain-v9` is
newer than any rain model inside the program, so that its name finds it. Their golden answers are
numpy's. The codes of `still-v1` tell dark places (0) from bright ones (1); its `drift.npz` says how
often training had each, and how surprising each step from one to the other is.
"""

import hashlib
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

HERE = Path(__file__).parent
OPSET, STRIDE, SIDE = 17, 4, 32
DRIFT = {
    "use_global": np.array([0.9, 0.1], np.float32),
    "bits_global": np.array([[1, 40], [50, 2]], np.uint8),  # tenths of a bit
}


def left(leads: int, keep: float) -> np.ndarray:
    """Share `[1, L, 1, 1, 1]` of the last frame that is left at each lead."""
    return (keep ** np.arange(1, leads + 1)).astype(np.float32).reshape(1, leads, 1, 1, 1)


def graph(frames: int, leads: int, codes: bool, keep: float) -> bytes:
    """Network `[1, T, 1, H, W]` → the last frame `[1, L, 1, H, W]`, and codes `[1, T, H/4, W/4]`.

    `keep` is the share of a frame that is left at the next lead.
    """
    whole = np.iinfo(np.int64).max
    constant = {
        "last": np.array([frames - 1]),
        "end": np.array([frames]),
        "time": np.array([1]),
        "first": np.array([0, 0]),
        "all": np.array([whole, whole]),
        "sides": np.array([3, 4]),
        "stride": np.array([STRIDE, STRIDE]),
        "none": np.array(0.0, np.float32),
        "half": np.array(0.5, np.float32),
        "keep": left(leads, keep),
    }
    out = "forecast" if keep == 1.0 else "same"
    nodes = [
        helper.make_node("Slice", ["frames", "last", "end", "time"], ["now"]),
        helper.make_node("Concat", ["now"] * leads, [out], axis=1),
    ]
    if keep != 1.0:
        nodes.append(helper.make_node("Mul", ["same", "keep"], ["forecast"]))
    rows, cols = "height", "width"
    value = helper.make_tensor_value_info
    outputs = [value("forecast", TensorProto.FLOAT, [1, leads, 1, rows, cols])]
    if codes:
        nodes += [
            helper.make_node("Slice", ["frames", "first", "all", "sides", "stride"], ["coarse"]),
            helper.make_node("Mul", ["coarse", "none"], ["black"]),
            helper.make_node("Add", ["black", "half"], ["grey"]),
            helper.make_node("Concat", ["grey", "coarse"], ["both"], axis=2),
            helper.make_node("ArgMax", ["both"], ["codes_global"], axis=2, keepdims=0),
        ]
        outputs.append(value("codes_global", TensorProto.INT64, [1, frames, "h", "w"]))
    used = {name for node in nodes for name in node.input}
    model = helper.make_model(
        helper.make_graph(
            nodes,
            "still",
            [value("frames", TensorProto.FLOAT, [1, frames, 1, rows, cols])],
            outputs,
            [numpy_helper.from_array(v, k) for k, v in constant.items() if k in used],
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=8,
    )
    checker.check_model(model, full_check=True)
    return model.SerializeToString()


def card(
    name: str,
    version: int,
    task: str,
    kind: str,
    frames: int,
    leads: int,
    codes: bool,
    keep: float,
    sha: str,
) -> str:
    """`card.toml`."""
    does = "Repeats the last frame" if keep == 1.0 else "Halves the last frame at every lead"
    rates = "" if keep == 1.0 else 'rates = "forecast"\n'
    scale = 'scale = "full"\n' if task == "frames" else ""
    levels = "codes_bits = 0.3\nall_bits = 2.0\nchange_bits = 6.0\n"
    drift = f'\n[physicnet.drift]\nfile = "drift.npz"\n{levels}measured = "made up"\n'
    book = f'\n[[physicnet.codebook]]\nlevel = "global"\ncodes = 2\ndim = 1\nstride = {STRIDE}\n'
    return f"""schema = 2
name = "{name}"
version = {version}
task = "{task}"
family = "physicnet"
summary = "{does}: for tests."
licence = "MIT OR Apache-2.0"
opset = {OPSET}

[input]
kinds = ["{kind}"]
frames = {frames}
{scale}multiple_px = 8
min_px = 32
max_px = 4096
tile_px = 64
overlap_px = 16
step_s = [0.5, 3600.0]

[output]
leads = {leads}
{rates}
[physicnet]
front_channels = 0
{drift + book if codes else ""}
[[precision]]
name = "float32"
file = "model.onnx"
sha256 = "{sha}"
loss = "reference"
"""


def folder(
    name: str,
    version: int,
    task: str,
    kind: str,
    frames: int,
    leads: int,
    codes: bool = False,
    keep: float = 1.0,
) -> None:
    """Write one model folder."""
    at = HERE / f"{name}-v{version}"
    at.mkdir(exist_ok=True)
    onnx = graph(frames, leads, codes, keep)
    (at / "model.onnx").write_bytes(onnx)
    sha = hashlib.sha256(onnx).hexdigest()
    (at / "card.toml").write_text(card(name, version, task, kind, frames, leads, codes, keep, sha))
    clip = np.random.default_rng(1).integers(0, 9, (1, frames, 1, SIDE, SIDE))
    clip = clip.astype(np.float32) / 8
    golden = {"noise.frames": clip, "noise.forecast": clip[:, -1:] * left(leads, keep)}
    if codes:
        coarse = clip[:, :, 0, ::STRIDE, ::STRIDE]
        golden["noise.codes_global"] = (coarse > 0.5).astype(np.int64)
    np.savez_compressed(at / "golden.npz", **golden)
    files = ["card.toml", "golden.npz", "model.onnx"]
    if codes:
        np.savez_compressed(at / "drift.npz", **DRIFT)
        files.insert(1, "drift.npz")
    sums = ""
    for file in files:
        sums += f"{hashlib.sha256((at / file).read_bytes()).hexdigest()}  {file}\n"
    (at / "SHA256SUMS").write_text(sums)


if __name__ == "__main__":
    folder("still", 1, "frames", "thermal", frames=2, leads=2, codes=True)
    folder("rain", 9, "rain", "rain", frames=3, leads=2)
    folder("fade", 1, "rain", "rain", frames=3, leads=2, keep=0.5)
