"""Fire maker: the same seed is the same fire, splits never meet, north is up, a stop costs a shard.

The physics needs pyretechnics (its own environment); without it those tests are skipped by name.
"""
# ruff: noqa: D103 (the name of a test is its claim)

from __future__ import annotations

import json
from functools import partial
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from emberline_export.__main__ import main as door
from emberline_export.data.firesim import landscape as land
from emberline_export.data.firesim import maker, sheet, spread

GRID = 32
CONFIG = spread.FireConfig(grid=GRID)


@pytest.fixture
def pyretechnics() -> None:
    """Skip, and say so, where the simulator is not installed."""
    pytest.importorskip(
        "pyretechnics",
        reason=f"NO FIRE WAS SIMULATED: needs pyretechnics=={spread.PYRETECHNICS} in its own venv",
    )


def pretend_fire(seed: int) -> spread.Fire | spread.Rejected:
    """Stand in for the simulator: every third seed is rejected, the others burn one cell."""
    if seed % 3 == 0:
        return spread.Rejected(seed, "a third")
    empty = np.zeros((GRID, GRID), np.float16)
    series = np.full(CONFIG.span + 1, seed % 50, np.float32)
    one = np.float32(1)
    return spread.Fire(
        seed=seed,
        arrival=np.where(empty == 0, np.inf, 0).astype(np.float32),
        ros=empty,
        intensity=empty,
        fuel=np.full((GRID, GRID), 101, np.uint8),
        dem_m=empty,
        residence=one,
        cell_m=one,
        dt_s=one,
        wind_kmh=series,
        wind_from_deg=series,
        moisture=np.zeros(5, np.float32),
        ignition=np.uint8(0),
        spotting=np.uint8(0),
        crown_share=one,
    )


def run_config(out: Path, count: int, workers: int = 1) -> maker.MakerConfig:
    """Small run: shards of 4, training seeds from 100."""
    return maker.MakerConfig(out, count, 100, "train", CONFIG, workers, shard=4)


def hashes(manifest: dict) -> list[str]:
    """Checksums of the shards, in order."""
    return [shard["sha256"] for shard in manifest["shards"]]


def flat_place(n: int) -> land.Landscape:
    """Grass on level ground, cells of 10 m."""
    none = np.zeros((n, n), np.float32)
    return land.Landscape(10.0, none, none, none, none + 102, (102,), none, 0.5, 10.0, 2.0, 0.1)


def steady_wind(from_deg: float, bands: int) -> land.Weather:
    """20 km/h from one side over dry fuel."""
    return land.Weather(
        wind_kmh=np.full(bands, 20, np.float32),
        wind_from_deg=np.full(bands, from_deg, np.float32),
        moisture=np.array([0.06, 0.07, 0.08, 0.7, 0.9], np.float32),
        foliar=1.0,
        air_c=30.0,
    )


def test_splits_share_no_seed_and_leave_none_out() -> None:
    seen = {}
    for split in maker.SPLITS:
        for seed in maker.seeds_of(split, 7):
            if seed >= 207:
                break
            assert seed not in seen, f"{seed} is in {split} and {seen[seed]}"
            seen[seed] = split
    assert sorted(seen) == list(range(7, 207))
    assert seen[100] == "test" and seen[101] == "val" and seen[102] == "train"


def test_a_seed_draws_one_landscape() -> None:
    first, again, other = (
        land.draw_landscape(np.random.default_rng(seed), GRID) for seed in (3, 3, 4)
    )
    assert np.array_equal(first.dem_m, again.dem_m) and np.array_equal(first.fuel, again.fuel)
    assert not np.array_equal(first.dem_m, other.dem_m)


def test_aspect_points_downhill() -> None:
    place = land.draw_landscape(np.random.default_rng(5), 64)
    north, east = np.gradient(place.dem_m, place.cell_m)  # rows grow north before the flip
    downhill = np.radians(place.aspect_deg)
    climb = east * np.sin(downhill) + north * np.cos(downhill)
    assert (climb <= 1e-5).all()


@pytest.mark.parametrize("kind", land.KINDS)
def test_every_ignition_kind_lights_cells(kind: str) -> None:
    for seed in range(20):
        lit = land.draw_ignition(np.random.default_rng(seed), GRID, kind)
        assert 1 <= lit.sum() <= 0.45 * lit.size


@pytest.mark.parametrize(
    ("start", "seen", "end", "ros_px", "want"),
    [
        (4, 10, 25, 1.0, None),
        (3, 10, 25, 1.0, "too small at frame 0"),
        (359, 400, 500, 1.0, "too large at frame 0"),
        (4, 10, 24, 1.0, "no growth in the horizon"),
        (4, 10, 871, 1.0, "fills the map"),
        (4, 10, 25, 4.5, "too fast for the frame interval"),
    ],
)
def test_the_gate_names_its_reason(
    start: int, seen: int, end: int, ros_px: float, want: str | None
) -> None:
    arrival = np.full(GRID * GRID, np.inf, np.float32)
    arrival[:end], arrival[:seen], arrival[:start] = 29, 9, 0
    arrival = arrival.reshape(GRID, GRID)
    assert spread.reject_reason(arrival, np.full_like(arrival, ros_px), CONFIG) == want


def test_an_interrupted_run_ends_in_the_same_shards(tmp_path: Path) -> None:
    whole = maker.make(run_config(tmp_path / "whole", 14), pretend_fire)

    def power_cut(seed: int) -> spread.Fire | spread.Rejected:
        if seed > 120:
            raise KeyboardInterrupt
        return pretend_fire(seed)

    with pytest.raises(KeyboardInterrupt):
        maker.make(run_config(tmp_path / "cut", 14), power_cut)
    before = json.loads((tmp_path / "cut" / "manifest.json").read_text())
    assert 0 < before["fires"] < 14

    def not_again(seed: int) -> spread.Fire | spread.Rejected:
        assert seed > before["shards"][-1]["last_seed"], "a complete shard was burnt again"
        return pretend_fire(seed)

    resumed = maker.make(run_config(tmp_path / "cut", 14), not_again)
    assert resumed == whole
    assert not list((tmp_path / "cut").glob("*.tmp"))


def test_more_fires_are_added_to_a_short_last_shard(tmp_path: Path) -> None:
    whole = maker.make(run_config(tmp_path / "whole", 14), pretend_fire)
    maker.make(run_config(tmp_path / "grown", 6), pretend_fire)
    grown = maker.make(run_config(tmp_path / "grown", 14), pretend_fire)
    assert hashes(grown) == hashes(whole)


def test_a_damaged_shard_is_made_again(tmp_path: Path) -> None:
    whole = maker.make(run_config(tmp_path, 8), pretend_fire)
    (tmp_path / "shard_00001.npz").write_bytes(b"half a shard")
    assert hashes(maker.make(run_config(tmp_path, 8), pretend_fire)) == hashes(whole)


def test_another_run_is_not_mixed_in(tmp_path: Path) -> None:
    maker.make(run_config(tmp_path, 4), pretend_fire)
    other = maker.MakerConfig(tmp_path, 4, 101, "train", CONFIG, 1, shard=4)
    with pytest.raises(maker.MakeFireError, match="seed0 is 100, this run has 101"):
        maker.make(other, pretend_fire)


def test_rejections_are_counted_up_to_the_last_fire(tmp_path: Path) -> None:
    manifest = maker.make(run_config(tmp_path, 8), pretend_fire)
    last = manifest["shards"][-1]["last_seed"]
    walked = [seed for seed in range(100, last + 1) if seed % 5 >= 2]
    assert manifest["tried"] == len(walked)
    assert manifest["rejected"] == {"a third": sum(seed % 3 == 0 for seed in walked)}


def test_workers_change_nothing(tmp_path: Path) -> None:
    alone = maker.make(run_config(tmp_path / "1", 14), pretend_fire)
    pooled = maker.make(run_config(tmp_path / "2", 14, workers=2), pretend_fire)
    assert alone == pooled


@pytest.mark.parametrize("version", ["2026.9.1", None])
def test_another_pyretechnics_is_refused(
    version: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, tmp_path
) -> None:
    def found(name: str) -> str:
        if version is None:
            raise metadata.PackageNotFoundError(name)
        return version

    spread.require_pyretechnics.cache_clear()
    monkeypatch.setattr(metadata, "version", found)
    status = door(["data", "fire", str(tmp_path / "none"), "--count", "1", "--split", "test"])
    said = capsys.readouterr().err
    assert status == 1 and said.count("\n") == 1
    assert said.startswith("error: pyretechnics") and spread.PYRETECHNICS in said


@pytest.mark.usefixtures("pyretechnics")
def test_a_seed_burns_one_fire_whatever_the_workers(tmp_path: Path) -> None:
    burn = partial(spread.make_fire, config=CONFIG)
    alone = maker.make(run_config(tmp_path / "1", 4), burn)
    pooled = maker.make(run_config(tmp_path / "2", 4, workers=2), burn)
    assert alone == pooled


@pytest.mark.usefixtures("pyretechnics")
def test_a_kept_fire_is_whole(tmp_path: Path) -> None:
    maker.make(run_config(tmp_path, 4), partial(spread.make_fire, config=CONFIG))
    with np.load(tmp_path / "shard_00000.npz") as file:
        shard = dict(file)
    arrival, reached = shard["arrival"], np.isfinite(shard["arrival"])
    assert arrival.shape == (4, GRID, GRID) and arrival.dtype == np.float32
    assert shard["wind_kmh"].shape == shard["wind_from_deg"].shape == (4, CONFIG.span + 1)
    assert not np.isnan(arrival).any() and arrival[reached].max() <= CONFIG.span
    assert (shard["ros"][reached] > 0).all() and (shard["ros"][~reached] == 0).all()
    assert (shard["intensity"][~reached] == 0).all()
    assert not (reached & np.isin(shard["fuel"], land.UNBURNABLE)).any()
    assert ((arrival <= 0).sum(axis=(1, 2)) >= CONFIG.min_start_cells).all()


@pytest.mark.usefixtures("pyretechnics")
@pytest.mark.parametrize(
    ("from_deg", "step"), [(270, (0, 1)), (180, (-1, 0)), (90, (0, -1)), (0, (1, 0))]
)
def test_wind_from_the_west_spreads_east(
    from_deg: float, step: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 0 is north, so wind from the south drives the fire to lower rows; `ros` is its speed."""
    lit = np.zeros((64, 64), bool)
    lit[31:33, 31:33] = True
    monkeypatch.setattr(land, "draw_landscape", lambda rng, n: flat_place(n))
    monkeypatch.setattr(land, "draw_weather", lambda rng, bands: steady_wind(from_deg, bands))
    monkeypatch.setattr(land, "draw_ignition", lambda rng, n, kind: lit)
    fire = spread.make_fire(11, spread.FireConfig(grid=64, head_px=(0.5, 0.6)))
    assert isinstance(fire, spread.Fire)
    moved = np.argwhere(np.isfinite(fire.arrival)).mean(axis=0) - 31.5
    assert moved @ step > 8 and abs(moved @ step[::-1]) < 1
    near, far = ((32 + step[0] * px, 32 + step[1] * px) for px in (4, 12))
    took = fire.arrival[far] - fire.arrival[near]
    assert took == pytest.approx(8 / float(fire.ros[far]), rel=0.15)


@pytest.mark.usefixtures("pyretechnics")
def test_fuel_and_fire_are_flipped_together() -> None:
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rng.choice(land.KINDS, p=land.KIND_SHARES), rng.integers(4, 27)
        fire = spread.make_fire(seed, CONFIG)
        if isinstance(fire, spread.Fire) and land.KINDS[fire.ignition] in ("point", "multi"):
            place = land.draw_landscape(rng, GRID)
            assert np.array_equal(fire.fuel, place.fuel[::-1].astype(np.uint8))
            assert np.array_equal(fire.dem_m, place.dem_m[::-1].astype(np.float16))
            return
    pytest.fail("no fire to look at")


def test_a_patch_is_older_in_its_middle() -> None:
    lit = np.zeros((GRID, GRID), bool)
    lit[10:17, 10:17] = True
    arrival = spread._age_inwards(np.full(lit.shape, np.inf, np.float32), lit, 5, 0.5)
    assert arrival[10, 13] == -5 and arrival[13, 13] == -5 - 3 / 0.5
    assert np.isinf(arrival[0, 0])


def test_the_sheet_shows_24_fires() -> None:
    pytest.importorskip("PIL", reason="the contact sheet needs Pillow")
    fires = [fire for seed in range(60) if isinstance(fire := pretend_fire(seed), spread.Fire)]
    image = sheet.contact_sheet(maker.stack(fires))
    side = sheet.TILE_PX
    rows = sheet.FIRES // sheet.COLUMNS
    assert image.size == (sheet.COLUMNS * (side + 4), rows * (side + sheet.CAPTION_PX + 4))
