"""Pages: what is committed is what the templates and the recorded numbers give, byte for byte."""

import re
import tomllib
from pathlib import Path

import jinja2
import pytest

from emberline_export.data.scores import rows as benchmark_rows
from emberline_export.data.scores import skill
from emberline_export.evaluate import accuracy
from emberline_export.evaluate.benchmark import report
from emberline_export.evaluate.nowcast import page as nowcast_page
from emberline_export.evaluate.nowcast import rows as nowcast_rows
from emberline_export.evaluate.precision import page as precision_page
from emberline_export.evaluate.skill import page as skill_page
from emberline_export.onnx import export, ship
from emberline_export.onnx.cascade import ship as cascade_ship
from emberline_export.onnx.page import render, table

ROOT = Path(__file__).resolve().parents[2]
DOCS, MODELS = ROOT / "docs", ROOT / "models"


def sections(text: str) -> list[list[str]]:
    """Paragraphs of every section of a page, the heading first; what stands before is the first."""
    return [part.rstrip("\n").split("\n\n") for part in re.split(r"^(?=## )", text, flags=re.M)]


def test_results_come_from_rows() -> None:
    """`docs/results.md` from `docs/results.ndjson`."""
    text = report.text(benchmark_rows.read(DOCS / "results.ndjson"), DOCS / "img")
    assert text == (DOCS / "results.md").read_text()


def test_nowcasts_come_from_rows() -> None:
    """`docs/nowcast.md` from `docs/rain-skill.ndjson`, and that of the model before."""
    text = skill_page.text(skill.read(DOCS / "rain-skill.ndjson"))
    assert text == (DOCS / "nowcast.md").read_text()
    text = nowcast_page.text(nowcast_rows.read(DOCS / "nowcast-rain-v1.ndjson"))
    assert text == (DOCS / "nowcast-rain-v1.md").read_text()


@pytest.mark.parametrize("folder", sorted(p.name for p in MODELS.glob("*-v*")))
def test_a_models_page_comes_from_its_card(folder: str) -> None:
    """`README.md` of every folder."""
    card = tomllib.loads((MODELS / folder / "card.toml").read_text())
    if card["task"] == "fire-front":
        text = export.page(folder, card)
    elif card["family"] == "cascade":
        text = cascade_ship.page(folder, card)
    else:
        text = ship.page(folder, card, ship.ABOUT[card["name"]])
    assert text == (MODELS / folder / "README.md").read_text()


def test_the_accuracy_page_is_its_template() -> None:
    """The words of `docs/accuracy.md`; its tables are those of the runtime, given back."""
    page = (DOCS / "accuracy.md").read_text()
    _, *sets, (_, pooled) = sections(page)
    simulated, drone = [], []
    for heading, starts, scores, said in sets:
        found = {
            "run": {"starts": int(starts.split()[0])},
            "table": scores,
            "reliability": said.removeprefix("said → observed, by tenths: ").removesuffix("."),
        }
        if side := re.fullmatch(r"## Simulated, (\d+)² cells, (\w+) input", heading):
            simulated.append(found | {"side": side[1], "kind": side[2]})
        else:
            drone.append(found | {"step_s": heading.split()[-3]})
    assert (len(simulated), len(drone)) == (4, 2)
    assert page == render(accuracy.PAGE, simulated=simulated, drone=drone, pooled=pooled)


def test_the_precision_page_is_its_template() -> None:
    """The words of `docs/precisions.md`; its tables are what was measured, given back."""
    page, models = (DOCS / "precisions.md").read_text(), []
    by_hand = re.search(r"^This page holds two runs.+?\n\n", page, re.M | re.S)[0]
    page = page.replace(by_hand, "")
    head, *parts = sections(page)
    for heading, films, scores, note, sizes, speed, *slow in parts:
        sets, count = re.fullmatch(r"Validation films: (.+), (\d+) in all\.", films).groups()
        model = {"name": heading.removeprefix("## "), "sets": sets.split(", "), "films": count}
        model |= {"accuracy": scores, "note": note, "bytes": sizes, "speed": speed}
        profile, best = None, 0.0
        if slow:
            best, side, nodes, share = slow
            best = float(re.search(r"×([\d.]+),", best)[1])
            said = r"Convolutions take (.+)\. They are (\d+%) of .+ would be ×([\d.]+)\."
            names = ("convolutions", "share", "most")
            profile = dict(zip(names, re.fullmatch(said, share).groups(), strict=True))
            profile |= {"side": re.search(r"a (\d+)² window", side)[1], "table": nodes}
        models.append(model | {"profile": profile, "best": best})
    machine, runtime = re.search(r"Milliseconds: (.+), ONNX Runtime (\S+),\n", head[-1]).groups()
    gate = {"psnr": 0.1, "f1": 0.01, "csi": 0.01, "codes": "99%"}
    facts = {"machine": machine, "onnxruntime": runtime, "also": ["int8-u8"], "fast": 1.5}
    assert page == render(precision_page.PAGE, models=models, **facts, **gate)


def test_a_name_that_is_not_given_is_an_error(tmp_path: Path) -> None:
    """A template never leaves a gap; block lines leave no blank line behind."""
    path = tmp_path / "page.md.j2"
    path.write_text("# {{ name }}\n\n{% if more %}\n{{ more }}\n{% endif %}\nend\n\n\n")
    assert render(path, name="a", more=None) == "# a\n\nend\n"
    assert render(path, name="a", more=table("xy", ["12"])) == (
        "# a\n\n| x | y |\n|---|---|\n| 1 | 2 |\nend\n"
    )
    with pytest.raises(jinja2.UndefinedError, match="more"):
        render(path, name="a")
