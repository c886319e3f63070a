"""Cards: schema 2 written and read, schema 1 rewritten by one verb and refused by all others."""

import hashlib
import tomllib
from pathlib import Path

import numpy as np
import pytest

from emberline_export.__main__ import main
from emberline_export.models.nowcast.features import NAMES
from emberline_export.onnx import chance
from emberline_export.onnx.card import CardError, read_card, toml_text
from emberline_export.onnx.upgrade import upgraded

ROOT = Path(__file__).resolve().parents[2]
CARDS = sorted(ROOT.glob("models/*-v*/card.toml")) + sorted(ROOT.glob("tests/data/*/card.toml"))
HEAD = """name = "rain"
version = 1
task = "rain"
"""
REST = """summary = "Says \\"rain\\"."
opset = 17

[input]
kinds = ["rain", "rgb"]
frames = 2
"""
MIDDLE = """step_s = [240.0, 420.0]

[output]
leads = 10
"""
DRIFT = """file = "drift.npz"
all_bits = 11.0
"""
RGB = """all_bits = 12.5
"""
NOWCAST = """
[nowcast]

[nowcast.blend]
falls = 0.5
"""
BOOKS = ("codes = 256\nstride = 4\n", "codes = 128\nstride = 2\n")
END = """
[[precision]]
name = "float32"

[training]
steps = 923

[[score]]
psnr = 1.5
"""
# As the runtime's schema 1 had it, and what becomes of it.
OLD = (
    f"schema = 1\n{HEAD}{REST}front_channels = 5\n{MIDDLE}\n[drift]\n{DRIFT}\n[drift.rgb]\n{RGB}"
    f"{NOWCAST}\n[[codebook]]\n{BOOKS[0]}\n[[codebook]]\n{BOOKS[1]}{END}"
)
NEW = (
    f'schema = 2\n{HEAD}family = "physicnet"\n{REST}{MIDDLE}{NOWCAST}'
    f"\n[physicnet]\nfront_channels = 5\n\n[physicnet.drift]\n{DRIFT}\n[physicnet.drift.rgb]\n{RGB}"
    f"\n[[physicnet.codebook]]\n{BOOKS[0]}\n[[physicnet.codebook]]\n{BOOKS[1]}{END}"
)


def folder_of(room: Path, name: str, text: str) -> Path:
    """A folder with a card, another file, and hashes that are right."""
    path = room / name
    path.mkdir()
    (path / "README.md").write_text("# a page\n")
    (path / "card.toml").write_text(text)
    (path / "SHA256SUMS").write_text(
        "".join(map(sums_line, (path / "README.md", path / "card.toml")))
    )
    return path


def sums_line(path: Path) -> str:
    """A line as sha256sum writes it."""
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"


def contents(room: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(p.relative_to(room)): p.read_bytes() for p in room.rglob("*") if p.is_file()}


def test_upgrade_rewrites_the_card_and_its_hash(tmp_path: Path, capsys) -> None:
    """Text as written by hand above; nothing else of the folder changes."""
    a, b = (folder_of(tmp_path, n, OLD) for n in ("rain-v1", "rain-v2"))
    page, _ = (a / "SHA256SUMS").read_text().splitlines(keepends=True)
    assert main(["onnx", "upgrade", str(a), str(b)]) == 0
    assert capsys.readouterr().out == f"{a}: schema 2\n{b}: schema 2\n"
    for folder in (a, b):
        assert (folder / "card.toml").read_text() == NEW
        assert (folder / "SHA256SUMS").read_text() == page + sums_line(folder / "card.toml")
        assert sorted(p.name for p in folder.iterdir()) == ["README.md", "SHA256SUMS", "card.toml"]
        assert read_card(folder)["family"] == "physicnet"


def test_upgrade_of_a_model_without_codebooks() -> None:
    """No empty table is made up; nothing else is lost."""
    old = tomllib.loads(OLD) | {"drift": None, "codebook": None}
    old = {k: v for k, v in old.items() if v is not None}
    new = upgraded(old)
    assert new["physicnet"] == {"front_channels": 5}
    assert new.keys() - {"physicnet", "family"} == old.keys()
    assert list(new)[:5] == ["schema", "name", "version", "task", "family"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NEW, "schema 2, only schema 1 is upgraded"),
        (OLD.replace("schema = 1\n", ""), "schema none, only schema 1 is upgraded"),
        (OLD.replace("front_channels = 5\n", ""), "no front_channels, which schema 1 has"),
        ("schema = ", "Invalid value"),
    ],
)
def test_upgrade_refuses_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    """And leaves every folder as it is, also those that it could rewrite."""
    good, bad = folder_of(tmp_path, "a-v1", OLD), folder_of(tmp_path, "b-v1", text)
    before = contents(tmp_path)
    with pytest.raises(SystemExit, match=said) as end:
        main(["onnx", "upgrade", str(good), str(bad)])
    assert str(end.value).startswith("error: ") and "\n" not in str(end.value)
    assert contents(tmp_path) == before


def test_upgrade_refuses_a_card_that_was_changed(tmp_path: Path) -> None:
    """New hashes would vouch for it."""
    folder = folder_of(tmp_path, "a-v1", OLD)
    (folder / "card.toml").write_text(OLD.replace("923", "924"))
    with pytest.raises(SystemExit, match="not the card of SHA256SUMS"):
        main(["onnx", "upgrade", str(folder)])


def test_others_refuse_schema_1_and_name_the_command(tmp_path: Path) -> None:
    """One line, from whatever reads a card."""
    folder = folder_of(tmp_path, "rain-v1", OLD)
    command = f"`python -m emberline_export onnx upgrade {folder}`"
    with pytest.raises(CardError, match="schema 1; ") as end:
        read_card(folder)
    assert command in str(end.value)
    fit = ["chance", "--data", "x", "--emberline", "x", "--models", "x", "--ship", str(folder)]
    for call in (["check", str(folder)], ["quantize", str(folder), "--data", "x"], fit):
        with pytest.raises(SystemExit) as end:
            main(["onnx", *call])
        assert str(end.value).startswith("error: ") and command in str(end.value)
        assert "\n" not in str(end.value)
    folder_of(tmp_path, "rain-v3", NEW.replace("schema = 2", "schema = 3"))
    with pytest.raises(CardError, match="schema 3, this version reads 2"):
        read_card(tmp_path / "rain-v3")


def test_chances_stand_before_the_familys_table(tmp_path: Path) -> None:
    """`onnx chance` writes a card in the order in which it is read."""
    folder = folder_of(tmp_path, "rain-v1", NEW)
    chance.write(folder, None)
    card = read_card(folder)
    assert card["nowcast"] == {"blend": chance.BLEND}
    assert list(card)[-5:] == ["nowcast", "physicnet", "precision", "training", "score"]


@pytest.mark.parametrize("path", CARDS, ids=lambda p: p.parent.name)
def test_committed_cards_are_as_the_writer_writes_them(path: Path) -> None:
    """Schema 2, byte for byte, and codebooks as large as the tables of drift."""
    card = read_card(path.parent)
    assert toml_text(card) == path.read_text()
    own = card[card["family"]]
    if "opset" not in card:
        assert card["family"] == "cascade" and own["features"] == list(NAMES)
        return
    maps = {"fire-v1": 5, "fire-v2": 6}
    assert own["front_channels"] == maps.get(path.parent.name, 0)
    for book in own.get("codebook", ()):
        with np.load(path.with_name(own["drift"]["file"])) as z:
            assert z[f"use_{book['level']}"].shape == (book["codes"],)
