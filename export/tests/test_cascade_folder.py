"""The folder of the nowcast of curves: what is in it, what is left out, what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from emberline_export.__main__ import main
from emberline_export.data.scores import skill
from emberline_export.models.nowcast.features import NAMES
from emberline_export.onnx.card import read_card
from emberline_export.onnx.cascade import golden
from emberline_export.onnx.cascade.ship import FAMILY
from emberline_export.onnx.upgrade import rewritten

K, F = len(skill.RATES_MM_H), len(NAMES)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Curves that know a little, and rows of two events."""
    curve = np.zeros((K, 2, 1 + F))
    curve[:, 0, 0] = np.linspace(-1, -4, K)
    curve[:, 0, 1 + NAMES.index("z")] = 1.5
    b = curve.reshape(K, -1)
    weights = {
        "rates_mm_h": skill.RATES_MM_H,
        "features": NAMES,
        "fitted_on": ["fmi", "knmi"],
        "cells": 100,
        "fit": b.tolist(),
        "without": {"fmi": b.tolist(), "knmi": (b * 0.5).tolist()},
    }
    (tmp_path / "weights.json").write_text(json.dumps(weights))
    field = {"counts": np.full((K, 3), 2.0), "mae": np.array([1.0, 10.0])}
    tenths = np.tile([10.0, 4.5, 5.0], (len(skill.RELIABLE_MM_H), 10, 1))
    chances = {"crps": np.array([3.0, 10.0]), "reliable": tenths}
    with (tmp_path / "rows.ndjson").open("w") as f:
        for event in ("fmi", "knmi"):
            f.write(skill.line(event, 5, 30, "likely", 3, field))
            f.write(skill.line(event, 5, 30, "chances", 3, chances))
    return tmp_path


def ship(room: Path, name: str, *more: str) -> dict:
    """The card of a folder that is written."""
    said = ["--weights", str(room / "weights.json"), "--rows", str(room / "rows.ndjson"), *more]
    assert main(["onnx", "cascade", str(room / name), *said]) == 0
    return read_card(room / name)


def test_a_folder_holds_curves_and_what_they_say(made: Path) -> None:
    """Card without opset, curves a plane and what the lead adds, golden films, figures."""
    card = ship(made, "rain-v2")
    assert "opset" not in card and card["family"] == FAMILY and card["version"] == 2
    with np.load(made / "rain-v2" / "chance.npz") as z:
        assert z["fit"].shape == (K, 2, 1 + F)
    names = [s["set"] for s in card["score"]]
    assert names[0].startswith("Finland") and names[-1] == "all 2 events"
    assert card["score"][0]["csi_0p5_30min"] == 0.333 and card["score"][0]["crps_30min"] == 0.3
    assert "0.050" in (made / "rain-v2" / "calibration.txt").read_text()
    with np.load(made / "rain-v2" / "golden.npz") as z:
        assert np.isnan(z["showers.frames"]).any() and z["showers.age_s"].tolist()[-1] == 0
        p = z["showers.forecast"].reshape(K, -1, *golden.SHAPE)
        assert len(p[0]) == len(z["showers.lead_s"]) and (np.diff(p, axis=0) <= 0).all()
        assert z["two-frames.likely_mm_h"].shape[1] == len(z["two-frames.lead_s"])


def test_an_event_can_be_left_out(made: Path) -> None:
    """With curves that never saw it, and its scores alone."""
    card = ship(made, "rain-v2", "--without", "knmi")
    assert "Netherlands" not in card["cascade"]["fitted_on"]
    assert card["training"]["never_saw"] == "knmi"
    assert {s["set"][:11] for s in card["score"]} == {"Netherlands"}
    with np.load(made / "rain-v2" / "chance.npz") as z:
        assert z["fit"][0, 0, 0] == -0.5


def test_what_is_changed_is_seen(made: Path, capsys: pytest.CaptureFixture) -> None:
    """Other curves do not say the golden answers; other features are refused."""
    ship(made, "rain-v2")
    with np.load(made / "rain-v2" / "chance.npz") as z:
        fit = z["fit"]
    np.savez(made / "rain-v2" / "chance.npz", fit=fit + 0.1)
    assert main(["onnx", "check", str(made / "rain-v2")]) == 1
    assert "FAILED showers: said again" in capsys.readouterr().out
    text = (made / "weights.json").read_text().replace("growth_mid", "growth_middle")
    (made / "weights.json").write_text(text)
    with pytest.raises(SystemExit, match="of other features"):
        ship(made, "rain-v2")


def test_a_card_without_opset_is_not_upgraded(made: Path) -> None:
    """It is of schema 2 already."""
    ship(made, "rain-v2")
    with pytest.raises(ValueError, match="schema 2, only schema 1 is upgraded"):
        rewritten(made / "rain-v2")


def test_rows_that_are_none_are_refused(tmp_path: Path) -> None:
    """With file and line."""
    (tmp_path / "rows").write_text('{"event": "fmi"}\n')
    with pytest.raises(ValueError, match="rows:1: not a row of rain skill"):
        skill.read(tmp_path / "rows")
