"""Rain nowcasts: scores by their definitions and against pysteps; rows that a run goes on from."""

import json
import stat
import sys

import numpy as np
import pytest

from emberline_export.__main__ import main
from emberline_export.data.clips import Clips
from emberline_export.data.rain import EVENTS
from emberline_export.data.rain_forecast import RainForecast, reaches
from emberline_export.data.rain_starts import LEADS, rates_of, starts
from emberline_export.data.scores.rain import csi
from emberline_export.evaluate.nowcast import onset
from emberline_export.evaluate.nowcast import rows as nowcast_rows
from emberline_export.evaluate.nowcast.crps import of_chances, of_ensemble
from emberline_export.evaluate.nowcast.score import (
    counts,
    fss_sums,
    reliability,
    score,
    score_inside,
)
from emberline_export.onnx.ship import about_of

RATES = np.array([0.1, 0.5, 1.0, 5.0])
NAN = np.nan


@pytest.mark.parametrize(
    ("said", "truth", "want"),
    [
        ([[1.0, 0.0]], [[1.0, 0.0]], [1, 0, 0]),  # a hit, and dry said rightly
        ([[0.0, 1.0]], [[1.0, 0.0]], [0, 1, 1]),  # a miss and a false alarm
        ([[1.0, 1.0]], [[NAN, 1.0]], [1, 0, 0]),  # no data is left out
        ([[0.5, 0.49]], [[0.5, 0.5]], [1, 1, 0]),  # a rate counts from itself on
    ],
)
def test_cells_are_counted(said, truth, want):
    """Hits, misses, false alarms at 0.5 mm/h."""
    assert counts(np.float32(said), np.float32(truth), 0.5) == want


def test_the_lowest_code_is_rain_and_silence_is_dry():
    """Code 1 is 0.1 mm/h whatever the rounding; NaN said is dry."""
    rain = rates_of(np.array([0, 1, 68, 254, 255], np.uint8))
    assert reaches(rain, 0.1).tolist() == [False, True, True, True, False]
    assert reaches(np.nextafter(rain[1:2], np.float32(0)), 0.1).all()
    assert np.isnan(rain[4]) and rain[3] == pytest.approx(623.7, rel=1e-3)
    assert (RainForecast(np.full((1, 1, 2), NAN)).rain_mm_h == 0).all()


def test_fss_is_that_of_pysteps():
    """Pooled numerator and denominator of one pair give its score."""
    pytest.importorskip("pysteps")
    from pysteps.verification.spatialscores import fss

    rng = np.random.default_rng(1)
    said, truth = (rng.gamma(0.3, 3.0, (40, 50)).astype(np.float32) for _ in range(2))
    for rate in (0.5, 5.0):
        squared, reference = fss_sums(said, truth, rate)
        assert 1 - squared / reference == pytest.approx(fss(said, truth, rate, 9), abs=1e-9)
    truth[:9, :9] = NAN
    assert fss_sums(np.where(np.isnan(truth), 99, truth), truth, 0.5)[0] == 0  # no data: no error


def test_crps_of_an_ensemble():
    """By all pairs; as pysteps has it where no member equals the truth."""
    rng = np.random.default_rng(2)
    members, truth = rng.gamma(0.5, 2.0, (7, 60)), rng.gamma(0.5, 2.0, 60)
    pairs = np.abs(members[:, None] - members[None]).sum((0, 1))
    away = np.abs(members - truth).mean(0)
    whole, fair = of_ensemble(members, truth)
    assert np.allclose(whole, away - pairs / (2 * 7 * 7), atol=1e-12)
    assert np.allclose(fair, away - pairs / (2 * 7 * 6), atol=1e-12)
    ties = of_ensemble(np.array([[0.0], [0.0], [0.0], [1.2]]), np.array([0.0]))[0]
    assert ties == pytest.approx(0.075)
    pytest.importorskip("pysteps")
    from pysteps.verification.probscores import CRPS

    assert whole.mean() == pytest.approx(CRPS(members, truth), abs=1e-9)


def test_crps_of_chances_is_the_integral():
    """Against a fine sum over rates; sure and right scores 0."""
    rng = np.random.default_rng(3)
    chance = np.sort(rng.random((4, 40)), 0)[::-1]
    truth = np.concatenate([[0.0, 0.1, 5.0, 10.0, 25.0], rng.gamma(0.5, 6.0, 35)])
    step = 2e-4
    r = np.arange(0, truth.max() + 12, step) + step / 2
    knots = np.concatenate([[0.0], RATES, [2 * RATES[-1]]])
    for k, y in enumerate(truth):
        above = np.interp(r, knots, [chance[0, k], *chance[:, k], 0.0])
        want = (((1 - above) - (r >= y)) ** 2).sum() * step
        assert of_chances(chance[:, k : k + 1], RATES, truth[k : k + 1]) == pytest.approx(
            want, abs=1e-3
        )
    assert of_chances(np.zeros((4, 1)), RATES, np.zeros(1)) == 0
    with pytest.raises(ValueError, match="rise"):
        of_chances(np.zeros((2, 1)), [0.0, 1.0], np.zeros(1))


def test_chances_are_told_in_bins():
    """A chance on an edge belongs to the bin above; 1 to the last."""
    chance = np.array([0.0, 0.1, 0.3, 0.6, 0.7, 0.99, 1.0])
    cells, came, said = reliability(chance, chance > 0.5)
    assert cells == [1, 1, 0, 1, 0, 0, 1, 1, 0, 2]
    assert came == [0, 0, 0, 0, 0, 0, 1, 1, 0, 2]
    assert sum(said) == pytest.approx(chance.sum())
    percent = np.array([90, 89], np.uint8) / np.float32(100)  # a rounding below 0.9
    assert reliability(percent, np.ones(2))[0][8:] == [1, 1]


def test_a_forecast_is_scored_by_lead():
    """An ensemble, chances and a single forecast; a film that ends early has fewer leads."""
    truth = np.zeros((2, 12, 12), np.float32)
    truth[:, 2:6, 2:6] = 2.0
    truth[1, 0, 0] = NAN
    one = np.repeat(truth[:1], 3, 0)
    single = score(RainForecast(one), truth)
    assert single["cells"] == [144, 143] and single["abs_error_sum"] == [0, 0]
    assert "reliability" not in single and single["crps_sum"] == [0, 0]
    half = score(RainForecast(one / 2, np.stack([one, 0 * one])), truth)
    assert half["brier_sum"][0] == [16 * 0.25, 16 * 0.25, 0.0]
    assert half["crps_sum"][0] == pytest.approx(16 * (1.0 - 0.5))  # E|X−y| = 1, half spread ½
    assert half["crps_fair_sum"][0] == pytest.approx(0.0)
    chance = np.stack([one >= r for r in RATES]).astype(np.float32)
    sure = score(RainForecast(one, chance=chance, chance_mm_h=RATES), truth)
    assert sure["brier_sum"] == [[0, 0, 0], [0, 0, 0]]
    assert np.array(sure["reliability"])[0, 0, 0].tolist() == [128, *[0] * 8, 16]
    inside = np.repeat(truth[:1] > 0, 3, 0)
    assert score_inside(RainForecast(one), truth, inside)["cells"] == [16, 16]
    with pytest.raises(ValueError, match="no chance"):
        RainForecast(one, chance=chance[1:], chance_mm_h=RATES[1:]).probability(0.1)


def radar(films: int, frames: int) -> Clips:
    """Wet squares that drift by a cell a frame, with a cell of no data."""
    codes = np.zeros((films, frames, 64, 64), np.uint8)
    for t in range(frames):
        for k, value in enumerate((40, 90, 140)):
            codes[:, t, 8 + 14 * k : 18 + 14 * k, 6 + t : 18 + t + k] = value
    codes[:, :, 0, 0] = 255
    facts = {"minutes": np.full(films, 5.0), "cell_km": np.full(films, 1.0)}
    return Clips(codes, np.full(films, "x"), facts, 254)


def test_starts():
    """A long film is thinned, a short one is not, windows have a start each in turning phases."""
    assert [s.at for s in starts("fmi-20160928", radar(1, 40), 5)] == [2, 7, 12, 17, 22, 27, 32]
    short = list(starts("meteonet-20160828", radar(1, 15), 5))
    assert [(s.at, len(s.codes), len(s.truth_mm_h)) for s in short][::6] == [(2, 3, 12), (8, 9, 6)]
    windows = list(starts("mrms-20190610", radar(12, 12), 5))
    assert [(s.film, s.at) for s in windows] == [(0, 2), (4, 2), (8, 2), (9, 2)]


def run_of(hits: list[int]) -> dict:
    """Runs of one film with a start every 6 frames, one lead, some hits of ten."""
    made = {"data_sha256": "d"}
    return {
        (0, 6 * k): {"leads": 1, "counts": [[[h, 10 - h, 0]]], "cells": [10], "made": made}
        for k, h in enumerate(hits)
    }


def test_intervals_are_of_blocks():
    """Two starts an hour; the same for both methods, so equal gaps have no width."""
    a, b = run_of([6, 7, 8, 9, 5, 6]), run_of([5, 6, 7, 8, 4, 5])
    assert nowcast_rows.block_starts(a) == 2
    here, low, high = nowcast_rows.difference(a, b, "csi", 0, 1)
    assert here == pytest.approx(0.1) and low == pytest.approx(0.1) == high
    assert len(nowcast_rows.difference(run_of([5, 6, 7]), run_of([5, 6, 7]), "csi", 0, 1)) == 1
    with pytest.raises(ValueError, match="other starts"):
        nowcast_rows.comparable("x", {"a": a, "b": run_of([1])})
    assert csi(np.array([6, 2, 2])) == pytest.approx(0.6)


def test_a_model_is_held_out_of_what_it_has_seen():
    """`heldout-EVENT` takes weights that never saw the event, and its page says so."""
    name, version, about = about_of("heldout-fmi-20160928", "rain-fmi")
    assert (name, version) == ("rain", 1) and "fmi" not in about.data and "fmi" in about.limits
    assert "Four radar events" not in about.limits
    assert about_of("rain-v2", "rain-all")[:2] == ("rain", 2)
    for folder, task in (
        ("heldout-fmi-20160928", "rain-all"),
        ("heldout-fmi-20160928", "rain-knmi"),
    ):
        with pytest.raises(SystemExit, match="scored on"):
            about_of(folder, task)
    with pytest.raises(SystemExit, match="no such model"):
        about_of("rainy", "rain-all")


FAKE = """#!{python}
import sys, pathlib, numpy as np
if sys.argv[1] == "--version":
    print("emberline {version}"); sys.exit()
film, out = np.load(sys.argv[2]), pathlib.Path(sys.argv[3])
assert film["kind"] == "rain" and film["dt_s"] == 300 and sys.argv[-1] == "{leads}"
last = film["frames"][-1].astype(float)
rain = np.repeat(np.where(last == 255, np.nan, 0.02 * last)[None], {leads}, 0).astype("f4")
rates = np.array([0.1, 0.5, 1.0, 5.0])
out.mkdir()
percent = np.where(np.isnan(rain), 255, 90 * np.stack([rain >= r for r in rates])).astype("u1")
said = {{"rain_probability_percent": percent, "probability_mm_h": rates.astype("f4")}}
np.savez(out / "forecast.npz", rain_mm_h=rain, **said)
"""


def test_rows_are_made_once_and_told(tmp_path, capsys):
    """From radar to rows to a page; a second run makes nothing, a new program its own rows."""
    pytest.importorskip("pysteps")
    (tmp_path / "radar_dev").mkdir()
    for pattern, _ in EVENTS.values():
        path = tmp_path / "radar_dev" / pattern.replace("*", "00")
        facts = {"dt_min": np.float32(5), "pixel_km": np.float32(1)}
        np.savez(path, frames=radar(1, 36).frames[0], **facts)
    program, models = tmp_path / "fake", tmp_path / "models"
    folder = models / "heldout-fmi-20160928"
    folder.mkdir(parents=True)
    (folder / "SHA256SUMS").write_text("x")

    def build(version: str) -> None:
        program.write_text(FAKE.format(python=sys.executable, version=version, leads=LEADS))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    build("0.1.0")
    rows, page = tmp_path / "rows.ndjson", tmp_path / "nowcast.md"
    call = ["evaluate", "nowcast", str(rows), "--data", str(tmp_path), "--events", "fmi"]
    call += ["--emberline", str(program), "--models", str(models)]
    call += ["--every", "20", "--members", "3"]
    assert main(call) == 0
    made = [json.loads(line) for line in rows.read_text().splitlines()]
    ours = next(r for r in made if r["method"] == "emberline")
    dry, wet = ours["reliability"][0][0][0][0], ours["reliability"][0][0][0][9]
    assert ours["probabilistic"] and dry + wet == ours["cells"][0] and wet > 0
    assert len(made) == 2 * 5 and {r["leads"] for r in made} == {12}
    assert main(call) == 0 and "0 new rows" in capsys.readouterr().out
    build("0.2.0")
    assert main(call) == 0 and "2 new rows" in capsys.readouterr().out
    assert main(["evaluate", "nowcast-page", str(rows), str(page)]) == 0
    told = page.read_text()
    assert "emberline 0.2.0" in told and "emberline 0.1.0" not in told
    assert "### fmi-20160928, inside" in told and "| share of the view |" in told
    assert all(r["inside"]["cells"][-1] < r["cells"][-1] for r in made)
    assert "3 members" in told and "| steps |" in told and "nan" not in told
    with pytest.raises(SystemExit, match="missing"):
        main([*call[:5], "--emberline", str(program), "--models", str(tmp_path)])


def test_statements_are_those_of_the_runtime() -> None:
    """The cases of `runtime/vision/src/nowcast/onset.rs`."""
    for wet, rains, says, span, chance in [
        ([0.0, 0.1, 0.2, 0.1], False, "stays-dry", (0, 0), 0.767),
        ([0.0, 0.05, 0.1, 0.8], False, "starts", (4, 4), 0.697),
        ([0.0, 0.05, 0.5, 0.9], False, "starts", (3, 4), 0.864),
        ([0.2, 0.4, 0.6, 0.8], False, "starts", (1, 4), 0.856),
        ([0.9, 0.8, 0.7, 0.9], True, "goes-on", (0, 0), 0.615),
        ([0.9, 0.9, 0.1, 0.2], True, "stops", (3, 3), 0.778),
        ([0.9, 0.1, 0.1, 0.1], False, "starts", (1, 1), 0.9),
    ]:
        said = onset.statement(np.array(wet), rains)
        assert said[0] == says and said[1:3] == span
        assert said[3] == pytest.approx(chance, abs=6e-4)


def test_what_came_tells_whether_a_statement_was_right() -> None:
    """The cases of `runtime/vision/src/nowcast/onset.rs`."""
    for said, came, right in [
        (("stays-dry", 0, 0, 0.9), [0, 0, 0], True),
        (("stays-dry", 0, 0, 0.9), [0, 0, 1], False),
        (("starts", 2, 3, 0.8), [0, 0, 1], True),
        (("starts", 2, 3, 0.8), [1, 1, 1], False),
        (("starts", 2, 3, 0.8), [0, 0, 0], False),
        (("goes-on", 0, 0, 0.9), [1, 1, 1], True),
        (("goes-on", 0, 0, 0.9), [1, 0, 1], False),
        (("stops", 1, 2, 0.9), [1, 0, 1], True),
        (("stops", 1, 2, 0.9), [1, 1, 0], False),
    ]:
        assert onset.came_true(said, np.array(came, bool)) == right
