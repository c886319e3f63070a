"""Simulated drone flights: geometry, noise, scores, and flights through a double."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from pyproj import Geod, Transformer
from scipy.spatial.transform import Rotation

from emberline_export.__main__ import main
from emberline_export.data.root import data_root
from emberline_export.evaluate.flights import cases, films, limits, program, rows, run, tables
from emberline_export.evaluate.flights.camera import Lens, Pose, angles, body, carried, quaternion
from emberline_export.evaluate.flights.films import Ground
from emberline_export.evaluate.flights.flight import (
    PATHS,
    Flight,
    headed,
    legs,
    told,
    truth,
    wander,
)
from emberline_export.evaluate.flights.place import Place
from emberline_export.evaluate.flights.relief import BASE_M, Relief, cast, write_dem
from emberline_export.evaluate.flights.score import f1, overlap, points, sampled, similar, track
from emberline_export.evaluate.flights.world import World

DOCS = Path(__file__).resolve().parents[2] / "docs"
REAL = (data_root() / "fire_validation").exists()
TURNS = [(0, 0, -90), (37, 1.5, -89), (-170, -2, -60), (300, 0, -30), (180, 0.5, -90.7)]


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Ground:
    """A made-up film: texture, and a hot square that grows, in place of every real one."""
    rng = np.random.default_rng(5)
    texture = cv2.GaussianBlur(rng.normal(size=(120, 208)).astype(np.float32), (0, 0), 2)
    frames = np.repeat((30 + texture / texture.std() * 6)[None], 60, 0).astype(np.float32)
    burning = np.zeros(frames.shape, bool)
    for k in range(60):
        burning[k, 40 : 60 + k // 2, 80 : 110 + k // 2] = True
        frames[k][burning[k]] = 220
    made = Ground("made up", "thermal", frames, burning, 1.0, 15.0)
    monkeypatch.setattr("emberline_export.evaluate.flights.world.ground", lambda _: made)
    return made


@pytest.fixture
def double(tmp_path: Path) -> Path:
    """The stand-in for the program."""
    path = tmp_path / "emberline"
    script = Path(__file__).with_name("drone_double.py")
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("turned", TURNS)
def test_rotations_are_those_of_scipy(turned: tuple) -> None:
    """Quaternion and angles, with SciPy as oracle; angles are Rz(yaw) Ry(pitch) Rx(roll)."""
    yaw, side, pitch = turned
    ours = body(*turned)
    oracle = (
        Rotation.from_euler("z", yaw, degrees=True)
        * Rotation.from_euler("x", side, degrees=True)
        * Rotation.from_euler("y", pitch, degrees=True)
    )
    np.testing.assert_allclose(ours, oracle.as_matrix(), atol=1e-12)
    again = Rotation.from_quat(np.roll(quaternion(ours), -1))
    np.testing.assert_allclose(again.as_matrix(), ours, atol=1e-9)
    if pitch > -89:
        back = Rotation.from_euler("ZYX", angles(ours), degrees=True)
        np.testing.assert_allclose(back.as_matrix(), ours, atol=1e-9)


@pytest.mark.parametrize(
    ("yaw", "pixel", "east_north"),
    [
        (0, (128, 0), (0, 1)),  # top of the picture: north
        (0, (256, 96), (1, 0)),
        (90, (128, 0), (1, 0)),  # heading east: the top is east, the right is south
        (90, (256, 96), (0, -1)),
        (180, (128, 0), (0, -1)),
        (-90, (256, 96), (0, 1)),
    ],
)
def test_a_camera_that_looks_down_has_its_heading_on_top(
    yaw: float, pixel: tuple, east_north: tuple
) -> None:
    """By hand: half the picture's width is 100 m × tan 32.5°."""
    lens = Lens()
    pose = Pose(np.array([0, 0, 100.0]), body(yaw, 0, -90))
    there = carried(np.linalg.inv(pose.homography(lens)), np.array([pixel]))[0]
    far = 100 * np.tan(np.radians(32.5)) * (1 if pixel[0] == 256 else 192 / 256)
    np.testing.assert_allclose(there, np.array(east_north) * far, atol=1e-9)


def test_homography_projection_and_rays_agree() -> None:
    """Three ways to the same pixel."""
    lens, pose = Lens(), Pose(np.array([5, -8, 90.0]), body(20, 2, -65))
    ground = points((60, 40), 0)
    there = carried(pose.homography(lens), ground)
    np.testing.assert_allclose(pose.project(lens, np.c_[ground, 0 * ground[:, 0]]), there)
    rays = pose.rays(lens, there)
    hit = pose.at + rays * (-pose.at[2] / rays[:, 2])[:, None]
    np.testing.assert_allclose(hit[:, :2], ground, atol=1e-9)


def test_the_lens_is_opencvs() -> None:
    """Bent by cv2.projectPoints, and straight again."""
    lens = Lens(bend=(-0.2, 0.05, 0.002, -0.001))
    rng = np.random.default_rng(1)
    xy = rng.uniform(-0.6, 0.6, (50, 2))
    eye = np.eye(3)
    oracle = cv2.projectPoints(
        np.c_[xy, np.ones(50)], np.zeros(3), np.zeros(3), eye, np.array(lens.bend)
    )[0].reshape(-1, 2)
    np.testing.assert_allclose(lens.bent(xy), oracle, atol=1e-9)
    middle = np.array([lens.width, lens.height]) / 2
    pixels = lens.bent(xy) * lens.focal_px + middle
    np.testing.assert_allclose(lens.straight(pixels), xy * lens.focal_px + middle, atol=1e-6)


@pytest.mark.parametrize("place", [(40.0, -105.3), (-33.0, 151.2), (60.0, 5.9), (40.0, -104.9)])
def test_metres_of_the_world_are_those_of_the_ellipsoid(place: tuple) -> None:
    """Geodesics as oracle, and UTM by an affine to a millimetre; its turn is the convergence."""
    world = Place(*place)
    far, geod = np.array([[120.0, 0], [0, 150], [-90, -110]]), Geod(ellps="WGS84")
    lat, lon = world.degrees(far[:, 0], far[:, 1])
    azimuth = np.degrees(np.arctan2(far[:, 0], far[:, 1]))
    away = np.hypot(*far.T)
    same = [np.full(3, v) for v in place[::-1]]
    oracle = geod.fwd(*same, azimuth, away)
    np.testing.assert_allclose(lon, oracle[0], atol=1e-9)
    np.testing.assert_allclose(lat, oracle[1], atol=1e-9)
    to_map = world.to_map(world.utm)
    utm = Transformer.from_crs("EPSG:4326", world.utm, always_xy=True)
    there = np.stack(utm.transform(lon, lat), 1)
    np.testing.assert_allclose(carried(to_map, far), there, atol=1e-3)
    middle = (int(world.utm[-2:]) - 30.5) * 6
    turn = np.degrees(np.arctan2(to_map[1, 0], to_map[0, 0]))
    convergence = (place[1] - middle) * np.sin(np.radians(place[0]))
    assert turn == pytest.approx(convergence, abs=2e-3)


def test_rays_meet_the_relief() -> None:
    """A plane by hand, a ridge by a march of 2 cm."""
    pose = Pose(np.array([10, -5, 80.0]), body(30, 0, -60))
    lens = Lens(32, 24)
    rays = pose.rays(lens, lens.pixels())
    slope = Relief(slope=0.15)
    hit = cast(pose.at, rays, slope.height)
    # a.z + t·d.z = −.15 (a.x + t·d.x)
    t = -(pose.at[2] + 0.15 * pose.at[0]) / (rays[:, 2] + 0.15 * rays[:, 0])
    np.testing.assert_allclose(hit, (pose.at + rays * t[:, None])[:, :2], atol=1e-4)
    ridge = Relief(ridge_m=15)
    hit = cast(pose.at, rays, ridge.height)
    for k in range(0, len(rays), 97):
        way = pose.at + rays[k] * np.arange(0, 400, 0.02)[:, None]
        first = np.flatnonzero(way[:, 2] <= ridge.height(way[:, 0], way[:, 1]))[0]
        assert np.hypot(*(way[first, :2] - hit[k])) < 0.03
    up = np.array([[0.0, 0.6, 0.8]])
    assert np.isnan(cast(pose.at, up, ridge.height)).all()


def test_the_height_model_is_read_back_by_rasterio(tmp_path: Path) -> None:
    """Its cells tell the relief where they lie."""
    import rasterio

    place, relief = Place(), Relief(slope=0.15, ridge_m=12)
    write_dem(tmp_path / "dem.tif", place, relief.height)
    at = np.array([[0.0, 0], [100, -50], [-180, 190]])
    with rasterio.open(tmp_path / "dem.tif") as file:
        assert file.crs.to_string() == place.utm and file.res == (2, 2)
        seen = [v[0] for v in file.sample(place.mapped(place.utm, at))]
    np.testing.assert_allclose(seen, BASE_M + relief.height(*at.T), atol=0.6)


def test_wander_has_its_spread_and_its_memory() -> None:
    """Standard deviation, and the share kept after a while: exp(−1)."""
    x = wander(np.random.default_rng(0), 100_000, (1.5, 20.0))
    assert x.std() == pytest.approx(1.5, rel=0.05)
    kept = np.mean(x[20:] * x[:-20]) / x.var()
    assert kept == pytest.approx(np.exp(-1), abs=0.05)


def test_telemetry_is_as_wrong_as_it_should_be() -> None:
    """Over many flights: 1.5 m, 2 m, 2° and .5°, with their fast parts; and it is late."""
    off = []
    flight = Flight("B", "hover", 0)
    for seed in range(150):
        rng = np.random.default_rng(seed)
        still = np.repeat(truth(flight, rng, 208)[:1], 151, 0)
        off.append(told(still, rng) - still)
    spread = np.sqrt(np.mean(np.square(off), (0, 1)))
    want = [np.hypot(1.5, 0.15), np.hypot(1.5, 0.15), 2, np.hypot(2, 0.2), *2 * [0.5025]]
    # The arm adds .3 m along the heading.
    want[1] = np.hypot(want[1], 0.3)
    np.testing.assert_allclose(spread, want, rtol=0.12)
    moving = np.zeros((20, 6))
    moving[:, 0] = 5 * np.arange(20)
    moving[:, 3] = 90
    late = np.mean([told(moving, np.random.default_rng(s))[10, 0] - 50 for s in range(4000)])
    assert late == pytest.approx(-0.5 - 0.3, abs=0.1)  # 100 ms at 5 m/s, and the arm


def test_paths_are_what_they_are_called() -> None:
    """Circle of 40 m that looks inwards; legs 60 m apart at 5 m/s; nadir where it says nadir."""
    made = {p: truth(Flight("B", p, 1), np.random.default_rng(1), 208) for p in PATHS}
    orbit = made["orbit"]
    away = np.hypot(orbit[:, 0], orbit[:, 1])
    assert away.mean() == pytest.approx(40, abs=1.5) and abs(orbit[:, 5].mean() + 60) < 3
    looks = np.stack(
        [
            p.rays(Lens(), np.array([[128.0, 96.0]]))[0]
            for p in (Pose(r[:3], body(*r[3:6])) for r in orbit)
        ]
    )
    middle = orbit[:, :3] - looks * (orbit[:, 2] / looks[:, 2])[:, None]
    assert np.median(np.hypot(middle[:, 0], middle[:, 1])) < 4
    flown = legs(np.arange(0, 151.0), 120.0)
    assert np.allclose(np.hypot(*np.diff(flown[:, :2], axis=0).T).max(), 5)
    on_leg = np.isin(flown[:, 2], (90, -90))
    assert set(np.round(flown[on_leg, 1])) == {-60, 0, 60}
    for name in ("hover", "patrol", "mower"):
        assert abs(made[name][:, 5] + 90).max() < 5
    turned = headed(np.array([170.0, -170, -170]), 30)
    assert turned.tolist() == [170, 190, 190]


def test_errors_between_frames_are_those_that_were_made() -> None:
    """One frame of four shifted by 3 m: it is off by 3 m, and the others by nothing."""
    lens = Lens()
    true = np.stack([Pose(np.array([0, 0, 100.0]), body(0, 0, -90)).homography(lens)] * 4)
    lattice = points((208, 120), 0)
    seen = np.stack([carried(h, lattice) for h in true])
    found = true.copy()
    found[1] = true[1] @ np.array([[1, 0, 3.0], [0, 1, 0], [0, 0, 1]])
    made = track(lens, lattice, seen, found)
    np.testing.assert_allclose(made.between_m[:3], [0, 3, 0], atol=1e-6)
    np.testing.assert_allclose(made.place_m, [0, 3, 0, 0], atol=1e-6)
    assert np.isnan(made.between_m[3])  # no later frame
    found = np.stack([h @ np.array([[1, 0, 2.0], [0, 1, -1], [0, 0, 1]]) for h in true])
    made = track(lens, lattice, seen, found)
    np.testing.assert_allclose(made.between_m[:3], 0, atol=1e-6)  # all agree
    np.testing.assert_allclose(made.place_m, np.sqrt(5), atol=1e-6)
    np.testing.assert_allclose(made.align[:2, 2], [-2, 1], atol=1e-6)
    found[2] = np.nan
    lost = track(lens, lattice, seen, found)
    assert np.isnan(lost.place_m[2]) and np.isfinite(lost.place_m[[0, 1, 3]]).all()
    nothing = track(lens, lattice, seen, np.full_like(true, np.nan))
    assert nothing.row() == {"between_m": None, "place_m": None}


def test_a_turn_scale_and_shift_come_back() -> None:
    """Alignment of points that were turned by 7°, made larger and moved."""
    rng = np.random.default_rng(2)
    a, c, s = rng.normal(size=(30, 2)) * 40, np.cos(np.radians(7)), np.sin(np.radians(7))
    c, s = 1.02 * c, 1.02 * s
    want = np.array([[c, -s, 3], [s, c, -4], [0, 0, 1]])
    np.testing.assert_allclose(similar(a, carried(want, a)), want, atol=1e-9)


def test_overlap_f1_and_sampling() -> None:
    """By hand."""
    a, b = np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)
    assert (overlap(a, b), f1(a, b)) == (0.333, 0.5)
    assert overlap(a & ~a, a & ~a) is None and f1(a & ~a, a & ~a) is None
    layer = np.array([[1, 2], [3, 4]])
    at = np.array([[0.5, 0.5], [1.9, 0.1], [0.1, 1.1], [2.1, 0], [-0.1, 0]])
    assert sampled(layer, np.eye(3), at).tolist() == [1, 2, 3, 0, 0]


@pytest.mark.parametrize(
    "more",
    [{}, {"lens": Lens(bend=cases.BEND)}, {"relief": Relief(slope=0.15)}],
    ids=["flat", "bent", "slope"],
)
def test_a_frame_shows_the_film_where_the_truth_says(ground: Ground, more: dict) -> None:
    """The hot square's corners, found in the frame, lie where points of the ground are shown."""
    world = World(Flight("made up", "orbit", 3, seconds=2, **more))
    shot = world.film()[0]
    corners = np.array([[80, 40], [110, 40], [110, 60], [80, 60]], float)  # columns, rows
    metres = carried(np.linalg.inv(ground.cells()), corners)
    bent = any(world.flight.lens.bend)
    there = world.pixels_of(metres, bent=bent)[0]
    shape = cv2.fillConvexPoly(np.zeros(shot.shape, np.uint8), np.rint(there - 0.5).astype(int), 1)
    assert shape.sum() > 1500
    assert overlap(shot > 120, shape > 0) > 0.93
    again = World(world.flight).film()
    assert (again == world.film()).all()  # the same flight for ever


@pytest.mark.parametrize("path", PATHS)
def test_a_flight_goes_through_the_program(
    ground: Ground, double: Path, path: str, tmp_path: Path
) -> None:
    """By a double whose geometry is its own: exact poses lie on the truth, telemetry as told."""
    from emberline_export.evaluate.flights import trial

    flight = Flight("made up", path, 1, seconds=60)
    methods = [cases.EXACT, cases.TOLD, cases.MAP, cases.IMAGE, cases.LK]
    case = cases.Case("plain", flight, tuple(methods))
    exact, noisy, steady, image, plain = trial.rows(case, methods, double, lambda *_: None)
    assert exact["place_m"] < 0.01 and exact["between_m"][1] < 0.01
    assert noisy["place_m"] > 0.5 and noisy["off_told_m"] < 0.01
    assert steady["between_m"][1] < 0.01 and steady["burnt_iou"] == 1
    assert (steady["unfit"], noisy["unfit"], exact["frames"]) == (0, 60, 61)
    assert image["place_m"] > 1 and plain["between_m"] is not None
    if path != "orbit":  # whose view is narrow
        assert exact["film_iou"] > 0.8 and noisy["burnt_iou"] < 0.99
    assert exact["steady_ms"] == 12.5


def test_forecasts_are_held_against_those_of_exact_poses(ground: Ground, double: Path) -> None:
    """The same film gives the same forecast; another overlaps less."""
    from emberline_export.evaluate.flights import trial

    flight = Flight("made up", "hover", 4, seconds=300, every_s=5)
    methods = [cases.EXACT, cases.MAP, cases.TOLD, cases.MASKS]
    case = cases.Case("forecast", flight, tuple(methods), True)
    exact, steady, noisy, masks = trial.rows(case, methods, double, lambda *_: None)
    assert exact["same"] == steady["same"] == {"150": 1.0, "300": 1.0}
    assert masks["film_iou"] > 0.9 and masks["place_m"] < 0.01
    assert 0 < noisy["same"]["150"] < 1 and exact["f1"]["300"] > 0.2


def test_a_map_without_a_place_is_laid_where_it_burns() -> None:
    """A cut-out of the exact burnt ground, its corner not told, is found again."""
    from emberline_export.evaluate.flights.program import Flown
    from emberline_export.evaluate.flights.trial import place

    burnt = np.zeros((60, 80), bool)
    burnt[20:31, 30:50] = True
    burnt[25:40, 45:48] = True
    nothing = np.zeros((0, 3, 3))
    exact = Flown(nothing, [], burnt, ~burnt | burnt, np.eye(3))
    cut = burnt[10:45, 22:60]
    made = Flown(nothing, [], cut, cut | ~cut, np.eye(3), is_placed=False)
    row, col = np.mgrid[:60, :80] + 0.5
    cells = np.stack([col.ravel(), row.ravel()], 1)
    place(made, exact, cells, np.eye(3))
    assert made.to_cells.tolist() == [[1, 0, -22], [0, 1, -10], [0, 0, 1]]
    assert (sampled(made.burnt, made.to_cells, cells).reshape(60, 80) == burnt).all()


def test_what_the_program_refuses_is_a_row(ground: Ground, tmp_path: Path) -> None:
    """Its line, and a limit that is missed."""
    from emberline_export.evaluate.flights import trial

    path = tmp_path / "emberline"
    path.write_text("#!/bin/sh\necho 'error: film.npz: no' >&2\nexit 2\n")
    path.chmod(0o755)
    case = cases.Case("plain", Flight("made up", "hover", 1, seconds=3), (cases.EXACT,))
    (row,) = trial.rows(case, [cases.EXACT], path, lambda *_: None)
    assert row == {"refused": "error: film.npz: no"}
    labelled = rows.labelled(case, cases.EXACT, "p", row)
    assert not all(h.holds for h in limits.held([labelled]))


def figures(case: cases.Case, method: program.Method, between: float) -> dict:
    """A made-up row."""
    made = {"between_m": [between / 2, between], "place_m": 0.05, "frames": 151, "unfit": 0}
    made |= {
        "lost": 0,
        "begun_anew": 0,
        "steady_ms": 14.0,
        "burnt_m2": 102.0,
        "exact_m2": 100.0,
        "burnt_iou": 0.95,
    }
    made |= {"film_iou": 0.6, "same": {"150": 0.7, "300": 0.8}, "f1": {"150": 0.2, "300": 0.3}}
    return rows.labelled(case, method, "p", made | {"machine": "a machine"})


def made_up() -> list[rows.Row]:
    """A row of every case and method."""
    out = []
    for case in cases.long():
        for method in case.methods:
            between = 3.0 if method.steady == "off" and method.poses == "noisy" else 0.6
            out.append(figures(case, method, between))
    return out


def test_the_page_holds_every_case(tmp_path: Path) -> None:
    """Every table is there; pictures only where they lie beside it."""
    known = made_up()
    page = run.text(known, tmp_path / "img")
    for what in dict.fromkeys(row["what"] for row in known):
        assert what in page or what in ("plain", "forecast")
    assert page.count("\n|---|") == 6 and "![" not in page and "14 ms" in page
    assert "missed" not in page and "0.30 / 0.60 / 0.60" in page
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / run.MOSAIC).touch()
    assert f"](img/{run.MOSAIC})" in run.text(known, tmp_path / "img")


def test_the_page_of_the_documents_comes_from_its_rows() -> None:
    """`docs/drone-flights.md` from `docs/drone-flights.ndjson`; neither without the other."""
    page = DOCS / "drone-flights.md"
    known = rows.read(page.with_suffix(".ndjson"))
    assert page.exists() == bool(known)
    assert not known or page.read_text() == run.text(known, DOCS / "img")


@pytest.mark.parametrize(
    ("what", "change", "missed"),
    [
        ("plain", {"between_m": [0.5, 1.4]}, "between frames"),
        ("plain", {"unfit": 3}, "without a fit"),
        ("plain", {"burnt_m2": 120.0}, "burnt area"),
        ("plain", {"between_m": None}, "between frames"),
        ("plain", {"place_m": 0.07}, "place over"),
        ("ground contrast × 0.1", {"between_m": [2.0, 4.0]}, "contrast × 0.1"),
        ("forecast", {"same": {"150": 0.5, "300": 0.7}}, "overlap"),
    ],
)
def test_a_limit_that_does_not_hold_is_missed(what: str, change: dict, missed: str) -> None:
    """And nothing else is."""
    known = [
        row | change
        if (row["what"], row["method"], row["poses"]) == (what, "poses + map", "noisy")
        else row
        for row in made_up()
    ]
    found = [h.what for h in limits.held(known) if not h.holds]
    assert found and all(missed in name for name in found)
    assert "**missed**" in tables.limits(known)


def test_a_run_goes_on_where_it_ended(tmp_path: Path) -> None:
    """Only what is not there, or is another program's, is flown."""
    case, path = cases.plain()[0], tmp_path / "rows.ndjson"
    assert rows.missing(case, rows.read(path), "p") == list(case.methods)
    rows.keep(path, [figures(case, m, 1.0) for m in (cases.EXACT, cases.LK)])
    known = rows.read(path)
    assert len(known) == 2
    left = [m for m in case.methods if m not in (cases.EXACT, cases.LK)]
    assert rows.missing(case, known, "p") == left
    assert rows.missing(case, known, "q") == [m for m in case.methods if m != cases.LK]
    path.write_text("{}\n")
    with pytest.raises(ValueError, match=r"rows.ndjson:1: not a row"):
        rows.read(path)


def test_every_row_of_the_trial_is_one_of_its_own() -> None:
    """Twenty plain flights, seven forecasts, and no two rows under one key."""
    flown = cases.long()
    count = {what: sum(c.what == what for c in flown) for what in ("plain", "forecast")}
    assert count == {"plain": 20, "forecast": 7}
    keys = [rows.key(case, method) for case in flown for method in case.methods]
    assert len(keys) == len(set(keys))
    assert {m for c in flown for m in c.methods} <= set(cases.METHODS)


def test_it_says_what_to_type(double: Path, capsys: pytest.CaptureFixture) -> None:
    """Neither page nor --short; a case that is not there."""
    argv = ["evaluate", "flights", "--emberline", str(double)]
    assert main(argv) == 2 and "say --out PAGE, or --short" in capsys.readouterr().err
    assert main([*argv, "--short", "--only", "moon"]) == 2
    assert "no case has that in its name" in capsys.readouterr().err


@pytest.mark.skipif(not REAL, reason="NOT RUN: real films: set EMBERLINE_DATA")
def test_real_ground_keeps_still() -> None:
    """Cold cells of film C move by no more than gain; it is the film where it is hot."""
    film = films.ground("C")
    z = np.load(data_root() / "fire_validation" / "firesentry_C_208x120.npz")
    raw = z["heat"].astype(np.float32)
    hot = film.burning & (raw > 150)
    assert hot.sum() > 1000 and np.abs(film.frames - raw)[hot].mean() < 12
    calm = ~cv2.dilate(film.burning.any(0).astype(np.uint8), np.ones((15, 15))).astype(bool)

    def apart(frames: np.ndarray) -> float:
        a, b = frames[10][calm], frames[40][calm]
        return 1 - np.corrcoef(a, b)[0, 1]

    assert apart(film.frames) < 1e-3 < apart(raw)


def test_pose_lines_are_as_the_program_wants_them(ground: Ground) -> None:
    """A quaternion near nadir, angles elsewhere; heights above ground, or above the sea."""
    world = World(Flight("made up", "hover", 1, seconds=1))
    line = json.loads(program.pose_line(world, 12.25, world.true[0]))
    assert line["t"] == "2026-08-02T14:30:12.250Z" and len(line["q"]) == 4
    assert line["alt_agl_m"] == pytest.approx(world.true[0].at[2], abs=1e-3)
    assert "yaw_deg" not in line and line["hfov_deg"] == 65.0
    tilted = World(replace(world.flight, path="orbit", relief=Relief(slope=0.1)))
    line = json.loads(program.pose_line(tilted, 0, tilted.true[0]))
    back = Rotation.from_euler(
        "ZYX", [line[k] for k in ("yaw_deg", "pitch_deg", "roll_deg")], degrees=True
    )
    np.testing.assert_allclose(back.as_matrix(), tilted.true[0].rotation, atol=1e-9)
    assert line["alt_msl_m"] == pytest.approx(BASE_M + tilted.true[0].at[2], abs=1e-3)
    assert "q" not in line and "alt_agl_m" not in line
