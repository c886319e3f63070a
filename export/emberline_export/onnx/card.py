"""A model card: `card.toml`, read, and written as plain TOML."""

import tomllib
from pathlib import Path
from typing import Any

from .folder import GRAPHS, sha256

SCHEMA = 2  # of the cards that are written and read
OPSET = 17  # of every graph; a family without graphs has none


class CardError(ValueError):
    """A card that is not of the schema that is written and read here."""


def read_card(folder: Path) -> dict[str, Any]:
    """Parse `card.toml`.

    # Errors
    `CardError` where the card has another schema; of schema 1 it names the command that helps.
    """
    card = tomllib.loads((folder / "card.toml").read_text())
    if (schema := card.get("schema")) == SCHEMA:
        return card
    path = folder / "card.toml"
    if schema == 1:
        command = f"python -m emberline_export onnx upgrade {folder}"
        raise CardError(f"{path}: schema 1; `{command}` rewrites it to schema {SCHEMA}")
    raise CardError(f"{path}: schema {schema or 'none'}, this version reads {SCHEMA}")


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
    """Plain TOML: of every table its scalars, then the tables and arrays of tables in it."""
    return "\n".join(toml_lines(tree, "")) + "\n"


def toml_lines(tree: dict[str, Any], inside: str) -> list[str]:
    """Lines of a table whose own tables have names that begin with `inside`."""
    lines, below = [], []
    for key, value in tree.items():
        many = isinstance(value, list) and all(isinstance(row, dict) for row in value)
        if not many and not isinstance(value, dict):
            lines.append(f"{key} = {toml_value(value)}")
            continue
        for row in value if many else [value]:
            below += ["", f"[[{inside}{key}]]" if many else f"[{inside}{key}]"]
            below += toml_lines(row, f"{inside}{key}.")
    return lines + below


def head(
    name: str, version: int, task: str, family: str, summary: str, graphs: bool = True
) -> dict[str, Any]:
    """First lines of a card; of a family without graphs there is no opset."""
    lines = {
        "schema": SCHEMA,
        "name": name,
        "version": version,
        "task": task,
        "family": family,
        "summary": summary,
        "licence": "MIT OR Apache-2.0",
    }
    return lines | ({"opset": OPSET} if graphs else {})


def precision_tables(folder: Path) -> list[dict[str, Any]]:
    """The graph that is there, in float32."""
    digest = sha256(folder / GRAPHS[0])
    return [{"name": "float32", "file": GRAPHS[0], "sha256": digest, "loss": "reference"}]
