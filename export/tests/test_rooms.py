"""The rooms of the package: data flows one way, and every module has a room."""

import ast
from pathlib import Path

import pytest

import emberline_export

ROOT = Path(emberline_export.__file__).parent
ROOMS = ("data", "models", "train", "onnx", "evaluate")  # a room may use those to its left
DOOR = {"__init__", "__main__"}  # the package itself, and its command line


def imported(text: str, package: tuple[str, ...]) -> set[str]:
    """Dotted names inside emberline_export that a module of `package` imports, late ones too."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = [ROOT.name, *package][: len(package) + 2 - node.level] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            found |= {f"{start}.{a.name}" for a in node.names}
    return {n.removeprefix(f"{ROOT.name}.") for n in found if n.startswith(f"{ROOT.name}.")}


def wrong(text: str, package: tuple[str, ...]) -> list[str]:
    """Imports that lead to the right of the module's room, or out of the rooms."""
    allowed = ROOMS[: ROOMS.index(package[0]) + 1]
    return sorted(n for n in imported(text, package) if n.split(".")[0] not in allowed)


def test_every_module_has_a_room() -> None:
    """Nothing lies loose beside the rooms, and each folder says what it holds."""
    first = {p.relative_to(ROOT).with_suffix("").parts[0] for p in ROOT.rglob("*.py")}
    assert first == DOOR | set(ROOMS)
    for folder in {p.parent for p in ROOT.rglob("*.py")}:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text())), folder


def test_no_room_uses_one_to_its_right() -> None:
    """Films, networks, training, model folders, evaluation: in this order."""
    files = [p.relative_to(ROOT) for room in ROOMS for p in (ROOT / room).rglob("*.py")]
    assert len(files) > 90
    found = {str(p): wrong((ROOT / p).read_text(), p.parts[:-1]) for p in files}
    assert {p: w for p, w in found.items() if w} == {}


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("from ...evaluate import station", "evaluate.station"),
        ("from ...evaluate.station import row", "evaluate.station.row"),
        ("from ... import evaluate", "evaluate"),
        ("import emberline_export.evaluate.station", "evaluate.station"),
        ("def late():\n    from emberline_export import __main__", "__main__"),
    ],
)
def test_a_wrong_arrow_is_seen(text: str, target: str) -> None:
    """Relative, absolute and late imports are read alike; those to the left are free."""
    left = "import json\nfrom .hours import Hours\nfrom ..losses import total\nfrom ... import data"
    assert wrong(left, ("train", "station")) == []
    assert wrong(f"{left}\n{text}", ("train", "station")) == [target]
