"""Rows that the built program makes: what it runs, what it refuses, and what is told of it."""

import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from emberline_export.evaluate.precision import program
from emberline_export.evaluate.precision.rows import accuracy_table, measured
from emberline_export.onnx.card import read_card
from emberline_export.onnx.precision.films import Film, task_of, validation
from emberline_export.onnx.precision.runner import Refused, clamped, window
from emberline_export.onnx.precision.scores import frames_of, measure

pytest_plugins = ["precision_room"]  # films and a model folder
# Has one engine, which repeats the last frame and knows float32 alone; `half` fails on frames of 0.
FAKE = """#!{python}
import json, sys
from pathlib import Path
import numpy as np

verb, asked = sys.argv[1], dict(zip(sys.argv[4::2], sys.argv[5::2]))
if verb == "--version":
    print("emberline 9")
elif verb == "models":
    check = {{"engine": "tract", "precision": "float32", "fault": None, "codes_agree": 0.5}}
    check |= {{"frames_difference": 0.25, "probability_difference": None, "agree": None}}
    absent = [[e, "not in /usr/lib/libonnxruntime.so"] for e in ("ort-cpu", "cuda", "tensorrt")]
    print(json.dumps({{"checks": [check], "engines": absent}}))
    sys.exit(1)
else:
    with np.load(sys.argv[2]) as z:
        last = z["frames"][-1].astype(np.float32)
    if asked["--precision"] == "int8":
        sys.exit("note: talk\\nerror: tract: float32 only | not int8; use float32")
    if not last.any():
        sys.exit("error: /some/room/clip.npz: nothing to see")
    Path(sys.argv[3]).mkdir()
    frames = np.repeat(last[None], 10, 0)
    codes = {{"codes_global": frames[:, ::4, ::4], "codes_local": frames[:, ::2, ::2]}}
    np.savez(sys.argv[3] + "/forecast.npz", frames=frames, **codes)
"""


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """A stand-in for the program."""
    path = tmp_path / "emberline"
    path.write_text(FAKE.format(python=sys.executable))
    path.chmod(0o755)
    return path


def shop_of(made: Path, data: Path, limit: int) -> SimpleNamespace:
    """What rows are measured by."""
    card = read_card(made)
    films = list(validation(task_of(card), data, card["name"], limit))
    reference = measure(clamped(window(made / "model.onnx")), films, card)
    return SimpleNamespace(card=card, validation=films, reference=reference)


def test_a_program_gets_a_row_for_what_it_runs_and_for_what_it_refuses(
    model_folder: Path, data: Path, fake: Path
) -> None:
    """Engines that are not here stand in one line; no row and no line names a machine's folders."""
    here, note = program.engines(fake, model_folder)
    assert list(here) == ["emberline, tract"]
    absent = "ort-cpu, cuda, tensorrt: not here, not in libonnxruntime.so."
    assert note == f"Rows of emberline: emberline 9; {absent}"
    shop = shop_of(model_folder, data, 1)
    shutil.copy(model_folder / "model.onnx", model_folder / "model.int8.onnx")
    ran, refused = rows = measured(
        shop, model_folder, here, {"float32": "", "int8": ""}, shop.reference
    )
    film = shop.validation[0]
    mse = ((film.future - film.frames[-1]) ** 2).mean((1, 2))
    assert ran.result.scores.psnr_db["PSNR val"] == pytest.approx((-10 * np.log10(mse)).mean())
    assert (ran.result.far, ran.result.alike) == (0.25, 0.5)
    assert refused.result == "tract: float32 only / not int8"
    head, _, first, second = accuracy_table(rows).splitlines()
    assert "refused: tract: float32 only / not int8 | – | – | – |" in second
    assert head.count("|") == first.count("|") == second.count("|")


def test_a_program_that_fails_half_way_is_an_error(made: Path, fake: Path) -> None:
    """Only the first film tells whether a precision is run at all."""
    run = program.engines(fake, made)[0]["emberline, tract"](made, "float32").run
    frames = np.ones((10, 32, 32), np.float32)
    with pytest.raises(Refused, match="^clip.npz: nothing to see$"):
        run(Film("val", 0 * frames, frames))
    assert run(Film("val", frames, frames))["frames"].shape == (10, 32, 32)
    with pytest.raises(ValueError, match="tract, float32, film 1: clip.npz: nothing to see"):
        run(Film("val", 0 * frames, frames))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, "no program at emberline"),
        ("#!/bin/sh\necho 'error: model x: wrong hash' >&2; exit 2", "model x: wrong hash"),
        ("#!/bin/sh\nexit 3", "exit code 3"),
    ],
)
def test_a_program_that_cannot_be_run_is_told(
    made: Path, tmp_path: Path, script: str | None, said: str
) -> None:
    """No rows, and a line that says why."""
    path = tmp_path / "emberline"
    if script:
        path.write_text(script)
        path.chmod(0o755)
    here, note = program.engines(path, made)
    assert not here and note.startswith("emberline: not run, ") and note.endswith(f"{said}.")


@pytest.mark.parametrize(
    ("frames", "probability", "agree", "far"),
    [
        (0.1, 0.2, 1.0, 0.2),
        (0.1, None, None, 0.1),
        (None, 0.2, 1.0, np.inf),
        (0.1, None, 0, np.inf),
    ],
)
def test_an_infinite_difference_is_not_lost(
    frames: float | None, probability: float | None, agree: float | None, far: float
) -> None:
    """JSON has no infinity: the program writes null, as it does where there is no probability."""
    check = {"frames_difference": frames, "probability_difference": probability, "agree": agree}
    assert program.difference(check) == far


def test_rain_goes_out_as_codes_and_comes_back_as_shares(tmp_path: Path) -> None:
    """Every code survives; the program's frames are scored as they are, its rates with them."""
    card = {"task": "rain", "input": {"kinds": ["rain"], "step_s": [240.0, 420.0]}}
    codes = np.arange(255, dtype=np.uint8).reshape(1, 15, 17)
    film = Film("val", np.repeat(codes / np.float32(254), 2, 0), codes / np.float32(254))
    clip = program.clip_of(film, card)
    assert (clip["frames"] == codes).all() and clip["frames"].dtype == np.uint8
    assert clip["kind"] == "rain" and clip["dt_s"] == 240.0
    np.savez(tmp_path / "forecast.npz", frames=codes.astype(np.float32)[:, ::-1])
    out = program.answer(tmp_path / "forecast.npz", card)
    said = frames_of(film, out, card | {"output": {"rates": "matched"}})
    assert (said == film.future[:, ::-1]).all()


@pytest.mark.skipif(
    not program.PROGRAM.is_file() and not os.environ.get("CI"),
    reason="NOT RUN: no target/release/emberline; cargo build --release",
)
def test_the_built_program_scores_as_onnx_runtime_in_python(made: Path, data: Path) -> None:
    """Same films, same graphs: tract and ONNX Runtime inside the program, beside Python's."""
    here, note = program.engines(program.PROGRAM, made)
    assert {"emberline, tract", "emberline, ort-cpu"} <= set(here), note
    shop = shop_of(made, data, 2)
    for row in measured(shop, made, here, {"float32": ""}, shop.reference):
        assert row.result.loss.psnr_db < 0.01, row
        assert row.result.far < 1e-3 and row.result.alike > 0.999, row
        assert row.result.codes > 0.99, row
