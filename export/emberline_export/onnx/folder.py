"""A model folder: the files it holds by graph and precision, and their hashes."""

import hashlib
from pathlib import Path

GRAPHS = ["model.onnx", "encode.onnx", "translate.onnx", "decode.onnx"]


def file_of(graph: str, precision: str) -> str:
    """File of a graph in a precision: `model.onnx` in int8 is `model.int8.onnx`."""
    return graph if precision == "float32" else f"{graph.removesuffix('.onnx')}.{precision}.onnx"


def has_stream(folder: Path, precision: str) -> bool:
    """Whether a folder holds encode, translate and decode in a precision."""
    return all((folder / file_of(g, precision)).exists() for g in GRAPHS[1:])


def sha256(path: Path) -> str:
    """Hash of a file, hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_sums(folder: Path) -> None:
    """`SHA256SUMS` over every other file, in the format of sha256sum."""
    files = sorted(p for p in folder.iterdir() if p.name != "SHA256SUMS" and p.is_file())
    text = "".join(f"{sha256(p)}  {p.name}\n" for p in files)
    (folder / "SHA256SUMS").write_text(text)
