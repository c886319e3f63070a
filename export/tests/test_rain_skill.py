"""The rain nowcast's reference: motion, cascade, chances and the one field, on made films."""

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from emberline_export.data import rain_films
from emberline_export.data.rain_films import Film, Start
from emberline_export.data.scores.skill import RATES_MM_H
from emberline_export.models.nowcast import decide, logistic
from emberline_export.models.nowcast.carry import beyond_cells, paths, sample
from emberline_export.models.nowcast.cascade import cascade, coarser, smoothed, split
from emberline_export.models.nowcast.features import NAMES, each_lead, lag_frames, now
from emberline_export.models.nowcast.velocity import decibels, pairs, velocity

SPEED = (0.6, -0.25)  # cells a minute, right and down


def rain(minutes: float, n: int = 128) -> np.ndarray:
    """A field of showers that only moves, mm/h."""
    noise = gaussian_filter(np.random.default_rng(4).standard_normal((3 * n, 3 * n)), 4)
    noise = 10 ** (1.6 * noise / noise.std() - 1)
    y, x = np.mgrid[:n, :n].astype(np.float32)
    moved = sample(noise, x + n - SPEED[0] * minutes, y + n - SPEED[1] * minutes)
    return np.where(moved < 0.1, 0, moved)


@pytest.mark.parametrize(
    ("ages", "found"),
    [
        ((10, 5, 0), [(1, 2), (0, 1)]),
        ((30, 15, 0), [(1, 2)]),
        ((20, 0), [(0, 1)]),
        ((8, 6, 4, 2, 0), [(2, 4), (0, 2)]),
        ((25, 20, 10, 0), [(2, 3)]),
        ((7, 2, 0), [(0, 2)]),
        ((6, 4, 2, 0), [(1, 3)]),
        ((2, 0), [(0, 1)]),
        ((15.4, 9.9, 5.1, 0), [(2, 3), (1, 2), (0, 1)]),
        ((12.2, 8.2, 4.2, 2, 0.3, 0), [(2, 5), (1, 2), (0, 1)]),
        ((45, 31, 0), []),
        ((0,), []),
    ],
)
def test_pairs_are_chosen_by_their_times(ages: tuple, found: list) -> None:
    """Four minutes apart or so, within a quarter of an hour; the newest up to half an hour."""
    assert pairs(ages) == found


@pytest.mark.parametrize("ages", [(10, 5, 0), (10, 0), (15, 5, 0), (12, 9, 6, 3, 0), (15, 0)])
def test_a_missing_frame_does_not_change_the_speed(ages: tuple) -> None:
    """Cells a minute, whatever the frames' spacing."""
    pytest.importorskip("pysteps")
    v = velocity(decibels(np.stack([rain(-a) for a in ages])), ages)
    assert np.abs(np.median(v, (1, 2)) - SPEED).max() < 0.02


def test_paths_are_straight_in_uniform_wind() -> None:
    """Where the air was, and how far beyond the border."""
    v = np.stack([np.full((20, 30), s, np.float32) for s in SPEED])
    (x, y), (x2, _) = paths(v, [10, 25])
    assert np.allclose(x[4], np.arange(30) - 6, atol=1e-4)
    assert np.allclose(y[:, 3], np.arange(20) + 2.5, atol=1e-4)
    assert np.allclose(x2[4], np.arange(30) - 15, atol=1e-4)
    assert beyond_cells(x, y)[0, 0] == pytest.approx(6) and beyond_cells(x, y)[5, 20] == 0


def test_between_followed_paths_lines_are_straight() -> None:
    """In a turning wind, whose edge is a kink, against paths from every cell; small views, too."""
    y, x = np.mgrid[:37, :50].astype(np.float32)
    v = np.stack([(18 - y) * 0.02, (x - 25) * 0.02 + 0.1])
    for (x1, y1), minutes in zip(paths(v, [5, 30]), (5, 30), strict=True):
        x2, y2 = x, y
        for _ in range(minutes // 5):
            vx, vy = (sample(c, x2, y2) for c in v)
            for _ in range(2):
                half = x2 - vx * 2.5, y2 - vy * 2.5
                vx, vy = (sample(c, *half) for c in v)
            x2, y2 = x2 - vx * 5, y2 - vy * 5
        apart = np.hypot(x1 - x2, y1 - y2)
        assert apart[::4, ::4].max() < 1e-4 and apart.max() < 1 and apart.mean() < 0.03
    for h, w in ((1, 1), (1, 9), (2, 50), (5, 4)):
        ((x1, y1),) = paths(np.ones((2, h, w)), [3])
        assert np.allclose(x1, np.arange(w) - 3) and np.allclose(y1.T, np.arange(h) - 3)


def test_samples_are_bilinear_and_the_border_is_repeated() -> None:
    """By hand, to the last digit of 32 bits."""
    field = np.array([[0, 10], [20, 50]], np.float32)
    x, y = np.array([0.3, -4.0, 9.0, 0.01]), np.array([0.6, 0.5, 1.0, 0.0])
    assert np.allclose(sample(field, x, y), [0.4 * 3 + 0.6 * 29, 10, 50, 0.1], atol=1e-5)


@pytest.mark.parametrize("sigma", [1.0, 4.0, 5.9, 6.0, 8.0, 16.0, 30.0, 64.0])
@pytest.mark.parametrize("size", [(128, 128), (61, 90), (7, 150)])
def test_wide_gaussians_are_those_of_scipy(sigma: float, size: tuple) -> None:
    """Within 1 % of the field's spread of the same over every cell, no-data and all."""
    rng = np.random.default_rng(2)
    x = gaussian_filter(rng.standard_normal(size), 2).astype(np.float32)
    seen = gaussian_filter(rng.standard_normal(size), 6) > -0.02
    soft = lambda f: gaussian_filter(f, sigma, mode="constant", truncate=3)  # noqa: E731
    want = soft(np.where(seen, x, 0)) / np.maximum(soft(seen.astype(np.float32)), 1e-6)
    mean, weight = smoothed(x, seen, sigma)
    assert coarser(sigma) == (1 if sigma < 6 else 2 ** int(np.log2(sigma / 3)))
    assert np.abs(mean - want)[seen].max() < (1e-6 if sigma < 6 else 0.01) * np.ptp(x)
    assert np.abs(weight - soft(seen.astype(np.float32))).max() < (1e-6 if sigma < 6 else 0.04)


@pytest.mark.parametrize(("h", "w", "cell_km"), [(64, 96, 1.0), (31, 17, 2.0), (40, 40, 0.25)])
def test_bands_add_up_and_unseen_cells_do_not_count(h: int, w: int, cell_km: float) -> None:
    """On any grid; what lies under no-data changes no band of the cells that are seen."""
    db = gaussian_filter(np.random.default_rng(1).standard_normal((h, w)), 2).astype(np.float32) * 9
    seen = np.ones((h, w), bool)
    seen[:6, :9] = False
    mean, bands, which = split(db, seen, cell_km)
    assert len(bands) == len(which)
    assert np.allclose(mean + bands.sum(0), db, atol=1e-4)
    other = split(np.where(seen, db, 40), seen, cell_km)[1]
    assert np.allclose(other[:, seen], bands[:, seen], atol=1e-3)


def test_what_lives_long_is_kept() -> None:
    """A frozen field keeps its scales, noise loses them; deviation grows with lead."""
    db = gaussian_filter(np.random.default_rng(1).standard_normal((96, 96)), 3) * 20
    seen = np.ones(db.shape, bool)
    frozen = cascade(db, seen, [(10.0, db, seen)], 1.0)
    noise = np.random.default_rng(2).standard_normal(db.shape) * 3
    fading = cascade(db, seen, [(10.0, noise, seen)], 1.0)
    assert (frozen.kept(30) > fading.kept(30)).all()
    assert frozen.sigma(10) < frozen.sigma(60) < fading.sigma(60) + 1e-9
    assert np.abs(fading.mean(1e6) - fading.mean_db).max() < 1e-6


@pytest.mark.parametrize("step", [5, 10, 15])
def test_films_of_any_step_give_the_same_features(step: int) -> None:
    """What only moves is known alike from frames 5, 10 and 15 minutes apart."""
    pytest.importorskip("pysteps")

    def at(step: int) -> np.ndarray:
        ages = np.arange(30, -1, -step)
        n = now(np.stack([rain(-a) for a in ages]), ages, 1.0)
        return next(x for _, x in each_lead(n, [30.0]))

    inner = (slice(None), slice(None), slice(30, -30), slice(30, -30))
    apart = np.abs(at(step) - at(5))[inner].mean((0, 2, 3))
    assert dict(zip(NAMES, apart.round(2), strict=True)) and apart.max() < 0.35


@pytest.mark.parametrize(
    ("ages", "found"),
    [
        ((30, 25, 20, 15, 10, 5, 0), [5, 4]),
        ((14, 12, 10, 8, 6, 4, 2, 0), [5, 1]),
        ((20, 10, 0), [1]),
        ((30, 15, 0), [1]),
        ((20, 0), [0]),
        ((31, 0), []),
    ],
)
def test_older_frames_near_five_and_ten_minutes(ages: tuple, found: list) -> None:
    """Of those in which motion is seen, or the last ones there are."""
    assert lag_frames(np.array(ages)) == found


def test_the_curve_is_found_again() -> None:
    """From chances that it made itself."""
    rng = np.random.default_rng(0)
    x, minutes = rng.standard_normal((40000, 2)), rng.choice([10.0, 30.0, 60.0], 40000)
    b = np.array([-0.5, 1.0, -2.0, 0.3, 0.4, 0.0])
    p = 1 / (1 + np.exp(-logistic.design(x.astype(np.float32), minutes) @ b))
    y = (rng.random(40000) < p).astype(float)
    found = logistic.fit(logistic.design(x, minutes), y, np.ones(40000), 1e-6)
    assert np.abs(found - b).max() < 0.1
    assert np.allclose(logistic.chance(found, x[minutes == 60], 60.0), p[minutes == 60], atol=0.05)


def test_the_cut_is_the_best_expected_score() -> None:
    """Against every cut tried in turn; with a bound, the area is kept below it."""
    p = np.random.default_rng(3).beta(0.3, 1.5, 5000)
    expected = lambda c: p[p >= c].sum() / ((p >= c).sum() + p[p < c].sum())  # noqa: E731
    best = max(np.linspace(0, 1, 1001), key=expected)
    assert expected(decide.cut(p, np.inf)) == pytest.approx(expected(best), abs=2e-3)
    for most in (10, 400):
        assert most - 20 < (p >= decide.cut(p, most)).sum() <= most
    assert decide.most_cells(100, 1, 400, 60, 1.0) == pytest.approx(220)
    assert decide.most_cells(100, 150, 400, 60, 5.0) == pytest.approx(110)
    assert decide.most_cells(100, 64, 400, 30, 5.0) == pytest.approx(88)
    assert decide.most_cells(100, 64, 400, 90, 5.0) == pytest.approx(70.4)
    assert decide.most_cells(100, 1, 400, 150, 1.0) == pytest.approx(440)
    assert decide.cut(np.zeros(9)) > 1


def test_one_field_reaches_each_rate_where_its_chance_passes() -> None:
    """And a rate is reached wherever a larger one is."""
    rng = np.random.default_rng(5)
    p = decide.falling(
        rng.random((len(RATES_MM_H), 30, 30)) * np.linspace(1, 0.3, 8)[:, None, None]
    )
    cuts = [decide.cut(q) for q in p]
    field = decide.likely(p, cuts)
    passes = np.stack([q >= c for q, c in zip(p, cuts, strict=True)])
    for k, rate in enumerate(RATES_MM_H):
        assert np.array_equal(field >= rate, passes[k:].any(0))


def test_the_rain_to_expect_is_the_integral_of_the_chances() -> None:
    """Against a fine sum; sure rain of a rate is that rate, and never more than twice the last."""
    p = decide.falling(np.random.default_rng(6).random((len(RATES_MM_H), 5)))
    knots = np.array([0, *RATES_MM_H, 40])
    fine = (np.arange(400_000) + 0.5) / 10_000
    want = [np.interp(fine, knots, [q[0], *q, 0]).sum() / 10_000 for q in p.T]
    assert np.allclose(decide.expected(p), want, rtol=1e-3)
    assert decide.expected(np.ones((8, 1)))[0] == pytest.approx(30)
    assert decide.expected(np.zeros((8, 2))).tolist() == [0, 0]
    falls = np.exp(-np.array(RATES_MM_H) / 3)[:, None]  # exponential: 3 mm/h in the mean
    assert decide.expected_by_logarithms(falls)[0] == pytest.approx(3, rel=0.02)
    assert decide.expected(falls)[0] > 3.15
    assert decide.expected_by_logarithms(np.ones((8, 1)))[0] == pytest.approx(30)


def test_what_has_left_a_small_view_is_not_scored() -> None:
    """Two hours of Gothenburg."""
    film = Film("smhi", "smhi", np.zeros((40, 4, 4), np.uint8), 5.0, 2.0)
    assert max(Start(film, 3, 5.0).leads()) == 60


def test_leads_are_minutes_that_the_film_still_has() -> None:
    """Of a thinned film, multiples of its step; what is seen ends at the start."""
    film = Film("fmi", "fmi", np.zeros((20, 4, 4), np.uint8), 5.0, 1.0)
    assert Start(film, 6, 10.0).leads() == {10: 10.0, 20: 20.0, 30: 30.0, 60: 60.0}
    assert Start(film, 8, 15.0).leads() == {30: 30.0, 45: 45.0}
    assert Start(film, 6, 15.0).seen.tolist() == [0, 3, 6]
    assert Start(film, 6, 15.0).ages_min.tolist() == [30, 15, 0]
    assert Start(film, 18, 5.0).truth_mm_h(10) is None


def test_an_event_is_named_where_its_files_are_missing(tmp_path: Path) -> None:
    """With the variable that says where they are."""
    with pytest.raises(FileNotFoundError, match="EMBERLINE_DATA"):
        rain_films.films(tmp_path, "fmi")
