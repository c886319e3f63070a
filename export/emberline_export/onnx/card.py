"""A model card: `card.toml`, read, and written as plain TOML."""

import tomllib
from pathlib import Path
from typing import Any

from .folder import GRAPHS, sha256

OPSET = 17  # of every graph


def read_card(folder: Path) -> dict[str, Any]:
    """Parse `card.toml`."""
    return tomllib.loads((folder / "card.toml").read_text())


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
    return {
        "schema": 1,
        "name": name,
        "version": version,
        "task": task,
        "summary": summary,
        "licence": "MIT OR Apache-2.0",
        "opset": OPSET,
    }


def precision_tables(folder: Path) -> list[dict[str, Any]]:
    """The graph that is there, in float32."""
    digest = sha256(folder / GRAPHS[0])
    return [{"name": "float32", "file": GRAPHS[0], "sha256": digest, "loss": "reference"}]
