"""Turn a network into ONNX graphs: the whole window, and the streaming split.

Opset 17; heights and widths stay open (multiples of 8); codebooks are initialisers; batch norm is
folded; no Loop. `check_graph` refuses what an engine would get wrong without saying so.
"""

from pathlib import Path

import onnx
import torch
from einops import rearrange
from torch import Tensor, nn

from .physicnet import FRONT, PhysicNet

OPSET = 17
SIDE = {"height", "width"}


class Window(nn.Module):
    """Whole window: frames, front → forecast, burn probability, codes."""

    def __init__(self, net: PhysicNet) -> None:
        """Wrap."""
        super().__init__()
        self.net = net

    def forward(self, frames: Tensor, front: Tensor) -> tuple[Tensor, ...]:
        """See `PhysicNet.forward`."""
        out = self.net(frames, front)
        return (out["forecast"], out["burn_probability"], *out["codes"])


class Encode(nn.Module):
    """One frame `(1, 1, h, w)` → latent and codes of each level."""

    def __init__(self, net: PhysicNet) -> None:
        """Wrap."""
        super().__init__()
        self.net = net

    def forward(self, frame: Tensor) -> tuple[Tensor, ...]:
        """See `PhysicNet.encode`."""
        levels = self.net.encode(frame)
        return (*[z for z, _, _ in levels], *[i for _, i, _ in levels])


class Translate(nn.Module):
    """Latents of the window, front, last frame → future latents, burn probability."""

    def __init__(self, net: PhysicNet) -> None:
        """Wrap."""
        super().__init__()
        self.net = net

    def forward(
        self, coarse: Tensor, fine: Tensor, front: Tensor, last: Tensor
    ) -> tuple[Tensor, ...]:
        """See `PhysicNet.translate`; latents are `(1, t·d, ·, ·)`."""
        futures, params, _, _ = self.net.translate([coarse, fine], front, last[:, None])
        lead = torch.arange(1, self.net.cfg.leads + 1, dtype=last.dtype)
        return (*futures, self.net.arrival.probability(params, lead))


class WindowFrames(Window):
    """Whole window of a model of frames: frames → forecast, codes."""

    def forward(self, frames: Tensor) -> tuple[Tensor, ...]:
        """See `PhysicNet.forward`."""
        out = self.net(frames)
        return (out["forecast"], *(out["codes"] if self.net.cfg.vq else ()))


class TranslateFrames(Translate):
    """Latents and frames of the window → future latents, motion and details of every lead."""

    def forward(self, coarse: Tensor, fine: Tensor, frames: Tensor) -> tuple[Tensor, ...]:
        """See `PhysicNet.translate`."""
        futures, _, start, _ = self.net.translate([coarse, fine], None, frames)
        return (*futures, start)


class DecodeFrames(Encode):
    """Future latents, motion and detail of one lead, last frame, state → frame, next state."""

    def forward(
        self, coarse: Tensor, fine: Tensor, start: Tensor, last: Tensor, state: Tensor
    ) -> tuple[Tensor, ...]:
        """See `PhysicNet.decode`."""
        return self.net.decode([coarse, fine], start, last, state)[:2]


class Decode(nn.Module):
    """Future latents of one lead and the frame before → the next frame."""

    def __init__(self, net: PhysicNet) -> None:
        """Wrap."""
        super().__init__()
        self.net = net

    def forward(self, coarse: Tensor, fine: Tensor, frame: Tensor) -> Tensor:
        """See `PhysicNet.decode`."""
        start = torch.zeros_like(frame).repeat(1, 2, 1, 1)
        return self.net.decode([coarse, fine], start, frame, frame)[0]


def write(
    module: nn.Module,
    args: tuple[Tensor, ...],
    path: Path,
    inputs: list[str],
    outputs: list[str],
    divide: dict[str, int],
) -> None:
    """Export one module; `divide` names the tensors whose grid is smaller, and how much."""

    def axes(name: str, rank: int) -> dict[int, str]:
        d = divide.get(name, 1)
        return {
            rank - 2: "height" if d == 1 else f"height_{d}",
            rank - 1: "width" if d == 1 else f"width_{d}",
        }

    module.eval()
    with torch.no_grad():
        result = module(*args)
    result = result if isinstance(result, tuple) else (result,)
    dynamic = {n: axes(n, a.dim()) for n, a in zip(inputs + outputs, (*args, *result), strict=True)}
    torch.onnx.export(
        module,
        args,
        str(path),
        input_names=inputs,
        output_names=outputs,
        dynamic_axes=dynamic,
        opset_version=OPSET,
        dynamo=False,
        do_constant_folding=True,
    )
    graph = onnx.load(str(path))
    graph.doc_string = ""
    graph.producer_name, graph.producer_version = "emberline-export", "0.1.0"
    for node in graph.graph.node:
        node.doc_string = ""
        if node.op_type == "Conv":  # some engines want these said
            names = {a.name for a in node.attribute}
            if "strides" not in names:
                node.attribute.append(onnx.helper.make_attribute("strides", [1, 1]))
            if "dilations" not in names:
                node.attribute.append(onnx.helper.make_attribute("dilations", [1, 1]))
    for slot, value in zip(graph.graph.output, result, strict=True):
        dims = slot.type.tensor_type.shape.dim
        for k in range(value.dim() - 2):  # shape inference may lose what is fixed
            dims[k].dim_value = value.shape[k]
    del graph.graph.value_info[:]
    onnx.save(graph, str(path))
    check_graph(path)


def check_graph(path: Path) -> dict[str, int]:
    """Refuse what breaks an engine silently; return node counts."""
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    opset = next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))
    if not 16 <= opset <= 19:
        raise ValueError(
            f"{path.name}: opset {opset}: TensorRT samples the nearest pixel at 20 and above"
        )
    counts: dict[str, int] = {}
    for node in model.graph.node:
        counts[node.op_type] = counts.get(node.op_type, 0) + 1
        if node.op_type in ("Loop", "If", "Scan"):
            raise ValueError(f"{path.name}: node {node.name}: {node.op_type} is not allowed")
        if node.op_type == "GridSample":
            mode = next((a.s.decode() for a in node.attribute if a.name == "mode"), "bilinear")
            if mode != "bilinear":
                raise ValueError(f"{path.name}: node {node.name}: GridSample mode {mode}")
    return counts


def export_window(net: PhysicNet, path: Path, side: int = 64) -> None:
    """Write the whole window as one graph; every variant of the network has it."""
    cfg = net.cfg
    frames = torch.rand(1, cfg.context, 1, side, side)
    names = ["codes_global", "codes_local"][: len(net.levels) * cfg.vq]
    divide = dict(zip(names, [lv.cfg.stride for lv in net.levels], strict=False))
    if cfg.arrival:
        front = torch.rand(1, FRONT, side, side) * 5
        outputs = ["forecast", "burn_probability", *names]
        write(Window(net), (frames, front), path, ["frames", "front"], outputs, divide)
    else:
        write(WindowFrames(net), (frames,), path, ["frames"], ["forecast", *names], divide)


def export_graphs(net: PhysicNet, folder: Path, side: int = 64) -> None:
    """Write `model.onnx`, `encode.onnx`, `translate.onnx`, `decode.onnx`."""
    cfg, t = net.cfg, net.cfg.context
    frames, front = torch.rand(1, t, 1, side, side), None
    if cfg.arrival:
        front = torch.rand(1, FRONT, side, side) * 5
    last, strides = frames[:, -1], (cfg.coarse.stride, cfg.fine.stride)
    export_window(net, folder / "model.onnx", side)
    names = ["latent_global", "latent_local", "codes_global", "codes_local"]
    write(
        Encode(net),
        (frames[:, 0],),
        folder / "encode.onnx",
        ["frame"],
        names,
        dict(zip(names, strides * 2, strict=True)),
    )
    with torch.no_grad():
        z = [rearrange(z, "(b t) d h w -> b (t d) h w", t=t) for z, _, _ in net.encode(frames[0])]
        futures, _, start, _ = net.translate(z, front, frames)
    ins, outs = ["latents_global", "latents_local"], ["futures_global", "futures_local"]
    divide = dict(zip(ins + outs, strides * 2, strict=True))
    path = folder / "translate.onnx"
    if cfg.arrival:
        given = [*ins, "front", "last"], [*outs, "burn_probability"]
        write(Translate(net), (*z, front, last), path, *given, divide)
    else:
        write(TranslateFrames(net), (*z, frames), path, [*ins, "frames"], [*outs, "start"], divide)
    step = tuple(f[:, : f.shape[1] // cfg.leads] for f in futures)
    ins = ["future_global", "future_local"]
    divide, path = dict(zip(ins, strides, strict=True)), folder / "decode.onnx"
    if cfg.arrival:
        write(Decode(net), (*step, last), path, [*ins, "frame"], ["next_frame"], divide)
    else:
        here = start[:, : net.maps + (net.detail is not None)]
        given = [*ins, "start", "last", "state"], ["next_frame", "next_state"]
        write(DecodeFrames(net), (*step, here, last, net.begin(last)), path, *given, divide)
