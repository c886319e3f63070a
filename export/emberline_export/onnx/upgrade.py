"""Rewrite cards of schema 1 to schema 2, in place.

    python -m emberline_export onnx upgrade ../models/*-v*

Schema 2 names the family of a model after its task, and what only that family has stands in a table
of its own: `[physicnet]` with `front_channels` (from `[input]`), `[physicnet.drift]` and
`[[physicnet.codebook]]`. Nothing else of a folder changes but the card's line in `SHA256SUMS`.
Every folder is looked at before the first is written; comments of a card are not kept.
"""

import argparse
import hashlib
import os
import tomllib
from pathlib import Path
from typing import Any

from .card import SCHEMA, CardError, toml_text
from .folder import sha256
from .physicnet.tables import FAMILY

CARD, SUMS = "card.toml", "SHA256SUMS"


def upgraded(old: dict[str, Any]) -> dict[str, Any]:
    """A card of schema 2 from one of schema 1; the family's table stands before the precisions."""
    takes = dict(old["input"])
    own: dict[str, Any] = {"front_channels": takes.pop("front_channels")}
    own |= {key: old[key] for key in ("drift", "codebook") if key in old}
    new: dict[str, Any] = {}
    for key, value in old.items():
        if key == "schema":
            new[key] = SCHEMA
        elif key == "task":
            new |= {key: value, "family": FAMILY}
        elif key == "input":
            new[key] = takes
        elif key == "precision":
            new |= {FAMILY: own, key: value}
        elif key not in ("drift", "codebook"):
            new[key] = value
    return new


def rewritten(folder: Path) -> dict[Path, str]:
    """New text of the card and of the hashes.

    # Errors
    `CardError` where the card is not of schema 1, lacks what schema 1 has, or is not the one that
    the folder was sealed with.
    """
    path, sums = folder / CARD, folder / SUMS
    old = tomllib.loads(path.read_text())
    if old.get("schema") != 1:
        raise CardError(f"{path}: schema {old.get('schema', 'none')}, only schema 1 is upgraded")
    line = f"{sha256(path)}  {CARD}\n"
    if line not in (lines := sums.read_text().splitlines(keepends=True)):
        raise CardError(f"{path}: not the card of {SUMS}; see `onnx check`")
    try:
        text = toml_text(upgraded(old))
    except KeyError as e:
        raise CardError(f"{path}: no {e.args[0]}, which schema 1 has") from None
    renewed = f"{hashlib.sha256(text.encode()).hexdigest()}  {CARD}\n"
    return {path: text, sums: "".join(renewed if x == line else x for x in lines)}


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `onnx upgrade`."""
    p.add_argument("folders", type=Path, nargs="+", help="models/NAME-vN")


def main(args: argparse.Namespace) -> int:
    """Rewrite all cards, or none where one is refused."""
    try:
        found = [(folder, rewritten(folder)) for folder in args.folders]
    except (FileNotFoundError, NotADirectoryError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    for folder, files in found:
        for path, text in files.items():
            part = path.with_name(f".{path.name}.part")
            part.write_text(text)
            os.replace(part, path)
        print(f"{folder}: schema {SCHEMA}")
    return 0
