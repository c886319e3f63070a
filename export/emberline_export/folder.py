"""A model folder: graphs, card, golden clips, hashes, and a page for people."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .clips import Shards, plain
from .film import FilmConfig
from .physicnet import FRONT, PhysicNet

GRAPHS = ["model.onnx", "encode.onnx", "translate.onnx", "decode.onnx"]
TILE_PX, OVERLAP_PX = 256, 64


def file_of(graph: str, precision: str) -> str:
    """File of a graph in a precision: `model.onnx` in int8 is `model.int8.onnx`."""
    return graph if precision == "float32" else f"{graph.removesuffix('.onnx')}.{precision}.onnx"


def has_stream(folder: Path, precision: str) -> bool:
    """Whether a folder holds encode, translate and decode in a precision."""
    return all((folder / file_of(g, precision)).exists() for g in GRAPHS[1:])


def sha256(path: Path) -> str:
    """Hash of a file, hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def toml_value(v: Any) -> str:
    """One TOML value."""
    if isinstance(v, bool):
        return str(v).lower()
    if isinstance(v, str):
        return '"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(v, list | tuple):
        return "[" + ", ".join(toml_value(x) for x in v) + "]"
    return repr(v)


def toml_text(tree: dict[str, Any]) -> str:
    """Plain TOML: scalars, then tables and the tables in them, then arrays of tables."""
    lines = [f"{k} = {toml_value(v)}" for k, v in tree.items() if not isinstance(v, dict | list)]
    for k, v in tree.items():
        rows = v if isinstance(v, list) else [v] if isinstance(v, dict) else []
        for row in rows:
            inner = {a: b for a, b in row.items() if isinstance(b, dict)}
            lines += ["", f"[[{k}]]" if isinstance(v, list) else f"[{k}]"]
            lines += [f"{a} = {toml_value(b)}" for a, b in row.items() if a not in inner]
            for name, table in inner.items():
                lines += ["", f"[{k}.{name}]"]
                lines += [f"{a} = {toml_value(b)}" for a, b in table.items()]
    return "\n".join(lines) + "\n"


def head(name: str, version: int, task: str, summary: str) -> dict[str, Any]:
    """First lines of a card."""
    from .to_onnx import OPSET

    return {
        "schema": 1,
        "name": name,
        "version": version,
        "task": task,
        "summary": summary,
        "licence": "MIT OR Apache-2.0",
        "opset": OPSET,
    }


def input_table(net: PhysicNet, kinds: list[str], step_s: tuple[float, float]) -> dict[str, Any]:
    """What a network takes; a model of frames knows no front and has a fixed scale."""
    fire = net.cfg.arrival
    return {
        "kinds": kinds,
        "frames": net.cfg.context,
        "front_channels": FRONT if fire else 0,
        **({} if fire else {"scale": "full"}),
        "multiple_px": 8,
        "min_px": 32,
        "max_px": 4096,
        "tile_px": TILE_PX,
        "overlap_px": OVERLAP_PX,
        "step_s": list(step_s),
    }


def codebook_tables(net: PhysicNet) -> list[dict[str, Any]]:
    """A table a codebook; none where latents are not quantized."""
    levels = zip(("global", "local"), net.levels if net.cfg.vq else (), strict=False)
    return [
        {"level": n, "codes": lv.cfg.codes, "dim": lv.cfg.code_dim, "stride": lv.cfg.stride}
        for n, lv in levels
    ]


def precision_tables(folder: Path) -> list[dict[str, Any]]:
    """The graph that is there, in float32."""
    digest = sha256(folder / GRAPHS[0])
    return [{"name": "float32", "file": GRAPHS[0], "sha256": digest, "loss": "reference"}]


def card(
    net: PhysicNet,
    folder: Path,
    name: str,
    version: int,
    decision: dict,
    training: dict,
    scores: list[dict],
) -> str:
    """Text of `card.toml` of a fire model."""
    summary = "Moves a visible fire front 20 steps ahead: frames, burn probability."
    return toml_text(
        {
            **head(name, version, "fire-front", summary),
            "input": input_table(net, ["thermal", "mask", "rgb"], (0.02, 7200.0)),
            "output": {"leads": net.cfg.leads},
            "decision": decision,
            "codebook": codebook_tables(net),
            "precision": precision_tables(folder),
            "training": training,
            "score": scores,
        }
    )


@torch.no_grad()
def tie_gap(net: PhysicNet, frames: np.ndarray) -> float:
    """Smallest gap between the nearest and the second nearest code over frames `(1, t, 1, h, w)`.

    Rounding differs between engines; a clip near a tie flips a code and proves nothing.
    """
    gaps = []
    for level in net.levels:
        z = level.encoder(torch.from_numpy(frames[0]) * 2.0 - 0.6).permute(0, 2, 3, 1)
        near = torch.cdist(z.flatten(0, 2), level.codebook.codes).topk(2, largest=False).values
        gaps.append(float((near[:, 1] - near[:, 0]).min()))
    return min(gaps)


@torch.no_grad()
def golden(net: PhysicNet, shards: Path, path: Path) -> None:
    """Two clips (mask at full grid, thermal cut to 56 × 64) and the network's answers.

    Of twelve fires the one farthest from a tie between codes, see `tie_gap`.
    """
    fires, arrays = Shards(shards, 12), {}
    fires.fires = fires.fires[:12]
    cfg = FilmConfig(context=net.cfg.context, leads=net.cfg.leads)
    for kind, (h, w) in (("mask", (64, 64)), ("thermal", (56, 64))):
        clips = []
        for _, s in plain(fires, kind, cfg):
            frames, front = s.frames[None, :, None, :h, :w], s.front[None, :, :h, :w]
            clips.append((np.ascontiguousarray(frames), np.ascontiguousarray(front)))
        frames, front = max(clips, key=lambda c: tie_gap(net, c[0]))
        out = net(torch.from_numpy(frames), torch.from_numpy(front))
        arrays |= {f"{kind}.frames": frames, f"{kind}.front": front}
        for key in ("forecast", "burn_probability"):
            arrays[f"{kind}.{key}"] = out[key].numpy()
        for key, codes in zip(("codes_global", "codes_local"), out["codes"], strict=True):
            arrays[f"{kind}.{key}"] = codes.numpy().astype(np.int64)
    np.savez_compressed(path, **arrays)


def write_sums(folder: Path) -> None:
    """`SHA256SUMS` over every other file, in the format of sha256sum."""
    files = sorted(p for p in folder.iterdir() if p.name != "SHA256SUMS" and p.is_file())
    text = "".join(f"{sha256(p)}  {p.name}\n" for p in files)
    (folder / "SHA256SUMS").write_text(text)


def read_card(folder: Path) -> dict[str, Any]:
    """Parse `card.toml`."""
    return tomllib.loads((folder / "card.toml").read_text())
