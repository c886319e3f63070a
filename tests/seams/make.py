"""Make the toy model of tests/seams: a network that repeats the last frame, brightened by noise.

`python tests/seams/make.py`, with onnx and numpy. No family of the runtime knows this graph.
"""

import hashlib
from pathlib import Path

import numpy as np
from onnx import TensorProto as Tp, helper, numpy_helper

AT = Path(__file__).parent / "identity-v1"
T, LEADS = 3, 4


def graph() -> bytes:
    """Build frames [1,T,1,H,W] and noise [1,1,1,H,W] -> forecast [1,LEADS,1,H,W]."""
    ints = lambda name, values: numpy_helper.from_array(np.array(values, np.int64), name)
    small = numpy_helper.from_array(np.float32(0.01), "small")
    nodes = [
        helper.make_node("Slice", ["frames", "start", "end", "axis"], ["last"]),
        helper.make_node("Mul", ["noise", "small"], ["some"]),
        helper.make_node("Add", ["last", "some"], ["next"]),
        helper.make_node("Concat", ["next"] * LEADS, ["forecast"], axis=1),
    ]
    io = lambda name, n: helper.make_tensor_value_info(name, Tp.FLOAT, [1, n, 1, "height", "width"])
    made = helper.make_graph(
        nodes, "identity", [io("frames", T), io("noise", 1)], [io("forecast", LEADS)],
        [ints("start", [T - 1]), ints("end", [T]), ints("axis", [1]), small],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(made, opset_imports=opset, ir_version=8).SerializeToString()


def main() -> None:
    """Write the folder."""
    AT.mkdir(exist_ok=True)
    (AT / "model.onnx").write_bytes(graph())
    frames = np.linspace(0, 1, T * 32 * 32, dtype=np.float32).reshape(1, T, 1, 32, 32)
    np.savez(AT / "golden.npz", **{
        "ramp.frames": frames, "ramp.forecast": np.repeat(frames[:, -1:], LEADS, axis=1)})
    digest = lambda file: hashlib.sha256((AT / file).read_bytes()).hexdigest()
    card = (Path(__file__).parent / "card.toml.in").read_text()
    (AT / "card.toml").write_text(card.replace("SHA256", digest("model.onnx")))
    sums = [f"{digest(f)}  {f}\n" for f in ("card.toml", "golden.npz", "model.onnx")]
    (AT / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    main()
