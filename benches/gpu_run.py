"""How `gpu.py` runs a graph: on which provider of ONNX Runtime, and by which way in and out.

Three ways: *plain*, from and to host memory; *I/O binding*, tensors at fixed addresses of the
device's memory; *CUDA graph*, the same, replayed as one launch. The processor takes the first two
through the same code.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from gpu_graphs import OUTPUTS

PLAIN, BOUND, GRAPH = "plain", "I/O binding", "CUDA graph"
LOW = ("float32", "float16", "int8")
TYPES = {"tensor(float)": np.float32, "tensor(int64)": np.int64}


@dataclass(frozen=True)
class Device:
    """A provider of ONNX Runtime, where its tensors live, and what is measured on it."""

    name: str
    provider: str
    memory: str
    precisions: tuple[str, ...] = LOW
    modes: tuple[str, ...] = (PLAIN, BOUND, GRAPH)


DEVICES = [
    Device("cpu", "CPUExecutionProvider", "cpu", modes=(PLAIN, BOUND)),
    Device("cuda", "CUDAExecutionProvider", "cuda", LOW[:2]),
    Device("tensorrt", "TensorrtExecutionProvider", "cuda"),
]


def providers(device: Device, precision: str, graph: bool, tf32: bool, cache: Path) -> list:
    """Providers in order of preference, with their options; `cache` keeps TensorRT's engines."""
    cuda = {"device_id": 0, "use_tf32": tf32, "enable_cuda_graph": graph and device.name == "cuda"}
    tensorrt = {
        "device_id": 0,
        "trt_fp16_enable": precision == "float16",
        "trt_int8_enable": precision == "int8",
        "trt_engine_cache_enable": True,
        "trt_engine_cache_path": str(cache),
        "trt_cuda_graph_enable": graph,
    }
    order = {
        "cpu": [],
        "cuda": [(device.provider, cuda)],
        "tensorrt": [(device.provider, tensorrt), ("CUDAExecutionProvider", cuda)],
    }
    return [*order[device.name], "CPUExecutionProvider"]


def session(
    path: Path, side: int, given: list, threads: int = 1, profile: Path | None = None
) -> onnxruntime.InferenceSession:
    """A graph at one grid; never on another provider than the first of `given`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    for axis in ("height", "width"):
        for name, stride in ((axis, 1), (f"{axis}_2", 2), (f"{axis}_4", 4)):
            options.add_free_dimension_override_by_name(name, side // stride)
    if profile:
        options.enable_profiling, options.profile_file_prefix = True, str(profile)
    made = onnxruntime.InferenceSession(str(path), options, given, enable_fallback=False)
    wanted = given[0] if isinstance(given[0], str) else given[0][0]
    if made.get_providers()[0] != wanted:  # a library that does not load is only a warning
        raise RuntimeError(f"{wanted} did not load; its CUDA libraries may be missing")
    return made


class Plain:
    """Tensors from and to host memory at every run."""

    def __init__(self, runner: onnxruntime.InferenceSession, feed: dict, memory: str) -> None:
        """Take the first input."""
        self.runner, self.feed, self.said = runner, feed, []

    def set(self, feed: dict) -> None:
        """Take another input."""
        self.feed = feed

    def run(self) -> None:
        """One forecast of the batch."""
        self.said = self.runner.run(OUTPUTS, self.feed)

    def answers(self) -> list[np.ndarray]:
        """Of the last run, in the order of `OUTPUTS`."""
        return self.said


class Bound:
    """Tensors at fixed addresses of the device's memory."""

    def __init__(self, runner: onnxruntime.InferenceSession, feed: dict, memory: str) -> None:
        """Allocate and bind; on the processor a value shares the array's memory: hence the copy."""
        value = onnxruntime.OrtValue
        self.runner, self.io = runner, runner.io_binding()
        self.inputs = {n: value.ortvalue_from_numpy(v.copy(), memory, 0) for n, v in feed.items()}
        self.outputs = {
            o.name: value.ortvalue_from_shape_and_type(o.shape, TYPES[o.type], memory, 0)
            for o in runner.get_outputs()
        }
        for name, held in self.inputs.items():
            self.io.bind_ortvalue_input(name, held)
        for name, held in self.outputs.items():
            self.io.bind_ortvalue_output(name, held)

    def set(self, feed: dict) -> None:
        """Take another input, at the same addresses."""
        for name, held in self.inputs.items():
            held.update_inplace(feed[name])

    def run(self) -> None:
        """One forecast of the batch, to its end."""
        self.runner.run_with_iobinding(self.io)
        self.io.synchronize_outputs()

    def answers(self) -> list[np.ndarray]:
        """Of the last run, in the order of `OUTPUTS`."""
        return [self.outputs[n].numpy() for n in OUTPUTS]
