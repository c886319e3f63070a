"""The station outlook: inputs never look ahead, checks are the runtime's, golden files are true."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from emberline_export.train.station.blend import least_squares
from emberline_export.train.station.fit import ABOUT
from emberline_export.train.station.golden import RECORD_LEAST, outlooks
from emberline_export.train.station.hours import (
    QUANTITIES,
    TMY3,
    Hours,
    checked,
    derive,
    dew_c,
    humidity,
    read_table,
    read_tmy3,
)
from emberline_export.train.station.model import Model, fit_all, moments_of, quantile
from emberline_export.train.station.model import outlooks as all_outlooks
from emberline_export.train.station.terms import TARGETS, place, table

ROOM = Path(__file__).parents[2] / "runtime/weather/src"
NAN = float("nan")


def made_up(n: int, seed: int = 3) -> Hours:
    """A station whose weather is a wave of the day, a slow drift and some noise."""
    rng, h = np.random.default_rng(seed), np.arange(n)
    day, drift = np.sin(2 * np.pi * h / 24), np.cumsum(rng.normal(0, 0.2, (2, n)), 1)
    grid = {
        "temp_c": 15 + 6 * day + drift[0] + rng.normal(0, 0.2, n),
        "rh_percent": np.clip(60 - 20 * day + rng.normal(0, 2, n), 5, 100),
        "wind_m_s": np.abs(4 + day + rng.normal(0, 0.5, n)),
        "wind_from_deg": rng.uniform(180, 270, n),
        "pressure_hpa": 1010 + drift[1] + rng.normal(0, 0.05, n),
    }
    return Hours("X", datetime(2026, 5, 1, tzinfo=UTC), -3.0, derive(grid))


def test_every_term_of_every_lead_is_from_the_past():
    """What comes after the issue changes no input."""
    hours = made_up(80)
    later = {q: v.copy() for q, v in hours.values.items()}
    for v in later.values():
        v[50:] = 1e6
    other = replace(hours, values=later)
    for sets in TARGETS.values():
        for terms in sets.values():
            for lead in range(1, 7):
                a, b = table(hours, terms, lead)[:50], table(other, terms, lead)[:50]
                assert np.array_equal(a, b, equal_nan=True)
    with pytest.raises(ValueError, match="looks into the future"):
        place(hours, "temp_c[L]", 1)


def test_a_regular_station_is_forecast_better_than_it_persists():
    """About 80 % of its hours are inside the intervals, and a bad regression is not believed."""
    hours = made_up(24 * 80)
    use = np.arange(len(hours)) < 24 * 50
    group = [moments_of([hours], [use])]
    model = Model(fit_all([group, group], 30.0), {}, {}, {}, ABOUT, record_least=100)
    for w in ("temp_c", "pressure_hpa"):
        model.prior[w] = [[0.5, 0.5, 0, 0, 0]] * 6
        model.day[w], model.error[w] = [[1.0] * 8] * 6, {s: [1.0] * 6 for s in TARGETS[w]}

    def error(told: Model) -> tuple[float, float, float]:
        (o,) = all_outlooks(told, [(hours, "temp_c", 6)], [~use])
        came = np.roll(hours.values["temp_c"], -6)
        ok = np.isfinite(o.said) & (np.arange(len(hours)) < len(hours) - 6)
        e = np.abs(o.said - came)[ok]
        assert o.own[ok].all() and np.allclose(o.weights[ok].sum(1), 1)
        held = (e <= o.half[ok]).mean()
        return e.mean(), np.abs(hours.values["temp_c"] - came)[ok].mean(), held

    good, persistence, held = error(model)
    assert good < 0.2 * persistence and 0.77 < held < 0.83
    for fit in model.fits["temp_c"].values():
        for lead in fit.weights[0]:
            lead[0] += 8.0  # the first regression is 8 °C too warm from now on
    bad, _, held = error(model)
    assert bad < 1.1 * good and 0.77 < held < 0.83


def test_weights_are_those_of_least_squares_that_are_not_negative():
    """Against a fine search over all of them."""
    rng = np.random.default_rng(1)
    for _ in range(5):
        e = rng.normal(0, 1, (50, 3)) @ rng.normal(0, 1, (3, 3))
        q = (e.T @ e)[None]
        w = least_squares(q, np.zeros((1, 3)), np.full((1, 3), 1 / 3), 200)[0]
        grid = [(i, j, 100 - i - j) for i in range(101) for j in range(101 - i)]
        best = min(np.array(g) / 100 @ q[0] @ (np.array(g) / 100) for g in grid)
        assert w.min() >= 0 and np.isclose(w.sum(), 1) and w @ q[0] @ w <= best + 1e-9


def test_tables_of_each_kind_are_read(tmp_path: Path):
    """TMY3: observed values only, months apart; our own columns: hours by their times."""
    names = [n for name in TMY3.values() for n in (name, name.split(" (")[0] + " source")]
    head = ["Date (MM/DD/YYYY)", "Time (HH:MM)", *names]
    rows = [
        ["01/31/1999", "24:00", "5.0", "A", "80", "A", "2.0", "A", "90", "A", "1000", "A"],
        ["02/01/2003", "01:00", "6.0", "B", "81", "A", "-9900", "A", "90", "A", "1001", "A"],
    ]
    text = ["1,X Y,ZZ,-7.0,33.5,-112.0,300", ",".join(head), *map(",".join, rows)]
    (tmp_path / "a.tmy3").write_text("\n".join(text) + "\n")
    hours = read_tmy3(tmp_path / "a.tmy3")
    assert (len(hours), hours.longitude, hours.start.hour) == (50, -112.0, 8)
    assert hours.values["temp_c"][0] == 5 and hours.values["pressure_hpa"][49] == 1001
    assert all(np.isnan(hours.values[q][49]) for q in ("temp_c", "rh_percent", "wind_m_s"))
    (tmp_path / "b.csv").write_text(
        "time_utc,temp_c,rh_pct,wind_ms\n2026-01-01T02:00:00Z,3,,1\n2026-01-01T00:00:00Z,1,50,2\n"
    )
    hours = read_table(tmp_path / "b.csv", 10.0)
    assert np.array_equal(hours.values["temp_c"], [1, NAN, 3], equal_nan=True)
    assert np.array_equal(hours.values["rh_percent"], [50, NAN, NAN], equal_nan=True)


@pytest.mark.parametrize(
    ("quantity", "values", "left"),
    [  # the table of runtime/weather/src/quality.rs
        ("wind_m_s", [5, 468.5, 6], [0, 1, 0]),
        ("rh_percent", [0, 100, 119, -6], [0, 1, 1, 1]),
        ("temp_c", [13.9, -10.5, 14], [0, 1, 0]),
        ("temp_c", [30, 18, 17.5, 17], [0, 1, 0, 0]),
        ("temp_c", [30, 21, 12], [0, 0, 0]),
        ("pressure_hpa", [1010, 1021, 985, 1010.5], [0, 1, 1, 0]),
        ("pressure_hpa", [1011, NAN, 999, 987], [0, 1, 0, 1]),
        ("temp_c", [5, NAN, NAN, NAN, 20], [0, 1, 1, 1, 0]),
    ],
)
def test_checks_are_the_runtimes(quantity: str, values: list[float], left: list[int]):
    """Range and step leave out the same values."""
    said = checked({quantity: np.array(values, float)})[quantity]
    assert np.isnan(said).tolist() == [bool(x) for x in left]


def test_humidity_and_dew_point_turn_into_each_other():
    """To and fro, and against a longer formula."""
    temp, rh = np.array([-10.0, 3.9, 35.0]), np.array([40.0, 59.37, 15.0])
    assert np.allclose(humidity(temp, dew_c(temp, rh)), rh)
    assert np.allclose(dew_c(temp, rh), [-21.06, -3.294, 4.528], atol=0.05)  # Hyland and Wexler
    assert np.isnan(dew_c(np.array([20.0]), np.array([0.0])))


def test_quantile_is_split_conformal():
    """The ⌈(n + 1) · level⌉-th smallest, at most the largest."""
    assert quantile(np.arange(1.0, 10.0)) == 8  # ⌈10 · 0.8⌉-th of 9
    assert quantile(np.array([2.0])) == 2


def test_golden_outlooks_follow_from_golden_readings():
    """The files that the runtime is tested with are those of the model it embeds."""
    rows = list(csv.DictReader((ROOM / "golden/readings.csv").open()))
    grid = {q: np.array([float(r[q]) if r[q] else NAN for r in rows]) for q in QUANTITIES}
    hours = Hours("made up", datetime.fromisoformat(rows[0]["time"]), -73.87, derive(grid))
    model = replace(Model.read(ROOM / "outlook.json"), record_least=RECORD_LEAST)
    assert outlooks(model, hours) == (ROOM / "golden/outlooks.csv").read_text()


def test_a_model_is_read_as_it_was_written(tmp_path: Path):
    """To the letter."""
    text = (ROOM / "outlook.json").read_text()
    Model.read(ROOM / "outlook.json").write(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text() == text
