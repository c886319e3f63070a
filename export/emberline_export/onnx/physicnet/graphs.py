"""Turn a network into ONNX graphs: the whole window, and the streaming split."""

from pathlib import Path

import torch
from einops import rearrange
from torch import Tensor, nn

from ...models.physicnet.network import PhysicNet
from ..graph import write


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


def export_window(net: PhysicNet, path: Path, side: int = 64) -> None:
    """Write the whole window as one graph; every variant of the network has it."""
    cfg = net.cfg
    frames = torch.rand(1, cfg.context, 1, side, side)
    names = ["codes_global", "codes_local"][: len(net.levels) * cfg.vq]
    divide = dict(zip(names, [lv.cfg.stride for lv in net.levels], strict=False))
    if cfg.arrival:
        front = torch.rand(1, net.cfg.front, side, side) * 5
        outputs = ["forecast", "burn_probability", *names]
        write(Window(net), (frames, front), path, ["frames", "front"], outputs, divide)
    else:
        write(WindowFrames(net), (frames,), path, ["frames"], ["forecast", *names], divide)


def export_graphs(net: PhysicNet, folder: Path, side: int = 64) -> None:
    """Write `model.onnx`, `encode.onnx`, `translate.onnx`, `decode.onnx`."""
    cfg, t = net.cfg, net.cfg.context
    frames, front = torch.rand(1, t, 1, side, side), None
    if cfg.arrival:
        front = torch.rand(1, net.cfg.front, side, side) * 5
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
